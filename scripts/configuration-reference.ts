/**
 * Writes the reference of the connections file into `docs/configuration.md`, between its two markers, from the JSON schema.
 * Run by `npx tsx scripts/configuration-reference.ts`; a test compares the committed file with what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectionsJsonSchema } from '../src/cli/config-commands.js';
import { projectRoot } from '../src/launcher/project-root.js';
import { meanings } from './configuration-meanings.js';

/** The members of a JSON schema that are read here. */
interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  const?: string;
  enum?: string[];
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: Schema | boolean;
}

interface Section {
  title: string;
  schema: Schema | undefined;
  /** Prefixes of meanings, the most special first. */
  prefixes: string[];
  /** Settings that have a section of their own. */
  without?: string[];
}

const begin = '<!-- begin of the generated reference: npx tsx scripts/configuration-reference.ts -->';
const end = '<!-- end of the generated reference -->';

/** `docs/configuration.md` in full. */
export const referencePath = (): string => join(projectRoot(), 'docs', 'configuration.md');

/**
 * The document with its generated part renewed.
 * @throws Error if a marker is missing, a setting has no meaning, or a meaning belongs to no setting
 */
export function withReference(document: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/configuration.md has lost its markers of the generated reference.');
  return `${document.slice(0, from + begin.length)}\n\n${reference()}\n\n${document.slice(to)}`;
}

function reference(): string {
  const used = new Set<string>();
  const text = sections(connectionsJsonSchema() as Schema)
    .map((section) => `### ${section.title}\n\n${table(rowsOf(section, used))}`)
    .join('\n\n');
  const stale = Object.keys(meanings).filter((key) => !used.has(key));
  if (stale.length > 0) throw new Error(`These meanings belong to no setting: ${stale.join(', ')}`);
  return text;
}

function sections(file: Schema): Section[] {
  const kinds = file.properties?.['erp']?.items?.oneOf ?? [];
  const erp = (kind: string) => kinds.find((each) => each.properties?.['kind']?.const === kind);
  const companies = (kind: string) => erp(kind)?.properties?.['companies']?.items;
  const mapping = companies('dynamics-fo')?.properties?.['mapping'];
  return [
    { title: '`operation`', schema: file.properties?.['operation'], prefixes: ['operation'] },
    {
      title: '`concur[]`: one entry per Concur company',
      schema: file.properties?.['concur']?.items,
      prefixes: ['concur'],
    },
    ...[
      { kind: 'dynamics-fo', prefix: 'fo', name: 'Finance & Operations', part: 'legal entity' },
      { kind: 'business-central', prefix: 'bc', name: 'Business Central', part: 'company' },
      { kind: 'dynamics-nav', prefix: 'nav', name: 'classic NAV', part: 'company' },
    ].flatMap(({ kind, prefix, name, part }) => [
      { title: `\`erp[]\`: ${name}`, schema: erp(kind), prefixes: [prefix, 'erp'], without: ['companies'] },
      {
        title: `\`erp[].companies[]\`: one entry per ${part} of ${name}`,
        schema: companies(kind),
        prefixes: [`${prefix}.companies`, 'companies'],
        without: ['mapping'],
      },
    ]),
    { title: '`erp[].companies[].mapping`: codes of all ERPs', schema: mapping, prefixes: ['mapping'] },
    {
      title: 'A code table (`vendors`, `employees`, `accounts`, `values`)',
      schema: mapping?.properties?.['vendors'],
      prefixes: ['table'],
    },
    { title: '`rules`', schema: file.properties?.['rules'], prefixes: ['rules'] },
    { title: '`timings`, in seconds', schema: file.properties?.['timings'], prefixes: ['timings'] },
  ];
}

type Row = [setting: string, value: string, fallback: string, meaning: string];

function rowsOf({ schema, prefixes, without = [] }: Section, used: Set<string>): Row[] {
  if (schema?.properties === undefined) throw new Error(`The schema has no settings under ${prefixes.join(', ')}.`);
  return leavesOf(schema, '').flatMap(({ path, leaf, isRequired }) => {
    if (without.includes(path.replace(/\[\].*|\..*/, ''))) return [];
    const keys = prefixes.map((prefix) => `${prefix}.${path}`).filter((key) => meanings[key] !== undefined);
    for (const key of keys) used.add(key);
    const meaning = meanings[keys[0] ?? ''] ?? leaf.description;
    if (meaning === undefined) throw new Error(`${path} (${prefixes.join(', ')}) has no meaning yet.`);
    return [[`\`${path}\``, valueOf(leaf), fallbackOf(leaf, isRequired), meaning] satisfies Row];
  });
}

interface Leaf {
  path: string;
  leaf: Schema;
  isRequired: boolean;
}

/** Settings in the order of the schema; nested objects and lists of objects are opened. */
function leavesOf(schema: Schema, prefix: string): Leaf[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const path = `${prefix}${name}`;
    if (child.properties !== undefined && !isCodeTable(child)) return leavesOf(child, `${path}.`);
    if (child.items?.properties !== undefined) return leavesOf(child.items, `${path}[].`);
    return [{ path, leaf: child, isRequired: schema.required?.includes(name) === true }];
  });
}

const isCodeTable = (schema: Schema): boolean => schema.properties?.['sameCode'] !== undefined;
const isSecret = ({ anyOf = [] }: Schema): boolean => anyOf.some((each) => each.properties?.['env'] !== undefined);

function valueOf(schema: Schema): string {
  if (isCodeTable(schema)) return 'code table';
  if (isSecret(schema)) return 'secret';
  if (schema.anyOf?.some(isSecret) === true) return `${valueOf(schema.anyOf[0] ?? {})} or secret`;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${each}\``).join(', ');
  if (schema.type === 'array') return `list of ${valueOf(schema.items ?? {})}`;
  if (schema.type === 'object') return 'map of codes';
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'integer') return `whole number${range(schema)}`;
  if (schema.type === 'number') return schema.exclusiveMinimum === 0 ? 'number above 0' : 'number';
  if (schema.format === 'uri') return 'URL';
  if (schema.format === 'date') return 'date';
  return schema.maxLength === undefined ? 'text' : `text, at most ${schema.maxLength}`;
}

function range({ minimum, maximum }: Schema): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum === undefined) return '';
  return isBounded ? `, ${minimum} to ${maximum}` : `, at least ${minimum}`;
}

function fallbackOf({ default: value }: Schema, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (value === undefined) return '–';
  if (value === '') return 'empty';
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const isNone = values.length === 0 || values.some((each) => typeof each === 'object');
  return isNone ? 'none' : values.map((each) => `\`${plain(each)}\``).join(', ');
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A Markdown table as prettier wants it: columns aligned, bars inside cells escaped. */
function table(rows: Row[]): string {
  const head = ['Setting', 'Value', 'Default', 'Meaning'];
  const cells = [head, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = head, ...rest] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(referencePath(), withReference(readFileSync(referencePath(), 'utf8')));
}
