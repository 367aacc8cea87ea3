/**
 * Which entity each event belongs to, by role.
 */
import { NONE } from '../domain/dictionary.js';
import { Flag, TRANSPORT_NAMES } from '../domain/events.js';
import type { Entity } from '../domain/matrix.js';
import type { Role } from './catalogue.js';
import { portOf, transportOf, type DerivedColumns } from './columns.js';
import { PairTable } from './pair-table.js';

/** Events by entity: `of[row]` is the group of a row, negative where the row has no such entity. */
export interface Grouping {
  readonly of: Int32Array;
  /** Number of groups. */
  readonly size: number;
  /** 64-bit identity of each group's entity, two hashes side by side; holds across windows. */
  readonly identities: Int32Array;
  /** 1 where the entity, or the source of a pair, lies in the own networks. */
  readonly own: Uint8Array;
  /** Builds the entity of a group. */
  entity(group: number): Entity;
}

/** Groups the events of a window by the entities of a role. */
export function groupBy(role: Role, derived: DerivedColumns): Grouping {
  const { names, columns } = derived.events;
  switch (role) {
    case 'source':
      return byName(derived, columns.source, Flag.sourceOwn, false, (id) => hostEntity(names.value(id)));
    case 'destination':
      // Outside hosts matter by what they do, not by who visits them.
      return byName(derived, columns.destination, Flag.destinationOwn, true, (id) =>
        hostEntity(names.value(id)),
      );
    case 'user':
      return byName(derived, columns.user, Flag.sourceOwn, false, (id) => userEntity(names.value(id)));
    case 'service':
      return byService(derived);
    case 'pair':
      return byPair(derived);
  }
}

function hostEntity(address: string): Entity {
  return { kind: 'host', id: address, source: address };
}

function userEntity(user: string): Entity {
  return { kind: 'user', id: user, user };
}

/** Mixes a third value into a hash, so that `(source, service)` has an identity of its own. */
function mix(hash: number, value: number): number {
  return Math.imul(hash ^ (hash >>> 16) ^ Math.imul(value, 0x85ebca6b), 0xc2b2ae35);
}

function identitiesOf(
  groups: number,
  a: (group: number) => number,
  b: (group: number) => number,
): Int32Array {
  const identities = new Int32Array(groups * 2);
  for (let group = 0; group < groups; group++) {
    identities[2 * group] = a(group);
    identities[2 * group + 1] = b(group);
  }
  return identities;
}

function byName(
  derived: DerivedColumns,
  column: Uint32Array,
  ownFlag: number,
  ownOnly: boolean,
  entity: (nameId: number) => Entity,
): Grouping {
  const { flags } = derived.events.columns;
  const groupOfName = new Int32Array(derived.events.names.size);
  const nameOfGroup: number[] = [];
  const own: number[] = [];
  const of = new Int32Array(derived.events.length);
  for (let row = 0; row < of.length; row++) {
    const name = column[row]!;
    const isOwn = (flags[row]! & ownFlag) !== 0;
    if (name === NONE || (ownOnly && !isOwn)) {
      of[row] = -1;
      continue;
    }
    if (groupOfName[name] === 0) {
      groupOfName[name] = nameOfGroup.push(name);
      own.push(isOwn ? 1 : 0);
    }
    of[row] = groupOfName[name]! - 1;
  }
  const { a, b } = derived.events.names.hashes();
  return {
    of,
    size: nameOfGroup.length,
    identities: identitiesOf(
      nameOfGroup.length,
      (group) => a[nameOfGroup[group]!]!,
      (group) => b[nameOfGroup[group]!]!,
    ),
    own: Uint8Array.from(own),
    entity: (group) => entity(nameOfGroup[group]!),
  };
}

/** Services that the own networks offer: address, port and transport. */
function byService(derived: DerivedColumns): Grouping {
  const { columns } = derived.events;
  const { ids, table } = derived.endpoints();
  const groupOfEndpoint = new Int32Array(table.size);
  const endpoints: number[] = [];
  const of = new Int32Array(derived.events.length);
  for (let row = 0; row < of.length; row++) {
    const endpoint = ids[row]!;
    if (
      endpoint < 0 ||
      columns.destinationPort[row]! < 0 ||
      (columns.flags[row]! & Flag.destinationOwn) === 0
    ) {
      of[row] = -1;
      continue;
    }
    if (groupOfEndpoint[endpoint] === 0) groupOfEndpoint[endpoint] = endpoints.push(endpoint);
    of[row] = groupOfEndpoint[endpoint]! - 1;
  }
  const { a, b } = derived.events.names.hashes();
  const service =
    (hashes: Int32Array) =>
    (group: number): number =>
      mix(hashes[table.first[endpoints[group]!]!]!, table.second[endpoints[group]!]!);
  return {
    of,
    size: endpoints.length,
    identities: identitiesOf(endpoints.length, service(a), service(b)),
    own: new Uint8Array(endpoints.length).fill(1),
    entity: (group) => {
      const service = serviceOf(derived, endpoints[group]!);
      return { kind: 'service', id: service.name, ...service.parts };
    },
  };
}

/** Sources with each service they use. */
function byPair(derived: DerivedColumns): Grouping {
  const { columns, names } = derived.events;
  const { ids, table } = derived.endpoints();
  const pairs = new PairTable(derived.events.length);
  const own = new Uint8Array(derived.events.length);
  const of = new Int32Array(derived.events.length);
  for (let row = 0; row < of.length; row++) {
    const endpoint = ids[row]!;
    const group =
      endpoint < 0 || columns.source[row] === NONE ? -1 : pairs.add(columns.source[row]!, endpoint);
    of[row] = group;
    if (group >= 0) own[group] = columns.flags[row]! & Flag.sourceOwn;
  }
  const { a, b } = names.hashes();
  const pair =
    (hashes: Int32Array) =>
    (group: number): number => {
      const endpoint = pairs.second[group]!;
      const service = mix(hashes[table.first[endpoint]!]!, table.second[endpoint]!);
      return mix(service, hashes[pairs.first[group]!]!);
    };
  return {
    of,
    size: pairs.size,
    identities: identitiesOf(pairs.size, pair(a), pair(b)),
    own: own.subarray(0, pairs.size),
    entity: (group) => {
      const source = names.value(pairs.first[group]!);
      const service = serviceOf(derived, pairs.second[group]!);
      return { kind: 'pair', id: `${source}>${service.name}`, source, ...service.parts };
    },
  };
}

function serviceOf(
  derived: DerivedColumns,
  endpoint: number,
): { name: string; parts: { destination: string; port?: number; transport?: string } } {
  const { table } = derived.endpoints();
  const destination = derived.events.names.value(table.first[endpoint]!);
  const port = portOf(table.second[endpoint]!);
  const transport = TRANSPORT_NAMES[transportOf(table.second[endpoint]!)] ?? '';
  const host = destination.includes(':') ? `[${destination}]` : destination;
  return {
    name: `${host}${port < 0 ? '' : `:${String(port)}`}${transport === '' ? '' : `/${transport}`}`,
    parts: { destination, ...(port < 0 ? {} : { port }), ...(transport === '' ? {} : { transport }) },
  };
}
