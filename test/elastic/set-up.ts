/**
 * Before all test files: says where Elasticsearch can be had, or loudly that it cannot. After them:
 * nothing that was started for them stays.
 */
import { Broker } from './broker.js';
import { obstacleTo } from './distribution.js';

let broker: Broker | undefined;

export async function setUp(): Promise<void> {
  if (process.env.ELKHOUND_TEST_ELASTICSEARCH_URL === undefined) {
    const obstacle = obstacleTo('8.19.9');
    if (obstacle !== undefined) return sayMissing(obstacle);
  }
  const newer = obstacleTo('9.1.5');
  if (newer !== undefined) process.stderr.write(`\n${newer}: the tests against it did not run\n\n`);
  broker = await Broker.start();
  process.env.ELKHOUND_TEST_BROKER = broker.url;
}

export async function tearDown(): Promise<void> {
  await broker?.stop();
}

function sayMissing(obstacle: string): void {
  const message = `${obstacle}. The tests against a real Elasticsearch DID NOT RUN.`;
  if (process.env.ELKHOUND_REQUIRE_ELASTICSEARCH === '1') throw new Error(message);
  const bar = '='.repeat(message.length);
  process.stderr.write(`\n${bar}\n${message}\n${bar}\n\n`);
  process.env.ELKHOUND_TEST_ELASTICSEARCH_MISSING = obstacle;
}
