/**
 * When an episode was strange, and how much, within the range that is shown.
 */
import type { Severity } from '../../domain/anomaly.js';
import type { Window } from '../../domain/window.js';
import { html, type Html } from './html.js';
import { durationText } from './time-text.js';

/** One anomalous window of an episode. */
export interface GradePoint {
  readonly start: number;
  /** 0 is the threshold, 1 is extreme. */
  readonly grade: number;
  readonly severity: Severity;
}

const WIDTH = 180;
const HEIGHT = 28;
const BINS = 60;
const SMALLEST_BAR = 7;

/** Highest grade per slice of the range as bars; slices without an anomaly stay empty. */
export function sparkline(points: readonly GradePoint[], range: Window): Html {
  const bins = new Map<number, GradePoint>();
  for (const point of points) {
    const bin = Math.floor(((point.start - range.start) / (range.end - range.start)) * BINS);
    if (bin < 0 || bin >= BINS) continue;
    const best = bins.get(bin);
    if (best === undefined || point.grade > best.grade) bins.set(bin, point);
  }
  const step = WIDTH / BINS;
  return html`<div class="spark">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true">
      <line class="ground" x1="0" x2="${WIDTH}" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}" />
      ${[...bins].map(([bin, { grade, severity }]) => {
        const height = SMALLEST_BAR + Math.min(1, Math.max(0, grade)) * (HEIGHT - SMALLEST_BAR);
        return html`<rect
          class="sev-${severity}"
          x="${(bin * step).toFixed(1)}"
          y="${(HEIGHT - height).toFixed(1)}"
          width="${(step - 0.6).toFixed(1)}"
          height="${height.toFixed(1)}"
        />`;
      })}
    </svg>
    <p class="ends"><span>${durationText(range.end - range.start)} ago</span><span>latest</span></p>
  </div>`;
}
