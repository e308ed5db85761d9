import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceKey, invoiceLine, NavStage, num } from './nav-stage.js';

test('a purchase header takes its vendor first: any other field with the new record is refused', () => {
  const stage = new NavStage();
  const early = stage.post('PurchaseInvoice', { Buy_from_Vendor_No: '20000', Vendor_Invoice_No: 'INV-1' });
  assert.deepEqual([early.status, early.code], [400, 'Application_FieldValidationException']);
  assert.match(early.message, /No\. must have a value in Purchase Header/);
  assert.equal(stage.list('PurchaseInvoice').length, 0, 'nothing stays of it');
  assert.match(stage.post('PurchaseInvoice', { Document_Type: 'Order' }).message, /not within the filter of the page/);
  const created = stage.post('PurchaseInvoice', {});
  assert.deepEqual([created.status, created.body.Document_Type, created.body.Buy_from_Vendor_No], [201, 'Invoice', '']);
  assert.match(created.headers['location'] ?? '', /PurchaseInvoice\(Document_Type='Invoice',No='\d+'\)$/);
  const key = invoiceKey(created.body.No);
  assert.match(stage.patch(key, { Vendor_Invoice_No: 'INV-1' }).message, /Buy-from Vendor No\. must have a value/);
});

test('fields are validated in the order in which they are sent: the vendor comes before the dates, they before each other', () => {
  const stage = new NavStage();
  const wrong = stage.post('PurchaseInvoice', {}).body.No;
  const body = { Due_Date: '2026-12-01', Posting_Date: '2026-08-20', Buy_from_Vendor_No: '20000' };
  const lost = stage.patch(invoiceKey(wrong), body).body;
  assert.deepEqual([lost.Posting_Date, lost.Due_Date], ['2026-08-21', '2026-09-20'], 'the vendor has overwritten them');
  const right = stage.post('PurchaseInvoice', { Buy_from_Vendor_No: '20000' }).body.No;
  const dates = { Posting_Date: '2026-08-20', Document_Date: '2026-08-18', Due_Date: '2026-12-01' };
  const kept = stage.patch(invoiceKey(right), { ...dates, Vendor_Invoice_No: ' inv-9 ' }).body;
  assert.deepEqual([kept.Posting_Date, kept.Document_Date, kept.Due_Date], Object.values(dates));
  assert.equal(kept.Vendor_Invoice_No, 'INV-9');
  const late = stage.patch(invoiceKey(right), { Document_Date: '2026-08-19' }).body;
  assert.equal(late.Due_Date, '2026-09-18', 'the document date works the due date out again');
});

test('a line takes type and number before anything else, and brings name, groups and dimensions along', () => {
  const stage = new NavStage();
  const draft = stage.post('PurchaseInvoice', { Buy_from_Vendor_No: '20000' }).body.No;
  stage.patch(invoiceKey(draft), { Shortcut_Dimension_1_Code: 'sales' });
  const own = { Document_Type: 'Invoice', Document_No: draft };
  const lost = stage.post('PurchInvLines', { ...own, Description: 'July', Type: 'G/L Account', No: '8460' }).body;
  assert.deepEqual(
    [lost.Description, lost.VAT_Prod_Posting_Group, lost.Shortcut_Dimension_1_Code, lost.Line_No],
    ['Hotels', 'VAT20', 'SALES', '10000'],
  );
  const below = `${invoiceKey(draft)}/PurchaseInvoicePurchLines`;
  const line = {
    Type: 'G/L Account',
    No: '8420',
    Description: 'July',
    Quantity: num('3'),
    Direct_Unit_Cost: num('33.333'),
  };
  const kept = stage.post(below, { ...line, ShortcutDimCode3: 'NORTH' }).body;
  assert.deepEqual([kept.Description, kept.Line_Amount, kept.Line_No], ['July', '100', '20000']);
  assert.deepEqual([kept.ShortcutDimCode3, kept.Shortcut_Dimension_1_Code], ['NORTH', 'SALES']);
  assert.equal(stage.list(below).length, 2);
  assert.equal(
    stage.get(`${invoiceKey(draft)}?$expand=PurchaseInvoicePurchLines`).body.PurchaseInvoicePurchLines.length,
    2,
  );
  assert.match(stage.post(below, { Quantity: num('1') }).message, /Type must have a value/);
  assert.equal(stage.post(below, { Type: 'G/L Account', No: '9999' }).code, 'Internal_InvalidTableRelation');
  assert.match(stage.post(below, { Type: 'G/L Account', No: '8450' }).message, /Direct Posting must be equal to 'Yes'/);
  assert.equal(stage.post(below, { ...line, ShortcutDimCode3: 'SOUTH' }).code, 'Internal_InvalidTableRelation');
  const asked = stage.patch(invoiceKey(draft), { Shortcut_Dimension_1_Code: 'ADM' });
  assert.equal(asked.code, 'Application_CallbackNotAllowed', 'the application would ask whether to change the lines');
  assert.equal(stage.patch(invoiceKey(draft), { Buy_from_Vendor_No: 'CE01' }).code, 'Application_CallbackNotAllowed');
});

