/**
 * Charts that more than one dashboard shows.
 */
import type { SourceStatus } from '../../domain/coverage.js';
import { number, xy, type XyChart } from '../charts.js';
import { COLORS, SEVERITY_COLORS } from '../colors.js';
import type { CustomPalette } from '../lens-types.js';
import { count, metric, overTime, percentile, terms } from '../columns.js';
import { VIEWS } from '../ids.js';
import { lens, type PanelMaker } from '../panels.js';
import { SEVERITY_COUNTS } from './severity-series.js';

/** Sources of events are no suspects: their health is told elsewhere. */
export const NO_SOURCE = 'not elkhound.entity.kind: source';

/** Anomalies that were not taken back. */
export const ACTIVE = 'elkhound.status: active';

/** One number, as a tile. */
interface Tile {
  readonly title: string;
  readonly description: string;
  readonly view: string;
  readonly where?: string;
  readonly color: string | CustomPalette;
}

/** A tile that counts documents. @param label what one of them is */
export function countTile(label: string, tile: Tile): PanelMaker {
  return lens(number({ ...tile, columns: { value: count(label, { format: 'whole' }) }, value: 'value' }));
}

/** A tile with a number of a field's values. */
export function fieldTile(
  operation: 'sum' | 'unique_count',
  field: string,
  label: string,
  { format = 'whole', ...tile }: Tile & { readonly format?: 'whole' | 'bytes' },
): PanelMaker {
  const columns = { value: metric(operation, field, label, { format }) };
  return lens(number({ ...tile, columns, value: 'value' }));
}

/** What was done, and how bad it was. */
export function behaviorKinds(title: string): PanelMaker {
  return lens(
    xy({
      title,
      description: 'Anomalies by kind of behavior and severity; the kinds with the most critical ones first',
      view: VIEWS.anomalies,
      where: ACTIVE,
      columns: {
        kind: terms('rule.name', 'Kind of behavior', { size: 20, by: 'critical' }),
        ...SEVERITY_COUNTS,
      },
      series: 'bar_horizontal_stacked',
      x: 'kind',
      y: SEVERITY_COLORS,
    }),
  );
}

/** What is usual of a field, and what is much, over time. */
export function percentileLines(
  field: string,
  chart: Pick<XyChart, 'title' | 'description' | 'view' | 'where' | 'scale' | 'line'>,
): PanelMaker {
  return lens(
    xy({
      ...chart,
      columns: {
        time: overTime(),
        median: percentile(field, 50, 'Median'),
        high: percentile(field, 95, '95th percentile'),
      },
      series: 'line',
      x: 'time',
      y: { median: COLORS.second, high: COLORS.plain },
    }),
  );
}

/** Whether a chart is of all windows, where one can choose what windows know nothing of. */
interface Reach {
  readonly unfiltered?: true;
}

/** What became of the records that were read. */
export function recordsRead(reach: Reach = {}): PanelMaker {
  return lens(
    xy({
      ...reach,
      title: 'Was everything looked at?',
      description:
        'What became of each record that was read. A gap is a time without logs, or one that was skipped',
      view: VIEWS.windows,
      columns: {
        time: overTime(),
        events: metric('sum', 'elkhound.records.events', 'Scored'),
        filtered: metric('sum', 'elkhound.records.filtered', 'Left out on purpose'),
        duplicates: metric('sum', 'elkhound.records.duplicates', 'Duplicates'),
        quarantined: metric('sum', 'elkhound.records.quarantined', 'Could not be read'),
      },
      series: 'bar_stacked',
      x: 'time',
      y: {
        events: COLORS.plain,
        filtered: COLORS.muted,
        duplicates: COLORS.third,
        quarantined: COLORS.bad,
      },
    }),
  );
}

/** Windows done, and beside it those that were skipped. */
export function windowsDone(reach: Reach = {}): PanelMaker {
  return lens(
    number({
      ...reach,
      title: 'Windows done',
      description: 'Windows that were read and scored, and those that were skipped',
      view: VIEWS.windows,
      columns: {
        done: count('Done', { where: 'elkhound.status: done', format: 'whole' }),
        skipped: count('Skipped', { where: 'elkhound.status: skipped', format: 'whole' }),
      },
      value: 'done',
      beside: 'skipped',
      color: COLORS.good,
    }),
  );
}

/** From well to bad, with the words of the legend. */
const STATUSES: Readonly<Record<SourceStatus, readonly [label: string, color: string]>> = {
  usual: ['As usual', COLORS.good],
  new: ['New', COLORS.second],
  repeated: ['Records twice, left out', COLORS.muted],
  low: ['Much less', COLORS.third],
  doubled: ['Records twice', COLORS.plain],
  burst: ['Much more', COLORS.poor],
  silent: ['Silent', COLORS.bad],
  flooding: ['Too much to read', COLORS.line],
};

/** How the sources were, compared with what is expected of them. */
export function sourceStatuses(reach: Reach = {}): PanelMaker {
  const entries = Object.entries(STATUSES);
  return lens(
    xy({
      ...reach,
      title: 'Do the sources bring what is expected?',
      description:
        'Windows in which at least one source was so. What rests on a source that is not as usual is marked, and alerts nobody',
      view: VIEWS.windows,
      columns: {
        time: overTime(),
        ...Object.fromEntries(
          entries.map(([status, [label]]) => [
            status,
            count(label, { where: `elkhound.coverage.status: ${status}` }),
          ]),
        ),
      },
      series: 'bar_stacked',
      x: 'time',
      y: Object.fromEntries(entries.map(([status, [, color]]) => [status, color])),
    }),
  );
}
