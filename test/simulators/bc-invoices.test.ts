import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyVersion, BcStage, num } from './bc-stage.js';

test('S53: a draft is deep-inserted with its lines and dimensions, totals and tax are computed', () => {
  const stage = new BcStage();
  const answer = stage.post('purchaseInvoices?$expand=purchaseInvoiceLines($expand=dimensionSetLines)', {
    vendorNumber: '20000',
    vendorInvoiceNumber: ' inv-88123 ',
    invoiceDate: '2026-08-18',
    postingDate: '2026-08-21',
    dueDate: '2026-09-17',
    currencyCode: 'GBP',
    shortcutDimension1Code: 'SALES',
    purchaseInvoiceLines: [
      { lineType: 'Comment', description: 'CONCUR 8F3C' },
      {
        lineType: 'Account',
        lineObjectNumber: '8420',
        quantity: num('3'),
        unitCost: num('333.33333'),
        taxCode: 'VAT21',
        dimensionSetLines: [{ code: 'PROJECT', valueCode: 'P-100' }],
      },
    ],
  });
  assert.equal(answer.status, 201);
  const invoice = answer.body;
  assert.equal(invoice.vendorInvoiceNumber, 'INV-88123');
  assert.deepEqual([invoice.status, invoice.number], ['Draft', '1001']);
  assert.deepEqual([invoice.currencyCode, invoice.currencyId], ['GBP', '00000000-0000-0000-0000-000000000000']);
  assert.equal(invoice.totalAmountExcludingTax, '1000');
  assert.equal(invoice.totalTaxAmount, '210');
  assert.equal(invoice.totalAmountIncludingTax, '1210');
  const line = invoice.purchaseInvoiceLines[1];
  assert.equal(line.sequence, '20000');
  assert.deepEqual(
    line.dimensionSetLines.map((row: { code: string; valueCode: string }) => `${row.code}=${row.valueCode}`),
    ['DEPARTMENT=SALES', 'PROJECT=P-100'],
  );
  assert.match(answer.headers['location'] ?? '', new RegExp(`purchaseInvoices\\(${invoice.id}\\)$`));
});

test('a dimension inherited from the header fails the whole insert when a line adds it again', () => {
  const stage = new BcStage();
  const answer = stage.post('purchaseInvoices', {
    vendorNumber: '20000',
    vendorInvoiceNumber: 'A1',
    dimensionSetLines: [{ code: 'DEPARTMENT', valueCode: 'SALES' }],
    purchaseInvoiceLines: [
      { lineObjectNumber: '8420', dimensionSetLines: [{ code: 'DEPARTMENT', valueCode: 'SALES' }] },
    ],
  });
  assert.match(answer.body.error.message, /dimension set line already exists/);
  assert.equal(stage.list('purchaseInvoices').length, 0);
  assert.equal(stage.writes.at(-1)?.outcome, 'refused');
});

test('S102: posting keeps the id, changes the number and writes entries under the new number', () => {
  const stage = new BcStage();
  const id = stage.draft('A1', '1512.50');
  assert.deepEqual(stage.bc.unposted(), [{ erp: 'bc', company: 'North Ltd', mark: '20000/A1', text: '', lines: 1 }]);
  const post = stage.postInvoice(id);
  assert.deepEqual([post.status, post.body], [204, undefined]);
  const invoice = stage.get(`purchaseInvoices(${id})`).body;
  assert.deepEqual([invoice.status, invoice.number], ['Open', '108001']);
  const entries = stage.list("generalLedgerEntries?$filter=documentNumber eq '108001'");
  assert.deepEqual(
    entries.map((entry) => [entry.accountNumber, entry.debitAmount, entry.creditAmount, entry.documentType]),
    [
      ['8420', '1512.5', '0', 'Invoice'],
      ['2310', '0', '1512.5', 'Invoice'],
    ],
  );
  const [document] = stage.bc.posted();
  assert.deepEqual([document?.mark, document?.documentNumber, document?.payable], ['20000/A1', '108001', '1512.5']);
  assert.deepEqual(stage.bc.unposted(), []);
});

