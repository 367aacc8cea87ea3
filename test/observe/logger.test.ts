import { Secret } from '../../src/domain/secret.js';
import { Health } from '../../src/observe/health.js';
import { createLogger, terminalLines } from '../../src/observe/logger.js';
import { measureIngested } from '../../src/observe/measure.js';
import { Metrics } from '../../src/observe/metrics.js';

function logged(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  log(createLogger('info', { write: (line) => lines.push(line) }));
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

describe('createLogger', () => {
  it('writes ECS', () => {
    const line = logged((logger) => logger.info({ job: 'default' }, 'hello'));
    expect(line).toMatchObject({
      'log.level': 'info',
      message: 'hello',
      job: 'default',
      'ecs.version': expect.any(String) as string,
    });
    expect(Date.parse(line['@timestamp'] as string)).not.toBeNaN();
  });

  it('hides secrets by type, by key and in addresses', () => {
    const line = logged((logger) =>
      logger.info(
        {
          value: new Secret('one'),
          nested: { deep: { value: new Secret('two') } },
          options: { apiKey: 'three', password: 'four' },
          err: new Error('cannot reach https://user:five@es:9200/'),
        },
        'to http://elastic:six@127.0.0.1:9200',
      ),
    );
    const text = JSON.stringify(line);
    for (const secret of ['one"', 'two"', 'three', 'four', 'five', 'six']) expect(text).not.toContain(secret);
    expect(text).toContain('127.0.0.1:9200');
  });
});

describe('Health', () => {
  it('is ready once something has reported and nothing fails', () => {
    const health = new Health();
    expect(health.report().ready).toBe(false);
    health.pass('store');
    expect(health.report().ready).toBe(true);
    health.fail('schedule', 'the last tick failed');
    expect(health.report()).toEqual({
      ready: false,
      checks: [
        { name: 'store', ok: true, detail: '' },
        { name: 'schedule', ok: false, detail: 'the last tick failed' },
      ],
    });
  });
});

describe('terminalLines', () => {
  it('lets no text steer the terminal or begin a line', () => {
    const written: string[] = [];
    const logger = createLogger('info', terminalLines({ write: (text) => written.push(text) }));
    logger.warn({ err: new Error('a\u001b[2Jb\nc\u009bd') }, 'x\u001b]0;owned\u0007\u202ey\u200bz');
    expect(written.join('')).toMatch(/^\d\d:\d\d:\d\d warn {2}x\?\]0;owned\?\?y\?z: a\?\[2Jb\?c\?d\n$/);
  });

  it('is of JSON that steers none either, and holds the same', () => {
    const lines: string[] = [];
    const text = 'x\u009b31m\u202ey\u200b\u{e0041}';
    createLogger('info', { write: (line) => lines.push(line) }).info(text);
    expect(lines.join('')).toMatch(/^[\x20-\x7e]+\n$/);
    expect((JSON.parse(lines.join('')) as { message: string }).message).toBe(text);
  });
});

describe('Metrics', () => {
  it('has a bounded number of series, whatever sources logs claim to have', async () => {
    const metrics = new Metrics();
    const counts = { duplicates: 1, filtered: 1, quarantined: 1 };
    for (let i = 0; i < 3000; i++) measureIngested(metrics, `source ${String(i)}`, counts);
    const text = await metrics.registry.metrics();
    expect(text.match(/^elkhound_records_read_total\{/gm)).toHaveLength(201);
    expect(text).toContain('elkhound_records_read_total{source="(other sources)"} 8400');
  });

  it('exposes counts per instance', async () => {
    const metrics = new Metrics();
    metrics.windows.inc({ outcome: 'done' }, 3);
    expect(await metrics.registry.metrics()).toContain('elkhound_windows_total{outcome="done"} 3');
    expect(await new Metrics().registry.metrics()).not.toContain('outcome="done"');
  });
});
