import { TABLE_FIELDS } from '../../src/collect/options.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { batchesOf, eventsOf, Folder, normalize, type CollectInput, type Normalized } from './logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

async function tableOf(content: string, table: object, options: object = {}): Promise<Normalized> {
  const path = folder.write('flows.csv', content);
  const input = { tables: [{ files: 'flows.csv', ...table }] } as CollectInput;
  return normalize(await batchesOf([path], input), options);
}

it('every field that a column can be is one that normalize reads', () => {
  expect(TABLE_FIELDS.filter((field) => !(ECS_FIELDS as readonly string[]).includes(field))).toEqual([]);
});

describe('a table with a column mapping', () => {
  // As CTU-13 publishes flows.
  const BINETFLOW = {
    columns: {
      StartTime: 'event.start',
      Dur: { field: 'event.duration', unit: 's' },
      Proto: 'network.transport',
      SrcAddr: 'source.ip',
      Sport: 'source.port',
      DstAddr: 'destination.ip',
      Dport: 'destination.port',
      TotBytes: 'network.bytes',
      Label: 'label',
    },
    constants: { 'observer.name': 'argus', 'netflow.sampling_interval': 100 },
  };
  const NAMES = 'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotBytes,Label';
  const LINE =
    '2011/08/10 09:46:59.607825,1.026539,tcp,94.44.127.113,1577,   ->,147.32.84.59,6881,S_RA,276,flow=Botnet';

  it('becomes events; names that come again and remarks are no records', async () => {
    const result = await tableOf(
      [NAMES, LINE, '', '# more', NAMES, LINE.replace('59.6', '58.6')].join('\n'),
      BINETFLOW,
    );
    expect(result.coverage).toMatchObject([{ read: 2, events: 2 }]);
    expect(eventsOf(result)[0]).toMatchObject({
      startMs: Date.UTC(2011, 7, 10, 9, 46, 59, 607),
      // 59.607825 s and 1.026539 s.
      endMs: Date.UTC(2011, 7, 10, 9, 47, 0, 634),
      durationNs: 1_026_539_000,
      source: '94.44.127.113',
      sourcePort: 1577,
      destination: '147.32.84.59',
      destinationPort: 6881,
      // Bytes of both ways, as Argus counts them.
      sourceBytes: NaN,
      samplingInterval: 100,
      observer: 'argus',
      label: 'flow=Botnet',
    });
  });

  it('has quarantined what does not fit, with its place', async () => {
    const lines = [
      NAMES,
      LINE,
      'a,b',
      `${LINE},,`,
      `${LINE},more`,
      LINE.replace('94.44.127.113', '94.44.127.x'),
      LINE.replace('1.026539', 'long'),
    ];
    const { coverage, quarantine } = await tableOf(lines.join('\n'), BINETFLOW);
    expect(coverage).toMatchObject([
      { read: 6, events: 2, duplicates: 1, quarantined: { bad_columns: 2, bad_address: 1 } },
    ]);
    expect(coverage[0]!.irregular).toEqual({ bad_duration: 1 });
    expect(quarantine.samples.map(({ place, reason }) => [place, reason])).toEqual([
      [3, 'bad_columns'],
      [5, 'bad_columns'],
      [6, 'bad_address'],
    ]);
  });

  it('takes columns by number, other delimiters and quoted cells', async () => {
    const columns = {
      1: '@timestamp',
      2: 'source.ip',
      3: 'destination.ip',
      4: 'user_agent.original',
      5: 'http.request.method',
    };
    const result = await tableOf('1700000000;10.0.0.1;192.0.2.1;"curl; ""8""";GET\n', {
      header: false,
      delimiter: ';',
      columns,
    });
    expect(eventsOf(result)).toMatchObject([{ agent: 'curl; "8"', endMs: 1_700_000_000_000 }]);
  });

  it.each([
    ['seconds', '1700000000.25', '@timestamp', 1_700_000_000_250],
    ['milliseconds', '1700000000250', '@timestamp', 1_700_000_000_250],
    ['microseconds', '1700000000250000', '@timestamp', 1_700_000_000_250],
    ['nanoseconds', '1700000000250000000', '@timestamp', 1_700_000_000_250],
    ['seconds since the start of a capture', '11.5', '@timestamp', 11_500],
    ['milliseconds since the start of a capture', '11500', { field: '@timestamp', unit: 'ms' }, 11_500],
    ['ISO with a zone', '2023-11-14T23:13:20.250+01:00', '@timestamp', 1_700_000_000_250],
    ['ISO without one', '2023-11-14T17:13:20.250', '@timestamp', 1_700_000_000_250],
    ['a blank between', '2023-11-14 17:13:20.25', '@timestamp', 1_700_000_000_250],
    ['slashes', '2023/11/14 17:13:20.25', '@timestamp', 1_700_000_000_250],
    ['the day first', '14/11/2023 17:13', { field: '@timestamp', dates: 'day-first' }, 1_699_999_980_000],
    [
      'the month first',
      '11/14/2023 5:13:20.25 PM',
      { field: '@timestamp', dates: 'month-first' },
      1_700_000_000_250,
    ],
    ['midnight', '11/14/2023 12:13:20 AM', { field: '@timestamp', dates: 'month-first' }, 1_699_938_800_000],
  ])('takes times as %s', async (_, cell, field, expected) => {
    // Times without a zone are those of New York.
    const result = await tableOf(
      `time,from\n${cell},10.0.0.1\n`,
      { columns: { time: field, from: 'source.ip' } },
      { timeZone: 'America/New_York' },
    );
    expect(eventsOf(result)).toMatchObject([{ endMs: expected }]);
  });

  it.each([
    ['ns', '1500000000'],
    ['us', '1500000'],
    ['ms', '1500'],
    ['s', '1.5'],
  ])('takes durations in %s', async (unit, cell) => {
    const columns = { time: 'event.end', from: 'source.ip', took: { field: 'event.duration', unit } };
    const result = await tableOf(`time,from,took\n1700000000,10.0.0.1,${cell}\n`, { columns });
    expect(eventsOf(result)).toMatchObject([{ durationNs: 1.5e9 }]);
  });

  it('names a field that it does not know', async () => {
    await expect(tableOf('a\n', { columns: { a: 'source.adress' } })).rejects.toThrow(/source\.ip/);
  });
});
