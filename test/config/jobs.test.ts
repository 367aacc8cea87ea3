import { jobConfig, jobConfigs } from '../../src/config/jobs.js';
import { parseConfig } from '../../src/config/load.js';
import { AppError } from '../../src/domain/error.js';

const CLUSTER = 'elasticsearch: { url: "http://127.0.0.1:9200", indices: [logs-*] }\n';

function mistakesOf(text: string): string[] {
  try {
    parseConfig(text, 'elkhound.yml');
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_config' });
    return (error as AppError).message.split('\n');
  }
  throw new Error('the configuration was accepted');
}

describe('jobs', () => {
  it('are the top level alone where none are listed', () => {
    const config = parseConfig('job: night\n', 'elkhound.yml');
    expect(jobConfigs(config)).toEqual([config]);
    expect(jobConfig(config, undefined)).toBe(config);
    expect(jobConfig(config, 'night')).toBe(config);
  });

  it('differ from the top level in what they name, and in nothing else', () => {
    const text = `${CLUSTER}
schedule: { windowLength: 10m, queryDelay: 2m }
entities: [host, user]
jobs:
  - name: west
  - name: east
    indices: ['east:logs-*', logs-east]
    filter: event.module:fortinet and not source.ip:10.9.0.0/16
    fields: { source.ip: src_addr }
    windowLength: 1m
    entities: [pair]
`;
    const [west, east] = jobConfigs(parseConfig(text, 'elkhound.yml'));
    const shared = { jobs: [], schedule: { windowLength: 600_000, queryDelay: 120_000 } };
    expect(west).toMatchObject({
      ...shared,
      job: 'west',
      entities: ['host', 'user'],
      elasticsearch: { indices: ['logs-*'], fields: {} },
    });
    expect(east).toMatchObject({
      job: 'east',
      entities: ['pair'],
      schedule: { windowLength: 60_000, queryDelay: 120_000 },
      elasticsearch: {
        url: 'http://127.0.0.1:9200',
        indices: ['east:logs-*', 'logs-east'],
        filter: 'event.module:fortinet and not source.ip:10.9.0.0/16',
        fields: { 'source.ip': 'src_addr' },
      },
    });
  });

  it('are chosen by name where there are several', () => {
    const config = parseConfig('jobs: [{ name: a }, { name: b, windowLength: 1m }]\n', 'elkhound.yml');
    expect(jobConfig(config, 'b')).toMatchObject({ job: 'b', schedule: { windowLength: 60_000 } });
    const expected = (got: string): string => `--job: ${got}; expected one of a, b`;
    expect(() => jobConfig(config, undefined)).toThrow(expected('there are several jobs'));
    expect(() => jobConfig(config, 'c')).toThrow(expected('there is no job "c"'));
  });

  it.each([
    [
      `${CLUSTER}jobs:\n  - name: a\n    filter: 'event.module:'\n`,
      'elkhound.yml:4:13: jobs.0.filter: got "event.module:"; column 14, at the end: expected a value',
    ],
    [
      `${CLUSTER}jobs:\n  - name: a\n    filter: { term: { a: 1 }, exists: { field: b } }\n`,
      'elkhound.yml:4:13: jobs.0.filter: got {"term":{"a":1},"exists":{"field":"b"}}; expected one query',
    ],
    [
      `${CLUSTER}jobs:\n  - name: a\n    filter: 7\n`,
      'elkhound.yml:4:13: jobs.0.filter: got 7; expected text such as "event.module: fortinet", or a query DSL',
    ],
    [
      `${CLUSTER}jobs:\n  - name: a\n    fields: { sorce.ip: src }\n`,
      'elkhound.yml:4:15: jobs.0.fields.sorce.ip: unknown option; did you mean "source.ip"?',
    ],
    [
      `${CLUSTER}jobs:\n  - name: a\n    fields: { source.ip: 'src*' }\n`,
      'elkhound.yml:4:26: jobs.0.fields.source.ip: got "src*"; expected the name of one field',
    ],
    [
      `${CLUSTER}jobs:\n  - name: a\n    widowLength: 1m\n`,
      'elkhound.yml:4:5: jobs.0.widowLength: unknown option; did you mean "windowLength"?',
    ],
    [
      'jobs: [{ name: a, entities: [host, host] }]\n',
      'elkhound.yml:1:29: jobs.0.entities: got ["host","host"]; expected each kind once',
    ],
    [
      'jobs: [{ name: a }, { name: a }]\n',
      'elkhound.yml:1:29: jobs.1.name: got "a"; expected another name than that of jobs.0',
    ],
    ['job: x\njobs: [{ name: a }]\n', 'elkhound.yml:1:6: job: got "x"; leave it out'],
    [
      "jobs:\n  - name: a\n    filter: 'event.module: zeek'\n",
      'elkhound.yml:3:13: jobs.0.filter: got "event.module: zeek"; expected elasticsearch.url too',
    ],
    [
      'elasticsearch:\n  fields: { user.name: usr }\n',
      'elkhound.yml:2:11: elasticsearch.fields: got {"user.name":"usr"}; expected elasticsearch.url too',
    ],
  ])('are refused where they make no sense: %j', (text, message) => {
    const mistakes = mistakesOf(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(message);
  });
});
