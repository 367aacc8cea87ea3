/**
 * Who may write: on a cluster the holder of a job's lease.
 */
import { randomUUID } from 'node:crypto';
import { uptimeClock } from '../domain/clock.js';
import { Lease } from '../schedule/lease.js';
import type { OpenStore } from '../store/open-store.js';
import type { ServiceOptions, Shared } from './shared.js';

/** The store, on a cluster as the holder of the lease writes to it; the embedded one has one writer anyway. */
export function ownership(opened: OpenStore, options: ServiceOptions): Pick<Shared, 'store' | 'lease'> {
  if (opened.kind === 'embedded') return { store: opened.store };
  const { config, clock, logger } = options;
  const lease = new Lease({
    job: config.job,
    owner: randomUUID(),
    states: opened.store.states,
    lengthMs: config.schedule.lease,
    clock,
    uptime: uptimeClock,
    logger,
  });
  return { store: opened.store.fencedBy(lease), lease };
}
