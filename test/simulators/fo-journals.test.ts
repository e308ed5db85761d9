import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage } from './fo-stage.js';

const infolog = (answer: { json: any }): string => answer.json.error.innererror.message;
const vendorLine = { AccountType: 'Vend', AccountDisplayValue: 'EMP\\-00042', CreditAmount: 10, Text: 'Report' };
const ledgerLine = { AccountType: 'Ledger', AccountDisplayValue: '618160-001-024', DebitAmount: 10, Text: 'Hotel' };

test('S39: a created header answers 201 with the full row, Location and ETag, in the company of the body', () => {
  const stage = new FoStage();
  const answer = stage.post('LedgerJournalHeaders', {
    dataAreaId: 'DEMF',
    JournalName: 'CNQREXP',
    Description: 'Concur EXP 1',
  });
  assert.equal(answer.status, 201);
  const { dataAreaId, JournalBatchNumber, IsPosted, AccountingCurrency } = answer.json;
  assert.deepEqual([dataAreaId, JournalBatchNumber, IsPosted, AccountingCurrency], ['demf', '00001', 'No', 'EUR']);
  assert.match(
    answer.headers['Location'] ?? '',
    /LedgerJournalHeaders\(dataAreaId='demf',JournalBatchNumber='00001'\)$/,
  );
  assert.equal(answer.headers['ETag'], answer.json['@odata.etag']);
  assert.deepEqual(
    stage.seen.writes.map(({ operation, key, outcome }) => [operation, key, outcome]),
    [['LedgerJournalHeaders.create', 'demf/Concur EXP 1', 'applied']],
  );
  assert.deepEqual(stage.simulator.unposted(), [
    { erp: 'fo', company: 'demf', mark: 'Concur EXP 1', lines: 0, log: '' },
  ]);
});

test('S39: without dataAreaId the row lands in the default company, which is a broken rule', () => {
  const stage = new FoStage();
  const answer = stage.post('LedgerJournalHeaders', { JournalName: 'CNQREXP', Description: 'x' });
  assert.equal(answer.json.dataAreaId, 'usmf');
  assert.match(stage.seen.violations[0] ?? '', /dataAreaId was not sent/);
});

test('Trap 12: an omitted description defaults from the journal name', () => {
  const stage = new FoStage();
  const answer = stage.post('LedgerJournalHeaders', { dataAreaId: 'usmf', JournalName: 'CNQREXP' });
  assert.equal(answer.json.Description, 'CNQREXP');
  assert.match(stage.seen.violations[0] ?? '', /recovery mark is lost/);
});

test('A second header with the same mark is created like in F&O and recorded as a repeat', () => {
  const stage = new FoStage();
  const [first, second] = [stage.journal('Concur EXP 1'), stage.journal('Concur EXP 1')];
  assert.notEqual(first, second);
  assert.deepEqual(stage.seen.repeats, ['LedgerJournalHeaders.create usmf/Concur EXP 1']);
});

test('A journal number chosen by the client is unique where the sequence allows it, and refused elsewhere', () => {
  const stage = new FoStage();
  assert.equal(stage.journal('one', { JournalBatchNumber: 'CQ0000ABCD' }), 'CQ0000ABCD');
  const header = { JournalName: 'CNQREXP', Description: 'two' };
  const again = stage.post('LedgerJournalHeaders', { ...header, dataAreaId: 'usmf', JournalBatchNumber: 'CQ0000ABCD' });
  assert.equal(again.status, 400);
  assert.match(
    infolog(again),
    /^Write failed for table row of type 'LedgerJournalHeaderEntity'\. Infolog: Info: Cannot create/,
  );
  assert.match(infolog(again), /\nThe record already exists\.\.$/);
  assert.equal(
    stage.post('LedgerJournalHeaders', { ...header, dataAreaId: 'demf', JournalBatchNumber: 'CQ1' }).status,
    400,
  );
  assert.equal(
    stage.post('LedgerJournalHeaders', { ...header, dataAreaId: 'usmf', JournalBatchNumber: 'CQ0000ABCDE' }).status,
    400,
  );
});

