/**
 * Log lines as ECS documents on standard error. Secrets are hidden by their type, wherever they lie.
 */
import { ecsFormat } from '@elastic/ecs-pino-format';
import pino, { type DestinationStream, type Logger } from 'pino';
import { escapedJson, printable } from '../domain/printable.js';

export type { Logger } from 'pino';

/** Levels that can be configured. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Keys whose values are hidden even where somebody logs them as plain text. */
const SECRET_KEYS = [
  'apiKey',
  'password',
  'token',
  'secret',
  'authorization',
  'Authorization',
  'signingSecret',
];
/** What of a log line, which is JSON, may hold one address. */
const WORD = /[^\s"]+/g;

/** Creates the process's logger; `destination` is standard error unless a test says otherwise. */
export function createLogger(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  const redact = { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[secret]' };
  const shown: DestinationStream = {
    write: (line) => {
      destination.write(escapedJson(withoutCredentials(line)));
    },
  };
  return pino({ ...ecsFormat({ serviceName: 'elkhound' }), level, redact }, shown);
}

/** Turns log lines into `14:05:31 warn  message` for a terminal. */
export function terminalLines(terminal: { write(text: string): unknown }): DestinationStream {
  return {
    write: (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      const error = entry.error as { message?: string } | undefined;
      const time = String(entry['@timestamp']).slice(11, 19);
      const detail = error?.message === undefined ? '' : `: ${error.message}`;
      const text = printable(`${String(entry.message)}${detail}`);
      terminal.write(`${time} ${String(entry['log.level']).padEnd(5)} ${text}\n`);
    },
  };
}

/**
 * A text with the user names and passwords of its addresses taken out. A password may hold any
 * character but blanks and quotes, so all up to the last `@` of a word is taken for one; time is
 * linear in the length.
 */
export function withoutCredentials(text: string): string {
  if (!text.includes('://')) return text;
  return text.replace(WORD, (word) => {
    const begin = word.indexOf('://') + '://'.length;
    const end = word.lastIndexOf('@');
    return begin < '://'.length || end < begin ? word : `${word.slice(0, begin)}[secret]${word.slice(end)}`;
  });
}
