/**
 * What the doctor says of logs that are not as they should be, on a real cluster.
 */
import { Client } from '@elastic/elasticsearch';
import { parseConfig } from '../../src/config/load.js';
import { ManualClock } from '../../src/domain/clock.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import type { Examination } from '../../src/store/elasticsearch/doctor/examination.js';
import { propose } from '../../src/store/elasticsearch/doctor/propose.js';
import { examine } from '../../src/store/elasticsearch/doctor/examine.js';
import type { Finding } from '../../src/store/finding.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const PREFIX = `doctor-${String(process.pid)}-`;
const NOW_MS = Date.UTC(2026, 10, 24, 12);
const OPTIONS = parseConfig('', 'test.yml');
const COUNT = 40;

const keyword = { type: 'keyword' };
const strings = [{ strings: { match_mapping_type: 'string', mapping: keyword } }];
const date = { type: 'date' };
const ends = {
  source: { properties: { ip: { type: 'ip' } } },
  destination: { properties: { ip: { type: 'ip' } } },
};
const ECS = { dynamic_templates: strings, properties: { '@timestamp': date, ...ends } };

interface Flow {
  readonly time: string;
  readonly from: string;
  readonly to: string;
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
}

const flows = Array.from({ length: COUNT }, (_, i): Flow => ({
  time: new Date(NOW_MS - (i + 1) * 60_000).toISOString(),
  from: `10.9.0.${String(10 + (i % 5))}`,
  to: '192.0.2.10',
  sent: 500 + i,
  received: 9000 + i,
  seconds: 0.25 + i / 100,
}));
const ecs = ({ time, from, to, sent, received, seconds }: Flow) => ({
  '@timestamp': time,
  event: {
    dataset: 'zeek.connection',
    duration: seconds * 1e9,
    outcome: 'success',
    category: ['network'],
    type: ['connection'],
  },
  source: { ip: from, port: 40_000, bytes: sent, packets: 4 },
  destination: { ip: to, port: 443, bytes: received, packets: 9 },
  network: { transport: 'tcp' },
});

