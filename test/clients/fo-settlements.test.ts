import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Settlement, TrackedErpDocument } from '../../src/contracts/erp-port.js';
import { adapter, environment, invoice, signal, tracked, vendTrans } from './fo-fixtures.js';
import type { MemoryFo } from './fo-memory.js';

const INVOICE = 35_637_149_876;
const WATERMARK = '2026-04-09T00:00:00Z';

/** An environment with one posted invoice that changed after the watermark. */
function paid(): MemoryFo {
  const fo = environment();
  fo.rows('VendTransBiEntities').push(
    vendTrans(INVOICE, {
      AccountNum: 'US-101',
      Invoice: '48399',
      Voucher: 'APIN000053',
      AmountCur: -1200,
      SysModifiedDateTime: '2026-04-10T10:00:00Z',
    }),
  );
  return fo;
}

function posted(vendorEntryKey = String(INVOICE)): TrackedErpDocument {
  const proof = {
    part: 1,
    documentNumber: 'APIN000053',
    postedOn: '2026-03-31',
    fiscalYear: '2026',
    debitTotal: '1200',
    currency: 'USD',
    vendorEntryKey,
    vendorAmount: '1200',
  };
  return { ...tracked(invoice(), 'CQ0000WXYZ'), proof };
}

function offset(fo: MemoryFo, key: number, fields: object): void {
  fo.rows('VendTransBiEntities').push(
    vendTrans(key, { AccountNum: 'US-101', TransType: 'Payment', Voucher: 'APPM001214', AmountCur: 5000, ...fields }),
  );
}

function settle(fo: MemoryFo, key: number, fields: object): void {
  fo.rows('VendSettlementBiEntities').push({
    dataAreaId: 'usmf',
    SourceKey: key,
    TransRecId: INVOICE,
    OffsetRecid: 900,
    OffsetTransVoucher: 'APPM001214',
    OffsetCompany: 'USMF',
    TransDate: '2026-04-10T12:00:00Z',
    SettleAmountCur: -1200,
    UtilizedCashDisc: 0,
    ...fields,
  });
}

async function find(fo: MemoryFo, since: string | undefined = WATERMARK, document = posted()): Promise<Settlement[]> {
  return adapter(fo).findSettlements('USMF', [document], since, signal);
}

