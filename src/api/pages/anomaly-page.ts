/**
 * One anomaly: why it is strange, how strange, and what to do next.
 */
import { benignCauseOf, CATALOGUE } from '../../behaviors/catalogue.js';
import type { Anomaly, Basis, DetectorScore } from '../../domain/anomaly.js';
import type { Finding } from '../finding.js';
import { contributionChart, type FeatureCatalogue } from './contribution-chart.js';
import { html, type Fragment, type Html } from './html.js';
import { plural } from './count-text.js';
import { anomalyPath, entityPath, pathSegment } from './links.js';
import { scoreText } from './overview-page.js';
import { evidenceList, rawEventList } from './raw-events.js';
import { severityBadge, severityWord } from './severity.js';
import { agoElement, durationText, timeElement, windowElement, windowUtcText } from './time-text.js';

/** The content of the page. */
export function anomalyBody(finding: Finding, catalogue: FeatureCatalogue, anchorMs: number): Html {
  const { anomaly, evidence, events } = finding;
  return html`<article class="finding edge-${anomaly.severity}" id="finding" data-live>
    ${headline(finding, anchorMs)} ${notices(anomaly)}
    <div class="columns">
      <div class="side">
        <section class="panel" aria-labelledby="usual">
          <h2 id="usual">Typical against actual</h2>
          ${contributionChart(anomaly.contributions, catalogue)}
        </section>
      </div>
      <div class="side">${nextSteps(anomaly)} ${timeline(finding)} ${howStrange(anomaly)}</div>
      <section class="panel across" aria-labelledby="evidence">
        <h2 id="evidence">The most telling events</h2>
        ${evidenceList(anomaly.evidence, evidence)}
      </section>
    </div>
    <section class="panel" aria-labelledby="raw">
      <h2 id="raw">Newest events of the entity in this window</h2>
      ${
        events.length === 0
          ? html`<p class="muted">The store holds no raw events of it for this window any more.</p>`
          : rawEventList(events)
      }
    </section>
    ${provenance(anomaly)}
  </article>`;
}

function headline({ anomaly, episode }: Finding, anchorMs: number): Html {
  const { entity, behavior, severity, window, technique, reason } = anomaly;
  return html`<header class="headline">
    <p class="crumbs">
      <a href="/">Strange now</a> <span aria-hidden="true">›</span>
      <a href="${entityPath(entity, window.start)}">${entity.id}</a>
    </p>
    <p class="who">
      ${severityBadge(severity)}
      <span class="behavior">${CATALOGUE[behavior].name}</span>
      ${episode.ongoing ? html`<span class="ongoing"><i></i>ongoing</span>` : html`<span class="ended">ended ${agoElement(episode.end, anchorMs)}</span>`}
    </p>
    <h1>${reason}</h1>
    <dl class="key-facts">
      <div>
        <dt>Who</dt>
        <dd>
          <a href="${entityPath(entity, window.start)}">${entity.kind} ${entity.id}</a
          >${anomaly.site !== 'default' && html` <span class="muted">at ${anomaly.site}</span>`}
        </dd>
      </div>
      <div>
        <dt>This window</dt>
        <dd>${windowElement(window)}<small>${windowUtcText(window)}</small></dd>
      </div>
      <div>
        <dt>Since</dt>
        <dd>
          ${timeElement(episode.start)}<small
            >${durationText(episode.end - episode.start)}, ${plural(episode.windows, 'window')}</small
          >
        </dd>
      </div>
      <div>
        <dt>How strange</dt>
        <dd>
          stranger than ${shareText(anomaly.score)}<small
            >of windows in ${daysText(anomaly.basis.historyDays)}</small
          >
        </dd>
      </div>
      ${
        technique &&
        html`<div>
          <dt>MITRE ATT&amp;CK</dt>
          <dd>
            <a
              href="${`https://attack.mitre.org/techniques/${pathSegment(technique.id).replace('.', '/')}/`}"
              rel="noreferrer noopener external"
              >${technique.id} ${technique.name}</a
            ><small>${technique.tactic.name}</small>
          </dd>
        </div>`
      }
    </dl>
  </header>`;
}

function notices({ status, basis, previousScore, score, revision }: Anomaly): Fragment {
  return [
    status === 'retracted' &&
      html`<p class="notice">
        Retracted:
        ${
          basis.ahead === true
            ? 'it was found ahead of its turn, and not again with all that came before it known.'
            : 'events that came late brought it below the threshold.'
        }
        Nothing needs to be done.
      </p>`,
    basis.degraded &&
      html`<p class="notice">
        Degraded: a source was missing or far from its usual volume. Without a name this pages nobody; with
        one it may be a severity milder than it looks.
      </p>`,
    basis.ahead === true &&
      status !== 'retracted' &&
      html`<p class="notice">
        Scored ahead of its turn, while older windows wait: it is scored again when they are done.
      </p>`,
    basis.selfTrained &&
      html`<p class="notice">
        The model was trained on its own data, for lack of history: read the score as a rank among these logs.
      </p>`,
    previousScore !== undefined &&
      html`<p class="notice">
        Revision ${revision}: late events changed the score from ${scoreText(previousScore)} to
        ${scoreText(score)}.
      </p>`,
  ];
}

