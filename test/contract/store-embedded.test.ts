import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '../../src/collect/ports.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import { storeContract, type StoreUnderTest, type TestEvent } from './store.js';

const CLOCK = { now: () => Date.UTC(2026, 10, 23) };

describe('embedded store', () => storeContract(open));

async function open(): Promise<StoreUnderTest> {
  const home = mkdtempSync(join(tmpdir(), 'elkhound-store-'));
  const store = await openEmbeddedStore({ home }, CLOCK);
  return {
    store,
    addEvents: async (events) => {
      await store.sink.append(events.map(toStored));
    },
    sourceOf: (source) => source,
    openCursors: () => Promise.resolve(0),
    close: async () => {
      await store.close();
      rmSync(home, { recursive: true });
    },
  };
}

function toStored(event: TestEvent): StoredEvent {
  const { id, source, timeMs, endMs, sourceIp, user } = event;
  return {
    id,
    source,
    format: 'ecs',
    place: 1,
    endMs: endMs ?? timeMs,
    entities: [sourceIp, user].filter((name) => name !== undefined),
    record: { '@timestamp': new Date(timeMs).toISOString(), source: { ip: sourceIp }, user: { name: user } },
  };
}
