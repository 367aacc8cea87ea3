# frozen_string_literal: true

# Vectra Detect's verdicts, as its JSON syslog: detections and scores of hosts and accounts.

require 'json'
require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')

FIELDS = { 'detection_id' => 'event.id', 'reason' => 'event.reason', 'dd_dst_ip' => 'destination.ip', 'dd_dst_port' => 'destination.port', 'dd_dst_dns' => 'destination.domain', 'dd_proto' => 'network.transport', 'host_name' => 'host.name', 'http_method' => 'http.request.method',
           'user_agent' => 'user_agent.original', 'account_name' => 'user.target.name', 'version' => 'observer.version', 'dvchost' => 'observer.hostname', 'bytes_sent' => 'host.network.egress.bytes', 'bytes_received' => 'host.network.ingress.bytes', 'd_type_vname' => 'rule.name', 'category' => 'rule.category' }.freeze
# Objects in some versions, JSON in a text in others: a field of an index is either.
TEXTS = %w[detection_profile host_groups].freeze
SCORE = { 'host_id' => 'host.id', 'host_name' => 'host.name', 'version' => 'observer.version', 'dvchost' => 'observer.hostname', 'quadrant' => 'host.risk.static_level' }.freeze

def register(_params); end

def filter(event)
  fields = event.get('[@metadata][fields]')
  return fail_with(event) unless fields.is_a?(Hash) && fields['vectra_timestamp'].to_s.match?(/\A\d{9,11}\z/)

  Ecs.timestamp(event, Ecs.seconds_to_time(fields.delete('vectra_timestamp')).utc.iso8601(3))
  event.set('[observer]', { 'vendor' => 'Vectra', 'product' => 'Detect', 'type' => 'sensor' })
  Ecs.put(event, 'observer.ip', [fields.delete('headend_addr')].select { |ip| Ecs.ip?(ip) })
  Ecs.put(event, 'event.reference', fields['href'])
  Names.url(event, fields.delete('href'))
  %w[account_access_history service_access_history service_info].each { |name| Ecs.add(event, 'related.user', accounts(fields.delete(name))) }
  fields['detection_id'] ? detection(event, fields) : score(event, fields)
  TEXTS.each { |name| fields[name] = JSON.generate(fields[name]) if fields[name] && !fields[name].is_a?(String) }
  Ecs.keep(event, 'vectra_detect', fields)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'vectra')
  [event]
end

def detection(event, fields)
  Ecs.classify(event, 'kind' => 'alert', 'category' => %w[host threat], 'type' => %w[info], 'risk_score' => fields['threat'])
  Ecs.put(event, 'source.ip', fields.delete('host_ip'))
  Ecs.put(event, 'network.bytes', fields['bytes_sent'] + fields['bytes_received']) if fields.values_at('bytes_sent', 'bytes_received').all?(Integer)
  Ecs.put(event, 'user.roles', [fields.delete('role')].compact)
  fields.delete('dd_proto') if fields['dd_proto'] == ''
  Ecs.map(event, fields, FIELDS)
end

def score(event, fields)
  Ecs.classify(event, 'category' => %w[host], 'type' => %w[info])
  Ecs.put(event, 'host.ip', [fields.delete('host_ip')].select { |ip| Ecs.ip?(ip) })
  Ecs.put(event, 'host.mac', [fields.delete('mac_address')].reject { |mac| Ecs.nothing?(mac) })
  Ecs.map(event, fields, SCORE)
end

# A list of accounts, as JSON in a string.
def accounts(text)
  Array(JSON.parse(text.to_s)).grep(Hash).map { |entry| entry['uid'] || entry['account_uid'] }.compact
rescue JSON::ParserError
  []
end

test 'a detection' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'vectra_timestamp' => '1767225600', 'detection_id' => 7, 'host_ip' => '10.0.0.1', 'dd_dst_ip' => '192.0.2.1', 'd_type_vname' => 'Hidden <b> Tunnel' } } } }
  expect('an alert') { |events| events[0].get('[event][kind]') == 'alert' && events[0].get('[event][id]') == '7' }
  expect('its host') { |events| events[0].get('[source][ip]') == '10.0.0.1' && events[0].get('[rule][name]') == 'Hidden <b> Tunnel' }
end

test 'no verdict' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => {} } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_vectra'] }
end

test 'a profile as an object' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'vectra_timestamp' => '1767225600', 'host_id' => 42, 'detection_profile' => { 'name' => 'botnet' }, 'host_groups' => [{ 'id' => 1 }] } } } }
  expect('a text') { |events| events[0].get('[vectra_detect][detection_profile]') == '{"name":"botnet"}' && events[0].get('[vectra_detect][host_groups]') == '[{"id":1}]' }
end
