import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFoAdapter } from '../../src/clients/dynamics-fo/fo-adapter.js';
import { ContractViolation, OutcomeUnknown, Unavailable } from '../../src/clients/http/errors.js';
import type { FoGeneralJournal, FoVendorInvoiceJournal } from '../../src/contracts/erp-documents.js';
import type { TrackedErpDocument, Withdrawal } from '../../src/contracts/erp-port.js';
import { FoStage, masterData } from '../simulators/fo-stage.js';
import { adapter, environment, expense, invoice, NOW, post, signal, tracked, vendTrans } from './fo-fixtures.js';
import { lostAnswer, type MemoryFo, MemoryWrites, type Fault } from './fo-memory.js';
import { header, innerError, rejected, strong } from './fo-write-support.js';
import { clientOf } from './fo-simulated.js';

type Journal = FoGeneralJournal | FoVendorInvoiceJournal;
const number = '00701';

function withdraw(
  fo: MemoryFo,
  document: Journal = expense(),
  keys: TrackedErpDocument['keys'] = { journal: number },
  writes = new MemoryWrites(),
): Promise<Withdrawal> {
  return adapter(fo).withdraw({ ...tracked(document, ''), keys }, writes.context);
}

async function written(document: Journal = expense()): Promise<MemoryFo> {
  const fo = environment();
  await adapter(fo).write(document, new MemoryWrites().context);
  return fo;
}

const deletes = (fo: MemoryFo): string[] =>
  fo.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => decodeURIComponent(path));

function reasonOf(withdrawal: Withdrawal): string {
  assert.ok(withdrawal.state === 'blocked', JSON.stringify(withdrawal));
  return withdrawal.reason;
}

/** A line that a person has put into our journal. */
function addForeignLine(fo: MemoryFo): void {
  fo.rows('LedgerJournalLines').push({
    ...{ dataAreaId: 'usmf', JournalBatchNumber: number, LineNumber: 4, Voucher: 'GNJL000001', AccountType: 'Ledger' },
    ...{ AccountDisplayValue: '618160', DebitAmount: 1, CreditAmount: 0, CurrencyCode: 'USD' },
    ...{ Document: 'BY-HAND', Text: 'Correction' },
  });
}

const detail = (fields: object) => ({
  ...{ dataAreaId: 'usmf', JournalNum: number, WorkflowApprovalStatus: 'None', SystemBlocked: 'No', InUseBy: '' },
  ...{ Log: '', NumOfLines: 3 },
  ...fields,
});

