/**
 * What all pages have around them: head, navigation, health at a glance, shortcuts.
 */
import type { AssetName } from '../assets.js';
import type { ServiceInfo } from '../dependencies.js';
import { anchorOf, isAhead, type Watch } from '../watch.js';
import { total } from '../../domain/coverage.js';
import { countText, plural } from './count-text.js';
import { html, type Fragment, type Html } from './html.js';
import { agoElement, durationText, windowElement } from './time-text.js';

/** What layouts need beside the page's own content. */
export interface PageFrame {
  readonly info: ServiceInfo;
  readonly asset: (name: AssetName) => string;
  /** Pages need a key here, so there is a session that can be ended. */
  readonly signedIn: boolean;
}

/** One page. */
export interface Page {
  readonly title: string;
  /** Which entry of the navigation it belongs to. */
  readonly active?: 'strange' | 'coverage';
  /** Absent on pages that must say nothing of the data. */
  readonly watch?: Watch;
  /** The page draws charts. */
  readonly charts?: true;
  /** The page fetches itself again after this many seconds. */
  readonly refreshSeconds?: number;
  readonly body: Html;
}

/** A whole document. */
export function renderPage(frame: PageFrame, page: Page): string {
  const { asset, info } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Elkhound</title>
<link rel="icon" href="${asset('logo.svg')}" type="image/svg+xml">
<script src="${asset('theme.js')}"></script>
${page.charts && html`<link rel="stylesheet" href="${asset('uPlot.css')}" />`}
<link rel="stylesheet" href="${asset('elkhound.css')}">
${
  page.charts &&
  html`<script src="${asset('uPlot.js')}" defer></script>
    <script src="${asset('chart.js')}" defer></script>`
}
<script src="${asset('pages.js')}" defer></script>
</head>
<body${page.refreshSeconds !== undefined && html` data-refresh="${page.refreshSeconds}"`}>
<a class="skip" href="#main">Skip to the content</a>
${header(frame, page)}
${page.watch && glance(page.watch, info)}
<main id="main" tabindex="-1">${page.body}</main>
<footer><p>Elkhound ${info.version} · ${info.store === 'embedded' ? 'embedded store' : 'Elasticsearch'} · ${jobsText(info)}${page.watch && html` · times in <span data-zone>UTC</span> · <span class="keys">press <kbd>?</kbd> for shortcuts</span>`}</p></footer>
${page.watch && shortcuts()}
</body>
</html>
`.text;
}

/** `job default`, or `2 jobs: east, west`. */
function jobsText({ jobs }: ServiceInfo): string {
  const names = jobs.map(({ name }) => name).join(', ');
  return jobs.length === 1 ? `job ${names}` : `${String(jobs.length)} jobs: ${names}`;
}

function header({ asset, signedIn }: PageFrame, { active, watch }: Page): Html {
  const current = (name: Page['active']): Fragment => name === active && html` aria-current="page"`;
  return html`<header class="top">
    <a class="brand" href="/"
      ><img src="${asset('logo.svg')}" alt="" width="28" height="28" /><span>Elkhound</span></a
    >
    ${watch && html`<nav aria-label="Pages"><a href="/" ${current('strange')}>Strange now</a><a href="/coverage" ${current('coverage')}>Coverage</a><a href="/openapi.json" class="extra">API</a></nav>`}
    <div class="tools">
      <button type="button" class="quiet" data-action="theme" hidden>Theme</button>
      ${signedIn && watch && html`<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`}
    </div>
  </header>`;
}

/** Health and coverage in one line, with what is wrong below it. */
function glance(watch: Watch, info: ServiceInfo): Html {
  const { last, warnings, nowMs } = watch;
  const state = last === undefined ? 'waiting' : warnings.length === 0 ? 'good' : 'bad';
  const words = { waiting: 'Waiting for the first window', good: 'Watching', bad: 'Needs attention' };
  return html`<section class="glance" id="glance" data-live aria-label="Health">
    <p class="facts">
      <a class="state state-${state}" href="/coverage"><i></i>${words[state]}</a>
      ${info.simulated && html`<span class="tag tag-simulated">simulated traffic</span>`}
      ${
        last &&
        html`<span><b>Last window</b> ${windowElement(last.window)}, ${lagText(watch)}</span>
          <span class="extra"
            ><b>Last day</b> ${countText(watch.coverage.read)} records of
            ${plural(watch.sources.length, 'source')}, ${countText(total(watch.coverage.quarantined))}
            quarantined</span
          >`
      }
      ${watch.model && html`<span class="extra"><b>Model</b> of ${durationText(watch.model.fittedToMs - watch.model.fittedFromMs)}, fitted ${agoElement(watch.model.createdAtMs, nowMs)}</span>`}
    </p>
    ${
      warnings.length > 0 &&
      html`<ul class="warnings">
        ${warnings.map((warning) => html`<li>${warning}</li>`)}
      </ul>`
    }
  </section>`;
}

function lagText(watch: Watch): Html | string {
  if (watch.last && isAhead(watch.last)) return 'earlier ones follow';
  return watch.lagMs === 0 ? 'up to date' : html`ended ${agoElement(anchorOf(watch), watch.nowMs)}`;
}

function shortcuts(): Html {
  return html`<dialog id="shortcuts" aria-labelledby="shortcuts-title">
    <h2 id="shortcuts-title">Shortcuts</h2>
    <dl>
      <dt><kbd>j</kbd> <kbd>k</kbd></dt>
      <dd>next, previous</dd>
      <dt><kbd>Enter</kbd></dt>
      <dd>open</dd>
      <dt><kbd>/</kbd></dt>
      <dd>search an entity</dd>
      <dt><kbd>u</kbd></dt>
      <dd>back to what is strange now</dd>
      <dt><kbd>t</kbd></dt>
      <dd>dark or light</dd>
      <dt><kbd>?</kbd></dt>
      <dd>this list</dd>
    </dl>
    <form method="dialog"><button>Close</button></form>
  </dialog>`;
}
