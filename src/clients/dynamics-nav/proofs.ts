import { Decimal } from 'decimal.js';
import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { PostingProof } from '../../contracts/erp-port.js';
import type { JournalEvidence } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import type { OwedEntry } from './owed-entries.js';
import type { BcParts } from './parts.js';
import type { PurchaseDocument } from './purchase-kinds.js';
import type { PurchaseRecord } from './schemas.js';
import { moneyText, sumOf } from './wire-text.js';

/** The proof of a journal posting: totals come from its ledger entries, in local currency (S100). */
export async function journalProof(
  { facts }: BcParts,
  company: BcCompany,
  document: BcGeneralJournal,
  evidence: Extract<JournalEvidence, { is: 'ours' }>,
  vendorEntry: OwedEntry | undefined,
  signal: AbortSignal,
): Promise<PostingProof> {
  return {
    part: document.part,
    documentNumber: document.documentNumber,
    postedOn: evidence.postedOn,
    fiscalYear: await facts.fiscalYear(company, evidence.postedOn, signal),
    debitTotal: moneyText(evidence.debitTotal),
    currency: (await facts.localCurrency(company, signal)) ?? document.currency,
    ...(vendorEntry === undefined ? {} : vendorFacts(vendorEntry, undefined)),
  };
}

/**
 * The proof of the posting of an invoice or credit memo. Its ledger entries are in local currency and may be summed or carry reverse-charge
 * VAT, so they prove only that it is posted; the total is the invoice's own, in its own currency, with the planned
 * credit lines added back to reach the debit side.
 */
export async function invoiceProof(
  { facts }: BcParts,
  company: BcCompany,
  document: PurchaseDocument,
  invoice: PurchaseRecord,
  vendorEntry: OwedEntry | undefined,
  signal: AbortSignal,
): Promise<PostingProof> {
  const creditLines = sumOf(document.lines.map(({ amount }) => amount).filter((amount) => new Decimal(amount).lt(0)));
  const total = new Decimal(invoice.totalAmountIncludingTax);
  return {
    part: document.part,
    documentNumber: invoice.number,
    postedOn: invoice.postingDate,
    fiscalYear: await facts.fiscalYear(company, invoice.postingDate, signal),
    debitTotal: moneyText(total.minus(creditLines)),
    currency: (invoice.currencyCode || (await facts.localCurrency(company, signal))) ?? document.currency,
    ...(vendorEntry === undefined ? {} : vendorFacts(vendorEntry, total)),
  };
}

/** The ledger shows vendor amounts in local currency; an invoice states its own amount. */
function vendorFacts(
  entry: OwedEntry,
  amount: Decimal | undefined,
): Pick<PostingProof, 'vendorEntryKey' | 'vendorAmount'> {
  return {
    vendorEntryKey: entry.entryNo,
    vendorAmount: moneyText((amount ?? new Decimal(entry.amount)).abs()),
  };
}
