/**
 * One entity: when it was strange, with the window in question marked, and what it did lately.
 */
import { SEVERITIES, type Anomaly, type WindowRecord } from '../../domain/anomaly.js';
import type { SubjectKind } from '../../domain/matrix.js';
import { CATALOGUE } from '../../behaviors/catalogue.js';
import type { EntityHistory } from '../entity-history.js';
import { html, type Fragment, type Html } from './html.js';
import { plural } from './count-text.js';
import { anomalyPath, entityPath, pathSegment } from './links.js';
import { RANGES, scoreText, type RangeName } from './overview-page.js';
import { rawEventList } from './raw-events.js';
import { severityBadge } from './severity.js';
import { windowElement } from './time-text.js';

/** What the page shows. */
export interface EntityView {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly rangeName: RangeName;
  readonly history: EntityHistory;
  /** Records of the range's windows, oldest first. */
  readonly records: readonly WindowRecord[];
  readonly windowMs: number;
  /** Start of the window to mark. */
  readonly markMs?: number;
}

const LISTED = 50;

/** The content of the page. */
export function entityBody(view: EntityView): Html {
  const { kind, id, history } = view;
  const own = history.anomalies.items.filter(({ entity }) => entity.kind === kind && entity.id === id);
  const related = history.anomalies.items.filter((anomaly) => !own.includes(anomaly));
  return html`<article class="finding" id="entity" data-live>
    <header class="headline">
      <p class="crumbs"><a href="/">Strange now</a> <span aria-hidden="true">›</span> ${kind}</p>
      <h1 class="entity-title">${id}</h1>
      <p class="lead">${leadText(own, related, view)}</p>
      ${rangeLinks(view)}
    </header>
    <section class="panel" aria-labelledby="history">
      <h2 id="history">How strange, over time</h2>
      ${historyChart(own, related, view)}
    </section>
    <section class="panel" aria-labelledby="own">
      <h2 id="own">Its anomalies</h2>
      ${anomalyTable(own, false, view.markMs)}
    </section>
    ${
      related.length > 0 &&
      html`<section class="panel" aria-labelledby="related">
        <h2 id="related">Of its connections and services</h2>
        ${anomalyTable(related, true, view.markMs)}
      </section>`
    }
    <section class="panel" aria-labelledby="raw">
      <h2 id="raw">Newest events</h2>
      ${history.events.length === 0 ? html`<p class="muted">The store holds no raw events of it in this time.</p>` : rawEventList(history.events)}
    </section>
    <footer class="provenance">
      <p><a href="/v1/entities/${pathSegment(id)}?kind=${kind}">JSON</a></p>
    </footer>
  </article>`;
}

function leadText(own: readonly Anomaly[], related: readonly Anomaly[], { rangeName }: EntityView): string {
  const words = RANGES[rangeName].words;
  if (own.length + related.length === 0) return `Nothing strange in the ${words}.`;
  const behaviors = new Set(
    [...own, ...related].map(({ behavior }) => CATALOGUE[behavior].name.toLowerCase()),
  );
  return `${plural(own.length + related.length, 'strange window')} in the ${words}: ${[...behaviors].slice(0, 4).join(', ')}.`;
}

function rangeLinks({ kind, id, rangeName, markMs }: EntityView): Html {
  const path = entityPath({ kind, id });
  const mark = markMs === undefined ? '' : `&at=${String(markMs)}`;
  return html`<nav class="ranges" aria-label="Time">
    ${Object.entries(RANGES).map(
      ([name, { words }]) =>
        html`<a href="${`${path}?range=${name}${mark}`}" ${name === rangeName && html` aria-current="true"`}
          >${words}</a
        >`,
    )}
  </nav>`;
}

/** Data of the chart; the script draws it, the table below says the same in words. */
function historyChart(own: readonly Anomaly[], related: readonly Anomaly[], view: EntityView): Html {
  const { history, records, markMs, windowMs } = view;
  const points = (anomalies: readonly Anomaly[]) =>
    anomalies.map(({ window, grade, severity, id }) => [
      window.start,
      grade,
      SEVERITIES.indexOf(severity),
      anomalyPath(id),
    ]);
  const data = {
    range: history.range,
    own: points(own),
    related: points(related),
    skipped: records
      .filter(({ status }) => status === 'skipped')
      .map(({ window }) => [window.start, window.end]),
    watched: watchedSpans(records),
    mark: markMs === undefined ? null : [markMs, markMs + windowMs],
  };
  return html`<div
      class="chart"
      data-chart="history"
      data-points="${JSON.stringify(data)}"
      role="img"
      aria-label="${`Grade of ${plural(own.length, 'anomaly window')} over time; the table below lists them`}"
    ></div>
    <p class="legend">
      ${[...SEVERITIES].reverse().map((severity) => html`<span><i class="key sev-${severity}"></i>${severity}</span>`)}<span
        ><i class="key key-watched"></i>watched</span
      >${markMs !== undefined && html`<span><i class="key key-mark"></i>the window you came from</span>`}
    </p>`;
}

/** Stretches of windows that were scored, joined where they touch. */
function watchedSpans(records: readonly WindowRecord[]): [number, number][] {
  const spans: [number, number][] = [];
  for (const { window, status } of records) {
    if (status !== 'done') continue;
    const last = spans.at(-1);
    if (last !== undefined && last[1] >= window.start) last[1] = Math.max(last[1], window.end);
    else spans.push([window.start, window.end]);
  }
  return spans;
}

function anomalyTable(
  anomalies: readonly Anomaly[],
  withEntity: boolean,
  markMs: number | undefined,
): Fragment {
  if (anomalies.length === 0) return html`<p class="muted">None in this time.</p>`;
  const older = anomalies.length - LISTED;
  return html`<div class="scroll">
      <table class="list anomalies">
        <thead>
          <tr>
            <th scope="col">Window</th>
            <th scope="col">Severity</th>
            ${withEntity && html`<th scope="col">What</th>`}
            <th scope="col">Why</th>
            <th scope="col" class="number">Score</th>
          </tr>
        </thead>
        <tbody>
          ${anomalies.slice(0, LISTED).map((anomaly) => anomalyRow(anomaly, withEntity, markMs))}
        </tbody>
      </table>
    </div>
    ${older > 0 && html`<p class="note">${older} older ones not shown.</p>`}`;
}

function anomalyRow(anomaly: Anomaly, withEntity: boolean, markMs: number | undefined): Html {
  const { id, window, severity, entity, reason, score, status } = anomaly;
  const link = entityPath(entity, window.start);
  return html`<tr ${window.start === markMs && html`class="marked"`}>
    <td>${windowElement(window)}</td>
    <td>${severityBadge(severity)}</td>
    ${withEntity && html`<td class="mono wide"><a href="${link}">${entity.id}</a></td>`}
    <td class="wide">
      <a href="${anomalyPath(id)}" class="main-link">${reason}</a>
      ${status === 'retracted' && html`<span class="tag">retracted</span>`}
    </td>
    <td class="number">${scoreText(score)}</td>
  </tr>`;
}
