/**
 * What an index is called, what it holds and how long it lives.
 */
import { mappingOf, type Fields, type Mapping, type Variant } from './mapping.js';

/** Every index of ours begins with this. */
export const INDEX_PREFIX = 'elkhound-';
/** `event.module` of every document of ours; what reads of events leave out. */
export const MODULE = 'elkhound';
/** Version of the Elastic Common Schema that the documents follow. */
export const ECS_VERSION = '8.17.0';

/** One index or family of monthly indices. */
export interface IndexDefinition {
  /** Name, or the part before the month: `elkhound-anomalies`. */
  readonly name: string;
  /** What one document is. */
  readonly description: string;
  /** One index a month, `elkhound-anomalies-2026.11`, deleted by age; otherwise a single one that stays. */
  readonly monthly: boolean;
  /** Further name of every index of the family. */
  readonly alias?: string;
  /** Grows with each change of the fields, which only ever adds. */
  readonly schemaVersion: number;
  readonly fields: Fields;
}

/** Body of `PUT _index_template`. */
export interface IndexTemplate {
  readonly index_patterns: readonly string[];
  readonly priority: number;
  readonly version: number;
  readonly _meta: { readonly managed_by: 'elkhound'; readonly description: string };
  readonly template: {
    readonly settings: Readonly<Record<string, string | number>>;
    readonly mappings: Mapping;
    readonly aliases: Readonly<Record<string, object>>;
  };
}

/** Above 100, the priority of Elasticsearch's own templates for logs and metrics. */
const PRIORITY = 200;

/** Name of the index that a document of the moment `timeMs` lies in. */
export function indexName(definition: IndexDefinition, timeMs: number): string {
  if (!definition.monthly) return definition.name;
  const month = new Date(timeMs).toISOString().slice(0, 7).replace('-', '.');
  return `${definition.name}-${month}`;
}

/** First millisecond after the month that the name of a monthly index ends with; undefined for other names. */
export function indexEndMs(name: string): number | undefined {
  const month = /-(\d{4})\.(\d{2})$/.exec(name);
  return month === null ? undefined : Date.UTC(Number(month[1]), Number(month[2]), 1);
}

/** Expression that names every index of a definition. */
export function indexPattern(definition: IndexDefinition): string {
  return definition.monthly ? `${definition.name}-*` : definition.name;
}

/** The index template of a definition. */
export function templateOf(definition: IndexDefinition, variant: Variant): IndexTemplate {
  const { alias, monthly, schemaVersion } = definition;
  const lifecycle = variant === 'full' && monthly ? { 'index.lifecycle.name': LIFECYCLE_POLICY } : {};
  return {
    index_patterns: [indexPattern(definition)],
    priority: PRIORITY,
    version: schemaVersion,
    _meta: { managed_by: 'elkhound', description: definition.description },
    template: {
      settings: {
        'index.number_of_shards': 1,
        'index.auto_expand_replicas': '0-1',
        'index.codec': 'best_compression',
        ...lifecycle,
      },
      mappings: mappingOf(definition.fields, schemaVersion, variant),
      aliases: alias === undefined ? {} : { [alias]: {} },
    },
  };
}

/** Body of `PUT _ilm/policy`: nothing but deletion by age. */
export interface LifecyclePolicy {
  readonly policy: {
    readonly _meta: { readonly managed_by: 'elkhound' };
    readonly phases: {
      readonly hot: { readonly actions: Readonly<Record<string, never>> };
      readonly delete: {
        readonly min_age: string;
        readonly actions: { readonly delete: Readonly<Record<string, never>> };
      };
    };
  };
}

/** Name of the policy that deletes the monthly indices. */
export const LIFECYCLE_POLICY = 'elkhound';
/** How long results are kept where nobody says otherwise. */
export const DEFAULT_RETENTION_MS = 90 * 86_400_000;

const DAY_MS = 86_400_000;
const LONGEST_MONTH_DAYS = 31;

/**
 * The policy that keeps results for `retentionMs`. Elasticsearch counts from the creation of an
 * index, and the last documents of a month come up to a month later.
 */
export function lifecycleOf(retentionMs: number): LifecyclePolicy {
  const days = Math.ceil(retentionMs / DAY_MS) + LONGEST_MONTH_DAYS;
  return {
    policy: {
      _meta: { managed_by: 'elkhound' },
      phases: { hot: { actions: {} }, delete: { min_age: `${String(days)}d`, actions: { delete: {} } } },
    },
  };
}
