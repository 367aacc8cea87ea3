# frozen_string_literal: true

# Flows: as the netflow codec decodes NetFlow 5, 9 and IPFIX, and as Filebeat's netflow input sends them.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

# Names of the codec, of IPFIX as the codec writes it, and of Filebeat.
FIELDS = {
  %w[ipv4_src_addr ipv6_src_addr sourceIPv4Address sourceIPv6Address source_ipv4_address source_ipv6_address] => 'source.ip', %w[ipv4_dst_addr ipv6_dst_addr destinationIPv4Address destinationIPv6Address destination_ipv4_address destination_ipv6_address] => 'destination.ip',
  %w[l4_src_port sourceTransportPort source_transport_port] => 'source.port', %w[l4_dst_port destinationTransportPort destination_transport_port] => 'destination.port', %w[protocol protocolIdentifier protocol_identifier] => 'network.iana_number',
  %w[in_bytes octetDeltaCount octet_delta_count initiator_octets initiatorOctets] => 'source.bytes', %w[in_pkts packetDeltaCount packet_delta_count initiator_packets initiatorPackets] => 'source.packets',
  %w[reverse_octet_delta_count reverseOctetDeltaCount responder_octets responderOctets] => 'destination.bytes', %w[reverse_packet_delta_count reversePacketDeltaCount responder_packets responderPackets] => 'destination.packets',
  %w[src_mac sourceMacAddress source_mac_address] => 'source.mac', %w[dst_mac destinationMacAddress destination_mac_address] => 'destination.mac', %w[src_vlan vlanId vlan_id] => 'network.vlan.id',
  %w[input_snmp ingressInterface ingress_interface] => 'observer.ingress.interface.id', %w[output_snmp egressInterface egress_interface] => 'observer.egress.interface.id'
}.freeze
# Counted behind the device, and of the same way: `out_bytes` of version 9, where nProbe tells the answer.
BEHIND = { 'bytes' => %w[out_bytes postOctetDeltaCount post_octet_delta_count], 'packets' => %w[out_pkts postPacketDeltaCount post_packet_delta_count] }.freeze
DIRECTIONS = { 0 => 'inbound', 1 => 'outbound' }.freeze
FIRST, LAST = %w[first_switched flowStartMilliseconds flow_start_milliseconds flowStartSeconds], %w[last_switched flowEndMilliseconds flow_end_milliseconds flowEndSeconds]

def register(_params); end

def filter(event)
  flow = event.get('[netflow]') || event.get('[ipfix]')
  return fail_with(event) unless flow.is_a?(Hash) && flow.size > 2

  Ecs.classify(event, 'category' => %w[network session], 'type' => %w[connection], 'action' => 'netflow_flow')
  event.set('[observer][type]', 'netflow') if event.get('[observer][type]').nil?
  exporter = event.get('[host][ip]')
  Ecs.put(event, 'observer.ip', exporter) if exporter
  FIELDS.each do |names, field|
    value = flow.values_at(*names).compact.first
    Ecs.put(event, field, value) if event.get(Ecs.ref(field)).nil?
  end
  behind(event, flow)
  port_of_icmp(event, flow)
  times(event, flow)
  Ecs.put(event, 'network.direction', DIRECTIONS[flow['direction'] || flow['flowDirection']]) if event.get('[network][direction]').nil?
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'netflow')
  [event]
end

# What was counted behind the device is what its source sent where nothing else was counted. Where both were it is the
# answer if version 9 has it other than the first count; of IPFIX it is the first count again, and says nothing new.
def behind(event, flow)
  counts = BEHIND.transform_values { |names| Ecs.whole(flow.values_at(*names).compact.first) }.compact
  sent = event.get('[source][bytes]')
  if sent.nil?
    counts.each { |unit, count| Ecs.put(event, "source.#{unit}", count) }
  elsif flow['out_bytes'] && ![0, sent.to_i].include?(counts['bytes']) && event.get('[destination][bytes]').nil?
    counts.each { |unit, count| Ecs.put(event, "destination.#{unit}", count) }
  end
end

# Exporters write type and code of an ICMP flow into the destination's port.
def port_of_icmp(event, _flow)
  return unless %w[1 58].include?(event.get('[network][iana_number]').to_s)

  port = event.get('[destination][port]')
  event.set('[@metadata][icmp]', [port / 256, port % 256]) if port
  %w[source destination].each { |side| event.remove("[#{side}][port]") }
end

def times(event, flow)
  { 'start' => FIRST, 'end' => LAST }.each do |name, fields|
    value = flow.values_at(*fields).compact.first
    value = Rational(value, 1000) if value.is_a?(Integer) && value > 100_000_000_000
    value.is_a?(String) && value.include?('T') ? Ecs.put(event, "event.#{name}", value) : Ecs.epoch(event, "event.#{name}", value)
  end
end

test 'a flow of NetFlow 5' do
  parameters { {} }
  in_event { { 'netflow' => { 'version' => 5, 'ipv4_src_addr' => '10.0.0.1', 'ipv4_dst_addr' => '192.0.2.1', 'l4_src_port' => 1, 'l4_dst_port' => 53, 'protocol' => 17, 'in_bytes' => 7, 'in_pkts' => 1, 'first_switched' => '2026-01-01T00:00:00.000Z' } } }
  expect('its ends') { |events| events[0].get('[source][ip]') == '10.0.0.1' && events[0].get('[destination][port]') == 53 && events[0].get('[network][iana_number]') == '17' }
  expect('its start') { |events| events[0].get('[event][start]') == '2026-01-01T00:00:00.000Z' }
end

test 'a flow that is counted behind the device' do
  parameters { {} }
  in_event { { 'ipfix' => { 'version' => 10, 'sourceIPv4Address' => '10.0.0.1', 'destinationIPv4Address' => '192.0.2.1', 'octetDeltaCount' => 700, 'postOctetDeltaCount' => 690 } } }
  expect('is one way') { |events| events[0].get('[source][bytes]') == 700 && events[0].get('[destination][bytes]').nil? }
end

test 'a flow that is counted behind the device alone' do
  parameters { {} }
  in_event { { 'netflow' => { 'version' => 9, 'ipv4_src_addr' => '10.0.0.1', 'ipv4_dst_addr' => '192.0.2.1', 'out_bytes' => 700, 'out_pkts' => 2 } } }
  expect('is one way') { |events| events[0].get('[source][bytes]') == 700 && events[0].get('[source][packets]') == 2 && events[0].get('[destination][bytes]').nil? }
end

test 'a flow of both ways' do
  parameters { {} }
  in_event { { 'netflow' => { 'version' => 9, 'ipv4_src_addr' => '10.0.0.1', 'ipv4_dst_addr' => '192.0.2.1', 'in_bytes' => 700, 'out_bytes' => 90_000 } } }
  expect('has its answer') { |events| events[0].get('[source][bytes]') == 700 && events[0].get('[destination][bytes]') == 90_000 }
end

test 'no flow' do
  parameters { {} }
  in_event { { 'netflow' => {} } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_netflow'] }
end
