/**
 * Says a measure of somebody, with its amount, in the past and as what is usual.
 * The grammar of phrases is in `features/phrases.ts`.
 */

/** Past and third person of the verbs that phrases begin with, by their plain form. */
const VERBS: Readonly<Record<string, readonly [past: string, third: string]>> = {
  answer: ['answered', 'answers'],
  ask: ['asked', 'asks'],
  cause: ['caused', 'causes'],
  contact: ['contacted', 'contacts'],
  fail: ['failed', 'fails'],
  exchange: ['exchanged', 'exchanges'],
  have: ['had', 'has'],
  log: ['logged', 'logs'],
  make: ['made', 'makes'],
  receive: ['received', 'receives'],
  send: ['sent', 'sends'],
  stay: ['stayed', 'stays'],
  try: ['tried', 'tries'],
  use: ['used', 'uses'],
};

/** What was done: `sent 1.2 MB to outside hosts`. @param target stands for `@` */
export function pastOf(phrase: string, amount: string, target = ''): string {
  const [verb, rest] = split(phrase);
  const whole = rest.replace(/\[(.*)\]/, target === '' && rest.includes('@') ? '' : '$1');
  return `${VERBS[verb]![0]} ${filled(whole, amount, target)}`;
}

/** Amounts of nothing, in words. */
const NOTHING: Readonly<Record<string, string>> = { '0': 'none', '0 B': 'nothing' };

/** An amount that stands alone: `3`, and `none`. */
export function amountAlone(amount: string): string {
  return NOTHING[amount] ?? amount;
}

/**
 * What is usually done, as short as one understands it after the sentence before: `sends 1 kB`.
 * @param isOne of one, else of several
 */
export function usualOf(phrase: string, amount: string, isOne: boolean): string {
  const [verb, rest] = split(phrase);
  const said = isOne ? VERBS[verb]![1] : verb;
  // Behind an amount that comes first everything has been said; another place of it needs its words.
  if (rest.startsWith('#')) return `${said} ${amountAlone(amount)}`;
  const short = rest.replace(/\[.*\]/, '');
  if (amount !== '0') return `${said} ${filled(short, amountAlone(amount))}`;
  // Nobody does a thing "0 times", nor "from 0 hosts".
  if (OF_TIME.test(short)) return isOne ? 'does not' : 'do not';
  return `${said} ${filled(short.replace('different ', '').replaceAll('(s)', ''), 'no')}`;
}

/** Phrases that end with how often, or how long, something was done. */
const OF_TIME = /# (time|minute)\(s\)$/;

function split(phrase: string): [verb: string, rest: string] {
  const blank = phrase.indexOf(' ');
  return [phrase.slice(0, blank), phrase.slice(blank + 1)];
}

function filled(text: string, amount: string, target = ''): string {
  return text
    .replaceAll('(s)', amount === '1' ? '' : 's')
    .replace('#', () => amount)
    .replace('@', () => target)
    .replace(/ {2,}/g, ' ')
    .trim();
}
