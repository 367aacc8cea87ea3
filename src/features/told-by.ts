/**
 * Which records tell a feature: where a source of them is missing, a zero says nothing.
 */
import { EventKind } from '../domain/events.js';
import type { Feature } from './catalogue.js';
import { baseOfFeature } from './engine.js';
import type { Filter } from './filters.js';

const KINDS: Partial<Record<Filter, readonly number[]>> = {
  flow: [EventKind.flow],
  administration: [EventKind.flow],
  dns: [EventKind.dns],
  http: [EventKind.http],
  tls: [EventKind.tls],
  login: [EventKind.ssh, EventKind.auth],
  loginSucceeded: [EventKind.ssh, EventKind.auth],
  privilege: [EventKind.auth],
  alert: [EventKind.alert],
};

/** Kinds of events that tell a feature, as numbers of {@link EventKind}; none where all do. */
export function toldBy(feature: Feature): readonly number[] {
  return KINDS[baseOfFeature(feature)] ?? [];
}
