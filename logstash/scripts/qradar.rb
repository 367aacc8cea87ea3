# frozen_string_literal: true

# IBM QRadar's offenses, as its API /api/siem/offenses answers.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

FIELDS = { 'description' => %w[rule.name message], 'severity' => 'event.severity', 'magnitude' => 'qradar.magnitude', 'credibility' => 'qradar.credibility', 'relevance' => 'qradar.relevance', 'status' => 'qradar.status', 'event_count' => 'qradar.event_count', 'flow_count' => 'qradar.flow_count',
           'categories' => 'rule.category', 'closing_user' => 'qradar.closing_user', 'assigned_to' => 'qradar.assigned_to' }.freeze

def register(_params); end

def filter(event)
  offense = event.get('[@metadata][fields]')
  offense = event.to_hash.slice('id', 'start_time', 'last_updated_time', 'magnitude', 'offense_type', 'offense_source', 'severity', 'credibility', 'relevance', 'status', 'description', 'event_count', 'flow_count', 'categories', 'closing_user', 'assigned_to', 'source_address_ids', 'local_destination_address_ids', 'rules') unless offense.is_a?(Hash)
  return fail_with(event) unless offense['id'] && offense['start_time'].is_a?(Integer)

  offense.each_key { |name| event.remove(name) }
  event.set('[observer]', { 'vendor' => 'IBM', 'product' => 'QRadar', 'type' => 'siem' })
  updated = offense['last_updated_time'] || offense['start_time']
  # It is told again when it has grown and when it is closed.
  event.set('[@metadata][revision]', [offense['id'], updated, offense['status']].join(' '))
  Ecs.timestamp(event, milliseconds(updated))
  Ecs.classify(event, 'kind' => 'alert', 'category' => %w[threat], 'type' => %w[indicator], 'id' => offense['id'].to_s, 'start' => milliseconds(offense['start_time']), 'end' => milliseconds(updated))
  Ecs.put(event, 'event.risk_score', Ecs.number(offense['magnitude']).to_f * 10)
  source(event, offense['offense_source'].to_s)
  Ecs.put(event, 'rule.id', Array(offense['rules']).grep(Hash).map { |rule| rule['id'].to_s })
  Ecs.map(event, offense, FIELDS)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'qradar')
  [event]
end

# What an offense is about is an address or a name.
def source(event, text)
  return Ecs.put(event, 'source.ip', text) if Ecs.ip?(text)

  Ecs.put(event, 'user.name', text)
end

def milliseconds(value)
  Ecs.seconds_to_time(Rational(value, 1000))&.utc&.iso8601(3) if value.is_a?(Integer)
end

test 'an offense' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'id' => 12, 'start_time' => 1_767_225_600_000, 'last_updated_time' => 1_767_225_660_000, 'magnitude' => 4, 'offense_type' => 0, 'offense_source' => '10.0.0.1', 'description' => "Scan\n", 'severity' => 5, 'status' => 'OPEN' } } } }
  expect('an alert about its source') { |events| events[0].get('[event][kind]') == 'alert' && events[0].get('[source][ip]') == '10.0.0.1' }
  expect('in this state') { |events| events[0].get('[@metadata][revision]') == '12 1767225660000 OPEN' }
  expect('its times') { |events| events[0].get('[event][start]') == '2026-01-01T00:00:00.000Z' && events[0].get('[event][end]') == '2026-01-01T00:01:00.000Z' }
end

test 'no offense' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'id' => 1 } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_qradar'] }
end
