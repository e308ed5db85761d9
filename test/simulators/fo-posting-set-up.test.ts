import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage, purchasingMaster } from './fo-stage.js';

function stageWith(faults: Record<string, unknown>): FoStage {
  const stage = new FoStage();
  stage.simulator.changeSetUpFaults(faults);
  return stage;
}

const messageOf = (answer: { json: any }): string => answer.json.error?.innererror?.message ?? answer.json.Message;

const logOf = (stage: FoStage, journal: string): string =>
  stage.rows('LedgerJournalTableBiEntities', `dataAreaId eq 'usmf' and JournalNum eq '${journal}'`)[0].Log;

const journalName = (stage: FoStage, name = 'CNQREXP'): any =>
  stage.rows('JournalNames', `dataAreaId eq 'usmf' and Name eq '${name}'`)[0];

const credit = { AccountType: 'Vend', AccountDisplayValue: 'US\\-101', CreditAmount: 10, Text: 'credit' };
const debit = { AccountType: 'Ledger', AccountDisplayValue: '618160-001-024', DebitAmount: 10, Text: 'debit' };

test('B7: a journal name that is missing or of another type takes no journal and posts none', () => {
  const stage = new FoStage();
  const journal = stage.report('before', 10);
  stage.simulator.changeSetUpFaults({ 'journal-name-missing': 'CNQREXP' });
  assert.equal(journalName(stage), undefined);
  assert.throws(() => stage.journal('x'), /'CNQREXP' in field 'Name' is not found/);
  stage.run(1_500);
  assert.match(logOf(stage, journal), /Journal name CNQREXP does not exist/);
  stage.simulator.changeSetUpFaults({ 'journal-name-missing': false, 'journal-name-wrong-type': 'CNQRINV' });
  assert.equal(journalName(stage, 'CNQRINV').Type, 'Payment');
  const invoices = stage.post('VendInvoiceJournalHeaders', { dataAreaId: 'usmf', JournalName: 'CNQRINV' });
  assert.match(messageOf(invoices), /'CNQRINV' in field 'Name' is not found/);
  stage.run(500);
  assert.equal(stage.simulator.posted().length, 1);
});

test('B7: with manual vouchers lines come without one, and posting refuses the journal', () => {
  const stage = stageWith({ 'manual-voucher': true });
  assert.equal(journalName(stage).NewVoucher, 'Manually');
  assert.equal(journalName(stage, 'CNQRINV').NewVoucher, 'BalanceSheet');
  const journal = stage.journal('x');
  assert.equal(stage.line(journal, credit).json.Voucher, '');
  stage.line(journal, debit);
  stage.run(1_500);
  assert.match(logOf(stage, journal), /Voucher number must be specified/);
});

test('B7: vouchers allocated at posting replace those of the lines, one by one (trap 13)', () => {
  const stage = stageWith({ 'voucher-at-posting': true });
  assert.equal(journalName(stage).VoucherAllocationAtPosting, 'Yes');
  const journal = stage.report('one', 10);
  const vouchers = (): string[] =>
    stage
      .rows('LedgerJournalLines', `dataAreaId eq 'usmf' and JournalBatchNumber eq '${journal}'`)
      .map((line) => line.Voucher);
  assert.deepEqual(vouchers(), ['GNJL000001', 'GNJL000001']);
  stage.run(1_500);
  assert.deepEqual(vouchers(), ['GNJL000002', 'GNJL000002']);
  assert.equal(stage.rows('VendTransBiEntities', "dataAreaId eq 'usmf'")[0].Voucher, 'GNJL000002');
  assert.equal(stage.simulator.posted()[0]?.documentNumber, 'GNJL000002');
});

test('B7: lines deleted after posting are gone, the entries are not (trap 13)', () => {
  const stage = stageWith({ 'lines-deleted-after-posting': true });
  assert.equal(journalName(stage).DeleteLinesAfterPosting, 'Yes');
  const journal = stage.report('one', 10);
  stage.run(1_500);
  const filter = `dataAreaId eq 'usmf' and JournalBatchNumber eq '${journal}'`;
  assert.deepEqual(stage.rows('LedgerJournalLines', filter), []);
  assert.equal(stage.rows('LedgerJournalHeaders', filter)[0].IsPosted, 'Yes');
  const [document] = stage.simulator.posted();
  assert.deepEqual([document?.documentNumber, document?.currency, document?.entries.length], ['GNJL000001', 'USD', 2]);
});

test('B7: a summary journal posts sums by account, without texts', () => {
  const stage = stageWith({ 'summary-detail-level': true });
  assert.equal(journalName(stage).DetailLevel, 'Summary');
  const journal = stage.journal('one');
  for (const line of [{ ...credit, CreditAmount: 30 }, debit, { ...debit, DebitAmount: 20, Text: 'other' }])
    stage.line(journal, line);
  stage.run(1_500);
  const entries = stage.get('GeneralJournalAccountEntryBiEntities').json.value;
  assert.deepEqual(
    entries.map((row: any) => [row.LedgerAccount, row.TransactionCurrencyAmount, row.Text]),
    [
      ['200100--', '-30', 'credit'],
      ['618160-001-024', '30', ''],
    ],
  );
});

