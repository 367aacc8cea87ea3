/**
 * The configuration: composed of the stages' own options, and those of api, store and schedule.
 */
import ipaddr from 'ipaddr.js';
import { validate as isCron } from 'node-cron';
import { z } from 'zod';
import { alertOptions } from '../alert/options.js';
import { collectOptions } from '../collect/options.js';
import { decideOptions } from '../decide/options.js';
import { detectorOptions } from '../detectors/options.js';
import { featureOptions, isTimeZone } from '../features/options.js';
import { normalizeOptions } from '../normalize/options.js';
import { privacyOptions } from '../normalize/privacy-options.js';
import { LOG_LEVELS } from '../observe/logger.js';
import { duration } from '../domain/duration.js';
import { ENTITY_KINDS } from '../domain/matrix.js';
import { nodeAddresses, withUserApart } from './address-options.js';
import {
  entityKinds,
  eventFilter,
  fieldNames,
  indexPatterns,
  jobName,
  jobOptions,
  windowLength,
} from './job-options.js';
import { kibanaOptions } from './kibana-options.js';
import { secret } from './secret-option.js';

/** Keys of secrets: each may be written as `<key>File` instead. */
export const SECRET_KEYS = [
  'apiKey',
  'revealKey',
  'key',
  'serviceToken',
  'password',
  'signingSecret',
  'url',
  'proxy',
] as const;

/** Keys whose values, and all below them, are shown in no message. */
export const HIDDEN_KEYS: readonly string[] = [...SECRET_KEYS, 'headers', 'cloudId', 'baseUrl'];

const apiOptions = z
  .strictObject({
    host: z
      .string()
      .default('127.0.0.1')
      .describe('Address to listen on; without apiKey only a loopback address'),
    port: z
      .number()
      .int()
      .min(0)
      .max(65535)
      .optional()
      .describe('Port to listen on (default 4600, else the next free one)'),
    apiKey: secret()
      .optional()
      .describe('Key that requests must carry; required to listen beyond this machine'),
    trustProxy: z
      .array(
        z
          .string()
          .refine(
            (text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text),
            'expected an address or network of a proxy, such as "127.0.0.1" or "10.0.0.0/28"',
          ),
      )
      .optional()
      .describe(
        'Proxies in front whose X-Forwarded-For, -Proto and -Host are believed (default: none); behind TLS the session cookie is Secure then',
      ),
    revealKey: secret()
      .optional()
      .describe('Second key of those who may learn the name behind a pseudonym; without it nobody may'),
  })
  .prefault({});

/** Address that a cloud id stands for (`name:base64 of host$uuid`); undefined where it is none. */
export function cloudAddress(cloudId: string): string | undefined {
  const text = Buffer.from(cloudId.slice(cloudId.lastIndexOf(':') + 1), 'base64').toString();
  const [host = '', uuid = ''] = text.split('$');
  const address = `https://${uuid}.${host}`;
  return /^[\w.-]+(:\d+)?$/.test(host) && /^[\w-]+$/.test(uuid) ? address : undefined;
}

const elasticsearchOptions = z
  .strictObject({
    url: nodeAddresses
      .optional()
      .describe(
        'Address of the cluster; without one the embedded store is used. Special characters of a password in it are percent-encoded',
      ),
    apiKey: secret().optional().describe('API key, base64 as Kibana shows it'),
    cloudId: z
      .string()
      .refine(
        (id) => cloudAddress(id) !== undefined,
        'expected a cloud id as the Elastic Cloud console shows it',
      )
      .optional()
      .describe('Cloud id of the cluster, instead of url'),
    serviceToken: secret().optional().describe('Token of a service account'),
    username: z.string().optional(),
    password: secret().optional(),
    caFile: z
      .string()
      .optional()
      .describe('PEM file of the authority that signed the certificate of the cluster'),
    caFingerprint: z
      .string()
      .regex(/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, 'expected the 64 hexadecimal digits of a SHA-256')
      .optional()
      .describe(
        'SHA-256 of the certificate of that authority, as Elasticsearch prints it when it is installed',
      ),
    requestTimeout: duration()
      .prefault('20s')
      .describe('Longest wait for one answer; shorter than three quarters of schedule.lease'),
    indices: indexPatterns
      .default(['logs-*', 'filebeat-*', 'packetbeat-*'])
      .describe('Index patterns that hold the logs'),
    filter: eventFilter
      .optional()
      .describe('Which documents are read: text as in Kibana’s query bar (KQL), or a query DSL object'),
    fields: fieldNames
      .default({})
      .describe('What ECS fields are called in logs that are not ECS, such as source.ip: src_addr'),
    pageSize: z.number().int().min(100).max(10_000).default(10_000).describe('Events read in one request'),
    // Slower, and the point in time would expire between two pages.
    maxEventsPerSecond: z
      .number()
      .int()
      .min(100)
      .optional()
      .describe('Most events read from the cluster in a second (default: no bound)'),
    slices: z
      .number()
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe('Parts that a window is read in side by side; each holds two pages in memory'),
  })
  .transform((options) => withUserApart(options))
  .prefault({});

