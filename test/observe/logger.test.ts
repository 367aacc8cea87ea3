import { Secret } from '../../src/domain/secret.js';
import { Health } from '../../src/observe/health.js';
import { createLogger } from '../../src/observe/logger.js';
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

describe('Metrics', () => {
  it('exposes counts per instance', async () => {
    const metrics = new Metrics();
    metrics.windows.inc({ outcome: 'done' }, 3);
    expect(await metrics.registry.metrics()).toContain('elkhound_windows_total{outcome="done"} 3');
    expect(await new Metrics().registry.metrics()).not.toContain('outcome="done"');
  });
});
