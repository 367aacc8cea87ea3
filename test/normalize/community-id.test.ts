import { readdirSync } from 'node:fs';
import { communityId, type Connection } from '../../src/normalize/community-id.js';
import { describeSamples, sampleDocuments, sampleFile } from '../sample-data.js';

/** Published with the specification and its reference implementation; without a seed, and with seed 1. */
const VECTORS: readonly [Connection['protocol'], string, number, string, number, string, string?][] = [
  [
    'tcp',
    '128.232.110.120',
    34855,
    '66.35.250.204',
    80,
    '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    '1:3V71V58M3Ksw/yuFALMcW0LAHvc=',
  ],
  ['tcp', '66.35.250.204', 80, '128.232.110.120', 34855, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  [
    'tcp',
    '10.0.0.1',
    10,
    '10.0.0.2',
    11569,
    '1:SXBGMX1lBOwhhoDrZynfROxnhnM=',
    '1:HmBRGR+fUyXF4t8WEtal7Y0gEAo=',
  ],
  [
    'tcp',
    '2001:470:e5bf:dead:4957:2174:e82c:4887',
    63943,
    '2607:f8b0:400c:c03::1a',
    25,
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
  ],
  [
    'tcp',
    '2607:f8b0:400c:c03::1a',
    25,
    '2001:470:e5bf:dead:4957:2174:e82c:4887',
    63943,
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
  ],
  [
    'udp',
    '192.168.1.52',
    54585,
    '8.8.8.8',
    53,
    '1:d/FP5EW3wiY1vCndhwleRRKHowQ=',
    '1:Q9We8WO3piVF8yEQBNJF4uiSVrI=',
  ],
  ['udp', '8.8.8.8', 53, '192.168.1.52', 54585, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  [
    'sctp',
    '192.168.170.8',
    7,
    '192.168.170.56',
    80,
    '1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=',
    '1:Y1/0jQg6e+I3ZwZZ9LP65DNbTXU=',
  ],
  ['sctp', '192.168.170.56', 7, '192.168.170.8', 7, '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  [
    'icmp',
    '192.168.0.89',
    8,
    '192.168.0.1',
    0,
    '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=',
    '1:03g6IloqVBdcZlPyX8r0hgoE7kA=',
  ],
  ['icmp', '192.168.0.1', 0, '192.168.0.89', 8, '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['icmp', '192.168.0.1', 0, '192.168.0.89', 20, '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  [
    'icmp',
    '192.168.0.89',
    20,
    '192.168.0.1',
    0,
    '1:3o2RFccXzUgjl7zDpqmY7yJi8rI=',
    '1:lCXHHxavE1Vq3oX9NH5ladQg02o=',
  ],
  ['icmp', '192.168.0.89', 20, '192.168.0.1', 1, '1:tz/fHIDUHs19NkixVVoOZywde+I='],
  ['icmp', '10.0.0.1', 11, '10.0.0.2', 0, '1:YHxtAirCG//0OzkcVAukqKQN9xM='],
  [
    'icmp6',
    'fe80::200:86ff:fe05:80da',
    135,
    'fe80::260:97ff:fe07:69ea',
    0,
    '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
    '1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY=',
  ],
  [
    'icmp6',
    'fe80::260:97ff:fe07:69ea',
    136,
    'fe80::200:86ff:fe05:80da',
    135,
    '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
  ],
  [
    'icmp6',
    'fe80::260:97ff:fe07:69ea',
    135,
    'fe80::200:86ff:fe05:80da',
    136,
    '1:zavyT/cezQr1fmImYCwYnMXbgck=',
  ],
  [
    'icmp6',
    '3ffe:501:1800:2345::2',
    3,
    '3ffe:507:0:1:200:86ff:fe05:80da',
    0,
    '1:2ObVBgIn28oZvibYZhZMBgh7WdQ=',
  ],
  [
    'icmp6',
    '3ffe:501:410:0:2c0:dfff:fe47:33e',
    1,
    '3ffe:507:0:1:200:86ff:fe05:80da',
    4,
    '1:hLZd0XGWojozrvxqE0dWB1iM6R0=',
  ],
  [
    'icmp6',
    '3ffe:507:0:1:200:86ff:fe05:80da',
    128,
    '3ffe:501:0:1001::2',
    129,
    '1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=',
  ],
  ['icmp6', 'fe80::200:86ff:fe05:80da', 133, 'ff02::2', 134, '1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0='],
];

describe('Community ID', () => {
  it.each(
    VECTORS.map(([protocol, source, sourcePort, destination, destinationPort, ...ids]) => ({
      connection: { protocol, source, sourcePort, destination, destinationPort },
      ids,
    })),
  )('$connection.protocol $connection.source:$connection.sourcePort', ({ connection, ids }) => {
    for (const [seed, id] of ids.entries()) expect(communityId(connection, seed)).toBe(id);
  });

  it('is for addresses only', () => {
    expect(
      communityId({
        protocol: 'tcp',
        source: 'web',
        sourcePort: 1,
        destination: '10.0.0.1',
        destinationPort: 2,
      }),
    ).toBeUndefined();
  });
});

interface Documented {
  readonly source?: { readonly ip?: string; readonly port?: number };
  readonly destination?: { readonly ip?: string; readonly port?: number };
  readonly network?: { readonly community_id?: string; readonly transport?: string };
}

describeSamples('Community IDs of real documents', () => {
  it('are what other implementations computed', () => {
    const files = readdirSync(sampleFile('vendor'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('-expected.json'));
    const documents = files
      .flatMap((name) => sampleDocuments(`vendor/${name}`) as (Documented | null)[])
      .filter((document) => document !== null);
    let compared = 0;
    for (const { source = {}, destination = {}, network = {} } of documents) {
      const { community_id: id, transport } = network;
      if (id === undefined || (transport !== 'tcp' && transport !== 'udp')) continue;
      if (source.ip === undefined || destination.ip === undefined) continue;
      expect(
        communityId({
          protocol: transport,
          source: source.ip,
          sourcePort: source.port ?? 0,
          destination: destination.ip,
          destinationPort: destination.port ?? 0,
        }),
      ).toBe(id);
      compared++;
    }
    expect(compared).toBeGreaterThan(380);
  });
});
