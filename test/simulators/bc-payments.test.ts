import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BcStage, journalLine } from './bc-stage.js';

/** Lets the payment run happen once everything is old enough, and the replica catch up. */
function payRun(stage: BcStage): void {
  stage.nowMs += 5_000;
  stage.bc.tick();
  stage.nowMs += 300;
}

function statusOf(stage: BcStage, id: string): string {
  return stage.get(`purchaseInvoices(${id})`).body.status as string;
}

test('S48: a paid invoice shows initial entry and application with amount, date and reference', () => {
  const stage = new BcStage();
  const id = stage.draft('A1', '1512.50', { dueDate: '2026-09-17' });
  stage.postInvoice(id);
  stage.bc.tick();
  assert.equal(statusOf(stage, id), 'Open', 'too young to be paid');
  payRun(stage);
  assert.equal(statusOf(stage, id), 'Paid');
  const [initial] = stage.analytics("?$filter=purchInvHeaderDocumentNo eq '108001' and dvleVendorNo eq '20000'");
  assert.equal(initial.dvleEntryType, 'Initial_x0020_Entry');
  assert.equal(initial.dvleAmountLCY, '-1512.5');
  assert.deepEqual([initial.vleOpen, initial.vleClosedAtDate], [false, '2026-08-21']);
  assert.equal(initial.vleDueDate, '2026-09-17');
  const rows = stage.analytics(`?$filter=vleEntryNo eq ${initial.vleEntryNo}`);
  assert.equal(rows.length, 2);
  const application = rows[1];
  assert.equal(application.dvleEntryType, 'Application');
  assert.equal(application.dvleAmountLCY, '1512.5');
  assert.notEqual(application.dvleAppliedVendLedgerEntryNo, initial.vleEntryNo);
  const counter = stage.analytics(`?$filter=vleEntryNo eq ${application.dvleAppliedVendLedgerEntryNo}`);
  assert.deepEqual(
    counter.map((row) => [row.dvleEntryType, row.dvleDocumentType, row.dvleDocumentNo, row.dvleAmountLCY]),
    [
      ['Initial_x0020_Entry', 'Payment', 'BPAY000001', '1512.5'],
      ['Application', 'Payment', 'BPAY000001', '-1512.5'],
    ],
  );
  assert.equal(application.purchInvHeaderDocumentNo, '', 'the join goes by the detailed entry, not by the entry');
});

test('a payment applied from the invoice is found through the entries that carry the applied number', () => {
  const stage = new BcStage();
  for (const number of ['A1', 'A2']) stage.postInvoice(stage.draft(number));
  payRun(stage);
  const [initial] = stage.analytics(
    "?$filter=purchInvHeaderDocumentNo eq '108002' and dvleEntryType eq 'Initial_x0020_Entry'",
  );
  const entry = initial.vleEntryNo as string;
  const own = stage.analytics(`?$filter=vleEntryNo eq ${entry} and dvleEntryType eq 'Application'`);
  assert.equal(own[0].dvleAppliedVendLedgerEntryNo, entry);
  const counters = stage.analytics(`?$filter=dvleAppliedVendLedgerEntryNo eq ${entry} and vleEntryNo ne ${entry}`);
  assert.equal(counters.length, 1);
  const [payment] = stage.analytics(`?$filter=vleEntryNo eq ${counters[0].vleEntryNo}`);
  assert.deepEqual([payment.dvleDocumentType, payment.dvleDocumentNo], ['Payment', 'BPAY000002']);
});

test('a part payment changes nothing that the invoice shows; the second part closes it', () => {
  const stage = new BcStage();
  stage.chance = 0.1;
  const id = stage.draft('A1', '100.01');
  stage.postInvoice(id);
  const before = stage.get(`purchaseInvoices(${id})`).body;
  payRun(stage);
  assert.deepEqual(stage.get(`purchaseInvoices(${id})`).body, before);
  assert.deepEqual([stage.bc.posted()[0]?.paid, stage.bc.posted()[0]?.payable], ['50.01', '100.01']);
  assert.equal(stage.analytics()[0].vleOpen, true);
  payRun(stage);
  assert.equal(statusOf(stage, id), 'Paid');
  assert.equal(stage.bc.posted()[0]?.paid, '100.01');
  payRun(stage);
  assert.equal(stage.analytics().filter((row) => row.dvleDocumentType === 'Payment').length > 0, true);
  assert.equal(stage.bc.posted()[0]?.paid, '100.01', 'nothing is paid twice');
});