test('S83: posting again is refused and is a repeat', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  stage.postInvoice(id);
  const again = stage.postInvoice(id);
  assert.match(again.body.error.message, /The action can be applied to a draft invoice only\./);
  assert.deepEqual(stage.repeats, [{ operation: 'purchaseInvoices.post', key: 'North Ltd/20000/A1' }]);
});

test('S80: a second draft with the same number is accepted and is a repeat; its posting is refused as duplicate', () => {
  const stage = new BcStage();
  const [first, second] = [stage.draft('A1'), stage.draft('a1')];
  assert.deepEqual(stage.repeats, [{ operation: 'purchaseInvoices.create', key: 'North Ltd/20000/A1' }]);
  assert.equal(stage.postInvoice(first).status, 204);
  const duplicate = stage.postInvoice(second);
  assert.equal(duplicate.code, 'Application_DialogException');
  assert.match(duplicate.body.error.message, /Purchase Invoice A1 already exists for this vendor\./);
  assert.equal(stage.get(`purchaseInvoices(${second})`).body.status, 'Draft');
  const other = stage.draft('A1', '5', { vendorNumber: 'CE01' });
  assert.equal(stage.postInvoice(other).status, 204, 'another vendor may use the number');
});

test('S84: unknown, missing and blocked vendors are refused; blocked for payment may be invoiced', () => {
  const stage = new BcStage();
  const refusal = (body: Record<string, unknown>): string =>
    stage.post('purchaseInvoices', { vendorInvoiceNumber: 'A1', ...body }).body.error.message as string;
  assert.match(refusal({ vendorNumber: '99999' }), /The vendor cannot be found\./);
  assert.match(refusal({}), /must be provided/);
  assert.match(refusal({ vendorNumber: 'STOP' }), /blocked with type All/);
  const id = stage.draft('A1', '5', { vendorNumber: 'NOPAY' });
  assert.equal(stage.postInvoice(id).status, 204);
});

test('posting checks the vendor again, the vendor invoice number, the date and that there is something', () => {
  const stage = new BcStage();
  const refusal = (id: string): string => stage.postInvoice(id).body.error.message as string;
  const closed = stage.draft('A1', '5', { postingDate: '2026-07-31' });
  assert.match(refusal(closed), /allowed posting dates/);
  assert.match(refusal(stage.draft('')), /Vendor Invoice No\./);
  assert.match(refusal(stage.draft('A2', '0')), /nothing to post/);
  assert.match(refusal(stage.draft('A3', '-5')), /must be 0 or greater/);
  const late = stage.draft('A4');
  stage.bc.createVendor('North Ltd', { number: '20000', displayName: 'First Supplies', blocked: 'All' });
  assert.match(refusal(late), /blocked with type All/);
});

test('S108: a posted invoice cannot be changed, and deleting it breaks a rule although it works', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  const [line] = stage.list(`purchaseInvoices(${id})/purchaseInvoiceLines`);
  stage.postInvoice(id);
  const patch = stage.below('PATCH', `purchaseInvoices(${id})`, { dueDate: '2026-09-01' }, anyVersion);
  assert.match(patch.body.error.message, /can no longer be modified/);
  const linePatch = stage.below('PATCH', `purchaseInvoiceLines(${line.id})`, { unitCost: num('1') }, anyVersion);
  assert.equal(linePatch.status, 400);
  assert.equal(stage.below('DELETE', `purchaseInvoices(${id})`, undefined, anyVersion).status, 204);
  assert.equal(stage.violations.length, 3);
  assert.equal(stage.get(`purchaseInvoices(${id})`).status, 404);
  assert.equal(stage.bc.posted().length, 1, 'the ledger keeps what was posted');
});

