import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BcStage, root, strong } from './bc-stage.js';

test('S49: a call without a valid token for the configured audience is answered 401', () => {
  const stage = new BcStage();
  const answer = stage.call('GET', `${root}/companies`, undefined, { authorization: 'Bearer stale' });
  assert.equal(answer.status, 401);
  assert.equal(answer.code, 'Authentication_InvalidCredentials');
  const request = stage.request('GET', `${root}/companies`);
  stage.bc.expireToken(request);
  assert.equal(stage.bc.route(request).execute().status, 401);
});

test('S50: tenant, environment and company all come from the URL; another one is not found', () => {
  const stage = new BcStage();
  assert.equal(stage.call('GET', '/v2.0/other/Sandbox/api/v2.0/companies').status, 404);
  assert.equal(stage.call('GET', '/v2.0/contoso/Production/api/v2.0/companies').status, 404);
  const wrong = stage.call('GET', `${root}/companies(00000000-0000-4000-a000-000000000000)/vendors`);
  assert.deepEqual([wrong.status, wrong.code], [404, 'Internal_CompanyNotFound']);
  const bare = stage.call('GET', `${root}/vendors`);
  assert.deepEqual([bare.status, bare.code], [404, 'Internal_CompanyNotFound']);
});

test('S53: every entity set of the connection test can be read, and operations are named after it', () => {
  const stage = new BcStage();
  for (const set of [
    'generalLedgerSetup',
    'accountingPeriods',
    'accounts',
    'vendors',
    'dimensions',
    'dimensionValues',
  ]) {
    assert.ok(stage.list(set).length > 0, set);
  }
  const others = ['purchaseInvoices', 'purchaseCreditMemos', 'purchaseOrders', 'purchaseReceipts', 'journals'];
  for (const set of [...others, 'generalLedgerEntries', 'employees', 'paymentTerms', 'paymentMethods']) {
    assert.equal(stage.get(set).status, 200, set);
  }
  assert.match(stage.get('defaultDimensions').body.error.message, /get to the parent first/);
  assert.equal(stage.get('salesOrders').code, 'BadRequest_ResourceNotFound');
  const named = (method: string, path: string): string => {
    return stage.bc.route(stage.request(method, `${root}/companies(${stage.north})/${path}`)).name;
  };
  assert.equal(named('GET', 'vendors'), 'vendors.read');
  assert.equal(named('POST', 'journals(1)/journalLines'), 'journalLines.create');
  assert.equal(named('PATCH', 'journalLines(1)/dimensionSetLines(2)'), 'dimensionSetLines.update');
  assert.equal(named('POST', 'journals(1)/Microsoft.NAV.Post'), 'journals.post');
  assert.equal(stage.bc.route(stage.request('POST', `${root}/$batch`)).name, 'batch');
  assert.match(stage.call('GET', `${root}/$metadata`).body, /<Action Name="post"/);
});

test('setup rows tell posting window, local currency and shortcut dimensions', () => {
  const [setup] = new BcStage().list('generalLedgerSetup');
  assert.equal(setup.allowPostingFrom, '2026-08-01');
  assert.equal(setup.allowPostingTo, '0001-01-01');
  assert.equal(setup.localCurrencyCode, 'GBP');
  assert.equal(setup.shortcutDimension1Code, 'DEPARTMENT');
  assert.equal(setup.shortcutDimension3Code, '');
});

test('codes are upper-cased and options come back XML-name-encoded', () => {
  const stage = new BcStage();
  const [vendor] = stage.list("vendors?$filter=number eq 'ce01'");
  assert.equal(vendor.number, 'CE01');
  assert.equal(vendor.blocked, '_x0020_');
  assert.equal(vendor.currencyCode, 'GBP');
  assert.equal(vendor.currencyId, '00000000-0000-0000-0000-000000000000');
  assert.equal(stage.list("vendors?$filter=blocked eq '_x0020_'").length, 3);
});

test('filters: quoting, comparison, functions and brackets work as the service understands them', () => {
  const stage = new BcStage();
  const numbers = (filter: string): string[] =>
    stage.list(`vendors?$filter=${encodeURIComponent(filter)}`).map((row) => row.number as string);
  assert.deepEqual(numbers("displayName eq 'Ana O''Example'"), ['CE01']);
  assert.deepEqual(numbers("startswith(displayName,'First') or contains(displayName,'Euro')"), ['20000', 'EURO']);
  assert.deepEqual(numbers("(number eq 'EURO' or number eq '20000') and blocked ne 'All'"), ['20000', 'EURO']);
  assert.deepEqual(numbers('lastModifiedDateTime gt 2026-08-21T10:00:00Z'), []);
  assert.equal(numbers('lastModifiedDateTime ge 2026-08-21T11:00:00+01:00').length, 5);
  const { id } = stage.list("vendors?$filter=number eq 'STOP'")[0];
  assert.deepEqual(numbers(`id eq ${id}`), ['STOP']);
});

