import {
  EventKind,
  EventTable,
  Flag,
  Outcome,
  Transport,
  type WindowEvents,
} from '../../src/domain/events.js';

/** One event as a test writes it; what is left out is unknown. */
export interface TestEvent {
  kind?: keyof typeof EventKind;
  source?: string;
  destination?: string;
  port?: number;
  transport?: keyof typeof Transport;
  outcome?: keyof typeof Outcome;
  bytesOut?: number;
  bytesIn?: number;
  packetsOut?: number;
  packetsIn?: number;
  seconds?: number;
  atMs?: number;
  name?: string;
  domain?: string;
  user?: string;
  failures?: number;
  sourceOwn?: boolean;
  destinationOwn?: boolean;
  flags?: number;
  status?: number;
  agent?: string;
  rule?: string;
  label?: string;
  id?: string;
}

const WINDOW_MS = 300_000;

/** The events of window number `k`. */
export function windowOf(events: readonly TestEvent[], k = 5_000_000): WindowEvents {
  const start = k * WINDOW_MS;
  const table = new EventTable();
  table.sources.push('test');
  for (const event of events) addEvent(table, event, start);
  return { window: { start, end: start + WINDOW_MS }, site: 'default', events: table, coverage: [] };
}

function addEvent(table: EventTable, event: TestEvent, start: number): void {
  const row = table.addRow();
  const c = table.columns;
  const { names } = table;
  c.kind[row] = EventKind[event.kind ?? 'flow'];
  c.endMs[row] = start + (event.atMs ?? 0);
  c.startMs[row] = c.endMs[row] - (event.seconds ?? 0) * 1000;
  c.durationNs[row] = event.seconds === undefined ? NaN : event.seconds * 1e9;
  c.source[row] = names.intern(event.source ?? '');
  c.destination[row] = names.intern(event.destination ?? '');
  c.destinationPort[row] = event.port ?? -1;
  c.transport[row] = Transport[event.transport ?? 'tcp'];
  c.outcome[row] = Outcome[event.outcome ?? 'unknown'];
  c.sourceBytes[row] = event.bytesOut ?? NaN;
  c.destinationBytes[row] = event.bytesIn ?? NaN;
  c.sourcePackets[row] = event.packetsOut ?? NaN;
  c.destinationPackets[row] = event.packetsIn ?? NaN;
  c.name[row] = names.intern(event.name ?? '');
  c.domain[row] = names.intern(event.domain ?? '');
  c.user[row] = names.intern(event.user ?? '');
  c.agent[row] = names.intern(event.agent ?? '');
  c.rule[row] = names.intern(event.rule ?? '');
  c.label[row] = names.intern(event.label ?? '');
  c.authFailures[row] = event.failures ?? 0;
  c.status[row] = event.status ?? -1;
  c.flags[row] =
    (event.flags ?? 0) |
    (event.sourceOwn === false ? 0 : Flag.sourceOwn) |
    (event.destinationOwn === true ? Flag.destinationOwn : 0);
  table.ids[row] = event.id ?? `e${String(row)}`;
  table.indices[row] = '';
}
