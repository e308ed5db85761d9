import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBcAdapter } from '../../src/clients/dynamics-nav/adapter.js';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { ErpKeys, ErpWriteContext, Withdrawal } from '../../src/contracts/erp-port.js';
import { BcStage } from '../simulators/bc-stage.js';
import type { FakeBc, Row } from './bc-fake.js';
import { FakeWrites, invoice, journal, stage, tracked, type Stage } from './bc-stage.js';
import { clientOf } from './bc-simulated.js';

function withdraw({ erp, writes, signal }: Stage, document: ErpDocument, keys: ErpKeys = {}): Promise<Withdrawal> {
  const context: ErpWriteContext = { writes, signal, heartbeat: () => undefined };
  return erp.withdraw({ documentId: 'doc-1', document, keys }, context);
}

/** A stage whose document was written and not posted: the action was refused. */
async function drafted(
  make: (bc: FakeBc) => ErpDocument,
): Promise<{ there: Stage; document: ErpDocument; keys: ErpKeys }> {
  const there = stage();
  const document = make(there.bc);
  const operation = document.route === 'bc-general-journal' ? 'bc.journals.post' : 'bc.invoices.post';
  const message = 'Posting Date is not within your range of allowed posting dates';
  there.bc.faults.push({ operation, as: { status: 400, code: 'Application_DialogException', message } });
  await assert.rejects(there.write(document), { code: 'period-closed' });
  const { id } = there.bc.journals[0] ?? there.bc.invoices[0]!;
  there.writes.created.length = 0;
  there.bc.calls.length = 0;
  return { there, document, keys: { id } };
}

const deletes = ({ bc }: Stage): string[] =>
  bc.calls.filter(({ method }) => method === 'DELETE').map(({ operation }) => operation);

function reasonOf(withdrawal: Withdrawal): string {
  assert.ok(withdrawal.state === 'blocked', JSON.stringify(withdrawal));
  return withdrawal.reason;
}

/** A line that a person has put into a batch. */
const byHand = (journalId: string, changes: object = {}): Row => ({
  ...{ '@odata.etag': 'W/"h"', id: 'by-hand', journalId, lineNumber: '40000', accountNumber: '8420', amount: '7' },
  ...{ accountType: 'G_x002F_L_x0020_Account', documentNumber: 'HAND-1', postingDate: '2026-08-21' },
  ...changes,
});

