import type { LogLevel, LogMetadata } from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Installs the Temporal runtime once per process, with all its logs going to pino (temporal practices 13). */
export function installRuntime(logger: Logger, metricsAddress: string | undefined): void {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    logger[levels[level]](meta ?? {}, message);
  };
  Runtime.install({
    logger: {
      log,
      trace: (message, meta) => {
        log('TRACE', message, meta);
      },
      debug: (message, meta) => {
        log('DEBUG', message, meta);
      },
      info: (message, meta) => {
        log('INFO', message, meta);
      },
      warn: (message, meta) => {
        log('WARN', message, meta);
      },
      error: (message, meta) => {
        log('ERROR', message, meta);
      },
    },
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
      ...(metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
    shutdownSignals: [],
  });
}
