# frozen_string_literal: true

# What sshd, sudo, su, PAM and the tools for accounts write into auth.log.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'logins')
require File.join(File.dirname(__FILE__), 'lib', 'syslog')

REPEATED = /\Amessage repeated (?<times>\d{1,6}) times: \[ ?/.freeze
# What else is said of accounts and sessions: pattern, and what it means. Named groups become fields.
MESSAGES = [
  [/\Asubsystem request for .* by user (?<user>[^ ]*)\z/, {}],
  [/\Apam_\w{1,32}\([^)]{0,64}\): session opened for user (?<effective>[^\s(]{1,64})(?:\(uid=\d+\))? by (?<user>[^(]{0,64})\(uid=(?<uid>\d+)\)/, { 'action' => 'session_opened' }],
  [/\Apam_\w{1,32}\([^)]{0,64}\): session closed for user (?<user>\S{1,64})/, {}],
  [/\Anew group: name=(?<group>[^,]+), GID=(?<gid>\d+)/, { 'category' => %w[iam], 'type' => %w[group creation], 'outcome' => 'success' }],
  [/\Agroup added to [^:]*: name=(?<group>[^,]+)(?:, GID=(?<gid>\d+))?/, { 'category' => %w[iam], 'type' => %w[group creation], 'outcome' => 'success' }],
  [/\Anew user: name=(?<user>[^,]+), UID=(?<uid>\d+), GID=(?<gid>\d+), home=(?<home>[^,]*), shell=(?<shell>[^,]*)/, { 'category' => %w[iam], 'type' => %w[user creation], 'outcome' => 'success' }],
  [/\Adelete user '(?<user>[^']+)'/, { 'category' => %w[iam], 'type' => %w[user deletion], 'outcome' => 'success' }],
  [/\A(?:changed user|change user|add|delete) '(?<user>[^']+)'/, {}],
  [/\A\((?<user>[^)]+)\) CMD /, {}],
  [/\A(?:pam_unix\([^)]{0,64}\): )?password changed for (?<user>\S{1,64})/, { 'category' => %w[iam], 'type' => %w[user change], 'outcome' => 'success' }],
  [/\Auser (?<user>\S{1,64}) logged out/, {}]
].freeze
FIELDS = { 'user' => 'user.name', 'effective' => 'user.effective.name', 'uid' => 'user.id', 'gid' => 'group.id', 'group' => 'group.name', 'ip' => 'source.ip', 'port' => 'source.port',
           'event' => 'system.auth.ssh.event', 'method' => 'system.auth.ssh.method', 'tty' => 'system.auth.sudo.tty', 'pwd' => 'system.auth.sudo.pwd', 'command' => 'system.auth.sudo.command', 'error' => 'system.auth.sudo.error',
           'unit' => 'system.auth.pam.module', 'service' => 'system.auth.pam.service', 'home' => 'system.auth.useradd.home', 'shell' => 'system.auth.useradd.shell' }.freeze

def register(_params); end

def filter(event)
  header = event.get('[@metadata][syslog]')
  return fail_with(event) unless header.is_a?(Hash) && header['time'] && header['process']

  # Structured data that never ends leaves nobody knowing where the message begins.
  text = Syslog.message(header)
  return fail_with(event) unless text
  return fail_with(event) if text.empty? && !header['version']

  Ecs.timestamp(event, header['time'])
  Ecs.put(event, 'host.hostname', header['host'])
  Ecs.put(event, 'process.name', File.basename(header['process']))
  Ecs.put(event, 'process.pid', header['pid'])
  event.set('[message]', Ecs.cut(text))
  read(event, text.strip, File.basename(header['process']), header['tag'])
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'linux_auth')
  [event]
end

def read(event, text, program, tag)
  repeated = text.end_with?(']') && REPEATED.match(text)
  said = repeated ? repeated.post_match.delete_suffix(']') : text
  login = Logins.read(said, program, tag)
  return tell(event, login, repeated ? repeated[:times].to_i : 1) if login
  return fail_with(event) if Logins.cut?(said, program)

  MESSAGES.each do |pattern, meaning|
    match = pattern.match(said)
    next unless match

    Ecs.map(event, match.named_captures, FIELDS)
    Ecs.classify(event, meaning)
    break
  end
end

# A line may stand for several attempts.
def tell(event, login, times)
  meaning = login.delete('meaning')
  attempts = [login.delete('attempts').to_i, 1].max * times
  Ecs.map(event, login, FIELDS)
  Ecs.classify(event, meaning)
  Ecs.put(event, 'system.auth.attempts', attempts) if attempts > 1
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
