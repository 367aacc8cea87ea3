# frozen_string_literal: true

# What sshd, sudo, su, PAM and the tools for accounts write into auth.log.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

LOGIN = { 'category' => %w[authentication session], 'type' => %w[info], 'action' => 'ssh_login' }.freeze
# A user name is whatever a stranger typed: it ends at the last " from ".
ENDPOINT = / from (?<ip>\S+)(?: port (?<port>\d+))?(?: (?:ssh2|\[preauth\]).*)?.*\z/.freeze
# Each way to say something: pattern, and what it means. Named groups become fields.
MESSAGES = [
  [/\A(?<event>Accepted) (?<method>\S+) for (?<user>.*)#{ENDPOINT}/, LOGIN.merge('outcome' => 'success')],
  [/\A(?<event>Failed) (?<method>\S+) for (?:invalid user )?(?<user>.*)#{ENDPOINT}/, LOGIN.merge('outcome' => 'failure')],
  [/\A(?<event>Invalid) user (?<user>.*)#{ENDPOINT}/, LOGIN.merge('outcome' => 'failure')],
  [/\A(?:Disconnected from|Connection (?:closed|reset) by) (?:invalid |authenticating )?(?:user (?<user>.*) )?(?<ip>[0-9a-fA-F.:]+) port (?<port>\d+)/, { 'category' => %w[authentication session], 'type' => %w[end] }],
  [/\Amaximum authentication attempts exceeded for (?:invalid user )?(?<user>.*)#{ENDPOINT}/, LOGIN.merge('outcome' => 'failure')],
  [/\ADid not receive identification string#{ENDPOINT}/, { 'category' => %w[authentication], 'type' => %w[info] }],
  [/\Asubsystem request for .* by user (?<user>.*)\z/, {}],
  [/\A(?<user>[^:]*?) : (?:(?<error>[^=;]*) ; )?TTY=(?<tty>\S*) ; PWD=(?<pwd>.*?) ; USER=(?<effective>.*?)(?: ; (?:GROUP|ENV)=.*?)? ; COMMAND=(?<command>.*)\z/, {}],
  [/pam_\w+\([^)]*\): session opened for user (?<effective>\S+?)(?:\(uid=\d+\))? by (?<user>[^(]*)\(uid=(?<uid>\d+)\)/, {}],
  [/pam_\w+\([^)]*\): session closed for user (?<user>\S+)/, {}],
  [/pam_\w+\([^)]*\): authentication failure;.*\brhost=(?<ip>\S*)(?:\s+user=(?<user>.*))?\z/, { 'category' => %w[authentication], 'type' => %w[info], 'outcome' => 'failure' }],
  [/\Anew group: name=(?<group>[^,]+), GID=(?<gid>\d+)/, { 'category' => %w[iam], 'type' => %w[group creation], 'outcome' => 'success' }],
  [/\Agroup added to .*: name=(?<group>[^,]+)(?:, GID=(?<gid>\d+))?/, { 'category' => %w[iam], 'type' => %w[group creation], 'outcome' => 'success' }],
  [/\Anew user: name=(?<user>[^,]+), UID=(?<uid>\d+), GID=(?<gid>\d+), home=(?<home>[^,]*), shell=(?<shell>[^,]*)/, { 'category' => %w[iam], 'type' => %w[user creation], 'outcome' => 'success' }],
  [/\Adelete user '(?<user>[^']+)'/, { 'category' => %w[iam], 'type' => %w[user deletion], 'outcome' => 'success' }],
  [/\A(?:changed user|change user|add|delete) '(?<user>[^']+)'/, {}],
  [/\A\((?<user>[^)]+)\) CMD /, {}],
  [/\A(?:Successful su|FAILED su) for (?<effective>\S+) by (?<user>\S+)/, { 'category' => %w[authentication], 'type' => %w[start] }],
  [/\A(?:pam_unix\([^)]*\): )?password changed for (?<user>\S+)/, { 'category' => %w[iam], 'type' => %w[user change], 'outcome' => 'success' }],
  [/\Auser (?<user>\S+) logged out/, {}]
].freeze
FIELDS = { 'user' => 'user.name', 'effective' => 'user.effective.name', 'uid' => 'user.id', 'gid' => 'group.id', 'group' => 'group.name', 'ip' => 'source.ip', 'port' => 'source.port',
           'event' => 'system.auth.ssh.event', 'method' => 'system.auth.ssh.method', 'tty' => 'system.auth.sudo.tty', 'pwd' => 'system.auth.sudo.pwd', 'command' => 'system.auth.sudo.command', 'error' => 'system.auth.sudo.error',
           'home' => 'system.auth.useradd.home', 'shell' => 'system.auth.useradd.shell' }.freeze

def register(_params); end

def filter(event)
  header = event.get('[@metadata][syslog]')
  return fail_with(event) unless header.is_a?(Hash) && header['time'] && header['process'] && !header['text'].to_s.empty?

  Ecs.timestamp(event, header['time'])
  Ecs.put(event, 'host.hostname', header['host'])
  Ecs.put(event, 'process.name', File.basename(header['process']))
  Ecs.put(event, 'process.pid', header['pid'])
  event.set('[message]', Ecs.cut(header['text']))
  read(event, header['text'].strip)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'linux_auth')
  [event]
end

def read(event, text)
  MESSAGES.each do |pattern, meaning|
    match = pattern.match(text)
    next unless match

    Ecs.map(event, match.named_captures, FIELDS)
    Ecs.put(event, 'event.action', match[:effective].nil? ? nil : 'session_opened') if text.include?('session opened')
    Ecs.classify(event, meaning)
    Ecs.put(event, 'event.outcome', text.start_with?('FAILED') ? 'failure' : 'success') if text.match?(/\A(?:Successful|FAILED) su /)
    Ecs.put(event, 'event.outcome', 'failure') if match.names.include?('error') && match[:error]
    break
  end
end

test 'a user name that looks like the rest of a line' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'time' => 'Jan  1 00:00:00', 'host' => 'h', 'process' => 'sshd', 'text' => 'Failed password for invalid user a from 198.51.100.1 port 1 ssh2 from 192.0.2.7 port 40000 ssh2' } } } }
  expect('the true source') { |events| events[0].get('[source][ip]') == '192.0.2.7' && events[0].get('[source][port]') == 40_000 }
  expect('a failure') { |events| events[0].get('[event][outcome]') == 'failure' }
end

test 'sudo' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'time' => 'Jan  1 00:00:00', 'host' => 'h', 'process' => 'sudo', 'text' => 'ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh' } } } }
  expect('who became whom') { |events| events[0].get('[user][name]') == 'ann' && events[0].get('[user][effective][name]') == 'root' }
end

test 'no syslog' do
  parameters { {} }
  in_event { { '@metadata' => { 'syslog' => { 'text' => 'x' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_linux_auth'] }
end
