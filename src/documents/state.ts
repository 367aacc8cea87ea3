/**
 * `elkhound-state`: small named texts that outlive a window: leases, checkpoints, progress.
 */
import { z } from 'zod';
import type { IndexDefinition } from './index-definition.js';
import { keyword, long, unparsed } from './mapping.js';

export const stateSchema = z.object({
  elkhound: z.object({
    /** Number of the lease under which it was written. */
    epoch: z.number().exactOptional(),
    state: z.object({ key: z.string(), version: z.number(), value: z.string() }),
  }),
});

/** A state as Elasticsearch keeps it. */
export type StateDocument = z.infer<typeof stateSchema>;

export const STATE: IndexDefinition = {
  name: 'elkhound-state',
  description: 'Leases, checkpoints and progress',
  monthly: false,
  schemaVersion: 2,
  fields: {
    'elkhound.epoch': long,
    'elkhound.state.key': keyword,
    'elkhound.state.version': long,
    'elkhound.state.value': unparsed,
  },
};

/** The document of a state; `epoch` is that of the writer's lease, where it has one. */
export function toStateDocument(key: string, version: number, value: string, epoch?: number): StateDocument {
  return { elkhound: { ...(epoch === undefined ? {} : { epoch }), state: { key, version, value } } };
}
