import { z } from 'zod';
import { SettingsError } from './settings-error.js';

const schema = z.object({
  CONNECTIONS_FILE: z.string().min(1, 'set it to the path of the connections file'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  LOG_FILE: z.string().optional(),
  METRICS_ADDRESS: z.string().optional(),
  HEALTH_HOST: z.string().default('127.0.0.1'),
});

export interface ProcessSettings {
  connectionsFile: string;
  logLevel: string;
  logFile: string | undefined;
  metricsAddress: string | undefined;
  healthHost: string;
}

/**
 * Reads the few settings of a process from its environment; everything else stands in the connections file.
 * @throws SettingsError naming variables, never values
 */
export function readProcessSettings(environment: NodeJS.ProcessEnv): ProcessSettings {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map((issue) => `environment variable ${issue.path.join('.')}: ${issue.message}`),
    );
  }
  return {
    connectionsFile: parsed.data.CONNECTIONS_FILE,
    logLevel: parsed.data.LOG_LEVEL,
    logFile: parsed.data.LOG_FILE,
    metricsAddress: parsed.data.METRICS_ADDRESS,
    healthHost: parsed.data.HEALTH_HOST,
  };
}
