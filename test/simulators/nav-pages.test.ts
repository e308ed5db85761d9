import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceKey, invoiceLine, NavStage } from './nav-stage.js';

test('S52: published pages answer OData V4 below the company, whose name may hold quotes, ampersands and umlauts', () => {
  const stage = new NavStage();
  assert.deepEqual(
    stage.call('GET', '/DynamicsNAV110/ODataV4/Company').body.value.map((row: any) => row.Name),
    ["CRONUS & Søn's AG", 'South Ltd'],
  );
  const answer = stage.get("VendorList?$filter=No eq '20000'&$select=No,Name");
  assert.equal(answer.status, 200);
  assert.match(answer.body['@odata.context'], /\/ODataV4\/\$metadata#Company\('CRONUS/);
  assert.equal(answer.body.value.length, 1);
  const [{ '@odata.etag': etag, ...row }] = answer.body.value;
  assert.deepEqual(row, { No: '20000', Name: 'First Supplies' });
  assert.match(etag, /^W\/"/);
  const byQuery = `/DynamicsNAV110/ODataV4/VendorList?company=${encodeURIComponent(stage.company)}`;
  assert.equal(stage.call('GET', byQuery).body.value.length, 7);
  stage.company = 'North';
  assert.deepEqual([stage.get('VendorList').status, stage.get('VendorList').code], [404, 'Internal_CompanyNotFound']);
});

test('S53: every exposed kind of record has its page, with the key of its table beside the controls', () => {
  const stage = new NavStage();
  stage.postInvoice(stage.draft('INV-1'), 'INV-1');
  const seen = {
    VendorCard: ['No', 'E_Mail', 'Vendor_Posting_Group', 'Last_Date_Modified'],
    PostedPurchaseInvoice: ['No', 'Pre_Assigned_No', 'Vendor_Invoice_No'],
    PostedPurchaseInvoices: ['No', 'Remaining_Amount', 'Closed', 'Cancelled'],
    GLEntries: ['Entry_No', 'External_Document_No', 'Reversed', 'Dimension_Set_ID'],
    VendorLedgerEntries: ['Entry_No', 'External_Document_No', 'Open', 'Remaining_Amount', 'Closed_at_Date'],
    DetailedVendorLedgerEntries: ['Entry_No', 'Entry_Type', 'Vendor_Ledger_Entry_No', 'Unapplied'],
    ChartOfAccounts: ['No', 'Account_Type', 'Direct_Posting'],
    GeneralJournalBatches: ['Journal_Template_Name', 'Name', 'Posting_No_Series'],
    DimensionValues: ['Dimension_Code', 'Code', 'Blocked', 'Dimension_Value_Type'],
    DefaultDimensions: ['Table_ID', 'No', 'Dimension_Code', 'Value_Posting'],
    GeneralLedgerSetup: ['Allow_Posting_From', 'LCY_Code', 'Shortcut_Dimension_3_Code'],
    AccountingPeriods: ['Starting_Date', 'Closed'],
    PaymentTerms: ['Code', 'Due_Date_Calculation'],
    Currencies: ['Code', 'ISO_Code'],
    EmployeeCard: ['No', 'Company_E_Mail', 'Status'],
    EmployeeList: ['No', 'FullName'],
    PostedPurchaseReceipts: ['No', 'Buy_from_Vendor_No'],
  };
  for (const [service, fields] of Object.entries(seen)) {
    const [row] = stage.list(service);
    assert.ok(row !== undefined, service);
    assert.deepEqual(
      fields.filter((field) => !(field in row)),
      [],
      service,
    );
  }
  assert.equal(
    'Pre_Assigned_No' in stage.list('PostedPurchaseInvoices')[0],
    false,
    'only page 138 shows the draft number',
  );
  const { body } = stage.call('GET', '/DynamicsNAV110/ODataV4/$metadata');
  assert.match(
    body,
    /<EntityType Name="PurchaseInvoice"><Key><PropertyRef Name="Document_Type"\/><PropertyRef Name="No"\/>/,
  );
  assert.match(body, /<Property Name="Vendor_Invoice_No" Type="Edm.String" MaxLength="35"\/>/);
  assert.match(body, /<NavigationProperty Name="PurchaseInvoicePurchLines"/);
  assert.doesNotMatch(body, /webhook|subscription|<Action/i);
});

test('C18: user and web service key sign in; anything else is 401, in OData with a code', () => {
  const stage = new NavStage();
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });
  for (const headers of [
    { authorization: 'Bearer good' },
    basic('CONCUR:wrong'),
    basic('OTHER:nav-web-service-key'),
    { authorization: '' },
  ]) {
    const answer = stage.call('GET', `${stage.odata}/VendorList`, undefined, headers);
    assert.deepEqual([answer.status, answer.code], [401, 'Authentication_InvalidCredentials']);
  }
  const soap = stage.send('POST', '/DynamicsNAV110/WS/x/Page/VendorList', '', basic('CONCUR:wrong'));
  assert.deepEqual([soap.status, soap.body], [401, undefined]);
});

