/**
 * Thrown by the launcher when it cannot provide a server. The message is written for the person at the keyboard: it says
 * what is missing and names every way to provide it.
 */
export class LauncherError extends Error {
  override readonly name = 'LauncherError';
}

/** Receives one line about slow work (a build, a download); the default prints it to stderr. */
export type Progress = (line: string) => void;

/** Prints one progress line to stderr, so that stdout stays free for results. */
export const progressToStderr: Progress = (line) => {
  process.stderr.write(`${line}\n`);
};
