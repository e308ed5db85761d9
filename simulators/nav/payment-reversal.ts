import type { Company, World } from './company.js';
import { ledgerAmounts } from './ledger.js';
import { addDetail, applyEntries, openEntry, remainingOf } from './ledger-entries.js';
import { ledgerEntries, subledgerOf, type Subledger } from './tables-ledger.js';
import { decimal, EMPTY_DATE, integer, plain, text, type Row } from './values.js';

/**
 * Takes a payment back, as an accountant does when it has bounced: its applications are undone, so that what it had paid is open
 * again, and then payment and G/L entries are reversed by their mirror images (section 15).
 */
export function reversePayment(world: World, company: Company, kind: Subledger['party'], payment: Row): void {
  const ledger = subledgerOf(kind);
  const own = company
    .table(ledger.details)
    .filter(
      (row) =>
        row[ledger.entryNumber] === payment['Entry_No'] &&
        row['Entry_Type'] === 'Application' &&
        row['Unapplied'] !== true,
    );
  for (const { $application: application } of own) unapply(world, company, ledger, Number(application));
  mirrorEntry(world, company, ledger, payment);
}

/** Opposite rows on both sides of an application; all four are marked. The entry that was paid is open again. */
function unapply(world: World, company: Company, ledger: Subledger, application: number): void {
  const rows = company.table(ledger.details).filter((row) => row['$application'] === application);
  for (const row of rows) {
    const entry = company.table(ledger.entries).get(row[ledger.entryNumber] ?? 0);
    if (entry === undefined) throw new Error(`detailed entry ${integer(row, 'Entry_No')} has no entry`);
    const money = { amount: decimal(row, 'Amount').neg(), lcy: decimal(row, 'Amount_LCY').neg() };
    const opposite = addDetail(world, company, ledger, entry, {
      ...{ type: 'Application', documentType: text(row, 'Document_Type'), documentNumber: text(row, 'Document_No') },
      ...{ postingDate: world.today(), application: 0, unapplied: true, money },
    });
    company
      .table(ledger.details)
      .update(row, { Unapplied: true, Unapplied_by_Entry_No: integer(opposite, 'Entry_No') });
    if (entry['Document_Type'] !== 'Payment') reopened(world, company, ledger, entry, row);
  }
}

function reopened(world: World, company: Company, ledger: Subledger, entry: Row, row: Row): void {
  const taken = { amount: plain(decimal(row, 'Amount')), lcy: plain(decimal(row, 'Amount_LCY')), at: world.desk.now() };
  const reversals = JSON.parse(text(entry, '$reversals')) as unknown[];
  company.table(ledger.entries).update(entry, {
    ...{ $reversed: true, $movedAt: world.nowMs(), $partsLeft: 0, Closed_at_Date: EMPTY_DATE },
    $paid: plain(decimal(entry, '$paid').minus(taken.amount)),
    $paidLcy: plain(decimal(entry, '$paidLcy').minus(taken.lcy)),
    $reversals: JSON.stringify([...reversals, taken]),
  });
}

function mirrorEntry(world: World, company: Company, ledger: Subledger, payment: Row): void {
  const transaction = company.next('transaction');
  const { amount, lcy } = remainingOf(payment);
  const today = world.today();
  const mirror = openEntry(world, company, {
    ...{
      documentNumber: text(payment, 'Document_No'),
      documentType: 'Payment',
      postingDate: today,
      documentDate: today,
    },
    party: { kind: ledger.party, number: text(payment, ledger.number) },
    leg: {
      ...{ account: '', description: text(payment, 'Description'), externalNumber: '', dueDate: today },
      ...{ currency: text(payment, 'Currency_Code'), amount: amount.neg(), amountLcy: lcy.neg() },
      ...{ documentAmount: amount.neg(), vat: decimal({}, ''), dimensionSet: 0 },
    },
    transaction,
  });
  applyEntries(world, company, ledger, {
    newer: mirror,
    older: payment,
    money: { amount: amount.neg(), lcy: lcy.neg() },
  });
  const entries = company.table(ledger.entries);
  entries.update(payment, { Reversed: true, Reversed_by_Entry_No: integer(mirror, 'Entry_No'), $bounces: false });
  entries.update(mirror, { Reversed: true, Reversed_Entry_No: integer(payment, 'Entry_No') });
  mirrorLedger(world, company, integer(payment, '$transaction'), transaction);
}

function mirrorLedger(world: World, company: Company, reversed: number, transaction: number): void {
  const entries = company.table(ledgerEntries);
  for (const row of entries.filter((one) => one['$transaction'] === reversed)) {
    const mirror = entries.insert({
      ...row,
      ...ledgerAmounts(decimal(row, 'Amount').neg()),
      ...{ Entry_No: company.next('G/L entry'), Posting_Date: world.today(), $transaction: transaction },
      $documentAmount: plain(decimal(row, '$documentAmount').neg()),
      ...{ Reversed: true, Reversed_Entry_No: integer(row, 'Entry_No') },
    });
    entries.update(row, { Reversed: true, Reversed_by_Entry_No: integer(mirror, 'Entry_No') });
  }
}
