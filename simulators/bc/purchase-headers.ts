import type { Call } from './calls.js';
import { withShortcut } from './dimension-lines.js';
import { withDefaults } from './dimension-rules.js';
import { businessError } from './errors.js';
import type { Scalar } from './odata-fields.js';
import type { DimensionPair, PurchaseDocumentRow, VendorRow } from './records.js';
import { currencyId, shortcutDimension } from './sets-master.js';
import { HEADER_TEXT_NAMES } from './sets-purchase.js';
import type { Company } from './world.js';

type Values = Record<string, Scalar>;

/** The vendor that a body names by number, id or both; undefined if it names none. */
export function namedVendor(company: Company, values: Values, role: 'vendor' | 'payToVendor'): VendorRow | undefined {
  const [number, id] = [values[`${role}Number`], values[`${role}Id`]];
  if (number === undefined && id === undefined) return undefined;
  const matches = (row: VendorRow): boolean =>
    (number === undefined || row.number === number) && (id === undefined || row.id === id);
  const vendor = company.vendors.find(matches);
  if (vendor === undefined) throw businessError('The vendor cannot be found.');
  return vendor;
}

/** The vendor of a new document, who has to be named. */
export function requiredVendor(company: Company, values: Values): VendorRow {
  const vendor = namedVendor(company, values, 'vendor');
  if (vendor === undefined) throw businessError('A "vendorNumber" or a "vendorID" must be provided.');
  return vendor;
}

/** What the header of a new document takes from its vendor. */
export function blankHeader(call: Call, vendor: VendorRow, draftNumber: string): PurchaseDocumentRow {
  return {
    ...call.world.newRecord(),
    draftNumber,
    vendorNumber: vendor.number,
    payToVendorNumber: vendor.number,
    postingDate: call.world.today(),
    currencyCode: vendor.currencyCode,
    texts: {},
    dimensions: withDefaults(call.world, call.company, [], { parentType: 'Vendor', parentId: vendor.id }),
    lines: [],
  };
}

/** The common properties that a body changes. */
export function changedHeader(
  company: Company,
  document: PurchaseDocumentRow,
  values: Values,
): Partial<PurchaseDocumentRow> & Pick<PurchaseDocumentRow, 'texts' | 'dimensions'> {
  const texts = { ...document.texts };
  for (const name of HEADER_TEXT_NAMES) if (values[name] !== undefined) texts[name] = String(values[name]);
  const payTo = namedVendor(company, values, 'payToVendor');
  const currencyCode = changedCurrency(company, values);
  return {
    texts,
    dimensions: withShortcuts(company, document, values),
    ...(values['postingDate'] === undefined ? {} : { postingDate: String(values['postingDate']) }),
    ...(payTo === undefined ? {} : { payToVendorNumber: payTo.number }),
    ...(currencyCode === undefined ? {} : { currencyCode }),
  };
}

/** Refuses another vendor than the one the document was made for. */
export function refuseOtherVendor(company: Company, document: PurchaseDocumentRow, values: Values): void {
  const vendor = namedVendor(company, values, 'vendor');
  if (vendor !== undefined && vendor.number !== document.vendorNumber) {
    throw businessError('The vendor of a document with lines cannot be changed.');
  }
}

/** The local currency's code and a blank both mean local currency, which is kept blank. Undefined if none is named. */
export function changedCurrency(company: Company, values: Values): string | undefined {
  const [code, id] = [values['currencyCode'], values['currencyId']];
  if (code === undefined) {
    if (id === undefined || id === currencyId('')) return id === undefined ? undefined : '';
    throw businessError('The "currencyId" does not match to a Currency.');
  }
  const known = code === '' || /^[A-Z]{3}$/.test(String(code));
  if (!known) throw businessError('The "currencyCode" does not match to a Currency.');
  const kept = code === company.currency ? '' : String(code);
  if (id !== undefined && id !== currencyId(kept)) {
    throw businessError('The currency values do not match to a specific Currency.');
  }
  return kept;
}

function withShortcuts(company: Company, document: PurchaseDocumentRow, values: Values): DimensionPair[] {
  let dimensions = document.dimensions;
  for (const position of [1, 2]) {
    const property = `shortcutDimension${position}Code`;
    const value = values[property];
    if (value === undefined) continue;
    const code = shortcutDimension(company, position);
    dimensions = withShortcut(company, dimensions, { property, code, value: String(value) });
  }
  return dimensions;
}
