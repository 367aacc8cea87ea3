/**
 * What a person is told who has no Elasticsearch to test against, or another one: jest as it is started
 * there, on one suite.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeElasticsearch } from './describe-elasticsearch.js';

const JEST = createRequire(__filename).resolve('jest/bin/jest');
const SUITE = 'test/store/elasticsearch-events';

/** A machine without Maven, and without an Elasticsearch fetched before. */
async function jestElsewhere(more: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const empty = mkdtempSync(join(tmpdir(), 'elkhound-empty-'));
  const { ELKHOUND_REQUIRE_ELASTICSEARCH: _required, ...env } = process.env;
  const child = spawn(process.execPath, [JEST, SUITE], {
    env: { ...env, PATH: empty, ELKHOUND_CACHE: empty, ...more },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  rmSync(empty, { recursive: true });
  return { code, output };
}

describe('without Elasticsearch', () => {
  it('its tests are skipped, which is said loudly', async () => {
    const { code, output } = await jestElsewhere({});
    expect(output).toMatch(/^=+\nElasticsearch 8\.19\.9 needs .*\. The tests .* DID NOT RUN\.\n=+$/m);
    expect(output).toMatch(/^Tests: +\d+ skipped, \d+ total$/m);
    expect(code).toBe(0);
  });

  it('nothing runs where it is required', async () => {
    const { code, output } = await jestElsewhere({ ELKHOUND_REQUIRE_ELASTICSEARCH: '1' });
    expect(output).toContain('DID NOT RUN');
    expect(code).toBe(1);
  });
});

describeElasticsearch('with another Elasticsearch', (server) => {
  it('its tests run there', async () => {
    const { code, output } = await jestElsewhere({ ELKHOUND_TEST_ELASTICSEARCH_URL: server().url });
    expect(output).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
    expect(code).toBe(0);
  });
});
