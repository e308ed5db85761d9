import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFoAdapter, type FoCompanyOptions } from '../../src/clients/dynamics-fo/fo-adapter.js';
import type { FoGeneralJournal, FoVendorInvoiceJournal } from '../../src/contracts/erp-documents.js';
import { FoStage, masterData } from '../simulators/fo-stage.js';
import { expense, invoice, signal, tracked } from './fo-fixtures.js';
import { MemoryWrites } from './fo-memory.js';
import { clientOf } from './fo-simulated.js';

const adapterOf = (stage: FoStage, options: FoCompanyOptions = { mode: 'recovery' }) =>
  createFoAdapter({ name: 'fo', companies: { USMF: options }, now: () => stage.nowMs }, clientOf(stage));

const codes: Record<string, string> = { '618170': '130700', Department: 'BusinessUnit', '025': 'A-7' };

/** The fixture with the codes of the simulated company. */
function translated<T extends FoGeneralJournal | FoVendorInvoiceJournal>(document: T): T {
  const code = (value: string): string => codes[value] ?? value;
  const lines = document.lines.map((line) => ({
    ...line,
    account: code(line.account),
    dimensions: line.dimensions.map(({ dimension, value }) => ({ dimension: code(dimension), value: code(value) })),
  }));
  return { ...document, lines };
}

const service = { group: 'ConcurPostingServiceGroup', service: 'ConcurPostingService', operation: 'postJournal' };

describe('postings and payments of the simulated environment', () => {
  it('S100, S101, B9: what the batch posts as it was meant shows no difference, and its payment is found', async () => {
    for (const document of [translated(expense()), translated(invoice())]) {
      const stage = new FoStage();
      const port = adapterOf(stage);
      const { keys } = await port.write(document, new MemoryWrites().context);
      const look = async () => (await port.findPostings('USMF', [tracked(document, keys.journal!)], signal))[0]!;
      assert.equal((await look()).state, 'waiting');
      stage.run(1_500);
      const state = await look();
      assert.ok(state.state === 'posted', JSON.stringify(state));
      assert.deepEqual([state.proof.differences, state.proof.reversedBy], [undefined, undefined]);
      const watched = { ...tracked(document, keys.journal!), proof: state.proof };
      assert.deepEqual(await port.findPaymentObstacles!('USMF', [watched], signal), []);
      stage.run(2_500);
      const [payment] = await port.findSettlements('USMF', [watched], undefined, signal);
      assert.deepEqual([payment?.kind, payment?.currency], ['payment', 'USD']);
      assert.equal(Number(payment?.amount), Number(document.payable?.amount));
      assert.deepEqual(stage.seen.violations, []);
    }
  });

  it('S100: the simulated posting service posts on call, is asked once, and refuses with its reason', async () => {
    const [usmf, ...others] = masterData.companies;
    const withService = (openFrom: string) => ({
      ...masterData,
      companies: [{ ...usmf!, postingService: true, openFrom }, ...others],
    });
    const stage = new FoStage({ master: withService('2026-01-01'), fo: { postingDelayMs: 9_000_000 } });
    const port = adapterOf(stage, { mode: 'recovery', postingService: service });
    const { posting } = await port.write(translated(expense()), new MemoryWrites().context);
    assert.ok(posting.state === 'posted', JSON.stringify(posting));
    const closed = new FoStage({ master: withService('2026-04-01'), fo: { postingDelayMs: 9_000_000 } });
    const other = adapterOf(closed, { mode: 'recovery', postingService: service });
    const refused = await other.write(translated(expense()), new MemoryWrites().context);
    assert.ok(refused.posting.state === 'refused');
    assert.match(refused.posting.reason, /2026-03-31/);
  });

  it('B9: lines that posting deletes, summed up in the ledger, under a new voucher, are proven by the ledger', async () => {
    for (const document of [translated(expense()), translated(invoice())]) {
      const stage = new FoStage();
      const port = adapterOf(stage);
      const { keys } = await port.write(document, new MemoryWrites().context);
      stage.simulator.changeSetUpFaults({
        'lines-deleted-after-posting': true,
        'summary-detail-level': true,
        'voucher-at-posting': true,
      });
      stage.run(1_500);
      assert.deepEqual(stage.rows('LedgerJournalLines', "dataAreaId eq 'usmf'"), []);
      const [state] = await port.findPostings('USMF', [tracked(document, keys.journal!)], signal);
      assert.ok(state?.state === 'posted', JSON.stringify(state));
      assert.equal(state.proof.differences, undefined);
      assert.equal(Number(state.proof.vendorAmount), Number(document.payable?.amount));
    }
  });
});
