/**
 * Lens visualizations: what is drawn is computed, what is computed is drawn, of fields that there are.
 */
import type { LensLayer } from '../../../src/kibana/lens-columns.js';
import type { LensAttributes } from '../../../src/kibana/lens-types.js';
import type { ViewFields } from './fields.js';
import { drawnBy, fits, type Accessor, type Drawn } from './lens-accessors.js';
import { asksForDocuments, checkColumns, isNamed } from './lens-columns.js';
import { checkStyle } from './lens-style.js';
import type { Place } from './problem.js';
import { checkPill, checkQuery } from './queries.js';
import { layerReference, targetOf } from './references.js';
import type { Surroundings } from './surroundings.js';

type Layers = Readonly<Record<string, LensLayer>>;

/** Checks a visualization. @param at where it is held by value */
export function checkLens(attributes: LensAttributes, at: Place, surroundings: Surroundings): void {
  const { references, state } = attributes;
  const { layers } = state.datasourceStates.formBased;
  const here = at.at('state');
  const viewOf = (name: string): ViewFields | undefined => surroundings.fieldsOf(targetOf(references, name));
  for (const [id, layer] of Object.entries(layers)) {
    const fields = viewOf(layerReference(id));
    const place = here.at('datasourceStates', 'formBased', 'layers', id);
    checkColumns(layer, fields, place);
    if (layer.ignoreGlobalFilters && (state.query.query !== '' || state.filters.length > 0)) {
      place
        .at('ignoreGlobalFilters')
        .report('leaves out the query of the visualization too; filter its columns');
    }
  }
  checkDrawn(drawnBy(attributes, here.at('visualization')), layers, here);
  checkStyle(attributes, here.at('visualization'));
  const asking = Object.keys(layers).filter((id) => asksForDocuments(layers[id]!));
  checkQuery(state.query, asking.map(layerReference).map(viewOf), here.at('query'));
  for (const [i, pill] of state.filters.entries()) {
    checkPill(pill, viewOf(pill.meta.index), here.at('filters', i));
  }
}

/** Every layer and every column is drawn, or orders another one; and nothing else is. */
function checkDrawn({ layers: drawn, accessors }: Drawn, layers: Layers, place: Place): void {
  const computed = place.at('datasourceStates', 'formBased', 'layers');
  for (const [i, layer] of drawn.entries()) {
    if (!Object.hasOwn(layers, layer.id))
      layer.place.report(`there is no layer "${layer.id}"; name one that is there`);
    else if (drawn.findIndex(({ id }) => id === layer.id) < i) {
      layer.place.report(`the layer "${layer.id}" is drawn twice; remove one`);
    }
  }
  for (const accessor of accessors) checkAccessor(accessor, layers);
  for (const [id, layer] of Object.entries(layers)) {
    const here = computed.at(id);
    if (drawn.some((one) => one.id === id)) {
      const named = accessors.filter((one) => one.layer === id).map(({ column }) => column);
      checkUsed(layer, new Set([...named, ...orders(layer)]), here.at('columns'));
    } else here.report('is not drawn; draw the layer, or leave it out');
  }
}

function checkUsed({ columns }: LensLayer, used: ReadonlySet<string>, place: Place): void {
  for (const id of Object.keys(columns)) {
    if (!used.has(id)) place.at(id).report('is not drawn; draw the column, or leave it out');
  }
}

function checkAccessor({ layer: id, column: name, role, place }: Accessor, layers: Layers): void {
  const layer = Object.hasOwn(layers, id) ? layers[id] : undefined;
  if (layer === undefined) return;
  const column = Object.hasOwn(layer.columns, name) ? layer.columns[name] : undefined;
  if (column === undefined) {
    if (!isNamed(name, layer)) place.report(`there is no column "${name}"; name one of layer ${id}`);
  } else if (!fits(role, column)) {
    place.report(`"${name}" is ${column.operationType}; expected a column that is a ${role}`);
  }
}

/** Columns that the buckets of others are ordered by. */
function orders(layer: LensLayer): string[] {
  return Object.values(layer.columns).flatMap((column) =>
    column.operationType === 'terms' && column.params.orderBy.type === 'column'
      ? [column.params.orderBy.columnId]
      : [],
  );
}
