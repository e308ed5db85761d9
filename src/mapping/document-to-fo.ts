import type { FoGeneralJournal, FoJournalLine, FoVendorInvoiceJournal } from '../contracts/erp-documents.js';
import type { ErpDraft } from './erp-draft.js';
import { baseOf, invoiceNumberOf, lacksVendor, typeMarks, unsupported } from './erp-draft.js';
import { fittedText, numberedText } from './erp-text.js';
import { plain } from './money.js';
import type { PlannedLine } from './planned-lines.js';

const invoiceLimit = 20;
const textLimit = 60;
/** What lets documents without a vendor be posted. */
export const nameJournal =
  'Name a journal of type Daily as journalNames.general of the company: documents without a vendor are posted there.';

/** F&O journals: one vendor line first, then the ledger lines (F&O spec 5, 6.1–6.3); undefined when refused. */
export function documentToFo(draft: ErpDraft): FoGeneralJournal | FoVendorInvoiceJournal | undefined {
  const { document, mapping, role, journalName, keys, lines, refusals } = draft;
  const vendors = lines.parties.filter((line) => line.accountType === 'vendor');
  const clearings = lines.parties.filter((line) => line.accountType === 'ledger');
  if (vendors.length > 1) {
    const message = `The voucher would have ${vendors.length} vendors; F&O settles only one vendor per voucher.`;
    refusals.add(
      unsupported('second-vendor', message, 'Map the card to a ledger clearing account instead of a vendor.'),
    );
  }
  if (draft.route === 'fo-vendor-invoice-journal' && lacksVendor(draft)) {
    const message = 'A vendor invoice journal needs a vendor line, but no vendor is owed anything by the ERP.';
    refusals.add(unsupported('no-vendor', message, nameJournal));
  }
  if (journalName === undefined) {
    const use = role === 'bearing' ? 'general' : document.docType;
    const message = `No journal name is configured for ${use} in ${mapping.erp}/${mapping.company}.`;
    const remedy = `Add journalNames.${use} to the company in the connections file.`;
    refusals.add({ hold: 'mapping-missing', code: 'journal-name', message, remedy, field: 'journalNames' });
  }
  if (refusals.list.length > 0 || journalName === undefined) {
    return undefined;
  }
  const invoice = invoiceNumberOf(draft, invoiceLimit);
  const ordered = balancedOnlyAtTheEnd([...vendors, ...lines.details, ...clearings]);
  const mark = `Concur ${typeMarks[document.docType]} ${keys.keySeed} ${document.businessId}`;
  const journalLines = ordered.map((line, index) => {
    const text = numberedText(index + 1, ordered.length, line.text, textLimit);
    return journalLine(line, { text, invoice, document: keys.keySeed });
  });
  const head = {
    ...baseOf(draft, ordered, invoice),
    journalName,
    journalBatchNumber: keys.journalBatchNumber,
    description: fittedText(mark, textLimit),
  };
  return draft.route === 'fo-vendor-invoice-journal'
    ? { ...head, route: draft.route, lines: journalLines.map((line, index) => ({ ...line, lineNumber: index + 1 })) }
    : { ...head, route: 'fo-general-journal', lines: journalLines };
}

/**
 * Lines of the first one's sign come first, so that the sum is zero with the last line and never before: a large
 * document is written in several transactions, and the batch of F&O would post a half-filled journal that happens to balance (F&O spec 10, trap 11).
 */
function balancedOnlyAtTheEnd(lines: readonly PlannedLine[]): PlannedLine[] {
  const startsNegative = lines[0]?.amount.isNegative() ?? false;
  const isFirst = (line: PlannedLine): boolean => line.amount.isNegative() === startsNegative;
  return [...lines.filter(isFirst), ...lines.filter((line) => !isFirst(line))];
}

function journalLine(line: PlannedLine, names: { text: string; invoice: string; document: string }): FoJournalLine {
  const amount = plain(line.amount.abs());
  return {
    accountType: line.accountType === 'vendor' ? 'Vend' : 'Ledger',
    account: line.account,
    dimensions: line.dimensions,
    ...(line.amount.isNegative() ? { credit: amount } : { debit: amount }),
    text: names.text,
    ...(line.accountType === 'vendor' ? { invoice: names.invoice } : {}),
    document: names.document,
  };
}
