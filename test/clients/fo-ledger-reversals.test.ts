import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FoGeneralJournal } from '../../src/contracts/erp-documents.js';
import type { PostingProof } from '../../src/contracts/erp-port.js';
import { adapter, environment, expense, post, signal, tracked } from './fo-fixtures.js';
import { MemoryWrites, type MemoryFo } from './fo-memory.js';

const journal = '00701';
const bookings: [account: string, amount: number][] = [
  ['618160-001-024', 100],
  ['618170--025', 28.4],
  ['210700--', -128.4],
];

/** A report of a company card: nobody is owed anything, so that no subledger knows it. */
function cardReport(): FoGeneralJournal {
  const [, ...debits] = expense().lines;
  const text = '1/3 Card';
  const card = { accountType: 'Ledger' as const, account: '210700', dimensions: [], text, document: 'D' };
  const { payable: _, ...unpaid } = expense({ lines: [{ ...card, credit: '128.40' }, ...debits] });
  return unpaid;
}

/** A voucher of the general ledger; `factor` -1 is its mirror image. */
function book(fo: MemoryFo, key: number, voucher: string, factor = 1, given: object = {}): void {
  fo.rows('GeneralJournalEntryBiEntities').push({
    SourceKey: key,
    SubledgerVoucher: voucher,
    SubledgerVoucherDataAreaId: 'usmf',
    DocumentNumber: '6D0A1F3C9E7B4A52',
    AccountingDate: '2026-03-31T12:00:00Z',
    ...given,
  });
  for (const [LedgerAccount, amount] of bookings) {
    fo.rows('GeneralJournalAccountEntryBiEntities').push({
      ...{ SourceKey: 1, GeneralJournalEntry: key, LedgerAccount, LedgerDimensionValuesJson: '' },
      ...{ TransactionCurrencyAmount: amount * factor, TransactionCurrencyCode: 'USD' },
    });
  }
}

async function posted() {
  const fo = environment();
  const port = adapter(fo);
  await port.write(cardReport(), new MemoryWrites().context);
  post(fo, journal, 'GNJL000001');
  book(fo, 900, 'GNJL000001');
  const proof = async (): Promise<PostingProof> => {
    const [state] = await port.findPostings('USMF', [tracked(cardReport(), journal)], signal);
    assert.ok(state?.state === 'posted', JSON.stringify(state));
    return state.proof;
  };
  return { fo, proof };
}

describe('a posting without a vendor that was taken back', () => {
  it('B11: stands as long as the general ledger shows nothing against it', async () => {
    const { fo, proof } = await posted();
    assert.equal((await proof()).reversedBy, undefined);
    book(fo, 950, 'GNJL000099', -1, { DocumentNumber: 'SOMEBODY' });
    assert.equal((await proof()).reversedBy, undefined, 'the voucher of another document');
    fo.rows('GeneralJournalEntryBiEntities').push({
      ...{ SourceKey: 960, SubledgerVoucher: 'GNJL000099', SubledgerVoucherDataAreaId: 'demf' },
      ...{ DocumentNumber: '6D0A1F3C9E7B4A52', AccountingDate: '2026-03-31T12:00:00Z' },
    });
    assert.equal((await proof()).reversedBy, undefined, 'another company');
  });

  it('B11: is told with the voucher that takes it back, under its document number or its own voucher', async () => {
    for (const [voucher, given] of [
      ['GNJL000050', {}],
      ['GNJL000001', { DocumentNumber: '' }],
    ] as const) {
      const { fo, proof } = await posted();
      book(fo, 950, voucher, -1, given);
      const { reversedBy, differences, documentNumber } = await proof();
      assert.deepEqual([reversedBy, differences, documentNumber], [voucher, undefined, 'GNJL000001']);
    }
  });

  it('B11: a correction of a part, and a posting that was made again, take nothing back', async () => {
    const corrected = await posted();
    book(corrected.fo, 950, 'GNJL000050', -0.5);
    assert.equal((await corrected.proof()).reversedBy, undefined);
    const again = await posted();
    book(again.fo, 950, 'GNJL000050', -1);
    book(again.fo, 960, 'GNJL000051');
    assert.equal((await again.proof()).reversedBy, undefined);
  });

  it('B11: also where posting has deleted the lines, and then it is no other posting than was meant', async () => {
    const { fo, proof } = await posted();
    fo.rows('LedgerJournalLines').length = 0;
    book(fo, 950, 'GNJL000050', -1);
    const { reversedBy, differences, documentNumber } = await proof();
    assert.deepEqual([reversedBy, differences, documentNumber], ['GNJL000050', undefined, 'GNJL000001']);
  });

  it('S100: where the general ledger cannot be read, it is proven by its lines alone', async () => {
    const { fo, proof } = await posted();
    book(fo, 950, 'GNJL000050', -1);
    const answers = { status: 403, text: '' };
    fo.faults.push({ operation: 'GeneralJournalEntryBiEntities.read', when: 'before', answers });
    assert.equal((await proof()).reversedBy, undefined);
  });
});
