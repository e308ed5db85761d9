import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvoiceNumberCheck } from '../../simulators/harness/master-data.js';
import { FoStage, purchasingMaster } from './fo-stage.js';

function stageWith(invoiceNumberCheck?: InvoiceNumberCheck): FoStage {
  const companies = purchasingMaster.companies.map((company) => ({
    ...company,
    openFrom: '2025-01-01',
    ...(invoiceNumberCheck === undefined ? {} : { invoiceNumberCheck }),
  }));
  return new FoStage({ master: { ...purchasingMaster, companies } });
}

/** An invoice journal with the number 48399 of vendor US-101. */
function journalInvoice(stage: FoStage, description: string, day = '2026-04-10'): string {
  const line = {
    LineNumber: 1,
    AccountType: 'Vend',
    AccountDisplayValue: 'US\\-101',
    OffsetAccountDisplayValue: '618160',
    Credit: 12,
    Invoice: '48399',
    Date: `${day}T12:00:00Z`,
  };
  return stage.invoiceJournal(description, [line]);
}

const marks = (stage: FoStage): string[] => stage.simulator.posted().map(({ mark }) => mark);
const journalLog = (stage: FoStage, journal: string): string =>
  stage.rows('LedgerJournalTableBiEntities', `dataAreaId eq 'usmf' and JournalNum eq '${journal}'`)[0].Log;
const pending = (stage: FoStage): any =>
  stage.rows('VendInvoiceInfoTableBiEntities', "dataAreaId eq 'usmf' and Num eq '48399'")[0];

test('C8: the company parameter says which of the four checks is in force; without set-up it rejects duplicates', () => {
  const shown = (stage: FoStage): string =>
    stage.rows('VendorParameters', "dataAreaId eq 'usmf'")[0].IsCheckInvoiceNumberUsed;
  assert.equal(shown(stageWith()), 'NoDuplicate');
  for (const check of ['NoDuplicate', 'NoDuplicateInYear', 'AcceptDuplicate', 'WarnDuplicate'] as const)
    assert.equal(shown(stageWith(check)), check);
});

test('C8, S82: NoDuplicate refuses the number at posting, in any year', () => {
  const stage = stageWith('NoDuplicate');
  journalInvoice(stage, 'first', '2025-12-31');
  stage.run(1_500);
  const second = journalInvoice(stage, 'second');
  stage.run(1_500);
  assert.deepEqual(marks(stage), ['first']);
  assert.match(journalLog(stage, second), /^Invoice number 48399 of vendor US-101 has already been used\.$/);
});

test('C8: NoDuplicateInYear refuses the number in the same fiscal year only', () => {
  const stage = stageWith('NoDuplicateInYear');
  journalInvoice(stage, 'last year', '2025-12-31');
  stage.run(1_500);
  journalInvoice(stage, 'this year', '2026-01-02');
  stage.run(1_500);
  journalInvoice(stage, 'this year again', '2026-04-10');
  stage.run(1_500);
  assert.deepEqual(marks(stage), ['last year', 'this year']);
});

test('C8, S82: AcceptDuplicate posts the same number twice without a word', () => {
  const stage = stageWith('AcceptDuplicate');
  const journals = [journalInvoice(stage, 'first'), journalInvoice(stage, 'second')];
  stage.pendingInvoice('third', { InvoiceNumber: '48399' });
  stage.run(3_000);
  assert.deepEqual(marks(stage), ['first', 'second', 'DOC-third']);
  assert.deepEqual(
    journals.map((journal) => journalLog(stage, journal)),
    ['', ''],
  );
});

test('C8, S82: WarnDuplicate posts the same number twice and warns in the log', () => {
  const stage = stageWith('WarnDuplicate');
  journalInvoice(stage, 'first');
  stage.run(1_500);
  const second = journalInvoice(stage, 'second');
  stage.pendingInvoice('third', { InvoiceNumber: '48399' });
  stage.run(1_000);
  assert.match(journalLog(stage, second), /^Warning: Invoice number 48399/);
  assert.match(pending(stage).Log, /^Warning: Invoice number 48399/);
  assert.equal(pending(stage).RequestStatus, 'InReview');
  stage.run(1_000);
  assert.deepEqual(marks(stage), ['first', 'second', 'DOC-third']);
});

test('C8, S82: a pending invoice with a used number is created, but never submitted', () => {
  const stage = stageWith('NoDuplicate');
  journalInvoice(stage, 'first');
  stage.run(1_500);
  stage.pendingInvoice('second', { InvoiceNumber: '48399' });
  stage.run(5_000);
  const { RequestStatus, AutomationStatus, Log } = pending(stage);
  assert.deepEqual([RequestStatus, AutomationStatus], ['Draft', 'Paused']);
  assert.match(Log, /has already been used/);
  assert.deepEqual(marks(stage), ['first']);
});

test('C8, S82: of two pending invoices with one number the later is refused at posting, after its approval', () => {
  const stage = stageWith('NoDuplicate');
  stage.pendingInvoice('first', { InvoiceNumber: '48399' });
  stage.pendingInvoice('second', { InvoiceNumber: '48399' });
  stage.pendingInvoice('other', { InvoiceNumber: '48399', InvoiceAccount: 'EMP-00042', VendorAccount: 'EMP-00042' });
  stage.run(5_000);
  assert.deepEqual(marks(stage), ['DOC-first', 'DOC-other']);
  const { RequestStatus, AutomationStatus, ParmJobStatus } = pending(stage);
  assert.deepEqual([RequestStatus, AutomationStatus, ParmJobStatus], ['Approved', 'Paused', 'ContainErrors']);
});

test('C8: a reversed or ordinary payment does not use an invoice number up', () => {
  const stage = stageWith('NoDuplicateInYear');
  journalInvoice(stage, 'last year', '2025-12-31');
  stage.run(5_000);
  assert.equal(stage.simulator.posted()[0]?.paid, '12.00');
  journalInvoice(stage, 'this year');
  stage.run(1_500);
  assert.deepEqual(marks(stage), ['last year', 'this year']);
});
