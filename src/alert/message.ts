/**
 * What a receiver of a webhook reads: Standard Webhooks' `{type, timestamp, data}`, made so that
 * a person who is shown the bare JSON at night understands it from the first line on.
 */
import type {
  Behavior,
  Contribution,
  Episode,
  EpisodeChange,
  EvidenceEvent,
  Technique,
} from '../domain/anomaly.js';
import type { SubjectKind } from '../domain/matrix.js';
import { isOfThePast } from './plan.js';
import type { Notification } from './ports.js';

/** Upper bound of a body that Standard Webhooks advises, bytes of UTF-8. */
export const MAX_BODY_BYTES = 20_000;

const MAX_FEATURES = 5;
const MAX_EVIDENCE = 10;
const MAX_CHECKS = 8;
/** Episodes told of besides the one that a message is about. */
const MAX_ALONGSIDE = 60;
/** Longest text, and longest name or identifier, in characters. */
const MAX_TEXT = 300;
const MAX_NAME = 120;
/** Digits that a person still reads. */
const DIGITS = 6;

/** What a message says beyond what the episode holds. */
export interface MessageContext {
  /** Address of the pages, if people can reach them. */
  readonly baseUrl?: string;
  /** What to check, in order. */
  readonly checksFor: (behavior: Behavior) => readonly string[];
  /** A harmless cause that is often the answer, where one is known. */
  readonly benignCauseOf: (behavior: Behavior, kind: SubjectKind) => string | undefined;
}

/**
 * The body of a notification, below {@link MAX_BODY_BYTES}: long texts are cut, then the least
 * telling events are left out. The same notification gives the same bytes, so a signature holds
 * over retries.
 */
export function webhookBody(
  notification: Notification,
  context: MessageContext,
  alongside: readonly Notification[] = [],
): string {
  for (let room = 1; ; room -= 1 / MAX_EVIDENCE) {
    const body = JSON.stringify(messageOf(notification, context, alongside, Math.max(0, room)));
    if (room <= 0 || Buffer.byteLength(body) < MAX_BODY_BYTES) return body;
  }
}

/** @param room 0–1: how many of the least telling parts are left in */
function messageOf(
  notification: Notification,
  context: MessageContext,
  alongside: readonly Notification[],
  room: number,
): object {
  const { change, createdAtMs } = notification;
  const { episode } = change;
  const evidence = Math.round(MAX_EVIDENCE * room);
  return {
    type: `episode.${change.change}`,
    timestamp: iso(createdAtMs),
    data: {
      summary: summaryOf(change.change, episode),
      status: change.change === 'resolved' ? 'resolved' : 'open',
      severity: episode.severity,
      behavior: episode.behavior,
      entity: entityOf(episode),
      site: name(episode.site),
      job: name(episode.job),
      since: iso(episode.start),
      until: iso(episode.end),
      windows: episode.windows,
      score: rounded(episode.score),
      whyStrange: episode.contributions.slice(0, MAX_FEATURES).map(featureOf),
      ...(episode.technique ? { technique: techniqueOf(episode.technique) } : {}),
      whatToCheck: context.checksFor(episode.behavior).slice(0, MAX_CHECKS).map(text),
      ...benignOf(episode, context),
      ...linksOf(episode, context),
      ...alongsideOf(isOfThePast({ notification }), alongside, Math.round(MAX_ALONGSIDE * room)),
      evidence: episode.evidence.slice(0, evidence).map(eventOf),
      basis: basisOf(episode),
      episode: episode.id,
      anomaly: episode.anomaly,
    },
  };
}

/** `High host sweep: 10.0.0.5 contacted 812 hosts …`; a rise says so. */
function summaryOf(change: EpisodeChange['change'], { severity, behavior, reason }: Episode): string {
  if (change === 'resolved') return text(`Resolved: ${reason}`);
  const what = behavior.replaceAll('_', ' ');
  const level = change === 'opened' ? severity : `raised to ${severity}:`;
  return text(`${level.charAt(0).toUpperCase()}${level.slice(1)} ${what}: ${reason}`);
}

/** What else was found at one time, in the order given, and how many there is no room for. */
function alongsideOf(isPast: boolean, notifications: readonly Notification[], most: number): object {
  if (notifications.length === 0) return {};
  const told = notifications.slice(0, most).map(({ change: { change, episode } }) => ({
    summary: summaryOf(change, episode),
    severity: episode.severity,
    since: iso(episode.start),
    until: iso(episode.end),
    episode: episode.id,
    anomaly: episode.anomaly,
  }));
  const more = notifications.length - told.length;
  return isPast ? { alsoFoundOfThePast: told, moreOfThePast: more } : { alsoFound: told, moreFound: more };
}

function entityOf({ entity }: Episode): Record<string, unknown> {
  const parts = Object.entries(entity) as [string, string | number][];
  return Object.fromEntries(
    parts.map(([key, value]) => [key, typeof value === 'string' ? name(value) : value]),
  );
}

function featureOf({ feature, label, unit, actual, typical, upper, share }: Contribution): object {
  return {
    label: name(label),
    actual: rounded(actual),
    typical: typical === null ? null : rounded(typical),
    usuallyAtMost: upper === null ? null : rounded(upper),
    unit: name(unit),
    shareOfScore: rounded(share),
    feature: name(feature),
  };
}

function techniqueOf({ id, name: title, tactic }: Technique): object {
  const url = `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`;
  return { id, name: title, tactic: { id: tactic.id, name: tactic.name }, url };
}

function benignOf({ behavior, entity }: Episode, { benignCauseOf }: MessageContext): object {
  const cause = benignCauseOf(behavior, entity.kind);
  return cause === undefined ? {} : { mayBeHarmless: text(cause) };
}

function linksOf({ anomaly }: Episode, { baseUrl }: MessageContext): object {
  if (baseUrl === undefined) return {};
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  return { links: { anomaly: new URL(`anomalies/${encodeURIComponent(anomaly)}`, base).href } };
}

function eventOf({ timeMs, summary, id, index, source, place }: EvidenceEvent): object {
  const where = index === '' ? { source: name(source), line: place } : { index: name(index), id: name(id) };
  return { time: iso(timeMs), summary: text(summary), ...where };
}

function basisOf({ basis: { model, rung, historyDays, selfTrained, degraded } }: Episode): object {
  return { comparedWith: rung, historyDays: rounded(historyDays), selfTrained, degraded, model: name(model) };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}

function text(value: string): string {
  return clipped(value, MAX_TEXT);
}

function name(value: string): string {
  return clipped(value, MAX_NAME);
}

/** Logs hold what attackers write: no control or format characters, no half characters, no endless text. */
function clipped(value: string, length: number): string {
  const cut = value.length > length ? `${value.slice(0, length - 1)}…` : value;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').replace(/\p{Surrogate}/gu, '\ufffd');
}
