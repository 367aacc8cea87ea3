# frozen_string_literal: true

# Palo Alto PAN-OS, as comma-separated syslog: TRAFFIC, THREAT, GLOBALPROTECT; of the others the common columns.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')
require File.join(File.dirname(__FILE__), 'lib', 'rows')

START = /\d*,\d{4}[\/-]\d\d[\/-]\d\d/.freeze
# Column => field, counted from 0.
COMMON = { 2 => 'observer.serial_number' }.freeze
SESSION = {
  7 => 'source.ip', 8 => 'destination.ip', 9 => 'source.nat.ip', 10 => 'destination.nat.ip', 11 => 'rule.name', 14 => 'network.application', 15 => 'panw.panos.virtual_sys',
  16 => 'observer.ingress.zone', 17 => 'observer.egress.zone', 18 => 'observer.ingress.interface.name', 19 => 'observer.egress.interface.name', 22 => 'panw.panos.flow_id',
  24 => 'source.port', 25 => 'destination.port', 26 => 'source.nat.port', 27 => 'destination.nat.port', 29 => 'network.transport', 30 => 'panw.panos.action'
}.freeze
TRAFFIC = SESSION.merge(31 => 'network.bytes', 32 => 'source.bytes', 33 => 'destination.bytes', 34 => 'network.packets', 37 => 'panw.panos.url.category', 39 => 'panw.panos.sequence_number',
                        44 => 'source.packets', 45 => 'destination.packets', 46 => 'panw.panos.endreason', 52 => 'observer.hostname').freeze
THREAT = SESSION.merge(32 => 'panw.panos.threat.name', 33 => 'panw.panos.url.category', 34 => 'log.level', 35 => 'panw.panos.direction', 36 => 'panw.panos.sequence_number', 41 => 'http.response.mime_type', 43 => 'file.hash.sha256',
                       46 => 'user_agent.original', 47 => 'file.type', 49 => 'http.request.referrer', 50 => 'email.from.address', 51 => 'email.subject', 52 => 'email.to.address', 59 => 'observer.hostname',
                       63 => 'http.request.method', 76 => 'rule.uuid').freeze
GLOBALPROTECT = { 8 => 'event.code', 9 => 'panw.panos.stage', 14 => 'host.name', 19 => 'host.id', 20 => 'host.serial', 22 => 'host.os.family', 23 => 'host.os.full', 25 => 'event.reason', 29 => 'panw.panos.location', 33 => 'panw.panos.portal' }.freeze
SYSTEM = { 8 => 'event.code', 13 => 'panw.panos.module', 14 => 'log.level', 15 => 'message', 22 => 'observer.hostname' }.freeze
SEVERITIES = { 'critical' => 1, 'high' => 2, 'medium' => 3, 'low' => 4, 'informational' => 5 }.freeze
ACTIONS = { 'start' => 'flow_started', 'end' => 'flow_terminated', 'drop' => 'flow_dropped', 'deny' => 'flow_denied' }.freeze
THREATS = { 'url' => 'url_filtering', 'spyware' => 'spyware_detected', 'file' => 'file_match', 'virus' => 'virus_detected', 'vulnerability' => 'exploit_detected', 'wildfire' => 'wildfire_verdict', 'wildfire-virus' => 'wildfire_verdict',
            'flood' => 'flood_detected', 'scan' => 'scan_detected', 'data' => 'data_match', 'packet' => 'packet_attack', 'ml-virus' => 'virus_detected' }.freeze
DENIED = /\A(?:deny|drop|reset|block|sinkhole)/.freeze

def register(_params)
  Rows.register
end

def filter(event)
  row = parse(event.get('[event][original]').to_s)
  return fail_with(event) unless row && row.size > 10

  event.set('[observer]', { 'vendor' => 'Palo Alto Networks', 'product' => 'PAN-OS', 'type' => 'firewall' })
  Ecs.put(event, 'panw.panos.type', row[3])
  Ecs.put(event, 'panw.panos.sub_type', row[4])
  Ecs.timestamp(event, row[6])
  columns(event, row, COMMON)
  case row[3]
  when 'TRAFFIC' then traffic(event, row)
  when 'THREAT' then threat(event, row)
  when 'GLOBALPROTECT' then globalprotect(event, row)
  else other(event, row)
  end
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'panos')
  [event]
end

def parse(text)
  start = text.index(START)
  start && Rows.parse(text[start..].strip, { double_quote_outside_quote: true })
