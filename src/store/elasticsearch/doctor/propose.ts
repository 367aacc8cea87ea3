/**
 * Jobs for logs that are not ECS: what their fields may be called, tried on a sample.
 */
import { steadySource } from '../../../domain/source-name.js';
import type { Examination, LogExamination } from './examination.js';
import { logsOf } from './examine.js';
import { guessNames, isAboutNetwork, notFound, type Names } from './guess-names.js';
import { sampleSources, type SourceSample } from './sample.js';
import { valuesOf } from './sample-values.js';
import { shareOf } from './understood.js';

/** A job as the configuration has it, and what is to be known of it. */
export interface Proposal {
  readonly job: { readonly name: string; readonly indices: readonly string[]; readonly fields: Names };
  readonly notes: readonly string[];
}

/** Below this share a source is not understood as it is. */
const ENOUGH = 0.5;

/** A job for each source that is not understood, or whose flows tell less than their fields do. */
export async function propose(examination: Examination): Promise<Proposal[]> {
  const logs = await logsOf(examination);
  if (logs === undefined) return [];
  const proposals: Proposal[] = [];
  for (const sample of await sampleSources(logs)) {
    const values = await valuesOf(logs, sample.hits);
    const fields = guessNames(values);
    if (Object.keys(fields).length === 0) continue;
    if (shareOf(sample) < ENOUGH && !isAboutNetwork(fields)) continue;
    const tried = await tryOn(logs, sample, fields);
    // Names that make less of the logs are no names of theirs.
    if (tried < shareOf(sample) || tried < ENOUGH) continue;
    const missing = notFound(values, fields);
    const notes = [
      `${sample.name}: with these fields ${percent(tried)} of ${String(sample.hits.length)} sampled documents become events, without them ${percent(shareOf(sample))}; look whether each is what it says`,
      ...(missing.length === 0 ? [] : [`${sample.name}: not found: ${missing.join(', ')}`]),
    ];
    proposals.push({ job: { name: jobName(sample.name), indices: indicesOf(sample), fields }, notes });
  }
  return proposals;
}

/** Share of a sample that is understood under other names. */
async function tryOn(logs: LogExamination, sample: SourceSample, fields: Names): Promise<number> {
  const indices = indicesOf(sample);
  const renamed = await logsOf({ ...logs, indices, names: { ...logs.names, ...fields } });
  if (renamed === undefined) return 0;
  const samples = await sampleSources(renamed);
  const documents = samples.reduce((sum, one) => sum + one.documents, 0);
  const used = samples.reduce((sum, one) => sum + shareOf(one) * one.documents, 0);
  return documents === 0 ? 0 : used / documents;
}

/** Index expressions: those of a day or generation are one. */
function indicesOf({ hits }: SourceSample): string[] {
  const byName = new Map<string, string>();
  for (const { _index } of hits) {
    const name = steadySource(_index);
    byName.set(name, name === _index || _index.startsWith('.ds-') ? name : `${name}*`);
  }
  return [...byName.values()];
}

function jobName(source: string): string {
  return (
    source
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'proposed'
  );
}

function percent(share: number): string {
  return `${String(Math.floor(100 * share))} %`;
}
