/**
 * Elkhound's health: whether it keeps up, what it could not read, and whether its messages arrive.
 */
import { heatmap, table, xy } from '../charts.js';
import { COLORS, NONE_IS_GOOD, steps } from '../colors.js';
import { count, fixed, metric, overTime, terms } from '../columns.js';
import { dashboard } from '../dashboard.js';
import { SEARCHES, VIEWS } from '../ids.js';
import { SILENCE_MINUTES } from '../install/rules.js';
import { lens, search, type Row } from '../panels.js';
import type { DashboardObject } from '../saved-object.js';
import { navigation, titleOf } from './navigation.js';
import {
  countTile,
  fieldTile,
  percentileLines,
  recordsRead,
  sourceStatuses,
  windowsDone,
} from './shared-charts.js';

const ID = 'elkhound-health';

/** The dashboard. */
export function health(): DashboardObject {
  return dashboard({
    id: ID,
    title: titleOf(ID),
    description: 'Whether Elkhound keeps up, what it could not read, and whether its messages arrive',
    from: 'now-24h',
    live: true,
    controls: { job: { title: 'Job', field: 'elkhound.job', view: VIEWS.windows } },
    rows: [
      navigation(
        ID,
        'A detector that has stopped says nothing. Here is what it did with each **window**, a few minutes of logs that are read and scored together.',
      ),
      tiles(),
      coverage(),
      pace(),
      { height: 15, panels: { windows: [48, search(SEARCHES.windows, 'What was done, window by window?')] } },
      delivery(),
      { height: 15, panels: { messages: [48, search(SEARCHES.deliveries, 'Which messages were sent?')] } },
    ],
  });
}

function tiles(): Row {
  const about = { view: VIEWS.windows, color: COLORS.plain };
  const late = fieldTile('sum', 'elkhound.late', 'Records', {
    ...about,
    title: 'Late records',
    description: 'Came after their window had been scored; it was scored again with them',
  });
  const missed = fieldTile('sum', 'elkhound.missed', 'Records', {
    ...about,
    color: NONE_IS_GOOD,
    title: 'Missed records',
    description: 'Came so late that their window is no longer read again',
  });
  const quarantined = fieldTile('sum', 'elkhound.records.quarantined', 'Records', {
    ...about,
    color: NONE_IS_GOOD,
    title: 'Could not be read',
    description: 'Malformed records; the reasons are in the list of windows',
  });
  const failed = countTile('Messages', {
    view: VIEWS.notifications,
    where: 'elkhound.delivery.state: failed',
    color: NONE_IS_GOOD,
    title: 'Messages that failed',
    description: 'Given up after all attempts',
  });
  return {
    height: 6,
    panels: {
      done: [12, windowsDone()],
      late: [9, late],
      missed: [9, missed],
      quarantined: [9, quarantined],
      failed: [9, failed],
    },
  };
}

function coverage(): Row {
  const sources = heatmap({
    title: 'Which sources were read, when?',
    description: 'Windows in which each source had records, or should have had; a gap is a time without it',
    view: VIEWS.windows,
    columns: {
      time: overTime(),
      source: terms('elkhound.coverage.source', 'Source', { size: 20, by: 'windows' }),
      windows: count('Windows'),
    },
    x: 'time',
    y: 'source',
    value: 'windows',
    palette: steps([0, '#dceaf5'], [3, '#8fbbe3'], [6, COLORS.plain]),
  });
  return {
    height: 13,
    panels: { read: [18, recordsRead()], statuses: [15, sourceStatuses()], sources: [15, lens(sources)] },
  };
}

function pace(): Row {
  const took = percentileLines('elkhound.took_ms', {
    title: 'How long does a window take?',
    description: 'To read and score it; it must stay well below the length of a window',
    view: VIEWS.windows,
  });
  const lag = percentileLines('elkhound.lag_ms', {
    title: 'How far behind is it?',
    description:
      'From the end of a window until its results were there; what was made up for later is far behind',
    view: VIEWS.windows,
    line: {
      columns: { warned: fixed(SILENCE_MINUTES * 60_000, 'Kibana warns') },
      color: COLORS.bad,
    },
  });
  return { height: 13, panels: { lag: [12, lag], took: [12, took], ...amounts() } };
}

function amounts(): Row['panels'] {
  const rows = xy({
    title: 'How much is scored?',
    description: 'Hosts, pairs, users and services of an average window',
    view: VIEWS.windows,
    columns: { time: overTime(), rows: metric('average', 'elkhound.rows', 'Entities', { format: 'whole' }) },
    series: 'area',
    x: 'time',
    y: { rows: COLORS.plain },
  });
  const again = xy({
    title: 'Which windows were read again?',
    description: 'Since more records came, or since they had been taken ahead of their turn',
    view: VIEWS.windows,
    columns: {
      time: overTime(),
      first: count('Read once', { where: 'elkhound.revision: 1' }),
      again: count('Read again', { where: 'elkhound.revision > 1' }),
    },
    series: 'bar_stacked',
    x: 'time',
    y: { first: COLORS.muted, again: COLORS.third },
  });
  return { rows: [12, lens(rows)], again: [12, lens(again)] };
}

function delivery(): Row {
  const states = xy({
    title: 'Do messages arrive?',
    description: 'Messages by where they stand; one that is pending is tried again',
    view: VIEWS.notifications,
    columns: {
      time: overTime(),
      sent: count('Arrived', { where: 'elkhound.delivery.state: sent' }),
      pending: count('Pending', { where: 'elkhound.delivery.state: pending' }),
      failed: count('Failed', { where: 'elkhound.delivery.state: failed' }),
    },
    series: 'bar_stacked',
    x: 'time',
    y: { sent: COLORS.good, pending: COLORS.third, failed: COLORS.bad },
  });
  const channels = table({
    title: 'Which receivers make trouble?',
    description: 'Attempts of more than one are a receiver that does not always answer',
    view: VIEWS.notifications,
    columns: {
      channel: terms('elkhound.channel', 'Receiver', { size: 20, by: 'messages' }),
      messages: count('Messages'),
      failed: count('Failed', { where: 'elkhound.delivery.state: failed' }),
      attempts: metric('max', 'elkhound.delivery.attempts', 'Most attempts', { format: 'whole' }),
    },
    sortedBy: 'messages',
  });
  return { height: 13, panels: { states: [28, lens(states)], channels: [20, lens(channels)] } };
}
