import type { CompanyMapping, MappingPlace } from '../contracts/mapping-rules.js';
import type { ErpConnection } from './connections-schema.js';
import { withListCodes } from './dimension-sync-schema.js';
import { digestOf } from './mapping-digest.js';
import type { MappingContext, Rows } from './mapping-rows.js';
import { areUsable, codeFault, csvRows, daysOf, readLiabilities, readRows, type CodeRule } from './mapping-rows.js';
import { readRules } from './mapping-rules-section.js';
import { tellDimensionFaults, tellHiddenDefaults } from './mapping-section-faults.js';
import type { MappingSection } from './mapping-schema.js';

type Company = ErpConnection['companies'][number];
/** What of a company the mapping depends on, besides the mapping itself. */
export type MappedErp = Pick<ErpConnection, 'name' | 'kind'>;

const account: CodeRule = { what: 'account', limit: 20 };
const vendor: CodeRule = { what: 'vendor account', limit: 20 };
const category: CodeRule = { what: 'procurement category', limit: 254 };

/** Longest value of a dimension (F&O spec 7, NAV spec 8). */
export const valueLimitOf = ({ kind }: Pick<MappedErp, 'kind'>): number => (kind === 'dynamics-fo' ? 30 : 20);

/** The mapping of one company as the pure core takes it. Faults are told; what is faulty is left out. */
export function companyMapping(erp: MappedErp, company: Company, context: MappingContext): CompanyMapping {
  const codes = mappedCodes(erp, company.mapping, context);
  const mapping: CompanyMapping = {
    erp: erp.name,
    company: company.company,
    kind: erp.kind,
    currency: company.currency,
    isTest: company.isTest,
    postingDate: typeof company.postingDate === 'string' ? company.postingDate : definedOnly(company.postingDate),
    routes: company.routes,
    journalNames: 'journalNames' in company ? definedOnly(company.journalNames) : {},
    ...codes,
    dimensions: withListCodes(codes.dimensions, company.dimensionSync),
  };
  const files = [context.mappingFile ?? context.locate([]).file, ...context.tables];
  return { ...mapping, source: { files, digest: digestOf(mapping), ...approvalOf(company.mapping) } };
}

function approvalOf({ approval }: MappingSection): Pick<NonNullable<CompanyMapping['source']>, 'approval'> {
  return approval === undefined ? {} : { approval: { author: approval.author, approver: approval.approver } };
}

/** What the mapping section of a company says; the part of {@link companyMapping} that can be judged by itself. */
export type MappedCodes = Omit<
  CompanyMapping,
  'erp' | 'company' | 'kind' | 'currency' | 'isTest' | 'postingDate' | 'routes' | 'journalNames' | 'source'
>;

export function mappedCodes(erp: MappedErp, mapping: MappingSection, context: MappingContext): MappedCodes {
  const { vendors, employees, accounts, expenseTypes } = mapping;
  const valueLimit = valueLimitOf(erp);
  const employeeRows = readRows(employees, ['employees'], vendor, context);
  const { byCode: byId, ...employeeExtras } = employeeRows;
  const cardPrograms = readLiabilities(mapping.cardPrograms, ['cardPrograms'], context);
  const paymentTypes = readLiabilities(mapping.paymentTypes, ['paymentTypes'], context);
  const dimensions = mapping.dimensions.map(({ dimension, from, fromEmployee, required, values, ...rest }, index) => ({
    dimension,
    from,
    required,
    sameCode: values.sameCode,
    ...readRows(values, ['dimensions', index, 'values'], { what: `value of ${dimension}`, limit: valueLimit }, context),
    ...(fromEmployee.length === 0 ? {} : { fromEmployee }),
    ...(rest.default === undefined ? {} : { default: rest.default }),
  }));
  const names = dimensions.map(({ dimension }) => dimension);
  const rules = readRules(mapping.rules, { dimensions: names, valueLimit }, context);
  const { payrollClearing, expensePayClearing, invoicePayClearing } = mapping;
  tellSettingFaults(mapping, context);
  tellDimensionFaults(mapping, valueLimit, context);
  tellHiddenDefaults(mapping, rules, context);
  return {
    vendors: { sameCode: vendors.sameCode, ...readRows(vendors, ['vendors'], vendor, context) },
    employees: { sameCode: employees.sameCode, byId, ...employeeExtras },
    accounts: {
      sameCode: accounts.sameCode,
      ...readRows(accounts, ['accounts'], account, context),
      ...(accounts.default === undefined ? {} : { default: accounts.default }),
    },
    ...procurementOf(mapping, context),
    ...intercompanyOf(erp, mapping),
    cardLiabilities: definedOnly(mapping.cardLiabilities),
    inputTax: taxRows(mapping, context),
    advance: mapping.advance,
    ...(payrollClearing === undefined ? {} : { payrollClearing }),
    ...(expensePayClearing === undefined ? {} : { expensePayClearing }),
    ...(invoicePayClearing === undefined ? {} : { invoicePayClearing }),
    dimensions,
    ...(expenseTypes === undefined ? {} : { expenseTypes: readRows(expenseTypes, ['expenseTypes'], account, context) }),
    ...(cardPrograms === undefined ? {} : { cardPrograms }),
    ...(paymentTypes === undefined ? {} : { paymentTypes }),
    ...(rules.length === 0 ? {} : { rules }),
    places: settingPlaces(mapping, context),
  };
}

