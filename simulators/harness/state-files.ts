import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** JSON files of one folder, each replaced as a whole or not at all. */
export interface StateFiles {
  /** Content of `{name}.json`, or undefined if it was never written. Throws on a damaged file. */
  read: (name: string) => unknown;
  /** Writes a temporary file and renames it, so that a kill in between leaves the old content. */
  replace: (name: string, content: unknown) => void;
}

/** Opens (and creates) the folder. */
export function openStateFiles(folder: string): StateFiles {
  mkdirSync(folder, { recursive: true });
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  return {
    read: (name) =>
      existsSync(pathOf(name)) ? (JSON.parse(readFileSync(pathOf(name), 'utf8')) as unknown) : undefined,
    replace: (name, content) => {
      const temporary = `${pathOf(name)}.tmp`;
      writeFileSync(temporary, JSON.stringify(content));
      renameSync(temporary, pathOf(name));
    },
  };
}
