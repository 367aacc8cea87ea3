# frozen_string_literal: true

# Check Point's Log Exporter, in its syslog format: [key:"value"; key:"value"; …].

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

# A key begins where a word does, and nothing is given back of what has been read.
PAIR = /(?<!\w)(?<key>[A-Za-z_]\w*+)::?"(?<value>(?:\\.|[^"\\])*+)"/.freeze
FIELDS = {
  'src' => 'source.ip', 's_port' => 'source.port', 'dst' => 'destination.ip', 'service' => 'destination.port', 'proto' => 'network.iana_number', 'service_id' => 'network.application', 'xlatesrc' => 'source.nat.ip', 'xlatesport' => 'source.nat.port',
  'xlatedst' => 'destination.nat.ip', 'xlatedport' => 'destination.nat.port', 'loguid' => 'event.id', 'sequencenum' => 'event.sequence', 'severity' => 'event.severity', 'ifdir' => 'network.direction', 'layer_name' => 'network.name',
  'inzone' => 'observer.ingress.zone', 'outzone' => 'observer.egress.zone', 'origin' => 'observer.name', 'product' => 'observer.product', 'rule_uid' => 'rule.uuid', 'rule_name' => 'rule.name', 'action' => 'event.action', 'description' => 'message',
  'bytes' => 'network.bytes', 'packets' => 'network.packets', 'client_outbound_bytes' => 'source.bytes', 'client_outbound_packets' => 'source.packets', 'server_outbound_bytes' => 'destination.bytes', 'server_outbound_packets' => 'destination.packets',
  'sent_bytes' => 'source.bytes', 'received_bytes' => 'destination.bytes', 'resource' => 'url.original', 'user_agent' => 'user_agent.original', 'web_client_type' => 'user_agent.name', 'src_user_name' => 'source.user.name', 'user' => 'source.user.name', 'dst_user_name' => 'destination.user.name',
  'src_machine_name' => 'source.domain', 'dst_machine_name' => 'destination.domain', 'file_name' => 'file.name', 'file_md5' => 'file.hash.md5', 'file_sha1' => 'file.hash.sha1', 'file_sha256' => 'file.hash.sha256', 'mac_source_address' => 'source.mac',
  'method' => 'http.request.method', 'protection_name' => 'rule.description'
}.freeze
ALLOWED = /\A(?:Accept|Allow|Bypass|Detect|Decrypt|Encrypt|Log In|Monitor|Key Install|Inform)/i.freeze
DENIED = /\A(?:Drop|Reject|Block|Deny|Prevent|Quarantine)/i.freeze

def register(_params); end

def filter(event)
  header = event.get('[@metadata][syslog]') || {}
  fields = pairs(header['text'].to_s)
  return fail_with(event) if fields.size < 3

  Ecs.timestamp(event, header['time'])
  Ecs.put(event, 'event.timezone', header['time'].to_s[/[+-]\d\d:\d\d\z/] || 'UTC')
  event.set('[observer]', { 'vendor' => 'Checkpoint', 'type' => 'firewall' })
  interface = { 'outbound' => 'egress', 'inbound' => 'ingress' }[fields['ifdir']]
  Ecs.put(event, "observer.#{interface}.interface.name", fields.delete('ifname')) if interface
  Ecs.put(event, 'observer.ingress.interface.name', fields.delete('client_inbound_interface'))
  classify(event, fields)
  start, last = fields['start_time'] || (fields['lastupdatetime'] && fields['time']), fields['lastupdatetime']
  Ecs.epoch(event, 'event.start', start) if start.to_s.match?(/\A\d+\z/)
  Ecs.epoch(event, 'event.end', last) if last.to_s.match?(/\A\d+\z/)
  # Address translation to port 0 is none.
  %w[xlatesport xlatedport].each { |name| fields.delete(name) if fields[name] == '0' }
  fields['rule_uid'] = Array(fields['rule_uid']).first if fields['rule_uid'].is_a?(Array)
  Ecs.map(event, fields, FIELDS)
  Ecs.keep(event, 'checkpoint', fields.reject { |name, _| name.start_with?('__') || %w[version flags].include?(name) })
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'checkpoint')
  [event]
end

# A key that comes again (one for each layer of the policy) is a list.
def pairs(text)
  text.scan(PAIR).each_with_object({}) do |(key, value), fields|
    value = value.gsub(/\\(.)/, '\1')
    fields[key] = fields.key?(key) ? [*fields[key], value] : value
  end
end

def classify(event, fields)
  action = Array(fields['action']).first.to_s
  Ecs.classify(event, 'category' => %w[network])
  if action.match?(ALLOWED)
    Ecs.classify(event, 'type' => %w[allowed connection], 'outcome' => 'success')
  elsif action.match?(DENIED)
    Ecs.classify(event, 'type' => %w[connection denied], 'outcome' => 'success')
  end
  return unless fields['product'].to_s.match?(/SmartDefense|IPS|Anti-?Bot|Anti-?Virus|Threat Emulation/) && fields['protection_name']

  Ecs.classify(event, 'kind' => 'alert', 'category' => %w[network intrusion_detection])
end

test 'an accepted connection' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'time' => '2026-01-01T00:00:00Z', 'text' => '[action:"Accept"; src:"10.0.0.1"; dst:"192.0.2.1"; service:"443"; proto:"6"; rule_name:"a \"b\\]"; layer_name:"x"; layer_name:"y"]' } } } }
  expect('allowed') { |events| events[0].get('[event][type]') == %w[allowed connection] }
  expect('an escaped name') { |events| events[0].get('[rule][name]') == 'a "b]' }
  expect('both layers') { |events| events[0].get('[network][name]') == %w[x y] }
end

test 'a line cut off' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'text' => '[action:"Acc' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_checkpoint'] }
end
