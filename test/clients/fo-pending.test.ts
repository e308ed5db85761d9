import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type { FoPendingInvoice } from '../../src/contracts/erp-documents.js';
import { lostAnswer, MemoryWrites, type Row } from './fo-memory.js';
import { pendingEnvironment, pendingInvoice, reference, seed, type PendingFo } from './fo-pending-memory.js';
import { keys, write, written, writesOf } from './fo-pending-support.js';
import { batchRefusal, existsAlready, innerError, rejected } from './fo-write-support.js';

describe('writing a pending vendor invoice', () => {
  it('S3, S39, S99: header and lines go as one transaction, with company, plain accounts, noon dates and dimensions', async () => {
    const fo = pendingEnvironment();
    const result = await write(fo);
    assert.deepEqual(result, { keys, adopted: false, posting: { state: 'waiting', part: 1 } });
    assert.deepEqual(writesOf(fo), ['batch']);
    const [row] = fo.rows('VendorInvoiceHeaders');
    const { dataAreaId, HeaderReference, InvoiceAccount, VendorAccount, InvoiceNumber, ImportedAmount } = row!;
    assert.deepEqual(
      [dataAreaId, HeaderReference, InvoiceAccount, VendorAccount, InvoiceNumber, ImportedAmount],
      ['usmf', reference, 'US-101', 'US-101', '48399', 1200],
    );
    const { InvoiceDate, Date, DueDate, DocumentNumber, DimensionDisplayValue, PurchaseOrderNumber } = row!;
    assert.deepEqual(
      [InvoiceDate, Date, DueDate],
      ['2026-03-20T12:00:00Z', '2026-03-31T12:00:00Z', '2026-04-20T12:00:00Z'],
    );
    assert.deepEqual([DocumentNumber, DimensionDisplayValue, PurchaseOrderNumber], [seed, '001--', 'PO-77']);
    assert.deepEqual(
      fo
        .rows('VendorInvoiceLines')
        .map((line) => [
          line['InvoiceLineNumber'],
          [line['ProcurementCategoryHierarchyName'], line['ProcurementCategoryName'], line['Unit']].join('/'),
          [line['PurchaseOrder'], line['PurchLineNumber']].join('/'),
          [line['ReceiveNow'], line['UnitPrice'], line['NetAmount']],
          line['DimensionDisplayValue'],
        ]),
      [
        [1, 'Procurement/Catering/ea', '/0', [1, 1000.1, 1000.1], '001-024-'],
        [2, '//', 'PO-77/10', [4, 52.5, 210], '001--'],
        [3, 'Procurement/Catering/ea', '/0', [-1, 10.1, -10.1], '001--'],
      ],
    );
    assert.ok(
      fo.rows('VendorInvoiceLines').every((line) => line['dataAreaId'] === 'usmf' && line['Currency'] === 'USD'),
    );
  });

  it('S80, C8: everything is looked for before the first create: P1 to P3, posted entries and both kinds of journals', async () => {
    const fo = pendingEnvironment();
    await write(fo);
    const first = fo.requests.findIndex(({ method }) => method !== 'GET');
    const filters = fo.requests
      .slice(0, first)
      .map(({ path, query }) => `${path.replace('/data/', '')} ${query?.['$filter'] ?? ''}`);
    for (const look of [
      `VendorInvoiceHeaders dataAreaId eq 'usmf' and (HeaderReference eq '${reference}' or (InvoiceAccount eq 'US-101' and InvoiceNumber eq '48399'))`,
      `VendInvoiceJourBiEntities dataAreaId eq 'usmf' and (DocumentNum eq '${seed}' or (InvoiceAccount eq 'US-101' and InvoiceId eq '48399'))`,
      `VendTransBiEntities dataAreaId eq 'usmf' and ((AccountNum eq 'US-101' and Invoice eq '48399'))`,
      `VendInvoiceJournalLines dataAreaId eq 'usmf' and (Invoice eq '48399' or Document eq '${seed}')`,
      `LedgerJournalLines dataAreaId eq 'usmf' and (Invoice eq '48399' or Document eq '${seed}')`,
    ]) {
      assert.ok(filters.includes(look), `${look}\n${filters.join('\n')}`);
    }
    const reads = fo.requests.filter(({ method }) => method === 'GET');
    const scoped = reads.filter(({ query }) => query?.['cross-company'] === 'true');
    assert.equal(scoped.length, reads.length);
  });

  it('S78: a repeated write adopts the invoice and writes nothing', async () => {
    const fo = await written();
    const again = await write(fo);
    assert.deepEqual([again.keys, again.adopted], [keys, true]);
    assert.deepEqual(writesOf(fo), []);
    assert.deepEqual([fo.rows('VendorInvoiceHeaders').length, fo.rows('VendorInvoiceLines').length], [1, 3]);
  });

  it('S78: an invoice that F&O keeps under another reference is known by the document number', async () => {
    const fo = await written();
    for (const row of [...fo.rows('VendorInvoiceHeaders'), ...fo.rows('VendorInvoiceLines')]) {
      row['HeaderReference'] = 'its-own';
    }
    const again = await write(fo);
    assert.deepEqual([again.keys.id, again.adopted, writesOf(fo)], ['its-own', true, []]);
  });

  it('S81, S79: what F&O has posted already is adopted with its proof, never written a second time', async () => {
    const fo = await written();
    fo.postInvoice(reference);
    const again = await write(fo);
    assert.deepEqual([again.adopted, again.posting.state, writesOf(fo)], [true, 'posted', []]);
    assert.ok(again.posting.state === 'posted');
    assert.equal(again.posting.proof.documentNumber, 'VINV000001');
  });

  const changes: [string, Row, RegExp][] = [
    ['amount', { InvoiceAmount: 1200.01 }, /amount/],
    ['currency', { CurrencyCode: 'EUR' }, /currency/],
    ['date', { InvoiceDate: '2026-03-21T12:00:00Z' }, /invoice date/],
    ['number', { InvoiceId: '48399-B' }, /invoice number/],
    ['vendor', { InvoiceAccount: 'US-102' }, /vendor/],
  ];
  for (const [what, change, field] of changes) {
    it(`S81: a posted invoice with our mark but another ${what} is not adopted`, async () => {
      const fo = await written();
      fo.postInvoice(reference, 'VINV000001', { posted: change });
      await assert.rejects(write(fo), rejected('erp-document-changed', field));
      assert.deepEqual(writesOf(fo), []);
    });
  }

  it('S79: an invoice that F&O posts between two reads of a repeated write is not written a second time', async () => {
    for (const operation of ['VendorInvoiceHeaders.read', 'VendInvoiceJourBiEntities.read']) {
      const fo = await written();
      fo.faults.push({ operation, when: 'before', meanwhile: () => fo.postInvoice(reference) });
      const again = await write(fo);
      assert.deepEqual([again.adopted, again.posting.state, writesOf(fo)], [true, 'posted', []]);
    }
  });

  it('C16: an invoice with our reference in another company is not ours', async () => {
    const fo = await written();
    for (const row of [...fo.rows('VendorInvoiceHeaders'), ...fo.rows('VendorInvoiceLines')])
      row['dataAreaId'] = 'demf';
    const result = await write(fo);
    assert.equal(result.adopted, false);
    assert.deepEqual(
      fo.rows('VendorInvoiceHeaders').map((row) => row['dataAreaId']),
      ['demf', 'usmf'],
    );
  });
});

