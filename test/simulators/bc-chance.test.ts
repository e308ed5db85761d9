import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyVersion, BcStage, num, strong } from './bc-stage.js';

const numbers = Array.from({ length: 40 }, (_, at) => `INV-${String(at)}`);

function postedWith(refuseShare: number, order: readonly string[]): string[] {
  const stage = new BcStage(undefined, { refuseShare });
  for (const number of order) stage.postInvoice(stage.draft(number));
  return stage.bc
    .posted()
    .map(({ mark }) => mark)
    .sort();
}

describe('what people and rules do to documents in a brutal Business Central', () => {
  test('S100: a share of documents is refused for good; which ones follows from their number, not from the order', () => {
    const posted = postedWith(0.25, numbers);
    assert.ok(posted.length > 20 && posted.length < 38, String(posted.length));
    assert.deepEqual(postedWith(0.25, [...numbers].reverse()), posted);
    assert.equal(postedWith(0, numbers).length, 40);
  });

  test('S100: a refused document stays a draft, and its reason is told with its marker and its lines', () => {
    const stage = new BcStage(undefined, { refuseShare: 1 });
    const id = stage.draft('A1');
    stage.post(`purchaseInvoices(${id})/purchaseInvoiceLines`, { lineType: 'Comment', description: 'CONCUR 4F RPT-1' });
    const refused = stage.postInvoice(id);
    assert.deepEqual([refused.status, refused.code], [400, 'Application_DialogException']);
    assert.match(refused.body.error.message as string, /REGION for G\/L Account 8420/);
    const batch = stage.postedJournal('C1', 'CX1');
    stage.below('PATCH', `journals(${batch})`, { displayName: 'Concur CX1 RPT-2' }, anyVersion);
    const [draft, journal] = stage.bc.unposted();
    assert.deepEqual([draft?.mark, draft?.text, draft?.lines], ['20000/A1', 'CONCUR 4F RPT-1', 2]);
    assert.match(draft?.log ?? '', /^A dimension used in Purchase Invoice 1001 has caused an error/);
    assert.deepEqual([journal?.mark, journal?.text, journal?.lines], ['CX1', 'Concur CX1 RPT-2', 2]);
    assert.match(journal?.log ?? '', /^A dimension used in Gen. Journal Line CX1 has caused an error/);
    const restarted = new BcStage(JSON.parse(JSON.stringify(stage.bc.snapshot())), { refuseShare: 1 });
    assert.deepEqual(restarted.bc.unposted(), stage.bc.unposted());
  });

  test('S48, S101: a payment that is taken back re-opens the invoice by rows of the other sign, and stands when it is made again', () => {
    const stage = new BcStage(undefined, { partShare: 0, reverseShare: 1, reverseDelayMs: 3_000 });
    const id = stage.draft('A1', '80');
    stage.postInvoice(id);
    const status = () => stage.get(`purchaseInvoices(${id})`).body.status as string;
    const pass = (ms: number) => {
      stage.nowMs += ms;
      stage.bc.tick();
    };
    assert.deepEqual(stage.bc.paymentProgress(), { open: 1, toReverse: 0 });
    pass(5_000);
    assert.deepEqual([status(), stage.bc.posted()[0]?.paid, stage.bc.paymentProgress().toReverse], ['Paid', '80', 1]);
    pass(3_000);
    stage.nowMs += 300;
    assert.equal(status(), 'Open');
    const taken = stage.bc.posted()[0];
    assert.deepEqual([taken?.paid, taken?.payable], ['0', '80']);
    assert.deepEqual(taken?.reversals, [{ amount: '80.00', at: '2026-08-21T10:00:08.000Z' }]);
    const rows = stage.analytics("?$filter=dvleVendorNo eq '20000' and dvleEntryType eq 'Application'");
    assert.deepEqual(rows.map((row) => row.dvleAmountLCY as string).sort(), ['-80', '-80', '-80', '80', '80', '80']);
    const payments = stage.analytics(
      "?$filter=dvleDocumentType eq 'Payment' and dvleEntryType eq 'Initial_x0020_Entry'",
    );
    assert.deepEqual(
      payments.map((row) => [row.dvleDocumentNo, row.dvleAmountLCY, row.vleOpen]),
      [
        ['BPAY000001', '80', false],
        ['BPAY000001', '-80', false],
      ],
    );
    pass(5_000);
    pass(3_600_000);
    assert.deepEqual([status(), stage.bc.posted()[0]?.paid], ['Paid', '80']);
    const { changedAt, ...progress } = stage.bc.paymentProgress();
    assert.deepEqual(progress, { open: 0, toReverse: 0 });
    assert.equal(changedAt, '2026-08-21T10:00:13.300Z');
  });

  test('S10: in a busy tenant a record changes between look and write: 409 or 412, whatever the etag; `*` is never stale', () => {
    const stage = new BcStage();
    const statuses = [0.1, 0.9].map((chance) => {
      const id = stage.draft(`A${String(chance)}`);
      const etag = stage.get(`purchaseInvoices(${id})`, strong).body['@odata.etag'] as string;
      stage.itemFaults.set('purchaseInvoices.delete', 'entity-changed');
      stage.chance = chance;
      const refused = stage.below('DELETE', `purchaseInvoices(${id})`, undefined, { 'if-match': etag });
      assert.equal(refused.code, 'Request_EntityChanged');
      assert.equal(stage.below('DELETE', `purchaseInvoices(${id})`, undefined, { 'if-match': etag }).status, 204);
      return refused.status;
    });
    assert.deepEqual(statuses, [412, 409]);
    const vendor = stage.post('vendors', { number: 'V1', displayName: 'One' }).body;
    stage.itemFaults.set('vendors.update', 'entity-changed');
    assert.equal(stage.below('PATCH', `vendors(${vendor.id})`, { displayName: 'Two' }, anyVersion).status, 200);
  });

  test('a negative line makes a credit memo whose entries have the other sign, and nobody pays it', () => {
    const stage = new BcStage();
    const { id } = stage.post('purchaseCreditMemos', {
      ...{ vendorNumber: '20000', vendorCreditMemoNumber: 'CR-1' },
      purchaseCreditMemoLines: [
        { lineType: 'Account', lineObjectNumber: '8420', quantity: num('1'), unitCost: num('40') },
      ],
    }).body;
    stage.post(`purchaseCreditMemos(${id})/Microsoft.NAV.post`, undefined);
    const [posted] = stage.bc.posted();
    assert.ok(posted);
    assert.deepEqual(
      posted.entries.map(({ account, amount }) => [account, amount]),
      [
        ['8420', '-40'],
        ['20000', '40'],
      ],
    );
    assert.deepEqual([posted.paid, posted.payable, stage.bc.paymentProgress().open], ['0', '0', 0]);
  });
});