describe('taking a journal out of Finance & Operations', () => {
  it('B3: where nothing is there, with or without a number, it is gone and nothing is written', async () => {
    for (const keys of [{}, { journal: number }]) {
      const fo = environment();
      assert.deepEqual(await withdraw(fo, expense(), keys), { state: 'gone' });
      assert.deepEqual(deletes(fo), []);
    }
  });

  for (const document of [expense(), invoice()]) {
    it(`B3: a written ${document.route} leaves line by line, then its header, by their full keys`, async () => {
      const fo = await written(document);
      const prefix = document.route === 'fo-general-journal' ? 'LedgerJournal' : 'VendInvoiceJournal';
      const writes = new MemoryWrites();
      assert.deepEqual(await withdraw(fo, document, { journal: number }, writes), { state: 'gone' });
      const key = `dataAreaId='usmf',JournalBatchNumber='00701'`;
      const lines = document.lines.map((_, index) => `/data/${prefix}Lines(${key},LineNumber=${index + 1})`);
      assert.deepEqual(deletes(fo), [...lines, `/data/${prefix}Headers(${key})`]);
      assert.deepEqual(fo.rows(`${prefix}Headers`).concat(fo.rows(`${prefix}Lines`)), []);
      const operations = writes.created.map((id) => id.split('|')[0]);
      assert.deepEqual(operations, [...lines.map(() => 'fo.withdraw-line'), 'fo.withdraw-journal']);
    });
  }

  it('B3: a journal in strong mode is taken out too', async () => {
    const fo = environment();
    await adapter(fo, strong).write(expense(), new MemoryWrites().context);
    assert.deepEqual(await withdraw(fo, expense(), { journal: 'CQ0000ABCD' }), { state: 'gone' });
    assert.deepEqual(fo.rows('LedgerJournalHeaders'), []);
  });

  it('B3: a header whose create was lost is found by its mark, without any number', async () => {
    const fo = environment();
    fo.faults.push({ operation: 'LedgerJournalHeaders.create', when: 'after', throws: lostAnswer('create') });
    await assert.rejects(adapter(fo).write(expense(), new MemoryWrites().context), OutcomeUnknown);
    assert.deepEqual(await withdraw(fo, expense(), {}), { state: 'gone' });
    assert.deepEqual(fo.rows('LedgerJournalHeaders'), []);
  });

  it('B3: lines whose answer was lost leave F&O as it was before', async () => {
    const fo = environment();
    fo.faults.push({ operation: 'batch', when: 'after', throws: lostAnswer('batch') });
    await assert.rejects(adapter(fo).write(expense(), new MemoryWrites().context), OutcomeUnknown);
    assert.equal(fo.rows('LedgerJournalLines').length, 3);
    assert.deepEqual(await withdraw(fo, expense(), {}), { state: 'gone' });
    assert.deepEqual([fo.rows('LedgerJournalLines'), fo.rows('LedgerJournalHeaders')], [[], []]);
  });

  it('B3: two journals with the mark, the fruit of a repeated create, both go', async () => {
    const fo = await written();
    fo.rows('LedgerJournalHeaders').push(header('00799', expense().description));
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(fo.rows('LedgerJournalHeaders'), []);
  });

  it('S78: a repeated withdrawal writes nothing', async () => {
    const fo = await written();
    await withdraw(fo);
    fo.requests.length = 0;
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(deletes(fo), []);
  });

  it('C16: a journal of another company stays, even with the same number and mark', async () => {
    const fo = await written();
    const [ours] = fo.rows('LedgerJournalHeaders');
    const [line] = fo.rows('LedgerJournalLines');
    fo.rows('LedgerJournalHeaders').push({ ...ours, dataAreaId: 'demf' });
    fo.rows('LedgerJournalLines').push({ ...line, dataAreaId: 'demf' });
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(
      [...fo.rows('LedgerJournalHeaders'), ...fo.rows('LedgerJournalLines')].map((row) => row['dataAreaId']),
      ['demf', 'demf'],
    );
    const unscoped = fo.requests.filter(({ query }) => query?.['cross-company'] !== 'true' && query !== undefined);
    assert.deepEqual(unscoped, []);
  });
});

