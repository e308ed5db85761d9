import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Folder that holds `package.json`, found upwards from this file: the same one whether the sources run under tsx or the
 * compiled copy runs from `dist/src/launcher`.
 */
export const projectRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the launcher');
    folder = parent;
  }
  return folder;
};

/** Folder of built and downloaded servers (environment.md); safe to delete, it is filled again at the next start. */
export const cacheFolder = (): string => join(projectRoot(), '.cache');
