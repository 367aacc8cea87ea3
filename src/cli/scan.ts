/**
 * `elkhound scan`: one look at log files, without any history.
 */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { renderReport } from '../api/pages/report-page.js';
import { toAnomaly } from '../api/resources.js';
import { leftOutText } from '../collect/folder.js';
import { scanFiles, type FileScanResult } from '../scan/scan-files.js';
import { severityRank } from '../decide/grade.js';
import { systemClock } from '../domain/clock.js';
import { addCoverage, emptyCoverage, irregularText, total, type SourceCoverage } from '../domain/coverage.js';
import { AppError } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import { CATALOGUE } from '../features/catalogue.js';
import { configOf } from './configuration.js';
import type { Unread } from '../scan/understanding.js';
import { findingsTable } from './findings-table.js';
import { printJson, sayWaiting } from './output.js';
import { countText, Progress } from './progress.js';
import { VERSION } from './version.js';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  readonly report?: string;
}

/** Adds the command. */
export function registerScan(program: Command): void {
  program
    .command('scan')
    .description('Reads log files once and tells what is strange in them')
    .argument('<file...>', 'log files or folders, gzip too; - for standard input')
    .option('-c, --config <file>', 'configuration file; none is read unless it is named')
    .option(
      '--json',
      'print one JSON object a line: anomalies, strangest first, then coverage by file and a summary',
    )
    .option('--report <file>', 'also write a report as one HTML file')
    .action(runScan);
}

async function runScan(files: string[], options: Options): Promise<void> {
  const config = configOf(options, { onlyNamed: true });
  const progress = new Progress();
  let result: FileScanResult;
  try {
    const onProgress = (records: number): void => {
      progress.update(`reading twice, to learn and to detect: ${countText(records, 'record')}`);
    };
    result = await scanFiles({ files, config, nowMs: systemClock.now(), onProgress, onWaiting: sayWaiting });
  } finally {
    progress.done();
  }
  if (options.report !== undefined) writeReport(options.report, result);
  if (options.json === true) printJson(jsonLines(result));
  // Colors are escape sequences of ours: what comes from logs has been made printable already.
  else process.stdout.write(describe(result));
  if (!result.understanding.isGood) process.exitCode = NOT_UNDERSTOOD;
}

/** Exit code where something could not be looked at, so that "nothing strange" would say too much. */
const NOT_UNDERSTOOD = 1;

const SELF_TRAINED =
  'No history: what is usual was learned from these files themselves, so what was strange throughout looks usual.';

function jsonLines({ anomalies, coverage, understanding, unread, leftOut }: FileScanResult): string {
  const sorted = [...anomalies].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (a.id < b.id ? -1 : 1),
  );
  const lines = [
    ...sorted.map((anomaly) => ({ type: 'anomaly', ...toAnomaly(anomaly) })),
    ...coverage.map(({ source, ...counts }) => ({ type: 'coverage', file: source, ...counts })),
    { type: 'summary', ...understanding, unread: unread.map(fileOf), leftOut },
  ];
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

function fileOf({ source, reason }: Unread): { file: string; reason: string } {
  return { file: source, reason };
}

function describe(result: FileScanResult): string {
  const { episodes, coverage, windows, understanding } = result;
  const all = emptyCoverage('all');
  for (const source of coverage) addCoverage(all, source);
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  const table =
    episodes.length === 0
      ? printable(understanding.headline ?? 'Nothing strange.')
      : findingsTable(episodes, { columns, color });
  const notes = [
    `${countText(episodes.length, 'finding')} in ${countText(windows, 'window')}. ${SELF_TRAINED}`,
    coverageText(all, coverage.length),
    ...coverage.filter((source) => total(source.quarantined) > 0).map(quarantineText),
    ...coverage.filter(({ irregular = {} }) => total(irregular) > 0).map(irregularNote),
    ...readingNotes(result).map(printable),
    understanding.summary,
  ];
  return `${table}\n\n${notes.join('\n')}\n`;
}

function coverageText(all: SourceCoverage, files: number): string {
  const { read, events, duplicates, filtered, quarantined } = all;
  return `${countText(read, 'record')} of ${countText(files, 'file')}: ${countText(events, 'event')}, ${countText(duplicates, 'duplicate')}, ${reasonsText(filtered, 'filtered')}, ${reasonsText(quarantined, 'quarantined')}.`;
}

/** What was not read or not understood, as sentences. */
function readingNotes({ understanding, leftOut }: FileScanResult): string[] {
  const text = leftOutText(leftOut);
  return [...understanding.notes, ...(text === '' ? [] : [`Never read: ${text}.`])];
}

function irregularNote({ source, irregular = {} }: SourceCoverage): string {
  return `${printable(source)}: used although irregular: ${irregularText(irregular)}`;
}

function quarantineText({ source, quarantined }: SourceCoverage): string {
  return `${printable(source)}: ${reasonsText(quarantined, 'quarantined')}`;
}

/** `12 filtered (10 unsupported type, 2 loopback)`. */
function reasonsText(counts: Readonly<Partial<Record<string, number>>>, fate: string): string {
  const reasons = Object.entries(counts).map(
    ([reason, count]) => `${(count ?? 0).toLocaleString('en-US')} ${reason.replaceAll('_', ' ')}`,
  );
  const sum = `${total(counts).toLocaleString('en-US')} ${fate}`;
  return reasons.length === 0 ? sum : `${sum} (${reasons.join(', ')})`;
}

function writeReport(file: string, result: FileScanResult): void {
  const { episodes, anomalies, coverage, range, understanding } = result;
  const text = renderReport({
    title:
      coverage.length === 1
        ? `Scan of ${coverage[0]!.source}`
        : `Scan of ${countText(coverage.length, 'file')}`,
    version: VERSION,
    generatedAtMs: systemClock.now(),
    range,
    episodes,
    anomalies,
    coverage,
    headline: understanding.headline,
    notes: [SELF_TRAINED, ...readingNotes(result), understanding.summary],
    catalogue: Object.fromEntries(CATALOGUE.map((feature) => [feature.name, feature])),
  });
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new AppError(
      'unreadable_file',
      `--report: cannot write "${file}": ${(cause as NodeJS.ErrnoException).code ?? ''}`,
      { cause },
    );
  }
}