describeElasticsearch('the doctor looks at logs', (server) => {
  let client: Client;
  let cluster: Cluster;
  let made = 0;
  beforeAll(() => {
    client = new Client({ node: server().url });
    cluster = new Cluster({ nodes: [server().url] });
  });
  afterAll(async () => {
    await client.indices.delete({ index: Array.from({ length: made }, (_, i) => PREFIX + String(i)) });
    await client.close();
    await cluster.close();
  });

  /** An index of its own with what a mapper makes of the flows. */
  async function shipped(mappings: object, map: (flow: Flow, i: number) => object, settings = {}) {
    const index = `${PREFIX}${String(made++)}`;
    const zero = { number_of_replicas: 0 };
    await client.indices.create({ index, mappings, settings: { ...zero, ...settings } });
    const operations = flows.flatMap((flow, i) => [{ create: {} }, map(flow, i)]);
    const { errors, items } = await client.bulk({ index, operations, refresh: true });
    expect(errors ? items[0] : undefined).toBeUndefined();
    return index;
  }
  function examinationOf(indices: string[]): Examination {
    const normalizer = () => configuredNormalizer(OPTIONS, 300_000, NOW_MS);
    const times = { clock: new ManualClock(NOW_MS), windowLengthMs: 300_000, queryDelayMs: 60_000 };
    const reading = { fields: ECS_FIELDS, pageSize: 1000, ownNetworks: [] };
    return { job: 'default', cluster, indices, normalizer, ...times, ...reading };
  }
  function examined(indices: string[], more: Partial<Examination> = {}): Promise<Finding[]> {
    return examine([{ ...examinationOf(indices), ...more }]);
  }
  /** What is wrong with the logs themselves. */
  const wrong = (findings: readonly Finding[]): string[] =>
    findings
      .filter(({ check }) => !['setup', 'clock', 'writing'].includes(check))
      .filter(({ status }) => status === 'failure' || status === 'warning')
      .map(({ check, status, message }) => `${status} ${check}: ${message}`);
  const remedies = (findings: readonly Finding[]): string =>
    findings.map(({ remedy = '' }) => remedy).join('\n');

  it('finds nothing wrong with flows that are as ECS has them, and counts only what is read', async () => {
    const findings = await examined([await shipped(ECS, ecs)]);
    expect(wrong(findings)).toEqual([]);
    const messages = findings.map(({ message }) => message);
    expect(messages).toContain('100 % of the documents become events (by samples of zeek.connection 100 %)');
    const mapped = messages
      .map((text) => /^(\d+) of the (\d+) fields that are read/.exec(text))
      .find(Boolean);
    expect(Number(mapped![1])).toBeLessThanOrEqual(Number(mapped![2]));
  });

  it('asks no bytes of records that are no flows', async () => {
    const dns = ({ time, from, to }: Flow) => ({
      '@timestamp': time,
      event: { dataset: 'zeek.dns' },
      source: { ip: from },
      destination: { ip: to, port: 53 },
      dns: { question: { name: 'example.net' } },
    });
    expect(wrong(await examined([await shipped(ECS, dns)]))).toEqual([]);
  });

  it.each<[string, object, (flow: Flow) => object, RegExp, RegExp]>([
    [
      'are called otherwise',
      { dynamic_templates: strings, properties: { '@timestamp': date } },
      ({ time, from, to, sent }) => ({
        '@timestamp': time,
        src_ip: from,
        dst_ip: to,
        dst_port: 443,
        bytes: sent,
      }),
      /^failure events: 0 % of .* names neither source\.ip, destination\.ip nor user\.name/,
      /source\.ip: src_ip, destination\.ip: dst_ip.*under elasticsearch\.fields.*doctor --propose/,
    ],
    [
      'are kept in no _source',
      { ...ECS, _source: { enabled: false } },
      ecs,
      /^failure events: 0 % of .*keeps no _source/,
      /index it with _source/,
    ],
    [
      'have a time that cannot be true',
      ECS,
      (flow) => ({ ...ecs(flow), '@timestamp': '1969-12-31T23:59:58Z' }),
      /^failure events: 0 % of zeek\.connection .*has a time that cannot be true/,
      /./,
    ],
  ])('fails where events %s', async (_about, mappings, map, message, remedy) => {
    const findings = await examined([await shipped(mappings, map)]);
    expect(wrong(findings)).toContainEqual(expect.stringMatching(message));
    expect(remedies(findings)).toMatch(remedy);
  });

  it('warns of logs of no use beside others, and says how to leave them out', async () => {
    const text = ({ time }: Flow) => ({
      '@timestamp': time,
      event: { dataset: 'shop.web' },
      message: 'took 3 ms',
    });
    const findings = await examined([await shipped(ECS, ecs), await shipped(ECS, text)]);
    expect(wrong(findings)).toEqual([
      expect.stringMatching(/^warning events: 0 % of shop\.web become events/),
    ]);
    expect(remedies(findings)).toContain(`'not event.dataset: "shop.web"'`);
  });

  it('tells what is alike in many sources once, with their number and the first names', async () => {
    const site = (flow: Flow, i: number) => {
      const { event, ...rest } = ecs(flow);
      const { outcome: _outcome, duration, ...kept } = event;
      const number = i % 5;
      const told = number === 4 ? { duration } : number === 3 ? { duration: flow.seconds * 1000 } : {};
      return { ...rest, event: { ...kept, ...told, dataset: `site${String(number)}.flow` } };
    };
    const app = ({ time }: Flow, i: number) => ({
      '@timestamp': time,
      event: { dataset: `app${String(i % 4)}.log` },
      message: 'took 3 ms',
    });
    const findings = await examined([await shipped(ECS, site), await shipped(ECS, app)]);
    expect(wrong(findings)).toEqual([
      'warning events: 0 % of 4 sources (app0.log, app1.log, app2.log and 1 more) become events: of 40 sampled documents 40 names neither source.ip, destination.ip nor user.name (unsupported_type)',
      expect.stringMatching(
        /^warning fields: event\.duration is told by 0 % of the flows of 3 sources \(site0\.flow, site1\.flow, site2\.flow\): .* blind there$/,
      ),
      expect.stringMatching(
        /^warning fields: event\.outcome is told by 0 % of the flows of 5 sources \(site0\.flow, site1\.flow, site2\.flow and 2 more\): failed, /,
      ),
      expect.stringMatching(/^warning fields: event\.duration of site3\.flow is \d+ in half of the flows/),
    ]);
    expect(remedies(findings)).toContain(
      `'not event.dataset: ("app0.log" or "app1.log" or "app2.log" or "app3.log")'`,
    );
  });

  it('names the fields that an index at its limit leaves out', async () => {
    const filler = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${String(i)}`, keyword]));
    const limit = {
      'index.mapping.total_fields.limit': 40,
      'index.mapping.total_fields.ignore_dynamic_beyond_limit': true,
    };
    const mappings = { ...ECS, properties: { ...ECS.properties, x: { properties: filler } } };
    const findings = await examined([await shipped(mappings, ecs, limit)]);
    expect(wrong(findings)).toContainEqual(
      expect.stringMatching(
        /^warning events: an index of .* keeps .* out of its mapping \(_ignored\) in 40 of 40/,
      ),
    );
    expect(remedies(findings)).toContain('total_fields.limit');
  });

  it('says what flows do not tell, outcomes too, and where to name it', async () => {
    const onion = (flow: Flow) => {
      const { event: _event, source, destination, ...rest } = ecs(flow);
      return {
        ...rest,
        event: { dataset: 'zeek.conn', duration: flow.seconds },
        source: { ip: source.ip, port: source.port },
        destination: { ip: destination.ip, port: destination.port },
      };
    };
    const mappings = {
      ...ECS,
      properties: { ...ECS.properties, event: { properties: { duration: { type: 'float' } } } },
    };
    const findings = await examined([await shipped(mappings, onion)]);
    expect(wrong(findings)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^warning fields: source\.bytes is told by 0 % of the flows of zeek\.conn: .*blind there$/,
        ),
        expect.stringMatching(
          /^warning fields: event\.outcome is told by 0 % of the flows of zeek\.conn: failed, /,
        ),
      ]),
    );
    expect(remedies(findings)).toContain('elasticsearch.fields');
  });

  it('takes addresses mapped as text for what they are: found, but not by networks', async () => {
    const text = { properties: { ip: keyword } };
    const mappings = { ...ECS, properties: { '@timestamp': date, source: text, destination: text } };
    const findings = await examined([await shipped(mappings, ecs)]);
    expect(wrong(findings)).toEqual(
      ['destination', 'source'].map(
        (end) =>
          expect.stringMatching(
            `^warning mappings: ${end}\\.ip is mapped as keyword, .*filter by networks`,
          ) as string,
      ),
    );
  });

  it('tells of documents that are dated after now', async () => {
    const later = (flow: Flow, i: number) =>
      i % 2 === 0 ? ecs(flow) : { ...ecs(flow), '@timestamp': '2031-01-01T00:00:00Z' };
    const findings = await examined([await shipped(ECS, later)]);
    expect(wrong(findings)).toEqual([
      expect.stringMatching(
        /^warning times: 20 documents are dated after now, up to 2031-01-01T00:00:00\.000Z/,
      ),
    ]);
  });

  it.each<[string, (flow: Flow) => object, Record<string, string>]>([
    [
      'Wazuh',
      ({ time, from, to, sent }) => ({
        '@timestamp': time,
        agent: { ip: '10.9.0.1' },
        data: {
          ...{ srcip: from, srcport: '40000', dstip: to, dstport: '443' },
          ...{ proto: 'tcp', sentbyte: String(sent) },
        },
      }),
      {
        ...{ 'source.ip': 'data.srcip', 'source.port': 'data.srcport' },
        ...{ 'destination.ip': 'data.dstip', 'destination.port': 'data.dstport' },
        ...{ 'source.bytes': 'data.sentbyte', 'network.transport': 'data.proto' },
      },
    ],
    [
      'a table of home',
      ({ time, from, to, sent }) => ({
        ...{ '@timestamp': time, src_ip: from, dst_ip: to, dst_port: 443, bytes: sent },
      }),
      {
        ...{ 'source.ip': 'src_ip', 'destination.ip': 'dst_ip' },
        ...{ 'destination.port': 'dst_port', 'network.bytes': 'bytes' },
      },
    ],
    [
      'Zeek as it is',
      ({ time, from, to, sent, received }) => ({
        '@timestamp': time,
        id: { orig_h: from, orig_p: 40_000, resp_h: to, resp_p: 443 },
        ...{ proto: 'tcp', conn_state: 'SF', orig_bytes: sent, resp_bytes: received },
      }),
      {
        ...{ 'source.ip': 'id.orig_h', 'source.port': 'id.orig_p' },
        ...{ 'destination.ip': 'id.resp_h', 'destination.port': 'id.resp_p' },
        ...{ 'source.bytes': 'orig_bytes', 'destination.bytes': 'resp_bytes' },
        ...{ 'network.transport': 'proto', 'zeek.connection.state': 'conn_state' },
      },
    ],
  ])('proposes what the fields of %s are called, tried on a sample', async (_of, map, fields) => {
    const index = await shipped({ dynamic_templates: strings, properties: { '@timestamp': date } }, map);
    const [proposal] = await propose(examinationOf([index]));
    expect(proposal!.job).toEqual({ name: index, indices: [index], fields });
    expect(proposal!.notes[0]).toContain('100 % of 40 sampled documents become events, without them 0 %');
    expect(wrong(await examined([index], { names: fields })).join()).not.toContain('failure');
  });

  it('proposes nothing where logs are ECS', async () => {
    expect(await propose(examinationOf([await shipped(ECS, ecs)]))).toEqual([]);
  });

  it('names an index that is red or may not be read, and looks at the others', async () => {
    const good = await shipped(ECS, ecs);
    const blocked = await shipped(ECS, ecs);
    await client.indices.putSettings({ index: blocked, settings: { 'index.blocks.read': true } });
    const red = `${PREFIX}red`;
    const nowhere = { 'index.routing.allocation.require._name': 'nobody', 'index.number_of_replicas': 0 };
    await client.indices.create({ index: red, settings: nowhere, wait_for_active_shards: 0 });
    try {
      const findings = await examined([good, red, blocked]);
      expect(wrong(findings)).toEqual([
        `failure indices: red, so that not all of their events can be read: ${red}`,
        `failure indices: index.blocks.read is set, so that nothing can be read: ${blocked}`,
      ]);
      expect(findings.map(({ message }) => message)).toContain(
        '100 % of the documents become events (by samples of zeek.connection 100 %)',
      );
    } finally {
      await client.indices.putSettings({ index: blocked, settings: { 'index.blocks.read': null } });
      await client.indices.delete({ index: red });
    }
  });
});
