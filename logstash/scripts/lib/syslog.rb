# frozen_string_literal: true

# The header in front of a device's own text, as RFC 5424, RFC 3164 and devices that follow neither write it.
module Syslog
  PRIORITY = /\A(?:\d+ )?<(?<priority>\d{1,3})>/.freeze
  RFC5424 = /\A(?<version>1) (?<time>\S+) (?<host>\S+) (?<process>\S+) (?<pid>\S+) (?<id>\S+) (?=[-\[])/.freeze
  # "Oct  9 12:00:00", with a year before or after the time, or ISO 8601.
  TIME = /\A(?<time>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d+)?(?: \d{4})?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?):? /.freeze
  HOST = /\A(?<host>[A-Za-z0-9_][\w.-]*) (?=\S)/.freeze
  PROCESS = %r{\A(?<tag>(?<process>[\w./-]+)(?:\([\w:-]+\))?)(?:\[(?<pid>\d+)\])?: ?}.freeze
  # Facility and level, which BusyBox writes before the program.
  LEVEL = /\A(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|ntp|security|local\d)\.(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug) +/.freeze
  # One element of structured data: within quotes brackets are text, and a backslash escapes.
  ELEMENT = /\A\[(?:[^\]"\\]|\\|"(?:[^"\\]|\\.)*+")*+\]/m.freeze
  # Texts that start at once, without host or process.
  BARE = /\A(?:%|\w+=|\[|IN=|\d*,|\{)/.freeze

  module_function

  # {priority, version, time, host, process, pid, id, tag, text}; what the header lacks is nil, and text is the rest.
  def parse(line)
    header = {}
    rest = take(line, PRIORITY, header)
    return rfc5424(rest, header) if rest.match?(RFC5424)

    rest = take(rest, TIME, header)
    unless rest.match?(BARE) || rest.match?(PROCESS)
      named = take(rest, HOST, found = {})
      rest, header = named.sub(LEVEL, ''), header.merge(found) if header['time']
    end
    rest = rest.sub(/\A: /, '')
    rest = take(rest, PROCESS, header) unless rest.match?(BARE)
    header.merge('text' => rest)
  end

  # Old modules of PAM put their name behind the program's: "su(pam_unix)".
  def rfc5424(text, header)
    rest = take(text, RFC5424, header)
    tag = header['process']
    header.merge('text' => rest, 'tag' => tag, 'process' => tag&.sub(/\(pam_\w+\)\z/, ''))
  end

  # The message behind the structured data of RFC 5424; nil where these never end.
  def message(header)
    text = header['text'].to_s
    return text unless header['version']
    return behind_data(text[1..]) if text.start_with?('-')

    while text.start_with?('[')
      element = ELEMENT.match(text)
      return nil unless element

      text = element.post_match
    end
    behind_data(text)
  end

  def behind_data(text)
    text.empty? || text.start_with?(' ') ? text.lstrip.delete_prefix("\u{FEFF}") : nil
  end

  def take(text, pattern, header)
    match = pattern.match(text)
    return text unless match

    header.merge!(match.named_captures.reject { |_, value| value.nil? || value == '-' })
    match.post_match
  end
end
