/**
 * What respond needs of the world: a memory of what was done, and who wanted it.
 */
import type { Behavior } from '../domain/anomaly.js';
import type { SubjectKind } from '../domain/matrix.js';

/** One thing that was done about an episode. */
export interface ActionRecord {
  readonly id: string;
  readonly job: string;
  readonly site: string;
  readonly entity: { readonly kind: SubjectKind; readonly id: string };
  /** What it was about; absent of what was refused before anything was found. */
  readonly behavior?: Behavior;
  readonly episode?: string;
  /** What it belongs to: the name of a playbook, or `privacy`. */
  readonly playbook: string;
  /** What was done, in one word. */
  readonly action: string;
  readonly state: 'done' | 'failed' | 'refused';
  readonly atMs: number;
  /** What was done or why not, in one sentence. */
  readonly message: string;
  /** Who did it or approved it. */
  readonly by: string;
}

/** Remembers what was done. */
export interface ActionLog {
  /** Writes it down; before anybody gains by it. */
  record(action: ActionRecord): Promise<void>;
  /** The newest of a job. */
  recent(job: string, limit: number): Promise<ActionRecord[]>;
}
