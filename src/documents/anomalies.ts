/**
 * `elkhound-anomalies-YYYY.MM`: one document is an entity's window that stands out.
 */
import { z } from 'zod';
import type { Anomaly } from '../domain/anomaly.js';
import { ecsSchema, toEcs } from './ecs-parts.js';
import { indexName, type IndexDefinition } from './index-definition.js';
import { date, double, integer, keyword, long } from './mapping.js';
import { resultFields } from './result-fields.js';
import { eventSchema, fromResult, measureSchema, resultSchema, toEvent, toResult } from './result-parts.js';
import { isoDate, toIso } from './time.js';

const DATASET = 'elkhound.anomaly';

/** Score of each detector. */
const scoresSchema = z.object({
  baseline: z.number().exactOptional(),
  isolation_forest: z.number().exactOptional(),
});

export const anomalySchema = ecsSchema.extend({
  event: eventSchema,
  elkhound: resultSchema.extend({
    window: z.object({ start: isoDate, end: isoDate, length_ms: z.number() }),
    grade: z.number(),
    detectors: z.array(z.object({ name: z.string(), score: z.number(), raw: z.number() })),
    /** What charts need of the lists, in fields of its own: Elasticsearch flattens lists of objects. */
    lead: measureSchema.exactOptional(),
    scores: scoresSchema.exactOptional(),
    episode: z.object({ id: z.string() }),
    labels: z.array(z.string()),
    revision: z.number(),
    previous_score: z.number().exactOptional(),
    status: z.enum(['active', 'retracted']),
  }),
});

/** An anomaly as Elasticsearch keeps it. */
export type AnomalyDocument = z.infer<typeof anomalySchema>;

export const ANOMALIES: IndexDefinition = {
  name: 'elkhound-anomalies',
  description: "An entity's window that stands out",
  monthly: true,
  schemaVersion: 2,
  fields: {
    ...resultFields('event', DATASET),
    'elkhound.window.start': date,
    'elkhound.window.end': date,
    'elkhound.window.length_ms': long,
    'elkhound.grade': double,
    'elkhound.detectors.name': keyword,
    'elkhound.lead.feature': keyword,
    'elkhound.lead.label': keyword,
    'elkhound.lead.unit': keyword,
    'elkhound.lead.actual': double,
    'elkhound.lead.typical': double,
    'elkhound.lead.upper': double,
    'elkhound.scores.baseline': double,
    'elkhound.scores.isolation_forest': double,
    'elkhound.episode.id': keyword,
    'elkhound.labels': keyword,
    'elkhound.revision': integer,
    'elkhound.previous_score': double,
    'elkhound.status': keyword,
  },
};

/** Index of an anomaly: the month of its window. */
export function anomalyIndex(anomaly: Anomaly): string {
  return indexName(ANOMALIES, anomaly.window.start);
}

/** The document of an anomaly. */
export function toAnomalyDocument(anomaly: Anomaly): AnomalyDocument {
  const { start, end } = anomaly.window;
  return {
    ...toEcs(anomaly, start),
    event: toEvent(anomaly, 'event', DATASET, anomaly.id, start, end),
    elkhound: {
      ...toResult(anomaly),
      window: { start: toIso(start), end: toIso(end), length_ms: end - start },
      grade: anomaly.grade,
      detectors: anomaly.detectors.map(({ detector, score, raw }) => ({ name: detector, score, raw })),
      ...leadOf(anomaly),
      scores: Object.fromEntries(anomaly.detectors.map(({ detector, score }) => [detector, score])),
      episode: { id: anomaly.episode },
      labels: [...anomaly.labels],
      revision: anomaly.revision,
      ...(anomaly.previousScore === undefined ? {} : { previous_score: anomaly.previousScore }),
      status: anomaly.status,
    },
  };
}

function leadOf({ contributions: [first] }: Anomaly): Pick<AnomalyDocument['elkhound'], 'lead'> {
  if (first === undefined) return {};
  const { share: _share, ...lead } = first;
  return { lead };
}

/** The anomaly of a document. */
export function fromAnomalyDocument({ event, threat, elkhound }: AnomalyDocument): Anomaly {
  return {
    id: event.id,
    ...fromResult(elkhound, event.reason, threat),
    window: { start: Date.parse(elkhound.window.start), end: Date.parse(elkhound.window.end) },
    grade: elkhound.grade,
    detectors: elkhound.detectors.map(({ name, score, raw }) => ({ detector: name, score, raw })),
    episode: elkhound.episode.id,
    labels: elkhound.labels,
    revision: elkhound.revision,
    ...(elkhound.previous_score === undefined ? {} : { previousScore: elkhound.previous_score }),
    status: elkhound.status,
  };
}
