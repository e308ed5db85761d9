import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalLine, NavStage } from './nav-stage.js';

/** Lets the payment run happen once everything is old enough. */
function payRun(stage: NavStage): void {
  stage.nowMs += 5_000;
  stage.nav.tick();
}

const entryOf = (stage: NavStage, externalNo: string): any =>
  stage.list(`VendorLedgerEntries?$filter=External_Document_No eq '${externalNo}'`)[0];
const detailsOf = (stage: NavStage, entryNo: string): any[] =>
  stage.list(`DetailedVendorLedgerEntries?$filter=Vendor_Ledger_Entry_No eq ${entryNo}`);

test('S48: a paid invoice is closed, with the payment as an application that names date, amount and document', () => {
  const stage = new NavStage();
  stage.postInvoice(stage.draft('INV-1', '1512.50'), 'INV-1');
  stage.nav.tick();
  assert.equal(entryOf(stage, 'INV-1').Open, true, 'too young to be paid');
  payRun(stage);
  const entry = entryOf(stage, 'INV-1');
  assert.deepEqual([entry.Open, entry.Remaining_Amount, entry.Closed_at_Date], [false, '0', '2026-08-21']);
  const details = detailsOf(stage, entry.Entry_No);
  assert.deepEqual(
    details.map((row) => [row.Entry_Type, row.Document_Type, row.Document_No, row.Amount]),
    [
      ['Initial Entry', 'Invoice', '108001', '-1512.5'],
      ['Application', 'Payment', 'BPAY000001', '1512.5'],
    ],
  );
  assert.equal(stage.list('PostedPurchaseInvoices')[0].Closed, true);
  const ledger = stage.list("GLEntries?$filter=Document_No eq 'BPAY000001'");
  assert.deepEqual(
    ledger.map((row) => [row.G_L_Account_No, row.Amount]),
    [
      ['2310', '1512.5'],
      ['2910', '-1512.5'],
    ],
  );
  assert.equal(stage.nav.posted().length, 1, 'a payment is no document of the connector');
});

test('a payment applied from the invoice is found through the other side of the application', () => {
  const stage = new NavStage();
  for (const number of ['INV-1', 'INV-2']) stage.postInvoice(stage.draft(number), number);
  payRun(stage);
  const entry = entryOf(stage, 'INV-2');
  const [, application] = detailsOf(stage, entry.Entry_No);
  assert.deepEqual([application.Document_Type, application.Document_No], ['Invoice', '108002'], 'its own number');
  const others = stage
    .list("DetailedVendorLedgerEntries?$filter=Document_No eq '108002' and Entry_Type eq 'Application'")
    .filter((row) => row.Vendor_Ledger_Entry_No !== entry.Entry_No);
  assert.equal(others.length, 1);
  const [payment] = stage.list(`VendorLedgerEntries?$filter=Entry_No eq ${others[0].Vendor_Ledger_Entry_No}`);
  assert.deepEqual([payment.Document_Type, payment.Document_No], ['Payment', 'BPAY000002']);
});

test('a part payment leaves the invoice open with what remains; the second part closes it', () => {
  const stage = new NavStage({ partShare: 0.5 });
  stage.chance = 0.1;
  stage.postInvoice(stage.draft('INV-1', '100.01'), 'INV-1');
  payRun(stage);
  const half = entryOf(stage, 'INV-1');
  assert.deepEqual([half.Open, half.Remaining_Amount], [true, '-50']);
  assert.deepEqual([stage.nav.posted()[0]?.paid, stage.nav.posted()[0]?.payable], ['50.01', '100.01']);
  payRun(stage);
  payRun(stage);
  assert.equal(entryOf(stage, 'INV-1').Open, false);
  assert.equal(stage.nav.posted()[0]?.paid, '100.01', 'nothing is paid twice');
});

test('S101: a reversed payment opens the invoice again: its rows are unapplied, payment and G/L entries mirrored; then it is paid anew', () => {
  const stage = new NavStage({ reverseShare: 1, reverseDelayMs: 60_000 });
  stage.postInvoice(stage.draft('INV-1'), 'INV-1');
  payRun(stage);
  assert.equal(entryOf(stage, 'INV-1').Open, false);
  stage.nowMs += 60_000;
  stage.nav.tick();
  const entry = entryOf(stage, 'INV-1');
  assert.deepEqual(
    [entry.Open, entry.Remaining_Amount, entry.Closed_at_Date, entry.Reversed],
    [true, '-100', '0001-01-01', false],
  );
  const details = detailsOf(stage, entry.Entry_No);
  assert.deepEqual(
    details.map((row) => [row.Entry_Type, row.Amount, row.Unapplied]),
    [
      ['Initial Entry', '-100', false],
      ['Application', '100', true],
      ['Application', '-100', true],
    ],
  );
  assert.equal(details[1].Unapplied_by_Entry_No, details[2].Entry_No);
  const payments = stage.list("VendorLedgerEntries?$filter=Document_No eq 'BPAY000001'");
  assert.deepEqual(
    payments.map((row) => [row.Amount, row.Reversed, row.Open, row.Remaining_Amount]),
    [
      ['100', true, false, '0'],
      ['-100', true, false, '0'],
    ],
  );
  assert.equal(payments[0].Reversed_by_Entry_No, payments[1].Entry_No);
  const ledger = stage.list("GLEntries?$filter=Document_No eq 'BPAY000001'");
  assert.deepEqual(
    ledger.map((row) => [row.Amount, row.Reversed]),
    [
      ['100', true],
      ['-100', true],
      ['-100', true],
      ['100', true],
    ],
  );
  const [document] = stage.nav.posted();
  assert.deepEqual([document?.paid, document?.reversals], ['0', [{ amount: '100', at: '2026-08-21T10:01:05.000Z' }]]);
  payRun(stage);
  stage.nowMs += 120_000;
  stage.nav.tick();
  assert.equal(entryOf(stage, 'INV-1').Open, false, 'the second payment stands');
  assert.equal(stage.nav.posted()[0]?.paid, '100');
});

