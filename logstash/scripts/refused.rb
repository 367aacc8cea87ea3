# frozen_string_literal: true

# Of a document that Elasticsearch refused, one that it takes: the whole of it as text, and what Elasticsearch said.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

KEPT = %w[@timestamp @version].freeze
# Before it, the reason repeats the document.
ANSWER = /.*, response: /m.freeze

def register(_params); end

def filter(event)
  text = event.to_json
  dataset = event.get('[event][dataset]')
  (event.to_hash.keys - KEPT).each { |name| event.remove("[#{name}]") }
  event.set('[event]', { 'kind' => 'pipeline_error', 'original' => text })
  Ecs.put(event, 'event.dataset', dataset) if dataset.is_a?(String)
  Ecs.put(event, 'error.message', event.get('[@metadata][dead_letter_queue][reason]').to_s.sub(ANSWER, ''))
  event.tag('_refused')
  [event]
end

test 'a document that was refused' do
  parameters { {} }
  in_event do
    { '@metadata' => { 'dead_letter_queue' => { 'reason' => 'Could not index event to Elasticsearch. status: 400, action: ["create", {"a, response: b"}], response: {"create"=>{"status"=>400}}' } },
      'event' => { 'dataset' => 'okta.system', 'original' => 'x' }, 'tags' => ['y'], 'host' => { 'ip' => { 'a' => 1 } } }
  end
  expect('says why') { |events| events[0].get('[error][message]') == '{"create"=>{"status"=>400}}' }
  expect('whole, as text') { |events| events[0].get('[event][original]').include?('"ip":{"a":1}') && events[0].get('[host]').nil? }
  expect('and from where') { |events| events[0].get('[event][dataset]') == 'okta.system' && events[0].get('tags') == ['_refused'] }
end
