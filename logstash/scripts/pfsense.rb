# frozen_string_literal: true

# pfSense and OPNsense: the packet filter's log, DHCP; other daemons with their message.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

# What daemons say in words, as an action.
PHRASES = /\A(?:DHCP\w+|Listening on BPF|Sending on BPF|(?:add|remove) an address|[A-Z][\w-]+ message|(?:Advertise|Reply|Renew|Rebind) NA|Sending (?:Advertise|Reply)|Picking pool address|Reusing lease)/.freeze
# What an ICMP line says => its type.
ICMP = { 'request' => 8, 'reply' => 0, 'unreach' => 3, 'unreachport' => 3, 'unreachproto' => 3, 'timexceed' => 11, 'redirect' => 5 }.freeze
# Columns that all lines have.
BASE = { 3 => 'rule.id', 4 => 'observer.ingress.interface.name', 5 => 'event.reason', 6 => 'event.action' }.freeze

def register(_params); end

def filter(event)
  header = event.get('[@metadata][syslog]')
  return fail_with(event) unless header.is_a?(Hash) && header['process'] && !header['text'].to_s.empty?

  process = header['process']
  Ecs.timestamp(event, header['time'])
  event.set('[observer]', { 'vendor' => 'netgate', 'type' => 'firewall' })
  Ecs.put(event, 'observer.name', header['host'])
  Ecs.put(event, 'process.name', process)
  Ecs.put(event, 'process.pid', header['pid'])
  Ecs.put(event, 'event.provider', process)
  process == 'filterlog' ? filterlog(event, header['text'].strip.split(',', -1)) : daemon(event, process, header['text'].strip)
  vlan(event)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'pfsense')
  [event]
end

def filterlog(event, row)
  return fail_with(event) if row.size < 12 || !%w[4 6].include?(row[8])

  BASE.each { |index, name| Ecs.put(event, name, row[index]) }
  verdict = row[6] == 'pass' ? 'allowed' : 'denied'
  Ecs.classify(event, 'category' => %w[network], 'type' => ['connection', verdict])
  Ecs.put(event, 'network.direction', { 'in' => 'inbound', 'out' => 'outbound' }[row[7]])
  row[8] == '4' ? packet(event, row, 15, row[16], 17) : packet(event, row, 13, row[12], 14)
  Ecs.put(event, 'network.type', "ipv#{row[8]}")
end

# The protocol's number, its name, and where length, addresses and ports begin.
def packet(event, row, number, name, at)
  Ecs.put(event, 'network.iana_number', row[number])
  Ecs.put(event, 'network.transport', name)
  Ecs.put(event, 'network.bytes', row[at])
  Ecs.put(event, 'source.ip', row[at + 1])
  Ecs.put(event, 'destination.ip', row[at + 2])
  event.set('[@metadata][icmp]', [ICMP[row[at + 3]], 0]) if ICMP[row[at + 3]]
  Ecs.put(event, 'network.packets', row[at + 3].to_s[/datalength=(\d+)/, 1]) if name.to_s == 'igmp'
  return unless %w[tcp udp].include?(name.to_s.downcase)

  Ecs.put(event, 'source.port', row[at + 3])
  Ecs.put(event, 'destination.port', row[at + 4])
  Ecs.put(event, 'pfsense.tcp.flags', row[at + 6]) if name.casecmp?('tcp')
end

def daemon(event, process, text)
  event.set('[message]', Ecs.cut(text))
  return Ecs.classify(event, 'category' => %w[network], 'type' => %w[info]) unless process.match?(/dhc/)

  Ecs.classify(event, 'category' => %w[network], 'type' => %w[connection protocol info], 'action' => action(text))
  Ecs.put(event, 'network.protocol', process.match?(/6[cs]?\z/) || text.match?(/\A(?:Advertise|Reply|Sending (?:Advertise|Reply)|Picking|Reusing)|message from/) || text.match?(/\A(?:Solicit|Advertise|Request|Renew|Reply|Rebind|Release)\b|DHCPv6|fe80::/) ? 'dhcpv6' : 'dhcp')
  Ecs.put(event, 'network.transport', 'udp')
  lease(event, text)
end

def action(text)
  phrase = text[PHRASES]
  phrase&.start_with?('DHCP') ? phrase : phrase&.downcase&.tr(' ', '-')
end

# "Listening on BPF/igb1.15/5f:a5:54:63:cc:1f/10.50.11.0/25"
def server(event, text)
  _, interface, mac = text.split('/')
  %w[destination.mac server.mac].each { |name| Ecs.put(event, name, mac) }
  Ecs.put(event, 'observer.ingress.interface.name', interface)
end

# Who asks is the source; who answers is told where the line names it.
def lease(event, text)
  return server(event, text) if text.include?(' BPF/')

  client = text[/\b(?:on|for|of|client) ([0-9a-fA-F.:]{3,45})\b/, 1] || text[/(?:message from|to) (fe80:[0-9a-f:]+|[0-9a-f:]*::[0-9a-f:]+)/, 1] || text[/(?:address|lease for:) ([0-9a-fA-F.:]{7,45}[0-9a-fA-F])\b/, 1]
  port = text[/ port (\d+)/, 1]
  mac = text[/\b((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\b/i, 1]
  server = text[/\((\d+\.\d+\.\d+\.\d+)\)/, 1] || text[/\bfrom (\d+\.\d+\.\d+\.\d+)/, 1]
  %w[source client].each do |side|
    Ecs.put(event, "#{side}.ip", client) if client && Ecs.ip?(client)
    Ecs.put(event, "#{side}.mac", mac)
    Ecs.put(event, "#{side}.port", port)
  end
  %w[destination server].each { |side| Ecs.put(event, "#{side}.ip", server) if server && server != client }
  Ecs.put(event, 'observer.ingress.interface.name', text[/ via ([a-z]+\d[\w.]*)/, 1] || text[/ on ([a-z]+\d[\w.]*)\b/, 1])
end

def vlan(event)
  id = event.get('[observer][ingress][interface][name]').to_s[/\.(\d+)\z/, 1]
  Ecs.put(event, 'network.vlan.id', id)
  Ecs.put(event, 'observer.ingress.vlan.id', id)
end

test 'a blocked packet' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'time' => 'Jan  1 00:00:00', 'process' => 'filterlog', 'pid' => '7', 'text' => '5,,,1000000103,igb1.20,match,block,in,4,0x0,,63,1,0,DF,6,tcp,60,192.0.2.1,10.0.0.9,4000,22,0,S,1,,64240,,mss' } } } }
  expect('denied') { |events| events[0].get('[event][type]') == %w[connection denied] && events[0].get('[event][action]') == 'block' }
  expect('its ends') { |events| events[0].get('[source][ip]') == '192.0.2.1' && events[0].get('[destination][port]') == 22 }
  expect('the VLAN') { |events| events[0].get('[network][vlan][id]') == '20' }
end

test 'a line cut off' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'process' => 'filterlog', 'text' => '5,,,1' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_pfsense'] }
end
