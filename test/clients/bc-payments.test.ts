import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Decimal } from 'decimal.js';
import type { BcCompanyOptions } from '../../src/clients/dynamics-nav/options.js';
import type { Settlement, TrackedErpDocument } from '../../src/contracts/erp-port.js';
import { BcStage } from '../simulators/bc-stage.js';
import { FakeBc } from './bc-fake.js';
import { company, documents, simulatedBc } from './bc-simulated.js';
import { invoice, journal, stage, tracked, type Stage } from './bc-stage.js';
import { MemoryWrites } from './fo-memory.js';

interface Posted {
  at: Stage;
  bc: FakeBc;
  document: TrackedErpDocument;
  entry: string;
  find: (since?: string) => Promise<Settlement[]>;
}

/** One posted document with its entry; `make` says which. */
async function posted(
  make: (bc: FakeBc) => ReturnType<typeof invoice> | ReturnType<typeof journal> = invoice,
  settings: Partial<BcCompanyOptions> = {},
  bc = new FakeBc(),
): Promise<Posted> {
  const at = stage(settings, bc);
  const written = make(bc);
  const document = tracked(written, await at.write(written), 'one');
  const entry = document.proof!.vendorEntryKey!;
  return {
    at,
    bc,
    document,
    entry,
    find: (since) => at.erp.findSettlements(bc.companyName, [document], since, at.signal),
  };
}

const pay = (bc: FakeBc, amount: string, on: string, number = 'PAY-9'): string =>
  bc.owe('20000', number, new Decimal(amount), 'Payment', on);
const amounts = (settlements: Settlement[]): string[] => settlements.map(({ amount }) => amount);

describe('S101: which payments the watch sees', () => {
  it('a payment that is entered late under the date of the bank is found by the next pass', async () => {
    const { bc, entry, find } = await posted();
    assert.deepEqual(await find('2026-09-20T10:00:00Z'), []);
    bc.apply(entry, pay(bc, '1250.00', '2026-09-01'), '1250.00', '2026-09-01');
    assert.deepEqual(amounts(await find('2026-09-20T10:15:00Z')), ['1250.00']);
    assert.deepEqual(await find('2026-09-20T10:30:00Z'), [], 'once seen, it is not read again');
  });

  it('a pass that is broken off asks for the same rows again, and so do the other documents of the pass', async () => {
    const { at, bc, entry, document, find } = await posted();
    bc.apply(entry, pay(bc, '1250.00', '2026-09-20'), '1250.00', '2026-09-20');
    assert.deepEqual(amounts(await find('2026-09-20T10:00:00Z')), ['1250.00']);
    assert.deepEqual(amounts(await find('2026-09-20T10:00:00Z')), ['1250.00']);
    const report = journal(bc);
    const other = tracked(report, await at.write(report), 'other');
    bc.apply(
      other.proof!.vendorEntryKey!,
      bc.owe('E-001', 'PAY-10', new Decimal('120.50'), 'Payment', '2026-09-20'),
      '120.50',
      '2026-09-20',
    );
    const page = (one: TrackedErpDocument, since: string) =>
      at.erp.findSettlements(bc.companyName, [one], since, at.signal);
    assert.deepEqual(await page(document, '2026-09-20T10:15:00Z'), []);
    assert.deepEqual(amounts(await page(other, '2026-09-20T10:15:00Z')), ['120.50']);
  });

  it('what comes between two pages of a pass is left to the next pass', async () => {
    const { at, bc, entry, document } = await posted();
    const report = journal(bc);
    const other = tracked(report, await at.write(report), 'other');
    const page = (one: TrackedErpDocument, since: string) =>
      at.erp.findSettlements(bc.companyName, [one], since, at.signal);
    const early = bc.owe('E-001', 'PAY-1', new Decimal('1'), 'Payment', '2026-09-20');
    bc.apply(other.proof!.vendorEntryKey!, early, '1.00', '2026-09-20');
    await page(document, '2026-09-20T10:00:00Z');
    bc.apply(entry, pay(bc, '1250.00', '2026-09-20'), '1250.00', '2026-09-20');
    await page(other, '2026-09-20T10:00:00Z');
    assert.deepEqual(amounts(await page(document, '2026-09-20T10:15:00Z')), ['1250.00']);
  });

  it('trap 19: rows that contradict each other are read again by the passes that follow', async () => {
    const { bc, entry, find } = await posted();
    bc.apply(entry, pay(bc, '1250.00', '2026-09-20'), '1250.00', '2026-09-20');
    for (const row of bc.vendorEntries) row.vleOpen = true;
    assert.deepEqual(await find('2026-09-20T10:00:00Z'), []);
    bc.refreshOpen();
    assert.deepEqual(amounts(await find('2026-09-20T10:15:00Z')), ['1250.00']);
    assert.deepEqual(await find('2026-09-20T10:30:00Z'), []);
  });

  it('an entry that did not show at posting is read whole as soon as it does', async () => {
    const { bc, entry, document, at } = await posted();
    bc.apply(entry, pay(bc, '1250.00', '2026-07-01'), '1250.00', '2026-07-01');
    const { vendorEntryKey: _, ...proof } = document.proof!;
    const late = [{ ...document, proof }];
    const found = await at.erp.findSettlements(bc.companyName, late, '2026-09-20T10:00:00Z', at.signal);
    assert.deepEqual(amounts(found), ['1250.00']);
  });
});

