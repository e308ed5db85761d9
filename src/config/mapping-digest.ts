import { createHash } from 'node:crypto';
import type { CompanyMapping, MappingRule, TableExtras } from '../contracts/mapping-rules.js';

/**
 * What of a company's mapping decides a posting, in a fixed order of members: places of rows and names of files are left out,
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
    inputTax: mapping.inputTax.map(({ place: _place, ...row }) => row),
    dimensions: mapping.dimensions.map(withoutPlaces),
    ...(expenseTypes === undefined ? {} : { expenseTypes: withoutPlaces(expenseTypes) }),
    ...(cardPrograms === undefined ? {} : { cardPrograms: withoutPlaces(cardPrograms) }),
    ...(paymentTypes === undefined ? {} : { paymentTypes: withoutPlaces(paymentTypes) }),
    ...(mapping.rules === undefined ? {} : { rules: mapping.rules.map(withoutPlace) }),
  };
}

/** Eight digits that tell two mappings of one company apart. */
export function digestOf(mapping: CompanyMapping): string {
  return createHash('sha256')
    .update(JSON.stringify(decisiveParts(mapping)))
    .digest('hex')
    .slice(0, 8);
}

function withoutPlaces(table: TableExtras<unknown>): unknown {
  const { places: _places, dated, ...rest } = table;
  return dated === undefined ? rest : { ...rest, dated: dated.map(({ place: _place, ...row }) => row) };
}

function withoutPlace({ place: _place, ...rule }: MappingRule): unknown {
  return rule;
}