type Categories = { hierarchy: string; unit: string; table?: string | undefined; codes: Record<string, string> };

function procurementOf(
  mapping: MappingSection,
  context: MappingContext,
): Pick<CompanyMapping, 'procurementCategories'> {
  const { procurementCategories: section } = mapping as MappingSection & { procurementCategories?: Categories };
  if (section === undefined) return {};
  const { hierarchy, unit } = section;
  const rows: Rows<string> = readRows(section, ['procurementCategories'], category, context);
  return { procurementCategories: { hierarchy, unit, ...rows } };
}

function intercompanyOf(erp: MappedErp, { intercompany }: MappingSection): Pick<CompanyMapping, 'intercompany'> {
  if (intercompany.length === 0) return {};
  const rows = intercompany.map((row) => ({
    partner: { erp: row.erp ?? erp.name, company: row.company },
    dueFrom: row.dueFrom,
    dueTo: row.dueTo,
  }));
  return { intercompany: rows };
}

function taxRows(mapping: MappingSection, context: MappingContext): CompanyMapping['inputTax'] {
  const { locate, tell } = context;
  const inPlace = mapping.inputTax.map(({ authority, code, account: erp, from, to }, index) => ({
    ...{ authority, code, account: erp },
    ...daysOf({ from, to }),
    place: locate(['inputTax', index]),
  }));
  const columns = { required: ['authority', 'code', 'erp'], optional: ['from', 'to', 'note'] };
  const listed = csvRows(mapping.inputTaxTable, ['inputTaxTable'], columns, context).map(({ values, place }) => ({
    ...{ authority: values['authority'] ?? '', code: values['code'] ?? '', account: values['erp'] ?? '' },
    ...daysOf({ from: values['from'], to: values['to'] }),
    place,
  }));
  const seen: CompanyMapping['inputTax'] = [];
  for (const row of [...inPlace, ...listed]) {
    const fault = codeFault(row.account, { what: 'tax account', limit: 20 });
    if (fault !== undefined) tell(row.place, fault.message, fault.remedy);
    if (!areUsable(row, row.place, tell) || fault !== undefined) continue;
    const other = seen.find((each) => isSameTax(each, row));
    if (other === undefined) seen.push(row);
    else {
      const where = other.place === undefined ? '' : ` (the other is ${other.place.file}:${other.place.line})`;
      tell(
        row.place,
        `the tax ${row.authority}/${row.code} is mapped twice${where}`,
        'remove one row, or give each its own days',
      );
    }
  }
  return seen;
}

type TaxRow = CompanyMapping['inputTax'][number];

function isSameTax(left: TaxRow, right: TaxRow): boolean {
  return left.authority === right.authority && left.code === right.code && overlapping(left, right);
}

const overlapping = (left: TaxRow, right: TaxRow): boolean =>
  (left.from ?? '') <= (right.to ?? '9999-12-31') && (right.from ?? '') <= (left.to ?? '9999-12-31');

/** Single accounts, by the path under which they are told. */
function settingsOf(mapping: MappingSection): { path: PropertyKey[]; code: string }[] {
  const { payrollClearing, expensePayClearing, invoicePayClearing, advance, cardLiabilities, accounts } = mapping;
  const single = Object.entries({ payrollClearing, expensePayClearing, invoicePayClearing });
  return [
    ...single.flatMap(([name, code]) => (code === undefined ? [] : [{ path: [name], code }])),
    ...Object.entries(advance).map(([concur, code]) => ({ path: ['advance', concur], code })),
    ...Object.entries(cardLiabilities).map(([party, target]) => ({
      path: ['cardLiabilities', party],
      code: 'ledger' in target ? target.ledger : target.vendor,
    })),
    ...(accounts.default === undefined ? [] : [{ path: ['accounts', 'default'], code: accounts.default }]),
    ...mapping.intercompany.flatMap(({ dueFrom, dueTo }, index) => [
      { path: ['intercompany', index, 'dueFrom'], code: dueFrom },
      { path: ['intercompany', index, 'dueTo'], code: dueTo },
    ]),
  ];
}

function settingPlaces(mapping: MappingSection, { locate }: MappingContext): Record<string, MappingPlace> {
  const dimensions = mapping.dimensions.map(({ dimension }, index) => [
    `dimensions.${dimension}`,
    locate(['dimensions', index]),
  ]);
  return Object.fromEntries([
    ...settingsOf(mapping).map(({ path }) => [path.join('.'), locate(path)]),
    ...dimensions,
  ]) as Record<string, MappingPlace>;
}

function tellSettingFaults(mapping: MappingSection, { locate, tell }: MappingContext): void {
  for (const { path, code } of settingsOf(mapping)) {
    const fault = codeFault(code, { what: `account of ${path.map(String).join('.')}`, limit: 20 });
    if (fault !== undefined) tell(locate(path), fault.message, fault.remedy);
  }
}

function definedOnly<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