/** The playbook, and the harmless cause that it often has. */
export function nextSteps({ behavior, entity }: Pick<Anomaly, 'behavior' | 'entity'>): Html {
  const benign = benignCauseOf(behavior, entity.kind);
  return html`<section class="panel steps">
    <h2>What to check next</h2>
    <ol>
      ${CATALOGUE[behavior].checks.map((check) => html`<li>${check}</li>`)}
    </ol>
    ${benign !== undefined && html`<p class="benign"><b>Often harmless:</b> ${benign}</p>`}
  </section>`;
}

/** Windows of the episode as bars; each leads to its own page. */
function timeline({ anomaly, windows }: Finding): Fragment {
  if (windows.length < 2) return null;
  const first = windows[0]!.window.start;
  const end = windows.at(-1)!.window.end;
  const at = (timeMs: number): number => ((timeMs - first) / (end - first)) * 100;
  return html`<section class="panel" aria-labelledby="episode">
    <h2 id="episode">The episode</h2>
    <svg class="timeline" width="100%" height="60" role="group" aria-label="Windows of the episode">
      ${windows.map(({ id, window, grade, severity, status }) => {
        const height = 8 + Math.min(1, Math.max(0, grade)) * 44;
        const chosen = id === anomaly.id;
        const words = `${windowUtcText(window)}: ${status === 'retracted' ? 'retracted' : `${severityWord(severity)}, grade ${grade.toFixed(2)}`}`;
        return html`<a href="${anomalyPath(id)}" ${chosen && html` aria-current="true"`} aria-label="${words}"
          ><title>${words}</title
          ><rect
            class="hit"
            x="${at(window.start).toFixed(2)}%"
            y="0"
            width="${Math.max(0.6, at(window.end) - at(window.start)).toFixed(2)}%"
            height="56" />${chosen && html`<rect class="chosen" x="${at(window.start).toFixed(2)}%" y="57" width="${Math.max(1, at(window.end) - at(window.start) - 0.4).toFixed(2)}%" height="3" />`}<rect
            class="sev-${severity}"
            x="${at(window.start).toFixed(2)}%"
            y="${(54 - height).toFixed(1)}"
            width="${Math.max(0.4, at(window.end) - at(window.start) - 0.4).toFixed(2)}%"
            height="${height.toFixed(1)}"
        /></a>`;
      })}
      <line class="ground" x1="0" x2="100%" y1="55" y2="55" />
    </svg>
    <p class="ends">${timeElement(first)} ${timeElement(end, 'clock')}</p>
  </section>`;
}

function howStrange({ detectors, basis, score }: Anomaly): Html {
  return html`<section class="panel" aria-labelledby="detectors">
    <h2 id="detectors">Who says so</h2>
    <table class="detectors">
      <thead>
        <tr>
          <th scope="col">Detector</th>
          <th scope="col" class="number">Stranger than</th>
        </tr>
      </thead>
      <tbody>
        ${detectors.map(detectorRow)}
        <tr class="sum">
          <th scope="row">together</th>
          <td class="number">${shareText(score)}</td>
        </tr>
      </tbody>
    </table>
    <p class="muted">${basisText(basis)}</p>
  </section>`;
}

function detectorRow({ detector, score }: DetectorScore): Html {
  return html`<tr>
    <th scope="row">${detector.replaceAll('_', ' ')}</th>
    <td class="number">${shareText(score)}</td>
  </tr>`;
}

function shareText(score: number): string {
  return `${(Math.floor(score * 10_000) / 100).toFixed(2)} %`;
}

const RUNGS: Readonly<Record<Basis['rung'], string>> = {
  entity: 'its own history',
  peers: 'the history of its peers',
  global: 'the history of all entities',
};

function basisText({ rung, historyDays }: Basis): string {
  return `of windows in ${daysText(historyDays)} of history. What is typical comes from ${RUNGS[rung]}.`;
}

function daysText(count: number): string {
  const days = count.toLocaleString('en-US', { maximumFractionDigits: count < 2 ? 1 : 0 });
  return `${days} ${days === '1' ? 'day' : 'days'}`;
}

function provenance({ id, job, basis, revision, labels, episode }: Anomaly): Html {
  return html`<footer class="provenance">
    <p>
      <a href="${anomalyPath(id)}" data-action="copy-link">Permalink</a> ·
      <a href="/v1/anomalies/${pathSegment(id)}">JSON</a> ·
      <a href="${anomalyPath(episode)}">Strangest window of the episode</a>
    </p>
    <p class="muted">
      job ${job} · model ${basis.model} · revision ${revision} ·
      <span class="mono">${id}</span>${labels.length > 0 && ` · labeled ${labels.join(', ')}`}
    </p>
  </footer>`;
}
