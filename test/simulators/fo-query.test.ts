import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage, host, masterData } from './fo-stage.js';

const noYes = (member: string): string => `Microsoft.Dynamics.DataEntities.NoYes'${member}'`;

test('S35: a call without a good token of its own environment gets 401 and does nothing', () => {
  const stage = new FoStage();
  stage.token = 'stolen';
  const answer = stage.post('LedgerJournalHeaders', { dataAreaId: 'usmf', JournalName: 'CNQREXP', Description: 'x' });
  assert.equal(answer.status, 401);
  assert.match(answer.headers['WWW-Authenticate'] ?? '', /^Bearer/);
  assert.deepEqual(stage.simulator.unposted(), []);
});

test('S40: without cross-company=true only the default company is visible, and that is a broken rule', () => {
  const stage = new FoStage();
  const filter = "$filter=dataAreaId eq 'demf' and VendorAccountNumber eq 'DE-001'";
  const narrow = stage.call('GET', `/data/VendorsV3?${encodeURI(filter)}`);
  assert.deepEqual(narrow.json.value, []);
  assert.equal(stage.seen.violations.length, 1);
  const [vendor] = stage.rows('VendorsV3', "dataAreaId eq 'DEMF' and VendorAccountNumber eq 'de-001'");
  assert.equal(vendor.VendorOrganizationName, "O'Neil GmbH");
  assert.equal(stage.seen.violations.length, 1);
});

test('S39: a read without a filter on dataAreaId is a broken rule; sets without company need none', () => {
  const stage = new FoStage();
  stage.get('VendorsV3');
  assert.match(stage.seen.violations[0] ?? '', /without a filter on dataAreaId/);
  assert.equal(stage.get('MainAccounts').json.value.length, 4);
  assert.equal(stage.seen.violations.length, 1);
});

test('A keyed read sees rows of other companies only with cross-company=true', () => {
  const stage = new FoStage();
  const path = "/data/VendorsV3(dataAreaId='demf',VendorAccountNumber='DE-001')";
  assert.equal(stage.call('GET', path).status, 404);
  const found = stage.call('GET', `${path}?cross-company=true&$select=OnHoldStatus`);
  assert.equal(found.json['@odata.context'], `http://${host}/data/$metadata#VendorsV3/$entity`);
  assert.equal(found.json.OnHoldStatus, 'No');
});

test('Trap 2: wrong set names and malformed keys get the router 404 with capital Message, missing rows do not', () => {
  const stage = new FoStage();
  for (const path of ['/data/Nonsense', "/data/VendorsV3('DE-001')", "/data/VendorsV3(dataAreaId='demf')", '/api/x']) {
    const answer = stage.call('GET', path);
    assert.equal(answer.status, 404);
    assert.match(answer.json.Message, /^No HTTP resource was found that matches the request URI/);
  }
  const absent = stage.call('GET', "/data/VendorsV3(dataAreaId='demf',VendorAccountNumber='X')?cross-company=true");
  assert.equal(absent.status, 404);
  assert.ok(absent.json.error.innererror.message);
});

test('Filters know and, or, not, brackets, doubled quotes, numbers, dates and typed enumerations', () => {
  const stage = new FoStage();
  assert.equal(stage.rows('VendorsV3', "dataAreaId eq 'demf' and VendorOrganizationName eq 'o''neil gmbh'").length, 1);
  const held = "Microsoft.Dynamics.DataEntities.CustVendorBlocked'Invoice'";
  assert.equal(stage.rows('VendorsV3', `dataAreaId eq 'usmf' and OnHoldStatus eq ${held}`).length, 1);
  const either = "dataAreaId eq 'usmf' and (VendorAccountNumber eq 'US-101' or VendorAccountNumber eq 'US-999')";
  assert.equal(stage.rows('VendorsV3', either).length, 2);
  assert.equal(stage.rows('VendorsV3', `dataAreaId eq 'usmf' and not (OnHoldStatus ne ${held})`).length, 1);
  assert.equal(stage.rows('MainAccounts', 'MainAccountRecId ge 68719482001').length, 3);
  assert.equal(stage.rows('MainAccounts', 'ActiveFrom eq 1900-01-01T00:00:00Z').length, 4);
  assert.equal(stage.rows('MainAccounts', `IsSuspended eq ${noYes('Yes')}`).length, 1);
});

test('Trap 20: a star in an equality is a wildcard', () => {
  const stage = new FoStage();
  assert.equal(stage.rows('VendorsV3', "dataAreaId eq 'usmf' and VendorAccountNumber eq 'US-*'").length, 3);
});

test('Trap 20: in, has, functions, untyped enumerations, quoted dates and unknown properties are refused', () => {
  const stage = new FoStage();
  const refused = [
    "VendorAccountNumber in ('a')",
    "OnHoldStatus has Microsoft.Dynamics.DataEntities.CustVendorBlocked'No'",
    "startswith(VendorAccountNumber,'U')",
    "OnHoldStatus eq 'No'",
    "VendorAccountNumber eq 'open",
    "VendorHoldReleaseDate eq '1900-01-01T00:00:00Z'",
    'VendorHoldReleaseDate eq 1900-01-01',
    'VendorHoldReleaseDate eq 2026-13-45T00:00:00Z',
    "dataAreaId eq 'usmf' and",
    "Colour eq 'red'",
  ];
  for (const filter of refused) {
    const answer = stage.get('VendorsV3', { $filter: filter });
    assert.equal(answer.status, 400, filter);
    assert.ok(answer.json.error.innererror.stacktrace, filter);
  }
  const unknown = stage.get('VendorsV3', { $filter: "Colour eq 'red'" });
  const text = "Could not find a property named 'Colour' on type 'Microsoft.Dynamics.DataEntities.VendorV3'.";
  assert.equal(unknown.json.error.innererror.message, text);
  assert.equal(stage.get('VendorsV3', { $select: 'Colour' }).status, 400);
  assert.equal(stage.get('VendorsV3', { $expand: 'Lines' }).status, 400);
});

