# frozen_string_literal: true

# Events that a sender has taken apart itself (Beats, HTTP). What the pipelines tell each other by @metadata is not
# for a sender to say: whether a document is a failure, what its id is made of, what its header was.

# What an input says of the sender, and the source that a shipper may name.
KEPT = %w[source input http beat type version ip_address].freeze

def register(_params); end

def filter(event)
  metadata = event.get('[@metadata]')
  metadata.keys.each { |name| event.remove("[@metadata][#{name}]") unless KEPT.include?(name) || name.match?(/[\[\]]/) } if metadata.is_a?(Hash)
  event.remove('[@metadata][source]') unless event.get('[@metadata][source]').is_a?(String)
  [event]
end

test 'what only the pipelines may say' do
  parameters { {} }
  in_event { { '@metadata' => { 'failed' => true, 'deduplicate' => 'true', 'kafka' => { 'offset' => '5' }, 'syslog' => { 'time' => 'x' }, 'id' => '1', 'source' => 'zeek', 'beat' => 'filebeat' }, 'message' => 'x' } }
  expect('is taken away') { |events| events[0].get('[@metadata]') == { 'source' => 'zeek', 'beat' => 'filebeat' } }
  expect('and the event is left') { |events| events[0].get('[message]') == 'x' }
end

test 'a source that is no name' do
  parameters { {} }
  in_event { { '@metadata' => { 'source' => { 'a' => 1 } } } }
  expect('is none') { |events| events[0].get('[@metadata]') == {} }
end
