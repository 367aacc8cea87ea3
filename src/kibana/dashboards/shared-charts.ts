/**
 * Charts that more than one dashboard shows.
 */
import { number, xy } from '../charts.js';
import { COLORS } from '../colors.js';
import { count, metric, overTime } from '../columns.js';
import { VIEWS } from '../data-views.js';
import { lens, type PanelMaker } from '../panels.js';

/** One number, as a tile. */
interface Tile {
  readonly title: string;
  readonly description: string;
  readonly view: string;
  readonly where?: string;
  readonly color: string;
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
  tile: Tile,
  format: 'whole' | 'bytes' = 'whole',
): PanelMaker {
  const columns = { value: metric(operation, field, label, { format }) };
  return lens(number({ ...tile, columns, value: 'value' }));
}

/** What became of the records that were read. */
export function recordsRead(): PanelMaker {
  return lens(
    xy({
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
export function windowsDone(): PanelMaker {
  return lens(
    number({
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
