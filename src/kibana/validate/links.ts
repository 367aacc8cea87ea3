/**
 * Links in texts and field formats.
 */
import { shown, type Place } from './problem.js';
import type { Surroundings } from './surroundings.js';

/** Kibana makes a link of nothing else. */
const LINK = /^(https?:\/\/[^/]|mailto:.|#\/|\/app\/|\.\.\/app\/)/;
const DASHBOARD = /^(?:#\/dashboard\/|#\/view\/|(?:\.\.)?\/app\/dashboards#\/view\/)([^?&/#\s]+)/;
const MARKDOWN_LINK = /\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/g;

/** A link is one that Kibana follows, and a dashboard it leads to is there. */
export function checkLink(url: string, place: Place, { has }: Surroundings): void {
  if (!LINK.test(url)) {
    place.report(
      `${shown(url)} is no link; expected http, https, mailto, or a path such as "/app/…" or "#/…"`,
    );
    return;
  }
  const id = DASHBOARD.exec(url)?.[1];
  if (id === undefined || has('dashboard', decodeURIComponent(id))) return;
  place.report(`links to the dashboard "${id}", which is not there; link to one of the file`);
}

/** All links of a text in Markdown. */
export function checkMarkdown(text: string, place: Place, surroundings: Surroundings): void {
  for (const [, url] of text.matchAll(MARKDOWN_LINK)) checkLink(url!, place, surroundings);
}
