import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyVersion, BcStage, num, strong, type Answer } from './bc-stage.js';

const line = (amount: string, more = {}): Record<string, unknown> => ({
  ...{ lineType: 'Account', lineObjectNumber: '8420', quantity: num('1'), unitCost: num(amount) },
  ...more,
});

function creditMemo(stage: BcStage, header: Record<string, unknown>, lines: unknown[] = [line('100')]): Answer {
  return stage.post('purchaseCreditMemos', { vendorNumber: '20000', ...header, purchaseCreditMemoLines: lines });
}

const act = (stage: BcStage, id: string, action: string): Answer =>
  stage.post(`purchaseCreditMemos(${id})/Microsoft.NAV.${action}`, undefined);

const statusOf = (stage: BcStage, set: string, id: string): string => stage.get(`${set}(${id})`).body.status;

/** A posted invoice of 1,210 with tax and dimensions: its id and posted number. */
function postedInvoice(stage: BcStage, vendorInvoiceNumber = 'INV-1', amount = '1000'): { id: string; number: string } {
  const { body } = stage.post('purchaseInvoices', {
    ...{ vendorNumber: '20000', vendorInvoiceNumber, shortcutDimension1Code: 'SALES' },
    purchaseInvoiceLines: [line(amount, { taxCode: 'VAT21' })],
  });
  assert.equal(stage.postInvoice(body.id).status, 204);
  return { id: body.id, number: stage.get(`purchaseInvoices(${body.id})`).body.number };
}

function mirror(stage: BcStage, invoice: { number: string }, vendorCreditMemoNumber = 'CM-INV-1'): string {
  const header = { vendorCreditMemoNumber, invoiceNumber: invoice.number, shortcutDimension1Code: 'SALES' };
  const answer = creditMemo(stage, header, [line('1000', { taxCode: 'VAT21' })]);
  assert.equal(answer.status, 201);
  return answer.body.id;
}

