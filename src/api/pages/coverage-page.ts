/**
 * Coverage: what was read of each source, what was left out and why, and what was sent.
 */
import type { WindowRecord } from '../../domain/anomaly.js';
import type { NotificationRecord } from '../../alert/ports.js';
import { addCoverage, emptyCoverage, total, type SourceCoverage } from '../../domain/coverage.js';
import type { Window } from '../../domain/window.js';
import type { JobInfo } from '../dependencies.js';
import { isAhead, type Watch } from '../watch.js';
import { html, type Html } from './html.js';
import { countText, plural } from './count-text.js';
import { notificationTable, skipReason, sourceHealth, sourceTable, windowTable } from './coverage-tables.js';
import { withParameters } from './links.js';
import { RANGES, type RangeName } from './overview-page.js';
import { agoElement, durationText, timeElement, windowElement } from './time-text.js';

/** What the page shows. */
export interface CoverageView {
  readonly rangeName: RangeName;
  readonly range: Window;
  /** Oldest first. */
  readonly records: readonly WindowRecord[];
  readonly notifications: readonly NotificationRecord[];
  readonly watch: Watch;
  /** The job shown, and all there are. */
  readonly job: string;
  readonly jobs: readonly JobInfo[];
}

/** The content of the page. */
export function coverageBody(view: CoverageView): Html {
  const sources = sumBySource(view.records);
  const { job, jobs, rangeName } = view;
  const parameters: Record<string, string> =
    jobs.length > 1 ? { range: rangeName, job } : { range: rangeName };
  return html`<div id="coverage" data-live>
    <div class="title-row"><h1>Coverage and health</h1></div>
    ${
      jobs.length > 1 &&
      html`<nav class="ranges" aria-label="Job">
        ${jobs.map(
          ({ name }) =>
            html`<a
              href="${withParameters('/coverage', parameters, { job: name })}"
              ${name === job && html` aria-current="true"`}
              >${name}</a
            >`,
        )}
      </nav>`
    }
    <nav class="ranges" aria-label="Time">
      ${Object.entries(RANGES).map(
        ([name, { words }]) =>
          html`<a
            href="${withParameters('/coverage', parameters, { range: name })}"
            ${name === rangeName && html` aria-current="true"`}
            >${words}</a
          >`,
      )}
    </nav>
    ${tiles(view, sources)}
    <section class="panel" aria-labelledby="volume">
      <h2 id="volume">Events by window</h2>
      ${volumeChart(view)}
    </section>
    <section class="panel" aria-labelledby="health">
      <h2 id="health">Sources now</h2>
      ${sourceHealth(view.records.findLast(({ status }) => status === 'done'))}
    </section>
    <section class="panel" aria-labelledby="sources">
      <h2 id="sources">By source</h2>
      ${sourceTable(sources)}
    </section>
    <div class="columns even">
      <section class="panel" aria-labelledby="skipped">
        <h2 id="skipped">Skipped windows</h2>
        ${skippedList(view.records)}
      </section>
      <section class="panel" aria-labelledby="model">
        <h2 id="model">Model</h2>
        ${modelFacts(view.watch)}
      </section>
    </div>
    <section class="panel" aria-labelledby="sent">
      <h2 id="sent">Notifications</h2>
      ${notificationTable(view.notifications, view.watch.nowMs)}
    </section>
    <section class="panel" aria-labelledby="windows">
      <h2 id="windows">Newest windows</h2>
      ${windowTable(view.records)}
    </section>
    <footer class="provenance">
      <p><a href="/v1/windows">JSON</a> · <a href="/metrics">metrics</a></p>
    </footer>
  </div>`;
}

/** Counts of each source over the records, largest first. */
function sumBySource(records: readonly WindowRecord[]): SourceCoverage[] {
  const sums = new Map<string, SourceCoverage>();
  for (const part of records.flatMap(({ coverage }) => coverage)) {
    const sum = sums.get(part.source) ?? emptyCoverage(part.source);
    addCoverage(sum, part);
    sums.set(part.source, sum);
  }
  return [...sums.values()].sort((a, b) => b.read - a.read);
}

