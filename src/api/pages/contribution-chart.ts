/**
 * Typical against actual as a picture: one bar per feature on its own scale,
 * with the usual band behind it and a tick at what is typical.
 */
import { formatQuantity } from '../../domain/quantity.js';
import type { Contribution } from '../../domain/anomaly.js';
import { plural } from './count-text.js';
import { html, type Html } from './html.js';

/** What the chart needs to know of a feature beyond the contribution. */
export type FeatureCatalogue = Readonly<Record<string, { readonly logarithmic: boolean }>>;

/** Maps a value to 0–100 % of the width. */
export interface Scale {
  readonly logarithmic: boolean;
  readonly position: (value: number) => number;
  /** Values worth a grid line, with what to write there. */
  readonly ticks: readonly number[];
}

/** Beyond this ratio a linear bar would hide what is usual. */
const LINEAR_RATIO = 20;
/** Room at the right end of the bar. */
const FULL_PERCENT = 97;
/** Room that the label of a tick takes on a phone. */
const LABEL_PERCENT = 12;
const HEIGHT = 40;
/** Features that are shown before a reader asks for more. */
const SHOWN = 5;

/** The scale of one feature: logarithmic where actual and usual lie orders of magnitude apart. */
export function scaleOf({ actual, typical, upper }: Contribution, mayBeLogarithmic: boolean): Scale {
  const values = [actual, typical ?? 0, upper ?? 0].filter((value) => Number.isFinite(value) && value > 0);
  const largest = Math.max(...values, Number.MIN_VALUE);
  const smallest = Math.min(...values, largest);
  if (!mayBeLogarithmic || largest / smallest < LINEAR_RATIO) {
    return {
      logarithmic: false,
      position: (value) => clamp((value / largest) * FULL_PERCENT),
      ticks: [0, largest / 2, largest],
    };
  }
  const base = smallest / 2;
  const span = Math.log1p(largest / base);
  const position = (value: number): number =>
    clamp((Math.log1p(Math.max(0, value) / base) / span) * FULL_PERCENT);
  return { logarithmic: true, position, ticks: spaced(decades(smallest, largest), position) };
}

/** Without those whose labels would run into the one before. */
function spaced(ticks: readonly number[], position: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const tick of ticks) {
    if (kept.length === 0 || position(tick) - position(kept.at(-1)!) >= LABEL_PERCENT) kept.push(tick);
  }
  return kept;
}

function decades(smallest: number, largest: number): number[] {
  const first = Math.floor(Math.log10(smallest));
  const last = Math.floor(Math.log10(largest));
  const step = Math.max(1, Math.ceil((last - first) / 4));
  const ticks = [0];
  for (let power = first; power <= last; power += step) ticks.push(10 ** power);
  return ticks;
}

function clamp(percent: number): number {
  return Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : 0;
}

/** All contributions of an anomaly, largest first. */
export function contributionChart(contributions: readonly Contribution[], catalogue: FeatureCatalogue): Html {
  if (contributions.length === 0) return html`<p class="muted">No single feature stands out.</p>`;
  const rows = contributions.map((contribution) => featureRow(contribution, catalogue));
  return html`<figure class="features">
    <figcaption class="legend">
      <span><i class="key key-actual"></i>actual</span><span><i class="key key-band"></i>usual band</span
      ><span><i class="key key-typical"></i>typical</span>
    </figcaption>
    <ol class="feature-list">
      ${rows.slice(0, SHOWN)}
    </ol>
    ${
      rows.length > SHOWN &&
      html`<details class="rest">
        <summary>${plural(rows.length - SHOWN, 'more feature')}</summary>
        <ol class="feature-list">
          ${rows.slice(SHOWN)}
        </ol>
      </details>`
    }
  </figure>`;
}

function featureRow(contribution: Contribution, catalogue: FeatureCatalogue): Html {
  const { feature, label, unit, actual, share } = contribution;
  const mayBeLogarithmic = Object.hasOwn(catalogue, feature) && catalogue[feature]!.logarithmic;
  const scale = scaleOf(contribution, mayBeLogarithmic);
  return html`<li class="feature">
    <div class="feature-head">
      <span class="feature-name">${label}</span>
      <span class="feature-share" title="Share of the score">${percent(share)}</span>
    </div>
    <div class="feature-values">
      <strong>${formatQuantity(actual, unit)}</strong> <span class="muted">${usualText(contribution)}</span>
      ${scale.logarithmic && html`<span class="tag" title="Each grid line is a multiple of the one before">log scale</span>`}
    </div>
    ${bar(contribution, scale)}
  </li>`;
}

/** `usually 3, up to 9`; `nothing to compare with` where there is no baseline. */
export function usualText({ typical, upper, unit, actual }: Contribution): string {
  if (typical === null) return 'nothing to compare with';
  const factor = typical > 0 && actual / typical >= 2 ? ` · ${timesText(actual / typical)}` : '';
  const band = upper === null || upper <= typical ? '' : `, up to ${formatQuantity(upper, unit)}`;
  return `usually ${formatQuantity(typical, unit)}${band}${factor}`;
}

function timesText(factor: number): string {
  return `${factor.toLocaleString('en-US', { maximumSignificantDigits: factor < 10 ? 2 : 3 })}×`;
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

function bar(contribution: Contribution, scale: Scale): Html {
  const { actual, typical, upper, label, unit } = contribution;
  const x = (value: number): string => `${scale.position(value).toFixed(2)}%`;
  const bandEnd = upper ?? typical;
  return html`<svg
    class="bullet"
    width="100%"
    height="${HEIGHT}"
    role="img"
    aria-label="${`${label}: ${formatQuantity(actual, unit)}, ${usualText(contribution)}`}"
  >
    ${scale.ticks.map((tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="26" />${tickLabel(tick, unit, x(tick), tick === scale.ticks.at(-1))}`)}
    ${bandEnd !== null && html`<rect class="band" x="0" y="2" width="${x(bandEnd)}" height="22" />`}
    <rect class="actual" x="0" y="8" width="${x(actual)}" height="10" rx="2" />
    ${typical !== null && html`<line class="typical" x1="${x(typical)}" x2="${x(typical)}" y1="0" y2="26" />`}
  </svg>`;
}

function tickLabel(tick: number, unit: string, x: string, last: boolean): Html {
  const anchor = tick === 0 ? 'start' : last ? 'end' : 'middle';
  return html`<text class="tick" x="${x}" y="37" text-anchor="${anchor}"
    >${formatQuantity(tick, unit)}</text
  >`;
}
