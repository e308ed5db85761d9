import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapter, environment, expense, invoice } from './fo-fixtures.js';
import { MemoryWrites } from './fo-memory.js';
import { batchRefusal, existsAlready, header, recovery, rejected, strong } from './fo-write-support.js';

describe('writing a general journal', () => {
  it('S39, S41: the recovery mode writes header and lines with company, escapes, display strings and noon dates', async () => {
    const fo = environment();
    const result = await adapter(fo).write(expense(), new MemoryWrites().context);
    assert.deepEqual(result, { keys: { journal: '00701' }, adopted: false, posting: { state: 'waiting', part: 1 } });
    const [header] = fo.rows('LedgerJournalHeaders');
    assert.equal(header!['dataAreaId'], 'usmf');
    assert.equal(header!['Description'], 'Concur EXP 6D0A1F3C9E7B4A52 R-1');
    const lines = fo.rows('LedgerJournalLines');
    assert.deepEqual(
      lines.map((line) => [line['dataAreaId'], line['AccountDisplayValue'], line['DebitAmount'], line['CreditAmount']]),
      [
        ['usmf', 'EMP\\-00042', 0, 128.4],
        ['usmf', '618160-001-024', 100, 0],
        ['usmf', '618170--025', 28.4, 0],
      ],
    );
    assert.equal(lines[0]!['TransDate'], '2026-03-31T12:00:00Z');
    assert.equal(lines[0]!['DueDate'], '2026-04-07T12:00:00Z');
    assert.equal(lines[0]!['Invoice'], 'EXP-6D0A1F3C9E7B');
    const [changeset, ...others] = fo.calls('batch');
    assert.deepEqual(others, [], 'all lines leave as one transaction');
    assert.match(changeset?.text ?? '', /POST LedgerJournalLines/);
    assert.doesNotMatch(changeset?.text ?? '', /LineNumber|Voucher/, 'the server assigns them');
  });

  it('S78: a repeated write adopts the journal and creates nothing', async () => {
    for (const mode of [strong, recovery]) {
      const fo = environment();
      const port = adapter(fo, mode);
      const first = await port.write(expense(), new MemoryWrites().context);
      const writes = new MemoryWrites();
      const second = await port.write(expense(), writes.context);
      assert.deepEqual([second.keys, second.adopted], [first.keys, true]);
      assert.deepEqual(writes.created, []);
      assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
      assert.equal(fo.rows('LedgerJournalLines').length, 3);
    }
  });

  it('the strong mode sends header and lines as one transaction under its own number', async () => {
    const fo = environment();
    const result = await adapter(fo, strong).write(expense(), new MemoryWrites().context);
    assert.equal(result.keys.journal, 'CQ0000ABCD');
    assert.equal(fo.calls('batch').length, 1);
    assert.equal(fo.calls('LedgerJournalHeaders.create').length, 0);
    assert.equal(fo.rows('LedgerJournalLines').length, 3);
  });

  it('a company may use another mode than the default, whatever the case of its name', async () => {
    const fo = environment();
    await adapter(fo, { ...strong, companies: { usmf: { mode: 'recovery' } } }).write(
      expense(),
      new MemoryWrites().context,
    );
    assert.equal(fo.calls('LedgerJournalHeaders.create').length, 1);
  });

  it('a number that belongs to another journal leads to the next number, always the same one', async () => {
    const numbers = await Promise.all(
      [0, 1].map(async () => {
        const fo = environment();
        fo.rows('LedgerJournalHeaders').push(header('CQ0000ABCD', 'Somebody else'));
        return (await adapter(fo, strong).write(expense(), new MemoryWrites().context)).keys.journal;
      }),
    );
    assert.match(numbers[0]!, /^CQ[0-9A-Z]{8}$/);
    assert.notEqual(numbers[0], 'CQ0000ABCD');
    assert.equal(numbers[0], numbers[1]);
  });

  it('a number taken by a journal of another kind, which no look shows, leads to the next number too', async () => {
    const fo = environment();
    fo.rows('VendInvoiceJournalHeaders').push(header('CQ0000ABCD', 'Somebody else'));
    const result = await adapter(fo, strong).write(expense(), new MemoryWrites().context);
    assert.notEqual(result.keys.journal, 'CQ0000ABCD');
    assert.equal(fo.calls('batch').length, 2);
  });

  it('a document with more lines than a changeset takes is written in several under its own number', async () => {
    const fo = environment();
    const [vendorLine, debit] = expense().lines;
    const debits = Array.from({ length: 128 }, (_, index) => ({ ...debit!, debit: '1.00', text: `${index} of many` }));
    const document = expense({ lines: [{ ...vendorLine!, credit: '128.00' }, ...debits], debitTotal: '128.00' });
    const result = await adapter(fo, strong).write(document, new MemoryWrites().context);
    assert.equal(result.keys.journal, 'CQ0000ABCD');
    assert.equal(fo.calls('batch').length, 2);
    assert.equal(fo.rows('LedgerJournalLines').length, 129);
  });

  it('an amount leaves as a lossless number and never as a float', async () => {
    const fo = environment();
    const [vendorLine, ...others] = expense().lines;
    const document = expense({ lines: [{ ...vendorLine!, credit: '9007199254740993.01' }, ...others] });
    // What it comes back as in the memory of the test is its own business.
    await adapter(fo)
      .write(document, new MemoryWrites().context)
      .catch(() => undefined);
    const text = fo.calls('batch')[0]?.text ?? '';
    assert.match(text, /"CreditAmount":9007199254740993\.01,/);
    assert.match(text, /"DebitAmount":100(\.00)?,/);
  });
});