test('a service that is not published, a page that nobody knows and a record that is gone are the same 404', () => {
  const stage = new NavStage();
  stage.nav.changeSetUpFaults({ 'service-unpublished': 'PurchaseInvoice' });
  for (const path of ['PurchaseInvoice', 'Purchase_Invoice', "VendorCard('NOBODY')"]) {
    const answer = stage.get(path);
    assert.deepEqual([answer.status, answer.code], [404, 'BadRequest_ResourceNotFound'], path);
  }
  assert.equal(stage.call('GET', '/DynamicsNAV80/ODataV4/Company').status, 404);
  assert.doesNotMatch(stage.call('GET', '/DynamicsNAV110/ODataV4/$metadata').body, /EntitySet Name="PurchaseInvoice"/);
});

test('filters know `or` on one field only, refuse values longer than the field, and silently ignore lambdas', () => {
  const stage = new NavStage();
  assert.equal(stage.list("VendorList?$filter=No eq 'CE01' or No eq 'STOP'").length, 2);
  const refused = stage.get("VendorList?$filter=No eq 'CE01' or Name eq 'Branch'");
  assert.deepEqual([refused.status, refused.code], [400, 'BadRequest']);
  const long = stage.get(`VendorList?$filter=No eq '${'X'.repeat(21)}'`);
  assert.deepEqual([long.status, long.code], [400, 'Application_FilterErrorException']);
  assert.equal(stage.list("VendorList?$filter=Lines/any(l: l/No eq 'x')").length, 7);
  assert.equal(stage.list("VendorList?$filter=No eq 'ce01 '").length, 1, 'codes are trimmed and upper-cased');
  assert.equal(stage.list("VendorList?$filter=Name eq 'Ana O''Example'").length, 1);
  assert.equal(stage.list("VendorList?$filter=contains(Name,'Trader') and startswith(No,'E')").length, 1);
  for (const wrong of ["Colour eq 'red'", 'No eq 20000', 'No eq', "No like 'x'", "(No eq 'x'", "No eq 'x' No eq 'y'"]) {
    assert.equal(stage.get(`VendorList?$filter=${encodeURIComponent(wrong)}`).status, 400, wrong);
  }
});

test('the day of a vendor change is all that is known of it: a filter takes a date, not an instant', () => {
  const stage = new NavStage();
  stage.nowMs += 86_400_000;
  assert.equal(stage.list('VendorList?$filter=Last_Date_Modified ge 2026-08-22').length, 0);
  stage.nav.createVendor(stage.company, { number: 'NEW', displayName: 'Made by a clerk' });
  const changed = stage.list('VendorList?$filter=Last_Date_Modified ge 2026-08-22');
  assert.deepEqual(
    changed.map((row) => [row.No, row.Last_Date_Modified]),
    [['NEW', '2026-08-22']],
  );
  assert.equal(stage.get('VendorList?$filter=Last_Date_Modified gt 2026-08-22T00:00:00Z').status, 400);
  stage.nav.createVendor(stage.company, { number: 'NEW', displayName: 'Made by a clerk' });
  assert.deepEqual(stage.list('VendorList?$filter=Last_Date_Modified ge 2026-08-22')[0], changed[0], 'nothing changed');
});

