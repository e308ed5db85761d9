import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ErpKind } from '../contracts/erp-capabilities.js';
import type { MappingPlace } from '../contracts/mapping-rules.js';
import { mappedCodes, type MappedCodes } from './company-mapping.js';
import { connectionsFileSchema } from './connections-schema.js';
import type { ConnectionsSource } from './connections-source.js';
import { companyMappings, reportCompanyFaults } from './load-mapping.js';
import { approvableMappings, tellUnapproved } from './mapping-approval.js';
import type { MappingFault, TellFault } from './mapping-fault.js';
import { newFaults, tellIssue } from './mapping-fault.js';
import { foMappingSchema } from './mapping-file-schema.js';
import { includeMappingFiles } from './mapping-include.js';
import { parsePruned } from './mapping-pruning.js';
import { mappingSchema, type MappingSection } from './mapping-schema.js';
import { readYaml } from './yaml-source.js';

/** The mapping of one ERP company as far as it can be read. */
export interface ExaminedCompany {
  erp: string;
  kind: ErpKind;
  company: string;
  codes: MappedCodes;
}

/** The content of a company's mapping, and who answers for it. */
export interface NamedMapping {
  /** `erp/company`. */
  company: string;
  digest: string;
  author?: string;
  approver?: string;
}

/** What an examination has found. */
export interface MappingExamination {
  /** By file and line. */
  faults: MappingFault[];
  companies: ExaminedCompany[];
  /** Empty while there are faults: nobody can approve such a mapping. */
  mappings: NamedMapping[];
  /** Files that were read, relative to the folder of the connections file. */
  files: string[];
  /**
   * The connections file without what is faulty in its mappings, by which the ERPs can be asked; absent where other parts of the
   * file are faulty.
   */
  source?: ConnectionsSource;
}

type At = (path: readonly PropertyKey[]) => MappingPlace;

/** Reads the mappings of a connections file and lists every fault of them at once; reads no secret and calls nobody. */
export function examineMappings(path: string): MappingExamination {
  const { list, tell } = newFaults();
  const name = basename(path);
  const yaml = readYaml(path);
  if (yaml === undefined) tell({ file: name, line: 1 }, 'the connections file cannot be read', 'name it with --config');
  for (const { line, message, remedy } of yaml?.errors ?? []) tell({ file: name, line }, message, remedy);
  if (yaml?.data === undefined) return { faults: list, companies: [], mappings: [], files: [name] };
  const { data, locate, isWhole } = includeMappingFiles(path, yaml, tell);
  const named = tablesNamedIn(data);
  const tables = new Set<string>();
  const mappingFiles = new Set<string>();
  const companies = rawCompanies(data).map((raw): ExaminedCompany => {
    const { at, erp, company, kind } = raw;
    const file = mappingFileOf(raw.mapping);
    if (file !== undefined) mappingFiles.add(file);
    const { section, original } = sectionOf(raw, (inner) => locate([...at, ...inner]), tell);
    raw.replace(section.given);
    const context = {
      folder: dirname(resolve(path)),
      mappingFile: file,
      locate: (inner: readonly PropertyKey[]) => locate([...at, ...original(inner)]),
      tell,
      tables,
    };
    return { erp, company, kind, codes: mappedCodes({ name: erp, kind }, section.parsed, context) };
  });
  if (isWhole) tellUnreadTables(dirname(resolve(path)), tables, named, tell);
  const source = wholeSource(path, data, locate, tell);
  const isSound = list.every(({ severity }) => severity !== 'fault');
  const mappings = source === undefined || !isSound ? [] : mappingsOf(source, dirname(resolve(path)), tell);
  const files = [name, ...mappingFiles, ...tables];
  return { faults: sorted(list, files), companies, mappings, files, ...(source === undefined ? {} : { source }) };
}

/** What each company's mapping is by its content, and who answers for it; what nobody has approved is told (B8). */
function mappingsOf(source: ConnectionsSource, folder: string, tell: TellFault): NamedMapping[] {
  // Their faults have been told.
  const loaded = companyMappings(source, folder, () => undefined);
  const mappings = approvableMappings(source.file, loaded);
  tellUnapproved(source, mappings, tell);
  return mappings.map(({ company, digest, approval }) => ({
    company,
    digest,
    ...(approval === undefined ? {} : { author: approval.author, approver: approval.approver }),
  }));
}

