/**
 * Log lines as ECS documents on standard error. Secrets are hidden by their type, wherever they lie.
 */
import { ecsFormat } from '@elastic/ecs-pino-format';
import pino, { type DestinationStream, type Logger } from 'pino';

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
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

/** Creates the process's logger; `destination` is standard error unless a test says otherwise. */
export function createLogger(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  const redact = { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[secret]' };
  const shown: DestinationStream = {
    write: (line) => {
      destination.write(withoutCredentials(line));
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
      terminal.write(`${time} ${String(entry['log.level']).padEnd(5)} ${String(entry.message)}${detail}\n`);
    },
  };
}

/** A text with the user names and passwords of its addresses taken out. */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIALS, '$1[secret]@');
}