end

def columns(event, row, names)
  names.each { |index, name| Ecs.put(event, name, row[index]) }
end

def people(event, row)
  Ecs.user(event, 'source.user', row[12])
  Ecs.user(event, 'destination.user', row[13])
  Ecs.user(event, 'user', row[12])
  flags = row[28].to_s.hex
  { 'captive_portal' => 0x200000, 'container_page' => 0x8000, 'nat_translated' => 0x400000, 'url_filter_denied' => 0x4000000, 'x_forwarded_for' => 0x80000, 'ssl_decrypted' => 0x1000000 }
    .each { |name, bit| event.set("[labels][#{name}]", true) if flags & bit != 0 }
end

def traffic(event, row)
  columns(event, row, TRAFFIC)
  people(event, row)
  verdict = row[30].to_s.match?(DENIED) ? 'denied' : 'allowed'
  Ecs.classify(event, 'category' => %w[network], 'action' => ACTIONS[row[4]], 'outcome' => 'success',
                      'type' => [verdict, *({ 'start' => 'start', 'end' => 'end' }[row[4]]), 'connection'])
  # A naive time, in the zone of @timestamp: the shared pipeline reads both.
  event.set('[@metadata][start]', row[35]) if row[35]
  seconds = Ecs.whole(row[36])
  Ecs.put(event, 'event.duration', seconds * 1_000_000_000) if seconds
end

def threat(event, row)
  columns(event, row, THREAT)
  people(event, row)
  verdict = row[30].to_s.match?(DENIED) ? 'denied' : 'allowed'
  Ecs.classify(event, 'kind' => 'alert', 'category' => %w[intrusion_detection threat network], 'action' => THREATS.fetch(row[4].to_s, row[4]), 'type' => [verdict],
                      'outcome' => verdict == 'denied' ? 'failure' : 'success', 'severity' => SEVERITIES[row[34]])
  if row[4] == 'url'
    Names.url(event, row[31])
    domain = event.get('[url][domain]')
    Ecs.put(event, 'destination.domain', domain) unless Ecs.ip?(domain)
  elsif row[31]
    Ecs.put(event, 'file.path', row[31]) if row[31].match?(%r{[/\\]})
    Ecs.put(event, 'file.name', row[31].split(%r{[/\\]}).last)
  end
end

def globalprotect(event, row)
  columns(event, row, GLOBALPROTECT)
  Ecs.user(event, 'source.user', row[12])
  Ecs.user(event, 'user', row[12])
  addresses = row.values_at(15, 16, 17, 18).reject { |ip| Ecs.nothing?(ip) || ['0.0.0.0', '::'].include?(ip) }
  public_ip, private_ip = [row.values_at(15, 16), row.values_at(17, 18)].map { |pair| (pair & addresses).first }
  Ecs.put(event, 'source.nat.ip', public_ip)
  Ecs.put(event, 'source.ip', private_ip || public_ip)
  Ecs.put(event, 'host.ip', private_ip || public_ip)
  Ecs.put(event, 'host.name', row[14]&.downcase)
  Ecs.put(event, 'event.duration', Ecs.whole(row[30]).to_i * 1_000_000_000)
  Ecs.classify(event, 'category' => %w[network], 'outcome' => row[28] == 'success' ? 'success' : 'failure')
end

def other(event, row)
  columns(event, row, SYSTEM) if row[3] == 'SYSTEM'
  Ecs.classify(event, 'category' => %w[host], 'type' => %w[info], 'action' => "#{row[3].downcase}_#{row[4]}")
end

test 'a session' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '<14>Jan 1 00:00:00 fw 1,2026/01/01 00:00:00,007,TRAFFIC,drop,1,2026/01/01 00:00:00,10.0.0.1,192.0.2.9,0.0.0.0,0.0.0.0,"a, ""b""",corp\\ann,,dns,vsys1,in,out,e1,e2,x,2026/01/01 00:00:00,9,1,5,53,0,0,0x0,udp,deny,7,7,0' } } }
  expect('denied') { |events| events[0].get('[event][type]') == %w[denied connection] }
  expect('a quoted rule') { |events| events[0].get('[rule][name]') == 'a, "b"' }
  expect('domain and user') { |events| events[0].get('[user][name]') == 'ann' && events[0].get('[user][domain]') == 'corp' }
end

test 'a row cut off' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '1,2026/01/01 00:00:00,007,TRAFFIC,"dr' } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_panos'] }
end
