/**
 * A scan's findings as one file that stands alone: the look of the pages, no scripts, no links out.
 */
import { createHash } from 'node:crypto';
import { SEVERITIES, type Anomaly, type Episode } from '../../domain/anomaly.js';
import { addCoverage, emptyCoverage, total, type SourceCoverage } from '../../domain/coverage.js';
import type { Window } from '../../domain/window.js';
import { styleSheet } from '../assets.js';
import { episodeView, type EpisodeView } from '../episode-view.js';
import { nextSteps } from './anomaly-page.js';
import { contributionChart, type FeatureCatalogue } from './contribution-chart.js';
import { sourceTable } from './coverage-tables.js';
import { html, markup, type Fragment, type Html } from './html.js';
import { countText, plural } from './count-text.js';
import { episodeCard } from './overview-page.js';
import { evidenceList } from './raw-events.js';
import { severityIcon, severityWord } from './severity.js';
import { durationText, timeElement } from './time-text.js';

/** What a report tells. */
export interface Report {
  readonly title: string;
  readonly version: string;
  readonly generatedAtMs: number;
  /** Event time that was read; undefined where there was no event. */
  readonly range: Window | undefined;
  readonly episodes: readonly Episode[];
  /** Anomalies of the episodes: when each was strange. */
  readonly anomalies: readonly Anomaly[];
  /** One per file. */
  readonly coverage: readonly SourceCoverage[];
  /** Instead of "Nothing strange", where that would say too much. */
  readonly headline?: string | undefined;
  /** What a reader must know before believing it: trained on the data itself, … */
  readonly notes: readonly string[];
  readonly catalogue: FeatureCatalogue;
}

/** The report as a whole HTML document. */
export function renderReport(report: Report): string {
  const style = styleSheet();
  const hash = createHash('sha256').update(style).digest('base64');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'sha256-${markup(hash)}'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${report.title} · Elkhound</title>
        ${markup(`<style>${style}</style>`)}
      </head>
      <body>
        <header class="top"><span class="brand">Elkhound</span></header>
        <main>${reportBody(report)}</main>
        <footer>
          <p>Elkhound ${report.version} · written ${timeElement(report.generatedAtMs)} · all times in UTC</p>
        </footer>
      </body>
    </html> `.text;
}

function reportBody(report: Report): Html {
  const views = viewsOf(report);
  return html`<div class="title-row">
      <h1>${report.title}</h1>
      ${summary(views)}
    </div>
    ${
      report.notes.length > 0 &&
      html`<ul class="warnings">
        ${report.notes.map((note) => html`<li>${note}</li>`)}
      </ul>`
    }
    <p class="lead">${leadText(report)}</p>
    ${report.range === undefined || views.length === 0 ? html`<div class="empty"><h2>${report.headline ?? 'Nothing strange'}</h2></div>` : findings(views, report, report.range)}
    <section class="panel">
      <h2>What was read</h2>
      ${sourceTable(report.coverage)}
    </section>`;
}

function viewsOf({ episodes, anomalies, range }: Report): (EpisodeView & { readonly document: Episode })[] {
  return episodes
    .map((episode) => {
      const own = anomalies.filter((anomaly) => anomaly.episode === episode.id);
      return { ...episodeView(own, episode, range?.end ?? episode.end), document: episode };
    })
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.score - a.score);
}

function summary(views: readonly EpisodeView[]): Html {
  return html`<ul class="summary">
    ${[...SEVERITIES].reverse().map((severity) => {
      const count = views.filter((view) => view.severity === severity).length;
      return html`<li class="count-ongoing">${severityIcon(severity)} <b>${count}</b> ${severity}</li>`;
    })}
  </ul>`;
}

function leadText({ coverage, range }: Report): Fragment {
  const all = emptyCoverage('all');
  for (const source of coverage) addCoverage(all, source);
  const counts = `${plural(all.read, 'record')} of ${plural(coverage.length, 'file')}: ${countText(all.events)} events, ${countText(all.duplicates)} duplicate, ${countText(total(all.filtered))} filtered, ${countText(total(all.quarantined))} quarantined.`;
  return range === undefined
    ? counts
    : html`${counts} Events from ${timeElement(range.start)} to ${timeElement(range.end)},
      ${durationText(range.end - range.start)}.`;
}

function findings(
  views: readonly (EpisodeView & { readonly document: Episode })[],
  { catalogue }: Report,
  range: Window,
): Html {
  return html`${[...SEVERITIES].reverse().map((severity) => {
    const members = views.filter((view) => view.severity === severity);
    return (
      members.length > 0 &&
      html`<section class="group">
        <h2>
          ${severityIcon(severity)} ${severityWord(severity)} <span class="muted">${members.length}</span>
        </h2>
        <ol class="episodes">
          ${members.map((view) => html`<li id="${view.id}">${episodeCard(view, range, range.end, `#${view.id}`)}${details(view.document, catalogue)}</li>`)}
        </ol>
      </section>`
    );
  })}`;
}

function details(episode: Episode, catalogue: FeatureCatalogue): Html {
  return html`<details class="more edge-${episode.severity}">
    <summary>Why, and what to check</summary>
    <div class="columns">
      <div class="side">
        <section class="panel">
          <h3>Typical against actual</h3>
          ${contributionChart(episode.contributions, catalogue)}
        </section>
        <section class="panel">
          <h3>The most telling events</h3>
          ${evidenceList(episode.evidence, new Map())}
        </section>
      </div>
      <div class="side">${nextSteps(episode)}</div>
    </div>
  </details>`;
}
