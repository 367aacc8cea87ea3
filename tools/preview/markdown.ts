/**
 * The little Markdown that the dashboards use.
 */
import { html, type Html } from '../../src/api/pages/html.js';

const MARKS = /\*\*(?<bold>[^*]+)\*\*|\[(?<name>[^\]]+)\]\((?<address>[^)]+)\)/g;

/** A text with headings, lists, bold words and links. @param addressOf where a link leads in the preview */
export function markdownHtml(text: string, addressOf: (address: string) => string): Html[] {
  return text.split(/\n{2,}/).map((block) => {
    const heading = /^#+ (.*)$/.exec(block)?.[1];
    if (heading !== undefined) return html`<h3>${inline(heading, addressOf)}</h3>`;
    const lines = block.split('\n');
    if (lines.every((line) => line.startsWith('- '))) {
      return html`<ul>
        ${lines.map((line) => html`<li>${inline(line.slice(2), addressOf)}</li>`)}
      </ul>`;
    }
    return html`<p>${inline(block, addressOf)}</p>`;
  });
}

function inline(text: string, addressOf: (address: string) => string): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const match of text.matchAll(MARKS)) {
    const { bold, name, address } = match.groups!;
    parts.push(html`${text.slice(at, match.index)}`);
    parts.push(
      bold === undefined ? html`<a href="${addressOf(address!)}">${name}</a>` : html`<b>${bold}</b>`,
    );
    at = match.index + match[0].length;
  }
  return [...parts, html`${text.slice(at)}`];
}