describe('unknown outcomes of a pending invoice', () => {
  for (const when of ['before', 'after'] as const) {
    it(`S81: a changeset lost ${when} its execution leaves one invoice with its lines`, async () => {
      const fo = pendingEnvironment();
      const guard = new MemoryWrites();
      fo.faults.push({ operation: 'batch', when, throws: lostAnswer('batch') });
      await assert.rejects(write(fo, pendingInvoice(), guard), OutcomeUnknown);
      if (when === 'before') {
        await assert.rejects(write(fo, pendingInvoice(), guard), OutcomeUnknown, 'too early to create again');
        guard.patience = true;
      }
      const result = await write(fo, pendingInvoice(), guard);
      assert.equal(result.adopted, when === 'after');
      assert.deepEqual([fo.rows('VendorInvoiceHeaders').length, fo.rows('VendorInvoiceLines').length], [1, 3]);
    });
  }

  it('S81: a repeat that fails on the key because the first one was executed adopts it', async () => {
    const fo = pendingEnvironment();
    fo.faults.push({ operation: 'batch', when: 'after', answers: { status: 200, text: batchRefusal(existsAlready) } });
    assert.deepEqual([(await write(fo)).adopted, fo.rows('VendorInvoiceHeaders').length], [true, 1]);
  });

  it('S81: lost, and posted before the next attempt: the posted invoice is adopted', async () => {
    const fo = pendingEnvironment();
    const guard = new MemoryWrites();
    fo.faults.push({ operation: 'batch', when: 'after', throws: lostAnswer('batch') });
    await assert.rejects(write(fo, pendingInvoice(), guard), OutcomeUnknown);
    fo.postInvoice(reference);
    const result = await write(fo, pendingInvoice(), guard);
    assert.deepEqual([result.posting.state, fo.rows('VendorInvoiceHeaders').length], ['posted', 0]);
  });

  it('a refusal leaves nothing behind and reaches the accountant', async () => {
    const fo = pendingEnvironment();
    const text = innerError(
      "Write failed for table row of type 'X'. Infolog: Warning: The value 'Catering' in field 'ProcurementCategoryName' is not found in the related table 'Procurement categories'.",
    );
    fo.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text: batchRefusal(text) } });
    await assert.rejects(write(fo), rejected('erp-refused', /^The value 'Catering' in field/));
    assert.deepEqual([fo.rows('VendorInvoiceHeaders'), fo.rows('VendorInvoiceLines')], [[], []]);
  });
});

