/** What became of the offenses that Logstash has asked a QRadar for. */
import { differences, type Fixture } from '../fixtures.js';
import type { Found } from './cluster.js';
import { FAILURES, labelOf } from './judge.js';
import type { Exercise, Offense } from './qradar.js';

/** How many of the offenses that changed last the intake asks for. */
const ASKED_FOR = 200;
/** What the poller says itself where there is no answer. */
const NO_ANSWER = { cut: /respond|reset|closed/i, impostor: /certificat/i } as const;

/** Whether a document is of the API: others have labels. */
export function isPolled({ event }: Found): boolean {
  const { dataset } = (event.event ?? {}) as { dataset?: unknown };
  return dataset === 'qradar.offense' && labelOf(event) === undefined;
}

/** What is wrong with the documents of the API, `all` being those of everybody, and with what Logstash complained of. */
export function judgeOffenses(
  exercise: Exercise,
  fixtures: readonly Fixture[],
  all: readonly Found[],
  complaints: string,
): string[] {
  const polled = all.filter(isPolled);
  const told = polled.filter(({ index }) => index !== FAILURES);
  const failures = polled.filter(({ index }) => index === FAILURES);
  return [
    ...once(exercise, told),
    ...fixtures.filter(({ source }) => source === 'qradar').flatMap((fixture) => golden(fixture, polled)),
    ...reasons(exercise, failures),
    ...(JSON.stringify(all).includes(exercise.token) ? ['the token is in a document'] : []),
    ...(complaints.includes(exercise.token) ? ['the token is in the log'] : []),
    ...(complaints.includes('version_conflict') ? ['the log tells of offenses that are there already'] : []),
  ].map((problem) => `by QRadar's API: ${problem}`);
}

/** However often they were told: each of those that changed last is one document, and what changed meanwhile one more. */
function once({ offenses, before }: Exercise, told: readonly Found[]): string[] {
  const newest = [...offenses].sort((a, b) => changed(b) - changed(a)).slice(0, ASKED_FOR);
  const wanted = [...newest, ...before].filter(isWhole).map(stateOf).sort();
  const found = told.map(({ event }) => {
    const { id, end } = event.event as { id: string; end: string };
    return `${id} ${end} ${(event.qradar as { status: string }).status}`;
  });
  const missing = wanted.filter((state) => !found.includes(state));
  const more = found.filter((state, index) => !wanted.includes(state) || found.indexOf(state) !== index);
  return [
    ...missing.map((state) => `${state} is missing`),
    ...more.map((state) => `${state} should not be there, or not again`),
  ];
}

/** The one among the fixtures that is not whole counts as the newest. */
function changed({ last_updated_time: time }: Offense): number {
  return Number(time ?? Number.MAX_SAFE_INTEGER);
}

function isWhole({ start_time: time }: Offense): boolean {
  return time !== undefined;
}

function stateOf(offense: Offense): string {
  return `${String(offense.id)} ${new Date(changed(offense)).toISOString()} ${String(offense.status)}`;
}

/** The document of a fixture's offense; one that is not whole has no time but that of its arrival. */
function golden(fixture: Fixture, polled: readonly Found[]): string[] {
  const { '@timestamp': time, ...fields } = fixture.expected;
  const expected = fields._index === FAILURES ? fields : { ...fields, '@timestamp': time };
  const id = new RegExp(`"id":${String((fixture.input as Offense).id)}\\b`);
  const found = polled.filter(({ event: { event, qradar } }) => {
    const { original = '', end } = event as { original?: string; end?: string };
    const { status } = (qradar ?? {}) as { status?: string };
    return id.test(original) && end === expected['event.end'] && status === expected['qradar.status'];
  });
  if (found.length !== 1) return [`${fixture.id}: ${String(found.length)} documents`];
  return differences({ ...fixture, expected }, found[0]!, true);
}

/** Every request that failed is a failure that says why. */
function reasons({ endings }: Exercise, failures: readonly Found[]): string[] {
  const said = failures.flatMap(({ event }) => {
    const asked = (event.tags as string[]).includes('_http_request_failure');
    return asked ? [String((event.error as { message?: unknown } | undefined)?.message)] : [];
  });
  const count = (reason: RegExp): number => said.filter((text) => reason.test(text)).length;
  const answers = { 'QRadar answers 500: ': endings.broken, 'QRadar answers 401: ': endings.unauthorized };
  return [
    ...Object.entries(answers).flatMap(([text, wanted]) => {
      const found = count(new RegExp(`^${text}The `));
      return found === wanted ? [] : [`${text}${String(found)} failures of ${String(wanted)}`];
    }),
    ...Object.entries(NO_ANSWER).flatMap(([ending, reason]) =>
      count(reason) > 0 ? [] : [`${ending}: no failure says so: ${said.join('; ')}`],
    ),
  ];
}
