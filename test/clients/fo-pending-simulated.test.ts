import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFoAdapter } from '../../src/clients/dynamics-fo/fo-adapter.js';
import type { FoPendingInvoice } from '../../src/contracts/erp-documents.js';
import type { ErpPort, PostingState } from '../../src/contracts/erp-port.js';
import { FoStage, purchasingMaster } from '../simulators/fo-stage.js';
import { NOW, signal } from './fo-fixtures.js';
import { MemoryWrites } from './fo-memory.js';
import { pendingInvoice, reference, seed } from './fo-pending-memory.js';
import { conflict, rejected } from './fo-write-support.js';
import { clientOf } from './fo-simulated.js';

const businessUnit = { dimension: 'BusinessUnit', value: '001' };
const [category, order, discount] = pendingInvoice().lines;
/** The usual invoice with the codes of the simulated company. */
function document(fields: Partial<FoPendingInvoice> = {}): FoPendingInvoice {
  const dimensions = [businessUnit];
  return pendingInvoice({
    dimensions,
    postingOn: '2026-04-10',
    lines: [
      { ...category!, dimensions: [{ dimension: 'CostCenter', value: '024' }, businessUnit] },
      {
        ...order!,
        ...{
          goods: { purchaseOrder: 'PO-1', purchaseLine: '1' },
          quantity: '4',
          unitPrice: '12.5',
          amount: '50',
          dimensions,
        },
      },
      { ...category!, lineNumber: 3, unitPrice: '160', amount: '160', dimensions },
      { ...discount!, lineNumber: 4, dimensions },
    ],
    ...fields,
  });
}

function stand(options: ConstructorParameters<typeof FoStage>[0] = {}): { stage: FoStage; port: ErpPort } {
  const stage = new FoStage({ master: purchasingMaster, ...options });
  return { stage, port: createFoAdapter({ name: 'fo', companies: {}, now: () => NOW }, clientOf(stage)) };
}

const tracked = (of: FoPendingInvoice) => ({ documentId: 'doc', document: of, keys: { id: of.headerReference } });

async function stateOf(port: ErpPort, of: FoPendingInvoice): Promise<PostingState> {
  const [state] = await port.findPostings('USMF', [tracked(of)], signal);
  assert.ok(state !== undefined);
  return state;
}

const rowsOf = (stage: FoStage, set: string): Record<string, string>[] =>
  stage.get(set, { $filter: "dataAreaId eq 'usmf'" }).json.value;

function assertClean({ seen }: FoStage): void {
  assert.deepEqual([seen.violations, seen.repeats], [[], []]);
}