describe('finding settlements', () => {
  it('S101: an unpaid invoice, and one whose payment is not posted, has no settlement', async () => {
    assert.deepEqual(await find(paid()), []);
  });

  it("S101: a settled payment is told with date, share, currency and reference, not with the payment's own amount", async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, { SettleAmountCur: -500 });
    assert.deepEqual(await find(fo), [
      {
        documentId: `doc-${invoice().keySeed}`,
        part: 1,
        settlementKey: 'USMF/APPM001214/2026-04-10/APIN000053/-500',
        kind: 'payment',
        amount: '500',
        currency: 'USD',
        settledOn: '2026-04-10',
        reference: 'APPM001214',
        fiscalYear: '2026',
      },
    ]);
  });

  it('two instalments are two settlements', async () => {
    const fo = paid();
    offset(fo, 900, {});
    offset(fo, 901, { Voucher: 'APPM001300' });
    settle(fo, 77, { SettleAmountCur: -500 });
    settle(fo, 78, {
      SettleAmountCur: -700,
      OffsetRecid: 901,
      OffsetTransVoucher: 'APPM001300',
      TransDate: '2026-05-10T12:00:00Z',
    });
    assert.deepEqual(
      (await find(fo)).map(({ amount, reference }) => [amount, reference]),
      [
        ['500', 'APPM001214'],
        ['700', 'APPM001300'],
      ],
    );
  });

  it('a used cash discount is told apart from the money', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, { UtilizedCashDisc: -24 });
    assert.deepEqual(
      (await find(fo)).map(({ kind, amount, settlementKey }) => [kind, amount, settlementKey]),
      [
        ['payment', '1176', 'USMF/APPM001214/2026-04-10/APIN000053/-1200'],
        ['discount', '24', 'USMF/APPM001214/2026-04-10/APIN000053/-1200/discount'],
      ],
    );
  });

  it('C15: a credit note, a reversal or netting settles without money', async () => {
    const cases: [object, Settlement['kind']][] = [
      [{ TransType: 'Vend', Voucher: 'APIN000099', Invoice: '48399-CR1' }, 'credit'],
      [{ TransType: 'Vend', Voucher: 'APIN000099', Invoice: '48399' }, 'other'],
      [{ TransType: 'Vend', Voucher: 'APIN000053', Invoice: '' }, 'other'],
      [{ TransType: 'CustVendNetting', Voucher: 'N1' }, 'other'],
      [{ TransType: 'SomethingNew', Voucher: 'N1' }, 'other'],
      [{ TransType: 'CashDiscount', Voucher: 'D1' }, 'discount'],
    ];
    for (const [fields, kind] of cases) {
      const fo = paid();
      offset(fo, 900, fields);
      settle(fo, 77, {});
      assert.deepEqual(
        (await find(fo)).map((row) => row.kind),
        [kind],
        JSON.stringify(fields),
      );
    }
  });

  it('an offset that cannot be seen is no payment', async () => {
    const fo = paid();
    settle(fo, 77, {});
    assert.deepEqual(
      (await find(fo)).map(({ kind }) => kind),
      ['other'],
    );
  });

  it('a reversed cheque gives a negative payment, and the first settlement keeps its key', async () => {
    for (const sign of [-1, 1]) {
      const fo = paid();
      offset(fo, 900, {});
      settle(fo, 77, { SettleAmountCur: sign * 1200, UtilizedCashDisc: sign * 24 });
      const before = await find(fo);
      settle(fo, 78, {
        SettleAmountCur: sign * -1200,
        UtilizedCashDisc: sign * -24,
        TransDate: '2026-04-20T12:00:00Z',
      });
      const after = await find(fo);
      assert.deepEqual(after.slice(0, 2), before);
      assert.deepEqual(
        after.map(({ kind, amount }) => [kind, amount]),
        [
          ['payment', '1176'],
          ['discount', '24'],
          ['payment', '-1176'],
          ['discount', '-24'],
        ],
      );
    }
  });

  it('a payment in another company is read there', async () => {
    const fo = paid();
    offset(fo, 900, { dataAreaId: 'demf', Voucher: 'DEPM1' });
    settle(fo, 77, { OffsetCompany: 'DEMF', OffsetTransVoucher: 'DEPM1' });
    const [row] = await find(fo);
    assert.deepEqual([row?.kind, row?.settlementKey], ['payment', 'USMF/DEPM1/2026-04-10/APIN000053/-1200']);
  });

  it('only what changed since the watermark is asked, in one query for all documents', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    assert.deepEqual(await find(fo, '2026-04-11T00:00:00Z'), []);
    assert.equal(fo.requests.length, 1);
    assert.match(fo.requests[0]!.query!['$filter']!, /SysModifiedDateTime ge 2026-04-11T00:00:00Z/);
  });

  it('the self-check asks by key, and by account and number where keys changed after a restore', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    const unchanged = await find(fo, undefined);
    assert.equal(unchanged.length, 1);
    offset(fo, 111, { TransType: 'Vend', Voucher: 'SOMEBODY', Invoice: '1' });
    assert.deepEqual(await find(fo, undefined, posted('111')), unchanged);
  });

  it('the entry of another voucher with the same number is not ours', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    fo.rows('VendTransBiEntities')[0]!['Voucher'] = 'APIN999999';
    assert.deepEqual(await find(fo), []);
    assert.deepEqual(await find(fo, undefined), []);
  });

  it('documents without a payable or without proof ask nothing', async () => {
    const fo = paid();
    const { payable: _, ...unpaid } = invoice();
    const documents = [tracked(invoice(), 'J'), { ...posted(), document: unpaid }];
    assert.deepEqual(await adapter(fo).findSettlements('USMF', documents, WATERMARK, signal), []);
    assert.equal(fo.requests.length, 0);
  });

  it('B11: the entry that reverses the invoice settles it without a payment, and is told as a reversal', async () => {
    for (const same of [
      { Voucher: 'APIN000099', Invoice: '48399' },
      { Voucher: 'APIN000053', Invoice: '' },
    ]) {
      const fo = paid();
      offset(fo, 900, { TransType: 'Vend', AmountCur: 1200, ...same });
      settle(fo, 77, { OffsetTransVoucher: same.Voucher });
      const [row, ...more] = await find(fo);
      assert.deepEqual([row?.kind, row?.amount, row?.reference, more.length], ['reversal', '1200', same.Voucher, 0]);
    }
  });

  it('B11: a reversing row with our own number and voucher is never taken for our entry', async () => {
    for (const since of [WATERMARK, undefined]) {
      const fo = paid();
      const reversing = { TransType: 'Vend', Voucher: 'APIN000053', Invoice: '48399', AmountCur: 1200 };
      offset(fo, 900, { ...reversing, SysModifiedDateTime: '2026-04-10T11:00:00Z' });
      settle(fo, 78, { TransRecId: 900, OffsetRecid: INVOICE, SettleAmountCur: 1200 });
      assert.deepEqual(await find(fo, since), [], 'the settlement of the other side is not ours');
      settle(fo, 77, { OffsetTransVoucher: 'APIN000053' });
      assert.deepEqual(
        (await find(fo, since, posted('900'))).map(({ kind, amount }) => [kind, amount]),
        [['reversal', '1200']],
      );
    }
  });

  it('B11: RecIds that changed with a restore do not make a second payment of the first one', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, { SettleAmountCur: -500 });
    const before = await find(fo, undefined);
    fo.rows('VendTransBiEntities')[0]!['SourceKey'] = 5;
    fo.rows('VendTransBiEntities')[1]!['SourceKey'] = 6;
    Object.assign(fo.rows('VendSettlementBiEntities')[0]!, { SourceKey: 7, TransRecId: 5, OffsetRecid: 6 });
    assert.deepEqual(await find(fo, undefined), before);
  });

  it('S101, B11: an undo that is dated before the payment takes it back, and never counts as a second payment', async () => {
    for (const sign of [-1, 1]) {
      const fo = paid();
      offset(fo, 900, {});
      settle(fo, 77, { SettleAmountCur: sign * 500 });
      const before = await find(fo);
      settle(fo, 78, { SettleAmountCur: sign * -500, TransDate: '2026-04-08T12:00:00Z' });
      const after = await find(fo);
      assert.deepEqual(
        after.filter(({ settlementKey }) => settlementKey === before[0]?.settlementKey),
        before,
      );
      assert.deepEqual(after.map(({ amount }) => amount).sort(), ['-500', '500']);
      assert.equal(after.find(({ settledOn }) => settledOn === '2026-04-08')?.amount, '-500');
    }
  });

  it('B11: a payment that was undone and made again under the same voucher counts twice and once back', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    settle(fo, 78, { SettleAmountCur: 1200 });
    settle(fo, 79, {});
    const rows = await find(fo);
    assert.deepEqual(
      rows.map(({ amount }) => amount),
      ['1200', '-1200', '1200'],
    );
    assert.equal(new Set(rows.map(({ settlementKey }) => settlementKey)).size, 3);
  });

  it('B11: two instalments of one payment on one day stay two, and documents of one payment have keys of their own', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, { SettleAmountCur: -600 });
    settle(fo, 78, { SettleAmountCur: -600 });
    const keys = (await find(fo)).map(({ settlementKey }) => settlementKey);
    assert.deepEqual(keys, [
      'USMF/APPM001214/2026-04-10/APIN000053/-600',
      'USMF/APPM001214/2026-04-10/APIN000053/-600/2',
    ]);
  });

  it('B11: a penny difference is written off without a decision, what another company passes on is no payment seen', async () => {
    const cases: [string, Settlement['kind']][] = [
      ['PennyDifference', 'discount'],
      ['CrossCompanySettlement', 'other'],
      ['ExchAdjustment', 'other'],
    ];
    for (const [TransType, kind] of cases) {
      const fo = paid();
      offset(fo, 900, {});
      offset(fo, 901, { TransType, Voucher: 'PD1', AmountCur: 0.01 });
      settle(fo, 77, { SettleAmountCur: -1199.99 });
      settle(fo, 78, { SettleAmountCur: -0.01, OffsetRecid: 901, OffsetTransVoucher: 'PD1' });
      assert.deepEqual(
        (await find(fo)).map((row) => [row.kind, row.amount]),
        [
          ['payment', '1199.99'],
          [kind, '0.01'],
        ],
      );
    }
  });

  it('B11: exchange adjustments move no amount in the invoice currency and are no settlement', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    settle(fo, 78, { SettleAmountCur: 0, ExchAdjustment: 12.5 });
    assert.equal((await find(fo)).length, 1);
  });

  it('S48: a payment by cheque is told with the number of the cheque, one voucher may hold those of several vendors', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    const line = (account: string, cheque: string, company = 'usmf') => ({
      ...{ dataAreaId: company, JournalBatchNumber: 'PM1', LineNumber: 1, Voucher: 'APPM001214' },
      ...{ AccountDisplayValue: account, CheckNumber: cheque },
    });
    const lines = fo.rows('VendorPaymentJournalLines');
    lines.push(line('US\\-101', '000123', 'demf'), line('US\\-102', '000777'), line('US\\-101', ' 000778 '));
    assert.deepEqual(
      (await find(fo)).map(({ reference, chequeNumber }) => [reference, chequeNumber]),
      [['APPM001214', '000778']],
    );
    lines[2]!['CheckNumber'] = '';
    assert.deepEqual(
      (await find(fo)).map((row) => 'chequeNumber' in row),
      [false],
    );
  });

  it('S48: an environment that does not show payment lines tells the payment without a cheque number', async () => {
    for (const status of [403, 404]) {
      const fo = paid();
      offset(fo, 900, {});
      settle(fo, 77, {});
      const text = JSON.stringify({ Message: 'No HTTP resource was found that matches the request URI.' });
      fo.faults.push({ operation: 'VendorPaymentJournalLines.read', when: 'before', answers: { status, text } });
      assert.equal((await find(fo))[0]?.reference, 'APPM001214');
    }
  });

  it('B9, S101: a posting under another invoice number, which a person has taken, is found by its key', async () => {
    const fo = paid();
    offset(fo, 900, {});
    settle(fo, 77, {});
    fo.rows('VendTransBiEntities')[0]!['Invoice'] = '48399-A';
    assert.equal((await find(fo)).length, 1);
    assert.equal((await find(fo, undefined)).length, 1);
    assert.deepEqual(await find(fo, undefined, posted('111')), [], 'without the key it is somebody else’s');
  });

  it('S48: the currency is that of the invoice, whatever the payment was made in (trap 26)', async () => {
    const fo = paid();
    offset(fo, 900, { CurrencyCode: 'EUR', AmountCur: 1100 });
    settle(fo, 77, {});
    const [row] = await find(fo);
    assert.deepEqual(
      [row?.kind, row?.amount, row?.currency, row?.settledOn, row?.reference],
      ['payment', '1200', 'USD', '2026-04-10', 'APPM001214'],
    );
  });
});

