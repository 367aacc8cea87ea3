# frozen_string_literal: true

# Juniper SRX as structured syslog: sessions, screens, IDP, UTM, AAMW and SecIntel.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

CLIENT = { 'source-address' => %w[source.ip client.ip], 'source-port' => %w[source.port client.port], 'nat-source-address' => 'source.nat.ip', 'nat-source-port' => %w[source.nat.port client.nat.port],
           'bytes-from-client' => %w[source.bytes client.bytes], 'packets-from-client' => %w[source.packets client.packets],
           'destination-address' => %w[destination.ip server.ip], 'destination-port' => %w[destination.port server.port], 'nat-destination-address' => 'destination.nat.ip', 'nat-destination-port' => %w[destination.nat.port server.nat.port],
           'bytes-from-server' => %w[destination.bytes server.bytes], 'packets-from-server' => %w[destination.packets server.packets] }.freeze
FIELDS = { 'protocol-id' => 'network.iana_number', 'policy-name' => 'rule.name', 'rule-name' => 'rule.name', 'source-zone-name' => 'observer.ingress.zone', 'destination-zone-name' => 'observer.egress.zone', 'source-zone' => 'observer.ingress.zone', 'destination-zone' => 'observer.egress.zone',
           'packet-incoming-interface' => 'observer.ingress.interface.name', 'interface-name' => 'observer.ingress.interface.name', 'destination-interface-name' => 'observer.egress.interface.name',
           'username' => 'source.user.name', 'application-risk' => 'event.risk_score', 'filename' => 'file.name', 'file-name' => 'file.name', 'url' => 'url.original', 'obj' => 'url.path', 'hostname' => 'url.domain',
           'client-ip' => 'source.ip', 'sample-sha256' => 'file.hash.sha256', 'http-host' => 'url.domain' }.freeze
SEVERITIES = %w[emergency alert critical error warning notification informational debug].freeze
SESSIONS = { /CREATE/ => ['flow_started', %w[start allowed connection]], /UPDATE/ => ['flow_update', %w[allowed connection]], /CLOSE/ => ['flow_close', %w[end allowed connection]], /DENY/ => ['flow_deny', %w[denied connection]] }.freeze
ATTACKS = { /sweep/i => 'sweep_detected', /scan/i => 'scan_detected', /flood|session limit/i => 'flood_detected', /fragment/i => 'fragment_detected', /spoof/i => 'spoofing_detected', /tunnel/i => 'tunneling_screen',
            /Large ICMP/i => 'large_icmp_packet', /SYN-ACK-ACK/i => 'flood_detected', /land|winnuke|tear|ping of death|attack/i => 'attack_detected', /unknown protocol|illegal|bad|source route|no flag|FIN|record route|timestamp|security|stream|loose|strict/i => 'illegal_tcp_flag_detected' }.freeze

def register(_params); end

def filter(event)
  header = event.get('[@metadata][syslog]') || {}
  fields = event.get('[@metadata][fields]')
  return fail_with(event) unless fields.is_a?(Hash) && header['id'] && (fields['source-address'] || fields['destination-address'] || fields['client-ip'])

  fields = Ecs.single(fields)
  Ecs.timestamp(event, header['time'])
  event.set('[observer]', { 'vendor' => 'Juniper', 'product' => 'SRX', 'type' => 'firewall' })
  Ecs.put(event, 'observer.name', header['host'])
  Ecs.put(event, 'process.name', header['process'])
  severity = header['priority'].to_i
  Ecs.put(event, 'event.severity', severity) if header['priority']
  Ecs.put(event, 'log.level', SEVERITIES[severity % 8])
  fields.reject! { |_, value| %w[None UNKNOWN].include?(value.to_s) }
  classify(event, header, fields)
  seconds = Ecs.whole(fields.delete('elapsed-time'))
  Ecs.put(event, 'event.duration', seconds * 1_000_000_000) if seconds
  Ecs.put(event, 'network.transport', 'icmp') if header['id'] == 'RT_SCREEN_ICMP' && fields['source-address'].to_s.include?('.')
  Ecs.map(event, fields, CLIENT)
  Ecs.map(event, fields, FIELDS)
  Ecs.put(event, 'juniper.srx.tag', header['id'])
  Ecs.keep(event, 'juniper.srx', fields.transform_keys { |name| name.tr('-', '_') }.merge('tag' => header['id']))
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'juniper_srx')
  [event]
end

def classify(event, header, fields)
  return session(event, header['id']) if header['process'] == 'RT_FLOW'

  attack = fields['attack-name'] || fields['name'] || fields['category']
  action = header['process'] == 'RT_IDS' ? ATTACKS.find { |pattern, _| attack.to_s.match?(pattern) }&.last : header['id'].downcase
  Ecs.classify(event, 'kind' => 'alert', 'category' => %w[network intrusion_detection], 'type' => %w[info denied connection], 'action' => action, 'outcome' => 'success')
end

def session(event, id)
  action, type = SESSIONS.find { |pattern, _| id.match?(pattern) }&.last
  Ecs.classify(event, 'category' => %w[network], 'type' => type || %w[connection], 'action' => action, 'outcome' => 'success')
end

test 'a closed session' do
  parameters { {} }
  in_event do
    { '@metadata' => { 'syslog' => { 'id' => 'RT_FLOW_SESSION_CLOSE', 'process' => 'RT_FLOW', 'priority' => '14', 'time' => '2026-01-01T00:00:00Z' },
                       'fields' => { 'source-address' => '10.0.0.1', 'destination-address' => '192.0.2.9', 'protocol-id' => '6', 'elapsed-time' => '2', 'bytes-from-client' => '7', 'username' => 'N/A' } } }
  end
  expect('an end of two seconds') { |events| events[0].get('[event][type]') == %w[end allowed connection] && events[0].get('[event][duration]') == 2_000_000_000 }
  expect('the client as source') { |events| events[0].get('[client][bytes]') == 7 && events[0].get('[source][user]').nil? }
end

test 'no address' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'id' => 'x' }, 'fields' => {} } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_juniper_srx'] }
end