test('Unknown journal names, companies, properties, types and computed fields are refused', () => {
  const stage = new FoStage();
  const good = { dataAreaId: 'usmf', JournalName: 'CNQREXP', Description: 'x' };
  const post = (more: object): { status: number; json: any } =>
    stage.post('LedgerJournalHeaders', { ...good, ...more });
  assert.match(infolog(post({ JournalName: 'CNQRINV' })), /not found in the related table 'Journal names'/);
  assert.match(
    infolog(post({ JournalName: '' })),
    /^Write returned RecId 0\. Infolog: Error: Mandatory field 'Name' not set\.$/,
  );
  assert.match(infolog(post({ dataAreaId: 'xxmf' })), /not found in the related table 'Legal entities'/);
  assert.match(
    infolog(post({ Note: 'x' })),
    /Could not find a property named 'Note' on type '[\w.]+LedgerJournalHeader'\./,
  );
  assert.match(infolog(post({ Description: 5 })), /Cannot convert/);
  assert.match(infolog(post({ IsPosted: 'Yes' })), /IsPosted/);
  assert.equal(stage.call('POST', '/data/LedgerJournalHeaders', '{}', { 'content-type': 'text/plain' }).status, 415);
  assert.equal(stage.post('LedgerJournalHeaders', '{"dataAreaId":').status, 400);
  assert.deepEqual(stage.simulator.unposted(), []);
});

test('Trap 9: one read-only field refuses the whole PATCH with 403; a good PATCH answers 204 and moves the ETag', () => {
  const stage = new FoStage();
  const journal = stage.journal('old');
  const path = `/data/LedgerJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${journal}')?cross-company=true`;
  const refused = stage.call('PATCH', path, JSON.stringify({ Description: 'new', JournalName: 'CNQREXP' }));
  assert.equal(refused.status, 403);
  assert.equal(infolog(refused), "update not allowed for field 'JournalName'");
  assert.match(refused.json.error.innererror.type, /ODataSecurityException$/);
  const before = stage.call('GET', path).json;
  assert.equal(before.Description, 'old');
  const done = stage.call('PATCH', path, JSON.stringify({ Description: 'new' }));
  assert.deepEqual([done.status, done.text], [204, '']);
  const after = stage.call('GET', path).json;
  assert.equal(after.Description, 'new');
  assert.notEqual(after['@odata.etag'], before['@odata.etag']);
  const stale = stage.call('PATCH', path, JSON.stringify({ Description: 'x' }), { 'if-match': before['@odata.etag'] });
  assert.equal(stale.status, 412);
});

test('S41: a ledger line keeps every position of the format; LineNumber and Voucher come from the server', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  const first = stage.line(journal, vendorLine);
  const second = stage.line(journal, { ...ledgerLine, AccountDisplayValue: '618160--A\\-7' });
  assert.deepEqual([first.json.LineNumber, second.json.LineNumber], ['1', '2']);
  assert.equal(first.json.Voucher, second.json.Voucher);
  assert.equal(first.json.AccountDisplayValue, 'EMP\\-00042');
  assert.equal(second.json.AccountDisplayValue, '618160--A\\-7');
  assert.equal(
    stage.line(journal, { ...ledgerLine, AccountDisplayValue: '618160' }).json.AccountDisplayValue,
    '618160--',
  );
  for (const field of [{ LineNumber: 3 }, { Voucher: 'GNJL000009' }]) {
    assert.equal(stage.line(journal, { ...ledgerLine, ...field }).status, 400);
  }
});

test('S43: surplus segments are dropped without a word, and default dimensions of ledger lines are ignored (traps 5, 6)', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  const answer = stage.line(journal, {
    ...ledgerLine,
    AccountDisplayValue: '618160-001-024-OPER',
    DefaultDimensionDisplayValue: 'never-read',
  });
  assert.equal(answer.status, 201);
  assert.equal(answer.json.AccountDisplayValue, '618160-001-024');
  assert.equal(answer.json.DefaultDimensionDisplayValue, '');
});

test('S41: an unescaped delimiter in a vendor account is read as account plus segment (trap 7)', () => {
  const stage = new FoStage();
  const answer = stage.line(stage.journal('x'), { ...vendorLine, AccountDisplayValue: 'US-101' });
  assert.equal(answer.status, 400);
  assert.equal(
    infolog(answer),
    "Write failed for table row of type 'LedgerJournalLineEntity'. Infolog: Warning: The value 'US' in field 'Account' is not " +
      "found in the related table 'Vendors'.; Warning: validateField failed on field 'LedgerJournalLineEntity.AccountDisplayValue'.",
  );
  assert.equal(stage.seen.writes.at(-1)?.outcome, 'refused');
});

