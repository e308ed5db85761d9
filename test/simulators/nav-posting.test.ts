import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceKey, invoiceLine, journalLine, NavStage } from './nav-stage.js';

/** Balance of what the checker is told of each document. */
function told(stage: NavStage): [string, string, string][] {
  return stage.nav.posted().map(({ mark, documentNumber, currency }) => [mark, documentNumber, currency]);
}

test('S94: a posted invoice is in the ledger by account, tax, vendor and dimension, and its draft is gone', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1', '1000', {
    header: { Posting_Date: '2026-08-20', Document_Date: '2026-08-18' },
    line: { VAT_Prod_Posting_Group: 'VAT20', Shortcut_Dimension_1_Code: 'SALES', ShortcutDimCode3: 'NORTH' },
  });
  assert.deepEqual(stage.postInvoice(draft, 'INV-1'), { status: 'posted', number: '108001', message: '' });
  assert.equal(stage.get(invoiceKey(draft)).status, 404);
  const [posted] = stage.list(`PostedPurchaseInvoice?$filter=Pre_Assigned_No eq '${draft}'`);
  assert.deepEqual([posted.No, posted.Vendor_Invoice_No, posted.Posting_Date], ['108001', 'INV-1', '2026-08-20']);
  const [listed] = stage.list(
    "PostedPurchaseInvoices?$filter=Vendor_Invoice_No eq 'INV-1' and Buy_from_Vendor_No eq '20000'",
  );
  assert.deepEqual(
    [listed.Amount, listed.Amount_Including_VAT, listed.Remaining_Amount, listed.Closed, listed.Due_Date],
    ['1000', '1200', '1200', false, '2026-09-17'],
  );
  const entries = stage.list("GLEntries?$filter=Document_No eq '108001'");
  assert.deepEqual(
    entries.map((row) => [row.G_L_Account_No, row.Amount, row.VAT_Amount, row.Global_Dimension_1_Code, row.Source_No]),
    [
      ['8420', '1000', '200', 'SALES', ''],
      ['5630', '200', '0', 'SALES', ''],
      ['2310', '-1200', '0', '', '20000'],
    ],
  );
  assert.ok(
    entries.every(
      (row) =>
        row.External_Document_No === 'INV-1' && row.Shortcut_Dimension_3_Code === (row.Source_No === '' ? 'NORTH' : ''),
    ),
  );
  const dimensions = stage.list(`DimensionSetEntries?$filter=Dimension_Set_ID eq ${entries[0].Dimension_Set_ID}`);
  assert.deepEqual(
    dimensions.map((row) => [row.Dimension_Code, row.DimensionValueCode]),
    [
      ['DEPARTMENT', 'SALES'],
      ['REGION', 'NORTH'],
    ],
  );
  const [document] = stage.nav.posted();
  assert.deepEqual(
    [document?.erp, document?.mark, document?.currency, document?.payable],
    ['nav', '20000/INV-1', 'GBP', '1200'],
  );
  assert.deepEqual(
    document?.entries.map(({ role, amount }) => [role, amount]),
    [
      ['cost', '1000'],
      ['tax', '200'],
      ['liability', '-1200'],
    ],
  );
});

test('a repeated posting finds what was posted: `already`, by the number of the draft', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  stage.postInvoice(draft, 'INV-1');
  assert.deepEqual(stage.postInvoice(draft, 'INV-1'), { status: 'already', number: '108001', message: '' });
  stage.journal('C1', 'CX1');
  assert.equal(stage.postJournal('C1', 'CX1').status, 'posted');
  assert.deepEqual(stage.postJournal('C1', 'CX1'), { status: 'already', number: 'CX1', message: '' });
  assert.deepEqual(told(stage), [
    ['20000/INV-1', '108001', 'GBP'],
    ['CX1', 'CX1', 'GBP'],
  ]);
  assert.deepEqual(
    stage.writes.slice(-1).map(({ outcome }) => outcome),
    ['repeat'],
  );
  assert.equal(stage.violations.length, 0);
});

test('what the codeunit finds wrong is an error with a message, and nothing is posted', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  const refused = [
    [stage.postInvoice('9999', 'INV-1'), /no invoice 9999, posted or not/],
    [stage.postInvoice(draft, 'INV-2'), /has the number INV-1 of the vendor, not INV-2/],
    [stage.postJournal('NONE', 'CX1'), /no journal batch GENERAL NONE/],
  ] as const;
  for (const [answer, pattern] of refused) {
    assert.equal(answer.status, 'error');
    assert.match(answer.message, pattern);
  }
  stage.journal('C1', 'CX1');
  stage.post('GeneralJournal', journalLine('C1', 'OTHER', '1'));
  assert.match(stage.postJournal('C1', 'CX1').message, /holds lines of other documents than CX1/);
  assert.equal(stage.nav.posted().length, 0);
  assert.equal(
    stage.writes.filter(({ outcome, operation }) => outcome === 'refused' && operation.startsWith('ConcurConnector'))
      .length,
    4,
  );
});

