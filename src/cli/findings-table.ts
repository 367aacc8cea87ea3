/**
 * What a scan found, as a table for a terminal.
 */
import { styleText } from 'node:util';
import type { Episode, Severity } from '../domain/anomaly.js';
import { printable } from '../domain/printable.js';

const COLOR: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
};
const GAP = '  ';

/** Where the table is printed. */
export interface TableOptions {
  /** Width of the terminal; reasons are folded to it. Undefined where the output is no terminal. */
  readonly columns: number | undefined;
  readonly color: boolean;
}

/** One line per episode, in the order given: severity, when, behavior, and why in words. */
export function findingsTable(episodes: readonly Episode[], { columns, color }: TableOptions): string {
  const rows = episodes.map((episode) => ({
    severity: episode.severity,
    cells: [episode.severity, spanText(episode), episode.behavior.replaceAll('_', ' ')],
    reason: printable(episode.reason),
  }));
  const head = ['severity', 'from – to (UTC)', 'behavior'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map(({ cells }) => cells[i]!.length)));
  const padded = (cells: readonly string[]): string[] => cells.map((cell, i) => cell.padEnd(widths[i]!));
  const indent = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const lines = [[...padded(head), 'why'].join(GAP)];
  for (const { severity, cells, reason } of rows) {
    const [first = '', ...rest] = padded(cells);
    const word = color ? styleText(COLOR[severity], first) : first;
    const [begin = '', ...more] = fold(reason, columns === undefined ? Infinity : columns - indent);
    lines.push([word, ...rest, begin].join(GAP), ...more.map((line) => ' '.repeat(indent) + line));
  }
  return lines.join('\n');
}

function spanText({ start, end }: Episode): string {
  const from = new Date(start).toISOString();
  const to = new Date(end).toISOString();
  const day = from.slice(0, 10) === to.slice(0, 10) ? '' : `${to.slice(0, 10)} `;
  return `${from.slice(0, 10)} ${from.slice(11, 16)} – ${day}${to.slice(11, 16)}`;
}

/** Folds at spaces; a terminal too narrow for that folds by itself. */
function fold(text: string, width: number): string[] {
  if (width < 30 || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
