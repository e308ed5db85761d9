import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import { Conflict, OutcomeUnknown, Unavailable } from '../../src/clients/http/errors.js';
import { invoice, journal, stage, tracked } from './bc-stage.js';

test('S78, S82: a posted invoice of another Concur document is not adopted, however alike it is', async () => {
  const { bc, write } = stage();
  await write(invoice(bc, { keySeed: 'AAAA000011112222', marker: 'CONCUR AAAA000011112222 PR-76' }));
  const twin = invoice(bc, { keySeed: 'BBBB000011112222', marker: 'CONCUR BBBB000011112222 PR-77' });
  await assert.rejects(write(twin), Conflict);
  assert.equal(bc.invoices.length, 1);
});

test('trap 23: a posting date outside the allowed range is refused before anything is written', async () => {
  for (const window of [{ allowPostingFrom: '2026-08-22' }, { allowPostingTo: '2026-08-20' }]) {
    for (const make of [invoice, journal]) {
      const { bc, write } = stage();
      Object.assign(bc, window);
      await assert.rejects(write(make(bc)), (error: Error & { code: string }) => {
        assert.equal(error.code, 'period-closed');
        return /2026-08-21.*(from 2026-08-22|to 2026-08-20)/.test(error.message);
      });
      assert.equal(bc.writes().length, 0);
    }
  }
});

test('trap 15: a draft that a person saves while it is posted is read anew, not held', async () => {
  const { bc, write } = stage();
  const refusal = {
    status: 409,
    code: 'Request_EntityChanged',
    message: 'Another user has already changed the record.',
  };
  bc.faults.push({ operation: 'bc.invoices.post', as: refusal });
  await assert.rejects(write(invoice(bc)), Unavailable);
  assert.equal((await write(invoice(bc))).posting.state, 'posted');
});

test('NAV spec 16: an invoice that has another id after posting is found by its number', async () => {
  const { bc, write } = stage();
  bc.faults.push({ operation: 'bc.invoices.post', as: 'lost-after' });
  await assert.rejects(write(invoice(bc)), OutcomeUnknown);
  bc.invoices[0]!.id = 'another';
  const result = await write(invoice(bc));
  assert.ok(result.posting.state === 'posted');
  assert.equal(result.keys.id, 'another');
  assert.equal(bc.invoices.length, 1);
});

test('trap 10: a duplicate of the pay-to vendor is named, although another vendor sent it', async () => {
  const { bc, write } = stage();
  const refusal = {
    status: 400,
    code: 'Application_DialogException',
    message: 'Purchase Invoice INV-77 already exists for this vendor.',
  };
  bc.faults.push({ operation: 'bc.invoices.post', as: refusal });
  bc.invoices.push({
    id: 'hand',
    number: '108888',
    status: 'Open',
    vendorNumber: '30000',
    payToVendorNumber: '20000',
    vendorInvoiceNumber: "INV-77'A",
    invoiceDate: '2026-08-01',
    totalAmountIncludingTax: '5',
    purchaseInvoiceLines: [],
  });
  await assert.rejects(write(invoice(bc)), (error: Error & { code: string }) => {
    assert.equal(error.code, 'possible-duplicate');
    return /108888/.test(error.message);
  });
});

test('trap 9: a posting number series that replaces the document number is named, and nothing is posted twice', async () => {
  const { bc, write, writes } = stage({ proveTries: 2 });
  bc.postingSeries = 'G00017';
  const document = journal(bc);
  const first = await write(document);
  assert.ok(first.posting.state === 'waiting' || first.posting.state === 'refused');
  writes.waitsPassed = true;
  await assert.rejects(write(document), (error: Error & { code: string }) => {
    assert.equal(error.code, 'erp-document-changed');
    return /G00017.*number series/.test(error.message);
  });
  assert.equal(bc.operations.filter((name) => name === 'bc.journals.post').length, 1);
});

test('trap 9: the posting watch says under which number the journal stands', async () => {
  const at = stage({ proveTries: 1 });
  at.bc.postingSeries = 'G00017';
  const document = journal(at.bc);
  const written = tracked(document, await at.write(document));
  const [state] = await at.erp.findPostings(at.bc.companyName, [written], at.signal);
  assert.ok(state?.state === 'missing' && /G00017/.test(state.reason));
});

test('NAV spec 15: a journal that is reversed in the ERP is settled by a reversal, not by a payment', async () => {
  const at = stage();
  const document = journal(at.bc);
  const written = tracked(document, await at.write(document));
  const { documentNumber, vendorEntryKey } = written.proof!;
  const counter = at.bc.owe('E-001', documentNumber, new Decimal('120.50'), '_x0020_', '2026-08-25');
  at.bc.apply(vendorEntryKey!, counter, '120.50', '2026-08-25');
  const settlements = await at.erp.findSettlements(at.bc.companyName, [written], undefined, at.signal);
  assert.deepEqual(
    settlements.map(({ kind, amount }) => [kind, amount]),
    [['reversal', '120.50']],
  );
});

