/**
 * An error as a page.
 */
import type { Problem } from '../problem.js';
import { html, type Html } from './html.js';

/** The content of the page. */
export function problemBody({ title, status, detail, code }: Problem): Html {
  return html`<section class="center panel">
    <p class="muted">${status} · ${code}</p>
    <h1>${title}</h1>
    <p>${detail}</p>
    <p><a href="/">What is strange now</a></p>
  </section>`;
}