describe('what is posted stays', () => {
  it('S9, S100: a posted journal is proven exactly as the posting watch proves it, and nothing is deleted', async () => {
    for (const keys of [{}, { journal: number }]) {
      const fo = await written();
      post(fo, number, 'GNJL000900');
      const [state] = await adapter(fo).findPostings('USMF', [tracked(expense(), number)], signal);
      assert.ok(state?.state === 'posted');
      assert.deepEqual(await withdraw(fo, expense(), keys), { state: 'posted', proof: state.proof });
      assert.deepEqual(deletes(fo), []);
    }
  });

  it('S9: a posted journal whose description a person changed is still found by the reference of its lines', async () => {
    const fo = await written();
    fo.rows('LedgerJournalHeaders')[0]!['Description'] = 'Travel March';
    post(fo, number);
    assert.equal((await withdraw(fo, expense(), {})).state, 'posted');
  });

  it('S9: posted, but not proven yet, or without its lines: blocked, never gone', async () => {
    const invisible = await written();
    post(invisible, number);
    invisible.rows('VendTransBiEntities').length = 0;
    assert.match(reasonOf(await withdraw(invisible)), /Journal 00701 is posted/);
    const emptied = await written();
    post(emptied, number);
    emptied.rows('LedgerJournalLines').length = 0;
    emptied.rows('LedgerJournalHeaders')[0]!['Description'] = 'Travel March';
    assert.match(reasonOf(await withdraw(emptied)), /Journal 00701 is posted/);
  });

  it('S9, B5: what is posted without a proof is blocked with its voucher, so that a person can say what reversed it', async () => {
    const withoutJournal = environment();
    const entry = { Invoice: 'EXP-6D0A1F3C9E7B', Voucher: 'GNJL000900', JournalNum: number };
    withoutJournal.rows('VendTransBiEntities').push(vendTrans(9, entry));
    const withoutLines = await written();
    post(withoutLines, number, 'GNJL000900');
    withoutLines.rows('VendTransBiEntities')[0]!['JournalNum'] = number;
    withoutLines.rows('LedgerJournalLines').length = 0;
    for (const fo of [withoutJournal, withoutLines]) {
      const withdrawal = await withdraw(fo);
      assert.ok(withdrawal.state === 'blocked', JSON.stringify(withdrawal));
      assert.equal(withdrawal.voucher, 'GNJL000900');
      assert.match(withdrawal.reason, /GNJL000900/);
      assert.deepEqual(deletes(fo), []);
    }
    const waiting = await written();
    post(waiting, number);
    waiting.rows('VendTransBiEntities').length = 0;
    assert.equal('voucher' in (await withdraw(waiting)), false, 'not visible yet: nobody can have reversed it');
  });

  it('S9: a posted vendor entry whose journal is no longer there is not taken for nothing', async () => {
    const entry = { Invoice: 'EXP-6D0A1F3C9E7B', Voucher: 'GNJL000900', JournalNum: number };
    const fo = environment();
    fo.rows('VendTransBiEntities').push(vendTrans(9, entry));
    assert.match(reasonOf(await withdraw(fo)), /Voucher GNJL000900 .* Reverse the voucher/);
    const proof = { part: 1, documentNumber: 'GNJL000900', postedOn: '', fiscalYear: '', debitTotal: '', currency: '' };
    const known = { ...tracked(expense(), '00999'), proof };
    assert.deepEqual(await adapter(fo).withdraw(known, new MemoryWrites().context), { state: 'posted', proof });
    assert.deepEqual(await withdraw(fo, expense(), { journal: '00555' }), { state: 'gone' }, 'somebody else posted it');
  });

  it('S9: posted between the look and the delete: the delete is not even sent', async () => {
    const fo = await written();
    // The first read of headers is the look, the second one stands right before the first DELETE.
    fo.faults.push({
      operation: 'LedgerJournalHeaders.read',
      when: 'before',
      skip: 1,
      meanwhile: () => post(fo, number),
    });
    assert.equal((await withdraw(fo)).state, 'posted');
    assert.deepEqual(deletes(fo), []);
    assert.equal(fo.rows('LedgerJournalLines').length, 3);
  });

  it('S9: posted while the delete is on its way: the refusal is looked into', async () => {
    for (const operation of ['LedgerJournalLines.delete', 'LedgerJournalHeaders.delete']) {
      const fo = await written();
      fo.faults.push({ operation, when: 'before', meanwhile: () => post(fo, number) });
      const withdrawal = await withdraw(fo);
      // Without lines there is no voucher to prove anything by.
      assert.equal(withdrawal.state, operation.includes('Lines') ? 'posted' : 'blocked');
      assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
    }
  });
});

