import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
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
  return {
    read: (name) => {
      const path = join(folder, `${name}.json`);
      return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : undefined;
    },
    replace: (name, content) => {
      const path = join(folder, `${name}.json`);
      const temporary = `${path}.tmp`;
      const file = openSync(temporary, 'w');
      try {
        writeSync(file, JSON.stringify(content));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    },
  };
}
