/**
 * Investigate an entity: what was strange about it, when, compared with what, and the raw logs.
 */
import { heatmap, number, table, xy } from '../charts.js';
import { COLORS, SEVERITY_STEPS } from '../colors.js';
import { count, metric, overTime, terms } from '../columns.js';
import { dashboard } from '../dashboard.js';
import { SEARCHES, VIEWS } from '../ids.js';
import { lens, search, type Row } from '../panels.js';
import type { DashboardObject } from '../saved-object.js';
import { navigation, titleOf } from './navigation.js';
import { ACTIVE, behaviorKinds, countTile, fieldTile } from './shared-charts.js';

const ID = 'elkhound-entity';

/** The dashboard. */
export function entity(): DashboardObject {
  return dashboard({
    id: ID,
    title: titleOf(ID),
    description: 'What was strange about a host, pair, user or service, when, and the raw logs behind it',
    from: 'now-7d',
    live: false,
    controls: {
      entity: { title: 'Entity', field: 'elkhound.entity.id', view: VIEWS.anomalies },
      name: { title: 'Address or name', field: 'elkhound.entity.names', view: VIEWS.anomalies },
      behavior: { title: 'Kind of behavior', field: 'rule.name', view: VIEWS.anomalies },
      measure: { title: 'Measure', field: 'elkhound.lead.label', view: VIEWS.anomalies },
      source: { title: 'Source (raw logs too)', field: 'source.ip', view: VIEWS.anomalies },
      user: { title: 'User (raw logs too)', field: 'user.name', view: VIEWS.anomalies },
    },
    rows: [
      navigation(
        ID,
        'Choose an entity above, or come here by a click on one. The raw logs at the bottom know nothing of entities, and stay empty then: choose a **source** or a **user** instead, or follow the link of an address to its logs.',
      ),
      tiles(),
      history(),
      compared(),
      behaviors(),
      partners(),
      { height: 15, panels: { words: [48, search(SEARCHES.anomalies, 'What was strange, in words?')] } },
      {
        height: 15,
        panels: {
          raw: [48, search(SEARCHES.logs, 'What do the raw logs say of the source or user chosen above?')],
        },
      },
    ],
  });
}

function tiles(): Row {
  const worst = number({
    title: 'Worst severity',
    description: 'Of all anomalies shown',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: { severity: metric('max', 'event.severity', 'Severity') },
    value: 'severity',
    color: SEVERITY_STEPS,
  });
  const known = number({
    title: 'Days of history behind it',
    description: 'The longest history that its usual values were learned from; with few, they are a guess',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: { days: metric('max', 'elkhound.basis.history_days', 'Days', { format: 'whole' }) },
    value: 'days',
    color: COLORS.muted,
  });
  const about = { view: VIEWS.anomalies, where: ACTIVE, color: COLORS.plain };
  return {
    height: 6,
    panels: {
      worst: [12, lens(worst)],
      anomalies: [
        12,
        countTile('Anomalies', { ...about, title: 'Anomalies', description: 'Windows that stood out' }),
      ],
      episodes: [
        12,
        fieldTile('unique_count', 'elkhound.episode.id', 'Episodes', {
          ...about,
          title: 'Episodes',
          description: 'Runs of such windows with the same kind of behavior',
        }),
      ],
      known: [12, lens(known)],
    },
  };
}

function history(): Row {
  const score = xy({
    title: 'How strange was it, and when?',
    description:
      'The grade says how far beyond the threshold a score lies: 0 % is just strange enough, 100 % extreme',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: {
      time: overTime(),
      grade: metric('max', 'elkhound.grade', 'Highest grade', { format: 'percent' }),
      score: metric('max', 'elkhound.score', 'Highest score', { format: 'percent' }),
    },
    series: 'bar',
    x: 'time',
    y: { grade: COLORS.bad },
    also: { line: { score: COLORS.plain } },
  });
  const when = heatmap({
    title: 'Which entities stood out, when?',
    description: 'The worst severity of each entity over time; click a cell to keep only that entity',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: {
      time: overTime(),
      entity: terms('elkhound.entity.id', 'Entity', { size: 12, by: 'severity' }),
      severity: metric('max', 'event.severity', 'Worst severity'),
    },
    x: 'time',
    y: 'entity',
    value: 'severity',
    palette: SEVERITY_STEPS,
  });
  return { height: 14, panels: { score: [24, lens(score)], when: [24, lens(when)] } };
}

function compared(): Row {
  const where = `${ACTIVE} and elkhound.lead.upper: *`;
  const columns = {
    seen: metric('max', 'elkhound.lead.actual', 'Seen'),
    usual: metric('median', 'elkhound.lead.typical', 'Usual'),
    upper: metric('median', 'elkhound.lead.upper', 'Usual up to'),
  };
  const chart = xy({
    title: 'How far from usual was it?',
    description:
      'What made each anomaly strange most of all: the bar is what was seen, the area where it usually stays. Choose one measure above to compare like with like; the axis is logarithmic',
    view: VIEWS.anomalies,
    where,
    columns: { time: overTime(), ...columns },
    series: 'bar',
    x: 'time',
    y: { seen: COLORS.poor },
    connected: true,
    also: { area: { upper: COLORS.band }, line: { usual: COLORS.line } },
    scale: 'log',
  });
  const measures = table({
    title: 'Which measures, and how much is usual?',
    description: 'The measure that made an anomaly strange most of all, with what is usual of it',
    view: VIEWS.anomalies,
    where,
    columns: {
      measure: terms('elkhound.lead.label', 'Measure', { size: 15, by: 'anomalies' }),
      unit: terms('elkhound.lead.unit', 'Unit', { size: 1, by: 'anomalies' }),
      ...columns,
      anomalies: count('Anomalies'),
    },
    sortedBy: 'anomalies',
  });
  return { height: 14, panels: { compared: [26, lens(chart)], measures: [22, lens(measures)] } };
}

function behaviors(): Row {
  const features = xy({
    title: 'Which measures were unusual?',
    description: 'How often each measure was among those that made an anomaly strange',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: {
      feature: terms('elkhound.contributions.label', 'Measure', { size: 12, by: 'anomalies' }),
      anomalies: count('Anomalies'),
    },
    series: 'bar_horizontal',
    x: 'feature',
    y: { anomalies: COLORS.plain },
  });
  return {
    height: 13,
    panels: { kinds: [24, behaviorKinds('What did it do?')], features: [24, lens(features)] },
  };
}

function partners(): Row {
  const pairs = table({
    title: 'With whom, and by which service?',
    description: 'Anomalies of pairs of hosts, which alone have both ends; an address leads to its raw logs',
    view: VIEWS.anomalies,
    where: ACTIVE,
    columns: {
      source: terms('source.ip', 'From', { size: 10, by: 'severity', dataType: 'ip' }),
      destination: terms('destination.ip', 'To', { size: 10, by: 'severity', dataType: 'ip' }),
      port: terms('destination.port', 'Port', { size: 5, by: 'severity', dataType: 'number' }),
      severity: metric('max', 'event.severity', 'Worst'),
      anomalies: count('Anomalies'),
    },
    colored: { severity: SEVERITY_STEPS },
    sortedBy: 'severity',
  });
  return { height: 9, panels: { pairs: [48, lens(pairs)] } };
}
