/**
 * Raw events as a person reads them: one line each, the record as its source wrote it on demand.
 */
import type { EvidenceEvent } from '../../domain/anomaly.js';
import type { RawEvent } from '../../domain/raw.js';
import { html, type Html } from './html.js';
import { timeElement } from './time-text.js';

/** A record longer than this is cut: the page stays usable, the API has all of it. */
const MAX_RECORD = 20_000;
const SUMMARY_FIELDS = 6;

/** The events that tell most, each with its raw record where it still exists. */
export function evidenceList(
  evidence: readonly EvidenceEvent[],
  records: ReadonlyMap<string, RawEvent>,
): Html {
  if (evidence.length === 0) return html`<p class="muted">No single event tells more than the others.</p>`;
  return html`<ol class="events">
    ${evidence.map((event) => {
      const raw = records.get(event.id);
      return eventItem(event.timeMs, event.summary, placeText(event), raw?.record);
    })}
  </ol>`;
}

function placeText({ source, place }: EvidenceEvent): string {
  return place > 0 ? `${source}:${String(place)}` : source;
}

/** Raw events, each summarized by its own first fields. */
export function rawEventList(events: readonly RawEvent[]): Html {
  return html`<ol class="events">
    ${events.map((event) =>
      eventItem(event.timeMs, summaryOf(event.record), event.index ?? event.source, event.record),
    )}
  </ol>`;
}

function eventItem(timeMs: number, summary: string, place: string, record: unknown): Html {
  const line = html`${timeElement(timeMs, 'precise')} <span class="event-text">${summary}</span>
    <span class="event-place">${place}</span>`;
  if (record === undefined) return html`<li class="event"><div class="event-line">${line}</div></li>`;
  return html`<li class="event">
    <details>
      <summary class="event-line">${line}</summary>
      <pre tabindex="0">${recordText(record)}</pre>
    </details>
  </li>`;
}

/** The record as indented JSON, cut at a bound. */
export function recordText(record: unknown): string {
  const text = typeof record === 'string' ? record : JSON.stringify(record, null, 2);
  return text.length > MAX_RECORD
    ? `${text.slice(0, MAX_RECORD)}\n… ${String(text.length - MAX_RECORD)} characters more`
    : text;
}

/** `id.orig_h 10.0.0.5 · id.resp_p 445 …`: the first simple fields that say something. */
export function summaryOf(record: unknown): string {
  if (typeof record === 'string') return record.slice(0, 300);
  const fields: string[] = [];
  collectFields(record, '', fields, 0);
  return fields.slice(0, SUMMARY_FIELDS).join(' · ');
}

/** Said by the line already, or noise in it. */
const SKIPPED =
  /(^|\.)(ts|timestamp|@timestamp|uid|flow_id|community_id|_path|event_type|version|_write_ts)$/;

function collectFields(value: unknown, name: string, into: string[], depth: number): void {
  if (into.length >= SUMMARY_FIELDS || depth > 4 || value === null) return;
  if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      const index = Array.isArray(value) ? name : name === '' ? key : `${name}.${key}`;
      collectFields(inner, index, into, depth + 1);
    }
  } else if (!SKIPPED.test(name) && value !== '') {
    into.push(`${name} ${(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80)}`);
  }
}
