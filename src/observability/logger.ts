import { pino } from 'pino';
import type { Logger } from 'pino';

/** Names under which secrets could be logged by accident; the values are replaced. */
const secretPaths = [
  'taskToken',
  '*.taskToken',
  'authorization',
  '*.authorization',
  'headers.authorization',
  '*.headers.authorization',
];

/** The process's logger: JSON lines, secrets replaced. */
export function createLogger(options: { level: string; name: string; file?: string }): Logger {
  const settings = { level: options.level, name: options.name, redact: { paths: secretPaths, censor: '[secret]' } };
  return options.file === undefined
    ? pino(settings)
    : pino(settings, pino.destination({ dest: options.file, mkdir: true }));
}
