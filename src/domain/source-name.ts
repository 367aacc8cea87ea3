/**
 * Names of sources that stay the same from day to day.
 */

/** `2026.11.24`, `2026-11-24`, `20261124`, also with an hour behind it; no part of a longer number. */
const DATE = /[-_.]?(?<!\d)(?:19|20)\d{2}([-_.]?)\d{2}\1\d{2}(?:[-_.T]?\d{2})?(?!\d)/g;
/** Zeek's rotation: `conn.09:00:00-10:00:00.log`. */
const HOURS = /[-_.]?\d{2}:\d{2}(?::\d{2})?(?:-\d{2}:\d{2}(?::\d{2})?)?/g;
/** Generation of a data stream's or rolled-over index: `-000042`. */
const GENERATION = /-\d{6}$/;
const PACKED = /\.(?:gz|zst|bz2|xz)$/;
/** What rotation appends to a file: `eve.json.3`. A version such as `8.19.0` ends in a number as well. */
const ROTATED = /(?<=\.[a-z]+)\.\d{1,3}$/;

/**
 * Name of what a file or index is a part of, without dates and numbers of rotation: its volume is
 * what can be expected. `.ds-logs-zeek.dns-default-2026.11.24-000003` is `logs-zeek.dns-default`,
 * `/logs/2026-11-24/conn.09:00:00-10:00:00.log.gz` is `/logs/conn.log`.
 */
export function steadySource(name: string): string {
  const steady = name
    .replace(/^\.ds-/, '')
    .replace(PACKED, '')
    .replace(GENERATION, '')
    .replace(HOURS, '')
    .replace(DATE, '')
    .replace(ROTATED, '')
    .replace(/\/{2,}/g, '/');
  return steady === '' ? name : steady;
}
