# frozen_string_literal: true

require 'base64'
require 'digest'
require 'ipaddr'

# Protocols, the community id (version 1 of its specification) and where an address lies.
module Network
  NUMBERS = {
    'icmp' => 1, 'igmp' => 2, 'ipv4' => 4, 'tcp' => 6, 'egp' => 8, 'udp' => 17, 'ipv6' => 41, 'rsvp' => 46, 'gre' => 47,
    'esp' => 50, 'ah' => 51, 'ipv6-icmp' => 58, 'eigrp' => 88, 'ospf' => 89, 'pim' => 103, 'vrrp' => 112, 'sctp' => 132
  }.freeze
  NAMES = NUMBERS.invert.freeze
  SPELLINGS = { 'icmp6' => 'ipv6-icmp', 'icmpv6' => 'ipv6-icmp', 'icmp-v6' => 'ipv6-icmp', 'igrp' => 'eigrp' }.freeze
  # Types that are a question, and their answers: both directions of a ping are one flow.
  ICMP = { 8 => 0, 0 => 8, 13 => 14, 14 => 13, 15 => 16, 16 => 15, 17 => 18, 18 => 17, 10 => 9, 9 => 10 }.freeze
  ICMP6 = { 128 => 129, 129 => 128, 130 => 131, 131 => 130, 133 => 134, 134 => 133, 135 => 136, 136 => 135,
            139 => 140, 140 => 139, 144 => 145, 145 => 144 }.freeze
  # Not addresses of the Internet, whoever runs the network.
  ALWAYS_OWN = %w[127.0.0.0/8 169.254.0.0/16 224.0.0.0/4 255.255.255.255/32 ::1/128 fe80::/10 ff00::/8].freeze

  module_function

  def transport(text)
    text = text.to_s.downcase
    text = NAMES.fetch(text.to_i, text) if text.match?(/\A\d+\z/)
    SPELLINGS.fetch(text, text)
  end

  # "1:" and the base64 of a SHA-1 over the ordered five values; nil where one of them is missing.
  def community_id(source, destination, number, source_port, destination_port, seed = 0)
    one_way = false
    if [1, 58].include?(number)
      table = number == 1 ? ICMP : ICMP6
      answer = table[source_port]
      one_way = answer.nil?
      destination_port = answer || destination_port || 0
    end
    ported = [1, 6, 17, 58, 132].include?(number)
    return nil if ported && (source_port.nil? || destination_port.nil?)

    ends = [[IPAddr.new(source).hton, source_port || 0], [IPAddr.new(destination).hton, destination_port || 0]]
    ends.reverse! if !one_way && (ends[0] <=> ends[1]) == 1
    bytes = [seed].pack('n') + ends[0][0] + ends[1][0] + [number, 0].pack('CC')
    bytes += ends.map { |_, port| [port].pack('n') }.join if ported
    "1:#{Base64.strict_encode64(Digest::SHA1.digest(bytes))}"
  end

  # inbound, outbound, internal or external, as seen from the own networks.
  def direction(source, destination, own)
    from, to = [source, destination].map { |ip| own?(ip, own) }
    return from ? 'internal' : 'inbound' if to

    from ? 'outbound' : 'external'
  end

  def own?(text, own)
    address = IPAddr.new(text)
    own.any? { |network| network.family == address.family && network.include?(address) }
  end

  def networks(text)
    (text.split(/[\s,]+/).reject(&:empty?) + ALWAYS_OWN).map { |network| IPAddr.new(network) }
  end
end