describe('documents too large for one transaction', () => {
  const [first] = pendingInvoice().lines;
  const large = (): FoPendingInvoice =>
    pendingInvoice({
      amount: '120',
      debitTotal: '120',
      lines: Array.from({ length: 120 }, (_, index) => ({
        ...first!,
        ...{ lineNumber: index + 1, unitPrice: '1', amount: '1', text: `Part ${index + 1}` },
      })),
    });

  for (const when of ['before', 'after'] as const) {
    it(`S81: lines go one by one, and one lost ${when} its execution is filled in by its number`, async () => {
      const fo = pendingEnvironment();
      const guard = new MemoryWrites();
      fo.faults.push({ operation: 'VendorInvoiceLines.create', when, skip: 57, throws: lostAnswer('line') });
      await assert.rejects(write(fo, large(), guard), OutcomeUnknown);
      guard.patience = true;
      await write(fo, large(), guard);
      const numbers = fo.rows('VendorInvoiceLines').map((line) => line['InvoiceLineNumber']);
      assert.deepEqual([numbers.length, new Set(numbers).size, fo.calls('batch').length], [120, 120, 0]);
    });
  }

  it('S81: a line whose create was executed unseen is adopted when F&O says that it exists', async () => {
    const fo = pendingEnvironment();
    const answers = { status: 400, text: existsAlready };
    fo.faults.push({ operation: 'VendorInvoiceLines.create', when: 'after', skip: 3, answers });
    await write(fo, large());
    assert.equal(fo.rows('VendorInvoiceLines').length, 120);
  });

  const meddlings: [string, (fo: PendingFo) => void, RegExp][] = [
    ['altered', (fo) => void (fo.rows('VendorInvoiceLines')[0]!['NetAmount'] = 5), /net amount of line 1/],
    ['added', (fo) => void (fo.rows('VendorInvoiceLines')[0]!['InvoiceLineNumber'] = 500), /an additional line/],
    [
      'submitted',
      (fo) => void (fo.rows('VendorInvoiceHeaders')[0]!['VendorInvoiceReviewStatus'] = 'InReview'),
      /was submitted before/,
    ],
  ];
  for (const [what, meddle, message] of meddlings) {
    it(`trap 24: a half-filled invoice that a person has ${what} is not completed`, async () => {
      const fo = pendingEnvironment();
      const guard = new MemoryWrites();
      fo.faults.push({ operation: 'VendorInvoiceLines.create', when: 'after', skip: 9, throws: lostAnswer('line') });
      await assert.rejects(write(fo, large(), guard), OutcomeUnknown);
      meddle(fo);
      await assert.rejects(write(fo, large(), guard), rejected('erp-document-changed', message));
      assert.equal(fo.rows('VendorInvoiceLines').length, 10);
    });
  }
});

describe('reading back a pending invoice', () => {
  const alterations: [string, Row, string, RegExp][] = [
    ['a truncated text', { LineDescription: 'Cater' }, 'erp-document-changed', /text of line 1/],
    ['another amount', { NetAmount: 999 }, 'erp-document-changed', /net amount of line 1/],
    [
      'another category',
      { ProcurementCategoryName: 'Other' },
      'erp-document-changed',
      /procurement category of line 1/,
    ],
    ['a lost dimension', { DimensionDisplayValue: '001--' }, 'dimension-lost', /dimension CostCenter of line 1/],
  ];
  for (const [what, change, code, message] of alterations) {
    it(`S43: ${what} holds the document`, async () => {
      const fo = pendingEnvironment();
      fo.alterLine = (line) => (line['InvoiceLineNumber'] === 1 ? { ...line, ...change } : line);
      await assert.rejects(write(fo), rejected(code, message));
    });
  }

  const headerChanges: [Row, RegExp][] = [
    [{ DocumentNumber: '7E0A1F3C' }, /document number/],
    [{ InvoiceNumber: '4839' }, /invoice number/],
    [{ Date: '2026-04-01T12:00:00Z' }, /posting date/],
    [{ DueDate: '2026-05-01T12:00:00Z' }, /due date/],
    [{ Currency: 'EUR' }, /currency/],
    [{ InvoiceAccount: 'US-102' }, /vendor account/],
    [{ InvoiceDescription: 'Concur' }, /description/],
  ];
  for (const [change, message] of headerChanges) {
    it(`S43, S81: a header with ${JSON.stringify(change)} holds the document`, async () => {
      const fo = pendingEnvironment();
      fo.alterHeader = (row) => ({ ...row, ...change });
      await assert.rejects(write(fo), rejected('erp-document-changed', message));
    });
  }

  it('trap 24: a line that a person removed from a complete invoice is not put back', async () => {
    const fo = await written();
    fo.rows('VendorInvoiceLines').pop();
    await assert.rejects(write(fo), rejected('erp-document-changed', /line 3, which is not there/));
    assert.equal(fo.rows('VendorInvoiceLines').length, 2);
  });
});
