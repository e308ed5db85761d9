import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage, masterData } from './fo-stage.js';

const logOf = (stage: FoStage, journal: string): string =>
  stage.rows('LedgerJournalTableBiEntities', `dataAreaId eq 'usmf' and JournalNum eq '${journal}'`)[0].Log;

test('Nothing is posted on creation; the batch posts a balanced journal once it has rested', () => {
  const stage = new FoStage();
  const journal = stage.report('Concur EXP 1', 128.4);
  stage.run(500);
  assert.deepEqual(stage.simulator.posted(), []);
  stage.run(1_000);
  const [document] = stage.simulator.posted();
  assert.deepEqual(document, {
    erp: 'fo',
    company: 'usmf',
    currency: 'USD',
    documentNumber: 'GNJL000001',
    mark: 'Concur EXP 1',
    postedAt: new Date(stage.nowMs - 500).toISOString(),
    entries: [
      { account: 'EMP-00042', role: 'liability', vendor: true, dimensions: {}, amount: '-128.40' },
      { account: '618160', role: 'cost', dimensions: { BusinessUnit: '001', CostCenter: '024' }, amount: '128.40' },
    ],
    payable: '128.40',
    paid: '0.00',
  });
  assert.deepEqual(stage.simulator.unposted(), []);
  const [header] = stage.rows('LedgerJournalHeaders', `dataAreaId eq 'usmf' and JournalBatchNumber eq '${journal}'`);
  assert.equal(header.IsPosted, 'Yes');
  const [status] = stage.rows('LedgerJournalTableBiEntities', `dataAreaId eq 'usmf' and JournalNum eq '${journal}'`);
  assert.deepEqual([status.Posted, status.NumOfLines, status.PostedDateTime], ['Yes', '2', '2026-04-10T09:30:16Z']);
});

test('A change starts the rest anew, and pausing stops the batch', () => {
  const stage = new FoStage();
  const journal = stage.report('Concur EXP 1', 10);
  stage.run(500);
  const path = `/data/LedgerJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${journal}')?cross-company=true`;
  stage.call('PATCH', path, '{"Description":"Concur EXP 2"}');
  stage.run(500);
  assert.deepEqual(stage.simulator.posted(), []);
  stage.simulator.pause({ batch: true });
  stage.run(5_000);
  assert.deepEqual(stage.simulator.posted(), []);
  stage.simulator.pause({ batch: false });
  stage.run(500);
  assert.equal(stage.simulator.posted()[0]?.mark, 'Concur EXP 2');
});

test('S48: posted entries can be read back by voucher: vendor transaction with negative amount, ledger with dimensions (trap 18)', () => {
  const stage = new FoStage();
  stage.report('Concur EXP 1', 128.4);
  stage.run(1_500);
  const [transaction] = stage.rows('VendTransBiEntities', "dataAreaId eq 'usmf' and Invoice eq 'Concur EXP 1'");
  assert.deepEqual(
    [transaction.AmountCur, transaction.SettleAmountCur, transaction.Closed, transaction.TransType],
    ['-128.4', '0', '1900-01-01T12:00:00Z', 'GeneralJournal'],
  );
  assert.ok(BigInt(transaction.SourceKey) > 2n ** 35n);
  const filter = `SubledgerVoucher eq '${String(transaction.Voucher)}' and SubledgerVoucherDataAreaId eq 'usmf'`;
  const [entry] = stage.rows('GeneralJournalEntryBiEntities', filter);
  const accounts = stage.rows(
    'GeneralJournalAccountEntryBiEntities',
    `GeneralJournalEntry eq ${String(entry.SourceKey)}`,
  );
  assert.deepEqual(
    accounts.map((row) => [row.LedgerAccount, row.TransactionCurrencyAmount, row.IsCredit]),
    [
      ['200100--', '-128.4', 'Yes'],
      ['618160-001-024', '128.4', 'No'],
    ],
  );
  const since = 'SysModifiedDateTime ge 2026-04-10T09:15:00Z';
  assert.equal(stage.rows('VendTransBiEntities', `dataAreaId eq 'usmf' and ${since}`).length, 1);
});

test('What does not balance, lies in a closed period or names several vendors keeps its reason in the log', () => {
  const stage = new FoStage();
  const journals = ['unbalanced', 'closed', 'vendors'].map((name) => stage.journal(name));
  const [unbalanced = '', closed = '', vendors = ''] = journals;
  const credit = { AccountType: 'Vend', AccountDisplayValue: 'US\\-101', CreditAmount: 10 };
  const debit = { AccountType: 'Ledger', AccountDisplayValue: '618160', DebitAmount: 10 };
  stage.line(unbalanced, credit);
  stage.line(unbalanced, { ...debit, DebitAmount: 9.99 });
  for (const line of [credit, debit]) stage.line(closed, { ...line, TransDate: '2025-12-31T12:00:00Z' });
  for (const line of [credit, { ...credit, AccountDisplayValue: 'EMP\\-00042' }, { ...debit, DebitAmount: 20 }])
    stage.line(vendors, line);
  stage.run(2_000);
  assert.deepEqual(stage.simulator.posted(), []);
  assert.match(logOf(stage, unbalanced), /voucher GNJL000001 \(USD\) do not balance: -0\.01/);
  assert.match(logOf(stage, closed), /Fiscal period for 2025-12-31 is not open/);
  assert.match(logOf(stage, vendors), /more than one vendor/);
  assert.equal(stage.simulator.unposted().length, 3);
});