test('B7: a journal under workflow waits to be submitted and is not posted until the workflow is off', () => {
  const stage = new FoStage();
  const before = stage.report('before', 10);
  stage.simulator.changeSetUpFaults({ 'workflow-on-journal': true });
  const { IsWorkflowApprovalActive, WorkflowId } = journalName(stage);
  assert.deepEqual([IsWorkflowApprovalActive, WorkflowId !== ''], ['Yes', true]);
  const journal = stage.report('one', 20);
  const approval = (number: string): string =>
    stage.rows('LedgerJournalTableBiEntities', `dataAreaId eq 'usmf' and JournalNum eq '${number}'`)[0]
      .WorkflowApprovalStatus;
  assert.equal(approval(journal), 'NotSubmitted');
  stage.run(1_500);
  assert.deepEqual([approval(before), approval(journal)], ['NotSubmitted', 'NotSubmitted']);
  assert.deepEqual(stage.simulator.posted(), []);
  stage.simulator.changeSetUpFaults({ 'workflow-on-journal': false });
  stage.run(500);
  assert.equal(stage.simulator.posted().length, 2);
});

test('B7: tax in amounts and the missing voucher series show in the journal name; without series no line is made', () => {
  const stage = stageWith({ 'amounts-include-tax': true, 'no-voucher-series': true });
  const { AmountsIncludeSalesTax, VoucherSeriesCode } = journalName(stage);
  assert.deepEqual([AmountsIncludeSalesTax, VoucherSeriesCode], ['Yes', '']);
  assert.match(messageOf(stage.line(stage.journal('x'), credit)), /a number sequence reference is missing/);
});

test('B7: where duplicates are accepted the same invoice number is posted twice', () => {
  const stage = stageWith({ 'duplicates-accepted': true });
  const [parameters] = stage.rows('VendorParameters', "dataAreaId eq 'usmf'");
  assert.equal(parameters.IsCheckInvoiceNumberUsed, 'AcceptDuplicate');
  const line = {
    LineNumber: 1,
    ...{ AccountType: 'Vend', AccountDisplayValue: 'US\\-101', Credit: 10, Invoice: '48399' },
    ...{ OffsetAccountType: 'Ledger', OffsetAccountDisplayValue: '618160-001-024' },
  };
  for (const description of ['one', 'two']) stage.invoiceJournal(description, [line]);
  stage.run(1_500);
  assert.equal(stage.simulator.posted().length, 2);
});

test('B7 B10: the closed period of today shows in LedgerFiscalPeriods and refuses posting, other months do not', () => {
  const stage = stageWith({ 'period-closed': true });
  const closed = stage.get('LedgerFiscalPeriods', {
    $filter:
      "LegalEntityId eq 'usmf' and YearName eq '2026' and PeriodStatus eq Microsoft.Dynamics.DataEntities.FiscalPeriodStatus'Closed'",
  });
  assert.deepEqual(
    closed.json.value.map((row: any) => row.PeriodName),
    ['Period 4'],
  );
  const journal = stage.report('one', 10);
  const later = stage.journal('later');
  for (const line of [credit, debit]) stage.line(later, { ...line, TransDate: '2026-05-01T12:00:00Z' });
  stage.run(1_500);
  assert.match(logOf(stage, journal), /Fiscal period for 2026-04-10 is not open/);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark }) => mark),
    ['later'],
  );
});

test('B7: without automation a pending invoice is not taken in and stays; with it, it is posted', () => {
  const stage = new FoStage({ master: purchasingMaster });
  const automation = (): string =>
    stage.rows('VendorParameters', "dataAreaId eq 'usmf'")[0].AutomationWorkflowSubmission;
  assert.equal(automation(), 'Yes');
  stage.simulator.changeSetUpFaults({ 'automation-off': true });
  assert.equal(automation(), 'No');
  stage.pendingInvoice('manual');
  stage.simulator.changeSetUpFaults({ 'automation-off': false });
  stage.pendingInvoice('automatic');
  stage.run(5_000);
  const references = stage.rows('VendorInvoiceHeaders', "dataAreaId eq 'usmf'").map((row) => row.HeaderReference);
  assert.deepEqual(references, ['manual']);
});

test('B7: a posting batch on hold posts nothing and can be seen among the batch jobs', () => {
  const stage = stageWith({ 'batch-off': true });
  const status = (): string => stage.get('BatchJobs').json.value[0].Status;
  assert.equal(status(), 'Hold');
  stage.report('one', 10);
  stage.run(3_000);
  assert.deepEqual(stage.simulator.posted(), []);
  stage.simulator.changeSetUpFaults({ 'batch-off': false });
  stage.run(500);
  assert.deepEqual([status(), stage.simulator.posted().length], ['Waiting', 1]);
});
