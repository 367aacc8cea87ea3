/**
 * The commands, and how they end.
 */
import { Command, CommanderError } from 'commander';
import { AppError, type ErrorCode } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import { registerBacktest } from './backtest.js';
import { registerConfig } from './config.js';
import { registerDoctor } from './doctor.js';
import { registerEvaluate } from './evaluate.js';
import { registerForget } from './forget.js';
import { say, writeErr, writeOut } from './output.js';
import { registerScan } from './scan.js';
import { registerSetup } from './setup.js';
import { registerSimulate } from './simulate.js';
import { registerStart } from './start.js';
import { VERSION } from './version.js';

/** Ways to end a process. */
const EXIT = { done: 0, failed: 1, misused: 2 } as const;

/** Errors that the person who typed the command can mend in what was typed or configured. */
const MISUSE: ReadonlySet<ErrorCode> = new Set([
  'invalid_option',
  'invalid_config',
  'invalid_request',
  'unreadable_file',
  'unknown_format',
]);

/** Each adds one command. */
const REGISTER: readonly ((program: Command) => void)[] = [
  registerStart,
  registerScan,
  registerEvaluate,
  registerSimulate,
  registerSetup,
  registerBacktest,
  registerForget,
  registerDoctor,
  registerConfig,
];

/** Builds the program with all its commands. */
function createProgram(): Command {
  const program = new Command('elkhound')
    .description('Finds network anomalies in logs that an Elastic Stack already holds.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut, writeErr })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows what there is)');
  for (const register of REGISTER) register(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** Runs the command line and sets the exit code; nothing is thrown. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Says what went wrong on standard error and returns the exit code. */
function report(error: unknown): number {
  // Commander has said it already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
  if (error instanceof AppError) {
    // Mistakes of a configuration come one a line; all other messages are one line of whoever wrote it.
    say(`error: ${error.code === 'invalid_config' ? error.message : printable(error.message)}`);
    return MISUSE.has(error.code) ? EXIT.misused : EXIT.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`error: ${text}`);
  return EXIT.failed;
}

/** `elkhound … | head` is no failure. */
function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
}
