/**
 * Schemas of the saved objects, JSON in texts included.
 */
import { z } from 'zod';
import { CORE_VERSION, TYPE_VERSIONS, type SavedObjectType } from '../../../../src/kibana/saved-object.js';
import { fieldFormats } from './field-formats.js';
import { controls, panels } from './panels.js';
import { color, count, dashboardSource, jsonText, savedSearchSource, words } from './parts.js';
import { references } from './reference.js';
import { stamp } from './stamp.js';

const tag = z.strictObject({ name: words, description: z.string(), color });

const dataView = z.strictObject({
  title: words,
  name: words,
  timeFieldName: words,
  allowNoIndex: z.literal(true),
  fields: jsonText(z.tuple([])),
  fieldAttrs: jsonText(
    z.record(words, z.strictObject({ count: count.exactOptional(), customLabel: words.exactOptional() })),
  ),
  fieldFormatMap: jsonText(fieldFormats),
});

const search = z.strictObject({
  title: words,
  description: z.string(),
  columns: z.array(words).min(1, 'expected at least one column'),
  sort: z
    .array(z.tuple([words, z.enum(['asc', 'desc'])]))
    .min(1, 'expected at least one field and direction, such as ["@timestamp", "desc"]'),
  grid: z.record(z.string(), z.never()),
  hideChart: z.boolean(),
  isTextBasedQuery: z.literal(false),
  kibanaSavedObjectMeta: savedSearchSource,
});

const dashboard = z.strictObject({
  title: words,
  description: z.string(),
  panelsJSON: jsonText(panels),
  optionsJSON: jsonText(
    z.strictObject({
      useMargins: z.boolean().exactOptional(),
      syncColors: z.boolean().exactOptional(),
      syncCursor: z.boolean().exactOptional(),
      syncTooltips: z.boolean().exactOptional(),
      hidePanelTitles: z.boolean().exactOptional(),
    }),
  ),
  kibanaSavedObjectMeta: dashboardSource,
  controlGroupInput: z
    .strictObject({
      controlStyle: z.literal('oneLine'),
      chainingSystem: z.literal('HIERARCHICAL'),
      panelsJSON: jsonText(controls),
      ignoreParentSettingsJSON: jsonText(
        z.strictObject({
          ignoreFilters: z.literal(false),
          ignoreQuery: z.literal(false),
          ignoreTimerange: z.literal(false),
          ignoreValidations: z.literal(false),
        }),
      ),
    })
    .exactOptional(),
  timeRestore: z.literal(true),
  timeFrom: words,
  timeTo: words,
  refreshInterval: z.strictObject({ pause: z.boolean(), value: count }),
  version: z.literal(1),
});

/** A saved object of Elkhound. */
export const savedObject = z.discriminatedUnion('type', [
  objectOf('tag', tag),
  objectOf('index-pattern', dataView),
  objectOf('search', search),
  objectOf('dashboard', dashboard),
]);

function objectOf<Type extends SavedObjectType, Attributes extends z.ZodType>(
  type: Type,
  attributes: Attributes,
) {
  return z.strictObject({
    type: z.literal(type),
    id: words,
    attributes,
    references,
    coreMigrationVersion: stamp(CORE_VERSION),
    typeMigrationVersion: stamp(TYPE_VERSIONS[type]),
  });
}

/** A saved object whose texts of JSON are read. */
export type ReadObject = z.output<typeof savedObject>;
type Attributes<Type extends SavedObjectType> = Extract<ReadObject, { readonly type: Type }>['attributes'];
export type ReadDataView = Attributes<'index-pattern'>;
export type ReadSearch = Attributes<'search'>;
export type ReadDashboard = Attributes<'dashboard'>;
