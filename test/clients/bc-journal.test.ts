import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conflict, OutcomeUnknown, Unavailable } from '../../src/clients/http/errors.js';
import { journal, stage } from './bc-stage.js';

const writeOperations = ['bc.journal-batch', 'bc.journal-post'];

test('C12, S95, S100, M2: an expense report is posted once in a batch of its own and proved by ledger entries', async () => {
  const leases: string[] = [];
  const { bc, writes, write, beats } = stage({
    postingLease: async (work) => {
      leases.push('taken');
      return work();
    },
  });
  const document = journal(bc);
  const result = await write(document);
  assert.equal(result.adopted, false);
  assert.equal(result.keys.journal, document.batchCode);
  assert.deepEqual(result.posting, {
    state: 'posted',
    part: 1,
    proof: {
      part: 1,
      documentNumber: document.documentNumber,
      postedOn: '2026-08-21',
      fiscalYear: '2026',
      debitTotal: '120.50',
      currency: 'EUR',
      vendorEntryKey: '101',
      vendorAmount: '120.50',
    },
  });
  assert.deepEqual(writes.created, writeOperations);
  assert.deepEqual(leases, ['taken']);
  assert.ok(beats() >= 2);
  assert.equal(bc.ledger.length, 3);
  assert.deepEqual(bc.journals, [], 'the empty batch is tidied away');
  const post = bc.calls.find(({ operation }) => operation === 'bc.journals.post')!;
  assert.ok(post.path.endsWith('/Microsoft.NAV.post') && post.json === undefined && post.timeoutMs === 540_000);
});

test('C12: where Business Central takes no lines with a batch, they follow in one transaction', async () => {
  const { bc, writes, write } = stage();
  bc.takesDeepJournals = false;
  assert.equal((await write(journal(bc))).posting.state, 'posted');
  assert.deepEqual(writes.created, ['bc.journal-batch', 'bc.journal-lines', 'bc.journal-post']);
  const insert = bc.calls.find(({ operation }) => operation === 'bc.journal-lines.insert')!;
  assert.equal(insert.headers!.Isolation, 'snapshot');
});

test('S78: a repeated write adopts the posted entries and writes nothing', async () => {
  const { bc, write } = stage();
  const document = journal(bc);
  const first = await write(document);
  bc.calls.length = 0;
  const second = await write(document);
  assert.equal(second.adopted, true);
  assert.deepEqual(second.posting, first.posting);
  assert.equal(bc.writes().length, 0);
});

for (const operation of ['bc.journals.create', 'bc.journal-lines.insert', 'bc.journals.post']) {
  for (const as of ['lost-before', 'lost-after'] as const) {
    test(`S81: ${operation} ${as} is looked for before it is repeated, and the journal is posted exactly once`, async () => {
      const { bc, writes, write } = stage();
      bc.takesDeepJournals = operation !== 'bc.journal-lines.insert';
      const document = journal(bc);
      bc.faults.push({ operation, as });
      await assert.rejects(write(document), OutcomeUnknown);
      if (as === 'lost-before') {
        await assert.rejects(write(document), OutcomeUnknown, 'too early to decide');
        writes.waitsPassed = true;
      }
      const result = await write(document);
      assert.equal(result.posting.state, 'posted');
      assert.equal(bc.ledger.length, 3);
      const calls = bc.operations.filter((name) => name === operation).length;
      assert.equal(calls, as === 'lost-before' ? 2 : 1);
      assert.equal(writes.unknown.size, 0, 'the lost attempt is settled in the books');
    });
  }
}

test('S82: entries of somebody else under our number are a conflict and nothing is written', async () => {
  const { bc, write } = stage();
  const document = journal(bc);
  await write(document);
  bc.ledger[0]!.debitAmount = '99.00';
  bc.calls.length = 0;
  await assert.rejects(write(document), Conflict);
  assert.equal(bc.writes().length, 0);
});

test('a batch with our code and another name is a conflict', async () => {
  const { bc, write } = stage();
  const document = journal(bc);
  bc.journals.push({ id: 'x', code: document.batchCode, displayName: 'Payroll' });
  await assert.rejects(write(document), Conflict);
  assert.equal(bc.writes().length, 0);
});

test("trap 7: a stranger's line in our batch stops the posting and is not deleted", async () => {
  const { bc, write } = stage();
  const document = journal(bc);
  bc.faults.push({ operation: 'bc.journals.post', as: 'lost-before' });
  await assert.rejects(write(document), OutcomeUnknown);
  const stranger = { ...bc.journalLines[0]!, id: 'stranger', lineNumber: '40000' };
  bc.journalLines.push(stranger);
  await assert.rejects(write(document), { code: 'erp-document-changed' });
  assert.ok(bc.journalLines.includes(stranger) && bc.ledger.length === 0);
});

test('trap 9: a changed document number or amount stops the posting', async () => {
  for (const change of [{ documentNumber: 'G0001' }, { amount: '1.00' }]) {
    const { bc, write } = stage();
    bc.faults.push({ operation: 'bc.journals.post', as: 'lost-before' });
    await assert.rejects(write(journal(bc)), OutcomeUnknown);
    Object.assign(bc.journalLines[0]!, change);
    await assert.rejects(write(journal(bc)), { code: 'erp-document-changed' });
    assert.equal(bc.ledger.length, 0);
  }
});

