/**
 * Detection quality: how much there is to look at, what it stands on, and what was taken back.
 */
import { number, table, xy } from '../charts.js';
import { COLORS, NONE_IS_GOOD, SEVERITY_COLORS, SEVERITY_STEPS } from '../colors.js';
import { count, metric, overTime, percentile, terms } from '../columns.js';
import { dashboard } from '../dashboard.js';
import { VIEWS } from '../ids.js';
import { lens, type PanelMaker, type Row } from '../panels.js';
import type { DashboardObject } from '../saved-object.js';
import { INVESTIGATE, navigation, titleOf } from './navigation.js';
import { SEVERITY_COUNTS } from './severity-series.js';
import { countTile, fieldTile, NO_SOURCE } from './shared-charts.js';

const ID = 'elkhound-quality';
const OPENED = 'elkhound.change: opened';
const PLAIN = { view: VIEWS.anomalies, color: COLORS.plain };

/** The dashboard. */
export function quality(): DashboardObject {
  return dashboard({
    id: ID,
    title: titleOf(ID),
    description: 'Episodes a day, scores, what they stand on, and what was revised or taken back',
    from: 'now-30d',
    live: false,
    controls: {
      job: { title: 'Job', field: 'elkhound.job', view: VIEWS.anomalies },
      behavior: { title: 'Kind of behavior', field: 'rule.name', view: VIEWS.anomalies },
      kind: { title: 'Kind of entity', field: 'elkhound.entity.kind', view: VIEWS.anomalies },
    },
    rows: [
      navigation(
        ID,
        'Is there **more to look at than anybody can**? Then raise the threshold, or allow what is known. Does much **stand on little history**, or was much **taken back**? Then trust it less.',
      ),
      tiles(),
      attention(),
      scores(),
      revisions(),
    ],
  });
}

function tiles(): Row {
  return {
    height: 6,
    panels: {
      episodes: [
        10,
        fieldTile('unique_count', 'elkhound.episode.id', 'Episodes', {
          ...PLAIN,
          view: VIEWS.alerts,
          title: 'Episodes',
          description: 'Each is one alert, and one more for each rise in severity',
        }),
      ],
      anomalies: [
        9,
        countTile('Anomalies', { ...PLAIN, title: 'Anomalies', description: 'Windows that stood out' }),
      ],
      revised: [
        10,
        countTile('Anomalies', {
          ...PLAIN,
          title: 'Revised',
          description: 'Scored again since records came late, with another result',
          where: 'elkhound.revision > 1',
        }),
      ],
      retracted: [
        9,
        countTile('Anomalies', {
          ...PLAIN,
          color: NONE_IS_GOOD,
          title: 'Taken back',
          description: 'Late records brought the score below the threshold',
          where: 'elkhound.status: retracted',
        }),
      ],
      uncalibrated: [10, uncalibrated()],
    },
  };
}

function uncalibrated(): PanelMaker {
  return lens(
    number({
      title: 'Uncalibrated anomalies',
      description: 'Found by a model that had to learn from the very data it scored, for lack of history',
      view: VIEWS.anomalies,
      columns: {
        uncalibrated: count('Uncalibrated', { where: 'elkhound.basis.self_trained: true', format: 'whole' }),
        all: count('Of all', { format: 'whole' }),
      },
      value: 'uncalibrated',
      beside: 'all',
      color: NONE_IS_GOOD,
    }),
  );
}