test('an own draft is changed, extended and deleted without breaking a rule', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  const patched = stage.below('PATCH', `purchaseInvoices(${id})`, { shipToContact: 'CONCUR 1' }, anyVersion);
  assert.equal(patched.body.shipToContact, 'CONCUR 1');
  const line = stage.post('purchaseInvoiceLines', {
    documentId: id,
    lineObjectNumber: '8430',
    quantity: num('1'),
    unitCost: num('0.01'),
  });
  assert.equal(line.body.lineType, 'Account');
  assert.equal(stage.get(`purchaseInvoices(${id})`).body.totalAmountIncludingTax, '100.01');
  const dims = stage.post(`purchaseInvoiceLines(${line.body.id})/dimensionSetLines`, {
    code: 'DEPARTMENT',
    valueCode: 'ADM',
  });
  assert.equal(dims.body.parentType, 'Purchase_x0020_Invoice_x0020_Line');
  assert.equal(stage.below('DELETE', `purchaseInvoiceLines(${line.body.id})`, undefined, anyVersion).status, 204);
  assert.equal(stage.below('DELETE', `purchaseInvoices(${id})`, undefined, anyVersion).status, 204);
  assert.deepEqual(stage.violations, []);
  stage.draft('A1');
  assert.deepEqual(stage.repeats, [], 'after its deletion the draft may be made again');
});

test('a draft that waits in the job queue may be deleted, and is then not posted', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  stage.bc.pause({ batch: true });
  stage.postInvoice(id);
  const etag = stage.get(`purchaseInvoices(${id})`).body['@odata.etag'];
  assert.equal(stage.below('DELETE', `purchaseInvoices(${id})`, undefined, { 'if-match': etag }).status, 204);
  stage.bc.pause({ batch: false });
  stage.bc.tick();
  assert.deepEqual([stage.bc.posted(), stage.bc.unposted(), stage.violations], [[], [], []]);
});

test('reading a draft with write intent moves its etag', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  const [first, second] = [stage.get(`purchaseInvoices(${id})`).body, stage.get(`purchaseInvoices(${id})`).body];
  assert.notEqual(first['@odata.etag'], second['@odata.etag']);
  const remove = (etag: string) => stage.below('DELETE', `purchaseInvoices(${id})`, undefined, { 'if-match': etag });
  assert.equal(remove(first['@odata.etag']).code, 'Request_EntityChanged');
  assert.equal(remove(second['@odata.etag']).status, 204);
});

test('the replica shows a posted invoice as draft for a moment', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  stage.nowMs += 1_000;
  stage.postInvoice(id);
  const onReplica = (): string => stage.get(`purchaseInvoices(${id})`, {}).body.status as string;
  assert.equal(onReplica(), 'Draft');
  assert.equal(stage.get(`purchaseInvoices(${id})`).body.status, 'Open');
  stage.nowMs += 300;
  assert.equal(onReplica(), 'Open');
});

test('a foreign-currency invoice is posted in local currency and told in its own', () => {
  const stage = new BcStage();
  const id = stage.draft('A1', '100', { vendorNumber: 'EURO' });
  assert.equal(stage.get(`purchaseInvoices(${id})`).body.currencyCode, 'EUR');
  stage.postInvoice(id);
  assert.equal(stage.list('generalLedgerEntries')[0].debitAmount, '200');
  const [document] = stage.bc.posted();
  assert.deepEqual([document?.currency, document?.entries[0]?.amount, document?.payable], ['EUR', '100', '100']);
  const blank = stage.draft('A2', '100', { vendorNumber: 'EURO', currencyCode: '' });
  assert.equal(stage.get(`purchaseInvoices(${blank})`).body.currencyCode, 'GBP');
  const unknown = stage.post('purchaseInvoices', { vendorNumber: '20000', currencyCode: 'EURO' });
  assert.match(unknown.body.error.message, /"currencyCode" does not match/);
});

test('too long texts, read-only and unknown properties are refused by name', () => {
  const stage = new BcStage();
  const code = (body: Record<string, unknown>): string =>
    stage.post('purchaseInvoices', { vendorNumber: '20000', ...body }).code;
  assert.equal(code({ vendorInvoiceNumber: 'X'.repeat(36) }), 'Application_StringExceededLength');
  assert.equal(code({ number: '1' }), 'BadRequest_InvalidOperation');
  assert.equal(code({ paymentTermsId: '68923839-4319-ee11-9cc4-6045bdc8dcac' }), 'BadRequest');
  assert.equal(code({ dueDate: '2026-02-30' }), 'BadRequest');
  assert.equal(code({ dueDate: null }), 'BadRequest_RequiredParamNotProvided');
});
