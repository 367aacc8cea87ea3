/**
 * A file of saved objects that can be changed before it is written: JSON in texts is read.
 */
import type { LensAttributes } from '../../../src/kibana/lens-types.js';
import type { ReadObject } from '../validator/schema/objects.js';
import type { SavedObject, SavedObjectType } from '../../../src/kibana/saved-object.js';

export type Draft<Type extends SavedObjectType = SavedObjectType> = Extract<ReadObject, { type: Type }>;
export type LensDraft = Extract<Draft<'dashboard'>['attributes']['panelsJSON'][number], { type: 'lens' }>;
type Kind = LensAttributes['visualizationType'];
type VisualizationDraft<K extends Kind> = Extract<
  LensDraft['embeddableConfig']['attributes'],
  { visualizationType: K }
>;

/** Attributes that hold JSON as text. */
const TEXTS = new Set([
  'fieldAttrs',
  'fieldFormatMap',
  'fields',
  'ignoreParentSettingsJSON',
  'optionsJSON',
  'panelsJSON',
  'searchSourceJSON',
]);

export class DraftFile {
  readonly objects: ReadObject[];

  constructor(objects: readonly SavedObject[]) {
    this.objects = JSON.parse(JSON.stringify(objects), read) as ReadObject[];
  }

  /** The object of a type; the first one where no id is said. */
  get<Type extends SavedObjectType>(type: Type, id?: string): Draft<Type> {
    return found(
      this.objects.find(
        (one): one is Draft<Type> => one.type === type && (id === undefined || one.id === id),
      ),
    );
  }

  /** The first dashboard that has a panel which satisfies, with that panel. */
  panel(satisfies: (panel: LensDraft) => boolean): { dashboard: Draft<'dashboard'>; panel: LensDraft } {
    for (const dashboard of this.objects) {
      if (dashboard.type !== 'dashboard') continue;
      const panel = dashboard.attributes.panelsJSON.find(
        (one): one is LensDraft => one.type === 'lens' && satisfies(one),
      );
      if (panel !== undefined) return { dashboard, panel };
    }
    throw new Error('no dashboard has such a panel');
  }

  /** The first Lens visualization of a kind. */
  lens<K extends Kind>(kind: K): VisualizationDraft<K> {
    const { panel } = this.panel((one) => one.embeddableConfig.attributes.visualizationType === kind);
    return panel.embeddableConfig.attributes as VisualizationDraft<K>;
  }

  /** The first column with an operation, its id, and the layer that it is in. */
  column<O extends ColumnDraft['operationType']>(
    operation: O,
  ): { id: string; column: ColumnOf<ColumnDraft, O>; layer: LayerDraft } {
    const { panel } = this.panel((one) =>
      columnsOf(one).some(({ column }) => column.operationType === operation),
    );
    return found(columnsOf(panel).find(({ column }) => column.operationType === operation)) as ReturnType<
      typeof this.column<O>
    >;
  }

  /** As an export file. */
  text(): string {
    return this.objects.map((object) => JSON.stringify(object, written)).join('\n');
  }
}

type LayerDraft =
  LensDraft['embeddableConfig']['attributes']['state']['datasourceStates']['formBased']['layers'][string];
type ColumnDraft = LayerDraft['columns'][string];
type ColumnOf<Column extends ColumnDraft, O> = Column extends unknown
  ? O extends Column['operationType']
    ? Column
    : never
  : never;

function columnsOf(panel: LensDraft): { id: string; column: ColumnDraft; layer: LayerDraft }[] {
  const { layers } = panel.embeddableConfig.attributes.state.datasourceStates.formBased;
  return Object.values(layers).flatMap((layer) =>
    Object.entries(layer.columns).map(([id, column]) => ({ id, column, layer })),
  );
}

function read(key: string, value: unknown): unknown {
  return TEXTS.has(key) && typeof value === 'string' ? JSON.parse(value) : value;
}

/** What was JSON in a text becomes one again, unless a test put a text there. */
export function written(key: string, value: unknown): unknown {
  return TEXTS.has(key) && typeof value !== 'string' ? JSON.stringify(value, written) : value;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the saved objects have none of these');
  return value;
}