describe('taking a journal out of Business Central', () => {
  test('B3: where nothing is there it is gone and nothing is written', async () => {
    const there = stage();
    for (const keys of [{}, { journal: 'CK3M8Q2T7W', id: '11111111-1111-4111-8111-111111111111' }]) {
      assert.deepEqual(await withdraw(there, journal(there.bc), keys), { state: 'gone' });
    }
    assert.deepEqual(there.bc.writes(), []);
  });

  test('B3: lines go one by one and then the batch, each under its own etag, also without any saved id', async () => {
    for (const known of [true, false]) {
      const { there, document, keys } = await drafted(journal);
      const etags = new Map(
        [...there.bc.journalLines, ...there.bc.journals].map((row) => [row.id, row['@odata.etag']]),
      );
      assert.deepEqual(await withdraw(there, document, known ? keys : {}), { state: 'gone' });
      assert.deepEqual([there.bc.journalLines, there.bc.journals], [[], []]);
      const line = 'bc.journal-lines.withdraw';
      assert.deepEqual(deletes(there), [line, line, line, 'bc.journals.withdraw']);
      for (const { path, headers } of there.bc.writes()) {
        assert.equal(headers!['If-Match'], etags.get(/\(([^)]+)\)$/.exec(path)![1]!));
      }
      const guarded = ['bc.withdraw-line', 'bc.withdraw-line', 'bc.withdraw-line', 'bc.withdraw-batch'];
      assert.deepEqual(there.writes.created, guarded);
    }
  });

  test('B3: a batch whose lines were lost goes too', async () => {
    const there = stage();
    const document = journal(there.bc);
    there.bc.takesDeepJournals = false;
    there.bc.faults.push({ operation: 'bc.journal-lines.insert', as: 'lost-before' });
    await assert.rejects(there.write(document), OutcomeUnknown);
    assert.deepEqual(await withdraw(there, document), { state: 'gone' });
    assert.deepEqual(there.bc.journals, []);
  });

  test('S78: a repeated withdrawal writes nothing', async () => {
    const { there, document, keys } = await drafted(journal);
    await withdraw(there, document, keys);
    there.bc.calls.length = 0;
    assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' });
    assert.deepEqual(there.bc.writes(), []);
  });

  test('S10, S100: what is posted is proven as the posting watch proves it, and nothing is deleted', async () => {
    const there = stage();
    const document = journal(there.bc);
    const result = await there.write(document);
    const [state] = await there.erp.findPostings(there.bc.companyName, [tracked(document, result)], there.signal);
    assert.ok(state?.state === 'posted');
    assert.deepEqual(await withdraw(there, document), { state: 'posted', proof: state.proof });
    assert.deepEqual(
      deletes(there).filter((name) => name !== 'bc.journals.tidy'),
      [],
    );
  });

  test('S10: posted while a line is about to go: the posting is found and nothing else is deleted', async () => {
    for (const operation of ['bc.journal-lines.read', 'bc.journal-lines.withdraw']) {
      const { there, document, keys } = await drafted(journal);
      there.bc.interruptions.push({ operation, meanwhile: () => void there.bc.postJournal(keys.id!) });
      const withdrawal = await withdraw(there, document, keys);
      assert.ok(withdrawal.state === 'posted' && withdrawal.proof.documentNumber === 'CXK3M8Q2T7WB5', operation);
      assert.equal(there.bc.ledger.length, 3);
    }
  });

  test('S10: entries under our number that are not what we wrote are for a person, never for a delete', async () => {
    const { there, document, keys } = await drafted(journal);
    there.bc.journalLines[0]!.accountNumber = '8420';
    there.bc.postJournal(keys.id!);
    assert.match(reasonOf(await withdraw(there, document, keys)), /number CXK3M8Q2T7WB5 .* Reverse these entries/);
    assert.deepEqual(deletes(there), []);
  });

  test('B3: a posting that a person has reversed counts as taken out, and its empty batch goes', async () => {
    const { there, document, keys } = await drafted(journal);
    there.bc.postJournal(keys.id!);
    for (const entry of [...there.bc.ledger]) {
      there.bc.ledger.push({ ...entry, debitAmount: entry.creditAmount, creditAmount: entry.debitAmount });
    }
    assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' });
    assert.deepEqual(there.bc.journals, []);
  });

  test('trap 6: an empty line without entries is the trace of a posting that nobody has found', async () => {
    const { there, document, keys } = await drafted(journal);
    there.bc.postJournal(keys.id!);
    there.bc.ledger = [];
    assert.match(reasonOf(await withdraw(there, document, keys)), /batch CK3M8Q2T7W looks posted/);
    assert.deepEqual(deletes(there), []);
  });

  test('S82: with a line of a person in the batch only our lines go, and the batch stays until a person decides', async () => {
    const { there, document, keys } = await drafted(journal);
    there.bc.journalLines.push(byHand(keys.id!));
    const reason = /batch CK3M8Q2T7W also holds a line that the connector did not write/;
    assert.match(reasonOf(await withdraw(there, document, keys)), reason);
    assert.match(reasonOf(await withdraw(there, document, keys)), reason, 'also when asked again');
    assert.deepEqual(
      there.bc.journalLines.map(({ id }) => id),
      ['by-hand'],
    );
    there.bc.journals[0]!.displayName = 'Corrections';
    assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' }, 'the batch is the person’s now');
    assert.equal(there.bc.journals.length, 1);
  });

  test('S82: a line that a person adds while the batch is about to go keeps the batch and the line', async () => {
    const { there, document, keys } = await drafted(journal);
    const meanwhile = (): void => void there.bc.journalLines.push(byHand(keys.id!));
    there.bc.interruptions.push({ operation: 'bc.journals.read', meanwhile });
    assert.match(reasonOf(await withdraw(there, document, keys)), /also holds a line/);
    assert.deepEqual(
      there.bc.journalLines.map(({ id }) => id),
      ['by-hand'],
    );
  });

  test('S82: a batch of somebody else with our code is not touched, unless our lines are in it: then it is named', async () => {
    const there = stage();
    const document = journal(there.bc);
    there.bc.journals.push({ '@odata.etag': 'W/"j"', id: 'theirs', code: document.batchCode, displayName: 'Rent' });
    there.bc.journalLines.push(byHand('theirs'));
    assert.deepEqual(await withdraw(there, document), { state: 'gone' });
    there.bc.journalLines.push(byHand('theirs', { id: 'moved', documentNumber: document.documentNumber }));
    assert.match(reasonOf(await withdraw(there, document)), /holds 1 of its lines \(document number CXK3M8Q2T7WB5\)/);
    assert.deepEqual(deletes(there), []);
  });

  test('a batch under another code is found by the saved id', async () => {
    const { there, document, keys } = await drafted(journal);
    there.bc.journals[0]!.code = 'MARCH';
    assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' });
    assert.deepEqual([there.bc.journalLines, there.bc.journals], [[], []]);
  });
});

