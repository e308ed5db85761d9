import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapter, environment, expense, invoice, post, vendTrans } from './fo-fixtures.js';
import { MemoryWrites } from './fo-memory.js';
import { conflict, header, recovery, rejected, strong } from './fo-write-support.js';

describe('foreign entries', () => {
  it('S80, S82: a posted entry with the same vendor and number stops the write before the first create', async () => {
    for (const mode of [strong, recovery]) {
      const fo = environment();
      const row = vendTrans(1, { AccountNum: 'US-101', Invoice: '48399', Voucher: 'APIN000053', AmountCur: -999 });
      fo.rows('VendTransBiEntities').push(row);
      const port = adapter(fo, mode);
      await assert.rejects(port.write(invoice(), new MemoryWrites().context), conflict(/48399.*US-101.*APIN000053/));
      assert.equal(fo.requests.filter((request) => request.method !== 'GET').length, 0);
    }
  });

  it('S80: a waiting line of an invoice journal of a person stops it too, whatever escapes its account has', async () => {
    const fo = environment();
    const line = {
      dataAreaId: 'usmf',
      JournalBatchNumber: '00500',
      LineNumber: 1,
      AccountType: 'Vend',
      AccountDisplayValue: 'US\\-101',
      Debit: 0,
      Credit: 7,
      Invoice: '48399',
    };
    fo.rows('VendInvoiceJournalLines').push(line);
    await assert.rejects(adapter(fo).write(invoice(), new MemoryWrites().context), conflict(/journal 00500/));
  });

  it('S82: the same number of another vendor, or of another company, is no duplicate', async () => {
    const fo = environment();
    fo.rows('VendTransBiEntities').push(
      vendTrans(1, { AccountNum: 'US-102', Invoice: '48399' }),
      vendTrans(2, { dataAreaId: 'demf', AccountNum: 'US-101', Invoice: '48399' }),
    );
    await adapter(fo).write(invoice(), new MemoryWrites().context);
    assert.equal(fo.rows('VendInvoiceJournalHeaders').length, 1);
  });

  it('a journal of ours whose description was edited is neither doubled nor adopted', async () => {
    const fo = environment();
    await adapter(fo).write(expense(), new MemoryWrites().context);
    fo.rows('LedgerJournalHeaders')[0]!['Description'] = 'March expenses';
    await assert.rejects(adapter(fo).write(expense(), new MemoryWrites().context), conflict(/00701/));
    assert.equal(fo.rows('LedgerJournalHeaders').length, 1);
  });

  it('two journals with our mark: the one with lines stays; two with lines need a person', async () => {
    const fo = environment();
    await adapter(fo).write(expense(), new MemoryWrites().context);
    fo.rows('LedgerJournalHeaders').unshift(header('00600', expense().description));
    const result = await adapter(fo).write(expense(), new MemoryWrites().context);
    assert.equal(result.keys.journal, '00701');
    fo.rows('LedgerJournalLines').push({ ...fo.rows('LedgerJournalLines')[0]!, JournalBatchNumber: '00600' });
    await assert.rejects(adapter(fo).write(expense(), new MemoryWrites().context), conflict(/00600 and 00701/));
  });

  it('a number with an asterisk is refused, because F&O would read it as a wildcard', async () => {
    const fo = environment();
    const [vendorLine, ...others] = expense().lines;
    const document = expense({ lines: [{ ...vendorLine!, invoice: 'A*1' }, ...others] });
    await assert.rejects(adapter(fo).write(document, new MemoryWrites().context), rejected('erp-refused', /asterisk/));
    assert.equal(fo.rows('LedgerJournalHeaders').length, 0);
  });
});

