# frozen_string_literal: true

# Packets that the Linux kernel logs (netfilter), also as UniFi gateways and Ubiquiti's EdgeRouters name their rules.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

FIELDS = { 'SRC' => 'source.ip', 'DST' => 'destination.ip', 'SPT' => 'source.port', 'DPT' => 'destination.port', 'PROTO' => 'network.transport', 'LEN' => 'network.bytes',
           'IN' => 'observer.ingress.interface.name', 'OUT' => 'observer.egress.interface.name', 'TTL' => 'iptables.ttl', 'ID' => 'iptables.id' }.freeze
# "[WAN_LOCAL-default-D]", "[WAN_IN-RET-10-A]", "[LAN_LOCAL-2000-A]", "[UFW BLOCK]"
UNIFI = /\[(?<rule>[\w-]+?)-(?<id>default|\d+)-(?<verdict>[ADR])\]/.freeze
VERDICTS = { 'A' => 'accept', 'D' => 'drop', 'R' => 'reject' }.freeze

def register(_params); end

def filter(event)
  header = event.get('[@metadata][syslog]') || {}
  fields = event.get('[@metadata][fields]')
  return fail_with(event) unless fields.is_a?(Hash) && fields['SRC'] && fields['DST']

  # An ICMP error quotes the packet it is about behind its own fields.
  fields = Ecs.single(fields)

  Ecs.timestamp(event, header['time'])
  Ecs.put(event, 'observer.name', header['host'])
  rule(event, event.get('[event][original]').to_s.split('IN=', 2).first)
  # Destination, source, and the type of the frame.
  mac = fields.delete('MAC').to_s.scan(/\h\h/)
  Ecs.put(event, 'destination.mac', mac[0, 6].join('-')) if mac.size >= 12
  Ecs.put(event, 'source.mac', mac[6, 6].join('-')) if mac.size >= 12
  event.set('[@metadata][icmp]', [Ecs.whole(fields['TYPE']), Ecs.whole(fields['CODE']) || 0]) if fields['TYPE']
  Ecs.map(event, fields, FIELDS)
  Ecs.keep(event, 'iptables.flags', fields.transform_keys(&:downcase))
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'iptables')
  [event]
end

# Who wrote the rule wrote what it does into the prefix, or did not.
def rule(event, prefix)
  named = UNIFI.match(prefix)
  action = named ? VERDICTS[named[:verdict]] : prefix[/\b\w*(?:DROP|BLOCK|DENY|REJECT|ACCEPT|ALLOW|PASS)\w*/i]&.downcase
  verdict = action && (action.match?(/accept|allow|pass/) ? 'allowed' : 'denied')
  Ecs.classify(event, 'category' => %w[network], 'type' => [*verdict, 'connection'], 'action' => action)
  return unless named

  Ecs.put(event, 'rule.name', named[:rule])
  Ecs.put(event, 'rule.id', named[:id])
  zones = named[:rule].match(/\A(\w+)-(\w+)\z/)
  return unless zones

  Ecs.put(event, 'observer.ingress.zone', zones[1])
  Ecs.put(event, 'observer.egress.zone', zones[2])
end

test 'a packet that a UniFi rule dropped' do
  parameters { {} }
  in_event do
    { 'event' => { 'original' => '<4>Jan  1 00:00:00 gw kernel: [WAN_IN-2001-D]IN=eth0' },
      '@metadata' => { 'fields' => { 'SRC' => '192.0.2.1', 'DST' => '10.0.0.1', 'PROTO' => 'TCP', 'SPT' => '1', 'DPT' => '2', 'MAC' => 'aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:08:00' } } }
  end
  expect('denied') { |events| events[0].get('[event][type]') == %w[denied connection] && events[0].get('[rule][id]') == '2001' }
  expect('the sender') { |events| events[0].get('[source][mac]') == '11-22-33-44-55-66' }
end

test 'no packet' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'SRC' => '1' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_iptables'] }
end