describe('taking a purchase invoice out of Business Central', () => {
  test('B3: where nothing is there, and beside an invoice of somebody else, it is gone and nothing is written', async () => {
    const there = stage();
    const document = invoice(there.bc);
    assert.deepEqual(await withdraw(there, document), { state: 'gone' });
    const { vendorNumber, vendorInvoiceNumber } = document;
    for (const status of ['Draft', 'Open']) {
      const theirs = { id: `hand-${status}`, number: '7', vendorNumber, vendorInvoiceNumber, status };
      there.bc.invoices.push({ ...theirs, totalAmountIncludingTax: '99.00', purchaseInvoiceLines: [] });
    }
    assert.deepEqual(await withdraw(there, document), { state: 'gone' });
    assert.deepEqual(there.bc.writes(), []);
  });

  test('B3: the draft goes under the etag of the last look, with and without a saved id', async () => {
    for (const known of [true, false]) {
      const { there, document, keys } = await drafted(invoice);
      assert.deepEqual(await withdraw(there, document, known ? keys : {}), { state: 'gone' });
      assert.deepEqual(there.bc.invoices, []);
      assert.deepEqual(there.writes.created, ['bc.withdraw-invoice']);
      assert.equal(there.bc.writes()[0]!.headers!['If-Match'], 'W/"i1"');
    }
  });

  test('B3: a draft whose create was lost, and the twin of a repeated create, both go', async () => {
    const there = stage();
    const document = invoice(there.bc);
    there.bc.faults.push({ operation: 'bc.invoices.create', as: 'lost-after' });
    await assert.rejects(there.write(document), OutcomeUnknown);
    there.bc.invoices.push({ ...structuredClone(there.bc.invoices[0]!), id: 'twin', number: '2000' });
    assert.deepEqual(await withdraw(there, document), { state: 'gone' });
    assert.deepEqual(there.bc.invoices, []);
  });

  test('S10, S100, trap 4: what is posted is proven as the posting watch proves it, and never deleted', async () => {
    const there = stage();
    const document = invoice(there.bc);
    const result = await there.write(document);
    const [state] = await there.erp.findPostings(there.bc.companyName, [tracked(document, result)], there.signal);
    assert.ok(state?.state === 'posted');
    for (const keys of [result.keys, {}]) {
      assert.deepEqual(await withdraw(there, document, keys), { state: 'posted', proof: state.proof });
    }
    assert.deepEqual(deletes(there), []);
    there.bc.ledger = [];
    assert.match(reasonOf(await withdraw(there, document, result.keys)), /is posted and shows no ledger entries yet/);
  });

  test('S10: a draft that a person altered and posted is posted, although no saved id tells which it was', async () => {
    const { there, document } = await drafted(invoice);
    Object.assign(there.bc.invoices[0]!, { totalAmountIncludingTax: '900.00', invoiceDate: '2026-08-01' });
    there.bc.postInvoice(there.bc.invoices[0]!);
    const withdrawal = await withdraw(there, document, {});
    assert.equal(withdrawal.state === 'posted' && withdrawal.proof.debitTotal, '900.00');
  });

  test('S10, trap 4: a draft posted between the look and the delete survives the delete', async () => {
    const { there, document, keys } = await drafted(invoice);
    const meanwhile = (): void => void there.bc.postInvoice(there.bc.invoices[0]!);
    there.bc.interruptions.push({ operation: 'bc.invoices.withdraw', meanwhile });
    assert.equal((await withdraw(there, document, keys)).state, 'posted');
    assert.deepEqual(
      there.bc.invoices.map(({ status }) => status),
      ['Open'],
    );
    assert.deepEqual(deletes(there), ['bc.invoices.withdraw']);
  });

  test('S10: a draft in an approval, or of an unknown status, is left alone', async () => {
    for (const [status, reason] of [
      ['In_x0020_Review', /Draft purchase invoice 1044 waits for an approval/],
      ['Corrective', /Purchase invoice 1044 has the status Corrective/],
    ] as const) {
      const { there, document, keys } = await drafted(invoice);
      there.bc.invoices[0]!.status = status;
      assert.match(reasonOf(await withdraw(there, document, keys)), reason);
      assert.deepEqual(deletes(there), []);
    }
  });

  test('B3: an invoice that a person has cancelled by credit memo counts as taken out', async () => {
    const there = stage();
    const document = invoice(there.bc);
    const { keys } = await there.write(document);
    there.bc.invoices[0]!.status = 'Canceled';
    assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' });
    assert.equal(there.bc.invoices.length, 1);
  });

  test('S82: a draft that a person has added a line to is named and stays', async () => {
    const { there, document, keys } = await drafted(invoice);
    const lines = there.bc.invoices[0]!.purchaseInvoiceLines as Row[];
    lines.push({
      ...lines[1]!,
      id: 'freight',
      lineObjectNumber: '8420',
      description: 'Freight',
      amountExcludingTax: '9',
    });
    assert.match(reasonOf(await withdraw(there, document, keys)), /added a line to draft purchase invoice 1044/);
    assert.equal(there.bc.invoices.length, 1);
  });

  test('a draft that a person has only altered is still ours: by marker, or by number under the saved id', async () => {
    const renumbered = await drafted(invoice);
    renumbered.there.bc.invoices[0]!.vendorInvoiceNumber = 'OTHER';
    const { there, document, keys } = await drafted(invoice);
    const lines = there.bc.invoices[0]!.purchaseInvoiceLines as Row[];
    lines.shift();
    Object.assign(lines[0]!, { amountExcludingTax: '900.00' });
    for (const one of [renumbered, { there, document, keys }]) {
      assert.deepEqual(await withdraw(one.there, one.document, one.keys), { state: 'gone' });
      assert.deepEqual(one.there.bc.invoices, []);
    }
  });

  test('S82: a draft that carries neither marker nor number any more stays, and without the saved id it is not ours', async () => {
    const { there, document, keys } = await drafted(invoice);
    (there.bc.invoices[0]!.purchaseInvoiceLines as Row[]).shift();
    there.bc.invoices[0]!.vendorInvoiceNumber = 'OTHER';
    assert.match(
      reasonOf(await withdraw(there, document, keys)),
      /1044 was written by the connector, but carries neither/,
    );
    assert.deepEqual(await withdraw(there, document), { state: 'gone' });
    assert.equal(there.bc.invoices.length, 1);
  });
});

