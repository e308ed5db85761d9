import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conflict } from '../../src/clients/http/errors.js';
import type { FoGeneralJournal, FoVendorInvoiceJournal } from '../../src/contracts/erp-documents.js';
import { adapter, expense, invoice, vendTrans } from './fo-fixtures.js';
import { MemoryWrites, type Row } from './fo-memory.js';
import { pendingEnvironment, seed, type PendingFo } from './fo-pending-memory.js';
import { write, writesOf, header, posted } from './fo-pending-support.js';
import { batchRefusal, conflict, existsAlready, recovery, rejected, strong } from './fo-write-support.js';

describe('entries of others', () => {
  const vendorLine = { dataAreaId: 'usmf', JournalBatchNumber: '00999', LineNumber: 1, Voucher: 'V', Document: 'X' };
  const line = { ...vendorLine, AccountType: 'Vend', AccountDisplayValue: 'US\\-101', Invoice: '48399' };
  const offset = { ...line, AccountType: 'Ledger', AccountDisplayValue: '618160--' };
  const clashes: [string, string, Row, RegExp][] = [
    ['a pending invoice', 'VendorInvoiceHeaders', header({}), /in a pending vendor invoice/],
    ['a posted invoice', 'VendInvoiceJourBiEntities', posted(), /in voucher VINV000777/],
    [
      'a vendor entry',
      'VendTransBiEntities',
      vendTrans(9, { AccountNum: 'us-101', Invoice: '48399', Voucher: 'V-9' }),
      /V-9/,
    ],
    ['an invoice journal', 'VendInvoiceJournalLines', line, /in journal 00999/],
    ['a general journal', 'LedgerJournalLines', line, /in journal 00999/],
    [
      'a cost line whose offset is the vendor',
      'LedgerJournalLines',
      { ...offset, OffsetAccountType: 'Vend', OffsetAccountDisplayValue: 'US\\-101' },
      /vendor US-101 in journal 00999/,
    ],
    [
      'lines of ours in a journal',
      'LedgerJournalLines',
      { ...line, Document: seed, Invoice: '' },
      /00999 holds lines of this document/,
    ],
  ];
  for (const [what, set, row, message] of clashes) {
    it(`S82, C8: ${what} with the same vendor and number holds the document, and nothing is written`, async () => {
      const fo = pendingEnvironment();
      fo.rows(set).push(row);
      await assert.rejects(write(fo), conflict(message));
      assert.deepEqual(writesOf(fo), []);
    });
  }

  /** What F&O keeps of an invoice that was posted as V-1 and taken back. */
  const takenBack = (fo: PendingFo, reversal: Row = {}): void => {
    const entry = { AccountNum: 'US-101', Invoice: '48399' };
    fo.rows('VendTransBiEntities').push(
      vendTrans(8, { ...entry, Voucher: 'V-1', AmountCur: -1200 }),
      vendTrans(9, { ...entry, Voucher: 'R-1', AmountCur: 1200, ...reversal }),
    );
    fo.rows('VendInvoiceJourBiEntities').push(posted({ LedgerVoucher: 'V-1' }));
    fo.rows('VendInvoiceJournalLines').push({ ...line, Voucher: 'V-1' });
  };

  it('B11, S80: an invoice that was posted and fully taken back may be sent again under a new document, by every route', async () => {
    const fo = pendingEnvironment();
    takenBack(fo);
    assert.equal((await write(fo)).adopted, false);
    for (const mode of [strong, recovery]) {
      const there = pendingEnvironment();
      takenBack(there);
      const result = await adapter(there, mode).write(invoice(), new MemoryWrites().context);
      assert.equal(result.adopted, false);
    }
  });

  const standing: [string, (fo: PendingFo) => void][] = [
    ['taken back in part', (fo) => takenBack(fo, { AmountCur: 1000 })],
    ['taken back in another currency', (fo) => takenBack(fo, { CurrencyCode: 'EUR' })],
    ['paid, not taken back', (fo) => takenBack(fo, { TransType: 'Payment' })],
    [
      'posted twice and taken back once',
      (fo) => {
        takenBack(fo);
        const again = { AccountNum: 'US-101', Invoice: '48399', Voucher: 'V-2', AmountCur: -1200 };
        fo.rows('VendTransBiEntities').push(vendTrans(10, again));
      },
    ],
    [
      'taken back under one voucher, and posted under another one whose entry is not visible',
      (fo) => {
        takenBack(fo);
        fo.rows('VendInvoiceJourBiEntities').push(posted({ LedgerVoucher: 'V-3' }));
      },
    ],
  ];
  for (const [what, prepare] of standing) {
    it(`S82: an invoice that was ${what} still holds the document`, async () => {
      const fo = pendingEnvironment();
      prepare(fo);
      await assert.rejects(write(fo), conflict(/in voucher V-\d, which the connector did not write/));
      assert.deepEqual(writesOf(fo), []);
    });
  }

  it('S80: the same number of another vendor or in another company is no clash', async () => {
    const fo = pendingEnvironment();
    fo.rows('VendorInvoiceHeaders').push(header({ InvoiceAccount: 'US-102' }), header({ dataAreaId: 'demf' }));
    fo.rows('VendInvoiceJourBiEntities').push(posted({ InvoiceAccount: 'US-102' }), posted({ dataAreaId: 'demf' }));
    fo.rows('LedgerJournalLines').push({ ...line, AccountDisplayValue: 'US\\-102' });
    assert.equal((await write(fo)).adopted, false);
  });

  it('S82: a duplicate-key answer alone adopts nothing: without an invoice of ours it holds', async () => {
    const fo = pendingEnvironment();
    const text = batchRefusal(existsAlready);
    fo.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text } });
    await assert.rejects(write(fo), Conflict);
    fo.faults.push({
      operation: 'batch',
      when: 'before',
      meanwhile: () => fo.rows('VendorInvoiceHeaders').push(header({})),
      answers: { status: 200, text },
    });
    await assert.rejects(write(fo), conflict(/in a pending vendor invoice, which the connector did not write/));
  });

  it('S82: a person’s pending invoice of the same number holds a document of the journal routes as well', async () => {
    for (const mode of [strong, recovery]) {
      const fo = pendingEnvironment();
      fo.rows('VendorInvoiceHeaders').push(header({}));
      await assert.rejects(
        adapter(fo, mode).write(invoice(), new MemoryWrites().context),
        conflict(/invoice 48399 of vendor US-101 in a pending vendor invoice/),
      );
      await assert.rejects(
        adapter(fo, mode).write(
          { ...expense({ docType: 'invoice' }), lines: invoice().lines },
          new MemoryWrites().context,
        ),
        conflict(/pending vendor invoice/),
      );
      assert.deepEqual(writesOf(fo), []);
    }
  });

  it('S82: a vendor as the offset of a cost line in a journal of a person holds the journal routes as well', async () => {
    for (const route of ['VendInvoiceJournalLines', 'LedgerJournalLines']) {
      const fo = pendingEnvironment();
      fo.rows(route).push({ ...offset, OffsetAccountType: 'Vend', OffsetAccountDisplayValue: 'US\\-101' });
      const document = { ...expense({ docType: 'invoice' }), lines: invoice().lines };
      await assert.rejects(adapter(fo).write(document, new MemoryWrites().context), conflict(/journal 00999/));
    }
  });
});

