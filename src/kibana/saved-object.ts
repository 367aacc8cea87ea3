/**
 * Saved objects of Kibana, as one line each of an export file holds them. Only the types and
 * attributes that Elkhound ships, in the form that Kibana 8.9 and everything newer imports.
 */

/** What a saved object needs another one for. */
export interface Reference {
  readonly type: SavedObjectType;
  readonly id: string;
  /** By which the attributes point at it. */
  readonly name: string;
}

/**
 * `coreMigrationVersion` of every object, and `typeMigrationVersion` of each type: the lowest ones that
 * still skip the migrations of 7.x. An older stamp would run those over state of today, and a newer
 * one would be refused by Kibana 8.9.
 */
export const CORE_VERSION = '8.8.0';
export const TYPE_VERSIONS = {
  'index-pattern': '8.0.0',
  search: '8.0.0',
  dashboard: '8.9.0',
  tag: '8.0.0',
} as const;

/** A type of saved object that Elkhound ships. */
export type SavedObjectType = keyof typeof TYPE_VERSIONS;

/** What all saved objects have. */
interface Envelope<Type extends SavedObjectType, Attributes> {
  readonly type: Type;
  readonly id: string;
  readonly attributes: Attributes;
  readonly references: readonly Reference[];
  readonly coreMigrationVersion: typeof CORE_VERSION;
  readonly typeMigrationVersion: (typeof TYPE_VERSIONS)[Type];
}

/** Attributes of a data view; `fields`, `fieldAttrs` and `fieldFormatMap` are JSON as text. */
export interface DataViewAttributes {
  /** Index expression. */
  readonly title: string;
  readonly name: string;
  readonly timeFieldName: string;
  readonly allowNoIndex: true;
  readonly fields: string;
  readonly fieldAttrs: string;
  readonly fieldFormatMap: string;
}

/** What a query of an object is kept in: JSON as text. */
interface SearchSourceMeta {
  readonly searchSourceJSON: string;
}

/** Attributes of a saved search. */
export interface SavedSearchAttributes {
  readonly title: string;
  readonly description: string;
  readonly columns: readonly string[];
  readonly sort: readonly (readonly [field: string, direction: 'asc' | 'desc'])[];
  readonly grid: Readonly<Record<string, never>>;
  readonly hideChart: boolean;
  readonly isTextBasedQuery: false;
  readonly kibanaSavedObjectMeta: SearchSourceMeta;
}

/** The controls of a dashboard; `panelsJSON` and `ignoreParentSettingsJSON` are JSON as text. */
export interface ControlGroupInput {
  readonly controlStyle: 'oneLine';
  readonly chainingSystem: 'HIERARCHICAL';
  /** Controls by id. */
  readonly panelsJSON: string;
  readonly ignoreParentSettingsJSON: string;
}

/** Attributes of a dashboard; `panelsJSON` and `optionsJSON` are JSON as text. */
interface DashboardAttributes {
  readonly title: string;
  readonly description: string;
  readonly panelsJSON: string;
  readonly optionsJSON: string;
  readonly kibanaSavedObjectMeta: SearchSourceMeta;
  readonly controlGroupInput?: ControlGroupInput;
  readonly timeRestore: true;
  readonly timeFrom: string;
  readonly timeTo: string;
  readonly refreshInterval: { readonly pause: boolean; readonly value: number };
  readonly version: 1;
}

/** Attributes of a tag. */
interface TagAttributes {
  readonly name: string;
  readonly description: string;
  readonly color: string;
}

export type DataViewObject = Envelope<'index-pattern', DataViewAttributes>;
export type SavedSearchObject = Envelope<'search', SavedSearchAttributes>;
export type DashboardObject = Envelope<'dashboard', DashboardAttributes>;
export type TagObject = Envelope<'tag', TagAttributes>;

/** A saved object that Elkhound ships. */
export type SavedObject = DataViewObject | SavedSearchObject | DashboardObject | TagObject;

/** What an object is called in records and messages. */
export function keyOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}:${id}`;
}
