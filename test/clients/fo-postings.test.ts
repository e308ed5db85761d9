import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type { PostingState } from '../../src/contracts/erp-port.js';
import { adapter, environment, expense, invoice, post, signal, tracked, vendTrans } from './fo-fixtures.js';
import { lostAnswer, type MemoryFo, MemoryWrites } from './fo-memory.js';

async function written(): Promise<{ fo: MemoryFo; port: ReturnType<typeof adapter> }> {
  const fo = environment();
  const port = adapter(fo);
  await port.write(expense(), new MemoryWrites().context);
  return { fo, port };
}

function detail(fields: object) {
  return {
    dataAreaId: 'usmf',
    JournalNum: '00701',
    WorkflowApprovalStatus: 'None',
    SystemBlocked: 'No',
    InUseBy: '',
    Log: '',
    NumOfLines: 3,
    ...fields,
  };
}

async function stateOf({ port }: { port: ReturnType<typeof adapter> }, document = expense(), journal = '00701') {
  const [state] = await port.findPostings('USMF', [tracked(document, journal)], signal);
  assert.equal(state?.documentId, `doc-${document.keySeed}`);
  return state as PostingState;
}

describe('finding postings', () => {
  it('S100, C15: a written journal waits, and nothing is proven before F&O has posted it', async () => {
    const there = await written();
    assert.deepEqual(await stateOf(there), { documentId: 'doc-6D0A1F3C9E7B4A52', state: 'waiting', part: 1 });
  });

  it('S100: a posted journal is proven by the voucher after posting, the debit total and the vendor entry', async () => {
    const there = await written();
    post(there.fo, '00701', 'GNJL000900');
    const state = await stateOf(there);
    assert.deepEqual(state.state === 'posted' && state.proof, {
      part: 1,
      documentNumber: 'GNJL000900',
      postedOn: '2026-03-31',
      fiscalYear: '2026',
      debitTotal: '128.4',
      currency: 'USD',
      vendorEntryKey: '5637149876',
      vendorAmount: '128.4',
    });
  });

  it('S100: a posted journal whose vendor entry is not visible yet goes on waiting', async () => {
    const there = await written();
    post(there.fo, '00701');
    there.fo.rows('VendTransBiEntities').length = 0;
    assert.equal((await stateOf(there)).state, 'waiting');
    const foreign = { AccountNum: 'EMP-00042', Invoice: 'EXP-6D0A1F3C9E7B', Voucher: 'OTHER', AmountCur: -128.4 };
    there.fo.rows('VendTransBiEntities').push(vendTrans(9, foreign));
    assert.equal((await stateOf(there)).state, 'waiting', 'the entry of another voucher is no proof');
  });

  it('S100: a journal without a vendor is proven by IsPosted and its lines alone', async () => {
    const [, ...debits] = expense().lines;
    const clearing = {
      accountType: 'Ledger' as const,
      account: '210700',
      dimensions: [],
      credit: '128.40',
      text: 'Card',
      document: 'D',
    };
    const { payable: _, ...rest } = expense({ lines: [clearing, ...debits] });
    const fo = environment();
    const port = adapter(fo);
    await port.write(rest, new MemoryWrites().context);
    post(fo, '00701');
    const state = await stateOf({ port }, rest);
    assert.ok(state.state === 'posted');
    assert.equal(state.proof.vendorEntryKey, undefined);
  });

  it('a journal that a person deleted is missing, and it is not written again', async () => {
    const there = await written();
    there.fo.rows('LedgerJournalHeaders').length = 0;
    const state = await stateOf(there);
    assert.equal(state.state, 'missing');
    assert.equal(there.fo.calls('LedgerJournalHeaders.create').length, 1);
  });

  it('a journal that a person emptied is missing; a line counter alone proves nothing', async () => {
    const there = await written();
    there.fo.rows('LedgerJournalTableBiEntities').push(detail({ NumOfLines: 0 }));
    assert.equal((await stateOf(there)).state, 'waiting');
    there.fo.rows('LedgerJournalLines').length = 0;
    assert.equal((await stateOf(there)).state, 'missing');
  });

  it('C15: a posting is refused where the log says so or the workflow has given it back, else it waits', async () => {
    const cases: [object, PostingState['state'], RegExp][] = [
      [
        { Log: 'Error: Voucher GNJL000001 does not balance.' },
        'refused',
        /^Journal 00701: Voucher GNJL000001 does not balance\.$/,
      ],
      [{ Log: 'Info: Validated.' }, 'waiting', /^$/],
      [{ Log: 'Journal is OK' }, 'waiting', /^$/],
      [
        { WorkflowApprovalStatus: 'Rejected' },
        'refused',
        /00701 was rejected in its approval workflow.*submit it again/,
      ],
      [
        { WorkflowApprovalStatus: 'ChangeRequested', Log: 'Error: Wrong account.' },
        'refused',
        /request for a change.*Wrong account\.$/,
      ],
      [{ WorkflowApprovalStatus: 'PendingApproval' }, 'waiting', /00701 waits for an approval/],
      [{ WorkflowApprovalStatus: 'Approved' }, 'waiting', /approved.*batch has not posted it yet/],
      [{ WorkflowApprovalStatus: 'SomethingNew' }, 'waiting', /SomethingNew/],
      [{ SystemBlocked: 'Yes' }, 'waiting', /blocked/],
      [{ InUseBy: 'alicia' }, 'waiting', /^A person has journal 00701 open\.$/],
    ];
    for (const [fields, expected, text] of cases) {
      const there = await written();
      there.fo.rows('LedgerJournalTableBiEntities').push(detail(fields));
      const state = await stateOf(there);
      assert.equal(state.state, expected);
      assert.match((state.state !== 'posted' && state.reason) || '', text);
    }
  });

  it('C15: what the log says of a half-filled journal is no refusal once the journal is complete; new words are one', async () => {
    const fo = environment();
    const guard = new MemoryWrites();
    fo.faults.push({ operation: 'batch', when: 'before', throws: lostAnswer('batch') });
    await assert.rejects(adapter(fo).write(expense(), guard.context), OutcomeUnknown);
    const log = detail({ Log: 'Error: Voucher GNJL000001 does not balance.' });
    fo.rows('LedgerJournalTableBiEntities').push(log);
    guard.patience = true;
    const port = adapter(fo);
    const { keys } = await port.write(expense(), guard.context);
    const state = async () => {
      const [found] = await port.findPostings('USMF', [{ ...tracked(expense(), '00701'), keys }], signal);
      return found;
    };
    const waiting = await state();
    assert.ok(waiting?.state === 'waiting');
    assert.match(
      waiting.reason ?? '',
      /log of journal 00701 still says what it said before .* has not tried again since.*: Voucher GNJL000001 does not balance/,
    );
    log.Log = 'Error: Fiscal period is not open.';
    assert.equal((await state())?.state, 'refused');
  });

  it('lines that the journal name deleted at posting leave the document waiting with the reason', async () => {
    const there = await written();
    post(there.fo, '00701');
    there.fo.rows('LedgerJournalLines').length = 0;
    const state = await stateOf(there);
    assert.match((state.state === 'waiting' && state.reason) || '', /deletes them at posting/);
  });

  it('many documents of both kinds are asked in bulk and keep their own answers', async () => {
    const fo = environment();
    const port = adapter(fo, { defaultMode: 'strong' });
    const seeds = Array.from({ length: 30 }, (_, index) => `${1000 + index}AAAA`.padEnd(16, 'F'));
    const documents = [];
    for (const [index, keySeed] of seeds.entries()) {
      const document = expense({ keySeed, journalBatchNumber: `CQ${10_000_000 + index}` });
      const { keys } = await port.write(document, new MemoryWrites().context);
      documents.push(tracked(document, keys.journal!));
      if (index % 2 === 0) post(fo, keys.journal!, `V${index}`);
    }
    const { keys } = await port.write(invoice(), new MemoryWrites().context);
    post(fo, keys.journal!, 'APIN000053');
    documents.push(tracked(invoice(), keys.journal!));
    fo.requests.length = 0;
    const states = await port.findPostings('USMF', documents, signal);
    assert.equal(states.length, 31);
    assert.equal(states.filter(({ state }) => state === 'posted').length, 16);
    assert.ok(fo.requests.length <= 12, `${fo.requests.length} requests`);
    for (const state of states) {
      if (state.state !== 'posted') continue;
      const isInvoice = state.documentId === `doc-${invoice().keySeed}`;
      assert.equal(state.proof.vendorAmount, isInvoice ? '1200' : '128.4');
    }
  });
});
