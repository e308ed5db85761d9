import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyVersion, BcStage, num, type Answer } from './bc-stage.js';

const lines = [
  { lineType: 'Comment', description: 'CONCUR-PR:3F9A61' },
  { lineType: 'Account', lineObjectNumber: '8420', quantity: num('3'), directUnitCost: num('90'), taxCode: 'VAT21' },
];

function order(stage: BcStage, more: Record<string, unknown> = {}, expand = ''): Answer {
  return stage.post(`purchaseOrders${expand}`, {
    ...{ vendorNumber: '20000', orderDate: '2026-08-21', requestedReceiptDate: '2026-09-10' },
    ...{ shipToContact: 'CONCUR 3F9A61', purchaseOrderLines: lines, ...more },
  });
}

const clerk = (stage: BcStage, number: string, act: string, share?: string): void => {
  stage.bc.actOnOrder({ company: 'North Ltd', number, act, ...(share === undefined ? {} : { share }) });
};

describe('purchase orders of Business Central', () => {
  test('S6: an order is deep-inserted as a draft and found by its contact and by its comment line', () => {
    const stage = new BcStage();
    const answer = order(stage);
    assert.equal(answer.status, 201);
    const { body } = answer;
    assert.deepEqual(
      [body.status, body.number, body.fullyReceived, body.totalAmountIncludingTax],
      ['Draft', '106001', false, '326.7'],
    );
    const found = stage.list("purchaseOrders?$filter=shipToContact eq 'CONCUR 3F9A61'&$expand=purchaseOrderLines");
    assert.deepEqual(
      found.map((row) => [row.id, row.purchaseOrderLines[0].description]),
      [[body.id, 'CONCUR-PR:3F9A61']],
    );
    assert.equal(found[0].purchaseOrderLines[1].directUnitCost, '90');
    const told = { company: 'North Ltd', number: '106001', vendor: '20000', mark: 'CONCUR-PR:3F9A61', released: false };
    assert.deepEqual(stage.bc.orders(), [told]);
    assert.deepEqual(stage.bc.unposted(), [], 'an order is no document that waits for posting');
  });

  test('S6: lines do not inherit the dimensions of a deep insert, but those of the shortcut fields', () => {
    const stage = new BcStage();
    const expand = '?$expand=purchaseOrderLines($expand=dimensionSetLines),dimensionSetLines';
    const { body } = order(
      stage,
      { shortcutDimension1Code: 'SALES', dimensionSetLines: [{ code: 'PROJECT', valueCode: 'P-100' }] },
      expand,
    );
    const codes = (rows: any[]): string[] => rows.map((row) => row.code);
    assert.deepEqual(codes(body.dimensionSetLines), ['DEPARTMENT', 'PROJECT']);
    assert.deepEqual(codes(body.purchaseOrderLines[1].dimensionSetLines), ['DEPARTMENT']);
    const own = [{ ...lines[1], dimensionSetLines: [{ code: 'PROJECT', valueCode: 'P-100' }] }];
    const second = order(stage, { purchaseOrderLines: own }, expand);
    assert.deepEqual(codes(second.body.purchaseOrderLines[0].dimensionSetLines), ['PROJECT']);
  });

  test('S6: prices, references and actions that invoices have are refused', () => {
    const stage = new BcStage();
    const priced = [{ lineType: 'Account', lineObjectNumber: '8420', unitCost: num('1') }];
    assert.equal(order(stage, { purchaseOrderLines: priced }).status, 400);
    assert.equal(order(stage, { yourReference: 'PR-1' }).status, 400);
    const { body } = order(stage);
    assert.equal(stage.post(`purchaseOrders(${body.id})/Microsoft.NAV.post`, undefined).status, 404);
    assert.equal(stage.post(`purchaseOrders(${body.id})/Microsoft.NAV.receiveAndInvoice`, undefined).status, 400);
    assert.equal(stage.violations.length, 1);
  });

  test('S83: a second order with the same mark is a repeat, and deleting an order breaks a rule', () => {
    const stage = new BcStage();
    order(stage);
    const { body } = order(stage);
    assert.deepEqual(
      stage.repeats.map(({ key }) => key),
      ['North Ltd/CONCUR-PR:3F9A61'],
    );
    assert.equal(stage.below('DELETE', `purchaseOrders(${body.id})`, undefined, anyVersion).status, 204);
    assert.match(stage.violations[0] ?? '', /orders are never deleted/);
  });

  test('S6: a draft is changed; a released order refuses changes of header and lines', () => {
    const stage = new BcStage();
    const { body } = order(stage);
    const at = `purchaseOrders(${body.id})`;
    assert.equal(stage.below('PATCH', at, { shipToContact: 'CONCUR 2' }).code, 'BadRequest_InvalidToken');
    assert.equal(stage.below('PATCH', at, { shipToContact: 'CONCUR 2' }, anyVersion).status, 200);
    const [line] = stage.list(`${at}/purchaseOrderLines`).slice(1);
    const lineAt = `purchaseOrderLines(${line.id})`;
    assert.equal(stage.below('PATCH', lineAt, { quantity: num('4') }, anyVersion).status, 200);
    clerk(stage, body.number, 'release');
    assert.equal(stage.get(at).body.status, 'Open');
    const refused = stage.below('PATCH', at, { shipToContact: 'CONCUR 3' }, anyVersion);
    assert.match(refused.body.error.message, /^Status must be equal to 'Open' in Purchase Header/);
    assert.equal(stage.below('PATCH', lineAt, { quantity: num('5') }, anyVersion).status, 400);
  });

  test('S6: receipts name the order, and an order that is invoiced in full is gone', () => {
    const stage = new BcStage();
    const { body } = order(stage);
    clerk(stage, body.number, 'receive', '.5');
    const [receipt] = stage.list(
      `purchaseReceipts?$filter=orderNumber eq '${body.number}'&$expand=purchaseReceiptLines`,
    );
    assert.equal(receipt.purchaseReceiptLines[1].quantity, '1.5');
    const row = stage.get(`purchaseOrders(${body.id})?$expand=purchaseOrderLines`).body;
    assert.deepEqual([row.fullyReceived, row.purchaseOrderLines[1].receivedQuantity], [false, '1.5']);
    clerk(stage, body.number, 'invoice');
    assert.equal(stage.get(`purchaseOrders(${body.id})`).status, 200, 'half of it is still to come');
    clerk(stage, body.number, 'receive');
    clerk(stage, body.number, 'invoice');
    assert.equal(stage.get(`purchaseOrders(${body.id})`).code, 'BadRequest_ResourceNotFound');
    const invoices = stage.list(`purchaseInvoices?$filter=orderNumber eq '${body.number}'`);
    assert.deepEqual(
      invoices.map((invoice) => [invoice.orderId, invoice.status, invoice.totalAmountExcludingTax]),
      [
        [body.id, 'Open', '135'],
        [body.id, 'Open', '135'],
      ],
    );
    assert.equal(stage.list('purchaseReceipts').length, 2);
  });

  test('S6: an order that a person removes is gone without an invoice', () => {
    const stage = new BcStage();
    const { body } = order(stage);
    clerk(stage, body.number, 'delete');
    assert.equal(stage.get(`purchaseOrders(${body.id})`).status, 404);
    assert.deepEqual(stage.list(`purchaseInvoices?$filter=orderNumber eq '${body.number}'`), []);
    assert.throws(() => {
      clerk(stage, body.number, 'receive');
    }, /Unknown order/);
  });
});