describe('writing a vendor invoice journal', () => {
  it('writes client line numbers, the default dimension string and no offset', async () => {
    for (const mode of [strong, recovery]) {
      const fo = environment();
      await adapter(fo, mode).write(invoice(), new MemoryWrites().context);
      const lines = fo.rows('VendInvoiceJournalLines');
      assert.deepEqual(
        lines.map((line) => [line['LineNumber'], line['AccountDisplayValue'], line['Credit'], line['Debit']]),
        [
          [1, 'US\\-101', 1200, 0],
          [2, '618160--', 0, 1200],
        ],
      );
      assert.equal(lines[0]!['DefaultDimensionDisplayValue'], '001--');
      assert.equal(lines[0]!['InvoiceDate'], '2026-03-28T12:00:00Z');
      assert.equal(lines[0]!['Date'], '2026-03-31T12:00:00Z');
      assert.equal(lines[0]!['OffsetAccountDisplayValue'], undefined);
    }
  });

  it('S81: a line whose create was executed unseen is adopted when F&O says that it exists', async () => {
    const fo = environment();
    fo.faults.push({
      operation: 'batch',
      when: 'after',
      answers: { status: 200, text: batchRefusal(existsAlready) },
    });
    await adapter(fo).write(invoice(), new MemoryWrites().context);
    assert.equal(fo.rows('VendInvoiceJournalLines').length, 2);
  });
});

describe('setting up before writing', () => {
  it('S42: a dimension that the format lacks, or a backslash, stops the document before any write', async () => {
    for (const dimension of [
      { dimension: 'Project', value: 'P1' },
      { dimension: 'CostCenter', value: 'A\\B' },
    ]) {
      const fo = environment();
      const [vendorLine, debit, other] = expense().lines;
      const document = expense({ lines: [vendorLine!, { ...debit!, dimensions: [dimension] }, other!] });
      const refused = rejected('dimension-unusable', /Project|backslash/);
      await assert.rejects(adapter(fo, strong).write(document, new MemoryWrites().context), refused);
      assert.equal(fo.requests.filter((request) => request.method !== 'GET').length, 0);
    }
  });
});
