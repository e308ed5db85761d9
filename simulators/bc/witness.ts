import { Decimal } from 'decimal.js';
import type { Journal, PostedErpDocument } from '../harness/types.js';
import { realLines } from './journal-lines.js';
import { originalOf } from './ledger-amounts.js';
import { isPayable } from './payments.js';
import { reversalsOf } from './payment-reversal.js';
import type { GlEntryRow, PostedRow, PurchaseDocumentRow, VendorEntryRow } from './records.js';
import { plain } from './wire.js';
import type { Company, World } from './world.js';

/** Every posted document from its ledger entries, in document currency; a number posted twice is there twice. */
export function postedDocuments(world: World): PostedErpDocument[] {
  return world.companies.flatMap((company) => {
    const glEntries = byTransaction(company.glEntries.all());
    const vendorEntries = byTransaction(company.vendorEntries.all());
    const payments = paymentApplications(company);
    const roles = new Map(company.accounts.all().map((account) => [account.number, account.role]));
    return company.posted.all().map((row): PostedErpDocument => {
      const legs = (glEntries.get(row.transaction) ?? []).map((entry): PostedErpDocument['entries'][number] => ({
        account: entry.vendorNumber === '' ? entry.accountNumber : entry.vendorNumber,
        role: entry.vendorNumber === '' ? (roles.get(entry.accountNumber) ?? 'cost') : 'liability',
        ...(entry.vendorNumber === '' ? {} : { vendor: true }),
        dimensions: Object.fromEntries(entry.dimensions.map((pair) => [pair.code, pair.value])),
        amount: entry.documentAmount,
      }));
      const payment = paymentOf(company, row, vendorEntries.get(row.transaction) ?? [], payments);
      const { documentNumber, mark, currency } = row;
      const postedAt = new Date(row.createdAt).toISOString();
      return { erp: 'bc', company: company.name, currency, documentNumber, mark, postedAt, entries: legs, ...payment };
    });
  });
}

/** Drafts, and batches with lines in them, one entry per document number. */
export function unpostedDocuments(world: World): Journal['unposted'] {
  return world.companies.flatMap((company) => {
    const name = { erp: 'bc' as const, company: company.name };
    const logOf = (id: string): { log?: string } => {
      const log = world.refusals.get(id);
      return log === undefined ? {} : { log };
    };
    const draft = (document: PurchaseDocumentRow, number: string): Journal['unposted'][number] => ({
      ...{ ...name, mark: `${document.vendorNumber}/${number}`, text: commentsOf(document) },
      ...{ lines: document.lines.length, ...logOf(document.id) },
    });
    const drafts = company.invoices.all().filter((invoice) => invoice.postedAt === 0);
    const credits = company.creditMemos.all().filter((creditMemo) => creditMemo.postedAt === 0);
    return [
      ...drafts.map((invoice) => draft(invoice, invoice.vendorInvoiceNumber)),
      ...credits.map((creditMemo) => draft(creditMemo, creditMemo.vendorCreditMemoNumber)),
      ...company.journals.all().flatMap((journal) => {
        const lines = realLines(journal);
        return [...new Set(lines.map(({ documentNumber }) => documentNumber))].map((mark) => ({
          ...{ ...name, mark, text: journal.displayName, ...logOf(journal.id) },
          lines: lines.filter(({ documentNumber }) => documentNumber === mark).length,
        }));
      }),
    ];
  });
}

/** Texts of the comment lines: what else names a draft to a person. */
function commentsOf({ lines }: PurchaseDocumentRow): string {
  return lines.flatMap(({ lineType, description }) => (lineType === 'Comment' ? [description] : [])).join(' ');
}

/** Raises one posted amount by one unit behind everyone's back, and says which; undefined if nothing is posted. */
export function tamperWithLedger(world: World): string | undefined {
  for (const company of world.companies) {
    const entry = company.glEntries.find((row) => row.vendorNumber === '');
    if (entry === undefined) continue;
    const amount = plain(new Decimal(entry.amount).plus(1));
    const documentAmount = plain(new Decimal(entry.documentAmount).plus(1));
    const { documentNumber, entryNumber } = company.glEntries.update(entry, { amount, documentAmount });
    world.undo.commit();
    world.desk.changed();
    return `${company.name}: G/L entry ${entryNumber} of document ${documentNumber} is now ${documentAmount}`;
  }
  return undefined;
}

function byTransaction<Row extends GlEntryRow | VendorEntryRow>(rows: readonly Row[]): Map<number, Row[]> {
  const grouped = new Map<number, Row[]>();
  for (const row of rows) {
    const group = grouped.get(row.transaction);
    if (group === undefined) grouped.set(row.transaction, [row]);
    else group.push(row);
  }
  return grouped;
}

/** Numbers of the applications that a payment is a part of; the others are credit memos and the like. */
function paymentApplications(company: Company): Set<number> {
  const payments = company.vendorEntries.all().filter(({ documentType }) => documentType === 'Payment');
  return new Set(payments.flatMap(({ details }) => details.map(({ applicationNo }) => applicationNo)));
}

/**
 * What is owed on the document in all and what was paid. What a credit memo has settled is owed no more; a vendor blocked for
 * payment is owed nothing more.
 */
function paymentOf(
  company: Company,
  row: PostedRow,
  entries: readonly VendorEntryRow[],
  payments: ReadonlySet<number>,
): Pick<PostedErpDocument, 'paid' | 'payable' | 'reversals'> {
  let [paid, payable] = [new Decimal(0), new Decimal(0)];
  const inLocalCurrency = row.currency === company.currency;
  for (const entry of entries) {
    const original = inLocalCurrency ? originalOf(entry).lcy : originalOf(entry).amount;
    if (!original.isNegative() || original.isZero()) continue;
    const settled = { byPayment: new Decimal(0), otherwise: new Decimal(0) };
    for (const { entryType, applicationNo, amount, amountLcy } of entry.details) {
      if (entryType !== 'Application') continue;
      const by = payments.has(applicationNo) ? 'byPayment' : 'otherwise';
      settled[by] = settled[by].plus(inLocalCurrency ? amountLcy : amount);
    }
    paid = paid.plus(settled.byPayment);
    const owed = original.neg().minus(settled.otherwise);
    payable = payable.plus(isPayable(company, entry.vendorNumber) ? owed : settled.byPayment);
  }
  const owing = entries.filter((entry) => originalOf(entry).amount.isNegative());
  const reversals = reversalsOf(owing, payments, inLocalCurrency);
  return { paid: plain(paid), payable: plain(payable), ...(reversals.length === 0 ? {} : { reversals }) };
}
