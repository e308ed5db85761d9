import { SettingsError } from '../config/settings-error.js';
import { LauncherError } from '../launcher/launcher-error.js';

/** A wrong call: said in one sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A service that the command needs does not answer: said in one sentence, exit code 1. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Prints a failure to stderr as a person wants it, and returns the exit code. Defects keep their stack. */
export function reportFailure(error: unknown): number {
  if (error instanceof UsageError || error instanceof SettingsError) {
    console.error(error.message);
    return 2;
  }
  if (error instanceof LauncherError || error instanceof Unreachable) {
    console.error(error.message);
    return 1;
  }
  console.error(error);
  return 1;
}