describe('credit memos of Business Central', () => {
  test('S5, S10: a credit memo is drafted with lines, dimensions and the invoice that it is for', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    const answer = stage.post('purchaseCreditMemos?$expand=purchaseCreditMemoLines($expand=dimensionSetLines)', {
      ...{ vendorNumber: '20000', vendorCreditMemoNumber: ' cm-inv-1 ', creditMemoDate: '2026-08-20' },
      ...{ postingDate: '2026-08-21', invoiceId: invoice.id, shortcutDimension1Code: 'SALES' },
      purchaseCreditMemoLines: [
        { lineType: 'Comment', description: 'CONCUR' },
        line('1000', { taxCode: 'VAT21', dimensionSetLines: [{ code: 'PROJECT', valueCode: 'P-100' }] }),
      ],
    });
    assert.equal(answer.status, 201);
    const { body } = answer;
    assert.deepEqual(
      [body.status, body.vendorCreditMemoNumber, body.totalAmountIncludingTax],
      ['Draft', 'CM-INV-1', '1210'],
    );
    assert.deepEqual([body.invoiceId, body.invoiceNumber], [invoice.id, invoice.number]);
    assert.deepEqual(
      body.purchaseCreditMemoLines[1].dimensionSetLines.map((row: any) => `${row.code}=${row.valueCode}`),
      ['DEPARTMENT=SALES', 'PROJECT=P-100'],
    );
    assert.deepEqual(stage.bc.unposted(), [
      { erp: 'bc', company: 'North Ltd', mark: '20000/CM-INV-1', text: 'CONCUR', lines: 2 },
    ]);
  });

  test('S10: posting writes the opposite entries under a new number and closes the invoice without a payment', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    const id = mirror(stage, invoice);
    assert.equal(act(stage, id, 'post').status, 204);
    const posted = stage.get(`purchaseCreditMemos(${id})`).body;
    assert.deepEqual([posted.status, posted.number], ['Paid', '109001']);
    assert.equal(statusOf(stage, 'purchaseInvoices', invoice.id), 'Paid');
    const entries = stage.list("generalLedgerEntries?$filter=documentNumber eq '109001'&$expand=dimensionSetLines");
    assert.deepEqual(
      entries.map((row) => [row.accountNumber, row.debitAmount, row.creditAmount, row.documentType]),
      [
        ['8420', '0', '1000', 'Credit_x0020_Memo'],
        ['5630', '0', '210', 'Credit_x0020_Memo'],
        ['2310', '1210', '0', 'Credit_x0020_Memo'],
      ],
    );
    assert.equal(entries[0].dimensionSetLines[0].valueCode, 'SALES');
    const [original, credit] = stage.bc.posted();
    assert.equal(credit!.mark, '20000/CM-INV-1');
    assert.deepEqual(
      credit!.entries.map(({ account, amount }) => [account, amount]),
      [
        ['8420', '-1000'],
        ['5630', '-210'],
        ['20000', '1210'],
      ],
    );
    assert.deepEqual([original!.paid, original!.payable], ['0', '0'], 'closed, but nothing was paid');
    assert.deepEqual([credit!.paid, credit!.payable], ['0', '0']);
  });

  test('S10: the counter of the application is a credit memo, found by the number of the applying entry', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    act(stage, mirror(stage, invoice), 'post');
    stage.nowMs += 300;
    const [initial] = stage.analytics(`?$filter=purchInvHeaderDocumentNo eq '${invoice.number}'`);
    const own = stage.analytics(`?$filter=vleEntryNo eq ${initial.vleEntryNo} and dvleEntryType eq 'Application'`);
    assert.deepEqual([initial.vleOpen, own[0].dvleAmountLCY], [false, '1210']);
    const counter = stage.analytics(`?$filter=vleEntryNo eq ${own[0].dvleAppliedVendLedgerEntryNo}`);
    assert.deepEqual(
      counter.map((row) => [row.dvleEntryType, row.dvleDocumentType, row.dvleDocumentNo, row.dvleAmountLCY]),
      [
        ['Initial_x0020_Entry', 'Credit_x0020_Memo', '109001', '1210'],
        ['Application', 'Credit_x0020_Memo', '109001', '-1210'],
      ],
    );
  });

  test('S10: a smaller credit memo leaves the rest open, and the payment run pays only the rest', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    const { body } = creditMemo(stage, { vendorCreditMemoNumber: 'CM-1', invoiceId: invoice.id }, [line('210')]);
    act(stage, body.id, 'post');
    assert.equal(statusOf(stage, 'purchaseInvoices', invoice.id), 'Open');
    assert.equal(statusOf(stage, 'purchaseCreditMemos', body.id), 'Paid');
    stage.nowMs += 5_000;
    stage.bc.tick();
    assert.equal(statusOf(stage, 'purchaseInvoices', invoice.id), 'Paid');
    assert.deepEqual(
      stage.bc.posted().map(({ paid, payable }) => [paid, payable]),
      [
        ['1000', '1000'],
        ['0', '0'],
      ],
    );
  });

  test('S10: without an invoice to apply to, the credit stays open and is never paid', () => {
    const stage = new BcStage();
    const { body } = creditMemo(stage, { vendorCreditMemoNumber: 'CM-1' });
    assert.equal(act(stage, body.id, 'post').status, 204);
    stage.nowMs += 50_000;
    stage.bc.tick();
    assert.equal(statusOf(stage, 'purchaseCreditMemos', body.id), 'Open');
    const [vendor] = stage.list("vendors?$filter=number eq '20000'");
    assert.equal(vendor.balance, '-100');
  });

  test('S83: the number is needed and taken only once per vendor, at posting; a second draft and post are repeats', () => {
    const stage = new BcStage();
    const blank = creditMemo(stage, {}).body;
    assert.match(act(stage, blank.id, 'post').body.error.message, /Vendor Cr\. Memo No\./);
    const first = creditMemo(stage, { vendorCreditMemoNumber: 'CM-1' }).body;
    const second = creditMemo(stage, { vendorCreditMemoNumber: 'CM-1' }).body;
    assert.deepEqual(
      stage.repeats.map(({ key }) => key),
      ['North Ltd/20000/CM-1'],
    );
    act(stage, first.id, 'post');
    assert.match(
      act(stage, second.id, 'post').body.error.message,
      /^Purchase Credit Memo CM-1 already exists for this vendor/,
    );
    assert.match(act(stage, first.id, 'post').body.error.message, /can be applied to a draft credit memo only/);
    assert.equal(stage.repeats.length, 2);
    const none = creditMemo(stage, { vendorCreditMemoNumber: 'CM-2' }, []).body;
    assert.match(act(stage, none.id, 'post').body.error.message, /at least one line item/);
  });

  test('S10: only posted invoices can be named, and only open entries be applied to', () => {
    const stage = new BcStage();
    const draft = stage.draft('A1');
    assert.match(creditMemo(stage, { invoiceId: draft }).body.error.message, /"invoiceId" does not match/);
    assert.equal(creditMemo(stage, { invoiceNumber: '999999' }).status, 400);
    const [invoice, other] = [postedInvoice(stage), postedInvoice(stage, 'INV-2')];
    assert.equal(creditMemo(stage, { invoiceId: invoice.id, invoiceNumber: other.number }).status, 400);
    act(stage, mirror(stage, invoice), 'post');
    const again = act(stage, mirror(stage, invoice, 'CM-2'), 'post');
    assert.deepEqual([again.status, again.code], [400, 'Internal_DataNotFoundFilter']);
    assert.equal(stage.bc.posted().length, 3, 'nothing was posted with it');
    const foreign = creditMemo(stage, {
      ...{ vendorNumber: 'CE01', vendorCreditMemoNumber: 'CM-3', invoiceId: other.id },
    }).body;
    assert.equal(act(stage, foreign.id, 'post').code, 'Internal_DataNotFoundFilter');
  });

  test('S10: the old invoice number stays used after the credit memo', () => {
    const stage = new BcStage();
    act(stage, mirror(stage, postedInvoice(stage)), 'post');
    assert.match(stage.postInvoice(stage.draft('INV-1')).body.error.message, /already exists for this vendor/);
    assert.equal(stage.postInvoice(stage.draft('INV-1-R2')).status, 204);
  });

  test('S10: cancel posts a corrective invoice, opens the invoice again and works once, on posted ones only', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    const id = mirror(stage, invoice);
    assert.match(act(stage, id, 'cancel').body.error.message, /posted credit memo only/);
    act(stage, id, 'post');
    assert.equal(act(stage, id, 'Cancel').status, 204);
    assert.equal(statusOf(stage, 'purchaseCreditMemos', id), 'Canceled');
    assert.equal(statusOf(stage, 'purchaseInvoices', invoice.id), 'Open');
    const [corrective] = stage.list("purchaseInvoices?$filter=status eq 'Corrective'");
    assert.equal(corrective.totalAmountIncludingTax, '1210');
    assert.match(act(stage, id, 'cancel').body.error.message, /already been canceled/);
    assert.equal(stage.repeats.length, 1);
    const [original] = stage.bc.posted();
    assert.deepEqual([original!.paid, original!.payable], ['0', '1210']);
  });

  test('S10: an invoice that a person cancels is Canceled, its credit memo Corrective; a paid one is not cancelled', () => {
    const stage = new BcStage();
    const [invoice, paid] = [postedInvoice(stage), postedInvoice(stage, 'INV-2')];
    stage.bc.actOnEntry({ company: 'North Ltd', number: invoice.number, act: 'cancel' });
    assert.equal(statusOf(stage, 'purchaseInvoices', invoice.id), 'Canceled');
    assert.equal(stage.list("purchaseCreditMemos?$filter=status eq 'Corrective'").length, 1);
    stage.nowMs += 5_000;
    stage.bc.tick();
    const posted = stage.bc.posted().length;
    assert.throws(() => {
      stage.bc.actOnEntry({ company: 'North Ltd', number: paid.number, act: 'cancel' });
    }, /fully or partially paid/);
    assert.equal(stage.bc.posted().length, posted);
    stage.bc.pause({ payments: true });
    stage.bc.actOnEntry({ company: 'North Ltd', number: paid.number, act: 'unapply' });
    assert.equal(statusOf(stage, 'purchaseInvoices', paid.id), 'Open', 'Paid goes back to Open');
    stage.nowMs += 300;
    const rows = stage.analytics(`?$filter=purchInvHeaderDocumentNo eq '${paid.number}'`);
    const entry = stage.analytics(`?$filter=vleEntryNo eq ${rows[0].vleEntryNo}`);
    assert.deepEqual(
      entry.map((row) => row.dvleAmountLCY),
      ['-1210', '1210', '-1210'],
      'an opposite row and no mark',
    );
  });

  test('S10: a posted credit memo is immutable; a draft is changed and deleted with its etag', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    const draft = creditMemo(stage, { vendorCreditMemoNumber: 'CM-1' }).body;
    const at = `purchaseCreditMemos(${draft.id})`;
    const change = { vendorCreditMemoNumber: 'CM-2', invoiceId: invoice.id };
    assert.equal(stage.below('PATCH', at, change, { ...strong, 'if-match': draft['@odata.etag'] }).status, 200);
    const [row] = stage.list(`${at}/purchaseCreditMemoLines`);
    const lineAt = `purchaseCreditMemoLines(${row.id})`;
    assert.equal(stage.below('PATCH', lineAt, { unitCost: num('70') }, anyVersion).status, 200);
    assert.equal(stage.get(at).body.totalAmountIncludingTax, '70');
    act(stage, draft.id, 'post');
    assert.match(stage.below('PATCH', at, change, anyVersion).body.error.message, /has been posted/);
    assert.equal(stage.below('PATCH', lineAt, { unitCost: num('1') }, anyVersion).status, 400);
    assert.equal(stage.violations.length, 2);
    const other = creditMemo(stage, { vendorCreditMemoNumber: 'CM-3' }).body;
    assert.equal(stage.below('DELETE', `purchaseCreditMemos(${other.id})`, undefined, anyVersion).status, 204);
    assert.equal(stage.violations.length, 2);
  });

  test('S10: the job queue posts a scheduled credit memo later, and everything survives a restart', () => {
    const stage = new BcStage();
    const invoice = postedInvoice(stage);
    const id = mirror(stage, invoice);
    stage.bc.pause({ batch: true, payments: true });
    assert.equal(act(stage, id, 'post').status, 204);
    assert.equal(statusOf(stage, 'purchaseCreditMemos', id), 'Draft');
    const next = new BcStage(JSON.parse(JSON.stringify(stage.bc.snapshot())));
    next.bc.pause({ payments: true });
    next.bc.tick();
    assert.equal(statusOf(next, 'purchaseCreditMemos', id), 'Paid');
    assert.equal(statusOf(next, 'purchaseInvoices', invoice.id), 'Paid');
  });
});