test('S101: a journal with a vendor credit is paid, a debit balance and a payment-blocked vendor never', () => {
  const stage = new BcStage();
  stage.postedJournal('C1', 'CX1');
  stage.postedJournal('C2', 'CX2', 'NOPAY');
  const journal = stage.post('journals', { code: 'C3' }).body;
  const vendor = { accountType: 'Vendor', accountNumber: 'CE01' };
  stage.post(`journals(${journal.id})/journalLines`, { ...journalLine(1, 'CX3', '30'), ...vendor });
  stage.post(`journals(${journal.id})/journalLines`, journalLine(2, 'CX3', '-30'));
  stage.post(`journals(${journal.id})/Microsoft.NAV.post`, undefined);
  payRun(stage);
  assert.deepEqual(
    stage.bc.posted().map((document) => [document.mark, document.paid, document.payable]),
    [
      ['CX1', '120.5', '120.5'],
      ['CX2', '0', '0'],
      ['CX3', '0', '0'],
    ],
  );
  const [initial] = stage.analytics("?$filter=dvleDocumentNo eq 'CX1' and dvleVendorNo eq 'CE01'");
  assert.deepEqual([initial.vleOpen, initial.purchInvHeaderDocumentNo], [false, '']);
});

test('payments rest while they are paused', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  stage.postInvoice(id);
  stage.bc.pause({ payments: true });
  payRun(stage);
  assert.equal(statusOf(stage, id), 'Open');
  stage.bc.pause({});
  stage.bc.tick();
  assert.equal(statusOf(stage, id), 'Paid');
});

test('the analytics query lags whatever the client asks for, and cannot be written', () => {
  const stage = new BcStage();
  stage.postInvoice(stage.draft('A1'));
  assert.equal(stage.analytics().length, 0);
  stage.nowMs += 300;
  assert.equal(stage.analytics().length, 1);
  assert.equal(stage.analytics('?$select=vleEntryNo')[0]['@odata.etag'], undefined);
  const url = `/v2.0/contoso/Sandbox/api/microsoft/analytics/v1.0/companies(${stage.north})/vendorLedgerEntries`;
  assert.equal(stage.call('POST', url, {}).status, 404);
});

test('vendor balance is what is still owed', () => {
  const stage = new BcStage();
  stage.postInvoice(stage.draft('A1', '80'));
  const balance = (): string => stage.list("vendors?$filter=number eq '20000'")[0].balance as string;
  assert.equal(balance(), '80');
  payRun(stage);
  assert.equal(balance(), '0');
});

test('tampering changes one posted amount, and everyone sees it', () => {
  const stage = new BcStage();
  assert.equal(stage.bc.tamper(), undefined);
  stage.postInvoice(stage.draft('A1'));
  assert.match(stage.bc.tamper() ?? '', /108001/);
  assert.equal(stage.bc.posted()[0]?.entries[0]?.amount, '101');
  assert.equal(stage.list('generalLedgerEntries')[0].debitAmount, '101');
});

test('all state survives a restart as JSON', () => {
  const stage = new BcStage();
  stage.postedJournal('C1', 'CX1');
  const id = stage.draft('A1');
  stage.bc.pause({ batch: true });
  stage.postInvoice(id);
  const next = new BcStage(JSON.parse(JSON.stringify(stage.bc.snapshot())));
  next.nowMs = stage.nowMs;
  assert.deepEqual(next.bc.posted(), stage.bc.posted());
  assert.deepEqual(next.bc.unposted(), stage.bc.unposted());
  assert.equal(next.north, stage.north);
  next.bc.pause({});
  next.bc.tick();
  assert.equal(next.get(`purchaseInvoices(${id})`).body.status, 'Open');
  const fresh = next.post('journals', { code: 'C9' }).body.id as string;
  assert.equal(next.list('journals').filter((row) => row.id === fresh).length, 1);
});