describe('what is locked or not ours stays', () => {
  const locks: [object, RegExp][] = [
    [{ SystemBlocked: 'Yes' }, /Journal 00701 is blocked by the system, as it is while it is being posted/],
    [{ InUseBy: 'ANN' }, /A person has journal 00701 open\. It must be closed first/],
    [{ WorkflowApprovalStatus: 'Submitted' }, /workflow of journal 00701 is at Submitted\. Recall/],
    [{ WorkflowApprovalStatus: 'Approved' }, /workflow of journal 00701 is at Approved/],
    [{ WorkflowApprovalStatus: 'SomethingNew' }, /is at SomethingNew/],
  ];
  for (const [fields, reason] of locks) {
    it(`S9: a journal with ${JSON.stringify(fields)} is left alone, with a sentence for an accountant`, async () => {
      const fo = await written();
      fo.rows('LedgerJournalTableBiEntities').push(detail(fields));
      assert.match(reasonOf(await withdraw(fo)), reason);
      assert.deepEqual(deletes(fo), []);
    });
  }

  it('a journal that was never submitted, or was rejected, may go', async () => {
    for (const WorkflowApprovalStatus of ['NotSubmitted', 'Rejected']) {
      const fo = await written();
      fo.rows('LedgerJournalTableBiEntities').push(detail({ WorkflowApprovalStatus }));
      assert.deepEqual(await withdraw(fo), { state: 'gone' });
    }
  });

  it('S82: of a journal with a line of a person only our lines go; header and foreign line stay until a person decides', async () => {
    const fo = await written();
    addForeignLine(fo);
    const reason = /Journal 00701 also holds a line that the connector did not write/;
    assert.match(reasonOf(await withdraw(fo)), reason);
    assert.match(reasonOf(await withdraw(fo)), reason, 'also when asked again');
    assert.deepEqual(
      fo.rows('LedgerJournalLines').map((line) => line['Document']),
      ['BY-HAND'],
    );
    assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
    assert.equal(fo.calls('LedgerJournalHeaders.delete').length, 0);
    fo.rows('LedgerJournalHeaders')[0]!['Description'] = 'Corrections';
    assert.deepEqual(await withdraw(fo), { state: 'gone' }, 'the journal is the person’s now');
    assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
  });

  it('S82: a line that a person adds while the header is about to go keeps the header', async () => {
    const fo = await written();
    // The last read of lines before the header goes.
    fo.faults.push({
      operation: 'LedgerJournalLines.read',
      when: 'before',
      skip: 5,
      meanwhile: () => addForeignLine(fo),
    });
    assert.match(reasonOf(await withdraw(fo)), /also holds a line/);
    assert.equal(fo.calls('LedgerJournalHeaders.delete').length, 0);
  });

  it('S82: a journal of somebody else that has got our number is not touched', async () => {
    const fo = environment();
    fo.rows('LedgerJournalHeaders').push(header(number, 'Rent April'));
    fo.rows('LedgerJournalLines').push({ ...(await written()).rows('LedgerJournalLines')[0], Document: 'RENT' });
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(deletes(fo), []);
  });

  it('S82: lines of ours in a journal without our mark, as Post and transfer leaves them, are named and not deleted', async () => {
    const fo = await written();
    fo.rows('LedgerJournalHeaders')[0]!['JournalBatchNumber'] = '00702';
    fo.rows('LedgerJournalHeaders')[0]!['Description'] = 'Transferred';
    for (const line of fo.rows('LedgerJournalLines')) line['JournalBatchNumber'] = '00702';
    assert.match(
      reasonOf(await withdraw(fo)),
      /Journal 00702 holds 3 of its lines \(document reference 6D0A1F3C9E7B4A52\)/,
    );
    assert.deepEqual(deletes(fo), []);
  });

  it('words that a person added to the description do not make the journal another one’s', async () => {
    const fo = await written();
    fo.rows('LedgerJournalHeaders')[0]!['Description'] = `${expense().description} checked`;
    assert.deepEqual(await withdraw(fo), { state: 'gone' });
    assert.deepEqual(fo.rows('LedgerJournalHeaders'), []);
  });

  it('a refusal reaches the accountant, with the journal and what to do', async () => {
    const fo = await written();
    const text = innerError(
      "Write failed for table row of type 'X'. Infolog: Error: The journal is reserved for group AP.",
    );
    fo.faults.push({ operation: 'LedgerJournalLines.delete', when: 'before', answers: { status: 400, text } });
    const reason = reasonOf(await withdraw(fo));
    assert.match(
      reason,
      /refuses to delete journal 00701: The journal is reserved for group AP\. Delete the journal there/,
    );
    assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
  });

  it('a delete that is answered and not done does not count as gone', async () => {
    const fo = await written();
    fo.faults.push({ operation: 'LedgerJournalHeaders.delete', when: 'before', answers: { status: 204, text: '' } });
    assert.match(reasonOf(await withdraw(fo)), /Journal 00701 is still there/);
  });

  it('a document of another ERP is refused', async () => {
    const document = { ...expense(), route: 'bc-general-journal' } as never;
    await assert.rejects(withdraw(environment(), document), rejected('unsupported-document', /route/));
  });
});

