/**
 * Options of collect.
 */
import { z } from 'zod';
import { duration } from '../domain/duration.js';

/** ECS fields that a column of a table can be; `label` is ground truth and never becomes a feature. */
export const TABLE_FIELDS = [
  '@timestamp',
  'destination.bytes',
  'destination.ip',
  'destination.packets',
  'destination.port',
  'dns.question.name',
  'dns.question.type',
  'dns.response_code',
  'event.action',
  'event.category',
  'event.duration',
  'event.end',
  'event.id',
  'event.kind',
  'event.outcome',
  'event.start',
  'event.type',
  'http.request.method',
  'http.response.status_code',
  'label',
  'netflow.sampling_interval',
  'network.bytes',
  'network.protocol',
  'network.transport',
  'observer.name',
  'rule.name',
  'source.bytes',
  'source.ip',
  'source.packets',
  'source.port',
  'tls.client.server_name',
  'tls.version',
  'url.domain',
  'user.name',
  'user_agent.original',
] as const;

const field = z.enum(TABLE_FIELDS);

const column = z.union([
  field,
  z.strictObject({
    field,
    unit: z
      .enum(['ns', 'us', 'ms', 's'])
      .optional()
      .describe('Unit of a duration (ns where none is given), or of a time that counts from an epoch'),
    dates: z
      .enum(['day-first', 'month-first'])
      .optional()
      .describe('How to read dates such as 5/7/2017, which nothing else decides'),
  }),
]);

const table = z.strictObject({
  files: z
    .string()
    .min(1)
    .describe('Files that the mapping is for: the end of their name, such as "flows.csv"'),
  delimiter: z.string().min(1).default(',').describe('Text between columns'),
  columns: z
    .record(z.string().min(1), column)
    .describe('Column (its name in the header, or its number from 1) to ECS field'),
  header: z.boolean().default(true).describe('The first line names the columns'),
  constants: z
    .partialRecord(field, z.union([z.string(), z.number()]))
    .default({})
    .describe('ECS fields with a fixed value'),
});

/** Options of collect; see each description. */
export const collectOptions = z
  .strictObject({
    format: z
      .enum(['auto', 'zeek', 'eve', 'ecs', 'auth'])
      .default('auto')
      .describe('What records are taken for; "auto" looks at each'),
    maxLineBytes: z
      .number()
      .int()
      .min(1024)
      .default(4 * 1024 * 1024)
      .describe('Longer lines are quarantined'),
    pollInterval: duration().prefault('1s').describe('How often files that are followed are looked at'),
    tables: z.array(table).default([]).describe('How delimited tables are read'),
  })
  .prefault({});

export type CollectOptions = z.output<typeof collectOptions>;
export type TableMapping = CollectOptions['tables'][number];
export type ColumnMapping = z.output<typeof column>;
