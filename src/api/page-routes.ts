/**
 * The pages: each reads what it shows and hands it to its template.
 */
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { chosenJob, shownJob, type ApiDependencies } from './dependencies.js';
import { entityHistory, windowsIn } from './entity-history.js';
import { episodesIn } from './episode-view.js';
import { findingOf } from './finding.js';
import { parseParameters, refuseMethod, type Parameters } from './operation.js';
import { anomalyBody } from './pages/anomaly-page.js';
import { coverageBody } from './pages/coverage-page.js';
import { entityBody } from './pages/entity-page.js';
import { renderPage, type Page, type PageFrame } from './pages/layout.js';
import { fromPathSegment } from './pages/links.js';
import { DEFAULT_RANGE, overviewBody, RANGES, type RangeName } from './pages/overview-page.js';
import { ProblemError } from './problem.js';
import { episodeParameters, timeParameter } from './query-parameters.js';
import { anchorOf, watchOf } from './watch.js';

const REFRESH_SECONDS = 20;
const SLOW_REFRESH_SECONDS = 60;
const NOTIFICATIONS = 30;
const ENTITY_ANOMALIES = 1000;

const rangeNames = Object.keys(RANGES) as [RangeName, ...RangeName[]];
const anyRange = z.enum(rangeNames, `expected one of ${rangeNames.join(', ')}`);
const range = anyRange.default(DEFAULT_RANGE);
/** A form sends its empty fields too. */
const overviewQuery = z.strictObject({
  range,
  ...episodeParameters.pick({ job: true, severity: true, behavior: true, entity: true }).shape,
});
const findingQuery = z.strictObject({});
const { job } = episodeParameters.shape;
const entityQuery = z.strictObject({ range: anyRange.optional(), at: timeParameter.optional(), job });
const coverageQuery = z.strictObject({ range, job });
const entityKind = episodeParameters.shape.entityKind.unwrap();

/** Serves the pages. */
export function pageRouter(dependencies: ApiDependencies, frame: PageFrame): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const page = <Q extends Parameters>(
    path: string,
    query: Q,
    make: (request: Request, given: z.output<Q>) => Promise<Page>,
  ): void => {
    router.get(path, async (request, response) => {
      sendPage(response, frame, await make(request, parseParameters(query, withoutEmpty(request.query))));
    });
    router.all(path, refuseMethod);
  };
  page('/', overviewQuery, (_request, given) => overviewPage(dependencies, given));
  page('/anomalies/:id', findingQuery, (request) => findingPage(dependencies, idOf(request)));
  page('/entities/:kind/:id', entityQuery, (request, given) =>
    entityPage(dependencies, String(request.params.kind), idOf(request), given),
  );
  page('/coverage', coverageQuery, (_request, given) => coveragePage(dependencies, given));
  return router;
}

/** Answers with a page. */
export function sendPage(response: Response, frame: PageFrame, page: Page): void {
  if (response.get('Cache-Control') === undefined) response.set('Cache-Control', 'private, no-cache');
  response.vary('Cookie').type('html').send(renderPage(frame, page));
}

function withoutEmpty(query: Request['query']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

function idOf(request: Request): string {
  return fromPathSegment(String(request.params.id));
}

async function overviewPage(
  dependencies: ApiDependencies,
  given: z.output<typeof overviewQuery>,
): Promise<Page> {
  const { reader, info } = dependencies;
  const job = chosenJob(info, given.job);
  const watch = await watchOf(dependencies, job);
  const end = anchorOf(watch);
  const shown = { start: end - RANGES[given.range].ms, end };
  const { range: rangeName, ...conditions } = given;
  const chosen = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
  const ofJob = job === undefined ? {} : { job };
  const list = await episodesIn(reader, { range: shown, ...chosen, ...ofJob }, end);
  return {
    title: titleOf(list.episodes),
    active: 'strange',
    watch,
    refreshSeconds: REFRESH_SECONDS,
    body: overviewBody(list, shown, { range: rangeName, ...chosen }, watch, info.jobs),
  };
}

/** The title tells of the worst that goes on, for a tab in the background. */
function titleOf(episodes: readonly { ongoing: boolean; severity: string }[]): string {
  const ongoing = episodes.filter((episode) => episode.ongoing);
  return ongoing.length === 0
    ? 'Strange now'
    : `${String(ongoing.length)} ongoing, worst ${ongoing[0]!.severity}`;
}

async function findingPage(dependencies: ApiDependencies, id: string): Promise<Page> {
  const watch = await watchOf(dependencies);
  const finding = await findingOf(dependencies, id, anchorOf(watch));
  if (finding === undefined) {
    throw new ProblemError(
      'not_found',
      'No anomaly and no episode has this id. It may be older than what is kept.',
    );
  }
  return {
    title: finding.anomaly.reason,
    watch,
    refreshSeconds: SLOW_REFRESH_SECONDS,
    body: anomalyBody(finding, dependencies.catalogue, anchorOf(watch)),
  };
}

async function entityPage(
  dependencies: ApiDependencies,
  kindText: string,
  id: string,
  { range: chosen, at, job: named }: z.output<typeof entityQuery>,
): Promise<Page> {
  const kind = entityKind.safeParse(kindText);
  if (!kind.success) throw new ProblemError('not_found', 'There is no such kind of entity.');
  const { info } = dependencies;
  const job = chosenJob(info, named);
  const watch = await watchOf(dependencies, job);
  const end = anchorOf(watch);
  const rangeName = chosen ?? rangeHolding(at, end);
  const shown = { start: end - RANGES[rangeName].ms, end };
  const ofJob = job === undefined ? {} : { job };
  const history = await entityHistory(dependencies, { id, ...ofJob, range: shown, limit: ENTITY_ANOMALIES });
  const records = await windowsIn(dependencies, history.job, shown);
  const mark = at === undefined ? {} : { markMs: at };
  const view = {
    kind: kind.data,
    id,
    rangeName,
    history,
    records,
    windowMs: (info.jobs.find(({ name }) => name === history.job) ?? info.jobs[0]).windowMs,
    ...mark,
  };
  return { title: id, watch, charts: true, refreshSeconds: SLOW_REFRESH_SECONDS, body: entityBody(view) };
}

/** A day where the window to mark lies in it, since it is hard to see in a longer time; else what holds it. */
function rangeHolding(atMs: number | undefined, endMs: number): RangeName {
  if (atMs === undefined) return '7d';
  return (['24h', '7d'] as const).find((name) => atMs >= endMs - RANGES[name].ms) ?? '30d';
}

async function coveragePage(
  dependencies: ApiDependencies,
  { range: rangeName, job: named }: z.output<typeof coverageQuery>,
): Promise<Page> {
  const { info } = dependencies;
  const job = shownJob(info, named);
  const watch = await watchOf(dependencies, job);
  const end = anchorOf(watch);
  const shown = { start: end - RANGES[rangeName].ms, end };
  const [records, notifications] = await Promise.all([
    windowsIn(dependencies, job, shown),
    dependencies.notifications.recent(job, NOTIFICATIONS),
  ]);
  return {
    title: 'Coverage and health',
    active: 'coverage',
    watch,
    charts: true,
    refreshSeconds: SLOW_REFRESH_SECONDS,
    body: coverageBody({ rangeName, range: shown, records, notifications, watch, job, jobs: info.jobs }),
  };
}
