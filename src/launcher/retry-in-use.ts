import { setTimeout as delay } from 'node:timers/promises';
import { LauncherError } from './launcher-error.js';

const MAX_TRIES = 3;
const PAUSE_MS = 500;

/**
 * Starts again when a server found something "in use": the port that was free a moment ago, or the memory of a killed
 * predecessor whose last processes are just ending. Any other failure, and the third of these, is thrown.
 */
export const retryWhenInUse = async <T>(start: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= MAX_TRIES || !(error instanceof LauncherError) || !/\bin use\b/.test(error.message)) throw error;
      await delay(PAUSE_MS);
    }
  }
};
