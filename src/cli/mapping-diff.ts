import { dirname, resolve } from 'node:path';
import { readConnectionsSource } from '../config/connections-source.js';
import type { Connections } from '../config/load-connections.js';
import { loadMappingRules } from '../config/load-mapping.js';
import { SettingsError } from '../config/settings-error.js';
import type { MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import { lineTexts, mappedDocument } from '../mapping/mapped-parts.js';
import type { MappingChange } from '../mapping/mapping-changes.js';
import { mappingChanges } from '../mapping/mapping-changes.js';
import type { Database } from '../store/database.js';
import { reportedDocuments } from '../store/mapping-reports.js';
import { mayBeInErp } from '../store/remote-write-store.js';
import { findInstallation, withDatabase } from './installation.js';
import { planFacts, readReported } from './mapping-facts.js';

/** A waiting document that the newer mapping would post otherwise. */
export interface AffectedDocument {
  id: string;
  humanNumber: string;
  /** Lines and refusals that are only in the one plan. */
  before: string[];
  after: string[];
}

export interface MappingDiff {
  before: string;
  after: string;
  changes: MappingChange[];
  /** Absent where no installation was named. */
  affected?: AffectedDocument[];
}

interface DiffOptions {
  config?: string;
  json?: boolean;
}

export async function diffMapping(before: string, after: string, { config, json }: DiffOptions): Promise<void> {
  const [old, now] = [readRules(before), readRules(after)];
  const diff: MappingDiff = { before: old.version, after: now.version, changes: mappingChanges(old, now) };
  if (config !== undefined) {
    const { connections } = findInstallation(config);
    diff.affected = await withDatabase(connections, async (db) =>
      affectedDocuments(db, old, now, await planFacts(connections, db)),
    );
  }
  if (json) console.log(JSON.stringify(diff, null, 2));
  else for (const line of linesOf(diff)) console.log(line);
}

/**
 * The mapping of a connections file without its secrets: a version of it in another folder has none.
 * @throws SettingsError that names the file: two versions have faults at the same places
 */
export const readRules = (path: string): MappingRules => readMapping(path).rules;

/**
 * The same with the other settings of the companies.
 * @throws SettingsError
 */
export function readMapping(path: string): Pick<Connections, 'file' | 'rules'> {
  try {
    return mappingOf(path);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(
      error.problems.map((problem) => (problem.startsWith(path) ? problem : `${path}: ${problem}`)),
    );
  }
}

function mappingOf(path: string): Pick<Connections, 'file' | 'rules'> {
  const source = readConnectionsSource(path);
  const problems: string[] = [];
  const rules = loadMappingRules(source, dirname(resolve(path)), problems, (at, problem) => {
    problems.push(`${source.place(at)}: ${problem}`);
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return { file: source.file, rules };
}

/** Documents that wait, nothing of them being in the ERP, and that the two mappings would post differently. */
export async function affectedDocuments(
  db: Database,
  before: MappingRules,
  after: MappingRules,
  facts: Omit<PlanFacts, 'fiId'>,
): Promise<AffectedDocument[]> {
  const affected: AffectedDocument[] = [];
  for await (const stored of reportedDocuments(db, 0)) {
    if (!stored.isWaiting) continue;
    const reading = readReported(stored);
    if (reading === undefined) continue;
    const [was, is] = [before, after].map((rules) => {
      const mapped = mappedDocument({ ...reading, rules, facts: { ...facts, fiId: stored.fiId } });
      return [...lineTexts(mapped), ...mapped.refusals.map(({ message }) => `HELD: ${message}`)];
    });
    const [gone, added] = [without(was ?? [], is ?? []), without(is ?? [], was ?? [])];
    if (gone.length + added.length === 0 || (await mayBeInErp(db, stored.id))) continue;
    affected.push({ id: stored.id, humanNumber: stored.humanNumber, before: gone, after: added });
  }
  return affected;
}

/** Lines of the one list that the other does not have, each as often as it is there more. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return lines.filter((line) => {
    const index = rest.indexOf(line);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

function linesOf({ before, after, changes, affected }: MappingDiff): string[] {
  const titles = [...new Set(changes.map(({ company, table }) => `${company}, ${table}`))];
  return [
    `Mapping version ${before} → ${after}: ${changes.length} changes.`,
    ...titles.flatMap((title) => [
      title,
      ...changes.filter(({ company, table }) => `${company}, ${table}` === title).map(changeLine),
    ]),
    ...(affected === undefined ? [] : [`${affected.length} waiting documents are affected.`]),
    ...(affected ?? []).flatMap(({ id, humanNumber, before: gone, after: added }) => [
      `${humanNumber} (${id})`,
      ...gone.map((line) => `  - ${line}`),
      ...added.map((line) => `  + ${line}`),
    ]),
  ];
}

function changeLine({ row, before, after, place }: MappingChange): string {
  const where = place === undefined ? '' : `  (${place.file}:${place.line})`;
  if (before === undefined) return `  + ${row} → ${after ?? ''}${where}`;
  if (after === undefined) return `  - ${row} → ${before}${where}`;
  return `  ~ ${row}: ${before} → ${after}${where}`;
}