describe('vendors and employees of Business Central', () => {
  const vendor = {
    ...{ number: 'ce000123', displayName: 'Ana Example', addressLine1: '1 Example Street', city: 'Leeds' },
    ...{ country: 'GB', postalCode: 'LS1 1AA', email: 'ana@example.test', currencyCode: 'GBP' },
  };

  test('S88: a vendor is created and changed under its etag, and the sweep by change instant finds it', () => {
    const stage = new BcStage();
    const [terms] = stage.list("paymentTerms?$filter=code eq '30 DAYS'");
    stage.nowMs += 1_000;
    const since = new Date(stage.nowMs - 1).toISOString();
    const answer = stage.post('vendors', { ...vendor, paymentTermsId: terms.id });
    assert.equal(answer.status, 201);
    assert.deepEqual(
      [answer.body.number, answer.body.blocked, answer.body.paymentTermsId],
      ['CE000123', '_x0020_', terms.id],
    );
    const at = `vendors(${answer.body.id})`;
    const stale = answer.body['@odata.etag'];
    assert.equal(stage.below('PATCH', at, { blocked: 'Payment' }, { 'if-match': stale }).status, 200);
    assert.equal(stage.below('PATCH', at, { blocked: 'All' }, { 'if-match': stale }).code, 'Request_EntityChanged');
    const swept = stage.list(`vendors?$filter=lastModifiedDateTime gt ${since}&$orderby=lastModifiedDateTime`);
    assert.deepEqual(
      swept.map((row) => [row.number, row.blocked, row.city]),
      [['CE000123', 'Payment', 'Leeds']],
    );
  });

  test('S83: a vendor number that exists is a 400 with the same-key code and a repeat; renaming breaks a rule', () => {
    const stage = new BcStage();
    const { body } = stage.post('vendors', vendor);
    const again = stage.post('vendors', vendor);
    assert.deepEqual([again.status, again.code], [400, 'Internal_EntityWithSameKeyExists']);
    assert.equal(stage.repeats.length, 1);
    assert.equal(stage.below('PATCH', `vendors(${body.id})`, { number: 'OTHER' }, anyVersion).status, 400);
    assert.equal(stage.violations.length, 1);
    assert.equal(stage.post('vendors', { ...vendor, number: 'V2', paymentTermsId: body.id }).status, 400);
    assert.equal(stage.post('vendors', { ...vendor, number: 'V3', iban: 'GB00' }).status, 400, 'no bank data');
    assert.equal(stage.below('DELETE', `vendors(${body.id})`, undefined, anyVersion).status, 405);
  });

  test('S84: nothing can be posted to a vendor without posting groups, although its drafts are taken', () => {
    const stage = new BcStage().withRules();
    const id = stage.draft('A1', '10', { vendorNumber: 'NOGRP' });
    const refused = stage.postInvoice(id);
    assert.deepEqual([refused.status, refused.code], [400, 'Application_FieldValidationException']);
    assert.match(refused.body.error.message, /^Vendor Posting Group must have a value in Vendor: No\.=NOGRP/);
  });

  test('S53: employees are read with their names and mail, and cannot be written', () => {
    const stage = new BcStage().withRules();
    const [employee] = stage.list("employees?$filter=number eq 'E1'");
    assert.deepEqual(
      [employee.displayName, employee.email, employee.status],
      ['Ana Example', 'ana@example.test', 'Active'],
    );
    assert.equal(stage.post('employees', { number: 'E2' }).status, 405);
    assert.equal(stage.violations.length, 1);
  });
});
