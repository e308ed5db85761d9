import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import type { FoMasterData } from '../../simulators/harness/master-data.js';
import { FoStage, host, masterData } from './fo-stage.js';

const contracts = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/contracts/finance-operations');
const skip = existsSync(contracts) ? false : `the contract files are not at ${contracts}`;

interface Contract {
  set: string;
  key: string[];
  fields: Record<string, string>;
}

interface Property {
  type: string;
  nullable: boolean;
  /** Text between the tags. */
  inside: string;
}

interface Entity {
  keys: string[];
  properties: Map<string, Property>;
}

const readJson = (file: string): any => JSON.parse(readFileSync(join(contracts, file), 'utf8'));

const setFiles = [
  'accounts-and-dimensions.json',
  'journals.json',
  'organisation-and-reference.json',
  'pending-vendor-invoice.json',
  'platform.json',
  'posted-and-paid.json',
  'vendors.json',
];

function contractSets(): Map<string, Contract> {
  const sets = setFiles.flatMap((file) => readJson(file).sets as Contract[]);
  return new Map(sets.map((contract) => [contract.set, contract]));
}

function entitiesOf(xml: string): Map<string, Entity> {
  const types = new Map<string, Entity>();
  for (const [, name = '', body = ''] of xml.matchAll(/<EntityType Name="(\w+)">(.*?)<\/EntityType>/gs)) {
    const keys = [...body.matchAll(/<PropertyRef Name="(\w+)"/g)].map(([, key = '']) => key);
    const properties = new Map<string, Property>();
    const pattern = /<Property Name="(\w+)" Type="([\w.]+)"( Nullable="false")?(?:\/>|>(.*?)<\/Property>)/gs;
    for (const [, field = '', type = '', notNull, inside = ''] of body.matchAll(pattern))
      properties.set(field, { type, nullable: notNull === undefined, inside });
    types.set(name, { keys, properties });
  }
  const sets = new Map<string, Entity>();
  for (const [, set = '', type = ''] of xml.matchAll(/<EntitySet Name="(\w+)" EntityType="[\w.]+\.(\w+)"/g)) {
    const entity = types.get(type);
    assert.ok(entity, `${set} has a type`);
    sets.set(set, entity);
  }
  return sets;
}

const metadata = (): string => new FoStage().call('GET', '/data/$metadata').text;

/** `String!`, `enum:NoYes` … as the contract files write types; names of enumerations are compared without case. */
function notation({ type, nullable }: Property): string {
  const [, name = ''] = /\.(\w+)$/.exec(type) ?? [];
  if (type.startsWith('Microsoft.Dynamics.')) return `enum:${name.toLowerCase()}`;
  return nullable ? name : `${name}!`;
}

test('S38: every set and field of the required surface is served with its key', { skip }, () => {
  const served = entitiesOf(metadata());
  const stage = new FoStage();
  for (const { set, key, fields } of readJson('required-surface.json').sets as {
    set: string;
    key: string[];
    fields: string[];
  }[]) {
    const entity = served.get(set);
    assert.ok(entity, `${set} is served`);
    assert.deepEqual([...entity.keys].sort(), [...key].sort(), set);
    assert.deepEqual(
      fields.filter((field) => !entity.properties.has(field)),
      [],
      set,
    );
    assert.equal(stage.get(set, { $select: fields.join(','), $top: '1' }).status, 200, set);
  }
});

test('S38: no simulated field is invented, and each has the type that a live environment gives it', { skip }, () => {
  const contract = contractSets();
  const differences: string[] = [];
  for (const [set, { keys, properties }] of entitiesOf(metadata())) {
    const known = contract.get(set);
    if (known === undefined) differences.push(`${set} is in no contract file`);
    else if (keys.join() !== known.key.join()) differences.push(`${set} has the key ${keys.join()}`);
    for (const [field, property] of known === undefined ? [] : properties) {
      const type = known?.fields[field];
      const expected = type?.startsWith('enum:') === true ? type.toLowerCase() : type;
      if (notation(property) !== expected)
        differences.push(`${set}.${field} is ${notation(property)}, not ${String(type)}`);
    }
  }
  assert.deepEqual(differences, []);
});

