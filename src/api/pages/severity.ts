/**
 * Severity as a person sees it: word, shape and color, each enough on its own.
 */
import type { Severity } from '../../domain/anomaly.js';
import { html, markup, type Html } from './html.js';

/** Shapes differ in outline, so that they tell apart without color and in print. */
const SHAPES: Readonly<Record<Severity, Html>> = {
  critical: markup('<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="mark" d="M8 4v5M8 11v1.4"/>'),
  high: markup('<path d="M8 1l7.5 14H.5z"/><path class="mark" d="M8 6v4.2M8 11.8v1.4"/>'),
  medium: markup('<path d="M8 .8L15.2 8 8 15.2.8 8z"/>'),
  low: markup('<circle cx="8" cy="8" r="6.5"/>'),
};

/** The shape alone; the word must stand beside it. */
export function severityIcon(severity: Severity): Html {
  return html`<svg class="icon sev-${severity}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    ${SHAPES[severity]}
  </svg>`;
}

/** Shape and word. */
export function severityBadge(severity: Severity): Html {
  return html`<span class="badge badge-${severity}"
    >${severityIcon(severity)}${severityWord(severity)}</span
  >`;
}

/** `Critical`. */
export function severityWord(severity: Severity): string {
  return severity.charAt(0).toUpperCase() + severity.slice(1);
}