test('trap 6: a batch emptied without ledger entries is never filled again', async () => {
  const { bc, writes, write } = stage();
  const document = journal(bc);
  bc.faults.push({ operation: 'bc.journals.post', as: 'lost-after' });
  await assert.rejects(write(document), OutcomeUnknown);
  bc.ledger = [];
  writes.waitsPassed = true;
  await assert.rejects(write(document), { code: 'erp-document-changed' });
  assert.equal(bc.ledger.length, 0);
});

test('trap 6: a 204 without ledger entries is waiting, not posted', async () => {
  const { bc, write } = stage({ proveTries: 2 });
  bc.postsByJobQueue = true;
  const result = await write(journal(bc));
  assert.equal(result.posting.state, 'waiting');
  assert.ok(result.keys.id);
});

test('trap 6: a refusal after the posting happened is a success, otherwise an unknown outcome', async () => {
  const refusal = {
    status: 400,
    code: 'Internal_DataNotFoundFilter',
    message: 'There is no Gen. Journal Line within the filter.',
  };
  const happened = stage();
  happened.bc.faults.push({ operation: 'bc.journals.post', as: { ...refusal, done: true } });
  assert.equal((await happened.write(journal(happened.bc))).posting.state, 'posted');
  const unknown = stage();
  unknown.bc.faults.push({ operation: 'bc.journals.post', as: refusal });
  await assert.rejects(unknown.write(journal(unknown.bc)), OutcomeUnknown);
});

test('refusals at post carry a reason and the words of the ERP', async () => {
  const cases: [string, string][] = [
    ['Posting Date is not within your range of allowed posting dates.', 'period-closed'],
    ['You cannot post this type of document when Vendor E-001 is blocked with type All', 'vendor-blocked'],
    ['Dimension DEPARTMENT is blocked.', 'dimension-unusable'],
    ['There is nothing to post.', 'erp-document-changed'],
    ['Strange words.', 'erp-refused'],
  ];
  for (const [message, code] of cases) {
    const { bc, write } = stage();
    bc.faults.push({
      operation: 'bc.journals.post',
      as: { status: 400, code: 'Application_DialogException', message },
    });
    await assert.rejects(write(journal(bc)), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      return code === 'erp-document-changed' || error.message.includes(message);
    });
    assert.equal((await write(journal(bc))).posting.state, 'posted', 'released, the same lines are posted');
    assert.equal(bc.ledger.length, 3);
  }
});

test('a deadlock is repeated later and does not post twice', async () => {
  const { bc, write } = stage();
  const message = 'The activity was deadlocked with another user. Please retry the activity.';
  bc.faults.push({ operation: 'bc.journals.post', as: { status: 409, code: 'Internal_ServerError', message } });
  await assert.rejects(write(journal(bc)), Unavailable);
  await write(journal(bc));
  assert.equal(bc.ledger.length, 3);
});

test('trap 12: an inherited dimension is changed in the safe order', async () => {
  const { bc, write } = stage();
  bc.defaultDimension = 'DEPARTMENT';
  const posted: unknown[] = [];
  bc.faults.push({ operation: 'bc.journals.post', as: 'lost-before' });
  await assert.rejects(write(journal(bc)), OutcomeUnknown);
  for (const row of bc.journalLines) posted.push((row.dimensionSetLines as { valueCode: string }[])[0]!.valueCode);
  assert.deepEqual(posted, ['410', '410', '999']);
  const patch = bc.calls.find(({ operation }) => operation === 'bc.dimension-set.change')!;
  assert.equal(patch.headers!['If-Match'], '*');
});

test('S95: a dimension that Business Central loses stops the posting', async () => {
  const { bc, write } = stage();
  bc.losesDimensions = true;
  await assert.rejects(write(journal(bc)), { code: 'dimension-unusable' });
  assert.equal(bc.ledger.length, 0);
});

test('more lines than an envelope takes go in several', async () => {
  const { bc, write } = stage();
  bc.takesDeepJournals = false;
  const lines = Array.from({ length: 120 }, (_, index) => ({
    lineNumber: (index + 1) * 10_000,
    accountType: 'G/L Account' as const,
    accountNumber: index === 0 ? '8430' : '8420',
    amount: index === 0 ? '-119' : '1',
    description: `Line ${index + 1}`,
    dimensions: [],
  }));
  const { payable: _, ...document } = journal(bc, { lines, debitTotal: '119' });
  assert.equal((await write(document)).posting.state, 'posted');
  assert.equal(bc.ledger.length, 120);
});

test('trap 8: a foreign currency never becomes local currency silently', async () => {
  const { bc, write } = stage();
  await assert.rejects(write(journal(bc, { currency: 'USD' })), { code: 'unsupported-document' });
  bc.vendors[0]!.currencyCode = 'USD';
  await assert.rejects(write(journal(bc)), { code: 'unsupported-document' });
  assert.equal(bc.writes().length, 0);
});

test('a journal that does not balance is refused before any write', async () => {
  const { bc, write } = stage();
  const document = journal(bc);
  await assert.rejects(write({ ...document, lines: document.lines.slice(1) }), { code: 'document-inconsistent' });
  assert.equal(bc.writes().length, 0);
});
