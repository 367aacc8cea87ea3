# frozen_string_literal: true

# Okta's System Log.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

OUTCOMES = { 'SUCCESS' => 'success', 'ALLOW' => 'success', 'SKIPPED' => 'unknown', 'UNKNOWN' => 'unknown', 'FAILURE' => 'failure', 'DENY' => 'failure', 'CHALLENGE' => 'unknown' }.freeze
# Event types by how they begin; the first that fits.
KINDS = {
  'user.session.start' => [%w[authentication session], %w[start user]], 'user.session.end' => [%w[authentication session], %w[end user]], 'user.authentication' => [%w[authentication], %w[start]], 'policy.evaluate_sign_on' => [%w[authentication], %w[info]],
  'user.lifecycle.create' => [%w[iam], %w[user creation]], 'user.lifecycle.delete' => [%w[iam], %w[user deletion]], 'user.lifecycle' => [%w[iam], %w[user change]], 'user.account' => [%w[iam], %w[user change]], 'group.user_membership' => [%w[iam], %w[group change]],
  'group.lifecycle.create' => [%w[iam], %w[group creation]], 'application.' => [%w[iam], %w[change]], 'policy.' => [%w[iam configuration], %w[change]], 'security.threat' => [%w[threat], %w[indicator]], 'user.mfa' => [%w[iam authentication], %w[change]]
}.freeze

def register(_params); end

def filter(event)
  okta = event.get('[@metadata][fields]')
  return fail_with(event) unless okta.is_a?(Hash) && okta['eventType'].is_a?(String) && okta['published']

  Ecs.timestamp(event, okta.delete('published'))
  category, type = KINDS.find { |start, _| okta['eventType'].start_with?(start) }&.last || [%w[iam], %w[info]]
  Ecs.classify(event, 'category' => category, 'type' => type, 'action' => okta['eventType'], 'id' => okta['uuid'], 'outcome' => OUTCOMES[okta.dig('outcome', 'result')], 'reason' => okta.dig('outcome', 'reason'))
  event.set('[observer]', { 'vendor' => 'Okta', 'product' => 'System Log', 'type' => 'identity' })
  actor(event, okta['actor'] || {})
  %w[source.ip client.ip].each { |name| Ecs.put(event, name, okta.dig('client', 'ipAddress')) }
  Ecs.put(event, 'user_agent.original', okta.dig('client', 'userAgent', 'rawUserAgent'))
  target(event, okta['target'])
  Ecs.add(event, 'related.ip', Array(okta.dig('request', 'ipChain')).map { |hop| hop.is_a?(Hash) ? hop['ip'] : nil }.select { |ip| Ecs.ip?(ip) })
  Ecs.put(event, 'message', okta['displayMessage'])
  Ecs.keep(event, 'okta', okta.slice('actor', 'authenticationContext', 'client', 'outcome', 'securityContext', 'severity', 'transaction', 'debugContext').transform_keys { |name| name.gsub(/[A-Z]/) { |letter| "_#{letter.downcase}" } })
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'okta')
  [event]
end

def actor(event, actor)
  name = actor['alternateId'].to_s
  %w[client.user source.user].each do |user|
    Ecs.put(event, "#{user}.id", actor['id'])
    Ecs.put(event, "#{user}.full_name", actor['displayName'])
    Ecs.user(event, user, name)
    event.remove("[#{user.gsub('.', '][')}][domain]")
  end
  Ecs.user(event, 'user', name)
  event.remove('[user][domain]')
  Ecs.put(event, 'user.full_name', actor['displayName'])
  Ecs.put(event, 'user.email', name) if name.include?('@') && !actor['displayName'].nil?
  Ecs.add(event, 'related.user', actor['displayName'])
end

# Whom it was done to, where that is a user.
def target(event, targets)
  user = Array(targets).grep(Hash).find { |target| target['type'] == 'User' }
  return unless user

  Ecs.put(event, 'user.target.id', user['id'])
  Ecs.put(event, 'user.target.full_name', user['displayName'])
  Ecs.put(event, 'user.target.name', user['alternateId'])
end

test 'a refused login' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'eventType' => 'user.session.start', 'published' => '2026-01-01T00:00:00.000Z', 'outcome' => { 'result' => 'FAILURE' }, 'actor' => { 'alternateId' => 'ann@example.com' }, 'client' => { 'ipAddress' => '192.0.2.1' } } } } }
  expect('a failure') { |events| events[0].get('[event][outcome]') == 'failure' && events[0].get('[event][type]') == %w[start user] }
  expect('who and where from') { |events| events[0].get('[user][name]') == 'ann' && events[0].get('[source][ip]') == '192.0.2.1' }
end

test 'no event' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'eventType' => 7 } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_okta'] }
end
