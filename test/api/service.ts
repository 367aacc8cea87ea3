/**
 * The real server on loopback over a real embedded store that holds the fixtures.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Registry } from 'prom-client';
import type { NotificationRecord } from '../../src/alert/ports.js';
import type { ApiDependencies, ModelSummary, ServiceInfo } from '../../src/api/dependencies.js';
import { listen } from '../../src/api/listen.js';
import { createServer } from '../../src/api/server.js';
import type { Anomaly, EpisodeChange, WindowRecord } from '../../src/domain/anomaly.js';
import { CATALOGUE } from '../../src/features/catalogue.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import type { EventStore, Store } from '../../src/store/store.js';
import {
  ANCHOR_MS,
  ANOMALIES,
  CHANGES,
  EVENTS,
  NOTIFICATIONS,
  NOW_MS,
  RECORDS,
  WINDOW_MS,
} from './fixtures.js';

const DAY_MS = 86_400_000;

export const INFO: ServiceInfo = {
  version: '0.1.0',
  store: 'embedded',
  jobs: [{ name: 'default', windowMs: WINDOW_MS }],
  sites: ['default'],
  queryDelayMs: 60_000,
  simulated: false,
};

export const MODEL: ModelSummary = {
  id: 'default-2026-11-22',
  job: 'default',
  version: 1,
  createdAtMs: ANCHOR_MS - 3 * DAY_MS,
  fittedFromMs: ANCHOR_MS - 13 * DAY_MS,
  fittedToMs: ANCHOR_MS - 3 * DAY_MS,
  selfTrained: false,
};

/** A store in a folder of its own, that goes with it. */
export interface TestStore extends EventStore {
  destroy(): Promise<void>;
}

export async function emptyStore(): Promise<TestStore> {
  const home = mkdtempSync(join(tmpdir(), 'elkhound-api-'));
  const store = await openEmbeddedStore({ home }, { now: () => NOW_MS });
  const destroy = async (): Promise<void> => {
    await store.close();
    rmSync(home, { recursive: true });
  };
  return Object.assign(store, { destroy });
}

/** What the stages would have left in a store. */
export interface Results {
  readonly anomalies: readonly Anomaly[];
  readonly changes: readonly EpisodeChange[];
  readonly records: readonly WindowRecord[];
  readonly notifications: readonly NotificationRecord[];
}

/** The night of the fixtures. */
export const NIGHT: Results = {
  anomalies: ANOMALIES,
  changes: CHANGES,
  records: RECORDS,
  notifications: NOTIFICATIONS,
};

/** Leaves results in a store as the stages do. */
export async function leave(store: Store, results: Results): Promise<void> {
  await store.results.save(results.anomalies, results.changes);
  for (const record of results.records) await store.results.close(record);
  for (const { notification, delivery } of results.notifications) {
    await store.notifications.create(notification);
    await store.notifications.update(notification, delivery);
  }
}

/** A store with the night of the fixtures. */
export async function filledStore(): Promise<TestStore> {
  const store = await emptyStore();
  await leave(store, NIGHT);
  await store.sink.append(EVENTS);
  return store;
}

/** What the server needs, on a store. */
export function dependenciesOn(store: Store, overrides: Partial<ApiDependencies> = {}): ApiDependencies {
  return {
    reader: store.reader,
    source: () => store.events,
    notifications: store.notifications,
    actions: store.actions,
    model: () => Promise.resolve(MODEL),
    health: { report: () => ({ ready: true, checks: [{ name: 'store', ok: true, detail: 'answers' }] }) },
    metrics: new Registry(),
    clock: { now: () => NOW_MS },
    logger: pino({ level: 'silent' }),
    options: { host: '127.0.0.1' },
    info: INFO,
    catalogue: Object.fromEntries(CATALOGUE.map((feature) => [feature.name, feature])),
    ...overrides,
  };
}

export interface RunningService {
  readonly server: Server;
  readonly address: string;
  close(): Promise<void>;
}

/** Serves on a free port. */
export async function serve(dependencies: ApiDependencies): Promise<RunningService> {
  const server = createServer(dependencies);
  const address = await listen(server, dependencies.options.host, 0);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { server, address, close };
}
