import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapter, expense, signal, vendTrans, tracked as trackedJournal } from './fo-fixtures.js';
import { MemoryWrites, type Row } from './fo-memory.js';
import { pendingEnvironment, pendingInvoice, reference, type PendingFo } from './fo-pending-memory.js';
import { write, written, tracked, stateOf, writesOf, posted } from './fo-pending-support.js';

describe('posting states of pending invoices', () => {
  it('C15, trap 24: posted between header and lines of the reading back, its lines were not removed by a person', async () => {
    for (const repeat of [false, true]) {
      const fo = pendingEnvironment();
      const writes = new MemoryWrites();
      if (repeat) await write(fo, undefined, writes);
      fo.faults.push({
        operation: 'VendorInvoiceLines.read',
        when: 'before',
        meanwhile: () => fo.postInvoice(reference),
      });
      const { posting } = await write(fo, undefined, writes);
      assert.equal(posting.state, 'posted');
      assert.deepEqual(fo.rows('VendorInvoiceLines'), [], 'nothing is written after the posting');
      assert.equal(writesOf(fo).length, 1);
    }
  });

  it('C15, S100: written is not posted; the proof is the posted invoice with our mark and the vendor’s entry', async () => {
    const fo = await written();
    assert.deepEqual(await stateOf(fo), { documentId: 'doc', state: 'waiting', part: 1 });
    fo.postInvoice(reference, 'VINV000042');
    assert.deepEqual(await stateOf(fo), {
      documentId: 'doc',
      state: 'posted',
      part: 1,
      proof: {
        ...{ part: 1, documentNumber: 'VINV000042', postedOn: '2026-03-31', fiscalYear: '2026', debitTotal: '1200' },
        ...{ currency: 'USD', vendorEntryKey: '5637149900', vendorAmount: '1200' },
      },
    });
  });

  it('S100: an invoice that F&O posts between two reads is not taken for removed', async () => {
    for (const operation of ['VendorInvoiceHeaders.read', 'VendInvoiceJourBiEntities.read']) {
      const fo = await written();
      fo.faults.push({ operation, when: 'before', meanwhile: () => fo.postInvoice(reference) });
      assert.equal((await stateOf(fo)).state, 'posted');
    }
  });

  it('C15: posted, but without the vendor’s entry, is not proven yet', async () => {
    const fo = await written();
    fo.postInvoice(reference);
    fo.rows('VendTransBiEntities').length = 0;
    const state = await stateOf(fo);
    assert.ok(state.state === 'waiting');
    assert.match(state.reason ?? '', /entry of its vendor is not visible yet/);
  });

  const mismatches: [
    string,
    { posted?: Row; entry?: Row },
    debitTotal: string,
    currency: string,
    differences: RegExp,
  ][] = [
    ['invoice', { posted: { InvoiceAmount: 1190 } }, '1190', 'USD', /^$/],
    ['direction of the invoice', { posted: { InvoiceAmount: -1200 } }, '-1200', 'USD', /^$/],
    ['currency', { posted: { CurrencyCode: 'EUR' } }, '1200', 'EUR', /^$/],
    [
      'vendor entry',
      { entry: { AmountCur: -1210 } },
      '1200',
      'USD',
      /^amount of the vendor's entry \(1200 was meant, 1210 stands there\)$/,
    ],
    ['currency of the vendor entry', { entry: { CurrencyCode: 'EUR' } }, '1200', 'USD', /^currency of .* EUR stands/],
    ['posting date', { entry: { TransDate: '2026-04-01T12:00:00Z' } }, '1200', 'USD', /^date of .* 2026-04-01 stands/],
    [
      'number',
      { posted: { InvoiceId: '48399-B' } },
      '1200',
      'USD',
      /^invoice number \(48399 was meant, 48399-B stands/,
    ],
    [
      'vendor',
      { posted: { InvoiceAccount: 'US-102' }, entry: { AccountNum: 'US-102' } },
      '1200',
      'USD',
      /^vendor \(US-101 was meant, US-102 stands/,
    ],
  ];
  for (const [what, change, debitTotal, currency, differences] of mismatches) {
    it(`C15, S82: another ${what} shows in the proof, so that nothing is confirmed`, async () => {
      const fo = await written();
      fo.postInvoice(reference, 'VINV000001', change);
      const state = await stateOf(fo);
      assert.ok(state.state === 'posted');
      assert.deepEqual([state.proof.debitTotal, state.proof.currency], [debitTotal, currency]);
      assert.match(state.proof.differences?.join('; ') ?? '', differences);
    });
  }

  const bookingsOf = (fo: PendingFo): Row[] => fo.rows('GeneralJournalAccountEntryBiEntities');
  const altered: [what: string, alter: (line: Row) => void, differences: RegExp][] = [
    [
      'dimension of a line',
      (line) => (line['DimensionDisplayValue'] = '001-025-'),
      /^bookings with CostCenter 024, Department 001 \(1000\.1 was meant, 0 stands there\); bookings with other dimensions \(0 was meant, 1000\.1 stands/,
    ],
    [
      'two values in each other’s dimension',
      (line) => (line['DimensionDisplayValue'] = '024-001-'),
      /^bookings with CostCenter 024, Department 001 \(1000\.1 was meant, 0 stands/,
    ],
    [
      'lost dimension',
      (line) => (line['DimensionDisplayValue'] = '001--'),
      /bookings with Department 001 \(199\.9 was meant, 1200 stands there\)/,
    ],
  ];
  for (const [what, alter, differences] of altered) {
    it(`C15, S43: a ${what} that a person has changed before posting shows in the proof, though the total is the same`, async () => {
      const fo = await written();
      alter(fo.rows('VendorInvoiceLines')[0]!);
      fo.postInvoice(reference);
      const state = await stateOf(fo);
      assert.ok(state.state === 'posted');
      assert.match(state.proof.differences?.join('; ') ?? '', differences);
    });
  }

  it('C15, S43: amounts that a person has moved between lines show in the proof, though the total is the same', async () => {
    const fo = await written();
    const [first, second] = fo.rows('VendorInvoiceLines');
    Object.assign(first!, { NetAmount: 900.1 });
    Object.assign(second!, { NetAmount: 310 });
    fo.postInvoice(reference);
    const state = await stateOf(fo);
    assert.ok(state.state === 'posted');
    assert.deepEqual(state.proof.differences, [
      'bookings with CostCenter 024, Department 001 (1000.1 was meant, 900.1 stands there)',
      'bookings with Department 001 (199.9 was meant, 299.9 stands there)',
    ]);
  });

  it('C15: currency and vendor’s side of the general ledger are compared as well', async () => {
    const fo = await written();
    fo.postInvoice(reference);
    Object.assign(bookingsOf(fo).at(-1)!, { TransactionCurrencyAmount: -1100, TransactionCurrencyCode: 'EUR' });
    const state = await stateOf(fo);
    assert.ok(state.state === 'posted');
    assert.deepEqual(state.proof.differences, [
      "bookings on the vendor's side (-1200 was meant, -1100 stands there)",
      'currency (USD was meant, EUR stands there)',
    ]);
  });

  it('S100: a general ledger that lags, cannot be read, or does not tell the dimensions apart proves nothing yet', async () => {
    const reason = async (fo: PendingFo): Promise<string> => {
      const state = await stateOf(fo);
      assert.ok(state.state === 'waiting', JSON.stringify(state));
      return state.reason ?? '';
    };
    const fo = await written();
    fo.postInvoice(reference, 'VINV000042');
    const bookings = [...bookingsOf(fo)];
    bookingsOf(fo).length = 0;
    assert.match(
      await reason(fo),
      /48399 is posted as voucher VINV000042; .*general ledger, where it does not stand yet/,
    );
    for (const status of [404, 403]) {
      const operation = 'GeneralJournalAccountEntryBiEntities.read';
      bookingsOf(fo).push(...bookings);
      fo.faults.push({ operation, when: 'before', answers: { status, text: '' } });
      assert.match(await reason(fo), /general ledger cannot be read\. Let the service user read/);
      bookingsOf(fo).length = 0;
    }
    bookingsOf(fo).push(...bookings.map((row) => ({ ...row, LedgerDimensionValuesJson: '' })));
    assert.match(await reason(fo), /values of 618160-024-001 in another order than the active ledger dimension format/);
  });

  it('C15: the proofs of all invoices of a company cost one read of each set', async () => {
    const fo = await written();
    const other = pendingInvoice({
      ...{ keySeed: '7E0A1F3C9E7B4A99', documentNumber: '7E0A1F3C9E7B4A99', invoiceNumber: '48400' },
      headerReference: '7e0a1f3c-9e7b-5a53-9a53-0c1f7f3f2a99',
    });
    await write(fo, other);
    fo.postInvoice(reference, 'VINV000001');
    fo.postInvoice(other.headerReference, 'VINV000002');
    fo.requests.length = 0;
    const states = await adapter(fo).findPostings('USMF', [tracked(), tracked(other)], signal);
    assert.deepEqual(
      states.map((state) => state.state === 'posted' && state.proof.differences),
      [undefined, undefined],
    );
    for (const set of [
      'GeneralJournalEntryBiEntities',
      'GeneralJournalAccountEntryBiEntities',
      'VendTransBiEntities',
    ]) {
      assert.equal(fo.calls(`${set}.read`).length, 1, set);
    }
  });

  it('B11: a number that was posted and taken back before is proven by its new posting, and only a new reversal reverses it', async () => {
    const fo = await written();
    const row = { AccountNum: 'US-101', Invoice: '48399', TransType: 'Purch' };
    fo.rows('VendTransBiEntities').push(
      vendTrans(5_637_149_000, { ...row, Voucher: 'VINV000777', AmountCur: -1200 }),
      vendTrans(5_637_149_001, { ...row, Voucher: 'REV000001', AmountCur: 1200 }),
    );
    fo.postInvoice(reference);
    const reversedBy = async (): Promise<string | undefined> => {
      const state = await stateOf(fo);
      assert.ok(state.state === 'posted');
      return state.proof.reversedBy;
    };
    assert.equal(await reversedBy(), undefined);
    fo.rows('VendTransBiEntities').push(vendTrans(5_637_150_000, { ...row, Voucher: 'REV000002', AmountCur: 1200 }));
    assert.equal(await reversedBy(), 'REV000002');
  });

  it('C15: an invoice that F&O has reversed again is told with the reversing voucher', async () => {
    const fo = await written();
    fo.postInvoice(reference);
    const reversal = { AccountNum: 'US-101', Invoice: '48399', Voucher: 'REV000001', AmountCur: 1200 };
    fo.rows('VendTransBiEntities').push(vendTrans(99, reversal));
    const state = await stateOf(fo);
    assert.ok(state.state === 'posted');
    assert.deepEqual([state.proof.documentNumber, state.proof.reversedBy], ['VINV000001', 'REV000001']);
  });

  it('C15: a credit note is proven with its amount and a claim against the vendor', async () => {
    const lines = pendingInvoice().lines.map((line) => ({ ...line, quantity: '-1', amount: '-400' }));
    const { payable: _, ...rest } = pendingInvoice({ amount: '-1200', lines });
    const fo = await written(rest);
    fo.postInvoice(reference);
    const state = await stateOf(fo, rest);
    assert.ok(state.state === 'posted');
    assert.deepEqual([state.proof.debitTotal, state.proof.vendorAmount], ['1200', '-1200']);
  });

  it('S82: the same number posted by somebody else proves nothing; deleted by a person is missing', async () => {
    const fo = await written();
    fo.rows('VendorInvoiceHeaders').length = 0;
    const missing = await stateOf(fo);
    assert.ok(missing.state === 'missing');
    assert.match(missing.reason, /48399 is no longer in Finance & Operations; a person removed it/);
    fo.rows('VendInvoiceJourBiEntities').push(posted());
    fo.rows('VendTransBiEntities').push(
      vendTrans(9, { AccountNum: 'US-101', Invoice: '48399', Voucher: 'VINV000777' }),
    );
    const other = await stateOf(fo);
    assert.ok(other.state === 'missing');
    assert.match(
      other.reason,
      /Voucher VINV000777 has posted this invoice number without the connector's document number/,
    );
    assert.deepEqual(writesOf(fo), []);
  });

  const info = (fields: Row): Row => ({
    ...{ dataAreaId: 'usmf', TableRefId: 'T', ParmId: 'P', Num: '48399', InvoiceAccount: 'US-101' },
    ...{
      RequestStatus: 'Draft',
      AutomationStatus: 'Included',
      ParmJobStatus: 'Waiting',
      Hold: 'No',
      Log: '',
      ...fields,
    },
  });
  const states: [header: Row, info: Row | undefined, state: string, reason: RegExp | undefined][] = [
    [{}, info({}), 'waiting', undefined],
    [{ IsOnHold: 'Yes' }, undefined, 'waiting', /on hold/],
    [{}, info({ Hold: 'Yes' }), 'waiting', /on hold/],
    [
      { VendorInvoiceReviewStatus: 'InReview' },
      info({ AutomationStatus: 'InWorkflow' }),
      'waiting',
      /workflow .* InReview/,
    ],
    [{ VendorInvoiceReviewStatus: 'Approved' }, undefined, 'waiting', /approved and not posted/],
    [{}, info({ AutomationStatus: 'NotApplicable' }), 'waiting', /leaves the invoice out/],
    [{}, info({ AutomationStatus: 'Paused' }), 'waiting', /has paused the invoice/],
    [
      {},
      info({ AutomationStatus: 'Paused', Log: 'Totals differ.' }),
      'refused',
      /was paused by the automation\. Totals differ\./,
    ],
    [
      {},
      info({ ParmJobStatus: 'ContainErrors', Log: 'Error: Period is closed.' }),
      'refused',
      /could not be posted\. Period is closed\./,
    ],
    [
      { VendorInvoiceReviewStatus: 'Rejected', Log: 'Wrong department.' },
      undefined,
      'refused',
      /rejected .* Wrong department\./,
    ],
    [{ VendorInvoiceReviewStatus: 'Cancelled' }, undefined, 'refused', /was cancelled/],
    [{ VendorInvoiceReviewStatus: 'SomethingNew' }, undefined, 'waiting', /at SomethingNew/],
  ];
  for (const [header, status, expected, reason] of states) {
    it(`C15: ${JSON.stringify({ ...header, ...(status ?? {}) })} is ${expected}`, async () => {
      const fo = await written();
      Object.assign(fo.rows('VendorInvoiceHeaders')[0]!, header);
      if (status !== undefined) fo.rows('VendInvoiceInfoTableBiEntities').push(status);
      const state = await stateOf(fo);
      assert.equal(state.state, expected);
      const told = 'reason' in state ? (state.reason ?? '') : '';
      assert.match(told, reason ?? /^$/);
    });
  }

  it('C15: an environment that does not publish the status columns, or forbids them, still tells the review status', async () => {
    for (const status of [404, 403]) {
      const fo = await written();
      Object.assign(fo.rows('VendorInvoiceHeaders')[0]!, { VendorInvoiceReviewStatus: 'Rejected' });
      fo.faults.push({
        operation: 'VendInvoiceInfoTableBiEntities.read',
        when: 'before',
        answers: { status, text: '' },
      });
      assert.equal((await stateOf(fo)).state, 'refused');
    }
  });

  it('C15: journals and pending invoices of a company are asked for together, each in its own sets', async () => {
    const fo = await written();
    const journal = await adapter(fo).write(expense(), new MemoryWrites().context);
    const states = await adapter(fo).findPostings(
      'USMF',
      [tracked(), trackedJournal(expense(), journal.keys.journal ?? '')],
      signal,
    );
    assert.deepEqual(states.map(({ documentId, state }) => `${documentId} ${state}`).sort(), [
      'doc waiting',
      `doc-${expense().keySeed} waiting`,
    ]);
  });

  it('S101: settlements of a posted pending invoice are found by its vendor entry of type Purch', async () => {
    const fo = await written();
    fo.postInvoice(reference);
    const state = await stateOf(fo);
    assert.ok(state.state === 'posted');
    fo.rows('VendTransBiEntities').push(
      vendTrans(77, { AccountNum: 'US-101', TransType: 'Payment', Voucher: 'APPM1' }),
    );
    fo.rows('VendSettlementBiEntities').push({
      ...{ dataAreaId: 'usmf', SourceKey: 5, TransRecId: 5_637_149_900, OffsetRecid: 77, OffsetTransVoucher: 'APPM1' },
      ...{ OffsetCompany: 'usmf', TransDate: '2026-04-10T12:00:00Z', SettleAmountCur: -500, UtilizedCashDisc: 0 },
    });
    const document = tracked(pendingInvoice(), { proof: state.proof });
    const [settlement] = await adapter(fo).findSettlements('USMF', [document], undefined, signal);
    assert.deepEqual(
      [settlement?.kind, settlement?.amount, settlement?.reference, settlement?.settledOn],
      ['payment', '500', 'APPM1', '2026-04-10'],
    );
  });
});
