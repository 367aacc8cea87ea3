/**
 * Raw events as a person reads them: one line each, the record as its source wrote it on demand.
 */
import type { EvidenceEvent } from '../../domain/anomaly.js';
import type { RawEvent } from '../../domain/raw.js';
import { plural } from './count-text.js';
import { html, type Html } from './html.js';
import { summaryOf } from './record-summary.js';
import { timeElement } from './time-text.js';

/** A record longer than this is cut: the page stays usable, the API has all of it. */
const MAX_RECORD = 20_000;
/** Events that are shown before a reader asks for more. */
const SHOWN = 10;

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

/** Lines of a file have a number; documents of an index have none. */
function placeText({ source, index, place }: EvidenceEvent): string {
  return index === '' && place > 0 ? `${source}:${String(place)}` : streamOf(source);
}

/** The name that people know: `logs-zeek-default` of `.ds-logs-zeek-default-2026.11.24-000001`. */
function streamOf(index: string): string {
  return /^\.ds-(.+)-\d{4}\.\d\d\.\d\d-\d{6}$/.exec(index)?.[1] ?? index;
}

/** Raw events, each summarized by what tells most of it; the first few at once. */
export function rawEventList(events: readonly RawEvent[]): Html {
  const items = events.map((event) =>
    eventItem(event.timeMs, summaryOf(event.record), streamOf(event.index ?? event.source), event.record),
  );
  const more = items.slice(SHOWN);
  return html`<ol class="events">
      ${items.slice(0, SHOWN)}
    </ol>
    ${
      more.length > 0 &&
      html`<details class="rest">
        <summary>${plural(more.length, 'more event')}</summary>
        <ol class="events">
          ${more}
        </ol>
      </details>`
    }`;
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