test('Unknown or suspended accounts and dimension values, and vendors of another company, are refused', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  const display = (AccountDisplayValue: string): string =>
    infolog(stage.line(journal, { ...ledgerLine, AccountDisplayValue }));
  assert.match(display('999'), /'999' in field 'Main account'/);
  assert.match(display('699999'), /Main account 699999 is suspended/);
  assert.match(display('618160-001-777'), /'777' in field 'CostCenter'/);
  assert.match(display('618160-024-001'), /'024' in field 'BusinessUnit'/);
  assert.match(display('618160-002'), /suspended/);
  assert.match(infolog(stage.line(journal, { ...vendorLine, AccountDisplayValue: 'DE\\-001' })), /DE-001/);
});

test('Negative, doubled, missing or too fine amounts, amounts as text and unknown currencies are refused', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  const refused = [
    { DebitAmount: -5 },
    { DebitAmount: 0 },
    { CreditAmount: 5 },
    { DebitAmount: 10.005 },
    { DebitAmount: '10.00' },
    { CurrencyCode: 'ZZZ' },
    { TransDate: '2026-04-10' },
  ];
  for (const more of refused)
    assert.equal(stage.line(journal, { ...ledgerLine, ...more }).status, 400, JSON.stringify(more));
  assert.equal(stage.rows('LedgerJournalLines', "dataAreaId eq 'usmf'").length, 0);
});

test('Trap 22: amounts keep their digits on the way in and out', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  const body = JSON.stringify({ dataAreaId: 'usmf', JournalBatchNumber: journal, ...vendorLine });
  const answer = stage.post(
    'LedgerJournalLines',
    body.replace('"CreditAmount":10', '"CreditAmount":90071992547409931.07'),
  );
  assert.match(answer.text, /"CreditAmount":90071992547409931\.07[,}]/);
});

test('Trap 8: a date sent at midnight slips a day and is a broken rule; noon stays', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  const slipped = stage.line(journal, { ...ledgerLine, TransDate: '2026-04-10T00:00:00Z' });
  assert.equal(slipped.json.TransDate, '2026-04-09T12:00:00Z');
  assert.match(stage.seen.violations[0] ?? '', /TransDate was sent as 2026-04-10T00:00:00Z and slipped/);
  assert.equal(stage.line(journal, vendorLine).json.TransDate, '2026-04-10T12:00:00Z');
  assert.equal(slipped.json.DueDate, '1900-01-01T12:00:00Z');
  assert.equal(stage.seen.violations.length, 1);
});

test('Trap 23: long texts are cut without a word', () => {
  const stage = new FoStage();
  const long = 'x'.repeat(70);
  const header = stage.post('LedgerJournalHeaders', { dataAreaId: 'usmf', JournalName: 'CNQREXP', Description: long });
  const line = stage.line(header.json.JournalBatchNumber, { ...vendorLine, Text: long, Invoice: long });
  assert.deepEqual([header.json.Description.length, line.json.Text.length, line.json.Invoice.length], [60, 60, 20]);
});

test('A line equal in account, amounts and text is accepted like in F&O and recorded as a repeat', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  stage.line(journal, ledgerLine);
  stage.line(journal, { ...ledgerLine, Text: 'Hotel (2)' });
  assert.deepEqual(stage.seen.repeats, []);
  stage.line(journal, ledgerLine);
  const key = `usmf/${journal}/618160-001-024/10/0/Hotel`;
  assert.deepEqual(stage.seen.repeats, [`LedgerJournalLines.create ${key}`]);
  assert.equal(stage.seen.writes.filter((write) => write.key === key).length, 1);
});

test('Trap 11: an injected conflict on the journal header does nothing and says so', () => {
  const stage = new FoStage();
  const journal = stage.journal('x');
  stage.itemFaults.set('item-failure LedgerJournalLines.create', 1);
  assert.match(infolog(stage.line(journal, ledgerLine)), /An update conflict occurred due to another user process/);
  assert.equal(stage.line(journal, ledgerLine).json.LineNumber, '1');
});

