/**
 * Forgets a user or host: what is about it is deleted, what mentions it is told without its name,
 * and the counts of states and models that were its own become nobody's.
 */
import type { EventSource } from '../collect/ports.js';
import type { EpisodeState } from '../decide/episodes.js';
import { FORGOTTEN, Forgotten } from '../domain/forgotten.js';
import { ENTITY_KINDS, type Entity } from '../domain/matrix.js';
import type { FeatureOptions } from '../features/options.js';
import { forgetInAdvance, forgetInState } from '../features/forget.js';
import type { StateStore } from '../store/ports.js';
import type { Normalizer } from '../normalize/normalizer.js';
import type { Archive } from '../store/store.js';
import { counterpartsWithout, documentWithout } from './forget-counterparts.js';
import { Journal } from '../job/journal.js';
import { forgetInPayload } from '../job/model.js';
import { SiteEngines } from '../job/sites.js';

/** A job that may remember somebody. */
interface ForgetfulJob {
  readonly job: string;
  /** The events that it reads. */
  readonly events: Pick<EventSource, 'ofEntity'>;
  normalizer(): Normalizer;
}

/** What forgetting works with. */
export interface ForgetParts {
  readonly jobs: readonly ForgetfulJob[];
  readonly archive: Archive;
  readonly states: StateStore;
  readonly features: FeatureOptions;
}

/** What was, or would be, done to a family of documents. */
export interface ForgetCount {
  readonly index: string;
  readonly deleted: number;
  /** Documents that stay, without the name; in states and models, traces that are nobody's now. */
  readonly scrubbed: number;
}

/** Events that are looked through for whom it talked to. */
const MAX_EVENTS = 10_000;
/** Keys of documents and episodes that hold sentences. */
const TEXTS: ReadonlySet<string> = new Set(['reason', 'message', 'summary', 'detail']);
const ALL_TIME = { start: 0, end: 253_402_300_800_000 };

/**
 * Forgets somebody in all that has been written, and in the states of the jobs.
 * @param names all names: the clear one, and the pseudonym where there is one
 * @param dryRun changes nothing, and counts what would be changed
 */
export async function forget(
  parts: ForgetParts,
  names: readonly string[],
  dryRun: boolean,
): Promise<ForgetCount[]> {
  const who = new Forgotten(names);
  const { jobs, archive, states, features } = parts;
  for (const job of jobs) await findRelations(job, features, who);
  let traces = 0;
  const documents = await archive.rewrite((document) => edited(document, who), dryRun);
  const counted = <T>({ value, found }: { value: T; found: number }): T => {
    traces += found;
    return value;
  };
  for (const { job } of jobs) {
    await new Journal({ job, states, features, horizonMs: Infinity }).rewrite(
      {
        state: (state) => counted(forgetInState(state, who)),
        advance: (advance) => counted(forgetInAdvance(advance, who)),
        episodes: (episodes) => counted(forgetInEpisodes(episodes, who)),
      },
      dryRun,
    );
  }
  const counts = [...documents, { index: 'states', deleted: 0, scrubbed: traces }];
  // Last, since the events tell what else is to be found.
  if (!archive.removeEvents) return counts;
  return [...counts, { index: 'events', deleted: await archive.removeEvents(names, dryRun), scrubbed: 0 }];
}

/** Pairs and services have identities of their own, which only their events tell. */
async function findRelations(
  { events, normalizer }: ForgetfulJob,
  features: FeatureOptions,
  who: Forgotten,
): Promise<void> {
  const reading = normalizer();
  for (const name of who.names) {
    for (const { source, record, format = 'ecs', path } of await events.ofEntity(
      name,
      ALL_TIME,
      MAX_EVENTS,
    )) {
      const batch = { source, format, records: [record], places: [1] };
      reading.add(path === undefined ? batch : { ...batch, path });
    }
  }
  for (const window of reading.close(Infinity)) {
    const { matrices } = new SiteEngines(features).compute(window);
    for (const { entities, identities } of ENTITY_KINDS.map((kind) => matrices[kind])) {
      entities.forEach((entity, row) => {
        if (isAbout(entity, who)) who.addIdentity(identities[2 * row]!, identities[2 * row + 1]!);
      });
    }
  }
}

function isAbout({ id, source, destination, user }: Partial<Entity>, who: Forgotten): boolean {
  return [id, source, destination, user].some((name) => who.is(name));
}

/** The parts of a stored document that tell whom it is about. */
interface Told {
  readonly user?: { readonly name: string };
  readonly elkhound?: {
    readonly entity?: Partial<Entity>;
    readonly alert?: { readonly elkhound?: { readonly entity?: Partial<Entity> } };
    readonly model?: { readonly payload?: string };
    readonly playbook?: string;
    readonly verdict?: string;
    readonly refused?: { readonly document: string };
  };
}

function edited(document: object, who: Forgotten): object | undefined {
  const { elkhound = {} } = document as Told;
  const { entity = elkhound.alert?.elkhound?.entity, model, playbook, verdict, refused } = elkhound;
  if (model?.payload !== undefined) {
    const kept = forgetInPayload(model.payload, who);
    // What nobody can read may hold anybody; the job learns anew.
    if (kept === undefined) return undefined;
    const { payload, found } = kept;
    return found === 0 ? document : { ...document, elkhound: { ...elkhound, model: { ...model, payload } } };
  }
  if (playbook !== undefined || verdict !== undefined) return accountWithout(document, who);
  if (refused !== undefined && who.isIn(refused.document)) return undefined;
  if (entity !== undefined && isAbout(entity, who)) return undefined;
  return documentWithout(who.scrubbed(document, TEXTS), who);
}

/** What people did and said stays, told of nobody: it is the account of who saw what. */
function accountWithout(document: Told, who: Forgotten): object {
  const { elkhound, user } = document;
  const entity = elkhound?.entity;
  const about = entity !== undefined && isAbout(entity, who);
  const by = user !== undefined && who.is(user.name);
  const scrubbed = who.scrubbed(document, TEXTS);
  if (!about && !by) return scrubbed;
  return {
    ...scrubbed,
    ...(about ? { elkhound: { ...elkhound, entity: { ...entity, id: FORGOTTEN } } } : {}),
    ...(by ? { user: { name: FORGOTTEN } } : {}),
  };
}

function forgetInEpisodes(episodes: EpisodeState, who: Forgotten): { value: EpisodeState; found: number } {
  const kept = episodes.filter(({ episode }) => !isAbout(episode.entity, who));
  const value = kept.map((open) => {
    const scrubbed = who.scrubbed(open, TEXTS);
    const counterparts = counterpartsWithout(scrubbed.episode.counterparts, who);
    return counterparts === scrubbed.episode.counterparts
      ? scrubbed
      : { ...scrubbed, episode: { ...scrubbed.episode, counterparts: counterparts! } };
  });
  const changed = value.filter((open, i) => open !== kept[i]).length;
  return { value, found: episodes.length - kept.length + changed };
}