interface RawCompany {
  at: PropertyKey[];
  erp: string;
  company: string;
  kind: ErpKind;
  mapping: unknown;
  replace: (mapping: unknown) => void;
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const kinds: readonly unknown[] = ['dynamics-fo', 'business-central', 'dynamics-nav'] satisfies ErpKind[];

/** The companies of a file whose shape nobody has judged. */
function rawCompanies(data: unknown): RawCompany[] {
  return listOf(isObject(data) ? data['erp'] : undefined).flatMap((erp, index) =>
    listOf(isObject(erp) ? erp['companies'] : undefined).flatMap((company, position): RawCompany[] => {
      if (!isObject(erp) || !isObject(company) || company['mapping'] === undefined) return [];
      return [
        {
          at: ['erp', index, 'companies', position, 'mapping'],
          erp: String(erp['name']),
          company: String(company['company']),
          kind: kinds.includes(erp['kind']) ? (erp['kind'] as ErpKind) : 'dynamics-fo',
          mapping: company['mapping'],
          replace: (mapping) => {
            company['mapping'] = mapping;
          },
        },
      ];
    }),
  );
}

const mappingFileOf = (mapping: unknown): string | undefined =>
  isObject(mapping) && typeof mapping['file'] === 'string' ? mapping['file'] : undefined;

interface Section {
  section: { parsed: MappingSection; given: unknown };
  original: (path: readonly PropertyKey[]) => PropertyKey[];
}

function sectionOf({ kind, mapping }: RawCompany, at: At, tell: TellFault): Section {
  const schema = kind === 'dynamics-fo' ? foMappingSchema : mappingSchema;
  const pruned = parsePruned(schema, mapping);
  for (const issue of pruned.issues) tellIssue(issue, at, tell);
  if ('section' in pruned) {
    return { section: { parsed: pruned.section, given: pruned.section }, original: pruned.original };
  }
  return { section: { parsed: mappingSchema.parse({}), given: {} }, original: (path) => [...path] };
}

/** Faults besides the mapping are the business of `config check`, but they keep the ERPs from being asked. */
function wholeSource(path: string, data: unknown, locate: At, tell: TellFault): ConnectionsSource | undefined {
  const parsed = connectionsFileSchema.safeParse(data);
  for (const issue of parsed.error?.issues ?? []) tellIssue(issue, locate, tell);
  if (!parsed.success) return undefined;
  reportCompanyFaults(parsed.data, (at, problem) => {
    const [message = '', ...remedy] = problem.split('; ');
    tell(locate(at), message, remedy.join('; '));
  });
  const place = (at: readonly PropertyKey[]): string => {
    const { file, line } = locate(at);
    return `${file === basename(path) ? path : file}:${line}: ${at.map(String).join('.') || 'file'}`;
  };
  return { file: parsed.data, place, locate };
}

/** Names of tables wherever they stand: what a faulty setting names is told there, and not as a table that nobody reads. */
function tablesNamedIn(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set(value.endsWith('.csv') ? [basename(value)] : []);
  const inside = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return new Set(inside.flatMap((each) => [...tablesNamedIn(each)]));
}

/** A table that stands beside the others and that no mapping reads was probably meant to be read. */
function tellUnreadTables(
  folder: string,
  tables: ReadonlySet<string>,
  named: ReadonlySet<string>,
  tell: TellFault,
): void {
  for (const beside of new Set([...tables].map(dirname).filter((each) => each !== '.'))) {
    for (const file of filesIn(join(folder, beside))) {
      const name = join(beside, file);
      if (!file.endsWith('.csv') || tables.has(name) || named.has(file)) continue;
      tell({ file: name, line: 1 }, 'no mapping reads this table', 'name it in a mapping, or remove it', 'warning');
    }
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** By file in the order in which the files were read, then by line. */
export function sorted(faults: readonly MappingFault[], files: readonly string[]): MappingFault[] {
  const rank = ({ file }: MappingFault): number => (files.includes(file) ? files.indexOf(file) : files.length);
  return [...faults].sort(
    (left, right) => rank(left) - rank(right) || left.file.localeCompare(right.file) || left.line - right.line,
  );
}
