import type {
  CompanyMapping,
  EffectiveDays,
  LiabilityTarget,
  MappingPlace,
  MappingRule,
  TableExtras,
} from '../contracts/mapping-rules.js';
import { ownRow } from './code-lookup.js';

/** What the mapping of a company holds, without what the company is. */
export type EntriesOf = Pick<
  CompanyMapping,
  | 'vendors'
  | 'employees'
  | 'accounts'
  | 'expenseTypes'
  | 'procurementCategories'
  | 'cardPrograms'
  | 'paymentTypes'
  | 'cardLiabilities'
  | 'inputTax'
  | 'advance'
  | 'payrollClearing'
  | 'expensePayClearing'
  | 'invoicePayClearing'
  | 'intercompany'
  | 'dimensions'
  | 'rules'
  | 'places'
>;

/** One row, setting or rule of a mapping that names a code of the ERP. */
export interface MappingEntry extends EffectiveDays {
  /** Name of the table, of the setting, or of the rule. */
  table: string;
  /** The code of Concur; empty for settings. */
  concur: string;
  erp: string;
  kind: 'account' | 'vendor' | 'category' | 'dimension';
  /** Of a dimension value. */
  dimension?: string;
  /** Lines of costs: they have dimensions, other lines have none. */
  isCost: boolean;
  place?: MappingPlace;
}

/** Every code of the ERP that a mapping names, in the order of its sections. Codes that are their own (`sameCode`) are not named. */
export function mappingEntries(mapping: EntriesOf): MappingEntry[] {
  const { vendors, employees, accounts, expenseTypes, procurementCategories, cardPrograms, paymentTypes } = mapping;
  return [
    ...rowsOf('vendors', 'vendor', vendors),
    ...rowsOf('employees', 'vendor', { ...employees, byCode: employees.byId }),
    ...rowsOf('accounts', 'account', accounts, true),
    ...defaultOf('accounts.default', mapping, accounts.default),
    ...(expenseTypes === undefined ? [] : rowsOf('expenseTypes', 'account', expenseTypes, true)),
    ...(procurementCategories === undefined ? [] : rowsOf('procurementCategories', 'category', procurementCategories)),
    ...liabilitiesOf('cardPrograms', cardPrograms),
    ...liabilitiesOf('paymentTypes', paymentTypes),
    ...settingsOf(mapping),
    ...mapping.inputTax.map(({ authority, code, account, place, ...days }): MappingEntry => ({
      ...days,
      ...entry('inputTax', `${authority}/${code}`, account, 'account', place),
    })),
    ...mapping.dimensions.flatMap((dimension) => valuesOf(dimension, mapping)),
    ...(mapping.rules ?? []).flatMap(setBy),
  ];
}

function entry(
  table: string,
  concur: string,
  erp: string,
  kind: MappingEntry['kind'],
  place: MappingPlace | undefined,
  isCost = false,
): MappingEntry {
  return { table, concur, erp, kind, isCost, ...(place === undefined ? {} : { place }) };
}

type Table<Value> = TableExtras<Value> & { byCode: Record<string, Value> };

function rowsOf(
  table: string,
  kind: MappingEntry['kind'],
  { byCode, dated = [], places = {} }: Table<string>,
  isCost = false,
): MappingEntry[] {
  return [
    ...Object.entries(byCode).map(([concur, erp]) => entry(table, concur, erp, kind, ownRow(places, concur), isCost)),
    ...dated.map(({ concur, erp, place, ...days }) => ({ ...days, ...entry(table, concur, erp, kind, place, isCost) })),
  ];
}

function liability(
  table: string,
  concur: string,
  target: LiabilityTarget,
  place: MappingPlace | undefined,
): MappingEntry {
  return 'ledger' in target
    ? entry(table, concur, target.ledger, 'account', place)
    : entry(table, concur, target.vendor, 'vendor', place);
}

function liabilitiesOf(name: string, table: Table<LiabilityTarget> | undefined): MappingEntry[] {
  if (table === undefined) return [];
  const { byCode, dated = [], places = {} } = table;
  return [
    ...Object.entries(byCode).map(([concur, target]) => liability(name, concur, target, ownRow(places, concur))),
    ...dated.map(({ concur, erp, place, ...days }) => ({ ...days, ...liability(name, concur, erp, place) })),
  ];
}

function defaultOf(path: string, { places = {} }: EntriesOf, value: string | undefined): MappingEntry[] {
  return value === undefined ? [] : [entry(path, '', value, 'account', ownRow(places, path), true)];
}

function settingsOf(mapping: EntriesOf): MappingEntry[] {
  const { payrollClearing, expensePayClearing, invoicePayClearing, places = {}, intercompany = [] } = mapping;
  const placeOf = (path: string): MappingPlace | undefined => ownRow(places, path);
  return [
    ...Object.entries(mapping.cardLiabilities).map(([party, target]) =>
      liability('cardLiabilities', party, target, placeOf(`cardLiabilities.${party}`)),
    ),
    ...Object.entries(mapping.advance).map(([concur, erp]) =>
      entry('advance', concur, erp, 'account', placeOf(`advance.${concur}`)),
    ),
    ...Object.entries({ payrollClearing, expensePayClearing, invoicePayClearing }).flatMap(([name, erp]) =>
      erp === undefined ? [] : [entry(name, '', erp, 'account', placeOf(name))],
    ),
    ...intercompany.flatMap(({ partner, dueFrom, dueTo }, index) =>
      Object.entries({ dueFrom, dueTo }).map(([name, erp]) =>
        entry(
          `intercompany.${name}`,
          `${partner.erp}/${partner.company}`,
          erp,
          'account',
          placeOf(`intercompany.${index}.${name}`),
        ),
      ),
    ),
  ];
}

function valuesOf(dimension: EntriesOf['dimensions'][number], { places = {} }: EntriesOf): MappingEntry[] {
  const { dimension: name } = dimension;
  const rows = rowsOf(`dimension ${name}`, 'dimension', dimension, true);
  const declared = dimension.default;
  const place = ownRow(places, `dimensions.${name}`);
  const own =
    declared === undefined ? [] : [entry(`dimension ${name} default`, '', declared, 'dimension', place, true)];
  return [...rows, ...own].map((each) => ({ ...each, dimension: name }));
}

function setBy({ name, set, place, from, to }: MappingRule): MappingEntry[] {
  const { account, vendor, liability: target, taxAccount, dimensions = {} } = set;
  const table = `rule '${name}'`;
  const found = [
    ...(account === undefined ? [] : [entry(table, '', account, 'account', place, true)]),
    ...(taxAccount === undefined ? [] : [entry(table, '', taxAccount, 'account', place)]),
    ...(vendor === undefined ? [] : [entry(table, '', vendor, 'vendor', place)]),
    ...(target === undefined ? [] : [liability(table, '', target, place)]),
    ...Object.entries(dimensions).map(([dimension, value]) => ({
      ...entry(table, '', value, 'dimension', place, true),
      dimension,
    })),
  ];
  const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return found.map((each) => ({ ...days, ...each }));
}