test('what a page does not take is refused with its own error', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  const refused: [Record<string, unknown>, string][] = [
    [{ Factura: 'x' }, 'BadRequest'],
    [{ Pay_to_Vendor_No: 'CE01' }, 'BadRequest'],
    [{ Status: 'Released' }, 'BadRequest_InvalidOperation'],
    [{ Vendor_Invoice_No: 'X'.repeat(36) }, 'Application_StringExceededLength'],
    [{ Posting_Date: '21.08.2026' }, 'BadRequest'],
    [{ Currency_Code: 'GBP' }, 'Internal_InvalidTableRelation'],
    [{ Currency_Code: null }, 'BadRequest_RequiredParamNotProvided'],
    [{ No: 'ANOTHER' }, 'BadRequest_InvalidOperation'],
  ];
  for (const [body, code] of refused)
    assert.equal(stage.patch(invoiceKey(draft), body).code, code, JSON.stringify(body));
  assert.match(stage.violations[0] ?? '', /renames the record/);
  assert.equal(
    stage.below('POST', 'PurchaseInvoice', { Buy_from_Vendor_No: '20000' }, { 'content-type': 'text/plain' }).status,
    400,
  );
  assert.match(stage.post('PurchaseInvoice', { No: 'MINE' }).message, /may not enter numbers manually/);
  assert.equal(stage.post('PurchaseInvoice', { Buy_from_Vendor_No: 'NOBODY' }).code, 'Internal_InvalidTableRelation');
  assert.match(
    stage.post('PurchaseInvoice', { Buy_from_Vendor_No: 'STOP' }).message,
    /cannot create .* blocked with type All/,
  );
  stage.nav.changeSetUpFaults({ 'property-refused': 'PurchInvLines.Description' });
  const editable = stage.post('PurchInvLines', { ...invoiceLine(draft, '1'), Description: 'x' });
  assert.match(editable.message, /^Property "Editable" .* is invalid!$/);
  assert.equal(stage.post('PurchInvLines', invoiceLine(draft, '1')).status, 201);
});

test('PATCH needs an etag or a star, and a stale one is a conflict; read-only pages are not written', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  const { '@odata.etag': etag } = stage.get(invoiceKey(draft)).body;
  const text = { Posting_Description: 'x' };
  assert.deepEqual(
    [stage.patch(invoiceKey(draft), text, {}).code, stage.patch(invoiceKey(draft), text, { 'if-match': etag }).status],
    ['BadRequest_InvalidToken', 200],
  );
  const stale = stage.patch(invoiceKey(draft), text, { 'if-match': etag });
  assert.deepEqual([stale.status, stale.code], [409, 'Request_EntityChanged']);
  stage.nav.changeSetUpFaults({ 'legacy-error-codes': true });
  assert.equal(stage.patch(invoiceKey(draft), text, { 'if-match': etag }).code, 'OData_Entity_Changed');
  stage.postInvoice(draft, 'INV-1');
  for (const path of ['PostedPurchaseInvoices', 'GLEntries', 'ChartOfAccounts', 'VendorList']) {
    assert.equal(stage.post(path, {}).status, 405, path);
  }
  assert.equal(stage.below('DELETE', "PostedPurchaseInvoice('108001')").status, 405);
  assert.equal(stage.violations.length, 6, 'a delete without If-Match as well');
});

