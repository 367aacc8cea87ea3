# frozen_string_literal: true

# Suricata's EVE records: alerts, flows and the protocol records.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')

FIELDS = {
  'src_ip' => 'source.ip', 'src_port' => 'source.port', 'dest_ip' => 'destination.ip', 'dest_port' => 'destination.port',
  'proto' => 'network.transport', 'app_proto' => 'network.protocol', 'in_iface' => 'observer.ingress.interface.name',
  'host' => 'observer.hostname', 'community_id' => 'network.community_id', 'vlan' => 'network.vlan.id'
}.freeze
ALERT = { 'signature_id' => 'rule.id', 'signature' => 'rule.name', 'category' => 'rule.category', 'rev' => 'rule.version', 'severity' => 'event.severity' }.freeze
# Of a record of one way, "netflow", all was sent by its source.
FLOW = { 'bytes' => 'source.bytes', 'pkts' => 'source.packets', 'bytes_toserver' => 'source.bytes', 'pkts_toserver' => 'source.packets', 'bytes_toclient' => 'destination.bytes',
         'pkts_toclient' => 'destination.packets', 'start' => 'event.start', 'end' => 'event.end', 'reason' => 'event.reason' }.freeze
HTTP = { 'hostname' => %w[url.domain destination.domain], 'url' => 'url.original', 'http_user_agent' => 'user_agent.original', 'http_method' => 'http.request.method',
         'http_refer' => 'http.request.referrer', 'status' => 'http.response.status_code', 'length' => 'http.response.body.bytes',
         'protocol' => 'http.version', 'http_content_type' => 'http.response.mime_type' }.freeze
TLS = { 'sni' => %w[tls.client.server_name destination.domain], 'subject' => 'tls.server.subject', 'issuerdn' => 'tls.server.issuer', 'fingerprint' => 'tls.server.hash.sha1',
        'notbefore' => %w[tls.server.not_before tls.server.x509.not_before], 'notafter' => %w[tls.server.not_after tls.server.x509.not_after],
        'serial' => 'tls.server.x509.serial_number' }.freeze
DNS = { 'id' => 'dns.id', 'rrname' => 'dns.question.name', 'rrtype' => 'dns.question.type', 'rcode' => 'dns.response_code' }.freeze
FILE = { 'filename' => 'file.path', 'size' => 'file.size', 'md5' => 'file.hash.md5', 'sha1' => 'file.hash.sha1', 'sha256' => 'file.hash.sha256' }.freeze
# What a record of each type is; all others are protocol records.
TYPES = { 'alert' => nil, 'flow' => %w[connection end], 'netflow' => %w[connection], 'fileinfo' => %w[info], 'stats' => %w[info] }.freeze

def register(_params); end

def filter(event)
  eve = event.get('[@metadata][fields]')
  return fail_with(event) unless eve.is_a?(Hash) && eve['event_type']

  type = eve['event_type']
  classify(event, eve, type)
  Ecs.timestamp(event, eve.delete('timestamp'))
  Ecs.map(event, eve, FIELDS)
  icmp(event, eve)
  alert(event, eve.delete('alert'))
  Ecs.map(event, (eve['flow'] || eve['netflow'] || {}), FLOW)
  http(event, eve['http'])
  tls(event, eve['tls'])
  dns(event, eve['dns'])
  ssh_and_smtp(event, eve)
  Ecs.map(event, eve['fileinfo'] || {}, FILE)
  Ecs.keep(event, 'suricata.eve', prune(eve))
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'suricata')
  [event]
end

def classify(event, eve, type)
  alerted = type == 'alert'
  category = alerted ? %w[network intrusion_detection] : (type == 'fileinfo' ? %w[network file] : %w[network])
  category += %w[web] if type == 'http'
  kinds = alerted ? [eve.dig('alert', 'action') == 'blocked' ? 'denied' : 'allowed'] : TYPES.fetch(type, %w[protocol])
  Ecs.classify(event, 'kind' => alerted ? 'alert' : (type == 'stats' ? 'metric' : 'event'), 'category' => category, 'type' => kinds, 'action' => type)
  Ecs.put(event, 'observer.vendor', 'OISF')
  Ecs.put(event, 'observer.product', 'Suricata')
  Ecs.put(event, 'observer.type', 'ids')
  Ecs.put(event, 'network.protocol', type) unless TYPES.key?(type) || %w[anomaly].include?(type)
end

def icmp(event, eve)
  event.set('[@metadata][icmp]', [eve['icmp_type'], eve['icmp_code'] || 0]) if eve['icmp_type']
