/**
 * What the API answers, as schemas: the source of `/openapi.json`.
 * Times are ISO 8601 in UTC; numbers that are not finite are null.
 */
import { z } from 'zod';
import { SEVERITIES } from '../domain/anomaly.js';
import { SOURCE_STATUSES } from '../domain/coverage.js';
import { SUBJECT_KINDS } from '../domain/matrix.js';
import { BEHAVIORS } from '../behaviors/catalogue.js';

const time = z.iso.datetime();
const score = z.number().min(0).max(1);

export const windowRangeSchema = z
  .strictObject({ start: time, end: time.describe('First moment that no longer belongs to the window') })
  .meta({ id: 'Window' });

const entitySchema = z
  .strictObject({
    kind: z.enum(SUBJECT_KINDS),
    id: z.string().describe('Unique within job, site and kind'),
    source: z.string().optional(),
    destination: z.string().optional(),
    port: z.int().optional(),
    transport: z.string().optional(),
    user: z.string().optional(),
    others: z.int().optional().describe('Of a crowd that shares one row: how many entities it stands for'),
  })
  .meta({ id: 'Entity' });

export const contributionSchema = z
  .strictObject({
    feature: z.string(),
    label: z.string().describe('What the number means, in words'),
    unit: z.string(),
    actual: z.number().nullable(),
    typical: z.number().nullable().describe('Median of the baseline; null where there is none'),
    upper: z.number().nullable().describe('Upper end of the usual band; null where there is none'),
    share: z.number().describe('Share of the score, 0 to 1'),
  })
  .meta({ id: 'Contribution' });

const techniqueSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    tactic: z.strictObject({ id: z.string(), name: z.string() }),
  })
  .meta({ id: 'Technique', description: 'A MITRE ATT&CK technique' });

const evidenceSchema = z
  .strictObject({
    id: z.string(),
    index: z.string().describe('Index of the event; empty for events of files'),
    source: z.string(),
    place: z.number(),
    time,
    summary: z.string().describe('The event in one line'),
  })
  .meta({ id: 'Evidence' });

const basisSchema = z
  .strictObject({
    model: z.string(),
    rung: z.enum(['entity', 'peers', 'global']).describe('Whose history gave the typical values'),
    historyDays: z.number(),
    selfTrained: z.boolean().describe('The model was fitted on the data it scores, for lack of history'),
    degraded: z
      .boolean()
      .describe(
        'Coverage left its expected band: without a named behavior it pages nobody, with one it may be one severity milder',
      ),
    ahead: z.boolean().optional().describe('Scored ahead of its turn; it is scored again in its turn'),
  })
  .meta({ id: 'Basis' });

const counterpartsSchema = z
  .strictObject({ sources: z.array(z.string()), destinations: z.array(z.string()) })
  .meta({
    id: 'Counterparts',
    description: 'Who stood at the other end, those of most events first, at most ten of each role',
  });

/** What anomalies and episodes have in common. */
const finding = {
  id: z.string(),
  job: z.string(),
  site: z.string(),
  entity: entitySchema,
  behavior: z.enum(BEHAVIORS),
  severity: z.enum(SEVERITIES),
  score: score.describe('Higher is stranger'),
  reason: z.string().describe('Why it is strange, in one sentence'),
  technique: techniqueSchema.optional(),
  contributions: z.array(contributionSchema).describe('Largest first'),
  evidence: z.array(evidenceSchema).describe('At most ten, most telling first'),
  counterparts: counterpartsSchema.optional(),
  basis: basisSchema,
  page: z.string().describe('Path of the page about it'),
};

export const anomalySchema = z
  .strictObject({
    ...finding,
    window: windowRangeSchema,
    grade: score.describe('0 is the threshold, 1 is extreme'),
    detectors: z.array(z.strictObject({ detector: z.string(), score, raw: z.number().nullable() })),
    episode: z.string(),
    labels: z.array(z.string()).describe('Ground truth, only of labelled data'),
    revision: z.int(),
    previousScore: score.optional().describe('Score of the revision before'),
    status: z.enum(['active', 'retracted']),
  })
  .meta({ id: 'Anomaly' });

