import { capabilitiesOf } from '../contracts/erp-capabilities.js';
import type { BcGeneralJournal, BcPurchaseCreditMemo, BcPurchaseInvoice } from '../contracts/erp-documents.js';
import type { ErpDraft } from './erp-draft.js';
import { baseOf, invoiceNumberOf, lacksVendor, unsupported } from './erp-draft.js';
import { fittedNumber } from './erp-keys.js';
import { fittedText, numberedText } from './erp-text.js';
import { plain } from './money.js';
import type { PlannedLine } from './planned-lines.js';

const descriptionLimit = 100;
const numberLimit = 35;

/**
 * Business Central and classic NAV: a general journal in a batch of its own, or a purchase invoice, which becomes a purchase
 * credit memo where the vendor owes money (NAV spec 10, 12, 17).
 */
export function documentToNav(
  draft: ErpDraft,
): BcGeneralJournal | BcPurchaseInvoice | BcPurchaseCreditMemo | undefined {
  return draft.route === 'bc-purchase-invoice' ? purchaseDocument(draft) : generalJournal(draft);
}

/** A `Code` as the server keeps it: trimmed, upper case, and shortened so that different numbers stay different. */
const codeOf = (number: string): string => fittedNumber(number.trim().toUpperCase(), numberLimit);

function generalJournal(draft: ErpDraft): BcGeneralJournal | undefined {
  const { document, mapping, role, keys, lines, refusals } = draft;
  if (document.currency !== mapping.currency && !capabilitiesOf(mapping).journalCurrency) {
    const message = `A journal line of Business Central has no currency: ${document.currency} cannot be posted to ${mapping.company}, which keeps ${mapping.currency}.`;
    const remedy =
      role === 'bearing'
        ? `Enter the document by hand in all companies and confirm it in Concur, or have ${document.currency} costs of other companies sent back.`
        : 'Choose the purchase-invoice route for these documents (decisions 20).';
    refusals.add(unsupported('foreign-currency', message, remedy));
  }
  if (refusals.list.length > 0) {
    return undefined;
  }
  const ordered = [...lines.details, ...lines.parties];
  return {
    ...baseOf(draft, ordered, keys.documentNumber),
    route: 'bc-general-journal',
    batchCode: keys.batchCode,
    batchDisplayName: fittedText(`Concur ${keys.documentNumber} ${document.businessId}`, descriptionLimit),
    documentNumber: keys.documentNumber,
    externalDocumentNumber: codeOf(document.vendorInvoiceNumber ?? document.businessId),
    lines: ordered.map((line, index) => ({
      lineNumber: (index + 1) * 10_000,
      accountType: line.accountType === 'vendor' ? 'Vendor' : 'G/L Account',
      accountNumber: line.account,
      amount: plain(line.amount),
      description: numberedText(index + 1, ordered.length, line.text, descriptionLimit),
      dimensions: line.dimensions,
    })),
  };
}

function purchaseDocument(draft: ErpDraft): BcPurchaseInvoice | BcPurchaseCreditMemo | undefined {
  const { document, keys, lines, refusals } = draft;
  const { payee } = lines;
  const others = lines.parties.filter((line) => line !== payee);
  refuseWhatHasNoPlace(draft, others);
  if (refusals.list.length > 0 || payee === undefined) {
    return undefined;
  }
  const number = invoiceNumberOf(draft, numberLimit, true);
  const ordered = [...lines.details, ...others];
  const isCredit = payee.amount.isPositive();
  const common = {
    ...baseOf(draft, [...ordered, payee], number),
    vendorNumber: payee.account,
    marker: fittedText(`CONCUR ${keys.keySeed} ${document.businessId}`, descriptionLimit),
    lines: ordered.map((line, index) => ({
      accountNumber: line.account,
      description: numberedText(index + 1, ordered.length, line.text, descriptionLimit),
      amount: plain(isCredit ? line.amount.neg() : line.amount),
      dimensions: line.dimensions,
    })),
  };
  return isCredit
    ? { ...common, route: 'bc-purchase-credit-memo', vendorCreditMemoNumber: number }
    : { ...common, route: 'bc-purchase-invoice', vendorInvoiceNumber: number };
}

function refuseWhatHasNoPlace(draft: ErpDraft, others: PlannedLine[]): void {
  const { mapping, lines, refusals } = draft;
  if (lacksVendor(draft)) {
    const message = 'A purchase invoice needs a vendor to whom the ERP owes money; this document has none.';
    refusals.add(unsupported('no-vendor', message, 'Choose the general journal route for these documents.'));
  }
  if (lines.payee?.amount.isPositive() && !capabilitiesOf(mapping).creditMemos) {
    const message = `The vendor owes ${plain(lines.payee.amount)}: that is a credit memo, which this connection cannot write.`;
    refusals.add(
      unsupported('credit-memo', message, 'Enter the purchase credit memo by hand and confirm it in Concur.'),
    );
  }
  if (others.some((line) => line.accountType === 'vendor')) {
    const message = 'A purchase invoice has one vendor, but a card of the document is mapped to another vendor.';
    refusals.add(
      unsupported('second-vendor', message, 'Map the card to a ledger clearing account instead of a vendor.'),
    );
  }
}