test('S53: orders keep a reference, vendors and dimension values can be made, and a missing permission is a 400', () => {
  const stage = new NavStage();
  const order = stage.post('PurchaseOrder', { Buy_from_Vendor_No: '20000' }).body.No;
  const key = `PurchaseOrder(Document_Type='Order',No='${order}')`;
  stage.patch(key, { Vendor_Order_No: '3F9A61', Your_Reference: 'CONCUR 3F9A61' });
  const line = { Document_Type: 'Order', Document_No: order, Type: 'G/L Account', No: '8420', Quantity: num('3') };
  stage.post('PurchaseOrderLines', { ...line, Direct_Unit_Cost: num('90') });
  const [listed] = stage.list("PurchaseOrderList?$filter=Vendor_Order_No eq '3F9A61'");
  assert.deepEqual([listed.No, listed.Amount], [order, '270']);
  assert.equal(stage.list('PurchaseInvoice').length, 0, 'each document page shows its own type only');
  const second = stage.post('PurchaseOrder', { Buy_from_Vendor_No: '20000' }).body.No;
  stage.patch(`PurchaseOrder(Document_Type='Order',No='${second}')`, { Vendor_Order_No: '3F9A61' });
  assert.equal(stage.repeats.length, 1);
  stage.below('DELETE', key, undefined, { 'if-match': '*' });
  assert.match(stage.violations[0] ?? '', /purchase order \d+ was deleted/);

  assert.equal(
    stage.post('DimensionValues', { Dimension_Code: 'PROJECT', Code: 'p-200', Name: 'Two' }).body.Code,
    'P-200',
  );
  assert.equal(
    stage.post('DimensionValues', { Dimension_Code: 'PROJECT', Code: 'P-200' }).code,
    'Internal_EntityWithSameKeyExists',
  );
  assert.equal(
    stage.post('DimensionValues', { Dimension_Code: 'COLOUR', Code: 'RED' }).code,
    'Internal_InvalidTableRelation',
  );
  const vendor = stage.post('VendorCard', { Name: 'New', Currency_Code: 'EUR' }).body;
  assert.deepEqual([vendor.No, vendor.Vendor_Posting_Group, vendor.Last_Date_Modified], ['V00001', '', '2026-08-21']);
  assert.match(stage.post('VendorCard', { No: 'CE000123', Name: 'New' }).message, /may not enter numbers manually/);
  stage.company = 'South Ltd';
  assert.equal(stage.post('VendorCard', { No: 'ce000123', Name: 'New' }).body.No, 'CE000123');

  stage.nav.changeSetUpFaults({ 'user-without-permission': 'VendorCard' });
  const denied = stage.get('VendorCard');
  assert.deepEqual([denied.status, denied.code], [400, 'Internal_ServerError']);
  assert.match(denied.message, /You do not have the following permissions on TableData Vendor: Read/);
});

test('a deadlock takes the whole write back and says so; an ordered loss drops a dimension without a word', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  stage.itemFaults.set('PurchInvLines.create', 'item-failure');
  const victim = stage.post('PurchInvLines', invoiceLine(draft, '5'));
  assert.deepEqual([victim.status, victim.code], [409, 'Internal_ServerError']);
  assert.match(victim.message, /deadlocked with another user/);
  assert.equal(stage.list('PurchInvLines').length, 1);
  stage.itemFaults.set('PurchInvLines.create', 'item-missing');
  const lossy = stage.post('PurchInvLines', { ...invoiceLine(draft, '5'), Shortcut_Dimension_1_Code: 'SALES' });
  assert.deepEqual([lossy.status, lossy.body.Shortcut_Dimension_1_Code], [201, '']);
});
