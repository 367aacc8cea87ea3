/**
 * Overview: what happened today, who is worst, and whether everything was looked at.
 */
import { SEVERITIES, type Severity } from '../../domain/anomaly.js';
import { number, table, xy } from '../charts.js';
import { COLORS, SEVERITY_COLORS, SEVERITY_STEPS } from '../colors.js';
import { count, lastValue, metric, overTime, terms } from '../columns.js';
import { dashboard } from '../dashboard.js';
import { VIEWS } from '../data-views.js';
import { lens, search, type PanelMaker, type Row } from '../panels.js';
import type { DashboardObject } from '../saved-object.js';
import { SEARCHES } from '../searches.js';
import { INVESTIGATE, navigation, titleOf } from './navigation.js';
import { fieldTile, recordsRead, windowsDone } from './shared-charts.js';
import { SEVERITY_COUNTS } from './severity-series.js';

const ID = 'elkhound-overview';

/** The dashboard. */
export function overview(): DashboardObject {
  return dashboard({
    id: ID,
    title: titleOf(ID),
    description: 'What happened today, who is worst, which kinds, and whether everything was looked at',
    from: 'now-24h',
    controls: {
      severity: { title: 'Severity', field: 'elkhound.severity', view: VIEWS.alerts },
      behavior: { title: 'Kind of behavior', field: 'rule.name', view: VIEWS.alerts },
      entity: { title: 'Entity', field: 'elkhound.entity.id', view: VIEWS.alerts },
      job: { title: 'Job', field: 'elkhound.job', view: VIEWS.windows },
    },
    rows: [
      navigation(
        ID,
        'An **episode** is what an alert is about: one entity that behaves strangely in one way for a while. It consists of **anomalies**, windows of time in which it stands out. Click an entity to investigate it, or an id to open its page.',
      ),
      tiles(),
      when(),
      who(),
      { height: 15, panels: { newest: [48, search(SEARCHES.episodes, 'What happened, newest first?')] } },
      lookedAt(),
    ],
  });
}

function tiles(): Row {
  const episodes = [...SEVERITIES]
    .reverse()
    .map((severity) => [severity, [9, episodesOf(severity)]] as const);
  const entities = fieldTile('unique_count', 'elkhound.entity.id', 'Entities', {
    title: 'Entities concerned',
    description: 'Hosts, pairs of hosts, users and services with at least one episode',
    view: VIEWS.alerts,
    color: COLORS.plain,
  });
  return { height: 6, panels: { ...Object.fromEntries(episodes), entities: [12, entities] } };
}

function episodesOf(severity: Severity): PanelMaker {
  return fieldTile('unique_count', 'elkhound.episode.id', 'Episodes', {
    title: `Episodes: ${severity}`,
    description: `Episodes that reached the severity ${severity}; one that rose counts in each that it had`,
    view: VIEWS.alerts,
    where: `elkhound.severity: ${severity}`,
    color: SEVERITY_COLORS[severity],
  });
}

function when(): Row {
  const timeline = xy({
    title: 'When did something stand out?',
    description:
      'Anomalies by severity. One long bar is many entities at once, a row of bars is one that goes on',
    view: VIEWS.anomalies,
    where: 'elkhound.status: active',
    columns: { time: overTime(), ...SEVERITY_COUNTS },
    series: 'bar_stacked',
    x: 'time',
    y: SEVERITY_COLORS,
  });
  const kinds = xy({
    title: 'Which kinds of behavior?',
    description: 'Anomalies by kind and severity; the kinds with the most critical ones first',
    view: VIEWS.anomalies,
    where: 'elkhound.status: active',
    columns: {
      kind: terms('rule.name', 'Kind of behavior', { size: 20, by: 'critical' }),
      ...SEVERITY_COUNTS,
    },
    series: 'bar_horizontal_stacked',
    x: 'kind',
    y: SEVERITY_COLORS,
  });
  return { height: 13, panels: { timeline: [28, lens(timeline)], kinds: [20, lens(kinds)] } };
}

function who(): Row {
  const worst = table({
    title: 'Who is worst? Click an entity to investigate it',
    description: 'Entities with the severest episodes',
    view: VIEWS.alerts,
    columns: {
      entity: terms('elkhound.entity.id', 'Entity', { size: 20, by: 'severity' }),
      severity: metric('max', 'event.severity', 'Worst'),
      score: metric('max', 'elkhound.score', 'Highest score', { format: 'percent' }),
      episodes: metric('unique_count', 'elkhound.episode.id', 'Episodes', { format: 'whole' }),
      reason: lastValue('event.reason', 'Why, most recently'),
    },
    clickable: ['entity'],
    colored: { severity: SEVERITY_STEPS },
    widths: { entity: 190, severity: 80, score: 90, episodes: 80 },
    sortedBy: 'severity',
  });
  const techniques = table({
    title: 'Which techniques of MITRE ATT&CK?',
    description: 'Tactics and techniques that the behaviors belong to; the link explains the technique',
    view: VIEWS.alerts,
    columns: {
      tactic: terms('threat.tactic.name', 'Tactic', { size: 10, by: 'episodes' }),
      technique: terms('threat.technique.id', 'Technique', { size: 5, by: 'episodes' }),
      episodes: metric('unique_count', 'elkhound.episode.id', 'Episodes', { format: 'whole' }),
    },
    widths: { technique: 100, episodes: 80 },
    sortedBy: 'episodes',
  });
  return {
    height: 15,
    panels: { worst: [33, lens(worst, INVESTIGATE)], techniques: [15, lens(techniques)] },
  };
}

function lookedAt(): Row {
  const degraded = number({
    title: 'Anomalies on degraded coverage',
    description: 'Found while a source brought much less or more than usual; these alert nobody',
    view: VIEWS.anomalies,
    columns: {
      degraded: count('Degraded', { where: 'elkhound.basis.degraded: true', format: 'whole' }),
      all: count('Of all', { format: 'whole' }),
    },
    value: 'degraded',
    beside: 'all',
    color: COLORS.third,
  });
  return {
    height: 11,
    panels: { read: [28, recordsRead()], windows: [10, windowsDone()], degraded: [10, lens(degraded)] },
  };
}