describe('answers to a delete', () => {
  for (const operation of ['LedgerJournalLines.delete', 'LedgerJournalHeaders.delete']) {
    for (const when of ['before', 'after'] as const) {
      it(`S81: ${operation} lost ${when} it was done is looked up and not blindly repeated`, async () => {
        const fo = await written();
        const writes = new MemoryWrites();
        const fault: Fault = { operation, when, throws: lostAnswer(operation) };
        fo.faults.push(fault);
        await assert.rejects(withdraw(fo, expense(), { journal: number }, writes), OutcomeUnknown);
        const once = fo.calls(operation).length;
        if (when === 'before') {
          await assert.rejects(withdraw(fo, expense(), { journal: number }, writes), OutcomeUnknown, 'too early');
          assert.equal(fo.calls(operation).length, once);
          writes.patience = true;
        }
        assert.deepEqual(await withdraw(fo, expense(), { journal: number }, writes), { state: 'gone' });
        const rows = operation.includes('Lines') ? 3 : 1;
        assert.equal(fo.calls(operation).length, rows + (when === 'before' ? 1 : 0));
      });
    }
  }

  it('trap 2: 404 and 410 of a row mean gone, the 404 of the router never does', async () => {
    for (const status of [404, 410]) {
      const fo = await written();
      const gone = (): void => void fo.tables.set('LedgerJournalHeaders', []);
      const answers = { status, text: '' };
      fo.faults.push({ operation: 'LedgerJournalHeaders.delete', when: 'after', meanwhile: gone, answers });
      assert.deepEqual(await withdraw(fo), { state: 'gone' });
    }
    const fo = await written();
    const text = '{"Message":"No HTTP resource was found that matches the request URI \'x\'."}';
    fo.faults.push({ operation: 'LedgerJournalLines.delete', when: 'before', answers: { status: 404, text } });
    await assert.rejects(withdraw(fo), ContractViolation);
  });

  it('trap 11: after an update conflict, a 409 or a 412 it looks again, and gives up after three times', async () => {
    const conflict = innerError(
      "Write failed for table row of type 'X'. An update conflict occurred due to another user process deleting the record.",
    );
    for (const answers of [
      { status: 400, text: conflict },
      { status: 409, text: '' },
      { status: 412, text: '' },
    ]) {
      const fo = await written();
      fo.faults.push({ operation: 'LedgerJournalLines.delete', when: 'before', answers });
      assert.deepEqual(await withdraw(fo), { state: 'gone' });
      const busy = await written();
      const fault: Fault = { operation: 'LedgerJournalLines.delete', when: 'before', answers };
      busy.faults.push({ ...fault }, { ...fault }, { ...fault }, { ...fault });
      await assert.rejects(withdraw(busy), Unavailable);
      assert.equal(busy.calls('LedgerJournalLines.delete').length, 3);
    }
  });
});

describe('against the simulated environment', () => {
  const seed = '6D0A1F3C9E7B4A52';
  const document = expense({ journalName: masterData.companies[0]!.journalNames[0]!.name, keySeed: seed });

  function stageWithJournal(): { stage: FoStage; journal: string } {
    const stage = new FoStage();
    const journal = stage.journal(document.description);
    const vendorLine = {
      AccountType: 'Vend',
      AccountDisplayValue: 'EMP\\-00042',
      CreditAmount: 10,
      Invoice: `EXP-${seed.slice(0, 12)}`,
    };
    const costLine = { AccountType: 'Ledger', AccountDisplayValue: '618160-001-024', DebitAmount: 10 };
    for (const line of [vendorLine, costLine]) {
      assert.equal(stage.line(journal, { ...line, Text: 'x', Document: seed }).status, 201);
    }
    return { stage, journal };
  }

  it('B3, S9: an unposted journal leaves without a broken rule, a posted one stays', async () => {
    const { stage, journal } = stageWithJournal();
    const port = createFoAdapter({ name: 'fo', companies: {}, now: () => NOW }, clientOf(stage));
    assert.deepEqual(await port.withdraw(tracked(document, journal), new MemoryWrites().context), { state: 'gone' });
    assert.deepEqual(stage.simulator.unposted(), []);
    const other = stageWithJournal();
    other.stage.run(1_500);
    const posting = createFoAdapter({ name: 'fo', companies: {}, now: () => NOW }, clientOf(other.stage));
    const kept = await posting.withdraw(tracked(document, other.journal), new MemoryWrites().context);
    assert.equal(kept.state === 'posted' ? kept.proof.debitTotal : JSON.stringify(kept), '10');
    assert.equal(other.stage.simulator.posted().length, 1);
    assert.deepEqual([...stage.seen.violations, ...other.stage.seen.violations], []);
  });
});
