/**
 * Coverage: what was read of each source, what was left out and why, and what was sent.
 */
import type { WindowRecord } from '../../domain/anomaly.js';
import type { NotificationRecord } from '../../alert/ports.js';
import { addCoverage, emptyCoverage, total, type SourceCoverage } from '../../domain/coverage.js';
import type { Window } from '../../domain/window.js';
import type { Watch } from '../watch.js';
import { html, type Fragment, type Html } from './html.js';
import { plural } from './layout.js';
import { anomalyPath } from './links.js';
import { RANGES, type RangeName } from './overview-page.js';
import { severityBadge } from './severity.js';
import { agoElement, durationText, timeElement, windowElement } from './time-text.js';

/** What the page shows. */
export interface CoverageView {
  readonly rangeName: RangeName;
  readonly range: Window;
  /** Oldest first. */
  readonly records: readonly WindowRecord[];
  readonly notifications: readonly NotificationRecord[];
  readonly watch: Watch;
}

const LISTED_WINDOWS = 15;

/** The content of the page. */
export function coverageBody(view: CoverageView): Html {
  const sources = sumBySource(view.records);
  return html`<div id="coverage" data-live>
<div class="title-row"><h1>Coverage and health</h1></div>
<nav class="ranges" aria-label="Time">${Object.entries(RANGES).map(
    ([name, { words }]) => html`<a href="/coverage?range=${name}"${name === view.rangeName && html` aria-current="true"`}>${words}</a>`,
  )}</nav>
${tiles(view, sources)}
<section class="panel" aria-labelledby="volume"><h2 id="volume">Events by window</h2>${volumeChart(view)}</section>
<section class="panel" aria-labelledby="sources"><h2 id="sources">By source</h2>${sourceTable(sources)}</section>
<div class="columns even">
<section class="panel" aria-labelledby="skipped"><h2 id="skipped">Skipped windows</h2>${skippedList(view.records)}</section>
<section class="panel" aria-labelledby="model"><h2 id="model">Model</h2>${modelFacts(view.watch)}</section>
</div>
<section class="panel" aria-labelledby="sent"><h2 id="sent">Notifications</h2>${notificationTable(view)}</section>
<section class="panel" aria-labelledby="windows"><h2 id="windows">Newest windows</h2>${windowTable(view.records)}</section>
<footer class="provenance"><p><a href="/v1/windows">JSON</a> · <a href="/metrics">metrics</a></p></footer>
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
  const times = records.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return html`<dl class="tiles">
${tile('Records read', number(all.read), `${number(all.events)} became events`)}
${tile('Windows', number(records.length - skipped), skipped === 0 ? 'none skipped' : `${number(skipped)} skipped`)}
${tile('Behind', watch.lagMs === 0 ? '0 s' : durationText(watch.lagMs), watch.lagMs === 0 ? 'up to date' : 'beyond the usual wait')}
${tile('Quarantined', number(quarantined), all.read === 0 ? 'nothing read' : `${shareText(quarantined / all.read)} of records`, quarantined > 0.01 * all.read)}
${tile('Anomalies', number(records.reduce((sum, { anomalies }) => sum + anomalies, 0)), 'entity windows')}
${tile('A window takes', times.length === 0 ? '–' : `${number(Math.round(times[Math.floor(times.length / 2)]!))} ms`, 'median')}
</dl>`;
}

function tile(name: string, value: string, note: string, bad = false): Html {
  return html`<div class="tile${bad && ' tile-bad'}"><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function shareText(share: number): string {
  return share > 0 && share < 0.0001 ? 'below 0.01 %' : `${(share * 100).toFixed(2)} %`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
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
  return html`<div class="chart" data-chart="volume" data-points="${JSON.stringify({ range, windows: bars })}" role="img" aria-label="${`Events of ${plural(records.length, 'window')}; the table below lists the newest`}"></div>
<p class="legend"><span><i class="key key-events"></i>events</span><span><i class="key key-left-out"></i>duplicate, filtered or quarantined</span><span><i class="key key-skipped"></i>window skipped</span>${joined > 1 && html`<span>${joined} windows a bar</span>`}</p>`;
}

/** Counts of each source. */
export function sourceTable(sources: readonly SourceCoverage[]): Html {
  if (sources.length === 0) return html`<p class="muted">Nothing was read in this time.</p>`;
  return html`<div class="scroll"><table class="list"><thead><tr><th scope="col">Source</th><th scope="col" class="number">Read</th><th scope="col" class="number">Events</th><th scope="col" class="number">Duplicates</th><th scope="col">Filtered</th><th scope="col">Quarantined</th></tr></thead>
<tbody>${sources.map(
    (source) => html`<tr><th scope="row" class="mono">${source.source}</th><td class="number">${number(source.read)}</td><td class="number">${number(source.events)}</td><td class="number">${number(source.duplicates)}</td><td>${reasons(source.filtered)}</td><td>${reasons(source.quarantined)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** `120 loopback, 4 own output`; a zero where there are none. */
function reasons(byReason: Readonly<Partial<Record<string, number>>>): Fragment {
  const parts = Object.entries(byReason).filter(([, count]) => (count ?? 0) > 0);
  if (parts.length === 0) return html`<span class="muted">0</span>`;
  return parts.map(([reason, count], position) => `${position > 0 ? ', ' : ''}${number(count ?? 0)} ${reason.replaceAll('_', ' ')}`);
}

function skippedList(records: readonly WindowRecord[]): Html {
  const byReason = new Map<string, WindowRecord[]>();
  for (const record of records.filter(({ status }) => status === 'skipped')) {
    const reason = record.reason ?? 'no reason given';
    byReason.set(reason, [...(byReason.get(reason) ?? []), record]);
  }
  if (byReason.size === 0) return html`<p class="muted">None: every window in this time was scored.</p>`;
  return html`<ul class="plain">${[...byReason].map(
    ([reason, skipped]) => html`<li><b>${plural(skipped.length, 'window')}</b> ${skipReason(reason)}; the newest ${windowElement(skipped.at(-1)!.window)}</li>`,
  )}</ul>`;
}

function skipReason(reason: string): string {
  if (reason === 'training') return 'used to learn what is normal';
  return reason === 'empty' ? 'without any event' : reason.replaceAll('_', ' ');
}

function modelFacts({ model, nowMs }: Watch): Html {
  if (model === undefined) return html`<p class="muted">No model yet: windows are collected until there is enough to learn from.</p>`;
  return html`<dl class="facts-list">
<div><dt>Fitted</dt><dd>${agoElement(model.createdAtMs, nowMs)}</dd></div>
<div><dt>On</dt><dd>${timeElement(model.fittedFromMs)} to ${timeElement(model.fittedToMs)} (${durationText(model.fittedToMs - model.fittedFromMs)})</dd></div>
<div><dt>Id</dt><dd class="mono">${model.id}</dd></div>
${model.selfTrained && html`<div><dt>Caution</dt><dd>trained on the data it scores, for lack of history</dd></div>`}
</dl>`;
}

const DELIVERY_WORDS = { pending: 'waiting', sent: 'sent', failed: 'failed' } as const;

function notificationTable({ notifications, watch }: CoverageView): Html {
  if (notifications.length === 0) return html`<p class="muted">None was sent. With a webhook in the configuration, each episode is sent once when it opens and when it gets worse.</p>`;
  return html`<div class="scroll"><table class="list"><thead><tr><th scope="col">State</th><th scope="col">Channel</th><th scope="col">Severity</th><th scope="col">Episode</th><th scope="col">When</th><th scope="col" class="number">Attempts</th><th scope="col">Answer</th></tr></thead>
<tbody>${notifications.map(
    ({ notification: { channel, change }, delivery }) => html`<tr><td><span class="delivery delivery-${delivery.state}">${DELIVERY_WORDS[delivery.state]}</span></td><td>${channel}</td><td>${severityBadge(change.episode.severity)}</td>
<td><a href="${anomalyPath(change.episode.id)}">${change.episode.reason}</a>${change.change === 'raised' && html` <span class="tag">got worse</span>`}</td><td>${agoElement(delivery.atMs, watch.nowMs)}</td><td class="number">${delivery.attempts}</td><td>${delivery.detail}</td></tr>`,
  )}</tbody></table></div>`;
}

function windowTable(records: readonly WindowRecord[]): Html {
  if (records.length === 0) return html`<p class="muted">No window in this time.</p>`;
  return html`<div class="scroll"><table class="list"><thead><tr><th scope="col">Window</th><th scope="col">State</th><th scope="col" class="number">Counted</th><th scope="col" class="number">Events</th><th scope="col">Scored</th><th scope="col" class="number">Anomalies</th><th scope="col" class="number">Revision</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${[...records].reverse().slice(0, LISTED_WINDOWS).map(
    (record) => html`<tr><td>${windowElement(record.window)}</td><td>${record.status === 'done' ? 'scored' : html`<span class="tag">skipped</span> ${skipReason(record.reason ?? '')}`}</td><td class="number">${number(record.counted)}</td><td class="number">${number(record.coverage.reduce((sum, { events }) => sum + events, 0))}</td><td>${Object.entries(record.entities).map(([kind, count], position) => `${position > 0 ? ', ' : ''}${plural(count, kind)}`)}</td><td class="number">${record.anomalies}</td><td class="number">${record.revision}</td><td class="number">${number(Math.round(record.tookMs))} ms</td></tr>`,
  )}</tbody></table></div>`;
}