test('A vendor on hold for invoices and an account suspended after writing stop the posting until released', () => {
  const stage = new FoStage();
  const held = stage.report('held', 10, 'US\\-999');
  const suspended = stage.report('suspended', 10);
  const mainAccounts = masterData.mainAccounts.map((account) => ({
    ...account,
    suspended: account.account === '618160',
  }));
  stage.simulator.loadMasterData({ ...masterData, mainAccounts });
  stage.run(1_500);
  assert.match(logOf(stage, suspended), /Main account 618160 is suspended/);
  stage.simulator.loadMasterData(masterData);
  stage.run(500);
  assert.equal(logOf(stage, suspended), '');
  assert.match(logOf(stage, held), /US-999 is on hold/);
  stage.simulator.createVendor('USMF', { account: 'US-999', name: 'Free again' });
  stage.run(500);
  assert.equal(stage.simulator.posted().length, 2);
});

test('A single line is not posted; an invoice line with offset account is a voucher of its own', () => {
  const stage = new FoStage();
  const lonely = stage.journal('lonely');
  stage.line(lonely, { AccountType: 'Vend', AccountDisplayValue: 'US\\-101', CreditAmount: 10 });
  stage.invoiceJournal('Concur INV 1', [
    {
      LineNumber: 1,
      AccountType: 'Vend',
      AccountDisplayValue: 'US\\-101',
      OffsetAccountDisplayValue: '618160',
      Credit: 12,
      Invoice: '48399',
    },
  ]);
  stage.run(1_500);
  const posted = stage.simulator.posted();
  assert.deepEqual(
    posted.map(({ mark }) => mark),
    ['Concur INV 1'],
  );
  assert.deepEqual(
    posted[0]?.entries.map(({ amount }) => amount),
    ['-12.00', '12.00'],
  );
  const [transaction] = stage.rows('VendTransBiEntities', "dataAreaId eq 'usmf' and Invoice eq '48399'");
  assert.equal(transaction.TransType, 'Vend');
});

test('The invoice number of a vendor is checked at posting, not before: the second journal stays with a log', () => {
  const stage = new FoStage();
  const line = {
    LineNumber: 1,
    AccountType: 'Vend',
    OffsetAccountDisplayValue: '618160',
    Credit: 12,
    Invoice: '48399',
  };
  stage.invoiceJournal('first', [{ ...line, AccountDisplayValue: 'US\\-101' }]);
  stage.run(1_500);
  const second = stage.invoiceJournal('second', [{ ...line, AccountDisplayValue: 'US\\-101' }]);
  stage.invoiceJournal('other vendor', [{ ...line, AccountDisplayValue: 'EMP\\-00042' }]);
  stage.run(1_500);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark }) => mark),
    ['first', 'other vendor'],
  );
  assert.match(logOf(stage, second), /Invoice number 48399 of vendor US-101 has already been used/);
  assert.equal(stage.rows('VendorParameters', "dataAreaId eq 'usmf'")[0].IsCheckInvoiceNumberUsed, 'NoDuplicate');
});

test('Posted journals are immutable: changing, deleting or adding is refused, and trying is a broken rule', () => {
  const stage = new FoStage();
  const journal = stage.report('Concur EXP 1', 10);
  stage.run(1_500);
  const key = `(dataAreaId='usmf',JournalBatchNumber='${journal}'`;
  const header = `/data/LedgerJournalHeaders${key})?cross-company=true`;
  const line = `/data/LedgerJournalLines${key},LineNumber=1)?cross-company=true`;
  assert.equal(stage.call('PATCH', header, '{"Description":"x"}').status, 400);
  assert.equal(stage.call('PUT', line, '{"Text":"x"}').status, 400);
  assert.equal(stage.call('DELETE', line).status, 400);
  assert.equal(stage.seen.violations.length, 3);
  assert.equal(
    stage.line(journal, { AccountType: 'Ledger', AccountDisplayValue: '618160', DebitAmount: 1 }).status,
    400,
  );
  assert.equal(stage.post('VendTransBiEntities', { dataAreaId: 'usmf' }).status, 403);
  assert.equal(stage.seen.violations.length, 4);
});

test('Tampering changes one posted amount and says which', () => {
  const stage = new FoStage();
  assert.equal(stage.simulator.tamper(), undefined);
  stage.report('Concur EXP 1', 10);
  stage.run(1_500);
  assert.equal(stage.simulator.tamper(), 'journal usmf/00001, account 618160: 10.00 became 11');
  assert.deepEqual(
    stage.simulator.posted()[0]?.entries.map(({ amount }) => amount),
    ['-10.00', '11.00'],
  );
});

test('Everything goes on after a restart: numbers, drafts, postings', () => {
  const stage = new FoStage();
  stage.report('one', 10);
  stage.run(1_500);
  stage.report('two', 20);
  stage.restart();
  stage.run(1_500);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark, documentNumber }) => [mark, documentNumber]),
    [
      ['one', 'GNJL000001'],
      ['two', 'GNJL000002'],
    ],
  );
  assert.equal(stage.journal('three'), '00003');
});
