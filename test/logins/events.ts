/**
 * Events of logins in the words of the table of lines.
 */
import { EventKind, Flag, Outcome, Transport } from '../../src/domain/events.js';
import type { Login } from './lines.js';

/** What an event has to hold of a login. */
export function expected({ method: _, ...login }: Login): object {
  const isSsh = login.service === 'ssh';
  return { ...login, host: 'web', servicePort: isSsh ? 22 : -1, transport: isSsh ? Transport.tcp : 0 };
}

/** What an event holds of a login. */
export function loginOf(event: Record<string, unknown>): object {
  return {
    user: event.user,
    source: event.source,
    port: event.sourcePort,
    service: event.service,
    outcome: outcomeOf(event),
    failures: event.authFailures,
    host: event.destination,
    servicePort: event.destinationPort,
    transport: event.transport,
  };
}

function outcomeOf({ kind, outcome, flags }: Record<string, unknown>): string {
  if (kind === EventKind.other) return 'exchange';
  if (((flags as number) & Flag.privilege) !== 0) return 'privilege';
  return outcome === Outcome.success ? 'success' : outcome === Outcome.failure ? 'failure' : 'unknown';
}
