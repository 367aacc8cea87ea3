/**
 * Ids that Kibana gives instead of ours: it knows an id only once over all spaces, so where a second
 * space gets the objects, they get new ids there. References it rewrites, addresses in texts not.
 */
import { keyOf, type SavedObject } from '../saved-object.js';

/** New ids by `type:id`. */
export type IdMap = Readonly<Record<string, string>>;

/** What stands before an id in the address of a page of Kibana. */
const BEFORE_ID = String.raw`(?:view\/|(?:index|dataViewId|dataView)[:=](?:'|%27)?)`;
const ID_CHARACTER = String.raw`[\w*.-]`;

/** The objects under their new ids, in references and in links too. */
export function withIds(objects: readonly SavedObject[], ids: IdMap): SavedObject[] {
  if (Object.keys(ids).length === 0) return [...objects];
  const relink = linkRewriter(ids);
  const idOf = (object: { readonly type: string; readonly id: string }): string =>
    ids[keyOf(object)] ?? object.id;
  return objects.map((object) => {
    const references = object.references.map((reference) => ({ ...reference, id: idOf(reference) }));
    const attributes = mapTexts(object.attributes, relink);
    return { ...object, id: idOf(object), attributes, references } as SavedObject;
  });
}

function linkRewriter(ids: IdMap): (text: string) => string {
  const rules = Object.entries(ids).map(([key, id]) => {
    const old = key.slice(key.indexOf(':') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return { pattern: new RegExp(`(?<=${BEFORE_ID})${old}(?!${ID_CHARACTER})`, 'g'), id };
  });
  return (text) => rules.reduce((result, { pattern, id }) => result.replace(pattern, () => id), text);
}

/** A copy with every text in it rewritten; JSON inside of texts is text. */
function mapTexts<T>(value: T, rewrite: (text: string) => string): T {
  if (typeof value === 'string') return rewrite(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, rewrite)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, rewrite)]),
  ) as T;
}
