/**
 * What the options of `elkhound simulate` may be.
 */
import { InvalidArgumentError } from 'commander';
import { isTimeZone } from '../features/options.js';
import type { Attack } from '../simulate/attacks/attack.js';
import { ATTACKS } from '../simulate/attacks/catalogue.js';

export function timeArgument(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('expected a time such as 2026-11-24T12:00:00Z');
  return timeMs;
}

export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`expected a whole number from ${String(from)} to ${String(to)}`);
  };
}

export function days(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 3650) return value;
  throw new InvalidArgumentError('expected a number of days such as 10 or 0.5');
}

export function rate(text: string): number {
  const value = Number(text);
  if (value >= 0.01 && value <= 100) return value;
  throw new InvalidArgumentError('expected a factor from 0.01 to 100');
}

export function timeZone(text: string): string {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError('expected an IANA time zone such as "Europe/Berlin"');
}

/** The attacks that a list names, by their own name or by that of their behavior. */
export function attacks(text: string): readonly Attack[] {
  if (text === 'none') return [];
  const chosen = new Set<Attack>();
  for (const word of text.split(',').map((part) => part.trim())) {
    const named = ATTACKS.filter(
      ({ name, kind, loud }) => word === 'all' || word === name || word === kind || (word === 'loud' && loud),
    );
    if (named.length === 0) {
      const names = ATTACKS.map(({ name }) => name).join(', ');
      throw new InvalidArgumentError(`"${word}" is no attack; expected all, none, loud, or some of ${names}`);
    }
    for (const attack of named) chosen.add(attack);
  }
  return [...chosen];
}
