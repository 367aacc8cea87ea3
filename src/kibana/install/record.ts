/**
 * What setup has put into a space, and how Kibana had it right afterwards: the only way to know later
 * what a user has changed, since Kibana rewrites what is imported, and again with each upgrade.
 */
import { z } from 'zod';
import { stableId } from '../../domain/hash.js';
import { parseJson } from '../../domain/json.js';
import { canonicalJson } from '../ndjson.js';

const referenceSchema = z.object({ type: z.string(), id: z.string(), name: z.string() });

/** An object as Kibana exports it, as far as it matters here. */
export const exportedSchema = z.object({
  type: z.string(),
  id: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  references: z.array(referenceSchema).default([]),
  updated_at: z.string().optional(),
});

/** An object in Kibana. */
export type ExportedObject = z.infer<typeof exportedSchema>;

const entrySchema = z.object({
  /** {@link fingerprint} of what was sent. */
  sent: z.string(),
  /** {@link fingerprint} of what Kibana made of it. */
  stored: z.string(),
  /** `updated_at` of what Kibana made of it: it stays the same through an upgrade, which the content does not. */
  updated: z.string().optional(),
});

const recordSchema = z.object({
  objects: z.record(z.string(), entrySchema),
  /** Ids that Kibana gave instead of ours, where another space has ours. */
  ids: z.record(z.string(), z.string()),
});

/** What was installed in one space, by `type:id`. */
export type InstallRecord = z.infer<typeof recordSchema>;

/** Nothing has been installed yet. */
export const NO_RECORD: InstallRecord = { objects: {}, ids: {} };

/** Key of the record among the states of the store. */
export function recordKey(space: string): string {
  return `kibana:${space}`;
}

/** The record of a text; one that is absent or cannot be read counts as none, so that nothing of a user's is overwritten. */
export function parseRecord(text = ''): InstallRecord {
  return recordSchema.safeParse(parseJson(text)).data ?? NO_RECORD;
}

/** Hash of what an object says; the order of keys and references does not matter. */
export function fingerprint(object: {
  readonly attributes: object;
  readonly references: readonly object[];
}): string {
  return stableId(canonicalJson(object.attributes), ...object.references.map(canonicalJson).sort());
}
