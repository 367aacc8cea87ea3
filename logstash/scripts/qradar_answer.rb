# frozen_string_literal: true

# What QRadar's API has answered: an offense, or why there is none.

require 'json'
require File.join(File.dirname(__FILE__), 'lib', 'ecs')

def register(_params); end

def filter(event)
  # The request has the token among its headers: no queue is to keep it.
  status = event.remove('[@metadata][input]')&.dig('http_poller', 'response', 'status_code')
  event.set('[@metadata][source]', 'qradar')
  fields = event.get('[@metadata][fields]')
  if status == 200 && fields.is_a?(Hash)
    offense(event, fields)
  else
    failure(event, status, fields)
  end
  [event]
end

# Each poll tells the same offenses again. Logstash does not keep the order of their fields.
def offense(event, fields)
  event.set('[event][original]', JSON.generate(fields.sort.to_h))
  event.set('[@metadata][deduplicate]', 'true')
end

# Of a request that got no answer the poller has said why. Each failure is to be seen.
def failure(event, status, fields)
  said = fields.is_a?(Hash) ? fields['message'] : event.remove('[message]')
  Ecs.put(event, 'error.message', "QRadar answers #{status}: #{said}") if status
  event.remove('[error][stack_trace]')
  event.remove('[@metadata][fields]')
  event.tag('_http_request_failure')
  event.set('[@metadata][deduplicate]', 'never')
end

POLLER = { 'http_poller' => { 'request' => { 'original' => { 'headers' => { 'SEC' => 'secret' } } }, 'response' => { 'status_code' => 200 } } }.freeze
REFUSING = { 'http_poller' => POLLER['http_poller'].merge('response' => { 'status_code' => 401 }) }.freeze

test 'an offense' do
  parameters { {} }
  in_event { { '@metadata' => { 'input' => POLLER, 'fields' => { 'status' => 'OPEN', 'id' => 12 } } } }
  expect('is written once') { |events| events[0].get('[@metadata][deduplicate]') == 'true' }
  expect('with its original') { |events| events[0].get('[event][original]') == '{"id":12,"status":"OPEN"}' }
  expect('without the token') { |events| !events[0].include?('[@metadata][input]') }
end

test 'a refusal' do
  parameters { {} }
  in_event { { '@metadata' => { 'input' => REFUSING, 'fields' => { 'message' => 'No valid token', 'code' => 18 } } } }
  expect('says why') { |events| events[0].get('[error][message]') == 'QRadar answers 401: No valid token' }
  expect('is a failure') { |events| events[0].get('tags') == ['_http_request_failure'] && events[0].get('[@metadata][fields]').nil? }
  expect('each time') { |events| events[0].get('[@metadata][deduplicate]') == 'never' }
  expect('without the token') { |events| !events[0].include?('[@metadata][input]') }
end

test 'a page where JSON should be' do
  parameters { {} }
  in_event { { '@metadata' => { 'input' => POLLER }, 'message' => '<html>', 'tags' => ['_jsonparsefailure'] } }
  expect('says what came') { |events| events[0].get('[error][message]') == 'QRadar answers 200: <html>' && !events[0].include?('[message]') }
end

test 'no answer' do
  parameters { {} }
  in_event { { '@metadata' => { 'input' => { 'http_poller' => { 'request' => {} } } }, 'tags' => ['_http_request_failure'], 'error' => { 'message' => 'Connection refused', 'stack_trace' => ['a'] } } }
  expect('the reason stays') { |events| events[0].get('[error]') == { 'message' => 'Connection refused' } }
end
