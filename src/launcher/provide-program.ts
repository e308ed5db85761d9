import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { downloadWithSdk } from './download-with-sdk.js';
import { LauncherError, type Progress } from './launcher-error.js';
import { isExecutable } from './programs.js';

export interface FindServerOptions {
  /** Where built and downloaded programs are kept; default `.cache` of the project. */
  cache?: string;
  /** Default: this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Default: lines on stderr. */
  progress?: Progress;
  /** How the SDK downloads; replaced by tests, which must not depend on the internet being there or not. */
  download?: typeof downloadWithSdk;
}

/** One way to make a program; returns when it stands at the target path, throws the reason when this way is barred. */
export type Way = readonly [name: string, provide: () => Promise<void>];

/** Text of anything thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The program that an environment variable names, if it is set.
 *
 * @throws LauncherError when it names something else: a setting is never passed over in silence
 */
export const programFromSetting = (variable: string, env: NodeJS.ProcessEnv): string | undefined => {
  const path = env[variable];
  if (!path) return undefined;
  if (isExecutable(path)) return path;
  throw new LauncherError(`${variable} names no program that can be run: ${path}`);
};

/**
 * Tries the ways in turn until one has put the program at `target`.
 *
 * @param help - what to tell the person when none does: a headline and the ways as they see them
 * @throws LauncherError with `help` and the reason of each way
 */
export const provideProgram = async (
  target: string,
  ways: readonly Way[],
  help: readonly string[],
): Promise<string> => {
  mkdirSync(dirname(target), { recursive: true });
  const failures: string[] = [];
  for (const [name, provide] of ways) {
    try {
      await provide();
      return target;
    } catch (error) {
      failures.push(`  - ${name}: ${reasonOf(error)}`);
    }
  }
  throw new LauncherError([...help, 'What was tried:', ...failures].join('\n'));
};