test('NAV spec 10: batches stand under the configured template, which is asked for with every look', async () => {
  const at = stage({ journalTemplate: 'CONCUR' });
  const document = journal(at.bc);
  at.bc.postsByJobQueue = true;
  await at.write(document);
  assert.equal(at.bc.journals[0]!.templateDisplayName, 'CONCUR');
  const looks = at.bc.calls.filter(({ operation }) => operation === 'bc.journals.find');
  assert.ok(looks.length > 0);
  assert.ok(looks.every(({ query }) => query!.$filter!.endsWith(" and templateDisplayName eq 'CONCUR'")));
});

const lineOf = (account: string, value: string | undefined, changes: object = {}) => ({
  account,
  vendor: false,
  dimensions: value === undefined ? [] : [{ dimension: 'Department', value }],
  ...changes,
});

test('S99, trap 12: rules of default dimensions are checked before anything is written', async () => {
  const check = async (postingValidation: string, dimensionValueCode: string, line: ReturnType<typeof lineOf>) => {
    const { bc, erp, signal } = stage();
    bc.defaults.push({ parent: '8430', dimensionCode: 'DEPARTMENT', dimensionValueCode, postingValidation });
    const request = { company: bc.companyName, vendors: [], accounts: [], dimensions: [], journalNames: [] };
    const findings = await erp.checkMasterData({ ...request, lines: [line] }, signal);
    return findings.map(({ kind, message }) => `${kind}: ${message}`).join();
  };
  const mandatory = 'Code_x0020_Mandatory';
  assert.match(
    await check(mandatory, '', lineOf('8430', undefined)),
    /dimension-missing: Account 8430 requires a value/,
  );
  assert.equal(await check(mandatory, '', lineOf('8430', '410')), '');
  assert.equal(await check(mandatory, '420', lineOf('8430', undefined)), '', 'the account has a value of its own');
  assert.equal(await check(mandatory, '', lineOf('8420', undefined)), '', 'another account');
  assert.match(await check('Same_x0020_Code', '420', lineOf('8430', '410')), /takes only 420 .* has 410/);
  assert.equal(await check('Same_x0020_Code', '420', lineOf('8430', undefined)), '');
  assert.match(await check('No_x0020_Code', '', lineOf('8430', '410')), /takes no value of dimension DEPARTMENT/);
  assert.equal(await check('No_x0020_Code', '', lineOf('8430', undefined)), '');
});

test('S99: a line of a purchase document takes over what the vendor has; a mandatory dimension of the vendor is checked too', async () => {
  const { bc, erp, signal } = stage();
  bc.defaults.push(
    { parent: '8430', dimensionCode: 'DEPARTMENT', dimensionValueCode: '', postingValidation: 'Code_x0020_Mandatory' },
    { parent: '20000', dimensionCode: 'DEPARTMENT', dimensionValueCode: '410', postingValidation: '_x0020_' },
    { parent: 'E-001', dimensionCode: 'DEPARTMENT', dimensionValueCode: '', postingValidation: 'Code_x0020_Mandatory' },
  );
  const request = { company: bc.companyName, vendors: [], accounts: [], dimensions: [], journalNames: [] };
  const ask = (lines: ReturnType<typeof lineOf>[]) => erp.checkMasterData({ ...request, lines }, signal);
  assert.deepEqual(await ask([lineOf('8430', undefined, { inheritsFrom: '20000' })]), []);
  assert.equal((await ask([lineOf('8430', undefined)])).length, 1);
  assert.match((await ask([lineOf('E-001', undefined, { vendor: true })]))[0]!.message, /^Vendor E-001 requires/);
});

test('S85: a posted document of a vendor that is blocked for payment is shown with its reason', async () => {
  const at = stage();
  const [report, bill] = [journal(at.bc), invoice(at.bc)];
  const documents = [tracked(report, await at.write(report), 'report'), tracked(bill, await at.write(bill), 'bill')];
  const obstacles = await at.erp.findPaymentObstacles!(at.bc.companyName, documents, at.signal);
  assert.deepEqual(
    obstacles.map(({ documentId, part }) => [documentId, part]),
    [['bill', 1]],
  );
  assert.match(obstacles[0]!.reason, /Vendor 20000 is blocked \(Payment\)/);
});

test('NAV spec 4: a part of a batch that is throttled or fails leaves nothing behind and is repeated', async () => {
  for (const status of [429, 500]) {
    const { bc, write } = stage();
    bc.takesDeepJournals = false;
    const answer = { status, code: 'Internal_ServerError', message: 'The server is busy.' };
    bc.batchFaults.push(answer);
    await assert.rejects(write(journal(bc)), Unavailable);
    assert.equal((await write(journal(bc))).posting.state, 'posted');
  }
});

test('trap 15: an entity that is not offered is told as that, not as a document that is gone', async () => {
  const { bc, erp, write, signal } = stage();
  const gone = { status: 404, code: 'BadRequest_ResourceNotFound', message: 'Resource not found for the segment.' };
  bc.faults.push({ operation: 'bc.invoices.find', as: gone });
  await assert.rejects(write(invoice(bc)), (error: Error & { code: string }) => {
    assert.equal(error.code, 'erp-refused');
    return /does not offer purchaseInvoices/.test(error.message);
  });
  const report = journal(bc);
  const documents = [tracked(report, await write(report))];
  bc.faults.push({ operation: 'bc.vendor-entries.read', as: gone });
  await assert.rejects(erp.findSettlements(bc.companyName, documents, undefined, signal), /Power BI Reports/);
});
