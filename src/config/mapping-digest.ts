import { createHash } from 'node:crypto';
import { canonicalJson } from '../contracts/canonical-json.js';
import type { CompanyMapping, MappingRule, TableExtras } from '../contracts/mapping-rules.js';

/**
 * What of a company's mapping decides a posting, rows of tables in a fixed order: places of rows and names of files are left out,
 * so that a file that is only moved or sorted anew gives the same digest of what it says.
 */
export function decisiveParts(mapping: CompanyMapping): unknown {
  const { places: _places, source: _source, ...rest } = mapping;
  const { vendors, employees, accounts, expenseTypes, cardPrograms, paymentTypes, procurementCategories } = mapping;
  return {
    ...rest,
    vendors: withoutPlaces(vendors),
    employees: withoutPlaces(employees),
    accounts: withoutPlaces(accounts),
    ...(procurementCategories === undefined ? {} : { procurementCategories: withoutPlaces(procurementCategories) }),
    inputTax: inFixedOrder(mapping.inputTax.map(({ place: _place, ...row }) => row)),
    ...(mapping.intercompany === undefined ? {} : { intercompany: inFixedOrder(mapping.intercompany) }),
    dimensions: mapping.dimensions.map(withoutPlaces),
    ...(expenseTypes === undefined ? {} : { expenseTypes: withoutPlaces(expenseTypes) }),
    ...(cardPrograms === undefined ? {} : { cardPrograms: withoutPlaces(cardPrograms) }),
    ...(paymentTypes === undefined ? {} : { paymentTypes: withoutPlaces(paymentTypes) }),
    ...(mapping.rules === undefined ? {} : { rules: mapping.rules.map(withoutPlace) }),
  };
}

/** Eight digits that tell two mappings of one company apart. */
export const digestOf = (mapping: CompanyMapping): string => contentDigest(decisiveParts(mapping), 8);

/** Hex digits of a digest over what something says, in whichever order its members come. */
export const contentDigest = (content: unknown, digits: number): string =>
  createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, digits);

function withoutPlaces(table: TableExtras<unknown>): unknown {
  const { places: _places, dated, ...rest } = table;
  return dated === undefined ? rest : { ...rest, dated: inFixedOrder(dated.map(({ place: _place, ...row }) => row)) };
}

/** Of rows that cannot contradict each other: their order decides nothing. */
function inFixedOrder(rows: readonly unknown[]): unknown[] {
  return [...rows].sort((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
}

function withoutPlace({ place: _place, ...rule }: MappingRule): unknown {
  return rule;
}
