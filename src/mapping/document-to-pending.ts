import type { DimensionValue, FoPendingInvoice, FoPendingInvoiceLine } from '../contracts/erp-documents.js';
import { nameJournal } from './document-to-fo.js';
import type { ErpDraft } from './erp-draft.js';
import { baseOf, invoiceNumberOf, lacksVendor, typeMarks, unsupported } from './erp-draft.js';
import { fittedText } from './erp-text.js';
import { amountOf, plain } from './money.js';
import type { PlannedLine } from './planned-lines.js';
import { orderQuantities, refuseUnknownOrderLines } from './purchase-order-lines.js';

const invoiceLimit = 20;
const textLimit = 60;
const otherRoute = 'Choose the invoice journal or the general journal for these documents.';

/**
 * F&O pending vendor invoice: a line per allocation, bought by procurement category or from a purchase order (F&O spec 6.4);
 * undefined when refused. A negative invoice is a credit note: negative quantities under the supplier's own number (F&O spec 9).
 */
export function documentToPending(draft: ErpDraft): FoPendingInvoice | undefined {
  const { document, keys, lines, refusals } = draft;
  const { payee } = lines;
  refuseWhatHasNoPlace(draft);
  refuseUnknownOrderLines(draft);
  if (refusals.list.length > 0 || payee === undefined) {
    return undefined;
  }
  const invoiceNumber = invoiceNumberOf(draft, invoiceLimit);
  const total = payee.amount.neg();
  return {
    ...baseOf(draft, [...lines.details, payee], invoiceNumber),
    route: 'fo-pending-invoice',
    debitTotal: plain(total.abs()),
    headerReference: keys.headerReference,
    vendorAccount: payee.account,
    invoiceNumber,
    description: fittedText(`Concur ${typeMarks[document.docType]} ${keys.keySeed} ${document.businessId}`, textLimit),
    documentNumber: keys.keySeed,
    amount: plain(total),
    dimensions: sharedDimensions(lines.details),
    lines: lines.details.map((line, index) => invoiceLine(draft, line, index + 1)),
  };
}

function refuseWhatHasNoPlace(draft: ErpDraft): void {
  const { document, lines, refusals } = draft;
  if (lacksVendor(draft)) {
    const message = 'A pending vendor invoice needs a vendor, but no vendor is owed anything by the ERP.';
    refusals.add(unsupported('no-vendor', message, nameJournal));
  }
  const others = lines.parties.filter((line) => line !== lines.payee);
  if (lines.payee !== undefined && others.length > 0) {
    const accounts = others.map(({ account }) => account).join(', ');
    const message = `A pending vendor invoice has its vendor and nothing else to credit, but ${accounts} takes part.`;
    refusals.add(unsupported('second-party', message, otherRoute));
  }
  if (lines.details.some(({ accountType }) => accountType === 'ledger')) {
    const message =
      'A pending vendor invoice takes no ledger accounts: its accounts come from the posting set-up of F&O.';
    refusals.add(unsupported('ledger-line', message, otherRoute));
  }
  if (document.salesTax !== undefined) {
    const message = `The invoice has ${document.salesTax} ${document.currency} of tax. F&O calculates the tax of a pending vendor invoice itself, and would add it once more.`;
    refusals.add(
      unsupported('tax', message, 'Choose the invoice journal, which posts the amounts as Concur has them.'),
    );
  }
}

function invoiceLine(draft: ErpDraft, line: PlannedLine, lineNumber: number): FoPendingInvoiceLine {
  const { order, amount } = line;
  const { quantity, unitPrice } =
    order === undefined ? { quantity: '1', unitPrice: undefined } : orderQuantities(order);
  return {
    lineNumber,
    goods: goodsOf(draft, line),
    quantity: amount.isNegative() ? `-${quantity}` : quantity,
    unitPrice: unitPrice ?? plain(amount.abs()),
    amount: plain(amount),
    dimensions: line.dimensions,
    text: fittedText(line.text, textLimit),
  };
}

function goodsOf({ mapping }: ErpDraft, { account, order }: PlannedLine): FoPendingInvoiceLine['goods'] {
  if (order?.line !== undefined) {
    return { purchaseOrder: account, purchaseLine: plain(amountOf(order.line)) };
  }
  const { hierarchy, unit } = mapping.procurementCategories ?? { hierarchy: '', unit: '' };
  return { category: account, hierarchy, unit };
}

/** The vendor's side gets what cannot be wrong for any line. */
function sharedDimensions(lines: readonly PlannedLine[]): DimensionValue[] {
  const [first, ...others] = lines;
  const isShared = ({ dimension, value }: DimensionValue): boolean =>
    others.every((line) => line.dimensions.some((each) => each.dimension === dimension && each.value === value));
  return first?.dimensions.filter(isShared) ?? [];
}
