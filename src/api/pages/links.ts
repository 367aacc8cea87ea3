/**
 * Addresses of the pages, for any id that a log can hold.
 */
import type { Entity } from '../../domain/matrix.js';

/**
 * A path segment for any text. Browsers drop the segments `.` and `..`, even encoded once,
 * so these two are encoded twice; {@link fromPathSegment} undoes it.
 */
export function pathSegment(text: string): string {
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return encoded === '.' || encoded === '..' ? encoded.replaceAll('.', '%252E') : encoded;
}

/** The text of a segment that the router has decoded once. */
export function fromPathSegment(segment: string): string {
  return segment === '%2E' || segment === '%2E%2E' ? segment.replaceAll('%2E', '.') : segment;
}

/** Page of an anomaly or an episode. */
export function anomalyPath(id: string): string {
  return `/anomalies/${pathSegment(id)}`;
}

/** Page of an entity; `atMs` is the start of the window to mark. */
export function entityPath(entity: Pick<Entity, 'kind' | 'id'>, atMs?: number): string {
  const mark = atMs === undefined ? '' : `?at=${String(atMs)}`;
  return `/entities/${entity.kind}/${pathSegment(entity.id)}${mark}`;
}

/** The address with some parameters set, or left out where null. */
export function withParameters(
  path: string,
  current: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): string {
  const parameters = new URLSearchParams(current);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
