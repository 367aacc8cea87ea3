/**
 * References: each that is used is there, each that is there is used, and leads to an object that exists.
 */
import type { LensAttributes } from '../../../src/kibana/lens-types.js';
import type { Panel } from '../../../src/kibana/panel-types.js';
import type { Reference, SavedObjectType } from '../../../src/kibana/saved-object.js';
import type { Place } from './problem.js';
import type { ReadDashboard, ReadObject, ReadSearch } from './schema/objects.js';
import type { Pill } from './schema/parts.js';
import type { Surroundings } from './surroundings.js';

/** A name by which something points at an object of a type. */
interface Use {
  readonly name: string;
  readonly type: SavedObjectType;
  /** Of what a panel holds by value: the object it names there. */
  readonly id?: string | undefined;
  readonly place: Place;
}

/** Id of what a name stands for. */
export function targetOf(references: readonly Reference[], name: string): string | undefined {
  return references.find((reference) => reference.name === name)?.id;
}

/** Name of the reference to the data view of a layer. */
export function layerReference(layer: string): string {
  return `indexpattern-datasource-layer-${layer}`;
}

/** Checks the references of an object, and those inside of its panels. */
export function checkReferences(object: ReadObject, place: Place, surroundings: Surroundings): void {
  const attributes = place.at('attributes');
  const here = place.at('references');
  const uses = usesOf(object, attributes);
  checkNames(object.references, uses, here);
  for (const [i, { type, id }] of object.references.entries()) {
    if (surroundings.has(type, id)) continue;
    here.at(i).report(`there is no ${type} "${id}"; add it to the file, or name one that is there`);
  }
  if (object.type !== 'dashboard') return;
  for (const [i, panel] of object.attributes.panelsJSON.entries()) {
    if (panel.type !== 'lens') continue;
    const inside = attributes.at('panelsJSON', i, 'embeddableConfig', 'attributes');
    const { attributes: lens } = panel.embeddableConfig;
    const names = lensUses(lens, inside);
    // What the dashboard lacks is reported of the dashboard.
    const asked = names.filter(
      ({ name }) => targetOf(object.references, `${panel.panelIndex}:${name}`) !== undefined,
    );
    checkNames(lens.references, names, inside.at('references'), asked);
  }
}

/** @param asked those of the uses that have to be there */
function checkNames(
  references: readonly Reference[],
  uses: readonly Use[],
  place: Place,
  asked: readonly Use[] = uses,
): void {
  for (const use of asked) checkUse(use, references, place);
  const used = new Set(uses.map(({ name }) => name));
  for (const [i, { type, id, name }] of references.entries()) {
    const isFirst = references.findIndex((other) => other.name === name) === i;
    if (!isFirst) place.at(i).report(`the name "${name}" is there twice; give each reference its own`);
    else if (!used.has(name) && !(type === 'tag' && name === `tag-ref-${id}`)) {
      place.at(i).report(`nothing uses "${name}"; remove it`);
    }
  }
}

function checkUse({ name, type, id, place }: Use, references: readonly Reference[], there: Place): void {
  const i = references.findIndex((reference) => reference.name === name);
  const reference = references[i];
  if (reference === undefined) {
    place.report(`no reference is called "${name}"; add one to the ${type} that is meant`);
  } else if (reference.type !== type) {
    there.at(i, 'type').report(`"${name}" leads to a ${reference.type}; expected ${type}`);
  } else if (id !== undefined && reference.id !== id) {
    there
      .at(i, 'id')
      .report(`"${name}" leads to "${reference.id}", and inside of the panel to "${id}"; make both the same`);
  }
}

function usesOf(object: ReadObject, place: Place): Use[] {
  if (object.type === 'dashboard') return dashboardUses(object.attributes, place);
  return object.type === 'search' ? searchUses(object.attributes, place) : [];
}

function searchUses({ kibanaSavedObjectMeta }: ReadSearch, place: Place): Use[] {
  const { indexRefName, filter } = kibanaSavedObjectMeta.searchSourceJSON;
  const source = place.at('kibanaSavedObjectMeta', 'searchSourceJSON');
  return [view(indexRefName, source.at('indexRefName')), ...pillUses(filter, source.at('filter'))];
}

function dashboardUses(
  { kibanaSavedObjectMeta, panelsJSON, controlGroupInput }: ReadDashboard,
  place: Place,
): Use[] {
  const { filter } = kibanaSavedObjectMeta.searchSourceJSON;
  const controls = place.at('controlGroupInput', 'panelsJSON');
  return [
    ...pillUses(filter, place.at('kibanaSavedObjectMeta', 'searchSourceJSON', 'filter')),
    ...panelsJSON.flatMap((panel, i) => panelUses(panel, place.at('panelsJSON', i))),
    ...Object.keys(controlGroupInput?.panelsJSON ?? {}).map((id) =>
      view(`controlGroup_${id}:optionsListDataView`, controls.at(id)),
    ),
  ];
}

/** What a dashboard has to refer to for one of its panels. */
function panelUses(panel: Panel, place: Place): Use[] {
  const prefix = `${panel.panelIndex}:`;
  if (panel.type === 'search') {
    return [{ name: `${prefix}${panel.panelRefName}`, type: 'search', place: place.at('panelRefName') }];
  }
  if (panel.type !== 'lens') return [];
  const { attributes, enhancements } = panel.embeddableConfig;
  const config = place.at('embeddableConfig');
  const drilldowns = enhancements.dynamicActions?.events ?? [];
  return [
    ...lensUses(attributes, config.at('attributes')).map((use) => ({
      ...use,
      name: `${prefix}${use.name}`,
      id: targetOf(attributes.references, use.name),
    })),
    ...drilldowns.map(({ eventId, action }, i) => ({
      name: `${prefix}drilldown:${action.factoryId}:${eventId}:dashboardId`,
      type: 'dashboard' as const,
      place: config.at('enhancements', 'dynamicActions', 'events', i),
    })),
  ];
}

function lensUses({ state }: LensAttributes, place: Place): Use[] {
  const { datasourceStates, filters } = state;
  const layers = place.at('state', 'datasourceStates', 'formBased', 'layers');
  const pills = filters.map(({ meta }) => meta.index);
  return [
    ...Object.keys(datasourceStates.formBased.layers).map((id) => view(layerReference(id), layers.at(id))),
    ...pills.map((name, i) => view(name, place.at('state', 'filters', i, 'meta', 'index'))),
  ];
}

function pillUses(pills: readonly Pill[], place: Place): Use[] {
  return pills.flatMap(({ meta }, i) =>
    'indexRefName' in meta ? [view(meta.indexRefName, place.at(i, 'meta', 'indexRefName'))] : [],
  );
}

function view(name: string, place: Place): Use {
  return { name, type: 'index-pattern', place };
}