describe('pending vendor invoices in the simulated environment', () => {
  it('S3, S39, C15: an invoice is written, submitted, approved and posted by F&O, and proven by what F&O posted', async () => {
    const { stage, port } = stand({ fo: { workflowDelayMs: 2_000 } });
    const of = document();
    const result = await port.write(of, new MemoryWrites().context);
    assert.deepEqual(result.posting, { state: 'waiting', part: 1 });
    stage.run(1_500);
    const reviewed = await stateOf(port, of);
    assert.ok(reviewed.state === 'waiting');
    assert.match(reviewed.reason ?? '', /workflow of the invoice is at InReview/);
    stage.run(5_000);
    const posted = await stateOf(port, of);
    assert.ok(posted.state === 'posted', JSON.stringify(posted));
    const { documentNumber, debitTotal, currency, vendorAmount, postedOn } = posted.proof;
    assert.match(documentNumber, /^VINV\d+$/);
    assert.deepEqual([debitTotal, currency, vendorAmount, postedOn], ['1200', 'USD', '1200', '2026-04-10']);
    assertClean(stage);
  });

  it('S78, S79: after posting the reference is free again in F&O, and still nothing is written twice', async () => {
    const { stage, port } = stand();
    await port.write(document(), new MemoryWrites().context);
    stage.run(5_000);
    const again = await port.write(document(), new MemoryWrites().context);
    assert.deepEqual([again.adopted, again.posting.state], [true, 'posted']);
    assertClean(stage);
  });

  it('S101: the payment of a posted pending invoice is found', async () => {
    const { stage, port } = stand();
    const of = document();
    await port.write(of, new MemoryWrites().context);
    stage.run(20_000);
    const state = await stateOf(port, of);
    assert.ok(state.state === 'posted');
    const settlements = await port.findSettlements('USMF', [{ ...tracked(of), proof: state.proof }], undefined, signal);
    assert.deepEqual(
      settlements.map(({ kind, amount, currency }) => [kind, amount, currency]),
      [['payment', '1200', 'USD']],
    );
  });

  it('C15: what the workflow rejects is refused with the reason of the approver', async () => {
    const { stage, port } = stand({ fo: { refuseShare: 1 } });
    const of = document();
    await port.write(of, new MemoryWrites().context);
    stage.run(5_000);
    const state = await stateOf(port, of);
    assert.ok(state.state === 'refused');
    assert.match(state.reason, /rejected in the workflow\. .*does not belong to this department/);
  });

  it('S80, S82: an invoice that a person has entered holds ours, and F&O keeps the only one', async () => {
    const { stage, port } = stand();
    stage.pendingInvoice('by-hand', { InvoiceNumber: '48399' });
    await assert.rejects(port.write(document(), new MemoryWrites().context), conflict(/in a pending vendor invoice/));
    stage.run(5_000);
    await assert.rejects(port.write(document(), new MemoryWrites().context), conflict(/in voucher VINV/));
    const rows = rowsOf(stage, 'VendInvoiceJourBiEntities');
    assert.deepEqual(
      rows.map((row) => row['DocumentNum']),
      ['DOC-by-hand'],
    );
    assertClean(stage);
  });

  it('S99: a credit note posts as a negative invoice', async () => {
    const { stage, port } = stand();
    const lines = [{ ...category!, quantity: '-1', amount: '-1000.10', dimensions: [businessUnit] }];
    const { payable: _, ...of } = document({ lines, amount: '-1000.10', debitTotal: '1000.10' });
    await port.write(of, new MemoryWrites().context);
    stage.run(5_000);
    const state = await stateOf(port, of);
    assert.ok(state.state === 'posted', JSON.stringify(state));
    assert.deepEqual([state.proof.debitTotal, state.proof.vendorAmount], ['1000.1', '-1000.1']);
    assertClean(stage);
  });

  it('S3: all or nothing: a category that F&O does not know leaves neither header nor lines', async () => {
    const { stage, port } = stand();
    const unknown = { category: 'Unknown', hierarchy: 'Procurement', unit: 'ea' };
    const of = document({
      lines: document().lines.map((line) => (line.lineNumber === 3 ? { ...line, goods: unknown } : line)),
    });
    await assert.rejects(port.write(of, new MemoryWrites().context), rejected('erp-refused', /'Unknown'/));
    for (const set of ['VendorInvoiceHeaders', 'VendorInvoiceLines']) assert.deepEqual(rowsOf(stage, set), []);
  });

  it('B3, S9: an unposted invoice leaves without a broken rule, a posted one stays', async () => {
    const { stage, port } = stand();
    await port.write(document(), new MemoryWrites().context);
    assert.deepEqual(await port.withdraw(tracked(document()), new MemoryWrites().context), { state: 'gone' });
    for (const set of ['VendorInvoiceHeaders', 'VendorInvoiceLines']) assert.deepEqual(rowsOf(stage, set), []);
    await port.write(document(), new MemoryWrites().context);
    stage.run(5_000);
    const kept = await port.withdraw(tracked(document()), new MemoryWrites().context);
    assert.ok(kept.state === 'posted');
    assertClean(stage);
  });

  it('S39: the invoice stands in its own company, with our mark for people', async () => {
    const { stage, port } = stand();
    await port.write(document(), new MemoryWrites().context);
    const [row] = rowsOf(stage, 'VendorInvoiceHeaders');
    assert.deepEqual(
      [row?.['dataAreaId'], row?.['HeaderReference'], row?.['DocumentNumber'], row?.['InvoiceDescription']],
      ['usmf', reference, seed, `Concur INV ${seed} 48399`],
    );
  });
});
