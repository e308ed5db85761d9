import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimRequest } from '../../simulators/harness/server.js';
import { FoStage, host, purchasingMaster } from './fo-stage.js';

const usmf = "dataAreaId eq 'usmf'";
const transaction = (stage: FoStage, invoice: string): any =>
  stage.rows('VendTransBiEntities', `${usmf} and Invoice eq '${invoice}'`)[0];
const bySourceKey = (stage: FoStage, key: unknown): any =>
  stage.rows('VendTransBiEntities', `${usmf} and SourceKey eq ${String(key)}`)[0];
const settlementsOf = (stage: FoStage, row: any): any[] =>
  stage.rows('VendSettlementBiEntities', `${usmf} and TransRecId eq ${String(row.SourceKey)}`);
const descriptions = Array.from({ length: 40 }, (_, at) => `Concur EXP ${String(at)}`);

function postedWith(refuseShare: number, order: readonly string[]): string[] {
  const stage = new FoStage({ fo: { refuseShare } });
  for (const description of order) stage.report(description, 10);
  stage.run(1_500);
  return stage.simulator
    .posted()
    .map(({ mark }) => mark)
    .sort();
}

test('S100: a share of journals is refused for good; which ones follows from their description, not from the order', () => {
  const posted = postedWith(0.25, descriptions);
  assert.ok(posted.length > 20 && posted.length < 38, String(posted.length));
  assert.deepEqual(postedWith(0.25, [...descriptions].reverse()), posted);
  assert.equal(postedWith(0, descriptions).length, 40);
});

test('S100: a refused journal keeps an account structure reason in its log, however often the batch tries', () => {
  const stage = new FoStage({ fo: { refuseShare: 1 } });
  const journal = stage.report('Concur EXP 1', 10);
  stage.run(10_000);
  const [status] = stage.rows('LedgerJournalTableBiEntities', `${usmf} and JournalNum eq '${journal}'`);
  assert.deepEqual([status.Posted, stage.simulator.posted().length], ['No', 0]);
  assert.match(status.Log, /^The combination 618160-001-024 is not valid for the account structure/);
});

test('C15, S100: a share of pending invoices is rejected in the workflow and stays so until it is changed', () => {
  const stage = new FoStage({ fo: { refuseShare: 1 }, master: purchasingMaster });
  stage.pendingInvoice('a-1');
  stage.run(10_000);
  const [info] = stage.rows('VendInvoiceInfoTableBiEntities', usmf);
  assert.deepEqual([info.RequestStatus, info.AutomationStatus], ['Rejected', 'Paused']);
  assert.match(info.Log, /rejected/);
  assert.deepEqual(stage.simulator.posted(), []);
});

test('S101: a reversed cheque re-opens the invoice, nets the settlements to nothing, and a later run pays it again (trap 16)', () => {
  const stage = new FoStage({ fo: { reverseShare: 1, reverseDelayMs: 3_000 } });
  stage.report('EXP-1', 10);
  stage.run(3_500);
  const paid = transaction(stage, 'EXP-1');
  assert.equal(paid.Closed, '2026-04-10T12:00:00Z');
  const payment = bySourceKey(stage, settlementsOf(stage, paid)[0].OffsetRecid);
  assert.equal(payment.PaymMode, 'CHECK');
  const [line] = stage.rows('VendorPaymentJournalLines', `${usmf} and Voucher eq '${String(payment.Voucher)}'`);
  assert.equal(line.CheckNumber, '000001');
  assert.equal(stage.simulator.posted()[0]?.paid, '10.00');

  stage.run(3_000);
  const open = transaction(stage, 'EXP-1');
  assert.deepEqual([open.Closed, open.SettleAmountCur, open.LastSettleVoucher], ['1900-01-01T12:00:00Z', '0', '']);
  assert.equal(stage.simulator.posted()[0]?.paid, '0.00');
  const rows = settlementsOf(stage, open);
  assert.deepEqual(
    rows.map((row) => [row.SettleAmountCur, row.OffsetRecid === payment.SourceKey, row.CanBeReversed]),
    [
      ['-10', true, 'No'],
      ['10', true, 'No'],
    ],
  );
  const resettled = settlementsOf(stage, payment).at(-1);
  const reversal = bySourceKey(stage, resettled.OffsetRecid);
  assert.deepEqual(
    [reversal.TransType, reversal.AmountCur, reversal.SettleAmountCur, reversal.Closed],
    ['Payment', '-10', '-10', '2026-04-10T12:00:00Z'],
  );
  assert.equal(bySourceKey(stage, payment.SourceKey).SettleAmountCur, '10');

  stage.run(20_000);
  const again = transaction(stage, 'EXP-1');
  assert.deepEqual([again.Closed, again.SettleAmountCur], ['2026-04-10T12:00:00Z', '-10']);
  const second = settlementsOf(stage, again).at(-1);
  assert.equal(settlementsOf(stage, again).length, 3);
  assert.equal(bySourceKey(stage, second.OffsetRecid).PaymMode, 'ELEC');
  assert.equal(stage.simulator.posted()[0]?.paid, '10.00');
});