test('S101: employees are paid as vendors are; debit balances, blocked vendors and the credited part never', () => {
  const stage = new NavStage();
  stage.journal('C1', 'CX1', '120.50', { Account_Type: 'Employee', Account_No: 'E1' });
  assert.equal(stage.postJournal('C1', 'CX1').status, 'posted');
  stage.journal('C2', 'CX2', '10', { Account_No: 'NOPAY' });
  stage.postJournal('C2', 'CX2');
  stage.post('GeneralJournalBatches', { Journal_Template_Name: 'GENERAL', Name: 'C3' });
  stage.post('GeneralJournal', journalLine('C3', 'CX3', '30', { Account_Type: 'Vendor', Account_No: 'CE01' }));
  stage.post('GeneralJournal', journalLine('C3', 'CX3', '-30'));
  stage.postJournal('C3', 'CX3');
  payRun(stage);
  assert.deepEqual(
    stage.nav.posted().map(({ mark, paid, payable }) => [mark, paid, payable]),
    [
      ['CX1', '120.5', '120.5'],
      ['CX2', '0', '0'],
      ['CX3', '0', '0'],
    ],
  );
  const [owed] = stage.list("EmployeeLedgerEntries?$filter=Document_No eq 'CX1'");
  assert.deepEqual([owed.Employee_No, owed.Open, 'Closed_at_Date' in owed], ['E1', false, false]);
  const own = stage.list(`DetailedEmployeeLedgerEntries?$filter=Employee_Ledger_Entry_No eq ${owed.Entry_No}`);
  assert.deepEqual(
    own.map((row) => [row.Entry_Type, row.Amount]),
    [
      ['Initial Entry', '-120.5'],
      ['Application', '120.5'],
    ],
  );
});

test('an employee takes neither a currency nor the type of an invoice', () => {
  const stage = new NavStage();
  stage.journal('C1', 'CX1', '10', { Account_Type: 'Employee', Account_No: 'E1' });
  const line = "GeneralJournal(Journal_Template_Name='GENERAL',Journal_Batch_Name='C1',Line_No=20000)";
  stage.patch(line, { Document_Type: 'Invoice' });
  assert.match(stage.postJournal('C1', 'CX1').faultText, /Document Type must be/);
  stage.patch(line, { Document_Type: ' ', Currency_Code: 'EUR' });
  assert.match(stage.postJournal('C1', 'CX1').faultText, /Currency Code must be empty/);
});

test('the codeunit tells what is open on an invoice and what has settled it', () => {
  const stage = new NavStage();
  stage.postInvoice(stage.draft('INV-1'), 'INV-1');
  const ledger = (externalNo: string): any => stage.codeunit('VendorLedger', { vendorNo: '20000', externalNo });
  assert.deepEqual(ledger('NONE'), { entries: [] });
  const [open] = ledger('INV-1').entries;
  assert.deepEqual(
    [open.number, open.open, open.remaining, open.closedAt, open.payments],
    ['108001', true, '-100', '0001-01-01', []],
  );
  payRun(stage);
  const [closed] = ledger('INV-1').entries;
  assert.deepEqual([closed.open, closed.remaining, closed.closedAt], [false, '0', '2026-08-21']);
  assert.deepEqual(closed.payments, [
    { documentType: 'Payment', number: 'BPAY000001', date: '2026-08-21', amount: '100' },
  ]);
});

test('payments in a foreign currency settle both amounts, and rest while they are paused', () => {
  const stage = new NavStage({ partShare: 1 });
  stage.postInvoice(stage.draft('INV-1', '33.33', { vendor: 'EURO' }), 'INV-1');
  const before = entryOf(stage, 'INV-1');
  assert.deepEqual([before.Currency_Code, before.Amount, before.Amount_LCY], ['EUR', '-33.33', '-28.66']);
  stage.nav.pause({ payments: true });
  payRun(stage);
  assert.equal(entryOf(stage, 'INV-1').Open, true);
  stage.nav.pause({});
  payRun(stage);
  payRun(stage);
  const after = entryOf(stage, 'INV-1');
  assert.deepEqual([after.Open, after.Remaining_Amount, after.Remaining_Amt_LCY], [false, '0', '0']);
  assert.deepEqual(
    stage.nav.posted().map(({ currency, paid }) => [currency, paid]),
    [['EUR', '33.33']],
  );
});

test('tampering changes one posted amount, and everyone sees it; all state survives a restart', () => {
  const stage = new NavStage();
  assert.equal(stage.nav.tamper(), undefined);
  stage.postInvoice(stage.draft('INV-1'), 'INV-1');
  stage.draft('INV-2');
  assert.match(stage.nav.tamper() ?? '', /document 108001 is now 101/);
  assert.equal(stage.list('GLEntries')[0].Debit_Amount, '101');
  const [posted, unposted] = [stage.nav.posted(), stage.nav.unposted()];
  stage.restart();
  assert.deepEqual([stage.nav.posted(), stage.nav.unposted()], [posted, unposted]);
  assert.equal(posted[0]?.entries[0]?.amount, '101');
  payRun(stage);
  assert.equal(entryOf(stage, 'INV-1').Open, false);
  assert.equal(stage.postInvoice(stage.draft('INV-3'), 'INV-3').number, '108002');
});