describe('reading back', () => {
  it('S43: a dropped dimension is held as lost, by name, and never written a second time', async () => {
    for (const mode of [strong, recovery]) {
      const fo = environment();
      fo.alterLine = (line) => ({
        ...line,
        AccountDisplayValue: String(line['AccountDisplayValue']).replace('-001-024', '-001-'),
      });
      const lost = rejected('dimension-lost', /dimension CostCenter of line 2/);
      await assert.rejects(adapter(fo, mode).write(expense(), new MemoryWrites().context), lost);
      await assert.rejects(adapter(fo, mode).write(expense(), new MemoryWrites().context), lost);
      assert.equal(fo.rows('LedgerJournalLines').length, 3);
    }
  });

  it('S43: a lost default dimension of the vendor line is found', async () => {
    const fo = environment();
    fo.alterLine = (line) => ({ ...line, DefaultDimensionDisplayValue: '' });
    const lost = rejected('dimension-lost', /dimension Department of line 1/);
    await assert.rejects(adapter(fo).write(invoice(), new MemoryWrites().context), lost);
  });

  it('a truncated text, a slipped date or another amount is named', async () => {
    const cases: [object, RegExp][] = [
      [{ Text: '2/3 Ho' }, /text of line/],
      [{ TransDate: '2026-03-30T12:00:00Z' }, /posting date of line 1/],
      [{ Document: '' }, /document reference of line 1/],
      [{ CurrencyCode: 'EUR' }, /currency of line 1/],
    ];
    for (const [change, text] of cases) {
      const fo = environment();
      fo.alterLine = (line) => ({ ...line, ...('Text' in change && line['Text'] !== '2/3 Hotel' ? {} : change) });
      await assert.rejects(
        adapter(fo).write(expense(), new MemoryWrites().context),
        rejected('erp-document-changed', text),
      );
    }
  });

  it('trailing positions that F&O leaves out mean the same', async () => {
    const fo = environment();
    fo.alterLine = (line) => ({ ...line, AccountDisplayValue: String(line['AccountDisplayValue']).replace(/-+$/, '') });
    await adapter(fo, strong).write(invoice(), new MemoryWrites().context);
    await adapter(fo, strong).write(invoice(), new MemoryWrites().context);
    assert.equal(fo.rows('VendInvoiceJournalLines').length, 2);
  });

  it('a second voucher within the journal stops the document', async () => {
    const fo = environment();
    fo.voucherOf = (_, lines) => `GNJL00000${lines.length}`;
    const several = rejected('erp-document-changed', /several vouchers/);
    await assert.rejects(adapter(fo).write(expense(), new MemoryWrites().context), several);
    await assert.rejects(adapter(fo).write(expense(), new MemoryWrites().context), several);
    assert.equal(fo.rows('LedgerJournalLines').length, 3);
    const other = environment();
    other.voucherOf = fo.voucherOf;
    await assert.rejects(
      adapter(other, strong).write(expense(), new MemoryWrites().context),
      rejected('erp-document-changed', /voucher/),
    );
  });

  it('a line that a person added or altered stops the completion of a half-written journal', async () => {
    const fo = environment();
    const guard = new MemoryWrites();
    await adapter(fo).write(expense(), guard.context);
    guard.patience = true;
    fo.rows('LedgerJournalLines').pop();
    fo.rows('LedgerJournalLines')[1]!['DebitAmount'] = 101;
    await assert.rejects(
      adapter(fo).write(expense(), guard.context),
      rejected('erp-document-changed', /debit of line 2/),
    );
    fo.rows('LedgerJournalLines')[1]!['DebitAmount'] = 100;
    fo.rows('LedgerJournalLines').push({ ...fo.rows('LedgerJournalLines')[0]!, LineNumber: 9, Text: 'Mine' });
    await assert.rejects(adapter(fo).write(expense(), guard.context), rejected('erp-document-changed', /not ours/));
    fo.rows('LedgerJournalLines').pop();
    await adapter(fo).write(expense(), guard.context);
    assert.equal(fo.rows('LedgerJournalLines').length, 3);
  });

  it('a line that a person removed from a transaction is not put back', async () => {
    const fo = environment();
    await adapter(fo, strong).write(expense(), new MemoryWrites().context);
    fo.rows('LedgerJournalLines').pop();
    const changed = rejected('erp-document-changed', /line 3, which is not there/);
    await assert.rejects(adapter(fo, strong).write(expense(), new MemoryWrites().context), changed);
    assert.equal(fo.rows('LedgerJournalLines').length, 2);
  });

  it('B9: a journal that a person posted is adopted, and its proof says in what it differs', async () => {
    const fo = environment();
    const port = adapter(fo);
    await port.write(expense(), new MemoryWrites().context);
    fo.rows('LedgerJournalLines')[0]!['Text'] = 'a person may change a text';
    post(fo, '00701', 'GNJL000900');
    const asMeant = await port.write(expense(), new MemoryWrites().context);
    assert.ok(asMeant.adopted && asMeant.posting.state === 'posted');
    assert.equal(asMeant.posting.proof.differences, undefined);
    fo.rows('LedgerJournalLines')[1]!['AccountDisplayValue'] = '618160-001-025';
    const { posting } = await port.write(expense(), new MemoryWrites().context);
    assert.ok(posting.state === 'posted');
    const [difference, ...more] = posting.proof.differences ?? [];
    assert.match(difference ?? '', /^dimension CostCenter of line 2 \(024 was meant, 025 stands there\)$/);
    assert.deepEqual(more, []);
  });
});
