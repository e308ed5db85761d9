import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutcomeUnknown, RateLimited, Unavailable } from '../../src/clients/http/errors.js';
import type { FoGeneralJournal, FoVendorInvoiceJournal } from '../../src/contracts/erp-documents.js';
import { adapter, environment, expense, invoice } from './fo-fixtures.js';
import { lostAnswer, MemoryWrites, type Fault } from './fo-memory.js';
import { batchRefusal, existsAlready, innerError, rejected, strong } from './fo-write-support.js';

describe('unknown outcomes', () => {
  const routes: [string, () => FoGeneralJournal | FoVendorInvoiceJournal, string][] = [
    ['general journal', expense, 'LedgerJournal'],
    ['invoice journal', invoice, 'VendInvoiceJournal'],
  ];
  for (const [name, document, prefix] of routes) {
    const writes: Fault[] = [
      ...(['before', 'after'] as const).flatMap((when) => [
        { operation: `${prefix}Headers.create`, when },
        // All lines leave as one transaction.
        { operation: 'batch', when },
      ]),
    ];
    for (const fault of writes) {
      const which = `${fault.operation} (lost ${fault.when} execution)`;
      it(`S39, C8: recovery mode, ${name}: after an unknown ${which} each record exists once`, async () => {
        const fo = environment();
        const guard = new MemoryWrites();
        fo.faults.push({ ...fault, throws: lostAnswer(fault.operation) });
        await assert.rejects(adapter(fo).write(document(), guard.context), OutcomeUnknown);
        if (fault.when === 'before') {
          await assert.rejects(
            adapter(fo).write(document(), guard.context),
            OutcomeUnknown,
            'too early to create again',
          );
          guard.patience = true;
        }
        await adapter(fo).write(document(), guard.context);
        assert.equal(fo.rows(`${prefix}Headers`).length, 1);
        assert.equal(fo.rows(`${prefix}Lines`).length, document().lines.length);
      });
    }
    for (const when of ['before', 'after'] as const) {
      it(`S81: strong mode, ${name}: after an unknown changeset (lost ${when} execution) each record exists once`, async () => {
        const fo = environment();
        const guard = new MemoryWrites();
        fo.faults.push({ operation: 'batch', when, throws: lostAnswer('batch') });
        await assert.rejects(adapter(fo, strong).write(document(), guard.context), OutcomeUnknown);
        guard.patience = true;
        const result = await adapter(fo, strong).write(document(), guard.context);
        assert.equal(result.adopted, when === 'after');
        assert.equal(fo.rows(`${prefix}Headers`).length, 1);
        assert.equal(fo.rows(`${prefix}Lines`).length, document().lines.length);
      });
    }
  }

  it('S81: strong mode: a changeset that F&O refuses as existing is adopted after a look', async () => {
    const fo = environment();
    fo.faults.push({ operation: 'batch', when: 'after', answers: { status: 200, text: batchRefusal(existsAlready) } });
    const result = await adapter(fo, strong).write(expense(), new MemoryWrites().context);
    assert.deepEqual(result.keys, { journal: 'CQ0000ABCD' });
    assert.equal(result.adopted, true);
    assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
  });

  it('an answer with too few parts, or an inner 503, is an unknown outcome', async () => {
    const answers = [
      '--b\r\n\r\n--b--',
      batchRefusal('<html>busy</html>', 503),
      batchRefusal('{"error":{"message":"?"}}'),
    ];
    for (const text of answers) {
      const fo = environment();
      fo.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text } });
      await assert.rejects(adapter(fo, strong).write(expense(), new MemoryWrites().context), OutcomeUnknown);
    }
  });

  it('S44: an inner 429 is a request to wait', async () => {
    const fo = environment();
    fo.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text: batchRefusal('{}', 429) } });
    await assert.rejects(adapter(fo, strong).write(expense(), new MemoryWrites().context), RateLimited);
  });

  it('an update conflict is retried, not held', async () => {
    const fo = environment();
    const text = innerError(
      "Write failed for table row of type 'LedgerJournalLineEntity'. Cannot edit a record in Ledger journal table (LedgerJournalTable). An update conflict occurred due to another user process deleting the record.",
    );
    fo.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text: batchRefusal(text) } });
    const guard = new MemoryWrites();
    await assert.rejects(adapter(fo).write(expense(), guard.context), Unavailable);
    await adapter(fo).write(expense(), guard.context);
    assert.equal(fo.rows('LedgerJournalLines').length, 3);
  });
});

describe('refusals', () => {
  it('a refusal reaches the accountant without technical entries, in both modes', async () => {
    const text = innerError(
      "Write failed for table row of type 'LedgerJournalLineEntity'. Infolog: Warning: The value '618160' in field 'Account' is not found in the related table 'Main accounts'.; Warning: validateField failed on field 'LedgerJournalLineEntity.AccountDisplayValue'.",
    );
    const sentence = /^The value '618160' in field 'Account' is not found in the related table 'Main accounts'\.$/;
    const single = environment();
    single.faults.push({ operation: 'LedgerJournalHeaders.create', when: 'before', answers: { status: 400, text } });
    await assert.rejects(
      adapter(single).write(expense(), new MemoryWrites().context),
      rejected('erp-refused', sentence),
    );
    const together = environment();
    together.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text: batchRefusal(text) } });
    const port = adapter(together, strong);
    await assert.rejects(port.write(expense(), new MemoryWrites().context), rejected('erp-refused', sentence));
  });

  it('a closed period has a code of its own', async () => {
    const fo = environment();
    const text = innerError(
      "Write failed for table row of type 'X'. Infolog: Error: Fiscal period for 3/31/2026 is not open.",
    );
    fo.faults.push({ operation: 'batch', when: 'before', answers: { status: 200, text: batchRefusal(text) } });
    await assert.rejects(
      adapter(fo).write(expense(), new MemoryWrites().context),
      rejected('period-closed', /not open/),
    );
  });

  it('a document of a route that F&O does not have is refused', async () => {
    const document = { ...expense(), route: 'bc-general-journal' as const } as never;
    const port = adapter(environment());
    await assert.rejects(port.write(document, new MemoryWrites().context), rejected('unsupported-document', /route/));
  });
});
