/**
 * What is strange now.
 */
import { SEVERITIES, type Severity } from '../../domain/anomaly.js';
import type { Window } from '../../domain/window.js';
import { BEHAVIORS, CATALOGUE } from '../../behaviors/catalogue.js';
import type { JobInfo } from '../dependencies.js';
import type { EpisodeList, EpisodeView } from '../episode-view.js';
import { anchorOf, type Watch } from '../watch.js';
import { html, type Fragment, type Html } from './html.js';
import { plural } from './count-text.js';
import { anomalyPath, withParameters } from './links.js';
import { severityBadge, severityIcon, severityWord } from './severity.js';
import { sparkline } from './sparkline.js';
import { agoElement, durationText, timeElement } from './time-text.js';

/** The time ranges a reader can choose. */
export const RANGES = {
  '1h': { words: 'last hour', ms: 3_600_000 },
  '6h': { words: 'last 6 hours', ms: 21_600_000 },
  '24h': { words: 'last 24 hours', ms: 86_400_000 },
  '7d': { words: 'last 7 days', ms: 604_800_000 },
  '30d': { words: 'last 30 days', ms: 2_592_000_000 },
} as const;
export type RangeName = keyof typeof RANGES;
export const DEFAULT_RANGE: RangeName = '24h';

/** What the reader chose, as it stands in the address. */
export interface OverviewFilters {
  readonly range: RangeName;
  readonly job?: string;
  readonly severity?: Severity;
  readonly behavior?: string;
  readonly entity?: string;
}

/** Episodes shown at once; more would hide what matters. */
const SHOWN = 100;

/** The content of the page. */
export function overviewBody(
  list: EpisodeList,
  range: Window,
  filters: OverviewFilters,
  watch: Watch,
  jobs: readonly JobInfo[],
): Html {
  const shown = list.episodes.slice(0, SHOWN);
  return html`<div class="title-row">
      <h1>What is strange now</h1>
      ${summary(list, filters)}
    </div>
    <details class="filter-box" open data-closed-on-phone>
      <summary>Filters</summary>
      ${filterForm(filters, jobs)}
    </details>
    <div id="episodes" data-live>
      ${shown.length === 0 ? emptyState(filters, watch) : [...SEVERITIES].reverse().map((severity) => group(severity, shown, range, anchorOf(watch), jobs.length > 1))}
      ${list.episodes.length > SHOWN && html`<p class="note">${plural(list.episodes.length - SHOWN, 'milder episode')} not shown: narrow the filters, or read <a href="/v1/episodes">/v1/episodes</a>.</p>`}
      ${list.truncated && html`<p class="note">More anomalies than one page can hold: only the newest are counted here. Choose a shorter time.</p>`}
    </div>`;
}

function asParameters({ range, job, severity, behavior, entity }: OverviewFilters): Record<string, string> {
  return {
    ...(range === DEFAULT_RANGE ? {} : { range }),
    ...(job === undefined ? {} : { job }),
    ...(severity === undefined ? {} : { severity }),
    ...(behavior === undefined ? {} : { behavior }),
    ...(entity === undefined ? {} : { entity }),
  };
}

/** Counts by severity, each a link that shows only these and worse. */
function summary({ episodes }: EpisodeList, filters: OverviewFilters): Html {
  const ongoing = episodes.filter((episode) => episode.ongoing).length;
  return html`<ul class="summary" id="summary" data-live aria-label="Episodes by severity">
    ${[...SEVERITIES].reverse().map((severity) => {
      const count = episodes.filter((episode) => episode.severity === severity).length;
      const href = withParameters('/', asParameters(filters), {
        severity: filters.severity === severity ? null : severity,
      });
      return html`<li>
        <a
          href="${href}"
          class="count${count === 0 && ' zero'}"
          title="${`Show ${severity === 'critical' ? 'only critical' : `${severity} and worse`}`}"
          >${severityIcon(severity)}<b>${count}</b> ${severity}</a
        >
      </li>`;
    })}
    <li class="count-ongoing"><b>${ongoing}</b> ongoing</li>
  </ul>`;
}

function filterForm(filters: OverviewFilters, jobs: readonly JobInfo[]): Html {
  const chosen = isFiltered(filters);
  return html`<form class="filters" method="get" action="/" role="search" data-submit-on-change>
    <label
      ><span>Time</span
      ><select name="range">
        ${Object.entries(RANGES).map(([name, { words }]) => option(name, words, filters.range))}
      </select></label
    >
    ${
      jobs.length > 1 &&
      html`<label
        ><span>Job</span
        ><select name="job">
          ${option('', 'all', filters.job ?? '')}${jobs.map(({ name }) => option(name, name, filters.job))}
        </select></label
      >`
    }
    <label
      ><span>Severity</span
      ><select name="severity">
        ${option('', 'any', filters.severity ?? '')}${SEVERITIES.map((severity) => option(severity, severity === 'critical' ? 'critical' : `${severity} or worse`, filters.severity))}
      </select></label
    >
    <label
      ><span>Behavior</span
      ><select name="behavior">
        ${option('', 'any', filters.behavior ?? '')}${BEHAVIORS.map((behavior) => option(behavior, CATALOGUE[behavior].name, filters.behavior))}
      </select></label
    >
    <label class="grow"
      ><span>Entity</span
      ><input
        type="search"
        name="entity"
        value="${filters.entity ?? ''}"
        placeholder="address or user name"
        maxlength="512"
        autocomplete="off"
        spellcheck="false"
        data-search
    /></label>
    <button>Show</button>
    ${chosen && html`<a class="clear" href="${withParameters('/', asParameters(filters), { job: null, severity: null, behavior: null, entity: null })}">Clear</a>`}
  </form>`;
}

