/**
 * `elkhound-actions-YYYY.MM`: one document is one action of a playbook against what an episode told
 * of, and where it stands.
 */
import { z } from 'zod';
import { SUBJECT_KINDS } from '../domain/matrix.js';
import { BEHAVIORS } from '../behaviors/catalogue.js';
import type { ActionRecord } from '../respond/ports.js';
import { ECS_VERSION, indexName, MODULE, type IndexDefinition } from './index-definition.js';
import { constant, date, keyword, text } from './mapping.js';
import { isoDate, toIso } from './time.js';

const DATASET = 'elkhound.action';

export const actionSchema = z.object({
  '@timestamp': isoDate,
  ecs: z.object({ version: z.literal(ECS_VERSION) }),
  event: z.object({
    kind: z.literal('event'),
    module: z.literal(MODULE),
    dataset: z.literal(DATASET),
    id: z.string(),
    /** What is done, as the playbook names it. */
    action: z.string(),
    outcome: z.enum(['unknown', 'success', 'failure']),
  }),
  /** What was done, or why not, in one sentence. */
  message: z.string(),
  /** Who approved it, where somebody had to. */
  user: z.object({ name: z.string() }).exactOptional(),
  elkhound: z.object({
    job: z.string(),
    site: z.string(),
    entity: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string() }),
    /** What it was about; absent of what was refused before anything was found. */
    behavior: z.enum(BEHAVIORS).exactOptional(),
    episode: z.object({ id: z.string() }).exactOptional(),
    playbook: z.string(),
    action: z.object({
      state: z.enum(['waiting', 'refused', 'done', 'failed', 'undone', 'expired']),
      /** When the state was reached. */
      at: isoDate,
      /** The address, name or account that it is about, and until when. */
      indicator: z.object({ type: z.string(), value: z.string(), expires: isoDate }).exactOptional(),
    }),
  }),
});

export const ACTIONS: IndexDefinition = {
  name: 'elkhound-actions',
  description: 'What playbooks did, and who approved it',
  monthly: true,
  schemaVersion: 1,
  fields: {
    '@timestamp': date,
    'ecs.version': keyword,
    'event.kind': constant('event'),
    'event.module': constant(MODULE),
    'event.dataset': constant(DATASET),
    'event.id': keyword,
    'event.action': keyword,
    'event.outcome': keyword,
    message: text,
    'user.name': keyword,
    'elkhound.job': keyword,
    'elkhound.site': keyword,
    'elkhound.entity.kind': keyword,
    'elkhound.entity.id': keyword,
    'elkhound.behavior': keyword,
    'elkhound.episode.id': keyword,
    'elkhound.playbook': keyword,
    'elkhound.action.state': keyword,
    'elkhound.action.at': date,
    'elkhound.action.indicator.type': keyword,
    'elkhound.action.indicator.value': keyword,
    'elkhound.action.indicator.expires': date,
  },
};

/** Index of an action: the month in which it was done. */
export function actionIndex({ atMs }: ActionRecord): string {
  return indexName(ACTIONS, atMs);
}

/** The document of an action. */
export function toActionDocument(action: ActionRecord): z.infer<typeof actionSchema> {
  const { job, site, entity, behavior, episode, playbook, state, atMs } = action;
  return {
    '@timestamp': toIso(atMs),
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'event',
      module: MODULE,
      dataset: DATASET,
      id: action.id,
      action: action.action,
      outcome: state === 'done' ? 'success' : 'failure',
    },
    message: action.message,
    user: { name: action.by },
    elkhound: {
      job,
      site,
      entity: { ...entity },
      ...(behavior === undefined ? {} : { behavior }),
      ...(episode === undefined ? {} : { episode: { id: episode } }),
      playbook,
      action: { state, at: toIso(atMs) },
    },
  };
}

/** The action of a document. */
export function fromActionDocument(document: z.infer<typeof actionSchema>): ActionRecord {
  const { event, message, user, elkhound } = document;
  const { job, site, entity, behavior, episode, playbook, action } = elkhound;
  return {
    id: event.id,
    job,
    site,
    entity,
    ...(behavior === undefined ? {} : { behavior }),
    ...(episode === undefined ? {} : { episode: episode.id }),
    playbook,
    action: event.action,
    state: event.outcome === 'success' ? 'done' : action.state === 'refused' ? 'refused' : 'failed',
    atMs: Date.parse(action.at),
    message,
    by: user?.name ?? '',
  };
}