test('Invoice journal lines carry the client line number as key, have their own field names and a voucher each pair', () => {
  const stage = new FoStage();
  const line = {
    LineNumber: 1,
    AccountType: 'Vend',
    AccountDisplayValue: 'US\\-101',
    OffsetAccountType: 'Ledger',
    OffsetAccountDisplayValue: '618160-001',
    Credit: 12,
    Invoice: '48399',
  };
  const journal = stage.invoiceJournal('Concur INV 1', [line, { ...line, LineNumber: 2, Invoice: '48400' }]);
  const rows = stage.rows('VendInvoiceJournalLines', `dataAreaId eq 'usmf' and JournalBatchNumber eq '${journal}'`, {
    $orderby: 'LineNumber',
  });
  assert.deepEqual(
    rows.map((row) => row.Voucher),
    ['APIN000001', 'APIN000002'],
  );
  assert.equal(rows[0].Approved, 'Yes');
  const target = { dataAreaId: 'usmf', JournalBatchNumber: journal, Currency: 'USD' };
  const again = stage.post('VendInvoiceJournalLines', { ...target, ...line });
  assert.match(infolog(again), /The record already exists\.\.$/);
  for (const more of [
    { LineNumber: undefined },
    { TransactionType: 'Vend' },
    { RemittanceAddressCity: 'X' },
    { DebitAmount: 1 },
  ]) {
    assert.equal(stage.post('VendInvoiceJournalLines', { ...target, ...line, LineNumber: 3, ...more }).status, 400);
  }
  assert.equal(stage.post('LedgerJournalLines', { ...ledgerLine, ...target, Currency: undefined }).status, 400);
});

test('Split invoice lines share a voucher until it balances', () => {
  const stage = new FoStage();
  const journal = stage.invoiceJournal('Concur INV 2', [
    { LineNumber: 1, AccountType: 'Vend', AccountDisplayValue: 'US\\-101', Credit: 30, Invoice: 'A' },
    { LineNumber: 2, AccountType: 'Ledger', AccountDisplayValue: '618160', Debit: 10 },
    { LineNumber: 3, AccountType: 'Ledger', AccountDisplayValue: '130700', Debit: 20 },
    { LineNumber: 4, AccountType: 'Vend', AccountDisplayValue: 'US\\-101', Credit: 5, Invoice: 'B' },
  ]);
  const rows = stage.rows('VendInvoiceJournalLines', `JournalBatchNumber eq '${journal}' and dataAreaId eq 'usmf'`);
  assert.deepEqual(
    rows.map((row) => row.Voucher),
    ['APIN000001', 'APIN000001', 'APIN000001', 'APIN000002'],
  );
});

test('Unposted journals are deleted lines first, then the header', () => {
  const stage = new FoStage();
  const journal = stage.report('x', 10);
  const key = `dataAreaId='usmf',JournalBatchNumber='${journal}'`;
  const remove = (target: string): number => stage.call('DELETE', `/data/${target}?cross-company=true`).status;
  const early = stage.call('DELETE', `/data/LedgerJournalHeaders(${key})?cross-company=true`);
  assert.equal(infolog(early), 'Ledger journal table cannot be deleted while dependent Journal lines exist.');
  assert.equal(remove(`LedgerJournalLines(${key},LineNumber=1)`), 204);
  assert.equal(remove(`LedgerJournalLines(${key},LineNumber=2)`), 204);
  assert.equal(remove(`LedgerJournalHeaders(${key})`), 204);
  assert.equal(remove(`LedgerJournalHeaders(${key})`), 404);
  assert.deepEqual(stage.simulator.unposted(), []);
});

test('A changed line is checked as a new one would be, and the header totals follow', () => {
  const stage = new FoStage();
  const journal = stage.report('x', 10);
  const path = `/data/LedgerJournalLines(dataAreaId='usmf',JournalBatchNumber='${journal}',LineNumber=2)?cross-company=true`;
  assert.equal(stage.call('PATCH', path, '{"DebitAmount":7.5}').status, 204);
  assert.equal(stage.call('PATCH', path, '{"AccountDisplayValue":"1"}').status, 400);
  assert.equal(stage.call('PATCH', path, '{"Voucher":"1"}').status, 403);
  const [header] = stage.rows('LedgerJournalHeaders', `dataAreaId eq 'usmf' and JournalBatchNumber eq '${journal}'`);
  assert.deepEqual([header.JournalTotalDebit, header.JournalTotalCredit], ['7.5', '10']);
});