function tiles({ records, watch }: CoverageView, sources: readonly SourceCoverage[]): Html {
  const all = emptyCoverage('all');
  for (const source of sources) addCoverage(all, source);
  const skipped = records.filter(({ status }) => status === 'skipped').length;
  const quarantined = total(all.quarantined);
  const lag = watch.last && isAhead(watch.last) ? 'earlier windows follow' : 'up to date';
  const times = records.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return html`<dl class="tiles">
    ${tile('Records read', countText(all.read), `${countText(all.events)} became events`)}
    ${tile('Windows', countText(records.length - skipped), skipped === 0 ? 'none skipped' : `${countText(skipped)} skipped`)}
    ${tile('Behind', watch.lagMs === 0 ? '0 s' : durationText(watch.lagMs), watch.lagMs === 0 ? lag : 'beyond the usual wait')}
    ${tile('Quarantined', countText(quarantined), all.read === 0 ? 'nothing read' : `${shareText(quarantined / all.read)} of records`, quarantined > 0.01 * all.read)}
    ${tile('Anomalies', countText(records.reduce((sum, { anomalies }) => sum + anomalies, 0)), 'entity windows')}
    ${tile('A window takes', times.length === 0 ? '–' : `${countText(Math.round(times[Math.floor(times.length / 2)]!))} ms`, 'median')}
  </dl>`;
}

function tile(name: string, value: string, note: string, bad = false): Html {
  return html`<div class="tile${bad && ' tile-bad'}">
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`;
}

function shareText(share: number): string {
  return share > 0 && share < 0.0001 ? 'below 0.01 %' : `${(share * 100).toFixed(2)} %`;
}

/** Bars of the chart; more windows than these are summed. */
const MAX_BARS = 600;

/** Data of the chart: events and records left out per window, or per few windows. */
function volumeChart({ records, range }: CoverageView): Html {
  if (records.length === 0) return html`<p class="muted">No window in this time.</p>`;
  const joined = Math.ceil(records.length / MAX_BARS);
  const bars: [start: number, events: number, leftOut: number, skipped: number, anomalies: number][] = [];
  records.forEach(({ window, coverage, status, anomalies }, position) => {
    if (position % joined === 0) bars.push([window.start, 0, 0, 0, 0]);
    const bar = bars.at(-1)!;
    for (const part of coverage) {
      bar[1] += part.events;
      bar[2] += part.read - part.events;
    }
    bar[3] += status === 'skipped' ? 1 : 0;
    bar[4] += anomalies;
  });
  return html`<div
      class="chart"
      data-chart="volume"
      data-points="${JSON.stringify({ range, windows: bars })}"
      role="img"
      aria-label="${`Events of ${plural(records.length, 'window')}; the table below lists the newest`}"
    ></div>
    <p class="legend">
      <span><i class="key key-events"></i>events</span
      ><span><i class="key key-left-out"></i>duplicate, filtered or quarantined</span
      ><span><i class="key key-skipped"></i>window skipped</span
      >${joined > 1 && html`<span>${joined} windows a bar</span>`}
    </p>`;
}

function skippedList(records: readonly WindowRecord[]): Html {
  const byReason = new Map<string, WindowRecord[]>();
  for (const record of records.filter(({ status }) => status === 'skipped')) {
    const reason = record.reason ?? 'no reason given';
    byReason.set(reason, [...(byReason.get(reason) ?? []), record]);
  }
  if (byReason.size === 0) return html`<p class="muted">None: every window in this time was scored.</p>`;
  return html`<ul class="plain">
    ${[...byReason].map(
      ([reason, skipped]) =>
        html`<li>
          <b>${plural(skipped.length, 'window')}</b> ${skipReason(reason)}; the newest
          ${windowElement(skipped.at(-1)!.window)}
        </li>`,
    )}
  </ul>`;
}

function modelFacts({ model, nowMs }: Watch): Html {
  if (model === undefined)
    return html`<p class="muted">
      No model yet: windows are collected until there is enough to learn from.
    </p>`;
  return html`<dl class="facts-list">
    <div>
      <dt>Fitted</dt>
      <dd>${agoElement(model.createdAtMs, nowMs)}</dd>
    </div>
    <div>
      <dt>On</dt>
      <dd>
        ${timeElement(model.fittedFromMs)} to ${timeElement(model.fittedToMs)}
        (${durationText(model.fittedToMs - model.fittedFromMs)})
      </dd>
    </div>
    <div>
      <dt>Id</dt>
      <dd class="mono">${model.id}</dd>
    </div>
    ${
      model.selfTrained &&
      html`<div>
        <dt>Caution</dt>
        <dd>trained on the data it scores, for lack of history</dd>
      </div>`
    }
  </dl>`;
}
