# frozen_string_literal: true

# What sshd, PAM, sudo and su say of logins, as { part => value }: who (user), from where (ip, port), how (method),
# how it ended (outcome) and how often (attempts). Nothing here goes through a line again and again: a stranger
# writes what stands in it.
module Logins
  # A user name is whatever a stranger typed: the true end is the last, and nothing but sshd's own words is behind it.
  KEY = /: [\w-]+ [\w:+\/=-]+(?: ID .* \(serial \d+\) CA [\w-]+ [\w:+\/=-]+|, client user ".*", client host ".*")?/.freeze
  HOST = /[\w.:%-]{1,255}/.freeze
  FAILED_END = /\A from (?<ip>#{HOST}) port (?<port>\d{1,5})(?: ssh\d(?:#{KEY})?)?(?: \[preauth\])?\z/.freeze
  NAMED_END = /\A from (?<ip>#{HOST})(?: port (?<port>\d{1,5}))?(?: \[preauth\])?\z/.freeze
  PAM_END = /\A from (?<ip>#{HOST})(?: via \S+)?\z/.freeze
  INVALID = '(?:(?:invalid|illegal) user )?'
  # How a line begins that blames a name, how it ends, and what it is called.
  BLAMED = [
    [/\AFailed (?<method>\S{1,64}) for #{INVALID}/, FAILED_END, 'Failed'],
    [/\A(?:Invalid|Illegal) user /, NAMED_END, 'Invalid'],
    [/\A(?:error: )?maximum authentication attempts exceeded for #{INVALID}/, FAILED_END, 'Exceeded'],
    [/\Aerror: PAM: [^;]{1,80}? for (?!service )#{INVALID}/, PAM_END, 'PAM']
  ].freeze
  ACCEPTED = /\AAccepted (?<method>\S{1,64}) for (?<user>.{0,256}?) from (?<ip>#{HOST}) port (?<port>\d{1,5})(?: |\z)/.freeze
  ACCEPTED_HEAD = /\AAccepted \S{1,64} for /.freeze
  ENDED = /\A(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting)(?: (?<stage>authenticating|invalid))? /.freeze
  USER_END = /\Auser (?<user>.*) (?<ip>#{HOST}) port (?<port>\d{1,5})(?::.*)?\z/.freeze
  HOST_END = /\A(?<ip>[\w.:%-]{1,255}?)(?: port (?<port>\d{1,5}))?(?:: .*)?\z/.freeze
  # Exchanges that name nobody; what a client says as it leaves is behind its address.
  TOUCHED = [
    /\A(?:error: )?Received disconnect from (?<ip>[\w.:%-]{1,255}?)(?: port (?<port>\d{1,5}))?:/,
    /\ADid not receive identification string from (?<ip>#{HOST})(?: port (?<port>\d{1,5}))?/,
    /\Areverse mapping checking getaddrinfo for \S{1,255} \[?(?<ip>#{HOST})\]? failed/
  ].freeze
  SESSION = { 'category' => %w[authentication session] }.freeze
  LOGIN = SESSION.merge('type' => %w[info], 'action' => 'ssh_login').freeze
  EXCHANGE = { 'category' => %w[authentication], 'type' => %w[info] }.freeze
  PAM_HEAD = /\A(?:(?<unit>pam_\w{1,32})\((?<service>[^():]{1,64})(?::\w{1,32})?\):? ?|(?<old>\(pam_\w{1,32}\)):? )?(?:(?<more>\d{1,5}) more )?authentication (?<result>failure|success)(?:es|s)?; ?/.freeze
  LOCAL = %w[su su-l sudo sudo-i].freeze
  SSHD = /\Asshd?\d?(?:-session|-auth)?\z/.freeze
  # shadow's ways to say that someone (by) became another, util-linux's and BSD's.
  SWITCHED = [
    /\ASuccessful su for (?<effective>\S{1,64}) by (?<user>\S{1,64})\z/, /\A\+ \S{1,64} (?<user>[^\s:]{1,64})[:-](?<effective>\S{1,64})\z/,
    /\A\(to (?<effective>\S{1,64})\) (?<user>\S{1,64}) on \S{1,64}\z/, /\A(?<user>\S{1,64}) to (?<effective>\S{1,64}) on \S{1,64}\z/
  ].freeze
  REFUSED = [
    /\AFAILED su for (?<effective>\S{1,64}) by (?<user>\S{1,64})\z/, /\AFAILED SU \(to (?<effective>\S{1,64})\) (?<user>\S{1,64}) on \S{1,64}\z/,
    /\ABAD SU (?<user>\S{1,64}) to (?<effective>\S{1,64}) on \S{1,64}\z/, /\A- \S{1,64} (?<user>[^\s:]{1,64})[:-](?<effective>\S{1,64})\z/
  ].freeze
  SUDO_PART = /\A(?:TTY|PWD|USER|COMMAND|HOST)=/.freeze

  module_function

  # What a text says in the mouth of a program; nil where it is about no login. `meaning` holds ECS's words.
  def read(text, program, tag)
    pam(text, program, tag) || (SSHD.match?(program) && sshd(text)) || (program == 'sudo' && sudo(text)) || (%w[su su-l].include?(program) && su(text)) || nil
  end

  # Whether a text is PAM's, whatever program wrote it.
  def pam?(text, tag)
    text.match?(/\A(?:pam_\w{1,32}\(|\(pam_\w{1,32}\))/) || tag.to_s.include?('(pam_')
  end

  # A line that begins as a login does and breaks off.
  def cut?(text, program)
    SSHD.match?(program) && (text.match?(ACCEPTED_HEAD) || BLAMED.any? { |head, _, _| head.match?(text) } || refused_head?(text))
  end

  def refused_head?(text)
    text.start_with?('User ') && text.include?(' not allowed because ')
  end

  def sshd(text)
    blamed(text) || accepted(text) || not_allowed(text) || ended(text) || touched(text)
  end

  def blamed(text)
    BLAMED.each do |head, tail, name|
      found = head.match(text)
      next unless found

      finish = last_end(text, found.end(0), tail)
      return finish && parts(found).merge(finish, 'event' => name, 'meaning' => LOGIN.merge('outcome' => 'failure'))
    end
    nil
  end

  # The last place behind which there is nothing but an end.
  def last_end(text, start, pattern)
    at = text.rindex(' from ')
    while at && at >= [start - 1, 0].max
      found = pattern.match(text[at..])
      return parts(found).merge('user' => text[start...at].to_s) if found

      at = at.zero? ? nil : text.rindex(' from ', at - 1)
    end
  end

  # A name that logs in exists, so that no stranger has made it up; behind the end may be what a certificate says.
  def accepted(text)
    found = ACCEPTED.match(text)
    found && parts(found).merge('event' => 'Accepted', 'meaning' => LOGIN.merge('outcome' => 'success'))
  end

  def not_allowed(text)
    return unless refused_head?(text)

    found = last_end(text[0...text.rindex(' not allowed because ')], 'User '.length, NAMED_END)
    found && found.merge('event' => 'Denied', 'meaning' => LOGIN.merge('outcome' => 'failure'))
  end

  # Before anybody has logged in, the end of a connection is the only line that some servers write.
  def ended(text)
    head = ENDED.match(text)
    return unless head

    rest = head.post_match.delete_suffix(' [preauth]')
    found = USER_END.match(rest) || HOST_END.match(rest)
    return unless found

    is_attempt = head[:stage] == 'authenticating' && text.end_with?(' [preauth]')
    parts(found).merge('event' => (is_attempt ? 'Closed' : nil), 'meaning' => SESSION.merge('type' => %w[end])).compact
  end

  def touched(text)
    found = TOUCHED.lazy.map { |pattern| pattern.match(text) }.find(&:itself)
    found && parts(found).merge('meaning' => EXCHANGE)
  end

  # `tag` is the program as the line has it, "su(pam_unix)", where a text does not name the module.
  def pam(text, program, tag)
    head = PAM_HEAD.match(text)
    return unless head && pam?(text, tag)

    service = head[:service] || program
    said = asked(" #{head.post_match}", service).merge('unit' => head[:unit] || 'pam_unix', 'service' => service)
    # What sshd asks PAM it tells itself as well.
    return said.merge('meaning' => EXCHANGE) if SSHD.match?(service)

    said['attempts'] = head[:more].to_i if head[:more]
    said.merge('meaning' => EXCHANGE.merge('outcome' => head[:result]))
  end

  # "ruser=A rhost=H  user=B". A service may hand on as both names what a stranger typed, " rhost=" included: of the
  # places that may be the true one it is that which leaves the same name on both sides; else the first where nobody
  # asks, and the last where nobody is asked for.
  def asked(fields, service)
    start = fields.index(' ruser=')
    start = start ? start + ' ruser='.length : 0
    splits = []
    at = fields.index(' rhost=', [start - 1, 0].max)
    while at
      splits << split(fields, start, at)
      at = fields.index(' rhost=', at + 1)
    end
    chosen = choose(splits) || { 'asking' => '', 'ip' => '', 'asked' => fields[/\suser=(.*)\z/, 1].to_s }
    who(chosen, fields[/\blogname=(\S*)/, 1].to_s, service)
  end

  def choose(splits)
    same = splits.find { |each| each['asking'] != '' && each['asking'] == each['asked'] }
    same || (splits.first&.fetch('asking') == '' ? splits.first : splits.reverse.find { |each| each['asked'] == '' }) || splits.first
  end

  def split(fields, start, at)
    behind = fields[(at + ' rhost='.length)..]
    source = behind[0...(behind.index(' ') || behind.length)]
    rest = behind[source.length..].lstrip
    { 'asking' => fields[start...[start, at].max], 'ip' => source, 'asked' => rest.start_with?('user=') ? rest['user='.length..] : '' }
  end

  # At the host itself the one who asks; from elsewhere the one who is asked for.
  def who(chosen, login, service)
    asking, asked = chosen.values_at('asking', 'asked')
    names = LOCAL.include?(service) ? [asking, login, asked] : [asked, asking]
    said = { 'user' => names.find { |name| name != '' }, 'ip' => chosen['ip'][/\A#{HOST}\z/] }
    said['effective'] = asked if LOCAL.include?(service) && asked != said['user']
    said
  end

  # "alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh"
  def sudo(text)
    user, said = text.split(' : ', 2)
    return unless said

    fields, command = said.split(/(?:\A| ; )COMMAND=/, 2)
    words = fields.split(' ; ')
    return unless command || words.any? { |word| SUDO_PART.match?(word) }

    error = words.first unless words.empty? || SUDO_PART.match?(words.first)
    found = { 'user' => user.strip, 'command' => command, 'error' => error }
    { 'tty' => 'TTY=', 'pwd' => 'PWD=', 'effective' => 'USER=' }.each { |part, key| found[part] = words.find { |word| word.start_with?(key) }&.delete_prefix(key) }
    found['attempts'] = error[/\A(\d{1,4}) incorrect password attempts?\z/, 1].to_i if error
    found.compact.merge('meaning' => error ? EXCHANGE.merge('outcome' => 'failure') : {})
  end

  def su(text)
    { 'success' => SWITCHED, 'failure' => REFUSED }.each do |outcome, patterns|
      found = patterns.lazy.map { |pattern| pattern.match(text) }.find(&:itself)
      return parts(found).merge('meaning' => { 'category' => %w[authentication], 'type' => %w[start], 'outcome' => outcome }) if found
    end
    nil
  end

  def parts(found)
    found.named_captures.compact
  end
end
