import type { Call } from './calls.js';
import { businessError, sameKey } from './errors.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import { changedCurrency } from './purchase-headers.js';
import type { VendorBlocked, VendorRow } from './records.js';
import { VENDOR_TEXTS, vendors } from './sets-master.js';
import { paymentMethodRows, paymentTermsRows } from './sets-payment.js';
import { EMPTY_GUID, nextNumber, type Company } from './world.js';

type Values = Record<string, Scalar>;

/** POST of a vendor. A number that exists is a 400 and a repeat; without a number the series gives one (section 8). */
export function createVendor(call: Call, json: unknown): VendorRow {
  const { values } = checkedBody(vendors, json);
  const { company, world } = call;
  const number = numberOf(call, values);
  call.key = `${company.name}/${number}`;
  if (company.vendors.find((row) => row.number === number) !== undefined) {
    call.repeatMessage = `vendor ${number} was created before`;
    throw sameKey(`The Vendor already exists. Identification fields and values: No.='${number}'`);
  }
  return company.vendors.insert({
    ...{ ...world.newRecord(), number, displayName: '', blocked: ' ', currencyCode: '', texts: {} },
    ...changedVendor(company, {}, values),
  });
}

/** PATCH of a vendor. A number in the body would rename the record everywhere, which no connector may ask for. */
export function updateVendor(call: Call, vendor: VendorRow, json: unknown): VendorRow {
  call.key = `${call.company.name}/${vendor.number}`;
  const { values } = checkedBody(vendors, json);
  if ((values['number'] ?? vendor.number) !== vendor.number) {
    call.world.desk.violation(call.operation, `vendor ${vendor.number} renamed to ${String(values['number'])}`);
    throw businessError('The vendor cannot be renamed.');
  }
  return call.company.vendors.update(vendor, changedVendor(call.company, vendor.texts ?? {}, values));
}

function numberOf({ company, world }: Call, values: Values): string {
  const number = String(values['number'] ?? '');
  if (number === '') return `V${String(nextNumber(company, 'vendor')).padStart(5, '0')}`;
  if (world.setUpFaults['no-manual-vendor-numbers'] === true) {
    throw businessError(
      'You may not enter numbers manually. If you want to enter numbers manually, please activate Manual Nos. in No. Series V.',
    );
  }
  return number;
}

function changedVendor(company: Company, texts: Record<string, string>, values: Values): Partial<VendorRow> {
  const changedTexts = Object.keys(VENDOR_TEXTS).filter((name) => values[name] !== undefined);
  const [currencyCode, terms, method] = [
    changedCurrency(company, values),
    reference(paymentTermsRows(company), values, 'paymentTermsId', 'Payment Terms'),
    reference(paymentMethodRows(company), values, 'paymentMethodId', 'Payment Method'),
  ];
  return {
    ...(values['displayName'] === undefined ? {} : { displayName: String(values['displayName']) }),
    ...(values['blocked'] === undefined ? {} : { blocked: values['blocked'] as VendorBlocked }),
    ...(currencyCode === undefined ? {} : { currencyCode }),
    ...(terms === undefined ? {} : { paymentTermsId: terms }),
    ...(method === undefined ? {} : { paymentMethodId: method }),
    texts: { ...texts, ...Object.fromEntries(changedTexts.map((name) => [name, String(values[name])])) },
  };
}

/** Id of the payment terms or method that a body names; undefined if it names none. */
function reference(
  rows: readonly { id: string }[],
  values: Values,
  name: 'paymentTermsId' | 'paymentMethodId',
  table: string,
): string | undefined {
  const id = values[name];
  if (id === undefined || id === EMPTY_GUID) return id === undefined ? undefined : EMPTY_GUID;
  if (!rows.some((row) => row.id === id)) throw businessError(`The "${name}" does not match to a ${table}.`);
  return String(id);
}