test('options are captions, in the language of the service, or ordinals; names of fields stay', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  const blocked = (): unknown =>
    stage.list("VendorList?$filter=No eq 'STOP' or No eq 'CE01'").map((row) => row.Blocked);
  assert.deepEqual(blocked(), [' ', 'All']);
  assert.equal(stage.list("VendorList?$filter=Blocked eq 'All'").length, 1);
  stage.nav.changeSetUpFaults({ 'captions-in-german': true });
  assert.deepEqual(blocked(), [' ', 'Alle']);
  assert.equal(stage.get(`PurchaseInvoice(Document_Type='Rechnung',No='${draft}')`).body.Document_Type, 'Rechnung');
  assert.equal(stage.get(invoiceKey(draft)).status, 400);
  assert.equal(stage.post('PurchInvLines', invoiceLine(draft, '1')).code, 'Application_EvaluateException');
  stage.nav.changeSetUpFaults({ 'captions-in-german': false, 'options-as-ordinals': true });
  assert.deepEqual(blocked(), ['0', '2']);
  assert.equal(stage.get(`PurchaseInvoice(Document_Type=2,No='${draft}')`).status, 200);
});

test('long lists come in pages, and a list that changes in between loses and repeats nothing', () => {
  const stage = new NavStage();
  const first = stage.below('GET', 'VendorList?$select=No', undefined, { prefer: 'odata.maxpagesize=3' });
  assert.deepEqual(
    first.body.value.map((row: any) => row.No),
    ['20000', 'BARE', 'BRANCH'],
  );
  stage.nav.createVendor(stage.company, { number: 'AAA', displayName: 'Comes in between' });
  const second = stage.call('GET', first.body['@odata.nextLink'], undefined, { prefer: 'odata.maxpagesize=3' });
  assert.deepEqual(
    second.body.value.map((row: any) => row.No),
    ['CE01', 'EURO', 'NOPAY'],
  );
  const last = stage.call('GET', second.body['@odata.nextLink'], undefined, { prefer: 'odata.maxpagesize=3' });
  assert.deepEqual([last.body.value.length, last.body['@odata.nextLink']], [1, undefined]);
  assert.equal(stage.get('VendorList?$top=2&$skip=1&$count=true').body['@odata.count'], '8');
  assert.equal(stage.get('VendorList?$skiptoken=3.GONE').code, 'SkipTokenIsNoLongerValid');
});

test('set-up faults are merged, survive a restart and end with false; unknown names and services are refused', () => {
  const stage = new NavStage();
  stage.nav.changeSetUpFaults({ 'no-number-series': true, 'company-missing': true });
  stage.restart();
  assert.deepEqual(stage.nav.setUpFaults(), { 'no-number-series': true, 'company-missing': true });
  assert.equal(stage.get('VendorList').code, 'Internal_CompanyNotFound');
  stage.nav.changeSetUpFaults({ 'company-missing': false });
  assert.match(
    stage.post('PurchaseInvoice', {}).message,
    /Invoice Nos\. must have a value in Purchases & Payables Setup/,
  );
  for (const wrong of [
    { 'no-series': true },
    { 'service-unpublished': 'Vendors' },
    { 'property-refused': 'Description' },
  ]) {
    assert.throws(() => stage.nav.changeSetUpFaults(wrong), JSON.stringify(wrong));
  }
  stage.nav.changeSetUpFaults({ 'no-number-series': false, 'period-closed': true });
  assert.equal(stage.list('GeneralLedgerSetup')[0].Allow_Posting_From, '2026-09-01');
});