test('S38: members of enumerations have the names and ordinals of a live environment', { skip }, () => {
  const contract = readJson('enumerations.json').enumerations as Record<string, Record<string, number>>;
  const byName = new Map(Object.entries(contract).map(([name, members]) => [name.toLowerCase(), members]));
  const differences: string[] = [];
  for (const [, name = '', body = ''] of metadata().matchAll(/<EnumType Name="(\w+)">(.*?)<\/EnumType>/gs)) {
    for (const [, member = '', value = ''] of body.matchAll(/<Member Name="(\w+)" Value="(\d+)"/g)) {
      const expected = byName.get(name.toLowerCase())?.[member];
      if (String(expected) !== value) differences.push(`${name}.${member} is ${value}, not ${String(expected)}`);
    }
  }
  assert.deepEqual(differences, []);
});

test('S38: annotations tell dates from date-times, and what must, may and may not be sent is what writes enforce', () => {
  const entities = entitiesOf(metadata());
  const inside = (set: string, field: string): string => entities.get(set)?.properties.get(field)?.inside ?? '';
  const term = (name: string, value: boolean): string =>
    `<Annotation Term="Microsoft.Dynamics.OData.Core.V1.${name}" Bool="${String(value)}"/>`;
  assert.match(inside('LedgerJournalLines', 'TransDate'), /AXType\/Date</);
  assert.match(inside('VendTransBiEntities', 'SysModifiedDateTime'), /AXType\/UtcDateTime</);
  const stage = new FoStage();
  const headers = { set: 'LedgerJournalHeaders', key: `dataAreaId='usmf',JournalBatchNumber='${stage.journal('x')}'` };
  const value = { JournalName: 'CNQREXP', IsPosted: 'Yes', JournalTotalDebit: 1, Description: 'y' };
  for (const [field, sent] of Object.entries(value)) {
    const path = `/data/${headers.set}(${headers.key})?cross-company=true`;
    const { status } = stage.call('PATCH', path, JSON.stringify({ [field]: sent }));
    assert.equal(inside(headers.set, field).includes(term('AllowEdit', false)), status === 403, field);
    const body = { dataAreaId: 'usmf', JournalName: 'CNQREXP', Description: 'z', [field]: sent };
    const created = stage.post(headers.set, body).status;
    assert.equal(inside(headers.set, field).includes(term('AllowEditOnCreate', false)), created === 400, field);
  }
  assert.ok(inside(headers.set, 'JournalName').includes(term('IsRequired', true)));
  assert.equal(stage.post(headers.set, { dataAreaId: 'usmf', Description: 'z' }).status, 400);
  assert.ok(inside('LedgerJournalLines', 'LineNumber').includes(term('AllowEditOnCreate', false)));
  assert.ok(!inside('VendInvoiceJournalLines', 'LineNumber').includes('AllowEdit'));
});

const address = { street: 'Hauptstr. 1', city: 'Köln', zip: '50667', country: 'DEU', countryIso: 'DE' };

