/**
 * Links in texts and field formats.
 */
import { shown, type Place } from './problem.js';
import type { Surroundings } from './surroundings.js';

const DASHBOARD = /^(?:#\/dashboard\/|#\/view\/|\.\.\/app\/dashboards#\/view\/)([^?&/#\s]+)/;
const MARKDOWN_LINK = /\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/g;

/**
 * The link of a field format. A path within Kibana begins with `../app/`: one that begins with `/` leaves the
 * space, and one that begins with `#` depends on the page that shows the value.
 */
export function checkTemplate(url: string, place: Place, surroundings: Surroundings): void {
  if (/^(https?:\/\/[^/]|mailto:.|\.\.\/app\/)/.test(url)) checkTarget(url, place, surroundings);
  else place.report(`${shown(url)} is no link from everywhere; expected http, https, mailto, or "../app/…"`);
}

/** All links of a text in Markdown, which is on the page of dashboards. */
export function checkMarkdown(text: string, place: Place, surroundings: Surroundings): void {
  for (const [, url = ''] of text.matchAll(MARKDOWN_LINK)) {
    if (url.startsWith('#/')) checkTarget(url, place, surroundings);
    else checkTemplate(url, place, surroundings);
  }
}

/** A dashboard that a link leads to is there. */
function checkTarget(url: string, place: Place, { has }: Surroundings): void {
  const id = DASHBOARD.exec(url)?.[1];
  if (id === undefined || has('dashboard', id)) return;
  place.report(`links to the dashboard "${id}", which is not there; link to one of the file`);
}
