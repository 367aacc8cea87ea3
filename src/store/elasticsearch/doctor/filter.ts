/**
 * Whether the filter of a job asks for fields that there are, and finds something.
 */
import { fieldsOfKql, parseKql } from '../../../collect/kql/parse.js';
import type { Finding } from '../../finding.js';
import { allEvents, EVERYTHING, filterQuery } from '../event-query.js';
import { FieldNames } from '../field-names.js';
import type { Examination } from './examination.js';

/** Counted up to here: whether there are any is what matters. */
const ENOUGH = 100_000;

export async function examineFilter(examination: Examination): Promise<Finding[]> {
  const { cluster, indices, filter } = examination;
  if (filter === undefined) return [];
  const names = new FieldNames(examination.names);
  const unknown = typeof filter === 'string' ? await unmappedOf(filter, examination, names) : [];
  if (unknown.length > 0) return unknown;
  const count = async (query: ReturnType<typeof allEvents>): Promise<number> => {
    const answer = await cluster.ask('try the filter', (client) =>
      client.search({
        index: [...indices],
        ignore_unavailable: true,
        size: 0,
        track_total_hits: ENOUGH,
        query,
      }),
    );
    return (answer.hits.total as { value: number }).value;
  };
  const all = await count(allEvents(EVERYTHING));
  const kept = await count(allEvents({ ...EVERYTHING, filter: filterQuery(filter, names) }));
  const share = `${words(kept)} of ${words(all)} documents`;
  if (kept > 0 || all === 0) return [{ check: 'filter', status: 'ok', message: `the filter keeps ${share}` }];
  const remedy = 'try it in the query bar of Kibana’s Discover on the same indices';
  return [
    {
      check: 'filter',
      status: 'failure',
      message: `the filter keeps none of ${words(all)} documents`,
      remedy,
    },
  ];
}

/** Fields that no index maps: a condition on them is never met, and its opposite always. */
async function unmappedOf(
  filter: string,
  { cluster, indices }: Examination,
  names: FieldNames,
): Promise<Finding[]> {
  const answer = await cluster.ask('look at the mappings', (client) =>
    client.fieldCaps({ index: [...indices], fields: ['*'], ignore_unavailable: true }),
  );
  const asked = fieldsOfKql(parseKql(filter)).map(names.inLogs);
  return asked
    .filter((field) => answer.fields[field] === undefined)
    .map((field) => ({
      check: 'filter',
      status: 'failure',
      message: `the filter asks for ${field}, which ${indices.join(', ')} do not map: nothing has it`,
      remedy: remedyFor(field, Object.keys(answer.fields)),
    }));
}

function remedyFor(field: string, known: readonly string[]): string {
  const last = field.slice(field.lastIndexOf('.') + 1);
  const alike = known.filter((name) => name.startsWith(field) || name.endsWith(`.${last}`) || name === last);
  if (alike.length === 0) return 'name a field that the logs have';
  return `name a field that the logs have, such as ${alike.slice(0, 3).join(', ')}`;
}

function words(count: number): string {
  const text = count.toLocaleString('en-US');
  return count >= ENOUGH ? `${text} or more` : text;
}
