import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalLine, NavStage, num } from './nav-stage.js';

/** Balance of what the checker is told of each document. */
function told(stage: NavStage): [string, string, string][] {
  return stage.nav.posted().map(({ mark, documentNumber, currency }) => [mark, documentNumber, currency]);
}

test('S94: a journal line carries currency and tax: both reach the ledger, in local currency and document currency', () => {
  const stage = new NavStage();
  stage.post('GeneralJournalBatches', { Journal_Template_Name: 'GENERAL', Name: 'C1' });
  const hotel = journalLine('C1', 'CX1', '120.00', { Account_Type: 'G/L Account', Account_No: '8460' });
  const line = stage.post('GeneralJournal', { ...hotel, Currency_Code: 'EUR', Shortcut_Dimension_1_Code: 'ADM' }).body;
  assert.deepEqual(
    [line.Amount_LCY, line.Gen_Posting_Type, line.VAT_Prod_Posting_Group],
    ['103.2', 'Purchase', 'VAT20'],
  );
  const vendor = journalLine('C1', 'CX1', '-120.00', { Account_Type: 'Vendor', Account_No: 'EURO' });
  assert.equal(
    stage.post('GeneralJournal', vendor).body.Currency_Code,
    'EUR',
    'the line takes the currency of the vendor',
  );
  assert.equal(stage.postJournal('C1', 'CX1').status, 'posted');
  assert.deepEqual(
    stage.list("GLEntries?$filter=Document_No eq 'CX1'").map((row) => [row.G_L_Account_No, row.Amount, row.VAT_Amount]),
    [
      ['8460', '86', '17.2'],
      ['5630', '17.2', '0'],
      ['2310', '-103.2', '0'],
    ],
  );
  const [document] = stage.nav.posted();
  assert.deepEqual([document?.currency, document?.payable], ['EUR', '120']);
  assert.deepEqual(
    document?.entries.map(({ amount }) => amount),
    ['100', '20', '-120'],
  );
});

test('a journal posts only balanced documents, of lines that are complete', () => {
  const stage = new NavStage();
  stage.journal('C1', 'CX1', '120.50', { Amount: num('-120') });
  assert.match(stage.postJournal('C1', 'CX1').faultText, /^Document No\. CX1 is out of balance by 0\.5\./);
  const [first, second] = stage.list('GeneralJournal');
  assert.equal(first.Amount, '120.5');
  const key = (line: any): string =>
    `GeneralJournal(Journal_Template_Name='GENERAL',Journal_Batch_Name='C1',Line_No=${line.Line_No})`;
  assert.equal(
    stage.patch(key(second), { Credit_Amount: num('120.504') }).body.Amount,
    '-120.5',
    'rounded without a word',
  );
  stage.patch(key(first), { Account_No: '' });
  assert.match(stage.postJournal('C1', 'CX1').faultText, /Account No\. must have a value/);
  assert.match(stage.patch(key(first), { Account_No: '8440' }).message, /Blocked must be equal to 'No'/);
  stage.patch(key(first), { Account_No: '8430' });
  assert.equal(stage.postJournal('C1', 'CX1').status, 'posted');
  const left = stage.list('GeneralJournal');
  assert.deepEqual(
    left.map((line) => [line.Line_No, line.Account_No, line.Amount]),
    [['10000', '', '0']],
    'a blank line stays',
  );
  assert.equal(stage.postJournal('C1', 'CX2').message, 'There is nothing to post.');
});

test('a journal line with a document type is checked for duplicates, one without is not', () => {
  const stage = new NavStage();
  const post = (batch: string, docNo: string, type: string): any => {
    stage.post('GeneralJournalBatches', { Journal_Template_Name: 'GENERAL', Name: batch });
    const lines = [
      journalLine(batch, docNo, '10'),
      journalLine(batch, docNo, '-10', { Account_Type: 'Vendor', Account_No: 'CE01' }),
    ];
    for (const line of lines) stage.post('GeneralJournal', { ...line, Document_Type: type });
    return stage.postJournal(batch, docNo);
  };
  assert.deepEqual(
    ['C1', 'C2'].map((batch, index) => post(batch, `CX${index}`, ' ').status),
    ['posted', 'posted'],
  );
  assert.equal(post('C3', 'CX3', 'Invoice').status, 'posted');
  assert.match(post('C4', 'CX4', 'Invoice').faultText, /Purchase Invoice RPT-4F2A9 already exists for this vendor/);
});

test('a posting number series gives a journal another number than its lines have', () => {
  const stage = new NavStage({}, ({ companies: [first] }) => void (first!.journalPostingSeries = 'GJNL'));
  stage.journal('C1', 'CX1');
  assert.equal(stage.list("GeneralJournalBatches?$filter=Name eq 'C1'")[0].Posting_No_Series, 'GJNL');
  assert.deepEqual(stage.postJournal('C1', 'CX1'), { status: 'posted', number: 'GJNL000001', message: '' });
  assert.equal(stage.list("GLEntries?$filter=Document_No eq 'CX1'").length, 0);
  assert.deepEqual(told(stage), [['CX1', 'GJNL000001', 'GBP']]);
});

test('a batch that exists is a repeat, and the batch of other people is neither posted nor deleted', () => {
  const stage = new NavStage();
  stage.journal('C1', 'CX1');
  const again = stage.post('GeneralJournalBatches', { Journal_Template_Name: 'GENERAL', Name: 'C1' });
  assert.deepEqual([again.status, again.code, stage.repeats.length], [400, 'Internal_EntityWithSameKeyExists', 1]);
  stage.post('GeneralJournal', journalLine('DEFAULT', 'X1', '1'));
  stage.postJournal('DEFAULT', 'X1');
  assert.match(stage.violations[0] ?? '', /batch DEFAULT of other people/);
});
