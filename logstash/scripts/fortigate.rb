# frozen_string_literal: true

# FortiGate's key=value lines.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

FIELDS = {
  'devname' => 'observer.name', 'devid' => 'observer.serial_number', 'level' => 'log.level', 'logid' => 'event.code', 'msg' => 'message', 'logdesc' => 'rule.description',
  'srcip' => 'source.ip', 'srcport' => 'source.port', 'srcmac' => 'source.mac', 'dstip' => 'destination.ip', 'dstport' => 'destination.port', 'dstmac' => 'destination.mac',
  'locip' => 'source.ip', 'locport' => 'source.port', 'remip' => 'destination.ip', 'remport' => 'destination.port',
  'transip' => 'source.nat.ip', 'transport' => 'source.nat.port', 'tranip' => 'destination.nat.ip', 'tranport' => 'destination.nat.port',
  'srcintf' => 'observer.ingress.interface.name', 'dstintf' => 'observer.egress.interface.name',
  'sentbyte' => 'source.bytes', 'rcvdbyte' => 'destination.bytes', 'sentpkt' => 'source.packets', 'rcvdpkt' => 'destination.packets',
  'proto' => 'network.iana_number', 'service' => 'network.protocol', 'app' => 'network.application', 'policyid' => 'rule.id', 'poluuid' => 'rule.uuid', 'policyname' => 'rule.name',
  'user' => 'source.user.name', 'unauthuser' => 'source.user.name', 'group' => 'source.user.group.name', 'dstuser' => 'destination.user.name',
  'hostname' => 'url.domain', 'agent' => 'user_agent.original', 'tz' => 'event.timezone', 'catdesc' => 'rule.category', 'appcat' => 'rule.category',
  'xid' => 'dns.id', 'qname' => 'dns.question.name', 'qtype' => 'dns.question.type', 'qclass' => 'dns.question.class', 'scertcname' => 'tls.server.x509.subject.common_name',
  'filename' => 'file.name', 'attack' => 'rule.name', 'attackid' => 'rule.id', 'virus' => 'threat.software.name', 'ui' => 'observer.ui', 'cfgpath' => 'event.reference'
}.freeze
# What a session's report adds to the one before it, and what it has sent in all, which a window must not count again.
DELTAS = { 'sentdelta' => %w[source.bytes sentbyte], 'rcvddelta' => %w[destination.bytes rcvdbyte],
           'sentpktdelta' => %w[source.packets sentpkt], 'rcvdpktdelta' => %w[destination.packets rcvdpkt] }.freeze
DIRECTIONS = { 'outgoing' => 'outbound', 'outbound' => 'outbound', 'incoming' => 'inbound', 'inbound' => 'inbound' }.freeze
DENIED = /\A(?:deny|denied|blocked|block|dropped|drop|reset|clear_session|server-rst-block|timeout-deny)/.freeze
FAILED = /error|fail|denied/.freeze

def register(_params); end

