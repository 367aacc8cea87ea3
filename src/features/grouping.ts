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
  /** The entity of a group. */
  entity(group: number): Entity;
  /** Whether the entity, or the source of a pair, lies in the own networks. */
  own(group: number): boolean;
}

/** Groups the events of a window by the entities of a role. */
export function groupBy(role: Role, derived: DerivedColumns): Grouping {
  const { names, columns } = derived.events;
  switch (role) {
    case 'source':
      return byName(derived, columns.source, Flag.sourceOwn, (id) => hostEntity(names.value(id)));
    case 'destination':
      // Outside hosts matter by what they do, not by who visits them.
      return byName(
        derived,
        columns.destination,
        Flag.destinationOwn,
        (id) => hostEntity(names.value(id)),
        (row) => (columns.flags[row]! & Flag.destinationOwn) !== 0,
      );
    case 'user':
      return byName(derived, columns.user, Flag.sourceOwn, (id) => userEntity(names.value(id)));
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

function byName(
  derived: DerivedColumns,
  column: Uint32Array,
  ownFlag: number,
  entity: (nameId: number) => Entity,
  belongs?: (row: number) => boolean,
): Grouping {
  const rows = derived.events.length;
  const groupOfName = new Int32Array(derived.events.names.size);
  const nameOfGroup: number[] = [];
  const own: boolean[] = [];
  const of = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const name = column[row]!;
    if (name === NONE || (belongs && !belongs(row))) {
      of[row] = -1;
      continue;
    }
    if (groupOfName[name] === 0) {
      groupOfName[name] = nameOfGroup.push(name);
      own.push((derived.events.columns.flags[row]! & ownFlag) !== 0);
    }
    of[row] = groupOfName[name]! - 1;
  }
  return {
    of,
    size: nameOfGroup.length,
    entity: (group) => entity(nameOfGroup[group]!),
    own: (group) => own[group]!,
  };
}

/** Services that the own networks offer: address, port and transport. */
function byService(derived: DerivedColumns): Grouping {
  const { columns } = derived.events;
  const { ids, table } = derived.endpoints();
  const groupOfEndpoint = new Int32Array(table.size);
  const endpointOfGroup: number[] = [];
  const of = new Int32Array(derived.events.length);
  for (let row = 0; row < of.length; row++) {
    const endpoint = ids[row]!;
    if (endpoint < 0 || columns.destinationPort[row]! < 0 || (columns.flags[row]! & Flag.destinationOwn) === 0) {
      of[row] = -1;
      continue;
    }
    if (groupOfEndpoint[endpoint] === 0) groupOfEndpoint[endpoint] = endpointOfGroup.push(endpoint);
    of[row] = groupOfEndpoint[endpoint]! - 1;
  }
  return {
    of,
    size: endpointOfGroup.length,
    entity: (group) => {
      const service = serviceOf(derived, endpointOfGroup[group]!);
      return { kind: 'service', id: service.name, ...service.parts };
    },
    own: () => true,
  };
}

/** Sources with each service they use. */
function byPair(derived: DerivedColumns): Grouping {
  const { columns, names } = derived.events;
  const { ids } = derived.endpoints();
  const pairs = new PairTable(derived.events.length);
  const own = new Uint8Array(derived.events.length);
  const of = new Int32Array(derived.events.length);
  for (let row = 0; row < of.length; row++) {
    const endpoint = ids[row]!;
    of[row] = endpoint < 0 || columns.source[row] === NONE ? -1 : pairs.add(columns.source[row]!, endpoint);
    if (of[row]! >= 0) own[of[row]!] = columns.flags[row]! & Flag.sourceOwn;
  }
  return {
    of,
    size: pairs.size,
    entity: (group) => {
      const source = names.value(pairs.first[group]!);
      const service = serviceOf(derived, pairs.second[group]!);
      return { kind: 'pair', id: `${source}>${service.name}`, source, ...service.parts };
    },
    own: (group) => own[group] !== 0,
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
