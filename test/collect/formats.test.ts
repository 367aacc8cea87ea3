import { gzipSync } from 'node:zlib';
import { batchesOf, eventsOf, Folder, normalize, recordsOf } from './logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const CONN = {
  ts: 1700000000.5,
  uid: 'C1',
  'id.orig_h': '10.0.0.5',
  'id.orig_p': 50112,
  'id.resp_h': '192.0.2.9',
  'id.resp_p': 443,
  proto: 'tcp',
  duration: 1.5,
  orig_ip_bytes: 600,
  resp_ip_bytes: 9000,
  orig_pkts: 5,
  resp_pkts: 8,
  conn_state: 'SF',
};
const TSV_HEADER = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_ip_bytes\tresp_ip_bytes\torig_pkts\tresp_pkts\tconn_state',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval\tcount\tcount\tcount\tcount\tstring',
].join('\n');
const TSV_LINE = '1700000000.500000\tC1\t10.0.0.5\t50112\t192.0.2.9\t443\ttcp\t1.500000\t600\t9000\t5\t8\tSF';
const underscored = Object.fromEntries(
  Object.entries(CONN).map(([name, value]) => [name.replace('.', '_'), value]),
);
const EXPECTED = {
  startMs: 1700000000500,
  endMs: 1700000002000,
  durationNs: 1.5e9,
  source: '10.0.0.5',
  sourcePort: 50112,
  destination: '192.0.2.9',
  destinationPort: 443,
  sourceBytes: 600,
  destinationBytes: 9000,
  sourcePackets: 5,
  destinationPackets: 8,
  id: 'C1',
};

async function eventsIn(name: string, content: string | Buffer): Promise<Record<string, unknown>[]> {
  return eventsOf(normalize(await batchesOf([folder.write(name, content)])));
}

describe('one connection of Zeek', () => {
  it.each([
    ['TSV', 'a.log', `${TSV_HEADER}\n${TSV_LINE}\n#close\t2023-11-14-22-14-00\n`],
    [
      'TSV with CRLF and a byte order mark',
      'b.log',
      `\uFEFF${TSV_HEADER}\n${TSV_LINE}\n`.replaceAll('\n', '\r\n'),
    ],
    ['JSON with dots', 'c.log', JSON.stringify(CONN)],
    ['JSON with underscores', 'd.log', JSON.stringify(underscored)],
    [
      'JSON with a nested id',
      'e.log',
      JSON.stringify({
        ...CONN,
        id: { orig_h: '10.0.0.5', orig_p: 50112, resp_h: '192.0.2.9', resp_p: 443 },
        'id.orig_h': undefined,
      }),
    ],
    ['JSON with an ISO time', 'f.log', JSON.stringify({ ...CONN, ts: '2023-11-14T22:13:20.500000Z' })],
    ['JSON with milliseconds', 'g.log', JSON.stringify({ ...CONN, ts: 1700000000500 })],
    [
      'pipes with a line of names',
      'h.csv',
      `${Object.keys(CONN).join('|')}\n${Object.values(CONN).join('|')}\n`,
    ],
    [
      'commas with a line of names',
      'i.csv',
      `${Object.keys(CONN).join(',')}\n${Object.values(CONN).join(',')}\n`,
    ],
    ['a Splunk export', 'j.log', JSON.stringify({ preview: false, result: { _raw: JSON.stringify(CONN) } })],
    ['a hit of a search', 'k.log', JSON.stringify({ _index: 'zeek', _id: '1', _source: CONN })],
  ])('%s', async (_, name, content) => {
    expect(await eventsIn(name, content)).toMatchObject([EXPECTED]);
    expect(await eventsIn(`${name}.gz`, gzipSync(content))).toMatchObject([EXPECTED]);
  });
});