test('drafts are not checked for duplicates, posting is: over the pay-to vendor, even after a credit memo', () => {
  const stage = new NavStage();
  stage.postInvoice(stage.draft('INV-1'), 'INV-1');
  const second = stage.draft('INV-1', '100', { vendor: 'BRANCH' });
  const refused = stage.postInvoice(second, 'INV-1');
  assert.match(refused.faultCode, /NavNCLDialogException$/);
  assert.equal(refused.faultText, 'Purchase Invoice INV-1 already exists for this vendor.');
  const memo = stage.post('PurchaseCreditMemo', { Buy_from_Vendor_No: '20000' }).body.No;
  const applied = { Applies_to_Doc_Type: 'Invoice', Applies_to_Doc_No: '108001' };
  stage.patch(`PurchaseCreditMemo(Document_Type='Credit Memo',No='${memo}')`, {
    Vendor_Cr_Memo_No: 'CM-INV-1',
    ...applied,
  });
  stage.post('PurchCrMemoLines', { ...invoiceLine(memo, '100'), Document_Type: 'Credit Memo' });
  assert.equal(stage.codeunit('PostCreditMemo', { draftNo: memo }).number, '109001');
  assert.match(stage.postInvoice(second, 'INV-1').faultText, /already exists/);
});

test('S107: a credit memo offsets the invoice that it is applied to, and nothing posted is changed or deleted', () => {
  const stage = new NavStage();
  stage.postInvoice(stage.draft('INV-1', '100'), 'INV-1');
  const before = stage.list('GLEntries');
  const memo = stage.post('PurchaseCreditMemo', { Buy_from_Vendor_No: '20000' }).body.No;
  const key = `PurchaseCreditMemo(Document_Type='Credit Memo',No='${memo}')`;
  stage.post('PurchCrMemoLines', { ...invoiceLine(memo, '40'), Document_Type: 'Credit Memo' });
  const post = (): any => stage.codeunit('PostCreditMemo', { draftNo: memo });
  assert.match(post().faultText, /enter the document number .* in the Vendor Cr\. Memo No\. field/);
  stage.patch(key, { Vendor_Cr_Memo_No: 'CM-1', Applies_to_Doc_Type: 'Invoice', Applies_to_Doc_No: '999' });
  assert.match(post().faultText, /no open Vendor Ledger Entry/);
  assert.equal(stage.nav.posted().length, 1, 'a refused posting leaves no trace');
  stage.patch(key, { Applies_to_Doc_No: '108001' });
  assert.deepEqual(post(), { status: 'posted', number: '109001', message: '' });
  assert.deepEqual(post(), { status: 'already', number: '109001', message: '' });
  assert.deepEqual(stage.list('GLEntries').slice(0, before.length), before);
  const [invoice] = stage.list('PostedPurchaseInvoices');
  assert.deepEqual([invoice.Remaining_Amount, invoice.Closed, invoice.Cancelled], ['60', false, false]);
  const [credit] = stage.list('PostedPurchaseCreditMemos');
  assert.deepEqual(
    [credit.Amount, credit.Remaining_Amount, credit.Paid, 'Pre_Assigned_No' in credit],
    ['40', '0', true, false],
  );
  const entry = stage.list("VendorLedgerEntries?$filter=External_Document_No eq 'CM-1'")[0];
  assert.deepEqual([entry.Document_Type, entry.Amount, entry.Open], ['Credit Memo', '40', false]);
  assert.deepEqual(
    stage.nav.posted().map(({ mark, payable, paid }) => [mark, payable, paid]),
    [
      ['20000/INV-1', '60', '0'],
      ['20000/CM-1', '0', '0'],
    ],
  );
});

