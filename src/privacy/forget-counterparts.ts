/**
 * Forgets who stands at the other end of what was found about others: as addresses, which no sentence scrubs.
 */
import type { Counterparts } from '../domain/anomaly.js';
import type { Forgotten } from '../domain/forgotten.js';

/** What a document of a result says of its ends. */
interface Ends {
  readonly source?: { readonly address: string };
  readonly destination?: { readonly address: string };
  readonly related?: { readonly ip?: readonly string[]; readonly hosts?: readonly string[] };
  readonly elkhound?: { readonly counterparts?: Counterparts; readonly alert?: Ends };
}

/** The counterparts without somebody; themselves where they do not name him. */
export function counterpartsWithout(
  counterparts: Counterparts | undefined,
  who: Forgotten,
): Counterparts | undefined {
  if (!counterparts) return undefined;
  const { sources, destinations } = counterparts;
  if (![...sources, ...destinations].some((name) => who.is(name))) return counterparts;
  return { sources: without(sources, who), destinations: without(destinations, who) };
}

/** A document without somebody who stands at its other end, of the alert in a notification too. */
export function documentWithout(document: object, who: Forgotten): object {
  const { elkhound, related, source, destination, ...rest } = document as Ends;
  const { alert, counterparts } = elkhound ?? {};
  if (alert) {
    const kept = documentWithout(alert, who);
    return kept === alert ? document : { ...document, elkhound: { ...elkhound, alert: kept } };
  }
  const kept = counterpartsWithout(counterparts, who);
  if (kept === counterparts) return document;
  return {
    ...rest,
    ...(source && !who.is(source.address) ? { source } : {}),
    ...(destination && !who.is(destination.address) ? { destination } : {}),
    related: { ...related, ip: without(related?.ip, who), hosts: without(related?.hosts, who) },
    elkhound: { ...elkhound, counterparts: kept },
  };
}

function without(names: readonly string[] = [], who: Forgotten): string[] {
  return names.filter((name) => !who.is(name));
}