end

def alert(event, alert)
  return unless alert.is_a?(Hash)

  Ecs.map(event, alert, ALERT)
  Ecs.put(event, 'event.outcome', alert['action'] == 'blocked' ? 'failure' : 'success')
  Ecs.keep(event, 'suricata.alert', alert)
end

def http(event, http)
  return unless http.is_a?(Hash)

  # "HTTP/1.1"
  http['protocol'] = http['protocol'].to_s[%r{HTTP/(.+)}, 1]
  Ecs.put(event, 'url.path', http['url'].to_s[%r{\A(?:\w+://[^/]*)?(/[^?#]*)}, 1])
  Ecs.put(event, 'url.query', http['url'].to_s[/\?([^#]*)/, 1])
  Ecs.put(event, 'event.outcome', http['status'].to_i < 400 ? 'success' : 'failure') if http['status'] && !event.get('[event][outcome]')
  Ecs.map(event, http, HTTP)
end

def tls(event, tls)
  return unless tls.is_a?(Hash)

  Names.subject(event, 'tls.server.x509.subject', tls['subject'])
  Names.subject(event, 'tls.server.x509.issuer', tls['issuerdn'])
  Names.tls_version(event, tls.delete('version'))
  %w[ja3 ja3s].zip(%w[tls.client.ja3 tls.server.ja3s]).each { |from, to| Ecs.put(event, to, (tls.delete(from) || {})['hash']) }
  %w[fingerprint serial].each { |name| tls[name] = tls[name].delete(':') if tls[name].is_a?(String) }
  tls['fingerprint'] = tls['fingerprint']&.upcase
  %w[notbefore notafter].each { |name| tls[name] += '.000Z' if tls[name].to_s.match?(/T\d\d:\d\d:\d\d\z/) }
  Ecs.map(event, tls, TLS)
end

def dns(event, dns)
  return unless dns.is_a?(Hash)

  dns = dns['query'].first.merge(dns) if dns['query'].is_a?(Array) && dns['query'].first.is_a?(Hash)
  Ecs.put(event, 'dns.type', dns['type'].to_s.match?(/answer|response/) ? 'answer' : 'query')
  answers = Array(dns['answers']).grep(Hash)
  Ecs.put(event, 'dns.answers', answers.map { |answer| { 'name' => answer['rrname'], 'type' => answer['rrtype'], 'ttl' => answer['ttl'], 'data' => answer['rdata'] }.compact })
  Ecs.put(event, 'dns.resolved_ip', answers.map { |answer| answer['rdata'] }.select { |data| Ecs.ip?(data) }.uniq)
  Ecs.map(event, dns, DNS)
end

def ssh_and_smtp(event, eve)
  Ecs.put(event, 'user_agent.original', eve.dig('ssh', 'client', 'software_version')) if eve['ssh'].is_a?(Hash)
  Ecs.put(event, 'email.from.address', eve.dig('email', 'from')) if eve['email'].is_a?(Hash)
end

# What was moved leaves empty objects.
def prune(fields)
  fields.transform_values { |value| value.is_a?(Hash) ? prune(value) : value }.reject { |_, value| Ecs.nothing?(value) }
end

test 'an alert' do
  parameters { {} }
  in_event do
    { '@metadata' => { 'fields' => { 'event_type' => 'alert', 'timestamp' => '2026-01-01T00:00:00.0+0000', 'src_ip' => '192.0.2.1', 'src_port' => 1, 'proto' => 'TCP',
                                     'alert' => { 'action' => 'blocked', 'signature' => 'ET <script>', 'signature_id' => 7, 'severity' => 1 } } } }
  end
  expect('denied, of a rule') { |events| events[0].get('[event][type]') == ['denied'] && events[0].get('[rule][id]') == '7' }
  expect('a failure') { |events| events[0].get('[event][outcome]') == 'failure' }
  expect('its source') { |events| events[0].get('[source][ip]') == '192.0.2.1' }
end

test 'one way of a flow' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'event_type' => 'netflow', 'timestamp' => '2026-01-01T00:00:00.0+0000', 'src_ip' => '192.0.2.1', 'netflow' => { 'pkts' => 2, 'bytes' => 96 } } } } }
  expect('what its source sent') { |events| events[0].get('[source][bytes]') == 96 && events[0].get('[source][packets]') == 2 && events[0].get('[destination]').nil? }
end

test 'no record' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => [1] } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_suricata'] }
end
