# frozen_string_literal: true

# A record of Kafka: a line, or an event as Beats and Elastic Agent write it.

require 'json'
require File.join(File.dirname(__FILE__), 'lib', 'ecs')

BEAT = /\A\{"@timestamp":"[^"]*","@metadata":\{"beat":"/.freeze

def register(_params); end

def filter(event)
  text = event.get('[message]')
  shipped(event, text) if text.match?(BEAT)
  [event]
end

# Its metadata are not taken over: what the pipelines tell each other is not for a sender to say.
def shipped(event, text)
  fields = JSON.parse(text)
  Ecs.timestamp(event, fields.delete('@timestamp'))
  fields.delete('@metadata')
  event.remove('[message]')
  fields.each { |name, value| event.set("[#{name}]", value) unless name.match?(/[\[\]]/) }
rescue JSON::ParserError
  # Cut off, as it seems: it stays a line.
end

HEAD = '{"@timestamp":"2026-01-01T00:00:00.000Z","@metadata":{"beat":"filebeat","failed":true}'

test 'an event of Filebeat' do
  parameters { {} }
  in_event { { 'message' => %(#{HEAD},"message":"x","log":{"offset":1},"a[b]":1}) } }
  expect('in parts') { |events| events[0].get('[message]') == 'x' && events[0].get('[log][offset]') == 1 }
  expect('at its time') { |events| events[0].get('[@metadata][time]') == '2026-01-01T00:00:00.000Z' }
  expect('without its metadata') { |events| events[0].get('[@metadata][failed]').nil? }
end

test 'an event that is cut off' do
  parameters { {} }
  in_event { { 'message' => HEAD } }
  expect('is a line') { |events| events[0].get('[message]') == HEAD && events[0].get('[@metadata][time]').nil? }
end

test 'a line' do
  parameters { {} }
  in_event { { 'message' => '{"ts":1767225600.1,"uid":"C1"}' } }
  expect('stays one') { |events| events[0].get('[message]') == '{"ts":1767225600.1,"uid":"C1"}' }
end