test('filters: `or` over two fields, quoted GUIDs and unknown fields are 400, lambda is silently true', () => {
  const stage = new BcStage();
  const status = (filter: string): number => stage.get(`vendors?$filter=${encodeURIComponent(filter)}`).status;
  assert.equal(status("number eq '20000' or displayName eq 'x'"), 400);
  assert.equal(status("id eq '84943839-4319-ee11-9cc4-6045bdc8dcac'"), 400);
  assert.equal(status("colour eq 'red'"), 400);
  assert.equal(status('number eq 20000'), 400);
  assert.equal(stage.list("vendors?$filter=defaultDimensions/any(d:d/dimensionCode eq 'X')").length, 5);
});

test('S85: a filter value longer than its field is an error, not an empty list', () => {
  const answer = new BcStage().get("vendors?$filter=number eq '123456789012345678901'");
  assert.deepEqual([answer.status, answer.code], [400, 'Application_FilterErrorException']);
  assert.match(answer.body.error.message, /CorrelationId:/);
});

test('S95: dimensions expand to their values, with nested options', () => {
  const stage = new BcStage();
  const [dimension] = stage.list(
    "dimensions?$filter=code eq 'DEPARTMENT'&$select=code&$expand=dimensionValues($select=code;$filter=code ne 'SALES')",
  );
  assert.equal(dimension.displayName, undefined);
  assert.deepEqual(
    dimension.dimensionValues.map((value: { code: string }) => value.code),
    ['ADM'],
  );
  const { id } = stage.list("dimensions?$filter=code eq 'PROJECT'")[0];
  assert.equal(stage.list(`dimensions(${id})/dimensionValues`)[0].dimensionId, id);
  assert.equal(stage.get('vendors?$select=colour').status, 400);
  assert.equal(stage.get('vendors?$expand=colour').status, 400);
});

test('pages follow the next link until it is absent, and a changing set loses and repeats nothing', () => {
  const stage = new BcStage();
  const seen: string[] = [];
  let url: string | undefined = `${root}/companies(${stage.north})/vendors?$orderby=number desc&$count=true`;
  while (url !== undefined) {
    const page = stage.call('GET', url, undefined, { ...strong, prefer: 'odata.maxpagesize=2' });
    seen.push(...page.body.value.map((row: { number: string }) => row.number));
    // A new first row shifts every offset.
    if (seen.length === 2) stage.bc.createVendor('North Ltd', { number: 'ZZZ', displayName: 'Late Trader' });
    url = page.body['@odata.nextLink'];
  }
  assert.deepEqual(seen, ['STOP', 'NOPAY', 'EURO', 'CE01', '20000']);
  assert.equal(stage.list('vendors?$top=2').length, 2);
  assert.equal(stage.get('vendors?$skiptoken=2.gone').code, 'SkipTokenIsNoLongerValid');
});

test('line collections need their parent', () => {
  const stage = new BcStage();
  assert.match(stage.get('journalLines').body.error.message, /must specify a journal batch ID/);
  assert.match(stage.get('purchaseInvoiceLines').body.error.message, /Document Id/);
  assert.equal(stage.get('dimensionSetLines').status, 400);
});

test('writing accounts is refused and breaks a rule', () => {
  const stage = new BcStage();
  const { id } = stage.list('accounts')[0];
  assert.equal(stage.below('PATCH', `accounts(${id})`, { displayName: 'x' }, { 'if-match': '*' }).status, 405);
  assert.equal(stage.below('DELETE', `accounts(${id})`).status, 405);
  assert.equal(stage.violations.length, 2);
});

test('S88: a vendor created by a clerk is found, and loading the same master data again moves no change stamp', () => {
  const stage = new BcStage();
  stage.bc.createVendor('North Ltd', { number: 'new1', displayName: 'New Trader' });
  const before = stage.list("vendors?$filter=number eq 'NEW1'")[0];
  stage.nowMs += 60_000;
  stage.bc.createVendor('North Ltd', { number: 'NEW1', displayName: 'New Trader' });
  assert.deepEqual(stage.list("vendors?$filter=number eq 'NEW1'")[0], before);
  stage.bc.createVendor('North Ltd', { number: 'NEW1', displayName: 'New Trader', blocked: 'All' });
  assert.equal(stage.list('vendors?$filter=lastModifiedDateTime gt 2026-08-21T10:00:30Z').length, 1);
});
