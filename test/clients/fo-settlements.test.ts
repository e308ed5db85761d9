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
        settlementKey: 'USMF/APPM001214/2026/77',
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
        ['payment', '1176', 'USMF/APPM001214/2026/77'],
        ['discount', '24', 'USMF/APPM001214/2026/77/discount'],
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
    assert.deepEqual([row?.kind, row?.settlementKey], ['payment', 'USMF/DEPM1/2026/77']);
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
});