test('S40: a long result comes in pages with an absolute link that is followed unchanged; $top limits the whole', () => {
  const vendors = Array.from({ length: 250 }, (_, index) => ({ account: `V${String(1000 + index)}`, name: 'v' }));
  const [first, second] = masterData.companies;
  assert.ok(first && second);
  const stage = new FoStage({ master: { ...masterData, companies: [{ ...first, vendors }, second] } });
  const query = {
    $filter: "dataAreaId eq 'usmf'",
    $orderby: 'VendorAccountNumber desc',
    $select: 'VendorAccountNumber',
  };
  let answer = stage.get('VendorsV3', { ...query, $count: 'true' });
  assert.equal(answer.json['@odata.count'], '250');
  const found: string[] = [];
  for (;;) {
    found.push(...answer.json.value.map((row: any) => row.VendorAccountNumber));
    const next = answer.json['@odata.nextLink'];
    if (next === undefined) break;
    assert.ok(next.startsWith(`http://${host}/data/VendorsV3?`));
    answer = stage.call('GET', next);
  }
  assert.equal(new Set(found).size, 250);
  assert.equal(found[0], 'V1249');
  const top = stage.get('VendorsV3', { ...query, $top: '150', $skip: '10' });
  const rest = stage.call('GET', top.json['@odata.nextLink']);
  assert.equal([...top.json.value, ...rest.json.value].length, 150);
  assert.equal(rest.json['@odata.nextLink'], undefined);
});

test('S42: formats, delimiter and chart are readable for the start-up check', () => {
  const stage = new FoStage();
  const type = "Microsoft.Dynamics.DataEntities.DimensionHierarchyType'DataEntityLedgerDimensionFormat'";
  const [format] = stage.rows('DimensionIntegrationFormats', `DimensionFormatType eq ${type}`);
  assert.equal(format.FinancialDimensionFormat, 'MainAccount-BusinessUnit-CostCenter');
  assert.equal(format.IsActive, 'Yes');
  assert.equal(stage.get('DimensionParameters').json.value[0].DimensionSegmentDelimiter, 'Hyphen');
  assert.equal(stage.rows('Ledgers', "LegalEntityId eq 'demf'")[0].AccountingCurrency, 'EUR');
  const [name] = stage.rows('JournalNames', "dataAreaId eq 'usmf' and Name eq 'CNQREXP'");
  assert.deepEqual(
    [name.Type, name.NewVoucher, name.VoucherAllocationAtPosting, name.DeleteLinesAfterPosting],
    ['Daily', 'OneVoucher', 'No', 'No'],
  );
  const closed = "Microsoft.Dynamics.DataEntities.FiscalPeriodStatus'Closed'";
  assert.equal(stage.rows('LedgerFiscalPeriods', `LegalEntityId eq 'usmf' and PeriodStatus eq ${closed}`).length, 24);
  const sets: number = stage.call('GET', '/data').json.value.length;
  assert.equal(stage.call('GET', '/data/$metadata').text.split('<EntitySet ').length, sets + 1);
});

test('S38: the sets of the connection test are reachable, among them those of the pending invoices', () => {
  const stage = new FoStage();
  const sets = ['VendorInvoiceHeaders', 'VendorInvoiceLines', 'VendInvoiceJourBiEntities', 'VendorPaymentJournalLines'];
  for (const set of [...sets, 'VendTransBiEntities'])
    assert.deepEqual(stage.rows(set, "dataAreaId eq 'usmf'", { $top: '1' }), []);
  assert.equal(stage.post('VendInvoiceJourBiEntities', { dataAreaId: 'usmf', InvoiceId: 'x' }).status, 403);
});

test('Master data is read-only for the connector: a write is refused with 403 and recorded as a broken rule', () => {
  const stage = new FoStage();
  assert.equal(stage.post('VendorsV3', { dataAreaId: 'usmf', VendorAccountNumber: 'N' }).status, 403);
  assert.match(stage.seen.violations[0] ?? '', /VendorsV3 is not the connector's to write/);
});

test('A vendor created by a clerk is there at once and stays after a restart and another load of master data', () => {
  const stage = new FoStage();
  stage.simulator.createVendor('usmf', { account: 'NEW-1', name: 'New' });
  stage.restart();
  stage.simulator.loadMasterData(masterData);
  assert.equal(stage.rows('VendorsV3', "dataAreaId eq 'usmf' and VendorAccountNumber eq 'NEW-1'").length, 1);
  assert.throws(() => {
    stage.simulator.createVendor('xxxx', { account: 'NEW-1', name: 'New' });
  });
});

test('Faults have the shapes of F&O: throttling text, HTML of a gateway, error envelope', () => {
  const { simulator } = new FoStage();
  assert.match((simulator.faultBody(429) as { Message: string }).Message, /high resource utilization/);
  assert.match(simulator.faultBody(503) as string, /^<html>/);
  assert.ok((simulator.faultBody(500) as { error: unknown }).error);
});
