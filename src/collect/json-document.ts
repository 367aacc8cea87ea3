/**
 * Records of one JSON array, or of an object that holds one array: `{"events": […]}`.
 */

/** Largest document that is taken whole. */
export const MAX_DOCUMENT_BYTES = 512 * 1024 * 1024;

/** The elements; undefined where the text is no such document. */
export function elementsOf(text: string): unknown[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (Array.isArray(document)) return document;
  if (document === null || typeof document !== 'object') return undefined;
  const arrays = Object.values(document).filter((value) => Array.isArray(value));
  return arrays.length === 1 ? (arrays[0] as unknown[]) : [document];
}
