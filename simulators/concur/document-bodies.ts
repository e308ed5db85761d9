import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Raw JSON texts of the financial documents. They never change, so they are appended once instead of being written with
 * each state; and they stay text, so that literals such as `50.00000000` and `0E-8` are served as they came.
 */
export interface DocumentBodies {
  /** Raw JSON text, or undefined if the document is unknown. */
  get: (id: string) => string | undefined;
  add: (id: string, raw: string) => void;
}

/** Opens `concur-documents.jsonl` in the folder. A last line that a kill cut short is ignored. */
export function openDocumentBodies(folder: string): DocumentBodies {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'concur-documents.jsonl');
  const bodies = new Map<string, string>();
  const saved = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const complete = saved.slice(0, saved.lastIndexOf('\n') + 1);
  for (const line of complete.split('\n')) {
    const separator = line.indexOf(' ');
    if (separator > 0) bodies.set(line.slice(0, separator), line.slice(separator + 1));
  }
  const needsNewline = complete.length < saved.length;
  if (needsNewline) appendFileSync(path, '\n');
  return {
    get: (id) => bodies.get(id),
    add: (id, raw) => {
      appendFileSync(path, `${id} ${raw}\n`);
      bodies.set(id, raw);
    },
  };
}