describe('answers to a delete', () => {
  const operations = ['bc.journal-lines.withdraw', 'bc.journals.withdraw', 'bc.invoices.withdraw'];
  const prepared = (operation: string) => (operation.includes('invoice') ? drafted(invoice) : drafted(journal));
  for (const operation of operations) {
    for (const as of ['lost-before', 'lost-after'] as const) {
      test(`S81: ${operation} ${as} is looked up and not blindly repeated`, async () => {
        const { there, document, keys } = await prepared(operation);
        const sent = (): number => deletes(there).filter((name) => name === operation).length;
        there.bc.faults.push({ operation, as });
        await assert.rejects(withdraw(there, document, keys), OutcomeUnknown);
        if (as === 'lost-before') {
          await assert.rejects(withdraw(there, document, keys), OutcomeUnknown, 'too early');
          assert.equal(sent(), 1);
          there.writes.waitsPassed = true;
        }
        assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' });
        const rows = operation === 'bc.journal-lines.withdraw' ? 3 : 1;
        assert.equal(sent(), rows + (as === 'lost-before' ? 1 : 0));
        assert.deepEqual([there.bc.invoices, there.bc.journals, there.bc.journalLines], [[], [], []]);
      });
    }

    test(`S81: ${operation}: 404 and 410 mean gone, 409 and 412 mean look again`, async () => {
      for (const status of [404, 410, 409, 412]) {
        const { there, document, keys } = await prepared(operation);
        there.bc.faults.push({
          operation,
          as: { status, code: '', message: '', done: status < 409 || status === 410 },
        });
        assert.deepEqual(await withdraw(there, document, keys), { state: 'gone' });
        assert.deepEqual([there.bc.invoices, there.bc.journals, there.bc.journalLines], [[], [], []]);
      }
    });

    test(`${operation}: a refusal reaches the accountant, with what stands there and what to do`, async () => {
      const { there, document, keys } = await prepared(operation);
      const message = "Status must be equal to 'Open' in Purchase Header.";
      there.bc.faults.push({ operation, as: { status: 400, code: 'Application_FieldValidationException', message } });
      const reason = reasonOf(await withdraw(there, document, keys));
      assert.match(
        reason,
        /^(Journal batch CK3M8Q2T7W|Draft purchase invoice 1044) cannot be deleted\. .*Status must be/,
      );
    });
  }

  test('a delete that is answered and not done does not count as gone', async () => {
    for (const operation of ['bc.journals.withdraw', 'bc.invoices.withdraw']) {
      const { there, document, keys } = await prepared(operation);
      there.bc.faults.push({ operation, as: { status: 204, code: '', message: '' } });
      assert.match(reasonOf(await withdraw(there, document, keys)), /is still there/);
    }
  });

  test('trap 19: every look asks the primary database', async () => {
    for (const make of [journal, invoice]) {
      const { there, document, keys } = await drafted(make);
      await withdraw(there, document, keys);
      const looks = there.bc.calls.filter(({ kind }) => kind === 'read');
      assert.deepEqual(
        looks.filter(({ headers }) => headers!['Data-Access-Intent'] !== 'ReadWrite').map(({ operation }) => operation),
        [],
      );
    }
  });

  test('a document of another ERP is refused', async () => {
    const there = stage();
    const document = { ...journal(there.bc), route: 'fo-general-journal' } as never;
    await assert.rejects(withdraw(there, document), { code: 'unsupported-document' });
  });
});