describe('Zeek tables', () => {
  it('take headers that come again, with other columns and of another log', async () => {
    const dns =
      '#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tquery\n#types\ttime\tstring\taddr\taddr\tstring\n1700000001.0\tC2\t10.0.0.5\t10.0.0.1\texample.org';
    const records = await recordsOf([
      folder.write('both.log', `${TSV_HEADER}\n${TSV_LINE}\n${TSV_HEADER}\n${TSV_LINE}\n${dns}\n`),
    ]);
    expect(records.map((record) => (record as { _path: string })._path)).toEqual(['conn', 'conn', 'dns']);
    expect(records[2]).toMatchObject({ query: 'example.org' });
  });

  it('take a line of names that comes again as no record', async () => {
    const names = Object.keys(CONN).join('|');
    const line = Object.values(CONN).join('|');
    expect(await recordsOf([folder.write('names.csv', [names, line, names, line].join('\n'))])).toHaveLength(
      2,
    );
  });

  it('reject a line with other columns, with its place', async () => {
    const [batch] = await batchesOf([
      folder.write('cut.log', `${TSV_HEADER}\n${TSV_LINE}\n1700000000.5\tC3\t10.0.0.5\n`),
    ]);
    expect(batch!.records).toHaveLength(1);
    expect(batch!.rejected).toEqual([
      expect.objectContaining({ place: 9, reason: 'bad_columns', excerpt: '1700000000.5 C3 10.0.0.5' }),
    ]);
  });

  it('keep sets, the empty field, unset fields and what is no number apart', async () => {
    const header =
      '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#fields\tts\ta\tb\tc\td\n#types\ttime\tset[string]\tset[string]\tstring\tcount';
    expect(await recordsOf([folder.write('sets.log', `${header}\n1.0\tx,y\t(empty)\t-\tnan!\n`)])).toEqual([
      { ts: 1, a: ['x', 'y'], b: [], d: 'nan!' },
    ]);
  });
});

const EVE = {
  timestamp: '2023-11-14T22:13:30.000000+0000',
  flow_id: 77,
  event_type: 'flow',
  src_ip: '10.0.0.5',
  src_port: 50112,
  dest_ip: '192.0.2.9',
  dest_port: 443,
  proto: 'TCP',
  flow: {
    start: '2023-11-14T22:13:20.500000+0000',
    end: '2023-11-14T22:13:22.000000+0000',
    pkts_toserver: 5,
    pkts_toclient: 8,
    bytes_toserver: 670,
    bytes_toclient: 9112,
    state: 'closed',
  },
};
const ECS = {
  '@timestamp': '2023-11-14T22:13:22.000Z',
  event: { start: '2023-11-14T22:13:20.500Z', end: '2023-11-14T22:13:22.000Z', duration: 1.5e9, id: 'C1' },
  source: { ip: '10.0.0.5', port: 50112, bytes: 600, packets: 5 },
  destination: { ip: '192.0.2.9', port: 443, bytes: 9000, packets: 8 },
  network: { transport: 'tcp' },
};

describe('EVE and ECS', () => {
  const eve = { startMs: EXPECTED.startMs, endMs: EXPECTED.endMs, sourceBytes: 670, destinationBytes: 9112 };

  it.each([
    ['EVE, one record a line', `${JSON.stringify(EVE)}\n`, eve],
    ['EVE, one array', JSON.stringify([EVE]), eve],
    ['EVE, one array, printed', JSON.stringify([EVE], null, 2), eve],
    ['ECS, one document a line', JSON.stringify(ECS), EXPECTED],
    ['ECS, one array', JSON.stringify([ECS], null, 4), EXPECTED],
    ['ECS, an object with an array', JSON.stringify({ events: [ECS] }, null, 2), EXPECTED],
    ['ECS, an object with an array on one line', `${JSON.stringify({ events: [ECS] })}\n`, EXPECTED],
    ['ECS, dropped elements among them', JSON.stringify({ expected: [null, ECS, null] }), EXPECTED],
    ['ECS, one printed object', JSON.stringify(ECS, null, 2), EXPECTED],
    [
      'ECS with dotted keys',
      JSON.stringify({
        '@timestamp': ECS['@timestamp'],
        'event.start': ECS.event.start,
        'event.end': ECS.event.end,
        'event.duration': 1.5e9,
        'event.id': 'C1',
        'source.ip': '10.0.0.5',
        'source.port': 50112,
        'source.bytes': 600,
        'source.packets': 5,
        'destination.ip': '192.0.2.9',
        'destination.port': 443,
        'destination.bytes': 9000,
        'destination.packets': 8,
        'network.transport': 'tcp',
      }),
      EXPECTED,
    ],
  ])('%s', async (_, content, expected) => {
    expect(await eventsIn('events.json', content)).toMatchObject([expected]);
  });
});