test('S13: a vendor shows terms, hold, tax number, mail and address, and changes when it is given again', () => {
  const stage = new FoStage();
  const read = (account: string): any =>
    stage.rows('VendorsV3', `dataAreaId eq 'demf' and VendorAccountNumber eq '${account}'`)[0];
  const vendor = {
    account: 'DE-001',
    name: 'Müller KG',
    group: 'TRADE',
    paymentTerms: 'Net10',
    paymentMethod: 'CHECK',
  };
  const more = { taxId: 'DE123456789', email: 'ap@example.com', isOneTime: true, address };
  stage.simulator.createVendor('DEMF', { ...vendor, ...more, onHold: 'Payment', holdUntil: '2026-12-31' });
  const row = read('DE-001');
  const fields = [
    ...['VendorOrganizationName', 'VendorGroupId', 'CurrencyCode', 'DefaultPaymentTermsName', 'OnHoldStatus'],
    ...['DefaultVendorPaymentMethodName', 'VendorHoldReleaseDate', 'TaxExemptNumber', 'PrimaryEmailAddress'],
    ...['IsOneTimeVendor', 'VendorPartyType', 'AddressStreet', 'AddressCity', 'AddressStateId', 'AddressZipCode'],
    ...['AddressCountryRegionId', 'AddressCountryRegionISOCode'],
  ];
  assert.deepEqual(
    fields.map((field) => row[field]),
    [
      ...['Müller KG', 'TRADE', 'EUR', 'Net10', 'Payment'],
      ...['CHECK', '2026-12-31T00:00:00Z', 'DE123456789', 'ap@example.com'],
      ...['Yes', 'Organization', 'Hauptstr. 1', 'Köln', '', '50667'],
      ...['DEU', 'DE'],
    ],
  );
  const groups = stage.rows('VendorGroups', "dataAreaId eq 'demf'").map((group) => group.VendorGroupId);
  assert.ok(groups.includes('TRADE'));
  stage.simulator.createVendor('demf', { ...vendor, name: 'Müller GmbH', onHold: 'All' });
  stage.restart();
  const changed = read('DE-001');
  assert.deepEqual([changed.VendorOrganizationName, changed.OnHoldStatus], ['Müller GmbH', 'All']);
  assert.equal(changed.AddressCity, '', 'what is given again is given in full');
  assert.equal(stage.rows('VendorsV3', "dataAreaId eq 'demf'").length, 1);
  assert.throws(() => {
    stage.simulator.createVendor('demf', { ...vendor, onHold: 'Perhaps' });
  });
});

test('S13: more than 10,000 vendors come page by page over absolute links, each exactly once', () => {
  const count = 10_050;
  const vendors = Array.from({ length: count }, (_, index) => ({ account: `V${String(index)}`, name: 'Many' }));
  const [usmf, demf] = masterData.companies as [FoMasterData['companies'][number], FoMasterData['companies'][number]];
  const stage = new FoStage({ master: { ...masterData, companies: [{ ...usmf, vendors }, demf] } });
  const query = {
    'cross-company': 'true',
    $filter: "dataAreaId eq 'usmf'",
    $select: 'VendorAccountNumber',
    $count: 'true',
  };
  let target = `http://${host}/data/VendorsV3?${new URLSearchParams(query).toString()}`;
  const accounts: string[] = [];
  for (let pages = 0; target !== ''; pages += 1) {
    const { json } = stage.call('GET', target);
    assert.equal(json['@odata.count'], String(count));
    accounts.push(...json.value.map((row: any) => row.VendorAccountNumber));
    target = json['@odata.nextLink'] ?? '';
    assert.ok(target === '' || target.startsWith(`http://${host}/data/VendorsV3?`), target);
    assert.ok(pages < count, 'the links come to an end');
  }
  assert.deepEqual([accounts.length, new Set(accounts).size], [count, count]);
});

test('S38: reference sets are readable without a company: currencies, calendar, catalogue of business events', () => {
  const stage = new FoStage();
  assert.equal(stage.rows('Currencies', "CurrencyCode eq 'EUR'")[0].Name, 'Euro');
  const [period] = stage.rows('FiscalPeriods', "FiscalYear eq '2026' and PeriodName eq 'Period 2'");
  assert.deepEqual([period.StartDate, period.EndDate], ['2026-02-01T12:00:00Z', '2026-02-28T12:00:00Z']);
  const events = stage.get('BusinessEventsCatalogs').json.value;
  assert.ok(events.some((event: any) => event.BusinessEventId === 'VendorInvoicePostedBusinessEvent'));
  assert.ok(events.some((event: any) => event.Name === 'Vendor payment posted'));
  assert.deepEqual(stage.rows('VendorBankAccounts', "dataAreaId eq 'usmf'"), []);
  const methods = stage.rows('VendorPaymentMethods', "dataAreaId eq 'usmf'");
  assert.deepEqual(
    methods.map((method) => [method.Name, method.PaymentType, method.BridgingPostingEnabled]),
    [
      ['ELEC', 'ElectronicPayment', 'No'],
      ['CHECK', 'Check', 'No'],
    ],
  );
  assert.deepEqual(stage.seen.violations, []);
});
