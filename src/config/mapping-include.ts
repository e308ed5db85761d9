import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { MappingPlace } from '../contracts/mapping-rules.js';
import type { TellFault } from './mapping-fault.js';
import type { YamlSource } from './yaml-source.js';
import { readYaml } from './yaml-source.js';

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

interface Included {
  /** Path of the mapping inside the connections file. */
  at: PropertyKey[];
  file: string;
  source: YamlSource;
}

/** A connections file with its mapping files in their places. */
export interface IncludedMappings {
  data: unknown;
  locate: (at: readonly PropertyKey[]) => MappingPlace;
  /** Every mapping file could be read. */
  isWhole: boolean;
}

/**
 * Puts the content of mapping files (`mapping: { file: … }`) where they are named, so that everything that reads a mapping need
 * not know where it stands, and places of faults in the file that a person has to open.
 * Places name files relative to the folder of the connections file.
 * @param path of the connections file, as it was given
 */
export function includeMappingFiles(path: string, source: YamlSource, tell: TellFault): IncludedMappings {
  const included: Included[] = [];
  const data = source.data;
  let isWhole = true;
  for (const [index, erp] of listOf(isObject(data) ? data['erp'] : undefined).entries()) {
    if (!isObject(erp)) continue;
    for (const [position, company] of listOf(erp['companies']).entries()) {
      if (!isObject(company) || !isObject(company['mapping'])) continue;
      const { file, ...beside } = company['mapping'];
      if (typeof file !== 'string') continue;
      const at = ['erp', index, 'companies', position, 'mapping'];
      const place = { file: basename(path), line: source.lineOf([...at, 'file']) };
      if (Object.keys(beside).length > 0) {
        const more = Object.keys(beside).join(', ');
        tell(place, `mapping names a file and has settings of its own beside it (${more})`, `move them to ${file}`);
      }
      const named = { erp: erp['name'], company: company['company'] };
      const read = readMappingFile({ path, file, place, named }, tell);
      company['mapping'] = read === undefined ? { file } : { ...read.content, file };
      if (read === undefined) isWhole = false;
      else included.push({ at, file, source: read.source });
    }
  }
  return { data, locate: locator(path, source, included), isWhole };
}

interface Reference {
  path: string;
  file: string;
  place: MappingPlace;
  named: { erp: unknown; company: unknown };
}

function readMappingFile(
  { path, file, place, named }: Reference,
  tell: TellFault,
): { content: JsonObject; source: YamlSource } | undefined {
  const source = readYaml(resolve(dirname(resolve(path)), file));
  if (source === undefined) {
    tell(place, `the mapping file ${file} cannot be read`, 'write the file or correct its name');
    return undefined;
  }
  for (const { line, message, remedy } of source.errors) tell({ file, line }, message, remedy);
  if (source.data === undefined) return undefined;
  if (source.data !== null && !isObject(source.data)) {
    tell(
      { file, line: 1 },
      'the mapping file holds no settings',
      'write for example `accounts: { table: accounts.csv }`',
    );
    return undefined;
  }
  const { for: meant, file: another, ...content } = source.data ?? {};
  if (another !== undefined) {
    const message = 'a mapping file names no further mapping file';
    tell({ file, line: source.lineOf(['file']) }, message, 'remove file; a table may stand in a file of its own');
  }
  if (meant !== undefined) checkMeant(meant, { file, line: source.lineOf(['for']) }, named, tell);
  return { content, source };
}

/** A file that was written for one company must not decide about another. */
function checkMeant(meant: unknown, place: MappingPlace, named: Reference['named'], tell: TellFault): void {
  const { erp, company } = isObject(meant) ? meant : {};
  if (erp === named.erp && company === named.company) return;
  const [written, used] = [`${String(erp)}/${String(company)}`, `${String(named.erp)}/${String(named.company)}`];
  tell(
    place,
    `the file is written for ${written}, but ${used} uses it`,
    `correct \`for\`, or name another file in the mapping of ${used}`,
  );
}

function locator(path: string, source: YamlSource, included: readonly Included[]) {
  return (at: readonly PropertyKey[]): MappingPlace => {
    const inside = included.find((each) => each.at.every((key, index) => at[index] === key));
    return inside === undefined
      ? { file: basename(path), line: source.lineOf(at) }
      : { file: inside.file, line: inside.source.lineOf(at.slice(inside.at.length)) };
  };
}

/** Name of a table relative to the folder of the connections file; a mapping file names it relative to its own. */
export const tableName = (mappingFile: string | undefined, table: string): string =>
  mappingFile === undefined || isAbsolute(table) ? table : join(dirname(mappingFile), table);
