/** Notes a fault at a path of the connections file. */
export type Report = (path: readonly PropertyKey[], problem: string) => void;

/** Faults of configuration, all of them together, each with file, place and remedy; never a value of a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}
