import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutcomeUnknown, Unavailable } from '../../src/clients/http/errors.js';
import type { TrackedErpDocument, Withdrawal } from '../../src/contracts/erp-port.js';
import { adapter, signal } from './fo-fixtures.js';
import { lostAnswer, MemoryWrites, type Fault } from './fo-memory.js';
import { pendingEnvironment, pendingInvoice, reference, type PendingFo } from './fo-pending-memory.js';
import { innerError } from './fo-write-support.js';

const keys = { id: reference, invoice: '48399' };

async function written(): Promise<PendingFo> {
  const fo = pendingEnvironment();
  await adapter(fo).write(pendingInvoice(), new MemoryWrites().context);
  fo.requests.length = 0;
  return fo;
}

function withdraw(
  fo: PendingFo,
  fields: Partial<TrackedErpDocument> = {},
  writes = new MemoryWrites(),
): Promise<Withdrawal> {
  const tracked = { documentId: 'doc', document: pendingInvoice(), keys, ...fields };
  return adapter(fo).withdraw(tracked, writes.context);
}

const deletes = (fo: PendingFo): string[] =>
  fo.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => decodeURIComponent(path));
const rowsOf = (fo: PendingFo): number[] => [
  fo.rows('VendorInvoiceHeaders').length,
  fo.rows('VendorInvoiceLines').length,
];

function reasonOf(withdrawal: Withdrawal): string {
  assert.ok(withdrawal.state === 'blocked', JSON.stringify(withdrawal));
  return withdrawal.reason;
}

const foreignPosted = {
  ...{ dataAreaId: 'usmf', SourceKey: 99, InvoiceId: '48399', InvoiceAccount: 'US-101', LedgerVoucher: 'VINV000777' },
  ...{ InvoiceDate: '2026-03-20T12:00:00Z', InvoiceAmount: 1200, CurrencyCode: 'USD', DocumentNum: '' },
};

describe('taking a pending vendor invoice out of Finance & Operations', () => {
  it('B3: lines leave one by one, then the header, by their full keys, and it is read back', async () => {
    const fo = await written();
    const writes = new MemoryWrites();
    assert.deepEqual(await withdraw(fo, {}, writes), { state: 'gone' });
    const key = `dataAreaId='usmf',HeaderReference='${reference}'`;
    assert.deepEqual(deletes(fo), [
      ...[1, 2, 3].map((number) => `/data/VendorInvoiceLines(${key},InvoiceLineNumber=${number})`),
      `/data/VendorInvoiceHeaders(${key})`,
    ]);
    assert.deepEqual(rowsOf(fo), [0, 0]);
    const operations = writes.created.map((id) => id.split('|')[0]);
    assert.deepEqual(operations, ['fo.withdraw-line', 'fo.withdraw-line', 'fo.withdraw-line', 'fo.withdraw-invoice']);
  });

  it('B3: an invoice whose create was lost is found by its reference, without saved keys', async () => {
    const fo = pendingEnvironment();
    fo.faults.push({ operation: 'batch', when: 'after', throws: lostAnswer('batch') });
    await assert.rejects(adapter(fo).write(pendingInvoice(), new MemoryWrites().context), OutcomeUnknown);
    assert.deepEqual(await withdraw(fo, { keys: {} }), { state: 'gone' });
    assert.deepEqual(rowsOf(fo), [0, 0]);
  });

  it('S78: where nothing is there, it is gone, and nothing is written', async () => {
    const fo = await written();
    await withdraw(fo);
    fo.requests.length = 0;
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(deletes(fo), []);
  });

  it('S82, C16: invoices of others with the same number, here or in another company, stay', async () => {
    const fo = await written();
    const [ours] = fo.rows('VendorInvoiceHeaders');
    const others = [
      { ...ours, dataAreaId: 'demf' },
      { ...ours, HeaderReference: 'by-hand', DocumentNumber: 'X' },
    ];
    fo.rows('VendorInvoiceHeaders').push(...others);
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(fo.rows('VendorInvoiceHeaders'), others);
  });

  for (const operation of ['VendorInvoiceLines.delete', 'VendorInvoiceHeaders.delete']) {
    for (const when of ['before', 'after'] as const) {
      it(`S81: ${operation} lost ${when} it was done is looked up and not blindly repeated`, async () => {
        const fo = await written();
        const writes = new MemoryWrites();
        fo.faults.push({ operation, when, throws: lostAnswer(operation) });
        await assert.rejects(withdraw(fo, {}, writes), OutcomeUnknown);
        const once = fo.calls(operation).length;
        if (when === 'before') {
          await assert.rejects(withdraw(fo, {}, writes), OutcomeUnknown, 'too early');
          assert.equal(fo.calls(operation).length, once);
          writes.patience = true;
        }
        assert.deepEqual(await withdraw(fo, {}, writes), { state: 'gone' });
        const rows = operation.includes('Lines') ? 3 : 1;
        assert.equal(fo.calls(operation).length, rows + (when === 'before' ? 1 : 0));
      });
    }
  }

  it('trap 24: after a 412 it looks again, and gives up after three times', async () => {
    const fault: Fault = {
      operation: 'VendorInvoiceLines.delete',
      when: 'before',
      answers: { status: 412, text: '' },
    };
    const fo = await written();
    fo.faults.push({ ...fault });
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    const busy = await written();
    busy.faults.push({ ...fault }, { ...fault }, { ...fault });
    await assert.rejects(withdraw(busy), Unavailable);
  });
});

