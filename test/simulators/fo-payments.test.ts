import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage } from './fo-stage.js';

const transaction = (stage: FoStage, invoice: string): any =>
  stage.rows('VendTransBiEntities', `dataAreaId eq 'usmf' and Invoice eq '${invoice}'`)[0];
const settlements = (stage: FoStage, row: any): any[] =>
  stage.rows('VendSettlementBiEntities', `dataAreaId eq 'usmf' and TransRecId eq ${String(row.SourceKey)}`);

test('S48: a posted payable is paid after the delay: closed, settled, joined to a payment row', () => {
  const stage = new FoStage();
  stage.report('EXP-1', 128.4);
  stage.run(1_500);
  assert.equal(transaction(stage, 'EXP-1').Closed, '1900-01-01T12:00:00Z');
  stage.run(2_500);
  const invoice = transaction(stage, 'EXP-1');
  assert.deepEqual(
    [invoice.Closed, invoice.SettleAmountCur, invoice.LastSettleVoucher, invoice.LastSettleDate],
    ['2026-04-10T12:00:00Z', '-128.4', 'APPM000001', '2026-04-10T12:00:00Z'],
  );
  const [settlement] = settlements(stage, invoice);
  assert.deepEqual([settlement.SettleAmountCur, settlement.OffsetTransVoucher], ['-128.4', 'APPM000001']);
  const company = String(settlement.OffsetCompany).toLowerCase();
  const filter = `dataAreaId eq '${company}' and SourceKey eq ${String(settlement.OffsetRecid)}`;
  const [payment] = stage.rows('VendTransBiEntities', filter);
  assert.deepEqual(
    [payment.TransType, payment.AmountCur, payment.PaymMode, payment.PaymReference, payment.CurrencyCode],
    ['Payment', '128.4', 'ELEC', 'USMF-000001', 'USD'],
  );
  assert.deepEqual([stage.simulator.posted()[0]?.paid, stage.simulator.posted()[0]?.payable], ['128.40', '128.40']);
  const [line] = stage.rows(
    'VendorPaymentJournalLines',
    `dataAreaId eq 'usmf' and Voucher eq '${String(payment.Voucher)}'`,
  );
  assert.deepEqual(
    [line.AccountDisplayValue, line.DebitAmount, line.PaymentReference, line.TransactionDate, line.MarkedInvoice],
    ['EMP\\-00042', '128.4', 'USMF-000001', '2026-04-10T12:00:00Z', ''],
  );
  stage.run(10_000);
  assert.equal(settlements(stage, transaction(stage, 'EXP-1')).length, 1);
});

test('A seeded share is paid in two parts with a delay between them', () => {
  const stage = new FoStage({ fo: { partShare: 1 } });
  stage.report('EXP-1', 10.01);
  stage.run(3_500);
  const open = transaction(stage, 'EXP-1');
  assert.deepEqual([open.Closed, open.SettleAmountCur], ['1900-01-01T12:00:00Z', '-5']);
  stage.run(500);
  assert.equal(stage.simulator.posted()[0]?.paid, '5.00');
  stage.run(2_000);
  const closed = transaction(stage, 'EXP-1');
  assert.deepEqual([closed.Closed, closed.SettleAmountCur], ['2026-04-10T12:00:00Z', '-10.01']);
  assert.deepEqual(
    settlements(stage, closed).map((row) => row.SettleAmountCur),
    ['-5', '-5.01'],
  );
});

test('Trap 15: one payment covers all that is due to a vendor, so its amount is not the share of one invoice', () => {
  const stage = new FoStage();
  stage.report('EXP-1', 10);
  stage.report('EXP-2', 20);
  stage.run(4_000);
  const [one, two] = ['EXP-1', 'EXP-2'].map((invoice) => settlements(stage, transaction(stage, invoice))[0]);
  assert.equal(one.OffsetRecid, two.OffsetRecid);
  assert.deepEqual([one.SettleAmountCur, two.SettleAmountCur], ['-10', '-20']);
  const [payment] = stage.rows(
    'VendTransBiEntities',
    `dataAreaId eq 'usmf' and SourceKey eq ${String(one.OffsetRecid)}`,
  );
  assert.equal(payment.AmountCur, '30');
});

test('Trap 17: what an employee owes, a vendor on payment hold and an unapproved line are never paid', () => {
  const stage = new FoStage();
  const owed = stage.journal('owed');
  stage.line(owed, { AccountType: 'Vend', AccountDisplayValue: 'EMP\\-00042', DebitAmount: 10, Invoice: 'OWED' });
  stage.line(owed, { AccountType: 'Ledger', AccountDisplayValue: '618160', CreditAmount: 10 });
  stage.report('HELD', 10, 'US\\-777');
  const line = {
    LineNumber: 1,
    AccountType: 'Vend',
    AccountDisplayValue: 'US\\-101',
    OffsetAccountDisplayValue: '618160',
    Credit: 12,
  };
  stage.invoiceJournal('open', [{ ...line, Invoice: 'OPEN', Approved: 'No' }]);
  stage.run(20_000);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark, payable, paid }) => [mark, payable, paid]),
    [
      ['owed', '0.00', '0.00'],
      ['HELD', '10.00', '0.00'],
      ['open', '12.00', '0.00'],
    ],
  );
});

test('Payments rest while they are paused and go on after a restart', () => {
  const stage = new FoStage();
  stage.report('EXP-1', 10);
  stage.simulator.pause({ payments: true });
  stage.run(10_000);
  assert.equal(stage.simulator.posted()[0]?.paid, '0.00');
  stage.restart();
  stage.run(500);
  assert.equal(stage.simulator.posted()[0]?.paid, '10.00');
});
