/**
 * Data views: their indices exist, and their time, formats and labels are about fields of these.
 */
import { SHOWABLE, type FieldKind } from './field-kinds.js';
import { checkField, type ViewFields } from './fields.js';
import { checkTemplate } from './links.js';
import { shown, type Place } from './problem.js';
import type { FieldFormat } from './schema/field-formats.js';
import type { ReadDataView } from './schema/objects.js';
import type { Surroundings } from './surroundings.js';

const FORMATTED: Readonly<Record<FieldFormat['id'], readonly FieldKind[]>> = {
  url: SHOWABLE,
  number: ['number'],
  bytes: ['number'],
  percent: ['number'],
  duration: ['number'],
  color: ['number', 'string', 'text', 'boolean'],
  static_lookup: ['number', 'string', 'text', 'ip', 'boolean'],
  truncate: ['string', 'text', 'unindexed'],
};

/** @param fields of its indices; undefined where these are none of ours and no logs */
export function checkDataView(
  view: ReadDataView,
  fields: ViewFields | undefined,
  place: Place,
  surroundings: Surroundings,
): void {
  if (fields === undefined) {
    place
      .at('title')
      .report(`${shown(view.title)} names no index of Elkhound; expected one such as "logs-*"`);
    return;
  }
  checkField(view.timeFieldName, fields, place.at('timeFieldName'), 'the time of a data view', ['date']);
  for (const field of Object.keys(view.fieldAttrs)) {
    checkField(field, fields, place.at('fieldAttrs', field), 'a label', SHOWABLE);
  }
  for (const [field, format] of Object.entries(view.fieldFormatMap)) {
    checkFormat(field, format, fields, place.at('fieldFormatMap', field), surroundings);
  }
}

function checkFormat(
  field: string,
  format: FieldFormat,
  fields: ViewFields,
  place: Place,
  surroundings: Surroundings,
): void {
  const kind = checkField(field, fields, place, `the format ${format.id}`, FORMATTED[format.id]);
  if (format.id !== 'url') return;
  const template = format.params.urlTemplate;
  const here = place.at('params', 'urlTemplate');
  if (isText(kind) && IN_A_QUERY.test(template)) {
    here.report(
      `${shown(template)} puts a text that somebody chose into a query, which its quotes can end; take a field of addresses or numbers, or a page whose path holds the text`,
    );
  } else if (/\{\{(value|rawValue)\}\}/.test(template)) checkTemplate(template, here, surroundings);
  else here.report(`${shown(template)} is the same link for all values; expected "{{value}}" in it`);
}

/** Kibana encodes a value for an address once, and what it reads there is a language of its own. */
const IN_A_QUERY = /_[ag]=.*query:.*\{\{(value|rawValue)\}\}/;

function isText(kind: FieldKind | undefined): boolean {
  return kind === 'string' || kind === 'text';
}