describe('S101: amounts of a foreign invoice from a source in local currency', () => {
  /** 1,250.00 EUR that stand in the ledger with 1,000.00 GBP. */
  async function foreign(lcy = '-1000.00'): Promise<Posted> {
    const bc = new FakeBc();
    bc.currency = 'GBP';
    const one = await posted(invoice, {}, bc);
    for (const row of bc.vendorEntries) row.dvleAmountLCY = lcy;
    return one;
  }

  it('many parts lose no cent: the sum is what is owed', async () => {
    const { bc, entry, find } = await foreign('-999.99');
    for (const [index, part] of ['333.33', '333.33', '333.33'].entries()) {
      bc.apply(entry, pay(bc, part, '2026-09-01', `PAY-${index}`), part, '2026-09-01', String(index));
    }
    const found = amounts(await find());
    assert.equal(Decimal.sum(...found).toFixed(2), '1250.00', found.join());
  });

  it('a revaluation at the end of the month changes nothing of what was paid', async () => {
    const { bc, entry, find } = await foreign();
    const revalued = (amount: string): void => {
      bc.vendorEntries.push(
        bc.detailed(
          entry,
          'Unrealized_x0020_Loss',
          '20000',
          '_x0020_',
          'ADJ',
          new Decimal(amount),
          '2026-08-31',
          '0',
          '0',
        ),
      );
    };
    revalued('-50.00');
    const payment = pay(bc, '1050.00', '2026-09-01');
    bc.apply(entry, payment, '1050.00', '2026-09-01');
    assert.deepEqual(amounts(await find()), ['1250.00']);
    bc.apply(entry, payment, '-1050.00', '2026-09-02');
    assert.deepEqual(amounts(await find()), ['1250.00', '-1250.00'], 'what was told once stays as it was told');
  });
});

describe('decisions 21: payments from published pages', () => {
  const pages = { paymentSource: 'pages' as const };

  it('S101: part payments, credits and what is taken back, in the documents own currency', async () => {
    const { bc, entry, find } = await posted(invoice, pages);
    assert.ok(bc.calls.some(({ path }) => path.endsWith('/ODataV4/VendorLedgerEntries')));
    const payment = pay(bc, '1000.00', '2026-09-01');
    bc.apply(entry, payment, '400.00', '2026-09-01', '1');
    bc.apply(entry, payment, '600.00', '2026-09-02', '2');
    bc.apply(entry, payment, '-600.00', '2026-09-03', '2');
    bc.apply(
      entry,
      bc.owe('20000', 'CM-1', new Decimal('250'), 'Credit_x0020_Memo', '2026-09-03'),
      '250.00',
      '2026-09-04',
    );
    const found = await find();
    assert.deepEqual(
      found.map(({ kind, amount, settledOn, reference }) => [kind, amount, settledOn, reference]),
      [
        ['payment', '400.00', '2026-09-01', 'PAY-9'],
        ['payment', '600.00', '2026-09-02', 'PAY-9'],
        ['payment', '-600.00', '2026-09-03', 'PAY-9'],
        ['credit', '250.00', '2026-09-04', 'CM-1'],
      ],
    );
    assert.equal(new Set(found.map(({ settlementKey }) => settlementKey)).size, 4);
    assert.ok(!bc.calls.some(({ path }) => path.includes('/analytics/')));
  });

  it('a pass reads the rows since the last one, and only documents that they concern', async () => {
    const { bc, entry, find } = await posted(invoice, pages);
    bc.apply(entry, pay(bc, '1250.00', '2026-09-20'), '1250.00', '2026-09-20');
    assert.deepEqual(amounts(await find('2026-09-20T10:00:00Z')), ['1250.00']);
    bc.calls.length = 0;
    assert.deepEqual(await find('2026-09-20T10:15:00Z'), []);
    assert.equal(bc.calls.length, 1);
    assert.match(bc.calls[0]!.query!.$filter!, /^Entry_No gt \d+$/);
  });

  it('a page that is not published does not stand in the way of a posting, and is named to whoever asks for payments', async () => {
    const bc = new FakeBc();
    bc.pages.entries = 'Another';
    const at = stage(pages, bc);
    const report = journal(bc);
    const document = tracked(report, await at.write(report), 'one');
    assert.equal(document.proof!.vendorEntryKey, undefined);
    const asked = at.erp.findSettlements(bc.companyName, [document], undefined, at.signal);
    await assert.rejects(asked, /does not offer VendorLedgerEntries/);
  });

  it('S101, M2: against the simulated environment every source tells the same payments', async () => {
    const told = [];
    for (const paymentSource of ['analytics', 'pages'] as const) {
      const simulated = new BcStage();
      const { port } = simulatedBc(simulated, { paymentSource });
      const document = documents['bc-purchase-invoice']!('ABCDEF0123456789');
      const { keys, posting } = await port.write(document, new MemoryWrites().context);
      assert.ok(posting.state === 'posted');
      simulated.nowMs += 60_000;
      simulated.chance = 0.1;
      for (let runs = 0; runs < 3; runs += 1) {
        simulated.bc.tick();
        simulated.nowMs += 60_000;
      }
      const signal = new AbortController().signal;
      const one = { documentId: 'one', document, keys, proof: posting.proof };
      const found = await port.findSettlements(company, [one], undefined, signal);
      told.push(found.map(({ settlementKey: _, ...settlement }) => settlement));
      assert.deepEqual(simulated.violations, []);
    }
    assert.deepEqual(told[1], told[0]);
    assert.equal(told[0]!.length, 2, 'in two parts');
  });
});