test('posting refuses what the application refuses, and the draft stays as it was', () => {
  const stage = new NavStage();
  const cases: [string, RegExp][] = [
    [
      stage.draft('A', '100', { header: { Posting_Date: '2026-07-31' } }),
      /not within your range of allowed posting dates/,
    ],
    [stage.draft('B', '100', { vendor: 'BARE' }), /Vendor Posting Group must have a value in Vendor: No\.=BARE/],
    [
      stage.draft('C', '100', { line: { No: '8460' } }),
      /Select a Dimension Value Code for the Dimension Code DEPARTMENT for G\/L Account 8460/,
    ],
    [
      stage.draft('D', '100', { line: { Shortcut_Dimension_1_Code: 'OLD' } }),
      /Dimension Value DEPARTMENT - OLD is blocked/,
    ],
    [stage.draft('E', '100', { line: { Shortcut_Dimension_1_Code: 'ALL' } }), /must not be Heading/],
    [
      stage.draft('F', '100', { line: { Shortcut_Dimension_2_Code: 'P-100', ShortcutDimCode3: 'NORTH' } }),
      /can't be used concurrently/,
    ],
    [stage.draft('G', '-5'), /must be 0 or greater/],
  ];
  for (const [index, [draft, pattern]] of cases.entries()) {
    const before = stage.get(invoiceKey(draft)).body;
    const answer = stage.postInvoice(draft, 'ABCDEFG'[index]!);
    assert.deepEqual([answer.status, pattern.test(answer.faultText)], [500, true], answer.faultText);
    assert.deepEqual(stage.get(invoiceKey(draft)).body, before);
  }
  const bare = stage.post('PurchaseInvoice', { Buy_from_Vendor_No: '20000' }).body.No;
  assert.match(stage.postInvoice(bare, '').faultText, /enter the document number .* in the Vendor Invoice No\. field/);
  stage.patch(invoiceKey(bare), { Vendor_Invoice_No: 'H' });
  assert.equal(stage.postInvoice(bare, 'H').faultText, 'There is nothing to post.');
  stage.nav.createVendor(stage.company, { number: '20000', displayName: 'First Supplies', blocked: 'All' });
  assert.match(stage.postInvoice(bare, 'H').faultText, /cannot post .* Vendor 20000 is blocked with type All/);
  stage.nav.changeSetUpFaults({ 'period-closed': true });
  assert.match(
    stage.postInvoice(stage.draft('I', '1', { vendor: 'CE01' }), 'I').faultText,
    /range of allowed posting dates/,
  );
  assert.equal(stage.nav.posted().length, 0);
});

test('CreateDimensionValue makes a value once', () => {
  const stage = new NavStage();
  const create = (dimension: string): any =>
    stage.codeunit('CreateDimensionValue', { dimension, code: 'p-200', name: 'Two' });
  assert.deepEqual(create('PROJECT'), { status: 'created', number: 'P-200', message: '' });
  assert.equal(create('PROJECT').status, 'already');
  assert.match(create('COLOUR').faultText, /cannot be found in the related table \(Dimension\)/);
  assert.equal(stage.list("DimensionValues?$filter=Code eq 'P-200'")[0].Name, 'Two');
});

test('C18: in draft mode a person posts what has rested; what is refused stays with the reason', () => {
  const stage = new NavStage({ codeunit: false, personDelayMs: 2_000 });
  const draft = stage.draft('INV-1');
  stage.draft('LATE', '100', { header: { Posting_Date: '2026-07-31' } });
  stage.post('PurchaseInvoice', { Buy_from_Vendor_No: '20000' });
  stage.journal('C1', 'CX1');
  stage.nowMs += 1_999;
  stage.nav.tick();
  assert.equal(stage.nav.posted().length, 0, 'too young');
  stage.patch(invoiceKey(draft), { On_Hold: '' });
  stage.nowMs += 1;
  stage.nav.tick();
  assert.deepEqual(told(stage), [['CX1', 'CX1', 'GBP']], 'a change makes it rest anew');
  stage.nowMs += 2_000;
  stage.nav.pause({ batch: true });
  stage.nav.tick();
  stage.nav.pause({});
  assert.equal(stage.nav.posted().length, 1, 'the person is away');
  stage.nav.tick();
  assert.deepEqual(told(stage).slice(1), [['20000/INV-1', '108001', 'GBP']]);
  assert.deepEqual(
    stage.nav.unposted().map(({ erp, mark, lines, log }) => [erp, mark, lines, log]),
    [
      ['nav', '20000/LATE', 1, 'Posting Date is not within your range of allowed posting dates.'],
      ['nav', '20000/', 0, ''],
    ],
  );
  assert.equal(
    stage.writes.some(({ operation }) => operation.startsWith('ConcurConnector')),
    false,
  );
});

test('nobody posts by himself where the codeunit is installed', () => {
  const stage = new NavStage({ personDelayMs: 0 });
  stage.draft('INV-1');
  stage.nav.tick();
  assert.equal(stage.nav.posted().length, 0);
  stage.nav.changeSetUpFaults({ 'codeunit-missing': true });
  stage.nav.tick();
  assert.equal(stage.nav.posted().length, 1);
});
