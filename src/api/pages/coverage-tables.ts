/**
 * Tables of what was read, left out, skipped and sent.
 */
import type { NotificationRecord } from '../../alert/ports.js';
import type { WindowRecord } from '../../domain/anomaly.js';
import {
  irregularText,
  SOURCE_STATUSES,
  type SourceCoverage,
  type SourceStatus,
} from '../../domain/coverage.js';
import { html, type Fragment, type Html } from './html.js';
import { countText, plural } from './count-text.js';
import { anomalyPath } from './links.js';
import { severityBadge } from './severity.js';
import { agoElement, windowElement } from './time-text.js';

const LISTED_WINDOWS = 15;

const STATUS_WORDS: Readonly<Record<SourceStatus, string>> = {
  usual: 'as usual',
  new: 'new: its usual volume is being learned',
  repeated: 'comes twice; repetitions are left out',
  low: 'much less than usual',
  doubled: 'comes twice; each second record is left out',
  burst: 'far more than usual of everybody',
  silent: 'silent',
  flooding: 'more than a window may hold; the rest is left out',
};

/** How the sources are in the newest window that was read, the worst first. */
export function sourceHealth(newest: WindowRecord | undefined): Html {
  const watched = (newest?.coverage ?? []).filter(({ status }) => status !== undefined);
  if (watched.length === 0) return html`<p class="muted">Nothing is expected of any source yet.</p>`;
  const worstFirst = [...watched].sort(
    (a, b) => SOURCE_STATUSES.indexOf(b.status!) - SOURCE_STATUSES.indexOf(a.status!),
  );
  return html`<div class="scroll">
    <table class="list">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">Events</th>
          <th scope="col" class="number">Usual</th>
        </tr>
      </thead>
      <tbody>
        ${worstFirst.map(
          ({ source, status, events, expected }) =>
            html`<tr>
              <th scope="row" class="mono">${source}</th>
              <td>
                ${status === 'usual' ? STATUS_WORDS.usual : html`<span class="tag">${STATUS_WORDS[status!]}</span>`}
              </td>
              <td class="number">${countText(events)}</td>
              <td class="number">
                ${expected ? `${countText(Math.round(expected.lower))} – ${countText(Math.round(expected.upper))}` : 'not known yet'}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Counts of each source. */
export function sourceTable(sources: readonly SourceCoverage[]): Html {
  if (sources.length === 0) return html`<p class="muted">Nothing was read in this time.</p>`;
  const hasIrregular = sources.some(({ irregular }) => irregular !== undefined);
  return html`<div class="scroll">
    <table class="list">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col" class="number">Read</th>
          <th scope="col" class="number">Events</th>
          <th scope="col" class="number">Duplicates</th>
          <th scope="col">Filtered</th>
          <th scope="col">Quarantined</th>
          ${hasIrregular && html`<th scope="col">Irregular</th>`}
        </tr>
      </thead>
      <tbody>
        ${sources.map(
          (source) =>
            html`<tr>
              <th scope="row" class="mono">${source.source}</th>
              <td class="number">${countText(source.read)}</td>
              <td class="number">${countText(source.events)}</td>
              <td class="number">${countText(source.duplicates)}</td>
              <td>${reasons(source.filtered)}</td>
              <td>${reasons(source.quarantined)}</td>
              ${hasIrregular && html`<td>${irregularText(source.irregular ?? {})}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** `120 loopback, 4 own output`; a zero where there are none. */
function reasons(byReason: Readonly<Partial<Record<string, number>>>): Fragment {
  const parts = Object.entries(byReason).filter(([, count]) => (count ?? 0) > 0);
  if (parts.length === 0) return html`<span class="muted">0</span>`;
  return parts.map(
    ([reason, count], position) =>
      `${position > 0 ? ', ' : ''}${countText(count ?? 0)} ${reason.replaceAll('_', ' ')}`,
  );
}

/** Why a window was skipped, in words that follow `3 windows …`. */
export function skipReason(reason: string): string {
  return reason === 'empty' ? 'without any event' : reason.replaceAll('_', ' ');
}

/** How a window was scored, and what came late or too late for it. */
function scoredText({ reason, late = 0, missed = 0 }: WindowRecord): string {
  return [
    reason === 'ahead' ? 'scored ahead of its turn' : 'scored',
    ...(late > 0 ? [`${countText(late)} came late`] : []),
    ...(missed > 0 ? [`${countText(missed)} came too late to be read`] : []),
  ].join('; ');
}

const DELIVERY_WORDS = { pending: 'waiting', sent: 'sent', failed: 'failed' } as const;

/** What was sent, and what became of it. */
export function notificationTable(notifications: readonly NotificationRecord[], nowMs: number): Html {
  if (notifications.length === 0)
    return html`<p class="muted">
      None was sent. With a webhook in the configuration, each episode is sent once when it opens and when it
      gets worse.
    </p>`;
  return html`<div class="scroll">
    <table class="list">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Channel</th>
          <th scope="col">Severity</th>
          <th scope="col">Episode</th>
          <th scope="col">When</th>
          <th scope="col" class="number">Attempts</th>
          <th scope="col">Answer</th>
        </tr>
      </thead>
      <tbody>
        ${notifications.map(
          ({ notification: { channel, change }, delivery }) =>
            html`<tr>
              <td>
                <span class="delivery delivery-${delivery.state}">${DELIVERY_WORDS[delivery.state]}</span>
              </td>
              <td>${channel}</td>
              <td>${severityBadge(change.episode.severity)}</td>
              <td class="wide">
                <a href="${anomalyPath(change.episode.id)}">${change.episode.reason}</a
                >${change.change === 'raised' && html` <span class="tag">got worse</span>`}${change.change === 'resolved' && html` <span class="tag">resolved</span>`}
              </td>
              <td>${agoElement(delivery.atMs, nowMs)}</td>
              <td class="number">${delivery.attempts}</td>
              <td>${delivery.detail}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The newest windows of records that are listed oldest first. */
export function windowTable(records: readonly WindowRecord[]): Html {
  if (records.length === 0) return html`<p class="muted">No window in this time.</p>`;
  return html`<div class="scroll">
    <table class="list">
      <thead>
        <tr>
          <th scope="col">Window</th>
          <th scope="col">State</th>
          <th scope="col" class="number">Counted</th>
          <th scope="col" class="number">Events</th>
          <th scope="col">Scored</th>
          <th scope="col" class="number">Anomalies</th>
          <th scope="col" class="number">Revision</th>
          <th scope="col" class="number">Took</th>
        </tr>
      </thead>
      <tbody>
        ${[...records]
          .reverse()
          .slice(0, LISTED_WINDOWS)
          .map(
            (record) =>
              html`<tr>
                <td>${windowElement(record.window)}</td>
                <td>
                  ${record.status === 'done' ? scoredText(record) : html`<span class="tag">skipped</span> ${skipReason(record.reason ?? '')}`}
                </td>
                <td class="number">${countText(record.counted)}</td>
                <td class="number">
                  ${countText(record.coverage.reduce((sum, { events }) => sum + events, 0))}
                </td>
                <td>${rowsText(record)}</td>
                <td class="number">${record.anomalies}</td>
                <td class="number">${record.revision}</td>
                <td class="number">${countText(Math.round(record.tookMs))} ms</td>
              </tr>`,
          )}
      </tbody>
    </table>
  </div>`;
}

/** Rows by kind, and how many entities have none of their own. */
function rowsText({ entities, others = {} }: WindowRecord): string {
  const rows = Object.entries(entities).map(([kind, count]) => plural(count, kind));
  const beyond = Object.entries(others).map(
    ([kind, count]) => `${plural(count, `other ${kind}`)} taken together`,
  );
  return [...rows, ...beyond].join(', ');
}
