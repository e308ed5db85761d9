import { Decimal } from 'decimal.js';
import type { Journal, PostedErpDocument } from '../harness/types.js';
import type { Company, World } from './company.js';
import { dimensionsOf } from './dimensions.js';
import { batchLines, defaultBatch } from './logic-journal-batch.js';
import { realLines } from './journal-posting.js';
import { ledgerAmounts } from './ledger.js';
import { referenceFields } from './logic-purchase-header.js';
import { isPayable } from './payments.js';
import { linesOf, purchaseHeaders } from './tables-documents.js';
import { journalBatches } from './tables-journals.js';
import { ledgerEntries, postedDocuments, subledgerOf } from './tables-ledger.js';
import { accounts } from './tables-master.js';
import { decimal, integer, plain, text, type Row } from './values.js';

/** Every posted document from its ledger entries, in document currency; a number posted twice is there twice. */
export function postedOf(world: World): PostedErpDocument[] {
  return world.companies.flatMap((company) => {
    const entries = byTransaction(company.table(ledgerEntries).rows());
    const parties = byTransaction(
      (['Vendor', 'Employee'] as const).flatMap((kind) => company.table(subledgerOf(kind).entries).rows()),
    );
    return company
      .table(postedDocuments)
      .rows()
      .map((row): PostedErpDocument => {
        const transaction = integer(row, 'Transaction');
        return {
          ...{ erp: 'nav', company: company.head.name, currency: text(row, '$currency') },
          ...{ documentNumber: text(row, '$number'), mark: text(row, '$mark') },
          postedAt: new Date(integer(row, '$createdAt')).toISOString(),
          entries: (entries.get(transaction) ?? []).map((entry) => legOf(company, entry)),
          ...paymentOf(company, text(row, '$currency'), parties.get(transaction) ?? []),
        };
      });
  });
}

function legOf(company: Company, entry: Row): PostedErpDocument['entries'][number] {
  const party = text(entry, 'Source_No');
  const account = text(entry, 'G_L_Account_No');
  const role = text(company.table(accounts).get(account) ?? {}, '$role');
  return {
    account: party === '' ? account : party,
    role: role === 'tax' || role === 'advance' || role === 'liability' ? role : 'cost',
    ...(party === '' ? {} : { vendor: true }),
    dimensions: dimensionsOf(company, integer(entry, 'Dimension_Set_ID')),
    amount: plain(decimal(entry, '$documentAmount')),
  };
}

/** What is owed on the document in all and what payments have settled; credits and blocked vendors are owed nothing more. */
function paymentOf(
  company: Company,
  currency: string,
  entries: readonly Row[],
): Pick<PostedErpDocument, 'paid' | 'payable' | 'reversals'> {
  let [paid, payable] = [new Decimal(0), new Decimal(0)];
  const isLocal = currency === company.head.currency;
  const reversals: NonNullable<PostedErpDocument['reversals']> = [];
  for (const entry of entries) {
    const original = decimal(entry, isLocal ? 'Amount_LCY' : 'Amount');
    if (!original.isNegative() || original.isZero()) continue;
    const settled = decimal(entry, isLocal ? '$paidLcy' : '$paid');
    const credited = decimal(entry, isLocal ? 'Remaining_Amt_LCY' : 'Remaining_Amount')
      .minus(original)
      .minus(settled);
    const kind = entry['Vendor_No'] === undefined ? 'Employee' : 'Vendor';
    paid = paid.plus(settled);
    const owed = original.neg().minus(credited);
    payable = payable.plus(isPayable(company, kind, text(entry, subledgerOf(kind).number)) ? owed : settled);
    for (const one of JSON.parse(text(entry, '$reversals')) as { amount: string; lcy: string; at: string }[]) {
      reversals.push({ amount: isLocal ? one.lcy : one.amount, at: one.at });
    }
  }
  return { paid: plain(paid), payable: plain(payable), ...(reversals.length === 0 ? {} : { reversals }) };
}

function byTransaction(rows: readonly Row[]): Map<number, Row[]> {
  const grouped = new Map<number, Row[]>();
  for (const row of rows) {
    const transaction = integer(row, '$transaction');
    const group = grouped.get(transaction);
    if (group === undefined) grouped.set(transaction, [row]);
    else group.push(row);
  }
  return grouped;
}

/** Drafts of invoices and credit memos, and batches with lines in them, one for each document number. Orders stay open. */
export function unpostedOf(world: World): Journal['unposted'] {
  return world.companies.flatMap((company) => {
    const name = { erp: 'nav' as const, company: company.head.name };
    const drafts = company.table(purchaseHeaders).filter((header) => header['Document_Type'] !== 'Order');
    const batches = company.table(journalBatches).filter((batch) => batch['Name'] !== defaultBatch);
    return [
      ...drafts.map((header) => {
        const reference = text(header, referenceFields[text(header, 'Document_Type')] ?? '');
        const mark = `${text(header, 'Buy_from_Vendor_No')}/${reference}`;
        const lines = linesOf(company, header);
        const comments = lines.filter((line) => line['Type'] === ' ').map((line) => text(line, 'Description'));
        const said = [text(header, 'Posting_Description'), ...comments].join(' ');
        return { ...name, mark, text: said, log: text(header, '$log'), lines: lines.length };
      }),
      ...batches.flatMap((batch) => {
        const numbers = new Set(realLines(company, batch).map((line) => text(line, 'Document_No')));
        const described = { text: text(batch, 'Description'), log: text(batch, '$log') };
        const lines = batchLines(company, batch);
        return [...numbers].map((mark) => ({
          ...{ ...name, mark, ...described },
          lines: lines.filter((line) => line['Document_No'] === mark).length,
        }));
      }),
    ];
  });
}

/** Raises one posted amount by one unit behind everyone's back, and says which; undefined if nothing is posted. */
export function tamperWithLedger(world: World): string | undefined {
  for (const company of world.companies) {
    const entry = company
      .table(ledgerEntries)
      .find((row) => row['Source_No'] === '' && row['Document_Type'] !== 'Payment');
    if (entry === undefined) continue;
    const documentAmount = plain(decimal(entry, '$documentAmount').plus(1));
    const amounts = ledgerAmounts(decimal(entry, 'Amount').plus(1));
    company.table(ledgerEntries).update(entry, { ...amounts, $documentAmount: documentAmount });
    world.undo.commit();
    world.desk.changed();
    return `${company.head.name}: G/L entry ${integer(entry, 'Entry_No')} of document ${text(entry, 'Document_No')} is now ${documentAmount}`;
  }
  return undefined;
}