describe('files', () => {
  const ssh = 'Nov 14 22:13:20 web sshd[812]: Failed password for root from 203.0.113.7 port 4242 ssh2';

  it('may be mixed: each line is taken for what it is', async () => {
    const content = [
      ssh,
      JSON.stringify(EVE),
      '',
      JSON.stringify(ECS),
      TSV_HEADER,
      TSV_LINE,
      '# a remark',
      JSON.stringify(CONN),
    ];
    const { coverage } = normalize(await batchesOf([folder.write('mixed.log', content.join('\n'))]));
    // The Zeek line and its JSON are the same record.
    expect(coverage).toMatchObject([{ read: 5, duplicates: 1, quarantined: {}, filtered: {} }]);
    expect(coverage[0]!.events).toBe(4);
  });

  it('are taken for the format that is given', async () => {
    const path = folder.write('given.log', `${ssh}\nMMDD something else\n`);
    expect(await batchesOf([path])).toMatchObject([
      { format: 'auth', rejected: [{ reason: 'unknown_record' }] },
    ]);
    const [batch] = await batchesOf([path], { format: 'auth' });
    expect(batch).toMatchObject({ format: 'auth', records: [ssh, 'MMDD something else'] });
    const odd = folder.write('odd.json', JSON.stringify({ time: 1 }));
    expect(await batchesOf([odd], { format: 'ecs' })).toMatchObject([
      { format: 'ecs', records: [{ time: 1 }] },
    ]);
  });

  it('that are empty are told of', async () => {
    expect(normalize(await batchesOf([folder.write('empty.log', '\n\n# nothing\n')])).coverage).toMatchObject(
      [{ read: 0, events: 0 }],
    );
  });

  it('of an unknown kind are refused by name, and only counted in a folder', async () => {
    const odd = folder.write('odd.txt', 'GET / HTTP/1.1\nHost: example.org\n');
    await expect(batchesOf([odd])).rejects.toThrow(`"${odd}" is none of the known formats: Zeek`);
    const other = new Folder();
    other.write('odd.txt', 'GET / HTTP/1.1\nHost: example.org\n');
    other.write('conn.log', JSON.stringify(CONN));
    const { coverage } = normalize(await batchesOf([other.path]));
    expect([...coverage].sort((a, b) => a.read - b.read)).toMatchObject([
      { read: 1, events: 1 },
      { read: 2, events: 0, quarantined: { unknown_record: 2 } },
    ]);
    other.remove();
  });

  it('that do not exist are named', async () => {
    await expect(batchesOf(['/nowhere/conn.log'])).rejects.toThrow('cannot read "/nowhere/conn.log"');
  });

  it('keep the last line though it does not end', async () => {
    const records = await recordsOf([
      folder.write('open.log', `${JSON.stringify(CONN)}\n${JSON.stringify(CONN)}`),
    ]);
    expect(records).toHaveLength(2);
  });

  it('that are cut off lose one record, which is counted', async () => {
    const lines = Array.from({ length: 2000 }, (_, i) =>
      JSON.stringify({ ...CONN, ts: CONN.ts + i, uid: `C${String(i)}` }),
    );
    const whole = `${lines.join('\n')}\n`;
    const { coverage: plain } = normalize(await batchesOf([folder.write('cut.log', whole.slice(0, -100))]));
    expect(plain).toMatchObject([{ read: 2000, events: 1999, quarantined: { bad_json: 1 } }]);
    const packed = gzipSync(whole);
    const cut = folder.write('cut.log.gz', packed.subarray(0, Math.floor(packed.length / 2)));
    const { coverage } = normalize(await batchesOf([cut]));
    const { read, events, quarantined } = coverage[0]!;
    expect(quarantined).toEqual({ truncated_gzip: 1 });
    expect(events).toBe(read - 1);
    expect(events).toBeGreaterThan(500);
    // All that could be read is there, in order.
    expect(await recordsOf([cut])).toEqual(lines.slice(0, events).map((line) => JSON.parse(line) as unknown));
    const array = gzipSync(`[${lines.join(',')}]`);
    const cutArray = folder.write('cut.json.gz', array.subarray(0, Math.floor(array.length / 2)));
    const { coverage: ofArray } = normalize(await batchesOf([cutArray]));
    expect(ofArray[0]!.quarantined).toEqual({ truncated_gzip: 1 });
    expect(ofArray[0]!.events).toBeGreaterThan(500);
  });
});
