import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PostingProof, PostingState } from '../../src/contracts/erp-port.js';
import type { FoGeneralJournal } from '../../src/contracts/erp-documents.js';
import { adapter, environment, expense, invoice, post, signal, tracked, vendTrans } from './fo-fixtures.js';
import { MemoryWrites, type MemoryFo, type Row } from './fo-memory.js';

const journal = '00701';

interface There {
  fo: MemoryFo;
  port: ReturnType<typeof adapter>;
  document: FoGeneralJournal;
}

/** A journal as the connector has written it. */
async function written(document = expense()): Promise<There> {
  const fo = environment();
  const port = adapter(fo);
  await port.write(document, new MemoryWrites().context);
  return { fo, port, document };
}

async function stateOf({ port, document }: There): Promise<PostingState> {
  const [state] = await port.findPostings('USMF', [tracked(document, journal)], signal);
  return state as PostingState;
}

async function proofOf(there: There): Promise<PostingProof> {
  const state = await stateOf(there);
  assert.ok(state.state === 'posted', JSON.stringify(state));
  return state.proof;
}

const reasonOf = (state: PostingState): string => (state.state === 'posted' ? '' : (state.reason ?? ''));

describe('the proof of a posting is compared with the plan', () => {
  it('S43, S100, B9: what was posted otherwise is named with its line, what was meant, and what stands', async () => {
    const cases: [line: number, change: Row, said: RegExp][] = [
      [
        1,
        { AccountDisplayValue: '618170-001-024' },
        /^main account of line 2 \(618160 was meant, 618170 stands there\)$/,
      ],
      [
        1,
        { AccountDisplayValue: '618160-001-' },
        /^dimension CostCenter of line 2 \(024 was meant, nothing stands there\)$/,
      ],
      [1, { AccountDisplayValue: '618160--024' }, /^dimension Department of line 2 \(001 was meant, nothing stands/],
      [2, { DebitAmount: 28.5 }, /^debit of line 3 \(28\.40 was meant, 28\.5 stands there\)$/],
      [1, { CurrencyCode: 'EUR' }, /^currency of line 2 \(USD was meant, EUR stands there\)$/],
      [2, { TransDate: '2026-04-01T12:00:00Z' }, /^posting date of line 3 \(2026-03-31 was meant, 2026-04-01 stands/],
    ];
    for (const [line, change, said] of cases) {
      const there = await written();
      post(there.fo, journal);
      Object.assign(there.fo.rows('LedgerJournalLines')[line]!, change);
      const { differences = [] } = await proofOf(there);
      assert.match(differences[0] ?? '', said);
    }
  });

  it('B9: a changed amount of the vendor is seen on the line and on the entry that payments will settle', async () => {
    const there = await written();
    there.fo.rows('LedgerJournalLines')[0]!['CreditAmount'] = 120;
    post(there.fo, journal);
    const { differences = [], vendorAmount } = await proofOf(there);
    assert.equal(vendorAmount, '120');
    assert.match(differences.join('; '), /credit of line 1 \(128\.40 was meant, 120 stands there\)/);
    assert.match(differences.join('; '), /amount of the vendor's entry \(128\.4 was meant, 120 stands there\)/);
  });

  it('B9: taxes that F&O adds at posting show on the entry alone, and are a difference', async () => {
    const there = await written();
    post(there.fo, journal);
    there.fo.rows('VendTransBiEntities')[0]!['AmountCur'] = -128.42;
    const { differences } = await proofOf(there);
    assert.deepEqual(differences, ["amount of the vendor's entry (128.4 was meant, 128.42 stands there)"]);
  });

  it('B9: another invoice number, another vendor, a missing and an additional line are named', async () => {
    const cases: [(fo: MemoryFo) => void, RegExp][] = [
      [
        (fo) => Object.assign(fo.rows('LedgerJournalLines')[0]!, { Invoice: 'X-1' }),
        /invoice number of line 1.*X-1 stands/,
      ],
      [
        (fo) => Object.assign(fo.rows('LedgerJournalLines')[0]!, { AccountDisplayValue: 'EMP\\-00043' }),
        /vendor account of line 1 \(EMP-00042 was meant, EMP-00043 stands there\)/,
      ],
      [(fo) => fo.rows('LedgerJournalLines').pop(), /line 3, which is not there/],
      [
        (fo) =>
          fo.rows('LedgerJournalLines').push({ ...fo.rows('LedgerJournalLines')[2]!, LineNumber: 4, DebitAmount: 7 }),
        /an additional line \(number 4\)/,
      ],
    ];
    for (const [change, said] of cases) {
      const there = await written();
      change(there.fo);
      post(there.fo, journal);
      const { differences = [], documentNumber } = await proofOf(there);
      assert.equal(documentNumber, 'GNJL000001');
      assert.match(differences.join('; '), said);
    }
  });

  it('B9: texts, references and due dates are F&O’s own business once the journal is posted', async () => {
    const there = await written();
    const lines = there.fo.rows('LedgerJournalLines');
    Object.assign(lines[0]!, { Text: 'Alicia', DueDate: '2026-05-01T12:00:00Z' });
    Object.assign(lines[1]!, { Text: '', Document: 'other' });
    post(there.fo, journal, 'GNJL000900');
    const proof = await proofOf(there);
    assert.deepEqual([proof.differences, proof.documentNumber], [undefined, 'GNJL000900']);
  });

  it('S41: a default dimension of the vendor line is read with the default format, not with that of the ledger', async () => {
    const fo = environment();
    const port = adapter(fo);
    const document = invoice();
    const { keys } = await port.write(document, new MemoryWrites().context);
    const [vendorLine] = fo.rows('VendInvoiceJournalLines');
    assert.equal(vendorLine!['DefaultDimensionDisplayValue'], '001--', 'Department stands first there');
    post(fo, keys.journal!, 'APIN000053');
    vendorLine!['DefaultDimensionDisplayValue'] = '-001-';
    const [state] = await port.findPostings('USMF', [tracked(document, keys.journal!)], signal);
    assert.ok(state?.state === 'posted');
    assert.match(state.proof.differences?.[0] ?? '', /^dimension Department of line 1 \(001 was meant, nothing stands/);
  });

  it('S100: a voucher that was replaced at posting is the one that counts', async () => {
    const there = await written();
    there.fo.rows('LedgerJournalLines').forEach((line) => (line['Voucher'] = 'TEMP-1'));
    post(there.fo, journal, 'GNJL000777');
    assert.equal((await proofOf(there)).documentNumber, 'GNJL000777');
  });
});

describe('a posting that was reversed in F&O', () => {
  it('B11: the opposite entry under the same number or voucher is told with the proof', async () => {
    const [own] = [{ AccountNum: 'EMP-00042', AmountCur: 128.4, TransType: 'GeneralJournal' }];
    for (const same of [
      { Invoice: 'EXP-6D0A1F3C9E7B', Voucher: 'GNJL000009' },
      { Invoice: '', Voucher: 'GNJL000001' },
    ]) {
      const there = await written();
      post(there.fo, journal);
      there.fo.rows('VendTransBiEntities').unshift(vendTrans(1, { ...own, ...same }));
      const proof = await proofOf(there);
      assert.deepEqual([proof.reversedBy, proof.vendorAmount], [same.Voucher, '128.4']);
    }
  });

  it('B11: a payment and a credit note of another amount reverse nothing', async () => {
    const number = { AccountNum: 'EMP-00042', Invoice: 'EXP-6D0A1F3C9E7B' };
    const there = await written();
    post(there.fo, journal);
    there.fo.rows('VendTransBiEntities').push(vendTrans(1, { ...number, AmountCur: 128.4, TransType: 'Payment' }));
    there.fo.rows('VendTransBiEntities').push(vendTrans(2, { ...number, AmountCur: 20, Voucher: 'CR1' }));
    assert.equal((await proofOf(there)).reversedBy, undefined);
  });
});

describe('lines that posting has deleted', () => {
  function book(fo: MemoryFo, bookings: [account: string, amount: number, named?: Row][], given: Row = {}): void {
    fo.rows('GeneralJournalEntryBiEntities').push({
      SourceKey: 900,
      SubledgerVoucher: 'GNJL000001',
      SubledgerVoucherDataAreaId: 'usmf',
      DocumentNumber: '6D0A1F3C9E7B4A52',
      AccountingDate: '2026-03-31T12:00:00Z',
      ...given,
    });
    for (const [LedgerAccount, TransactionCurrencyAmount, named] of bookings) {
      const row = {
        GeneralJournalEntry: 900,
        LedgerAccount,
        TransactionCurrencyAmount,
        TransactionCurrencyCode: 'USD',
        LedgerDimensionValuesJson: named === undefined ? '' : JSON.stringify(named),
      };
      fo.rows('GeneralJournalAccountEntryBiEntities').push({ SourceKey: 1, ...row });
    }
  }

  async function bare(document = expense()): Promise<There> {
    const there = await written(document);
    post(there.fo, journal);
    for (const row of there.fo.rows('VendTransBiEntities')) row['JournalNum'] = journal;
    there.fo.rows('LedgerJournalLines').length = 0;
    return there;
  }

  it('S100: the general ledger proves it; until it shows the voucher the document waits', async () => {
    const there = await bare();
    assert.match(
      reasonOf(await stateOf(there)),
      /deletes them at posting.*general ledger, where it does not stand yet/,
    );
    book(there.fo, [
      // An account structure orders the segments as it likes.
      ['618160-024-001', 100, { MainAccount: '618160', CostCenter: '024', Department: '001' }],
      ['618170-025', 28.4, { MAINACCOUNT: '618170', COSTCENTER: '025' }],
      ['200100', -128.4],
    ]);
    const proof = await proofOf(there);
    assert.deepEqual(
      [proof.differences, proof.documentNumber, proof.debitTotal, proof.vendorAmount, proof.currency],
      [undefined, 'GNJL000001', '128.4', '128.4', 'USD'],
    );
  });

  it('B9: sums per account are compared, also of several bookings, and what differs is named', async () => {
    const there = await bare();
    book(there.fo, [
      ['618160-001-024', 60],
      ['618160-001-024', 40],
      ['618170-001', 28.4],
      ['200100', -128.4],
    ]);
    const { differences } = await proofOf(there);
    assert.deepEqual(differences, [
      'bookings on 618170 025 (28.4 was meant, 0 stands there)',
      'bookings on other accounts (-128.4 was meant, -100 stands there)',
    ]);
  });

  it('B9: two values in each other’s dimension are a difference', async () => {
    const there = await bare();
    book(there.fo, [
      ['618160-001-024', 100, { MainAccount: '618160', CostCenter: '001', Department: '024' }],
      ['618170--025', 28.4, { MainAccount: '618170', CostCenter: '025' }],
      ['200100', -128.4, { MainAccount: '200100' }],
    ]);
    const { differences } = await proofOf(there);
    assert.deepEqual(differences, [
      'bookings on 618160 024 001 (100 was meant, 0 stands there)',
      'bookings on other accounts (-128.4 was meant, -28.4 stands there)',
    ]);
  });

  it('B9: the same values in another order prove neither the plan nor a difference where the ledger names no dimensions', async () => {
    const there = await bare();
    book(there.fo, [
      ['618160-024-001', 100],
      ['618170--025', 28.4],
      ['200100', -128.4],
    ]);
    const state = await stateOf(there);
    assert.equal(state.state, 'waiting');
    assert.match(reasonOf(state), /618160-024-001 in another order .* a person must compare them/);
  });

  it('S100: a journal without a vendor is found in the general ledger by its document reference', async () => {
    const [, ...debits] = expense().lines;
    const clearing = {
      accountType: 'Ledger' as const,
      account: '210700',
      dimensions: [],
      text: '1/3 Card',
      document: 'D',
    };
    const { payable: _, ...unpaid } = expense({ lines: [{ ...clearing, credit: '128.40' }, ...debits] });
    const there = await bare(unpaid);
    book(there.fo, [
      ['618160-001-024', 100],
      ['618170--025', 28.4],
      ['210700', -128.4],
    ]);
    book(there.fo, [], { SourceKey: 901, DocumentNumber: 'OTHER', SubledgerVoucher: 'V9' });
    assert.deepEqual((await proofOf(there)).differences, undefined);
  });

  it('C15: where the general ledger cannot be read, the document waits and says what to change', async () => {
    for (const status of [404, 403]) {
      const there = await bare();
      const answers = { status, text: '' };
      there.fo.faults.push({ operation: 'GeneralJournalEntryBiEntities.read', when: 'before', answers });
      assert.match(reasonOf(await stateOf(there)), /Switch off "Delete lines after posting" of the journal name/);
    }
  });
});

describe('lines that stand in another journal', () => {
  /** Moves our lines into a new journal, as *Post and transfer* does with a voucher that fails. */
  function transfer(fo: MemoryFo, given: { parent: string; posted?: string }): void {
    fo.rows('LedgerJournalHeaders')[0]!['IsPosted'] = given.posted ?? 'Yes';
    const header = {
      dataAreaId: 'usmf',
      JournalBatchNumber: '00800',
      JournalName: 'CNQREXP',
      Description: 'x',
      IsPosted: 'No',
    };
    fo.rows('LedgerJournalHeaders').push(header);
    for (const line of fo.rows('LedgerJournalLines')) line['JournalBatchNumber'] = '00800';
    fo.rows('LedgerJournalTableBiEntities').push(
      { dataAreaId: 'usmf', JournalNum: '00701', NumOfLines: 0, Log: '' },
      {
        dataAreaId: 'usmf',
        JournalNum: '00800',
        NumOfLines: 3,
        Log: 'Error: Period closed.',
        ParentJournalNum: given.parent,
      },
    );
  }

  it('C15: a voucher that "Post and transfer" has moved is followed into its new journal, with its reason, to its proof', async () => {
    const there = await written();
    transfer(there.fo, { parent: journal });
    const refused = await stateOf(there);
    assert.equal(refused.state, 'refused');
    assert.match(
      reasonOf(refused),
      /00701 was posted, and this voucher, which failed, was transferred.*00800: Period closed/,
    );
    post(there.fo, '00800', 'GNJL000555');
    const proof = await proofOf(there);
    assert.deepEqual([proof.documentNumber, proof.differences], ['GNJL000555', undefined]);
  });

  it('C15: a voucher that "Post and transfer" moves night after night is followed through every journal', async () => {
    const there = await written();
    transfer(there.fo, { parent: '00799' });
    there.fo
      .rows('LedgerJournalTableBiEntities')
      .push(
        { dataAreaId: 'usmf', JournalNum: '00799', NumOfLines: 0, Log: '', ParentJournalNum: '00798' },
        { dataAreaId: 'usmf', JournalNum: '00798', NumOfLines: 0, Log: '', ParentJournalNum: journal },
      );
    const refused = await stateOf(there);
    assert.equal(refused.state, 'refused');
    assert.match(reasonOf(refused), /was transferred to another journal.*00800: Period closed/);
    post(there.fo, '00800', 'GNJL000555');
    assert.equal((await proofOf(there)).documentNumber, 'GNJL000555');
  });

  it('C15: lines that a person has moved are named, and never count as posted', async () => {
    for (const posted of ['Yes', 'No']) {
      const there = await written();
      transfer(there.fo, { parent: '', posted });
      const state = await stateOf(there);
      assert.equal(state.state, 'missing');
      assert.match(reasonOf(state), /they stand in journal 00800/);
    }
  });
});
