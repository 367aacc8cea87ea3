/**
 * What happens to a cluster, its indices and the clock of a service: each of these once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './verify.js';
import type { World } from './world.js';

/** Something that begins when it is called, and that the service has to live with. */
export type Happening = (stage: Stage) => Promise<unknown>;

const HOUR_MS = 3_600_000;
/** How far a clock is set off. */
const FARTHEST_CLOCK_MS = 12 * HOUR_MS;
/** Documents of then are in no window. */
const LONG_AGO = '2001-01-01T00:00:00Z';

export const elasticsearchKilled: Happening = async ({ server }) => {
  await server.kill(0);
  await server.restart(0);
};

export const nodeLost: Happening = async ({ server }) => {
  await server.kill(2);
  await delay(3000);
  await server.restart(2);
};

/** Our indices refuse writes for a while, as Elasticsearch makes them where a disk is full. */
export const writeBlocked: Happening = async ({ world }) => {
  await block(world, true);
  await delay(2000);
  await block(world, false);
};

function block(world: World, on: boolean): Promise<unknown> {
  return world.ask('PUT', 'elkhound-*/_settings', {
    'index.blocks.read_only_allow_delete': on ? true : null,
  });
}

/** An index that holds nothing of the time comes, and is deleted while others are read. */
export const indexDeleted: Happening = async ({ world, random }) => {
  await world.ask('POST', 'logs-gone-test/_doc?refresh=true', {
    '@timestamp': LONG_AGO,
    message: 'of long ago',
  });
  await delay(100 + random.next() * 400);
  await world.ask('DELETE', 'logs-gone-test');
};

/** An index comes whose fields are of other types, and stays for a while. */
export const mappingConflict: Happening = async ({ world }) => {
  const source = { ip: { type: 'text' }, bytes: { type: 'keyword' }, port: { type: 'keyword' } };
  const properties = { '@timestamp': { type: 'date' }, source: { properties: source } };
  await world.ask('PUT', 'logs-odd-test', { mappings: { properties } });
  const values = { ip: 'no address', bytes: 'many', port: 'x' };
  await world.ask('POST', 'logs-odd-test/_doc?refresh=true', { '@timestamp': LONG_AGO, source: values });
  await delay(3000);
  await world.ask('DELETE', 'logs-odd-test');
};

/** The clock of the service is set, and is so until it is set again. */
export const clockSet: Happening = ({ world, random }) => {
  world.setClock((random.next() - 0.5) * 2 * FARTHEST_CLOCK_MS);
  return delay(500);
};
