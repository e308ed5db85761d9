import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GenerationOrder } from '../../sandbox/generate-documents.js';
import { generateDocuments } from '../../sandbox/generate-documents.js';
import { loadDocuments } from '../../sandbox/load-documents.js';
import type { SandboxDocument } from '../../sandbox/sandbox-types.js';
import { UsageError } from '../failure.js';

const defaultCount = 40;
const fileName = 'documents.json';

export interface SandboxFeed {
  /** Everything that this sandbox has ever been given, oldest first. */
  all: SandboxDocument[];
  /** Files that were not FIS documents, with the reason. */
  skipped: { file: string; reason: string }[];
}

/**
 * The documents of the sandbox: those of earlier starts and those that `--documents` names now. Without the option a first
 * start generates some, and a later one adds nothing. With `corrections` some generated ones come back corrected.
 */
export function sandboxDocuments(
  stateFolder: string,
  documents: string | undefined,
  generating: Omit<GenerationOrder, 'count'>,
): SandboxFeed {
  const kept = readKept(stateFolder);
  const { fresh, skipped } = readFresh(documents ?? (kept.length === 0 ? String(defaultCount) : undefined), generating);
  const known = new Set(kept.map((document) => document.id));
  const all = [...kept, ...fresh.filter((document) => !known.has(document.id))];
  writeFileSync(join(stateFolder, fileName), JSON.stringify(all));
  return { all, skipped };
}

function readKept(stateFolder: string): SandboxDocument[] {
  const path = join(stateFolder, fileName);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SandboxDocument[]) : [];
}

function readFresh(
  documents: string | undefined,
  generating: Omit<GenerationOrder, 'count'>,
): { fresh: SandboxDocument[]; skipped: SandboxFeed['skipped'] } {
  if (documents === undefined) return { fresh: [], skipped: [] };
  if (/^\d+$/.test(documents))
    return { fresh: generateDocuments({ count: Number(documents), ...generating }).map(keptGenerated), skipped: [] };
  const folder = resolve(documents);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`--documents takes a number or a folder; ${documents} is neither.`);
  }
  const files = readdirSync(folder)
    .filter((name) => name.toLowerCase().endsWith('.json'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const loaded = loadDocuments(files);
  return { fresh: loaded.documents.map(kept), skipped: loaded.skipped };
}

/** What is kept of a document: its JSON as text, so that every number literal survives. */
function kept(document: SandboxDocument): SandboxDocument {
  const { id, docType, planted, correction, isGenerated } = document;
  const documentText = document.documentText ?? JSON.stringify(document.document);
  return {
    ...{ id, docType, document: undefined, documentText },
    ...(planted === undefined ? {} : { planted }),
    ...(correction === undefined ? {} : { correction }),
    ...(isGenerated === undefined ? {} : { isGenerated }),
  };
}

const keptGenerated = (document: SandboxDocument): SandboxDocument => kept({ ...document, isGenerated: true });

/** The body by which the simulated Concur takes the documents; number literals stay as they are. */
export function loadBody(
  documents: SandboxDocument[],
  expected: Record<string, string>,
  planted: Record<string, string>,
): string {
  const items = documents.map(({ id, docType, documentText, correction }) => {
    const recallBefore = correction?.kind === 'recalled-and-corrected' ? true : undefined;
    const facts = JSON.stringify({ id, docType, expected: expected[id], planted: planted[id], recallBefore });
    const corrected =
      correction === undefined ? '' : `,"corrected":{"id":"${correction.id}","document":${correction.documentText}}`;
    return `${facts.slice(0, -1)}${corrected},"document":${documentText ?? 'null'}}`;
  });
  return `{"documents":[${items.join(',')}]}`;
}
