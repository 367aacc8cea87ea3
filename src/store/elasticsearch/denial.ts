/**
 * What Elasticsearch says where somebody may not do something.
 */

const DENIED =
  /is unauthorized for (?<who>.+?)(?: with effective roles \[[^\]]*\])?(?: on indices \[(?<indices>[^\]]*)\])?, this action is granted by the (?<kind>index|cluster) privileges \[(?<names>[^\]]+)\]/;

/**
 * Which privilege is missing, out of what Elasticsearch says of a request that it denied; undefined
 * where it does not tell.
 */
export function missingPrivilege(reason: string): string | undefined {
  const { who, indices, kind, names } = DENIED.exec(reason)?.groups ?? {};
  if (who === undefined || names === undefined) return undefined;
  // From the least to the one that grants everything.
  const [least] = names.split(',');
  const where = indices === undefined ? '' : ` on ${indices.split(',').join(', ')}`;
  return `missing ${kind!} privilege ${least!}${where} (${who})`;
}