describe('what keeps a posted document from being paid', () => {
  async function obstacles(fo: MemoryFo): Promise<string[]> {
    const found = await adapter(fo).findPaymentObstacles!('USMF', [posted()], signal);
    return found.map(({ reason }) => reason);
  }

  it('S101: a missing approval, a later release and a hold are told in sentences; nothing else is', async () => {
    const cases: [(fo: MemoryFo) => void, RegExp | undefined][] = [
      [() => undefined, undefined],
      [(fo) => (fo.rows('VendTransBiEntities')[0]!['Approved'] = 'Yes'), undefined],
      [(fo) => (fo.rows('VendTransBiEntities')[0]!['Approved'] = 'No'), /48399 \(voucher APIN000053\) is not approved/],
      [
        (fo) => (fo.rows('VendTransBiEntities')[0]!['InvoiceReleaseDate'] = '2026-06-01T12:00:00Z'),
        /released for payment on 2026-06-01 only/,
      ],
      [(fo) => (fo.rows('VendTransBiEntities')[0]!['InvoiceReleaseDate'] = '2026-03-01T12:00:00Z'), undefined],
      [(fo) => (fo.rows('VendorsV3')[1]!['OnHoldStatus'] = 'Payment'), /US-101 is on hold \(Payment\)/],
      [(fo) => (fo.rows('VendorsV3')[1]!['OnHoldStatus'] = 'All'), /US-101 is on hold \(All\)/],
      [(fo) => (fo.rows('VendorsV3')[1]!['OnHoldStatus'] = 'Invoice'), undefined],
    ];
    for (const [change, said] of cases) {
      const fo = paid();
      change(fo);
      const found = await obstacles(fo);
      assert.equal(found.length, said === undefined ? 0 : 1, JSON.stringify(found));
      if (said) assert.match(found[0] ?? '', said);
    }
  });

  it('S38, S101: an environment without VendorsV3 tells its holds by VendorsV2', async () => {
    const fo = paid();
    const text = JSON.stringify({
      Message: "No HTTP resource was found that matches the request URI 'https://fo.example'.",
    });
    fo.faults.push({ operation: 'VendorsV3.read', when: 'before', answers: { status: 404, text } });
    fo.rows('VendorsV2').push({ dataAreaId: 'usmf', VendorAccountNumber: 'US-101', OnHoldStatus: 'All' });
    assert.match((await obstacles(fo))[0] ?? '', /US-101 is on hold \(All\)/);
  });

  it('S101: a settled document has no obstacle', async () => {
    const fo = paid();
    Object.assign(fo.rows('VendTransBiEntities')[0]!, { Approved: 'No', Closed: '2026-04-10T12:00:00Z' });
    assert.deepEqual(await obstacles(fo), []);
  });
});