function option(value: string, words: string, chosen: string | undefined): Html {
  return html`<option value="${value}" ${value === chosen && html` selected`}>${words}</option>`;
}

function group(
  severity: Severity,
  episodes: readonly EpisodeView[],
  range: Window,
  anchorMs: number,
  isJobShown: boolean,
): Fragment {
  const members = episodes.filter((episode) => episode.severity === severity);
  if (members.length === 0) return null;
  return html`<section class="group" aria-labelledby="group-${severity}">
    <h2 id="group-${severity}">
      ${severityIcon(severity)} ${severityWord(severity)} <span class="muted">${members.length}</span>
    </h2>
    <ol class="episodes">
      ${members.map((episode) => html`<li>${episodeCard(episode, range, anchorMs, anomalyPath(episode.id), isJobShown)}</li>`)}
    </ol>
  </section>`;
}

/** One episode: who, what, how strange, since when. */
export function episodeCard(
  episode: EpisodeView,
  range: Window,
  anchorMs: number,
  href: string,
  isJobShown = false,
): Html {
  const { entity, behavior, severity, reason, technique, score, start, end, windows, ongoing } = episode;
  return html`<article class="episode edge-${severity}">
    <div class="what">
      <p class="who">
        ${severityBadge(severity)} <span class="entity">${entity.id}</span>
        <span class="behavior">${CATALOGUE[behavior].name}</span
        >${technique && html` <span class="technique" title="${`MITRE ATT&CK: ${technique.name}`}">${technique.id}</span>`}
      </p>
      <h3><a href="${href}" class="main-link">${reason}</a></h3>
      <p class="when">
        ${ongoing ? html`<span class="ongoing"><i></i>ongoing</span>` : html`<span class="ended">ended ${agoElement(end, anchorMs)}</span>`}
        <span>since ${timeElement(start)}</span><span>${durationText(end - start)}</span
        ><span>${plural(windows, 'window')}</span>${isJobShown && html`<span>job ${episode.job}</span>`}
      </p>
    </div>
    <div class="measure">
      <p class="score" title="${`Stranger than ${percentText(score)} of comparable windows`}">
        ${scoreText(score)}<small>score</small>
      </p>
      ${sparkline(episode.points, range)}
    </div>
  </article>`;
}

/** Three digits, never rounded up to a 1 that it is not. */
export function scoreText(score: number): string {
  return score === 1 ? '1.000' : (Math.floor(score * 1000) / 1000).toFixed(3);
}

function percentText(score: number): string {
  return `${(Math.floor(score * 10_000) / 100).toFixed(2)} %`;
}

/** Whether anything but the time was chosen. */
function isFiltered({ job, severity, behavior, entity }: OverviewFilters): boolean {
  return [job, severity, behavior, entity].some((chosen) => chosen !== undefined);
}

function emptyState(filters: OverviewFilters, watch: Watch): Html {
  const { last } = watch;
  if (last === undefined) {
    return html`<div class="empty">
      <h2>No window has been read yet</h2>
      <p>
        As soon as the first window of events is complete it is scored, and what stands out appears here. This
        page looks by itself.
      </p>
    </div>`;
  }
  const filtered = isFiltered(filters);
  const scored = Object.entries(last.entities)
    .map(([kind, count]) => plural(count, kind))
    .join(', ');
  return html`<div class="empty">
    <h2>
      ${filtered ? 'Nothing matches these filters' : 'Nothing strange'} in the ${RANGES[filters.range].words}
    </h2>
    ${
      filtered
        ? html`<p><a href="/">Show everything</a></p>`
        : html`<p>
            Watching
            ${watch.sources.length === 0 ? 'for events' : watch.sources.slice(0, 3).join(', ')}${watch.sources.length > 3 && ` and ${plural(watch.sources.length - 3, 'more source')}`}.
            The last window ended at
            ${timeElement(last.window.end)}${scored !== '' && `; it scored ${scored}`}.${watch.model && html` They are compared with what was normal from ${timeElement(watch.model.fittedFromMs)} to ${timeElement(watch.model.fittedToMs)}.`}
          </p>`
    }
  </div>`;
}
