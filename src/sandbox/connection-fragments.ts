import type { CompanyMapping } from '../contracts/mapping-rules.js';
import type { BcCompanyFragment, CompanyFragment, FoCompanyFragment, MappingFragment } from './sandbox-types.js';

function companyFragment(mapping: CompanyMapping): CompanyFragment {
  return {
    company: mapping.company,
    currency: mapping.currency,
    timeZone: 'UTC',
    isTest: mapping.isTest,
    postingDate: 'today',
    mapping: mappingFragment(mapping),
  };
}

/** A company of Business Central or classic NAV as it stands in the connections file. */
export function bcCompanyFragment(mapping: CompanyMapping): BcCompanyFragment {
  return { ...companyFragment(mapping), routes: mapping.routes };
}

/** The same for F&O. Strong mode needs a number sequence that lets the client choose (F&O spec 6.1). */
export function foCompanyFragment(mapping: CompanyMapping, isStrong: boolean): FoCompanyFragment {
  const { expense = '', cashadvance = '', invoice = '' } = mapping.journalNames;
  return {
    ...companyFragment(mapping),
    mode: isStrong ? 'strong' : 'recovery',
    routes: mapping.routes,
    journalNames: { expense, cashadvance, invoice },
  };
}

function mappingFragment(mapping: CompanyMapping): MappingFragment {
  const { payrollClearing, expensePayClearing, invoicePayClearing, procurementCategories } = mapping;
  return {
    vendors: { sameCode: mapping.vendors.sameCode, codes: mapping.vendors.byCode },
    employees: { sameCode: mapping.employees.sameCode, codes: mapping.employees.byId },
    accounts: { sameCode: mapping.accounts.sameCode, codes: mapping.accounts.byCode },
    cardLiabilities: mapping.cardLiabilities,
    inputTax: mapping.inputTax,
    advance: mapping.advance,
    ...(payrollClearing === undefined ? {} : { payrollClearing }),
    ...(expensePayClearing === undefined ? {} : { expensePayClearing }),
    ...(invoicePayClearing === undefined ? {} : { invoicePayClearing }),
    ...(procurementCategories === undefined
      ? {}
      : { procurementCategories: categoriesFragment(procurementCategories) }),
    dimensions: mapping.dimensions.map(({ dimension, from, required, sameCode, byCode }) => ({
      dimension,
      from,
      required,
      values: { sameCode, codes: byCode },
    })),
  };
}

function categoriesFragment({ hierarchy, unit, byCode }: NonNullable<CompanyMapping['procurementCategories']>) {
  return { hierarchy, unit, codes: byCode };
}
