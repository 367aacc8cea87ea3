# frozen_string_literal: true

# Sophos XG and Firewall OS: key=value lines of firewall, IPS, events and web filter.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')

FIELDS = {
  'src_ip' => 'source.ip', 'src_port' => 'source.port', 'src_mac' => 'source.mac', 'dst_ip' => 'destination.ip', 'dst_port' => 'destination.port', 'dst_mac' => 'destination.mac', 'protocol' => 'network.transport',
  'tran_src_ip' => 'source.nat.ip', 'tran_src_port' => 'source.nat.port', 'tran_dst_ip' => 'destination.nat.ip', 'tran_dst_port' => 'destination.nat.port',
  'sent_bytes' => 'source.bytes', 'recv_bytes' => 'destination.bytes', 'sent_pkts' => 'source.packets', 'recv_pkts' => 'destination.packets', 'bytes_sent' => 'source.bytes', 'bytes_received' => 'destination.bytes',
  'in_interface' => 'observer.ingress.interface.name', 'out_interface' => 'observer.egress.interface.name', 'srczone' => 'observer.ingress.zone', 'dstzone' => 'observer.egress.zone', 'src_zone' => 'observer.ingress.zone', 'dst_zone' => 'observer.egress.zone',
  'device_id' => 'observer.serial_number', 'device_serial_id' => 'observer.serial_number', 'fw_rule_id' => 'rule.id', 'policy_type' => 'rule.ruleset', 'application' => 'network.protocol', 'app_name' => 'network.application',
  'user_name' => 'source.user.name', 'user' => 'source.user.name', 'user_gp' => 'source.user.group.name', 'usergroupname' => 'source.user.group.name', 'user_group' => 'source.user.group.name',
  'domain' => 'url.domain', 'httpresponsecode' => 'http.response.status_code', 'http_status' => 'http.response.status_code', 'user_agent' => 'user_agent.original', 'filename' => 'file.name', 'file_name' => 'file.name', 'sha1sum' => 'file.hash.sha1', 'message' => 'message', 'reason' => 'event.reason'
}.freeze
IDP = { 'signature_id' => 'rule.id', 'signature_msg' => 'rule.name', 'classification' => 'rule.category' }.freeze
LEVELS = { 'Emergency' => ['emergency', 0], 'Alert' => ['alert', 1], 'Critical' => ['critical', 2], 'Error' => ['error', 3], 'Warning' => ['warning', 4], 'Notice' => ['notification', 5], 'Notification' => ['notification', 5],
           'Information' => ['informational', 6], 'Debug' => ['debug', 7] }.freeze
SUSPICIOUS = /IP Spoof|DoS|Heartbeat|ATP/.freeze

def register(_params); end

def filter(event)
  fields = event.get('[@metadata][fields]')
  return fail_with(event) unless fields.is_a?(Hash) && fields['log_id'] && (fields['date'] || fields['timestamp'])

  fields = Ecs.single(fields)
  Ecs.timestamp(event, fields['timestamp'] || "#{fields.delete('date')}T#{fields.delete('time')}")
  event.set('[observer]', { 'vendor' => 'Sophos', 'product' => 'XG', 'type' => 'firewall' })
  Ecs.put(event, 'observer.name', fields['device_name'])
  level, severity = LEVELS[fields['priority'] || fields['severity']]
  Ecs.put(event, 'log.level', level)
  Ecs.classify(event, 'severity' => severity, 'code' => fields['log_id'][-5..])
  classify(event, fields)
  times(event, fields)
  event.set('[@metadata][icmp]', [fields['icmp_type'].to_i, fields['icmp_code'].to_i]) if fields['icmp_type']
  fields.delete('protocol') if fields['protocol'] == '0'
  Names.url(event, fields.delete('url')) if fields['url']
  Ecs.map(event, fields, IDP) if fields['log_type'] == 'IDP'
  fields.delete('fw_rule_id') if event.get('[rule][id]')
  Ecs.map(event, fields, FIELDS)
  Ecs.put(event, 'user.name', event.get('[source][user][name]')) if event.get('[event][category]') == %w[authentication]
  Ecs.keep(event, 'sophos.xg', fields)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'sophos_xg')
  [event]
end

def classify(event, fields)
  denied = [fields['status'], fields['log_subtype']].any? { |text| text.to_s.match?(/\A(?:Den|Drop|Block|Reject|Fail)/i) }
  case fields['log_type']
  when 'Firewall' then firewall(event, fields, denied)
  when 'Event' then Ecs.classify(event, 'category' => [fields['log_component'].to_s.include?('Authentication') ? 'authentication' : 'host'], 'type' => fields['log_component'].to_s.include?('Authentication') ? %w[user start] : %w[info], 'outcome' => fields['status'].to_s.match?(/\ASuccess|\AConn|\AInstalled/) ? 'success' : 'failure')
  when 'IDP', 'IPS', 'ATP' then Ecs.classify(event, 'kind' => 'alert', 'category' => %w[intrusion_detection network], 'type' => %w[denied connection], 'action' => fields['log_subtype'].to_s.downcase, 'outcome' => 'success')
  else Ecs.classify(event, 'category' => %w[network], 'type' => [denied ? 'denied' : 'allowed'], 'action' => fields['log_subtype'].to_s.downcase, 'outcome' => 'success')
  end
end

def firewall(event, fields, denied)
  suspicious = fields['log_component'].to_s.match?(SUSPICIOUS) && denied
  start = fields['connevent'].to_s == 'Start' || fields['status'].to_s == 'Start'
  Ecs.classify(event, 'kind' => suspicious ? 'alert' : 'event', 'category' => suspicious ? %w[intrusion_detection network] : %w[network], 'outcome' => 'success',
                      'action' => fields['log_subtype'].to_s.downcase, 'type' => denied ? %w[denied connection] : [start ? 'start' : 'end', 'allowed', 'connection'])
end

# A session is stamped with when it began.
def times(event, fields)
  seconds = Ecs.whole(fields.delete('duration'))
  return unless seconds

  Ecs.put(event, 'event.duration', seconds * 1_000_000_000)
  event.set('[@metadata][start]', event.get('[@metadata][time]'))
end

test 'a denied packet' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'log_id' => '010102600002', 'log_type' => 'Firewall', 'log_subtype' => 'Denied', 'date' => '2026-01-01', 'time' => '00:00:00', 'src_ip' => '10.0.0.1', 'duration' => '3', 'priority' => 'Warning' } } } }
  expect('denied, of code 00002') { |events| events[0].get('[event][type]') == %w[denied connection] && events[0].get('[event][code]') == '00002' }
  expect('its level') { |events| events[0].get('[log][level]') == 'warning' && events[0].get('[event][severity]') == 4 }
end

test 'no log id' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'date' => 'x' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_sophos_xg'] }
end
