/**
 * When people work: days off, arrival, lunch, meetings, evenings.
 */
import type { Random } from '../domain/random.js';
import { between, chance, poisson } from './distributions.js';
import type { Client } from './network.js';

/** A stretch of a day, hours. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** One day of one person. */
export interface Workday {
  /** Hours at the machine; empty on a day off. */
  readonly spans: readonly Span[];
  readonly lunch: Span;
  readonly meetings: readonly (Span & { readonly call: boolean })[];
  /** Comes in through the VPN from home. */
  readonly fromHome: boolean;
}

const NO_LUNCH: Span = { from: 0, to: 0 };
const DAY_OFF: Workday = { spans: [], lunch: NO_LUNCH, meetings: [], fromHome: false };

/**
 * The day of a client's user.
 * @param random stream of the client and day
 * @param onHoliday the user is away for the whole week
 */
export function planWorkday(client: Client, weekday: number, onHoliday: boolean, random: Random): Workday {
  if (onHoliday) return DAY_OFF;
  if (weekday === 0 || weekday === 6) return weekendDay(client, random);
  if (chance(random, 0.05)) return DAY_OFF;
  const from = client.arrives + 0.35 * random.normal();
  const to = Math.max(from + 4, client.leaves + 0.5 * random.normal() - (weekday === 5 ? 1.2 : 0));
  const spans = [{ from, to: Math.min(to, 23) }];
  if (client.evenings && chance(random, 0.4)) {
    const evening = between(random, 20, 21.5);
    spans.push({ from: evening, to: evening + between(random, 0.4, 2) });
  }
  const lunchAt = between(random, 11.7, 13.1);
  return {
    spans,
    lunch: { from: lunchAt, to: lunchAt + between(random, 0.4, 1) },
    meetings: planMeetings(from, to, random),
    fromHome: client.remote && chance(random, 0.4),
  };
}

/** How busy the user is at that time of day, 0–1. */
export function busyness(day: Workday, hour: number): number {
  if (!day.spans.some(({ from, to }) => hour >= from && hour < to)) return 0;
  if (hour >= day.lunch.from && hour < day.lunch.to) return 0.2;
  if (day.meetings.some(({ from, to }) => hour >= from && hour < to)) return 0.3;
  return 1;
}

function weekendDay(client: Client, random: Random): Workday {
  if (!chance(random, client.weekends ? 0.5 : 0.015)) return DAY_OFF;
  const from = between(random, 9, 16);
  const spans = [{ from, to: from + between(random, 0.7, 4) }];
  return { spans, lunch: NO_LUNCH, meetings: [], fromHome: client.remote };
}

function planMeetings(from: number, to: number, random: Random): Workday['meetings'] {
  const meetings: (Span & { call: boolean })[] = [];
  for (let i = Math.min(4, poisson(random, 1.2)); i > 0; i--) {
    const start = Math.round(between(random, from + 0.3, to - 1) * 2) / 2;
    const length = chance(random, 0.5) ? 0.5 : 0.9;
    if (meetings.some((other) => start < other.to && start + length > other.from)) continue;
    meetings.push({ from: start, to: start + length, call: chance(random, 0.55) });
  }
  return meetings;
}

/** How busy the office is as a whole, 0–1: for servers and telephones. */
export function officeBusyness(weekday: number, hour: number): number {
  const weekend = weekday === 0 || weekday === 6;
  const rises = clamp((hour - 7) / 2);
  const falls = clamp((18.5 - hour) / 2.5);
  const lunch = hour >= 12 && hour < 13 ? 0.7 : 1;
  return (weekend ? 0.06 : 1) * Math.max(0.02, rises * falls * lunch);
}

/** How awake the public is, 0–1. */
export function publicBusyness(hour: number): number {
  return 0.5 - 0.5 * Math.cos(((hour - 4) / 24) * 2 * Math.PI);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
