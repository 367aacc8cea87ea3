/**
 * `elkhound-alerts-YYYY.MM`: one document when an episode opens, and a new one for each rise in
 * severity. Elastic Security's rule "External Alerts" makes one alert of each document and never
 * looks at a later version of it, so a document never changes.
 */
import { z } from 'zod';
import type { Episode, EpisodeChange } from '../domain/anomaly.js';
import { stableId } from '../domain/hash.js';
import { ecsSchema, toEcs } from './ecs-parts.js';
import { indexName, type IndexDefinition } from './index-definition.js';
import { date, keyword, long } from './mapping.js';
import { resultFields } from './result-fields.js';
import { eventSchema, fromResult, resultSchema, toEvent, toResult } from './result-parts.js';
import { isoDate, toIso } from './time.js';

const DATASET = 'elkhound.alert';

/** Name in `logs-*` under which Elastic Security finds the alerts. */
export const ALERTS_ALIAS = 'logs-elkhound.alert-default';

export const alertSchema = ecsSchema.extend({
  event: eventSchema.extend({ ingested: isoDate }),
  elkhound: resultSchema.extend({
    change: z.enum(['opened', 'raised', 'resolved']),
    episode: z.object({
      id: z.string(),
      start: isoDate,
      end: isoDate,
      windows: z.number(),
      anomaly: z.string(),
    }),
  }),
});

/** An alert as Elasticsearch keeps it. */
export type AlertDocument = z.infer<typeof alertSchema>;

export const ALERTS: IndexDefinition = {
  name: 'elkhound-alerts',
  description: 'An episode when it opened, or rose in severity',
  monthly: true,
  alias: ALERTS_ALIAS,
  schemaVersion: 2,
  fields: {
    ...resultFields('alert', DATASET),
    'event.ingested': date,
    'elkhound.change': keyword,
    'elkhound.episode.id': keyword,
    'elkhound.episode.start': date,
    'elkhound.episode.end': date,
    'elkhound.episode.windows': long,
    'elkhound.episode.anomaly': keyword,
  },
};

/** Id of the alert of an episode at its present severity. */
export function alertId(episode: Episode): string {
  const { job, site, entity, behavior, start, severity } = episode;
  return stableId(job, site, entity.kind, entity.id, behavior, String(start), severity);
}

/** Index of an episode's alerts: the month of its first window. */
export function alertIndex(episode: Episode): string {
  return indexName(ALERTS, episode.start);
}

/**
 * The document of a change.
 * @param ingestedMs when it is first written: Elastic Security looks for new alerts by this time
 */
export function toAlertDocument({ episode, change }: EpisodeChange, ingestedMs: number): AlertDocument {
  const { start, end } = episode;
  // The moment told of: the opening, or the end of the window in which the severity rose.
  const timestampMs = change === 'opened' ? start : end;
  return {
    ...toEcs(episode, timestampMs),
    event: {
      ...toEvent(episode, 'alert', DATASET, alertId(episode), start, end),
      ingested: toIso(ingestedMs),
    },
    elkhound: {
      ...toResult(episode),
      change,
      episode: {
        id: episode.id,
        start: toIso(start),
        end: toIso(end),
        windows: episode.windows,
        anomaly: episode.anomaly,
      },
    },
  };
}

/** The change of a document, with its episode as it stood then. */
export function fromAlertDocument({ event, threat, elkhound }: AlertDocument): EpisodeChange {
  const { id, start, end, windows, anomaly } = elkhound.episode;
  return {
    change: elkhound.change,
    episode: {
      id,
      ...fromResult(elkhound, event.reason, threat),
      start: Date.parse(start),
      end: Date.parse(end),
      windows,
      anomaly,
    },
  };
}