describe('pending vendor invoices that stay', () => {
  it('S9, S100: a posted one is proven as the posting watch proves it, and nothing is deleted', async () => {
    const fo = await written();
    fo.postInvoice(reference);
    const [state] = await adapter(fo).findPostings(
      'USMF',
      [{ documentId: 'doc', document: pendingInvoice(), keys }],
      signal,
    );
    assert.ok(state?.state === 'posted');
    assert.deepEqual(await withdraw(fo, { keys: {} }), { state: 'posted', proof: state.proof });
    assert.deepEqual(deletes(fo), []);
  });

  it('S9: posted without a proof, or posted without our mark, is blocked with its voucher, never gone', async () => {
    const unproven = await written();
    unproven.postInvoice(reference, 'VINV000900');
    unproven.rows('VendTransBiEntities').length = 0;
    const unmarked = await written();
    unmarked.postInvoice(reference, 'VINV000900', { posted: { DocumentNum: '' } });
    for (const fo of [unproven, unmarked]) {
      const withdrawal = await withdraw(fo);
      assert.ok(withdrawal.state === 'blocked');
      assert.equal(withdrawal.voucher, 'VINV000900');
    }
  });

  it('S82: the same number posted by somebody else, when ours was never written, is no obstacle', async () => {
    const fo = pendingEnvironment();
    fo.rows('VendInvoiceJourBiEntities').push(foreignPosted);
    assert.deepEqual(await withdraw(fo, { keys: {} }), { state: 'gone' });
  });

  it('S9: posted between the look and the delete: the delete is not even sent', async () => {
    const fo = await written();
    // The look, its second reading before the line goes.
    fo.faults.push({
      operation: 'VendorInvoiceHeaders.read',
      when: 'before',
      skip: 1,
      meanwhile: () => fo.postInvoice(reference),
    });
    assert.equal((await withdraw(fo)).state, 'posted');
    assert.deepEqual(deletes(fo), []);
  });

  it('S9: posted while the last delete is on its way is seen in the last look', async () => {
    const fo = await written();
    fo.faults.push({
      operation: 'VendorInvoiceHeaders.delete',
      when: 'before',
      meanwhile: () => fo.postInvoice(reference),
    });
    assert.equal((await withdraw(fo)).state, 'posted');
  });

  for (const review of ['InReview', 'Approved', 'SomethingNew']) {
    it(`S9: one whose review is at ${review} must be recalled first`, async () => {
      const fo = await written();
      fo.rows('VendorInvoiceHeaders')[0]!['VendorInvoiceReviewStatus'] = review;
      assert.match(reasonOf(await withdraw(fo)), new RegExp(`48399 is at ${review}\\. Recall the invoice`));
      assert.deepEqual(deletes(fo), []);
    });
  }

  it('a rejected or cancelled one may go', async () => {
    for (const review of ['Rejected', 'Cancelled']) {
      const fo = await written();
      fo.rows('VendorInvoiceHeaders')[0]!['VendorInvoiceReviewStatus'] = review;
      assert.deepEqual(await withdraw(fo), { state: 'gone' });
    }
  });

  it('S82: one with a line of a person stays as a whole', async () => {
    const fo = await written();
    fo.rows('VendorInvoiceLines').push({ ...fo.rows('VendorInvoiceLines')[0], InvoiceLineNumber: 9 });
    assert.match(reasonOf(await withdraw(fo)), /the connector did not write \(line 9\)/);
    assert.deepEqual([deletes(fo), rowsOf(fo)], [[], [1, 4]]);
  });

  it('a refusal reaches the accountant; a delete that is answered and not done does not count as gone', async () => {
    const text = innerError("Write failed for table row of type 'X'. Infolog: Error: The invoice is locked by AP.");
    const refusing = await written();
    refusing.faults.push({ operation: 'VendorInvoiceLines.delete', when: 'before', answers: { status: 400, text } });
    assert.match(reasonOf(await withdraw(refusing)), /refuses to delete .* 48399: The invoice is locked by AP\./);
    const idle = await written();
    idle.faults.push({
      operation: 'VendorInvoiceHeaders.delete',
      when: 'before',
      answers: { status: 204, text: '' },
    });
    assert.match(reasonOf(await withdraw(idle)), /still there/);
  });
});
