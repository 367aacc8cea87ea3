/**
 * The ends of an event as all formats have them: one text for each address, the one that asks as the
 * source, and ports only where there are ports.
 */
import { canonicalAddress } from '../domain/address.js';
import { EventKind, Flag, icmpPort, Outcome, Transport } from '../domain/events.js';
import { serviceRank } from '../domain/service-ports.js';
import type { Draft } from './draft.js';

const MAX_REMEMBERED = 100_000;

/** Settles the ends of drafts; remembers the texts of IPv6, which take long to read. */
export class Ends {
  private readonly known = new Map<string, string>();

  /** Brings the ends of a draft that a mapper has filled into the form that everything after it expects. */
  settle(draft: Draft): void {
    if (draft.source.includes(':')) draft.source = this.canonical(draft.source);
    if (draft.destination.includes(':')) draft.destination = this.canonical(draft.destination);
    if (draft.transport === Transport.icmp) withoutPorts(draft);
    else if (draft.kind === EventKind.flow) readAnswer(draft);
  }

  private canonical(text: string): string {
    let canonical = this.known.get(text);
    if (canonical === undefined) {
      if (this.known.size >= MAX_REMEMBERED) this.known.clear();
      canonical = canonicalAddress(text);
      this.known.set(text, canonical);
    }
    return canonical;
  }
}

/** What stood where ports stand was type and code, see {@link icmpPort}. */
function withoutPorts(draft: Draft): void {
  const { sourcePort: type, destinationPort: code } = draft;
  draft.sourcePort = type < 0 || type > 255 ? -1 : icmpPort(type, code < 0 || code > 255 ? 0 : code);
  draft.destinationPort = -1;
}

/** First port of those that clients are given, in networks that translate addresses and in old systems. */
const FIRST_CLIENT_PORT = 1024;
/** And where nothing but the ports tells: Linux begins here, others higher. */
const FIRST_EPHEMERAL_PORT = 32_768;
/** A server that repeats itself to a client that is gone gives up before. */
const LATE_PACKETS = 16;

/**
 * A flow from a service to a client's port is no connection of the server. Each would go to another port,
 * as in a scan. Where both sides sent something it is the rest of a connection that the client made; a few
 * packets that nobody answered come after a sensor or firewall forgot the connection, and are none.
 */
function readAnswer(draft: Draft): void {
  if (!isAnswer(draft)) return;
  if (draft.destinationPackets > 0) {
    turn(draft);
    draft.outcome = Outcome.unknown;
  } else if (!(draft.sourcePackets > LATE_PACKETS)) draft.kind = EventKind.other;
}

/** A connection whose opening was seen is one, whatever its ports: scanners may choose 53 or 443 as their own. */
function isAnswer({ opening, sourcePort, destinationPort, destinationPackets }: Draft): boolean {
  if (opening === undefined || opening === 'seen') return false;
  // Who was answered has asked, unless the sensor came in the middle.
  if (opening === 'unknown' && destinationPackets > 0) return false;
  const first = opening === 'missing' ? FIRST_CLIENT_PORT : FIRST_EPHEMERAL_PORT;
  return destinationPort >= first && serviceRank(sourcePort) > 0 && serviceRank(destinationPort) === 0;
}

/** Exchanges the ends, with all that belongs to them. */
export function turn(draft: Draft): void {
  [draft.source, draft.destination] = [draft.destination, draft.source];
  [draft.sourcePort, draft.destinationPort] = [draft.destinationPort, draft.sourcePort];
  [draft.sourceBytes, draft.destinationBytes] = [draft.destinationBytes, draft.sourceBytes];
  [draft.sourcePackets, draft.destinationPackets] = [draft.destinationPackets, draft.sourcePackets];
  draft.addresses = ((draft.addresses & 1) << 1) | (draft.addresses >> 1);
  const { flags } = draft;
  draft.flags = flags & ~(Flag.sourceOwn | Flag.destinationOwn);
  if (flags & Flag.sourceOwn) draft.flags |= Flag.destinationOwn;
  if (flags & Flag.destinationOwn) draft.flags |= Flag.sourceOwn;
}