function attention(): Row {
  const daily = xy({
    title: 'How many episodes a day?',
    description: 'Episodes by the severity that they opened with',
    view: VIEWS.alerts,
    where: OPENED,
    columns: { day: overTime('1d'), ...SEVERITY_COUNTS },
    series: 'bar_stacked',
    x: 'day',
    y: SEVERITY_COLORS,
  });
  const kinds = table({
    title: 'Which kinds take the most attention?',
    description:
      'A kind with many mild episodes of few entities is one to allow, or to watch with another threshold',
    view: VIEWS.alerts,
    columns: {
      kind: terms('rule.name', 'Kind of behavior', { size: 20, by: 'episodes' }),
      episodes: metric('unique_count', 'elkhound.episode.id', 'Episodes', { format: 'whole' }),
      entities: metric('unique_count', 'elkhound.entity.id', 'Entities', { format: 'whole' }),
      severity: metric('max', 'event.severity', 'Worst'),
    },
    colored: { severity: SEVERITY_STEPS },
    sortedBy: 'episodes',
  });
  return { height: 14, panels: { daily: [28, lens(daily)], kinds: [20, lens(kinds)] } };
}

function scores(): Row {
  const grades = xy({
    title: 'How far beyond the threshold are they?',
    description: 'Much that is just beyond it (0 %) is a sign of a threshold that is too low',
    view: VIEWS.anomalies,
    columns: {
      day: overTime('1d'),
      median: percentile('elkhound.grade', 50, 'Median', { format: 'percent' }),
      high: percentile('elkhound.grade', 95, '95th percentile', { format: 'percent' }),
      top: metric('max', 'elkhound.grade', 'Highest', { format: 'percent' }),
    },
    series: 'bar',
    x: 'day',
    y: { median: COLORS.second, high: COLORS.plain, top: COLORS.bad },
  });
  const detectors = xy({
    title: 'How strange does each detector find them?',
    description: 'Median scores. One detector is enough; where both agree, it is more than chance',
    view: VIEWS.anomalies,
    columns: {
      day: overTime('1d'),
      baseline: metric('median', 'elkhound.scores.baseline', 'Baseline', { format: 'percent' }),
      forest: metric('median', 'elkhound.scores.isolation_forest', 'Isolation forest', { format: 'percent' }),
    },
    series: 'bar',
    x: 'day',
    y: { baseline: COLORS.plain, forest: COLORS.second },
  });
  return {
    height: 13,
    panels: { rungs: [16, learnedFrom()], grades: [16, lens(grades)], detectors: [16, lens(detectors)] },
  };
}

function learnedFrom(): PanelMaker {
  return lens(
    xy({
      title: 'What are the usual values learned from?',
      description:
        'The history of the entity itself is best; of its peers, or of all, stands in for it while there is too little',
      view: VIEWS.anomalies,
      columns: {
        day: overTime('1d'),
        own: count('Entity itself', { where: 'elkhound.basis.rung: entity' }),
        peers: count('Its peers', { where: 'elkhound.basis.rung: peers' }),
        all: count('All entities', { where: 'elkhound.basis.rung: global' }),
      },
      series: 'bar_stacked',
      x: 'day',
      y: { own: COLORS.good, peers: COLORS.second, all: COLORS.third },
    }),
  );
}

function revisions(): Row {
  const when = xy({
    title: 'When were results revised or taken back?',
    description: 'By the time of the window; many at once are a sign of logs that came late together',
    view: VIEWS.anomalies,
    columns: {
      time: overTime(),
      revised: count('Revised', { where: 'elkhound.revision > 1 and elkhound.status: active' }),
      retracted: count('Taken back', { where: 'elkhound.status: retracted' }),
    },
    series: 'bar_stacked',
    x: 'time',
    y: { revised: COLORS.third, retracted: COLORS.poor },
  });
  const noisy = table({
    title: 'Who stands out again and again?',
    description: 'Entities by the number of episodes; what is known of one can be allowed',
    view: VIEWS.alerts,
    where: `${OPENED} and ${NO_SOURCE}`,
    columns: {
      entity: terms('elkhound.entity.id', 'Entity', { size: 15, by: 'episodes' }),
      kind: terms('rule.name', 'Kind of behavior', { size: 3, by: 'episodes' }),
      episodes: count('Episodes'),
    },
    clickable: ['entity'],
    sortedBy: 'episodes',
  });
  return { height: 13, panels: { when: [24, lens(when)], noisy: [24, lens(noisy, INVESTIGATE)] } };
}