test('S101: a reversal opens only its own share: an earlier part payment of the invoice stays', () => {
  const stage = new FoStage({ fo: { partShare: 1, reverseShare: 1, reverseDelayMs: 6_000 } });
  stage.report('EXP-1', 10);
  stage.run(3_500);
  assert.equal(transaction(stage, 'EXP-1').SettleAmountCur, '-5');
  stage.run(2_500);
  assert.equal(transaction(stage, 'EXP-1').SettleAmountCur, '-10');
  stage.run(3_500);
  const open = transaction(stage, 'EXP-1');
  assert.deepEqual([open.SettleAmountCur, open.Closed], ['-5', '1900-01-01T12:00:00Z']);
});

test('S101: reversals rest with the payments, survive a restart, and do not happen unless they are asked for', () => {
  const stage = new FoStage({ fo: { reverseShare: 1, reverseDelayMs: 1_000 } });
  stage.report('EXP-1', 10);
  stage.run(3_500);
  stage.simulator.pause({ payments: true });
  stage.run(5_000);
  assert.equal(transaction(stage, 'EXP-1').SettleAmountCur, '-10');
  stage.restart();
  stage.run(500);
  assert.equal(transaction(stage, 'EXP-1').SettleAmountCur, '0');
  const calm = new FoStage();
  calm.report('EXP-1', 10);
  calm.run(20_000);
  assert.equal(settlementsOf(calm, transaction(calm, 'EXP-1')).length, 1);
});

function lineRequest(journal: string, text: string): SimRequest {
  const target = '/data/LedgerJournalLines';
  const body = {
    dataAreaId: 'usmf',
    JournalBatchNumber: journal,
    AccountType: 'Ledger',
    AccountDisplayValue: '618160',
    DebitAmount: 10,
    CurrencyCode: 'USD',
    Text: text,
  };
  const headers = { host, authorization: 'Bearer good', 'content-type': 'application/json' };
  return {
    method: 'POST',
    path: target,
    rawUrl: target,
    query: new URLSearchParams(),
    headers,
    body: JSON.stringify(body),
  };
}

test('Trap 11: of two line writes that overlap in one journal the overtaken one gets the update conflict', () => {
  const stage = new FoStage();
  const [journal, other] = [stage.journal('x'), stage.journal('y')];
  const arrived = [lineRequest(journal, 'a'), lineRequest(journal, 'b'), lineRequest(other, 'c')];
  const waiting = arrived.map((request) => stage.simulator.route(request));
  const answers = waiting.map(({ execute }) => execute());
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 400, 201],
  );
  assert.match(String(answers[1]?.body), /An update conflict occurred due to another user process/);
  assert.equal(stage.rows('LedgerJournalLines', `${usmf} and JournalBatchNumber eq '${journal}'`).length, 1);
  assert.equal(stage.simulator.route(lineRequest(journal, 'b')).execute().status, 201);
});

test('Trap 11: changing and deleting a line overlap as well; writes one after the other never do', () => {
  const stage = new FoStage();
  const journal = stage.report('x', 10);
  const line = `/data/LedgerJournalLines(dataAreaId='usmf',JournalBatchNumber='${journal}',LineNumber=1)`;
  const remove = stage.simulator.route({
    ...lineRequest(journal, ''),
    ...{ method: 'DELETE', path: line, rawUrl: `${line}?cross-company=true`, body: '' },
    query: new URLSearchParams({ 'cross-company': 'true' }),
  });
  assert.equal(stage.call('PATCH', `${line}?cross-company=true`, '{"Text":"y"}').status, 204);
  assert.equal(remove.execute().status, 400);
  assert.equal(stage.call('DELETE', `${line}?cross-company=true`).status, 204);
});
