/**
 * Times as people read them: how long ago, and exactly when.
 */
import { html, type Html } from './html.js';
import type { Window } from '../../domain/window.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2026-11-23 02:10` in UTC; with seconds where `precise`. */
function utcText(timeMs: number, precise = false): string {
  return new Date(timeMs)
    .toISOString()
    .slice(0, precise ? 19 : 16)
    .replace('T', ' ');
}

/** `35 min`, `2 h 5 min`, `3 days`. */
export function durationText(ms: number): string {
  if (ms < MINUTE) return `${String(Math.max(0, Math.round(ms / 1000)))} s`;
  if (ms < HOUR) return `${String(Math.round(ms / MINUTE))} min`;
  if (ms < 2 * DAY) {
    const minutes = Math.round(ms / MINUTE);
    const rest = minutes % 60;
    return rest === 0 || ms > 12 * HOUR
      ? `${String(Math.round(minutes / 60))} h`
      : `${String(Math.floor(minutes / 60))} h ${String(rest)} min`;
  }
  return `${String(Math.round(ms / DAY))} days`;
}

/** `3 min ago`; `just now` below a minute. */
export function agoText(timeMs: number, nowMs: number): string {
  return nowMs - timeMs < MINUTE ? 'just now' : `${durationText(nowMs - timeMs)} ago`;
}

/**
 * A `<time>` that shows UTC, and the reader's own time once the script has run.
 * `shape` is what of it: the day too, the time alone, or seconds as well.
 */
export function timeElement(timeMs: number, shape: 'full' | 'clock' | 'precise' = 'full'): Html {
  const utc = utcText(timeMs, shape === 'precise');
  const shown = shape === 'clock' ? utc.slice(11) : utc;
  return html`<time
    datetime="${new Date(timeMs).toISOString()}"
    data-local="${shape}"
    title="${utcText(timeMs, true)} UTC"
    >${shown} UTC</time
  >`;
}

/** A window in the reader's time; the day once. */
export function windowElement(window: Window): Html {
  return html`${timeElement(window.start)}<span class="dash">–</span>${timeElement(window.end, 'clock')}`;
}

/** A window in UTC, as logs and colleagues elsewhere name it. */
export function windowUtcText(window: Window): string {
  const end = utcText(window.end);
  const start = utcText(window.start);
  return `${start}–${end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end} UTC`;
}

/** How long ago, with the exact time on hover. */
export function agoElement(timeMs: number, nowMs: number): Html {
  return html`<time datetime="${new Date(timeMs).toISOString()}" title="${utcText(timeMs, true)} UTC"
    >${agoText(timeMs, nowMs)}</time
  >`;
}
