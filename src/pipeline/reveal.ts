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

/** Reveals names, and writes down each time that it does or tries. */
export class Revealer {
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

  private async anomalyOf({ pseudonym, anomaly: id }: RevealRequest): Promise<Anomaly> {
    const { results } = this.parts;
    const found =
      id === undefined
        ? (await results.anomalies({ entity: pseudonym, limit: 1 })).items[0]
        : await results.anomaly(id);
    // Only what an anomaly tells of is looked for, so the right does not reach beyond anomalies.
    if (isPseudonym(pseudonym) && found && JSON.stringify(found).includes(pseudonym)) return found;
    const which = id === undefined ? 'no anomaly' : 'the anomaly is unknown or does not tell';
    throw new AppError('not_found', `${pseudonym}: ${which}${id === undefined ? ' tells' : ''} of it`);
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
