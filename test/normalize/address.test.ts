import ipaddr from 'ipaddr.js';
import { AddressBook, AddressFact as Fact } from '../../src/normalize/address.js';

const book = new AddressBook(['203.0.113.0/24', '2001:db8::/32'], ['198.51.100.77/25', '2001:db8:1::/48']);

describe('facts of an address', () => {
  it.each([
    ['203.0.113.255', Fact.own],
    ['203.0.114.0', 0],
    ['172.31.255.255', Fact.own],
    ['172.32.0.0', 0],
    ['127.9.9.9', Fact.own | Fact.loopback],
    ['239.255.255.255', Fact.multicast],
    ['255.255.255.255', Fact.multicast],
    ['240.0.0.1', 0],
    ['198.51.100.1', Fact.ignored],
    ['198.51.100.128', 0],
    ['::ffff:10.0.0.1', Fact.own],
    ['::1', Fact.own | Fact.loopback],
    ['ff02::1', Fact.multicast],
    ['2001:db8:1::5', Fact.own | Fact.ignored],
  ])('knows %s', (text, facts) => {
    expect(book.facts(text)).toBe(Fact.valid | facts);
  });

  it.each([
    '',
    '.',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4.',
    '1..2.3',
    '01.2.3.4',
    '1.2.3.256',
    '0x7f.0.0.1',
    ' 1.2.3.4',
    '?',
  ])('takes "%s" for no address', (text) => {
    expect(book.facts(text)).toBe(0);
  });

  it('agrees with a library on what lies in a network', () => {
    for (let i = 0; i < 256; i++) {
      const text = `${String(i)}.${String((i * 7) % 256)}.${String((i * 31) % 256)}.${String(255 - i)}`;
      const only = new AddressBook([], ['96.0.0.0/3', '13.0.0.0/8']);
      const address = ipaddr.IPv4.parse(text);
      const isIn = ['96.0.0.0/3', '13.0.0.0/8'].some((cidr) => address.match(ipaddr.IPv4.parseCIDR(cidr)));
      expect((only.facts(text) & Fact.ignored) !== 0).toBe(isIn);
    }
  });
});
