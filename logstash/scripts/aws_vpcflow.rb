# frozen_string_literal: true

# AWS VPC flow logs as text: version 2 by default, or all fields of version 5.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

V2 = %w[version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status].freeze
V5 = (V2 + %w[vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path]).freeze
FIELDS = { 'account-id' => 'cloud.account.id', 'srcaddr' => 'source.ip', 'dstaddr' => 'destination.ip', 'srcport' => 'source.port', 'dstport' => 'destination.port', 'protocol' => 'network.iana_number',
           'packets' => 'source.packets', 'bytes' => 'source.bytes', 'instance-id' => 'cloud.instance.id', 'region' => 'cloud.region', 'az-id' => 'cloud.availability_zone', 'flow-direction' => 'network.direction' }.freeze

def register(_params); end

def filter(event)
  values = event.get('[event][original]').to_s.strip.split(' ')
  names = { V2.size => V2, V5.size => V5 }[values.size]
  flow = names && names.zip(values).reject { |_, value| value == '-' }.to_h
  return fail_with(event) unless flow && flow['start'].to_s.match?(/\A\d{1,11}\z/) && flow['end'].to_s.match?(/\A\d{1,11}\z/)

  event.set('[cloud][provider]', 'aws')
  Ecs.timestamp(event, Ecs.seconds_to_time(flow['end']).utc.iso8601(3))
  Ecs.epoch(event, 'event.start', flow.delete('start'))
  Ecs.epoch(event, 'event.end', flow.delete('end'))
  verdict = { 'ACCEPT' => 'allowed', 'REJECT' => 'denied' }[flow['action']]
  Ecs.classify(event, 'category' => %w[network], 'type' => ['connection', *verdict], 'outcome' => { 'allowed' => 'success', 'denied' => 'failure' }[verdict])
  Ecs.map(event, flow, FIELDS)
  Ecs.keep(event, 'aws.vpcflow', flow.transform_keys { |name| name.tr('-', '_') })
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'aws_vpcflow')
  [event]
end

test 'a refused flow' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '2 123456789012 eni-0a 10.0.0.1 192.0.2.2 40000 22 6 3 180 1767225600 1767225660 REJECT OK' } } }
  expect('denied') { |events| events[0].get('[event][type]') == %w[connection denied] && events[0].get('[event][outcome]') == 'failure' }
  expect('its times') { |events| events[0].get('[event][start]') == '2026-01-01T00:00:00.000Z' && events[0].get('[event][end]') == '2026-01-01T00:01:00.000Z' }
end

test 'a header' do
  parameters { {} }
  in_event { { 'event' => { 'original' => V2.join(' ') } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_aws_vpcflow'] }
end