export const episodeSchema = z
  .strictObject({
    ...finding,
    anomaly: z.string().describe('The anomaly with the highest score'),
    start: time,
    end: time.describe('End of its newest window when it opened or last rose'),
    windows: z.int(),
  })
  .meta({ id: 'Episode', description: 'Anomalies of one entity and behavior: the unit of an alert' });

export const rawEventSchema = z
  .strictObject({
    id: z.string(),
    index: z.string().optional(),
    source: z.string(),
    time,
    record: z.unknown().describe('The event as its source wrote it'),
  })
  .meta({ id: 'RawEvent' });

export const anomalyDetailSchema = anomalySchema
  .extend({ events: z.array(rawEventSchema).describe('The raw events named in `evidence` that still exist') })
  .meta({ id: 'AnomalyDetail' });

const counts = z.record(z.string(), z.int());

export const windowRecordSchema = z
  .strictObject({
    job: z.string(),
    window: windowRangeSchema,
    status: z.enum(['done', 'skipped']),
    reason: z
      .string()
      .optional()
      .describe('Why it was skipped (`empty`), or why it will be scored again (`ahead` of its turn)'),
    counted: z.int().describe('Documents that the store counted for the window'),
    late: z.int().optional().describe('Of those, documents that came after it had first been read'),
    missed: z.int().optional().describe('Documents that came too late to be read'),
    coverage: z.array(
      z.strictObject({
        source: z.string(),
        status: z
          .enum(SOURCE_STATUSES)
          .optional()
          .describe('How its volume compares with what is expected; absent where nothing is'),
        expected: z
          .strictObject({ lower: z.number(), typical: z.number(), upper: z.number() })
          .optional()
          .describe('Events usual in such a window'),
        read: z.int(),
        events: z.int(),
        duplicates: z.int(),
        filtered: counts.describe('By reason'),
        quarantined: counts.describe('By reason'),
        irregular: counts.optional().describe('Used although a field was not as it should be, by reason'),
      }),
    ),
    entities: counts.describe('Rows scored, by entity kind'),
    others: counts.optional().describe('Entities beyond the bound, which share a row, by entity kind'),
    anomalies: z.int(),
    model: z.string(),
    revision: z.int(),
    recordedAt: time,
    tookMs: z.number(),
  })
  .meta({ id: 'WindowRecord' });

export const jobSchema = z
  .strictObject({
    name: z.string(),
    windowMs: z.int().describe('Length of a window, milliseconds'),
    lastWindow: windowRangeSchema.optional().describe('The newest window that was scored or skipped'),
    model: z.string().optional().describe('Id of the model in use, where this service runs the job'),
  })
  .meta({ id: 'Job' });

export const entityHistorySchema = z
  .strictObject({
    id: z.string(),
    entities: z.array(entitySchema).describe('Entities of that id or name, of all kinds'),
    range: windowRangeSchema.describe('The range that the answer covers'),
    history: z
      .array(
        z.strictObject({
          start: time,
          score,
          grade: score,
          severity: z.enum(SEVERITIES),
          anomaly: z.string(),
        }),
      )
      .describe('Scores of its windows that stand out, oldest first'),
    anomalies: z.strictObject({ items: z.array(anomalySchema), next: z.string().nullable() }),
    events: z.array(rawEventSchema).describe('Newest raw events in the range'),
  })
  .meta({ id: 'EntityHistory' });

/** A list's page of items of a schema. */
export function pageSchema(item: z.ZodType) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe('Goes back as `cursor` for the page after it; null at the end'),
  });
}

export const revealedSchema = z
  .strictObject({
    id: z.string().describe('The pseudonym'),
    name: z.string().describe('The name as the log has it'),
    anomaly: z.string().describe('The anomaly in whose window it was found'),
  })
  .meta({ id: 'Revealed' });

export const actionSchema = z
  .strictObject({
    id: z.string(),
    job: z.string(),
    site: z.string(),
    entity: z.strictObject({ kind: z.enum(SUBJECT_KINDS), id: z.string() }),
    behavior: z.enum(BEHAVIORS).optional().describe('Absent of what was refused before anything was found'),
    episode: z.string().optional(),
    playbook: z.string().describe('What it belongs to: the name of a playbook, or `privacy`'),
    action: z.string(),
    state: z.enum(['done', 'failed', 'refused']),
    time,
    message: z.string(),
    by: z.string().describe('Who did it or approved it'),
  })
  .meta({ id: 'Action' });
