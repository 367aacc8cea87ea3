/**
 * Overview: what happened today, who is worst, and whether everything was looked at.
 */
import { SEVERITIES, type Severity } from '../../domain/anomaly.js';
import { table, xy } from '../charts.js';
import { COLORS, NONE_IS_GOOD, SEVERITY_COLORS, SEVERITY_STEPS, steps } from '../colors.js';
import { lastValue, metric, overTime, terms } from '../columns.js';
import { dashboard } from '../dashboard.js';
import { SEARCHES, VIEWS } from '../ids.js';
import type { TermsColumn } from '../lens-columns.js';
import { lens, search, type PanelMaker, type Row } from '../panels.js';
import type { DashboardObject } from '../saved-object.js';
import { INVESTIGATE, navigation, titleOf } from './navigation.js';
import {
  ACTIVE,
  behaviorKinds,
  countTile,
  fieldTile,
  NO_SOURCE,
  recordsRead,
  sourceStatuses,
  windowsDone,
} from './shared-charts.js';
import { SEVERITY_COUNTS } from './severity-series.js';

const ID = 'elkhound-overview';

/** Windows know nothing of severities, behaviors and entities, and would seem not to have been read. */
const ALL_WINDOWS = { unfiltered: true } as const;

/** The dashboard. */
export function overview(): DashboardObject {
  return dashboard({
    id: ID,
    title: titleOf(ID),
    description: 'What happened today, who is worst, which kinds, and whether everything was looked at',
    from: 'now-24h',
    live: true,
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
      what(),
      lookedAt(),
    ],
  });
}

function tiles(): Row {
  const episodes = [...SEVERITIES]
    .reverse()
    .map((severity) => [severity, [7, episodesOf(severity)]] as const);
  const entities = fieldTile('unique_count', 'elkhound.entity.id', 'Entities', {
    title: 'Entities concerned',
    description: 'Hosts, pairs of hosts, users and services with at least one episode',
    view: VIEWS.alerts,
    where: NO_SOURCE,
    color: COLORS.plain,
  });
  const degraded = countTile('Anomalies', {
    title: 'On degraded coverage',
    description: 'Anomalies found while a source brought much less or more than usual; these alert nobody',
    view: VIEWS.anomalies,
    where: 'elkhound.basis.degraded: true',
    color: NONE_IS_GOOD,
  });
  return {
    height: 6,
    panels: {
      ...Object.fromEntries(episodes),
      entities: [7, entities],
      windows: [7, windowsDone(ALL_WINDOWS)],
      degraded: [6, degraded],
    },
  };
}

function episodesOf(severity: Severity): PanelMaker {
  return fieldTile('unique_count', 'elkhound.episode.id', 'Episodes', {
    title: `Episodes: ${severity}`,
    description: `Episodes that reached the severity ${severity}; one that rose counts in each that it had`,
    view: VIEWS.alerts,
    where: `elkhound.severity: ${severity}`,
    color: steps([0, COLORS.muted], [1, SEVERITY_COLORS[severity]]),
  });
}

function when(): Row {
  const timeline = xy({
    title: 'When did something stand out?',
    description:
      'Anomalies by severity. One long bar is many entities at once, a row of bars is one that goes on',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: { time: overTime(), ...SEVERITY_COUNTS },
    series: 'bar_stacked',
    x: 'time',
    y: SEVERITY_COLORS,
  });
  return {
    height: 13,
    panels: { timeline: [28, lens(timeline)], kinds: [20, behaviorKinds('Which kinds of behavior?')] },
  };
}

/** How bad it was, and how often. */
const HOW_BAD = {
  severity: metric('max', 'event.severity', 'Worst'),
  episodes: metric('unique_count', 'elkhound.episode.id', 'Episodes', { format: 'whole' }),
};

function who(): Row {
  const worst = table({
    title: 'Who is worst? Click an entity to investigate it',
    description: 'Hosts, pairs of hosts, users and services with the severest episodes',
    view: VIEWS.alerts,
    where: NO_SOURCE,
    columns: {
      entity: terms('elkhound.entity.id', 'Entity', { size: 20, by: 'severity' }),
      ...HOW_BAD,
      reason: lastValue('event.reason', 'Why, most recently'),
    },
    clickable: ['entity'],
    colored: { severity: SEVERITY_STEPS },
    widths: { entity: 230, severity: 80, episodes: 80 },
    sortedBy: 'severity',
  });
  const address = terms('source.ip', 'Address', { size: 20, by: 'severity', dataType: 'ip' });
  const user = terms('user.name', 'User', { size: 20, by: 'severity' });
  return {
    height: 15,
    panels: {
      worst: [24, lens(worst, INVESTIGATE)],
      addresses: [12, knownToLogs('Which addresses? Click for raw logs too', address)],
      users: [12, knownToLogs('Which users? Click for raw logs too', user)],
    },
  };
}

/** The worst of what logs name as anomalies do. */
function knownToLogs(title: string, name: TermsColumn): PanelMaker {
  const ranking = table({
    title,
    description:
      'Logs know addresses and users, and nothing of entities: a click on one of these leads to its raw logs, too',
    view: VIEWS.alerts,
    columns: { name, ...HOW_BAD },
    clickable: ['name'],
    colored: { severity: SEVERITY_STEPS },
    widths: { severity: 80, episodes: 80 },
    sortedBy: 'severity',
  });
  return lens(ranking, INVESTIGATE);
}

function what(): Row {
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
  const newest = search(SEARCHES.episodes, 'What happened, newest first?');
  return { height: 15, panels: { newest: [34, newest], techniques: [14, lens(techniques)] } };
}

function lookedAt(): Row {
  return {
    height: 12,
    panels: { read: [28, recordsRead(ALL_WINDOWS)], sources: [20, sourceStatuses(ALL_WINDOWS)] },
  };
}