def filter(event)
  forti = event.get('[@metadata][fields]')
  return fail_with(event) unless forti.is_a?(Hash) && forti['type'] && forti['date']

  forti = Ecs.single(forti.merge('action' => verdict(forti['action'])))
  Ecs.timestamp(event, "#{forti.delete('date')}T#{forti.delete('time')}#{forti['tz']}")
  event.set('[observer]', { 'vendor' => 'Fortinet', 'product' => 'Fortigate', 'type' => 'firewall' })
  classify(event, forti)
  times(event, forti)
  event.set('[url][path]', forti['url'][%r{\A[^?#]*}]) if forti['url'].to_s.start_with?('/')
  Ecs.put(event, 'url.original', forti.delete('url'))
  Ecs.put(event, 'dns.resolved_ip', forti.delete('ipaddr').to_s.split(/,\s*/))
  Ecs.put(event, 'network.direction', DIRECTIONS[forti.delete('direction') || forti['dir']])
  Ecs.put(event, 'rule.ruleset', forti.delete('profile') || forti.delete('applist') || forti.delete('policytype'))
  %w[ip tunnelip assignip].each { |name| Ecs.add(event, 'related.ip', forti[name]) if Ecs.ip?(forti[name]) }
  %w[appcat catdesc].each { |name| forti[name] = forti[name].tr('.', '-') if forti[name] }
  totals = deltas(event, forti)
  Ecs.map(event, forti, FIELDS)
  Ecs.keep(event, 'fortinet.firewall', forti.merge(totals))
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'fortigate')
  [event]
end

# An action that comes twice has once been typed by a stranger, within a host name or a URL: what was denied stays so.
def verdict(action)
  Array(action).find { |each| each.to_s.match?(DENIED) } || Array(action).first
end

def classify(event, forti)
  type, subtype, action = forti.values_at('type', 'subtype', 'action').map(&:to_s)
  verdict = action.match?(DENIED) ? 'denied' : 'allowed'
  category, kinds = kinds_of(type, subtype, action, verdict)
  outcome = [action, forti['status'], forti['result']].compact.any? { |text| text.match?(FAILED) && type == 'event' } ? 'failure' : 'success'
  Ecs.classify(event, 'category' => category, 'type' => kinds, 'action' => type == 'utm' ? forti.delete('eventtype') : action)
  Ecs.put(event, 'event.outcome', outcome) if type != 'event' || forti['status'] || subtype == 'user'
  Ecs.put(event, 'event.kind', 'alert') if %w[ips virus anomaly].include?(subtype)
end

def kinds_of(type, subtype, action, verdict)
  return [%w[network], ['connection', action == 'start' ? 'start' : 'end', verdict]] if type == 'traffic'
  return [%w[network intrusion_detection], [verdict]] if %w[ips anomaly].include?(subtype)
  return [%w[network malware], [verdict]] if subtype == 'virus'
  return [%w[network], ['info', *(verdict if action != '')]] if subtype == 'dns'
  return [%w[network], [verdict]] if type == 'utm'
  return [%w[authentication], [action.match?(/logoff|logout/i) ? 'end' : 'start']] if subtype == 'user' || action.match?(/\Alog(?:in|out)/)
  return [%w[network], %w[connection]] if subtype == 'vpn'

  subtype == 'system' && action == 'perf-stats' ? [%w[host], %w[info]] : [nil, nil]
end

# Of a session that goes on FortiOS tells every two minutes: the deltas are what a report tells of. The totals stay
# under the device's own names; where it has no delta for packets, how many were added is not known.
def deltas(event, forti)
  return {} unless forti['sentdelta'] || forti['rcvddelta']

  DELTAS.each { |delta, (field, _)| Ecs.put(event, field, forti[delta]) }
  names = DELTAS.values.map(&:last)
  totals = forti.slice(*names)
  names.each { |name| forti.delete(name) }
  totals
end

# "eventtime" is in seconds, or in nanoseconds, and says when the line was written: of a session when it ended, of all
# else when it was. Taken for a start, as upstream does, it would put the end of a long session into the future.
def times(event, forti)
  eventtime = forti.delete('eventtime').to_s
  seconds = Ecs.whole(forti.delete('duration'))
  Ecs.put(event, 'event.duration', seconds * 1_000_000_000) if seconds
  Ecs.epoch(event, seconds ? 'event.end' : 'event.start', eventtime.length > 13 ? eventtime[0..-7].insert(-4, '.') : eventtime)
end

test 'denied traffic' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'date' => '2026-01-01', 'time' => '00:00:00', 'type' => 'traffic', 'action' => 'deny', 'srcip' => '10.0.0.1', 'sentbyte' => '5', 'eventtime' => '1767225609', 'duration' => '9', 'user' => '${jndi:ldap://x}' } } } }
  expect('denied') { |events| events[0].get('[event][type]') == %w[connection end denied] }
  expect('bytes that are a number') { |events| events[0].get('[source][bytes]') == 5 }
  expect('an end, which tells the start') { |events| events[0].get('[event][end]') == '2026-01-01T00:00:09.000Z' && events[0].get('[event][start]').nil? }
  expect('the user as it is') { |events| events[0].get('[source][user][name]') == '${jndi:ldap://x}' }
end

test 'a session that goes on' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'date' => '2026-01-01', 'time' => '00:00:00', 'type' => 'traffic', 'action' => 'accept', 'logid' => '0000000020', 'sessionid' => '7', 'srcip' => '10.0.0.1', 'sentbyte' => '7625130', 'sentdelta' => '4745', 'rcvdbyte' => '1212550', 'rcvddelta' => '997', 'sentpkt' => '24469', 'duration' => '521971' } } } }
  expect('bytes since the report before') { |events| events[0].get('[source][bytes]') == 4745 && events[0].get('[destination][bytes]') == 997 }
  expect('no packets, of which there is a total alone') { |events| events[0].get('[source][packets]').nil? }
  expect('the totals by their own names') { |events| events[0].get('[fortinet][firewall][sentbyte]').to_i == 7_625_130 && events[0].get('[fortinet][firewall][sentdelta]').to_i == 4745 }
end

test 'a host name that holds an action' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'date' => '2026-01-01', 'time' => '00:00:00', 'type' => 'utm', 'subtype' => 'webfilter', 'hostname' => 'x', 'action' => %w[passthrough blocked] } } } }
  expect('what was denied stays so') { |events| events[0].get('[event][type]') == %w[denied] }
end

test 'a line cut off' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'date' => '2026-01-01' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_fortigate'] }
end
