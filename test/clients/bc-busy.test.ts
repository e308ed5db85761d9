import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asCode } from '../../src/clients/dynamics-nav/wire-text.js';
import { OutcomeUnknown, Unavailable } from '../../src/clients/http/errors.js';
import { invoice, journal, stage } from './bc-stage.js';

const locked = [
  [
    409,
    'Internal_ServerError',
    'The operation could not complete because a record in the G/L Entry table was locked by another user.',
  ],
  [
    400,
    'Application_DialogException',
    "We can't save your changes right now, because a record in table 'G/L Register' is being updated in a transaction done by another session.",
  ],
] as const;

for (const operation of ['bc.journals.create', 'bc.journals.post', 'bc.invoices.create', 'bc.invoices.post']) {
  test(`NAV spec 5: ${operation} that meets a lock of another session is repeated, not held for a person`, async () => {
    for (const [status, code, message] of locked) {
      const { bc, write } = stage();
      const document = operation.startsWith('bc.journals') ? journal(bc) : invoice(bc);
      bc.faults.push({ operation, as: { status, code, message } });
      await assert.rejects(write(document), Unavailable);
      assert.equal((await write(document)).posting.state, 'posted');
    }
  });

  test(`NAV spec 5: ${operation} that another user was faster than is read anew (409, and 412 of a proxy)`, async () => {
    for (const status of [409, 412]) {
      const { bc, write } = stage();
      const document = operation.startsWith('bc.journals') ? journal(bc) : invoice(bc);
      const message = status === 412 ? '' : 'Another user has already changed the record.';
      bc.faults.push({ operation, as: { status, code: status === 412 ? '' : 'Request_EntityChanged', message } });
      await assert.rejects(write(document), Unavailable);
      assert.equal((await write(document)).posting.state, 'posted');
    }
  });
}

test('a blank currency code is the local currency, and a foreign document in it is never posted', async () => {
  const { bc, write } = stage();
  bc.currency = 'GBP';
  bc.faults.push({ operation: 'bc.invoices.post', as: 'lost-before' });
  await assert.rejects(write(invoice(bc)), OutcomeUnknown);
  bc.invoices[0]!.currencyCode = '';
  const again = stage({}, bc);
  await assert.rejects(again.write(invoice(bc)), (error: Error & { code: string }) => {
    assert.equal(error.code, 'erp-document-changed');
    return /currency differs/.test(error.message);
  });
  assert.equal(bc.ledger.length, 0);
  bc.currency = 'EUR';
  assert.equal((await stage({}, bc).write(invoice(bc))).posting.state, 'posted', 'as long as it is the local one');
});

test('S82: the watch takes no invoice that carries the marker of another Concur document, however alike it is', async () => {
  const { bc, erp, write, signal } = stage({ proveTries: 1 });
  const other = invoice(bc, { keySeed: 'AAAA000011112222', marker: 'CONCUR AAAA000011112222 PR-76' });
  await write(other);
  const ours = invoice(bc, { keySeed: 'BBBB000011112222', marker: 'CONCUR BBBB000011112222 PR-77' });
  const removed = { documentId: 'one', document: ours, keys: { id: 'removed-by-a-person' } };
  const [state] = await erp.findPostings(bc.companyName, [removed], signal);
  assert.equal(state!.state, 'missing');
  const replaced = { documentId: 'two', document: other, keys: { id: 'another' } };
  const [found] = await erp.findPostings(bc.companyName, [replaced], signal);
  assert.equal(found!.state, 'posted', 'ours, posted under another id, is ours');
});

test('a twin of our draft is deleted although its etag moves between look and delete, and gone ones do no harm', async () => {
  const { bc, writes, write } = stage();
  bc.faults.push({ operation: 'bc.invoices.create', as: 'lost-after' });
  await assert.rejects(write(invoice(bc)), OutcomeUnknown);
  const first = bc.invoices[0]!;
  bc.invoices.push({ ...structuredClone(first), id: 'twin', number: '2000' });
  bc.interruptions.push({
    operation: 'bc.invoices.delete-twin',
    meanwhile: () => void (bc.invoices.find(({ id }) => id === 'twin')!['@odata.etag'] = 'W/"moved"'),
  });
  writes.waitsPassed = true;
  const { keys } = await write(invoice(bc));
  assert.equal(keys.id, first.id);
  assert.deepEqual(
    bc.invoices.map(({ id }) => id),
    [first.id],
  );
});

test('S78: a lost create that is done late, after another has taken its place, leaves no draft behind', async () => {
  const { bc, write } = stage();
  const document = invoice(bc);
  bc.interruptions.push({
    operation: 'bc.invoices.post',
    meanwhile: () => void bc.invoices.push({ ...structuredClone(bc.invoices[0]!), id: 'late', number: '2000' }),
  });
  assert.equal((await write(document)).posting.state, 'posted');
  assert.deepEqual(
    bc.invoices.map(({ status }) => status),
    ['Open'],
  );
});

test('what is posted, and drafts of others with our number, are never deleted as twins', async () => {
  const { bc, write } = stage();
  const document = invoice(bc);
  bc.interruptions.push({
    operation: 'bc.invoices.post',
    meanwhile: () => {
      const hand = structuredClone(bc.invoices[0]!);
      bc.invoices.push({ ...hand, id: 'hand', number: '2000', purchaseInvoiceLines: [] });
    },
  });
  assert.equal((await write(document)).posting.state, 'posted');
  assert.equal(bc.invoices.length, 2);
  assert.ok(!bc.calls.some(({ method }) => method === 'DELETE'));
});

test('codes keep their ß: Business Central folds letter by letter', () => {
  assert.equal(asCode(' straße-ä1 '), 'STRAßE-Ä1');
});

test('S94: a dimension value with ß is found', async () => {
  const { bc, erp, signal } = stage();
  bc.dimensions[0]!.values.push('GROß');
  const request = { company: bc.companyName, vendors: [], accounts: [], journalNames: [] };
  const dimensions = [{ dimension: 'DEPARTMENT', value: 'groß' }];
  bc.calls.length = 0;
  await erp.checkMasterData({ ...request, dimensions }, signal);
  const asked = bc.calls.find(({ operation }) => operation === 'bc.dimension-values.check')!;
  assert.equal(asked.query!.$filter, "code eq 'GROß'");
});

test('C12: a batch that got a line of somebody else after the posting stays as it is', async () => {
  const { bc, write } = stage();
  bc.interruptions.push({
    operation: 'bc.vendor-entries.read',
    meanwhile: () => {
      const journalId = bc.journals[0]!.id;
      bc.journalLines.push({ id: 'x', journalId, lineNumber: '20000', accountNumber: '8430', amount: '1' });
    },
  });
  assert.equal((await write(journal(bc))).posting.state, 'posted');
  assert.deepEqual([bc.journals.length, bc.journalLines.some(({ id }) => id === 'x')], [1, true]);
});
