/**
 * What each job reads from and writes to: on a cluster as the holder of its lease, so that several
 * services can share the jobs between them. The embedded store has one writer anyway.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/schema.js';
import { uptimeClock } from '../domain/clock.js';
import { Lease } from '../service/lease.js';
import { eventsOf } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import type { Shared } from './shared.js';

/** A job with its own view of the store. */
export interface OwnedJob {
  /** The configuration as if the job were the only one. */
  readonly config: Config;
  readonly store: Store;
  /** The right to run it, where other services could run it too. */
  readonly lease?: Lease;
}

export function ownedJob({ opened, options }: Shared, config: Config): OwnedJob {
  if (opened.kind === 'embedded') return { config, store: opened.store };
  const { clock, logger } = options;
  const lease = new Lease({
    job: config.job,
    owner: `${hostname()}:${String(process.pid)}:${randomUUID().slice(0, 8)}`,
    states: opened.store.states,
    lengthMs: config.schedule.lease,
    clock,
    uptime: uptimeClock,
    logger,
  });
  const { job } = config;
  const events = eventsOf(opened, config, (notice) => {
    logger.warn({ job }, notice);
  });
  return { config, store: { ...opened.store.fencedBy(lease), events }, lease };
}
