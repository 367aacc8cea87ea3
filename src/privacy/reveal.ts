/**
 * The name behind a pseudonym, for those who may know it: found again in the raw events of the
 * window that an anomaly is about, since no table of names is kept.
 */
import type { EventSource } from '../collect/ports.js';
import type { ResultReader } from '../decide/ports.js';
import type { Anomaly } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { stableId } from '../domain/hash.js';
import { Draft } from '../normalize/draft.js';
import { isPseudonym, userNaming } from '../normalize/privacy.js';
import type { PrivacyOptions } from '../normalize/privacy-options.js';
import { RecordReader } from '../normalize/record-reader.js';
import type { Logger } from '../observe/logger.js';
import type { ActionLog } from '../respond/ports.js';

/** What a revealer works with. */
export interface RevealerParts {
  /** The events that a job reads. */
  readonly events: (job: string) => Pick<EventSource, 'read'>;
  readonly results: Pick<ResultReader, 'anomaly' | 'anomalies'>;
  readonly actions: ActionLog;
  readonly privacy: PrivacyOptions;
  /** IANA zone of records that name none. */
  readonly timeZone: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is refused before an anomaly was found is written down under these. */
  readonly ofNone: { readonly job: string; readonly site: string };
}

/** Who wants to know what, and why. */
export interface RevealRequest {
  readonly pseudonym: string;
  /** Anomaly whose window is looked through; the newest that is about the pseudonym where absent. */
  readonly anomaly?: string | undefined;
  readonly by: string;
  readonly reason: string;
}

/** A name, and the anomaly in whose window it was found. */
export interface Revealed {
  readonly name: string;
  readonly anomaly: string;
}

/** Of tries with a wrong key one is written down in this time, with their number: who guesses fills no store. */
const REFUSED_EVERY_MS = 60_000;

/** Reveals names, and writes down each time that it does, tries or refuses. */
export class Revealer {
  private refusedMs = -Infinity;
  /** Tries with a wrong key that no record tells of yet. */
  private refused = 0;
  private refusals = 0;

  constructor(private readonly parts: RevealerParts) {}

  /** @throws AppError `not_found` where no anomaly tells of the pseudonym, or its events are gone */
  async reveal(request: RevealRequest): Promise<Revealed> {
    const anomaly = await this.anomalyOf(request);
    const name = await this.nameIn(anomaly, request.pseudonym);
    // Written down first: a name that could not be accounted for is not told.
    await this.writeDown(request, anomaly, name !== undefined);
    if (name === undefined) {
      throw new AppError(
        'not_found',
        `${request.pseudonym}: the events of ${new Date(anomaly.window.start).toISOString()} do not name this user any more, or the key is another one now`,
      );
    }
    return { name, anomaly: anomaly.id };
  }

  private async anomalyOf({ pseudonym, anomaly: id, by, reason }: RevealRequest): Promise<Anomaly> {
    const { results } = this.parts;
    const found =
      id === undefined
        ? (await results.anomalies({ entity: pseudonym, limit: 1 })).items[0]
        : await results.anomaly(id);
    // Only what an anomaly tells of is looked for, so the right does not reach beyond anomalies.
    if (isPseudonym(pseudonym) && found && JSON.stringify(found).includes(pseudonym)) return found;
    const which = id === undefined ? 'no anomaly' : 'the anomaly is unknown or does not tell';
    const shown = shownOf(pseudonym);
    const message = `${by} was refused the name of ${shown}, of which no anomaly tells: ${reason}`;
    await this.writeRefusal(by, shown, message);
    throw new AppError('not_found', `${pseudonym}: ${which}${id === undefined ? ' tells' : ''} of it`);
  }

  /** Takes note of a try with a wrong key. @param from address that it came from */
  async refuse(pseudonym: string, from: string): Promise<void> {
    const { clock, logger } = this.parts;
    this.refused++;
    if (clock.now() < this.refusedMs + REFUSED_EVERY_MS) return;
    const tries = this.refused === 1 ? 'once' : `${String(this.refused)} times`;
    this.refusedMs = clock.now();
    this.refused = 0;
    const message = `whoever is at ${from} sent a wrong key ${tries} and was refused the name of ${shownOf(pseudonym)}`;
    await this.writeRefusal(from, shownOf(pseudonym), message).catch((error: unknown) => {
      logger.warn({ err: error }, 'a refusal could not be written down');
    });
  }

  private async writeRefusal(by: string, id: string, message: string): Promise<void> {
    const { actions, clock, ofNone } = this.parts;
    const atMs = clock.now();
    await actions.record({
      id: stableId('refused reveal', ofNone.job, id, by, String(atMs), String(this.refusals++)),
      ...ofNone,
      entity: { kind: 'user', id },
      playbook: 'privacy',
      action: 'reveal',
      state: 'refused',
      atMs,
      message,
      by,
    });
  }

  private async nameIn({ window, job }: Anomaly, pseudonym: string): Promise<string | undefined> {
    const { events, privacy, timeZone, clock } = this.parts;
    const userOf = userNaming(privacy);
    const reader = new RecordReader(clock.now(), timeZone);
    const draft = new Draft();
    for await (const batch of events(job).read(window)) {
      const read = reader.readerOf(batch);
      for (const record of batch.records) {
        draft.clear();
        read(record, draft);
        if (userOf(draft.user) === pseudonym) return draft.user;
      }
    }
    return undefined;
  }

  private async writeDown({ pseudonym, by, reason }: RevealRequest, anomaly: Anomaly, found: boolean) {
    const { actions, clock, logger } = this.parts;
    const atMs = clock.now();
    const { job, site, entity, behavior, episode } = anomaly;
    await actions.record({
      id: stableId('reveal', job, pseudonym, anomaly.id, by, String(atMs)),
      job,
      site,
      entity: { kind: entity.kind, id: entity.id },
      behavior,
      episode,
      playbook: 'privacy',
      action: 'reveal',
      state: found ? 'done' : 'failed',
      atMs,
      message: `${by} ${found ? 'was told' : 'asked for'} the name of ${pseudonym}: ${reason}`,
      by,
    });
    logger.warn({ pseudonym, by, reason, anomaly: anomaly.id, found }, 'a user name was asked for');
  }
}

/** What was asked for, where it is a pseudonym: anything else could be a name, or made to be read. */
function shownOf(pseudonym: string): string {
  return isPseudonym(pseudonym) ? pseudonym : '(no pseudonym)';
}
