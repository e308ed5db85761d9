import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { CompanyMapping, MappingRules } from '../contracts/mapping-rules.js';
import type { MappingSection } from './company-schema.js';
import type { ConnectionsFile, ErpConnection } from './connections-schema.js';
import type { Report } from './settings-error.js';

/**
 * Resolves the mapping of every ERP company: rows in the file plus CSV tables. Faults of tables are added to `problems`,
 * faults of rules go to `report`. The version is a digest over everything that decides a posting.
 */
export function loadMappingRules(
  file: ConnectionsFile,
  folder: string,
  problems: string[],
  report: Report,
): MappingRules {
  const companies = file.erp.flatMap((erp) =>
    erp.companies.map((company) => companyMapping(erp, company, (table) => readTable(table, folder, problems))),
  );
  reportUnknownCompanies(file, report);
  reportUnusableRoutes(file, report);
  const legalEntity = file.rules.legalEntity.map((rule) => ({
    path: rule.path,
    ...(rule.documentTypes === undefined ? {} : { docTypes: rule.documentTypes }),
    codes: rule.codes,
  }));
  const version = createHash('sha256').update(JSON.stringify({ legalEntity, companies })).digest('hex').slice(0, 12);
  return { version, legalEntity, companies };
}

function reportUnknownCompanies(file: ConnectionsFile, report: Report): void {
  const known = file.erp.flatMap((erp) => erp.companies.map(({ company }) => `${erp.name}/${company}`));
  for (const [index, rule] of file.rules.legalEntity.entries()) {
    for (const [code, target] of Object.entries(rule.codes)) {
      const named = `${target.erp}/${target.company}`;
      if (known.includes(named)) continue;
      const problem = `${named} is no ERP company of this file; correct the name or describe the company (${known.join(', ')})`;
      report(['rules', 'legalEntity', index, 'codes', code], problem);
    }
  }
}

/** Each route of Finance & Operations needs something of its own: a journal name, or categories. */
function reportUnusableRoutes(file: ConnectionsFile, report: Report): void {
  for (const [index, erp] of file.erp.entries()) {
    if (erp.kind !== 'dynamics-fo') continue;
    for (const [position, { routes, journalNames, mapping }] of erp.companies.entries()) {
      const at = ['erp', index, 'companies', position];
      const isPending = routes.invoice === 'fo-pending-invoice';
      if (isPending && mapping.procurementCategories === undefined) {
        report([...at, 'mapping'], 'the route fo-pending-invoice needs procurementCategories; add hierarchy and codes');
      }
      if (!isPending && journalNames.invoice === undefined) {
        report([...at, 'journalNames'], `the route ${routes.invoice} needs a journal name; add journalNames.invoice`);
      }
    }
  }
}

type Table = Pick<MappingSection['vendors'], 'table' | 'codes'>;
type Resolve = (table: Table) => Record<string, string>;

function companyMapping(
  erp: ErpConnection,
  company: ErpConnection['companies'][number],
  resolveTable: Resolve,
): CompanyMapping {
  const { mapping } = company;
  return {
    erp: erp.name,
    company: company.company,
    kind: erp.kind,
    currency: company.currency,
    isTest: company.isTest,
    postingDate: company.postingDate,
    routes: company.routes,
    journalNames: 'journalNames' in company ? definedOnly(company.journalNames) : {},
    vendors: { sameCode: mapping.vendors.sameCode, byCode: resolveTable(mapping.vendors) },
    employees: { sameCode: mapping.employees.sameCode, byId: resolveTable(mapping.employees) },
    accounts: { sameCode: mapping.accounts.sameCode, byCode: resolveTable(mapping.accounts) },
    ...procurementOf(company, resolveTable),
    cardLiabilities: definedOnly(mapping.cardLiabilities),
    inputTax: mapping.inputTax,
    advance: mapping.advance,
    ...(mapping.payrollClearing === undefined ? {} : { payrollClearing: mapping.payrollClearing }),
    ...(mapping.expensePayClearing === undefined ? {} : { expensePayClearing: mapping.expensePayClearing }),
    ...(mapping.invoicePayClearing === undefined ? {} : { invoicePayClearing: mapping.invoicePayClearing }),
    dimensions: mapping.dimensions.map(({ dimension, from, required, values }) => ({
      dimension,
      from,
      required,
      sameCode: values.sameCode,
      byCode: resolveTable(values),
    })),
  };
}

function procurementOf(
  { mapping }: ErpConnection['companies'][number],
  resolveTable: Resolve,
): Pick<CompanyMapping, 'procurementCategories'> {
  const categories = 'procurementCategories' in mapping ? mapping.procurementCategories : undefined;
  if (categories === undefined) return {};
  const { hierarchy, unit } = categories;
  return { procurementCategories: { hierarchy, unit, byCode: resolveTable(categories) } };
}

function definedOnly<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Rows of a CSV table and rows written in place; the place wins nowhere: a code in both is a fault. */
function readTable(table: Table, folder: string, problems: string[]): Record<string, string> {
  const rows: Record<string, string> = { ...table.codes };
  if (table.table === undefined) return rows;
  let text: string;
  try {
    text = readFileSync(resolve(folder, table.table), 'utf8');
  } catch {
    problems.push(`${table.table} cannot be read; write the CSV table or remove the reference`);
    return rows;
  }
  for (const { record, info } of parseRows(text, table.table, problems)) {
    const place = `${table.table}:${info.lines}`;
    const { concur, erp } = record;
    if (!concur || !erp) problems.push(`${place}: a row needs a value in both columns concur and erp`);
    else if (Object.hasOwn(rows, concur)) problems.push(`${place}: the code ${concur} is mapped twice; remove one row`);
    else rows[concur] = erp;
  }
  return rows;
}

interface Row {
  record: { concur?: string; erp?: string };
  info: { lines: number };
}

function parseRows(text: string, table: string, problems: string[]): Row[] {
  try {
    const options = { columns: true, info: true, skip_empty_lines: true, trim: true, bom: true } as const;
    const rows: unknown = parse(text, options);
    return rows as Row[];
  } catch (error) {
    problems.push(`${table}: ${error instanceof Error ? error.message : 'no valid CSV'}`);
    return [];
  }
}