test('B3, S10: against the simulated environment unposted documents leave without a broken rule', async () => {
  const simulated = new BcStage();
  const company = 'North Ltd';
  const companies = { [company]: { paymentSource: 'status-only' as const, proveTries: 1 } };
  const options = { name: 'bc', tenant: 'contoso', environment: 'Sandbox', companies };
  const erp = createBcAdapter(options, clientOf(simulated));
  const context = { writes: new FakeWrites(), signal: new AbortController().signal, heartbeat: () => undefined };
  const { bc } = stage();
  const department = [{ dimension: 'DEPARTMENT', value: 'SALES' }];
  const report = journal(bc, { company, currency: 'GBP' });
  report.lines = report.lines.map((line) => ({
    ...line,
    dimensions: line.accountType === 'Vendor' ? [] : department,
    accountNumber: line.accountType === 'Vendor' ? 'CE01' : line.accountNumber,
  }));
  const bill = invoice(bc, { company, currency: 'GBP', vendorInvoiceNumber: 'INV-77', dueOn: '2026-09-17' });
  bill.lines = bill.lines.map((line) => ({ ...line, dimensions: department }));
  simulated.bc.pause({ batch: true });
  for (const document of [report, bill]) {
    const { keys, posting } = await erp.write(document, context);
    assert.equal(posting.state, 'waiting', 'written and scheduled for posting');
    assert.deepEqual(await erp.withdraw({ documentId: 'd', document, keys }, context), { state: 'gone' });
  }
  simulated.bc.pause({ batch: false });
  simulated.bc.tick();
  assert.deepEqual([simulated.bc.unposted(), simulated.bc.posted(), simulated.violations], [[], [], []]);
  for (const document of [report, bill]) {
    const { keys } = await erp.write(document, context);
    assert.equal((await erp.withdraw({ documentId: 'd', document, keys }, context)).state, 'posted');
  }
  assert.deepEqual([simulated.bc.posted().length, simulated.violations], [2, []]);
});
