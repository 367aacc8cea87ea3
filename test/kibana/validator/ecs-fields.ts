/**
 * The ECS fields of logs: those that Elkhound reads and that its Logstash pipelines write, with what
 * Elasticsearch's own templates for logs, and those of Beats, add. Types as in ECS 8.17 and 9.
 */
import type { FieldKind } from './field-kinds.js';

/** Names by kind; wildcard and constant keywords are texts to compare with as keywords are. */
const NAMES: Readonly<Partial<Record<FieldKind, string>>> = {
  date: `
    @timestamp event.created event.end event.ingested event.start tls.server.not_after tls.server.not_before
    tls.server.x509.not_after tls.server.x509.not_before`,
  ip: `
    client.ip client.nat.ip destination.ip destination.nat.ip dns.resolved_ip host.ip observer.ip related.ip
    server.ip server.nat.ip source.ip source.nat.ip`,
  number: `
    client.bytes client.nat.port client.packets client.port destination.as.number destination.bytes
    destination.nat.port destination.packets destination.port dns.answers.ttl event.duration event.risk_score
    event.risk_score_norm event.sequence event.severity host.network.egress.bytes host.network.ingress.bytes
    http.request.body.bytes http.request.bytes http.response.body.bytes http.response.bytes
    http.response.status_code log.syslog.facility.code log.syslog.priority log.syslog.severity.code
    network.bytes network.packets process.parent.pid process.pid server.bytes server.nat.port server.packets
    server.port source.as.number source.bytes source.nat.port source.packets source.port`,
  boolean: 'tls.established tls.resumed',
  text: 'error.message message',
  // Kept in the document alone: not searched, not counted.
  unindexed: 'event.original',
  string: `
    agent.id agent.name agent.type client.address client.domain client.mac client.user.full_name client.user.id
    client.user.name cloud.account.id cloud.availability_zone cloud.instance.id cloud.provider cloud.region
    data_stream.dataset data_stream.namespace data_stream.type
    destination.address destination.as.organization.name destination.domain destination.geo.city_name
    destination.geo.country_iso_code destination.geo.country_name destination.mac destination.user.name
    dns.answers.data dns.answers.name dns.answers.type dns.header_flags dns.id dns.question.class
    dns.question.name dns.question.registered_domain dns.question.type dns.response_code dns.type ecs.version
    event.action event.category event.code event.dataset event.id event.kind event.module event.outcome
    event.provider event.reason event.reference event.timezone event.type event.url
    file.directory file.hash.md5 file.hash.sha256 file.name group.domain group.id group.name
    host.hostname host.id host.mac host.name host.os.family host.os.full host.os.name host.type
    http.request.method http.request.mime_type http.request.referrer http.response.mime_type http.version
    log.file.path log.level log.syslog.hostname network.application network.community_id network.direction
    network.iana_number network.name network.protocol network.transport network.type network.vlan.id
    observer.egress.interface.id observer.egress.interface.name observer.egress.zone observer.hostname
    observer.ingress.interface.id observer.ingress.interface.name observer.ingress.vlan.id
    observer.ingress.zone observer.name observer.product observer.serial_number observer.type observer.vendor
    observer.version organization.name process.args process.command_line process.executable process.name
    process.parent.executable process.parent.name related.hash related.hosts related.user
    rule.author rule.category rule.description rule.id rule.name rule.ruleset rule.uuid rule.version
    server.address server.domain source.address source.as.organization.name source.domain
    source.geo.city_name source.geo.country_iso_code source.geo.country_name source.mac source.user.domain
    source.user.full_name source.user.group.name source.user.id source.user.name tags
    threat.framework threat.tactic.id threat.tactic.name threat.technique.id threat.technique.name
    tls.cipher tls.client.ja3 tls.client.server_name tls.curve tls.server.hash.sha1 tls.server.issuer
    tls.server.ja3s tls.server.subject tls.server.x509.issuer.common_name tls.server.x509.issuer.country
    tls.server.x509.issuer.organization tls.server.x509.serial_number tls.server.x509.subject.common_name
    tls.server.x509.subject.country tls.server.x509.subject.organization tls.version tls.version_protocol
    url.domain url.extension url.full url.original url.path url.query url.scheme user.domain
    user.effective.name user.email user.full_name user.id user.name user.target.domain user.target.full_name
    user.target.group.domain user.target.group.id user.target.group.name user.target.id user.target.name
    user_agent.name user_agent.original user_agent.os.name`,
};

/** ECS fields of logs with their kinds. */
export const ECS_LOG_FIELDS: ReadonlyMap<string, FieldKind> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind as FieldKind] as const),
  ),
);