describe('the journal routes against section 10', () => {
  const routes: [FoGeneralJournal | FoVendorInvoiceJournal, string][] = [
    [expense(), 'LedgerJournal'],
    [invoice(), 'VendInvoiceJournal'],
  ];
  for (const [document, prefix] of routes) {
    for (const mode of [strong, recovery]) {
      it(`S80, C8: ${document.route} in ${mode.defaultMode} mode looks for J1, J3 and T1 before its first create`, async () => {
        const fo = pendingEnvironment();
        await adapter(fo, mode).write(document, new MemoryWrites().context);
        const first = fo.requests.findIndex(({ method }) => method !== 'GET');
        const looked = (set: string, term: string): boolean =>
          fo.requests
            .slice(0, first)
            .some(({ path, query }) => path === `/data/${set}` && (query?.['$filter'] ?? '').includes(term));
        const { invoice: number = '', account } = document.lines[0]!;
        assert.ok(looked(`${prefix}Headers`, `Description eq '${document.description}'`), 'J1');
        assert.ok(looked('VendInvoiceJournalLines', `Invoice eq '${number}'`), 'J3');
        assert.ok(looked(`${prefix}Lines`, `Document eq '${document.keySeed}'`), 'J3 of our own lines');
        assert.ok(looked('VendTransBiEntities', `AccountNum eq '${account}' and Invoice eq '${number}'`), 'T1');
      });
    }
  }

  const alterations: [string, Row][] = [
    ['amount', { Credit: 1199 }],
    ['currency', { Currency: 'EUR' }],
    ['date', { Date: '2026-04-02T12:00:00Z' }],
    ['vendor', { AccountDisplayValue: 'US\\-102' }],
  ];
  for (const [what, change] of alterations) {
    it(`S81: a journal with our mark but another ${what} is not adopted, in both modes`, async () => {
      for (const mode of [strong, recovery]) {
        const fo = pendingEnvironment();
        await adapter(fo, mode).write(invoice(), new MemoryWrites().context);
        Object.assign(fo.rows('VendInvoiceJournalLines')[0]!, change);
        fo.requests.length = 0;
        await assert.rejects(
          adapter(fo, mode).write(invoice(), new MemoryWrites().context),
          rejected('erp-document-changed', /differs from the document/),
        );
        assert.deepEqual(writesOf(fo), []);
      }
    });
  }

  it('C16: a journal with our mark in another company is not adopted', async () => {
    const fo = pendingEnvironment();
    await adapter(fo).write(invoice(), new MemoryWrites().context);
    for (const set of ['VendInvoiceJournalHeaders', 'VendInvoiceJournalLines']) {
      for (const row of fo.rows(set)) row['dataAreaId'] = 'demf';
    }
    assert.equal((await adapter(fo).write(invoice(), new MemoryWrites().context)).adopted, false);
  });
});
