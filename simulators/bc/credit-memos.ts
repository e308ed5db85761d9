import type { Call } from './calls.js';
import { checkVendor } from './checks.js';
import { withDimensions } from './dimension-lines.js';
import { businessError } from './errors.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import { changedDates, hasTwin, newDates, refusePosted } from './purchase-documents.js';
import { blankHeader, changedHeader, refuseOtherVendor, requiredVendor } from './purchase-headers.js';
import { creditMemoKey, purchaseKinds } from './purchase-kinds.js';
import { addLine } from './purchase-lines.js';
import type { CreditMemoRow } from './records.js';
import { purchaseCreditMemos } from './sets-invoices.js';
import { EMPTY_GUID, nextNumber, type Company } from './world.js';

/** POST of a credit memo, with its lines as an invoice has them; it may name the posted invoice that it is for. */
export function createCreditMemo(call: Call, json: unknown): CreditMemoRow {
  const { values, parts } = checkedBody(purchaseCreditMemos, json);
  const { company } = call;
  const vendorCreditMemoNumber = String(values['vendorCreditMemoNumber'] ?? '');
  call.key = creditMemoKey(company, { vendorNumber: String(values['vendorNumber'] ?? ''), vendorCreditMemoNumber });
  const vendor = requiredVendor(company, values);
  call.key = creditMemoKey(company, { vendorNumber: vendor.number, vendorCreditMemoNumber });
  checkVendor(vendor, 'create');
  const { date, dueDate } = newDates(values, 'creditMemoDate', call.world.today());
  const blank = blankHeader(call, vendor, String(nextNumber(company, 'creditMemoDraft')));
  const creditMemo = company.creditMemos.insert({
    ...{ ...blank, ...changedHeader(company, blank, values) },
    ...{ postedNumber: '', postedAt: 0, vendorEntryId: '', vendorCreditMemoNumber },
    ...{ creditMemoDate: date, dueDate },
    invoiceId: creditedInvoice(company, values) ?? '',
  });
  if (vendorCreditMemoNumber !== '' && hasTwin(company.creditMemos.all(), creditMemo, 'vendorCreditMemoNumber')) {
    call.repeatMessage = `a second credit memo ${vendorCreditMemoNumber} of vendor ${vendor.number} was drafted`;
  }
  const dimensions = withDimensions(call, creditMemo.dimensions, parts['dimensionSetLines'] ?? []);
  company.creditMemos.update(creditMemo, { dimensions });
  const lines = parts['purchaseCreditMemoLines'] ?? [];
  for (const line of lines) addLine(call, purchaseKinds.purchaseCreditMemos, creditMemo, line);
  return creditMemo;
}

/** PATCH of a draft; a posted credit memo is immutable. */
export function updateCreditMemo(call: Call, creditMemo: CreditMemoRow, json: unknown): CreditMemoRow {
  call.key = creditMemoKey(call.company, creditMemo);
  refusePosted(call, creditMemo);
  const { values } = checkedBody(purchaseCreditMemos, json);
  refuseOtherVendor(call.company, creditMemo, values);
  const before = { date: creditMemo.creditMemoDate, dueDate: creditMemo.dueDate };
  const { date, dueDate } = changedDates(values, 'creditMemoDate', before);
  return call.company.creditMemos.update(creditMemo, {
    ...changedHeader(call.company, creditMemo, values),
    ...{ creditMemoDate: date, dueDate },
    vendorCreditMemoNumber: String(values['vendorCreditMemoNumber'] ?? creditMemo.vendorCreditMemoNumber),
    invoiceId: creditedInvoice(call.company, values) ?? creditMemo.invoiceId,
  });
}

/** Id of the posted invoice that a body names by id, number or both; undefined if it names none. */
function creditedInvoice(company: Company, values: Record<string, Scalar>): string | undefined {
  const [id, number] = [values['invoiceId'], values['invoiceNumber']];
  if (id === undefined && number === undefined) return undefined;
  if ((id ?? EMPTY_GUID) === EMPTY_GUID && (number ?? '') === '') return '';
  const byId = id === undefined ? undefined : company.invoices.get(String(id));
  if (id !== undefined && (byId === undefined || byId.postedAt === 0)) {
    throw businessError('The "invoiceId" does not match to an Invoice.');
  }
  const byNumber = company.invoices.find((row) => row.postedAt > 0 && row.postedNumber === number);
  const found = byId ?? byNumber;
  if (found === undefined || (number !== undefined && byNumber !== found)) {
    throw businessError('The "invoiceId" and "invoiceNumber" do not match to a specific Invoice.');
  }
  return found.id;
}