const storeOptions = z
  .strictObject({
    home: z
      .string()
      .min(1)
      .default('./elkhound-data')
      .describe('Folder of the embedded store and of service.json'),
    memoryLimitMb: z.number().int().min(64).default(512).describe('Memory of the embedded store, MB'),
    threads: z.number().int().min(1).default(2).describe('Threads of the embedded store'),
    retention: duration().prefault('90d').describe('Age at which events and results are deleted'),
  })
  .prefault({});

const scheduleOptions = z
  .strictObject({
    cron: z
      .string()
      .refine(isCron, 'expected a cron expression such as "*/10 * * * * *"')
      .default('*/10 * * * * *')
      .describe('When to look for windows that are due'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'expected an IANA time zone such as "Europe/Berlin"')
      .default('UTC')
      .describe('IANA time zone in which cron is read'),
    queryDelay: duration().prefault('60s').describe('Wait after the end of a window before it is read'),
    windowLength: windowLength.prefault('5m').describe('Length of a window'),
    lateness: duration()
      .prefault('1d')
      .describe('How late a document may come and still be read; the daily audit counts what comes later'),
    lateCheck: duration()
      .prefault('15m')
      .describe(
        'How often to look for late documents over all of that time, and not over the last hour alone',
      ),
    settle: duration()
      .prefault('5m')
      .describe('Shortest time before a window is read again that documents came late for'),
    audit: duration().prefault('1d').describe('How often to count what came later than lateness'),
    history: duration()
      .prefault('30d')
      .describe('Longest history that a first model is learned from; what lies before it is left alone'),
    windowsPerTick: z
      .number()
      .int()
      .min(1)
      .default(50)
      .describe('Most windows read before the state is written down and what is due is looked at again'),
    lease: duration()
      .prefault('30s')
      .refine((ms) => ms >= 1000 && ms <= 600_000, 'expected between 1s and 10m')
      .describe('Time within which another service on the cluster takes over the job of one that is gone'),
  })
  .prefault({});

/** Share of `schedule.lease` for which a service may write after it has renewed its lease. */
export const LEASE_TERM = 0.75;

const DEFAULT_JOB = 'default';
const NEEDS_CLUSTER =
  'expected elasticsearch.url too: the embedded store holds records as their sources wrote them, in no index and under no ECS names; name with --from what is to be read';

/** The whole configuration. An empty file is valid. */
export const configSchema = z
  .strictObject({
    job: jobName.default(DEFAULT_JOB).describe('Name of the job, where there is one'),
    entities: entityKinds.default([...ENTITY_KINDS]).describe('Kinds of entities that are scored'),
    jobs: z
      .array(jobOptions)
      .default([])
      .describe('Several jobs side by side, each with what differs from the top level'),
    elasticsearch: elasticsearchOptions,
    kibana: kibanaOptions,
    store: storeOptions,
    schedule: scheduleOptions,
    collect: collectOptions,
    normalize: normalizeOptions,
    privacy: privacyOptions,
    features: featureOptions,
    detectors: detectorOptions,
    decide: decideOptions,
    alert: alertOptions,
    api: apiOptions,
    log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
  })
  .superRefine(({ elasticsearch: { requestTimeout }, schedule: { lease } }, context) => {
    // What is being written must have arrived before another service may take over.
    if (requestTimeout < lease * LEASE_TERM) return;
    const inSeconds = (ms: number): string => `${String(Math.ceil(ms / 100) / 10)}s`;
    context.addIssue({
      code: 'custom',
      path: ['schedule', 'lease'],
      message: `expected more than ${inSeconds(requestTimeout / LEASE_TERM)}, since elasticsearch.requestTimeout (${inSeconds(requestTimeout)}) must be shorter than three quarters of it`,
    });
  })
  .superRefine(({ job, jobs, elasticsearch: { url, cloudId, filter, fields } }, context) => {
    const refuse = (path: PropertyKey[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if (jobs.length > 0 && job !== DEFAULT_JOB)
      refuse(['job'], 'leave it out: each of jobs has its own name');
    jobs.forEach(({ name }, i) => {
      const first = jobs.findIndex((other) => other.name === name);
      if (first < i) refuse(['jobs', i, 'name'], `expected another name than that of jobs.${String(first)}`);
    });
    if (url !== undefined || cloudId !== undefined) return;
    if (filter !== undefined) refuse(['elasticsearch', 'filter'], NEEDS_CLUSTER);
    if (Object.keys(fields).length > 0) refuse(['elasticsearch', 'fields'], NEEDS_CLUSTER);
    jobs.forEach((options, i) => {
      for (const key of ['indices', 'filter', 'fields'] as const) {
        if (options[key] !== undefined) refuse(['jobs', i, key], NEEDS_CLUSTER);
      }
    });
  })
  .prefault({});

export type Config = z.output<typeof configSchema>;
export type ApiOptions = Config['api'];
