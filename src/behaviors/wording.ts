/**
 * Parts of sentences that several behaviors share.
 */
import { formatQuantity } from '../domain/quantity.js';
import type { Entity } from '../domain/matrix.js';
import type { Facts } from './behavior.js';

/** Who the sentence is about. */
export function subject(entity: Entity): string {
  if (entity.others !== undefined) return crowd(entity.id, entity.others);
  return entity.kind === 'pair' ? `${entity.source ?? ''} to ${service(entity)}` : entity.id;
}

/** `(other outside hosts)` with their number: `3,912,004 other outside hosts`. */
function crowd(id: string, others: number): string {
  return `${formatQuantity(others, 'count')} ${id.slice(1, -1)}`;
}

/** The service of a pair or service: `10.0.0.2 port 443`. */
export function service({ destination, port, id }: Entity): string {
  if (destination === undefined) return id;
  return port === undefined ? destination : `${destination} port ${String(port)}`;
}

/** Who did it: the source of a pair, or what its events have in common. */
export function actor(entity: Entity, facts: Facts): string {
  return entity.others === undefined ? (entity.source ?? facts.source) : subject(entity);
}

/** To whom it was done. */
export function target(entity: Entity, facts: Facts): string {
  if (entity.kind !== 'host') return service(entity);
  return facts.port < 0 ? facts.destination : `${facts.destination} port ${String(facts.port)}`;
}

/** Where logins were tried: a host that has but a part of them is not named for all. */
export function where({ destination, destinationShare, destinations }: Facts): string {
  if (destination === '') return '';
  return destinationShare > 0.8 || destinations < 2
    ? ` at ${destination}`
    : ` at ${String(destinations)} hosts`;
}
