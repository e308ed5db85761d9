import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entitySetNames } from '../../src/clients/dynamics-fo/entity-sets.js';
import type { FoCompanyUse, FoUse } from '../../src/clients/dynamics-fo/set-up/fo-set-up.js';
import { scanMetadata } from '../../src/clients/dynamics-fo/set-up/metadata-scan.js';
import { requiredSurface } from '../../src/clients/dynamics-fo/set-up/required-surface.js';
import { createFoSetUpCheck } from '../../src/clients/dynamics-fo/set-up/set-up-check.js';
import type { SetUpFinding } from '../../src/clients/set-up-finding.js';
import { Unavailable } from '../../src/clients/http/errors.js';
import type { HttpClient, HttpRequest } from '../../src/clients/http/types.js';
import { adapter, environment, journalName, signal } from './fo-fixtures.js';
import { respond, type MemoryFo } from './fo-memory.js';

const now = new Date('2026-04-30T08:00:00Z');
const hours = (count: number): Date => new Date(now.getTime() - count * 3_600_000);

function company(changes: Partial<FoCompanyUse> = {}): FoCompanyUse {
  return {
    company: 'USMF',
    currency: 'USD',
    mode: 'recovery',
    today: '2026-04-30',
    routes: { expense: 'fo-general-journal', invoice: 'fo-vendor-invoice-journal' },
    journalNames: { CNQREXP: ['fo-general-journal'], CNQRINV: ['fo-vendor-invoice-journal'] },
    dimensions: ['CostCenter'],
    postsByService: false,
    tellsVendors: false,
    unposted: [],
    ...changes,
  };
}

function use(changes: Partial<FoUse> = {}): FoUse {
  return { name: 'fo', companies: [company()], entitySets: {}, postingDeadlineHours: 24, ...changes };
}

/** An environment in which everything is set up for `use()`. */
function healthy(): MemoryFo {
  const fo = environment();
  fo.rows('LegalEntities').push({ LegalEntityId: 'usmf' });
  Object.assign(fo.rows('Ledgers')[0]!, { Name: 'USMF', AccountingCurrency: 'USD', FiscalCalendar: 'Fiscal' });
  fo.rows('DimensionAttributes').push({ DimensionName: 'costcenter' });
  fo.tables.set('JournalNames', [
    journalName('CNQREXP', { Type: 'Daily', VoucherSeriesCode: 'Gen' }),
    journalName('CNQRINV', { Type: 'PurchaseLedger', VoucherSeriesCode: 'Inv' }),
  ]);
  fo.rows('VendorParameters').push({
    dataAreaId: 'usmf',
    IsCheckInvoiceNumberUsed: 'NoDuplicate',
    AutomationWorkflowSubmission: 'Yes',
  });
  fo.rows('FiscalPeriods').push(
    period('Opening', 'Period 4 O', '2026-04-01T00:00:00Z', '2026-04-30T00:00:00Z'),
    period('Operating', 'Period 4', '2026-04-01T12:00:00Z', '2026-04-30T00:00:00Z'),
    period('Operating', 'Period 5', '2026-05-01T12:00:00Z', '2026-05-31T12:00:00Z'),
  );
  fo.rows('LedgerFiscalPeriods').push(
    ...['Period 4', 'Period 5'].map((name) => ({
      LegalEntityId: 'usmf',
      Calendar: 'Fiscal',
      YearName: '2026',
      PeriodName: name,
      PeriodStatus: 'Open',
      LedgerAccessLevel: 'All',
      VendAccessLevel: 'All',
    })),
  );
  return fo;
}

const period = (type: string, name: string, start: string, end: string) => ({
  Calendar: 'Fiscal',
  FiscalYear: '2026',
  PeriodName: name,
  StartDate: start,
  EndDate: end,
  Type: type,
});

/** An environment that also describes itself: by default with all that `use()` needs. */
function described(fo: MemoryFo, metadata = metadataOf(use())): HttpClient {
  return {
    send: (request: HttpRequest) =>
      request.path === '/data/$metadata' ? Promise.resolve(respond(200, metadata)) : fo.send(request),
  };
}

interface Alteration {
  names?: Record<string, string>;
  without?: string[];
  sealed?: string[];
}

/** Written as a real environment writes it: line ends, annotations, and more entities than are asked for. */
function metadataOf(of: FoUse, { names = {}, without = [], sealed = [] }: Alteration = {}): string {
  const rows = requiredSurface(of).filter(({ set }) => !without.includes(set));
  const types = rows.map(({ set, fields, sends = [] }) => {
    const properties = [...new Set([...fields, ...sends])]
      .filter((field) => !without.includes(`${set}.${field}`))
      .map((field) => {
        const annotation = `<Annotation Term="Microsoft.Dynamics.OData.Core.V1.AllowEditOnCreate" Bool="false" />`;
        return `<Property Name="${field}" Type="Edm.String">\n${sealed.includes(`${set}.${field}`) ? annotation : ''}</Property>`;
      });
    return `<EntityType Name="${set}Type">\n<Key><PropertyRef Name="dataAreaId" /></Key>\n${properties.join('\n')}\n</EntityType>`;
  });
  const sets = rows.map(
    ({ set }) =>
      `<EntitySet Name="${names[set] ?? set}" EntityType="Microsoft.Dynamics.DataEntities.${set}Type"><NavigationPropertyBinding Path="X" Target="Y" /></EntitySet>`,
  );
  return `<?xml version="1.0"?><edmx:Edmx><Schema>${types.join('\n')}<EntityContainer Name="Resources">${sets.join('\n')}</EntityContainer></Schema></edmx:Edmx>`;
}

async function look(http: HttpClient, of: FoUse = use()): Promise<SetUpFinding[]> {
  const { access, others } = createFoSetUpCheck(of, http, () => now);
  const found = [];
  for (const one of [access, ...others]) found.push(...(await one.look(signal)));
  return found;
}

/** What is not in order, by what was looked at. */
const troubles = (found: readonly SetUpFinding[]): Map<string, SetUpFinding> =>
  new Map(found.filter(({ status }) => status !== 'ok').map((one) => [one.check, one]));

describe('reading $metadata', () => {
  const metadata = `
    <Schema>
      <!-- <EntitySet Name="Ghosts" EntityType="N.Ghost" /> and <EntityType Name="Vendor"><Property Name="Ghost"/></EntityType> -->
      <EntityType Name="Empty" />
      <EntityType Name="VendorGroup"><Property Name="Name" Type="Edm.String" /></EntityType>
      <EntityType Name='Vendor' Abstract="false">
        <Key><PropertyRef Name="No" /></Key>
        <Property Name="No" Type="Edm.String" Nullable="false"/>
        <Property
            Name="Total" Type="Edm.Decimal">
          <Annotation Term="Microsoft.Dynamics.OData.Core.V1.AllowEditOnCreate" Bool="false" />
          <Annotation Term="Microsoft.Dynamics.OData.Core.V1.LabelId" String="a &gt; b > c" />
        </Property>
        <Property Name="Open" Type="Edm.String"><Annotation Term="Microsoft.Dynamics.OData.Core.V1.AllowEditOnCreate" Bool="true" /></Property>
        <NavigationProperty Name="Lines" Type="Collection(N.Line)"><Annotation Term="Microsoft.Dynamics.OData.Core.V1.IsReadOnly" Bool="true" /></NavigationProperty>
        <Annotation Term="Microsoft.Dynamics.OData.Core.V1.IsReadOnly" Bool="true" />
      </EntityType>
      <EntityContainer Name="Resources">
        <EntitySet Name="VendorGroups" EntityType="Microsoft.Dynamics.DataEntities.VendorGroup" />
        <EntitySet EntityType="Microsoft.Dynamics.DataEntities.Vendor" Name="VendorsV3">
          <NavigationPropertyBinding Path="Lines" Target="Lines" /></EntitySet>
      </EntityContainer>
    </Schema>`;

  it('S38: sets and fields are found whatever the order of attributes, and neither comments nor neighbours are taken for them', () => {
    const found = scanMetadata(metadata, ['VendorsV3', 'Ghosts', 'Vendors'])!;
    assert.deepEqual([...found.keys()], ['VendorsV3']);
    assert.deepEqual([...found.get('VendorsV3')!.fields], ['No', 'Total', 'Open']);
    assert.deepEqual([...found.get('VendorsV3')!.notOnCreate], ['Total']);
  });

  it('S38: a text that describes no set is told from an environment that lacks them all', () => {
    assert.equal(scanMetadata('<html><body>Sign in</body></html>', ['VendorsV3']), undefined);
    assert.equal(scanMetadata(metadata, ['Nothing'])?.size, 0);
  });

  it('S38: the description of a real environment, of tens of megabytes, is read in seconds', () => {
    const field = '<Property Name="F" Type="Edm.String"><Annotation Term="T" String="@SYS1" /></Property>\n';
    const others = Array.from(
      { length: 3_000 },
      (_, index) => `<EntityType Name="Other${index}">${field.repeat(100)}</EntityType>`,
    ).join('\n');
    const large = metadata.replace('<Schema>', `<Schema>${others}`);
    assert.ok(large.length > 25_000_000);
    const startedAt = performance.now();
    assert.deepEqual([...scanMetadata(large, ['VendorsV3'])!.get('VendorsV3')!.fields], ['No', 'Total', 'Open']);
    assert.ok(performance.now() - startedAt < 5_000);
  });
});

describe('looking at the set-up of F&O', () => {
  it('S38, S42, S127: a healthy environment is found healthy by reads alone, each entity named as readable', async () => {
    const fo = healthy();
    const found = await look(described(fo));
    assert.deepEqual([...troubles(found).keys()], []);
    assert.deepEqual([...new Set(fo.requests.map(({ method }) => method))], ['GET']);
    const told = found.map(({ check }) => check).join('\n');
    for (const words of [
      'vendors',
      'vendor invoice journals (lines)',
      'pending vendor invoices (headers)',
      'purchase orders',
    ]) {
      assert.ok(told.includes(words), words);
    }
    for (const words of [
      'main accounts',
      'posted general ledger entries',
      'vendor payment journal lines',
      'financial dimensions',
    ]) {
      assert.ok(told.includes(words), words);
    }
  });

  it('S38: the reads are of one row each, in the own company, and name what is needed', async () => {
    const fo = healthy();
    await look(described(fo));
    const probes = fo.requests.filter(({ query }) => query?.['$top'] === '1');
    assert.equal(probes.length, requiredSurface(use()).length);
    const lines = probes.find(({ operation }) => operation === 'LedgerJournalLines.read')!.query!;
    assert.equal(lines['$filter'], "dataAreaId eq 'usmf'");
    assert.equal(lines['cross-company'], 'true');
    assert.ok(lines['$select']!.includes('AccountDisplayValue'));
  });

  it('S38: a missing set, field or right has its own sentence and remedy, by description and by reading', async () => {
    const fo = healthy();
    fo.faults.push(
      refusal('MainAccounts.read', 403, 'Not authorized.'),
      refusal('Ledgers.read', 400, "Could not find a property named 'FiscalCalendar' on type 'X.Ledger'."),
    );
    const metadata = metadataOf(use(), {
      without: ['VendSettlementBiEntities', 'JournalNames.NewVoucher'],
      sealed: ['LedgerJournalLines.Text'],
    });
    const { others } = createFoSetUpCheck(use(), described(fo, metadata), () => now);
    const found = troubles(await others[0]!.look(signal));
    const settlements = found.get('VendSettlementBiEntities (settlements of vendor transactions)')!;
    assert.match(settlements.found, /does not publish/);
    assert.match(settlements.switchesOff!, /^payments/);
    assert.match(settlements.remedy!, /Refresh entity list.*entitySets: \{ VendSettlementBiEntities: its name \}/);
    const fields = found.get('JournalNames (journal names)')!;
    assert.deepEqual([fields.status, fields.found], ['fail', 'The entity set has no field NewVoucher.']);
    const role = found.get('MainAccounts (main accounts)')!;
    assert.match(role.found, /403/);
    assert.match(role.remedy!, /may read main accounts \(System administration › Users › Users › Assign roles\)/);
    assert.match(found.get('Ledgers (ledgers of the companies)')!.found, /no field FiscalCalendar/);
    const sealed = found.get('LedgerJournalLines (general journals (lines))')!;
    assert.match(sealed.found, /A create may not set Text/);
    assert.equal(found.size, 5);
  });

  it('S38: no set that the connector can name is left out', () => {
    const known = new Set(requiredSurface(use()).map(({ set }) => set));
    // Read only where VendorsV3 is not published, with the same fields.
    assert.deepEqual(
      entitySetNames.filter((set) => !known.has(set)),
      ['VendorsV2'],
    );
  });

  it('S38: a set of the own is looked for under its own name', async () => {
    const of = use({ entitySets: { VendTransBiEntities: 'MyVendTrans' } });
    const fo = healthy();
    const metadata = metadataOf(of, { names: { VendTransBiEntities: 'MyVendTrans' } });
    assert.deepEqual([...troubles(await look(described(fo, metadata), of)).keys()], []);
    assert.ok(fo.requests.some(({ path }) => path === '/data/MyVendTrans'));
    const renamed = troubles(await look(described(healthy(), metadataOf(of)), of));
    assert.match(renamed.get('MyVendTrans (vendor transactions)')!.remedy!, /which names MyVendTrans now/);
  });

  it('S38, S17: what Concur is told of vendors is demanded only where it is told', async () => {
    const metadata = metadataOf(use(), { without: ['VendorsV3.PrimaryEmailAddress'] });
    assert.deepEqual([...troubles(await look(described(healthy(), metadata))).keys()], []);
    const telling = use({ companies: [company({ tellsVendors: true })] });
    const short = metadataOf(telling, { without: ['VendorsV3.PrimaryEmailAddress'] });
    const found = troubles(await look(described(healthy(), short), telling)).get('VendorsV3 (vendors)');
    assert.equal(found?.found, 'The entity set has no field PrimaryEmailAddress.');
  });

  it('S38: what the configuration does not use is told and stops nothing', async () => {
    const fo = healthy();
    fo.faults.push(refusal('PurchaseOrderHeadersV2.read', 403, 'No.'), refusal('BatchJobs.read', 403, 'No.'));
    const found = troubles(await look(described(fo)));
    assert.deepEqual(
      [...found.values()].map(({ status, switchesOff }) => [status, switchesOff]),
      [
        ['warn', 'nothing but advice of this report'],
        ['warn', 'nothing: this configuration does not use it'],
      ],
    );
  });

  it('S127: without a description the sets are read one by one all the same', async () => {
    const fo = healthy();
    const http: HttpClient = {
      send: (request) =>
        request.path === '/data/$metadata'
          ? Promise.reject(
              new Unavailable('fo metadata.read got no answer.', { system: 'fo', operation: 'metadata.read' }),
            )
          : fo.send(request),
    };
    fo.faults.push(refusal('JournalNames.read', 404, '', { Message: 'No HTTP resource was found that matches' }));
    const { others } = createFoSetUpCheck(use(), http, () => now);
    const found = troubles(await others[0]!.look(signal));
    assert.deepEqual(
      [...found.values()].map(({ check, status }) => `${status} ${check}`),
      ['warn description of the environment ($metadata)', 'fail JournalNames (journal names)'],
    );
  });

  it('S127: where every read is refused, the missing application is named and not thirty roles', async () => {
    const refused: HttpClient = { send: () => Promise.resolve(respond(403, '')) };
    const { others } = createFoSetUpCheck(use(), refused, () => now);
    const found = await others[0]!.look(signal);
    assert.equal(found.length, 1);
    assert.match(found[0]!.remedy!, /Microsoft Entra ID applications/);
  });

  it('S42: the remedy of a dimension that no format holds names dimension, page and type of the format', async () => {
    const of = use({ companies: [company({ dimensions: ['CostCenter', 'Region'] })] });
    const found = troubles(await look(described(healthy()), of));
    const format = found.get('ledger dimension format')!;
    assert.match(format.found, /^Region is not part of the active format MainAccount-Department-CostCenter\.$/);
    assert.match(
      format.remedy!,
      /Financial dimension configuration for integrating applications.*Ledger dimension format/,
    );
    assert.match(found.get('financial dimensions')!.remedy!, /Financial dimensions and choose Activate/);
  });

  it('S42: a default format is demanded by pending invoices alone', async () => {
    const fo = healthy();
    fo.rows('DimensionIntegrationFormats')[2]!['IsActive'] = 'No';
    assert.equal(troubles(await look(described(fo))).get('default dimension format')?.status, 'warn');
    const of = use({ companies: [company({ routes: { invoice: 'fo-pending-invoice' }, journalNames: {} })] });
    const found = troubles(await look(described(fo, metadataOf(of)), of));
    assert.equal(found.get('default dimension format')?.status, 'fail');
    assert.deepEqual([...found.keys()], ['default dimension format']);
  });

  it('S127: company, chart and currency are those of the file', async () => {
    const of = use({ companies: [company({ currency: 'EUR' }), company({ company: 'FRRT', journalNames: {} })] });
    const found = troubles(await look(described(healthy()), of));
    assert.match(found.get('company FRRT')!.remedy!, /Legal entities/);
    assert.match(found.get('ledger of FRRT')!.remedy!, /General ledger › Ledger setup › Ledger/);
    assert.match(found.get('ledger of USMF')!.found, /kept in USD, but the connections file says EUR/);
  });

  it('S127: the period of today is told by its dates, on its last day too, and never by an opening period', async () => {
    const fo = healthy();
    assert.equal((await periodOf(fo)).found, 'Period 4 of 2026 is open.');
    fo.rows('LedgerFiscalPeriods')[0]!['PeriodStatus'] = 'OnHold';
    assert.match((await periodOf(fo)).found, /^Period 4 of 2026, in which 2026-04-30 lies, is on hold\.$/);
    Object.assign(fo.rows('LedgerFiscalPeriods')[0]!, { PeriodStatus: 'Open', VendAccessLevel: 'None' });
    const closed = await periodOf(fo);
    assert.match(closed.found, /closed for the module Vendor/);
    assert.match(closed.remedy!, /General ledger › Calendars › Ledger calendars/);
  });

  it('C8: a policy that lets duplicate invoice numbers in is told with the field that changes it', async () => {
    const fo = healthy();
    fo.rows('VendorParameters')[0]!['IsCheckInvoiceNumberUsed'] = 'WarnDuplicate';
    const found = troubles(await look(described(fo))).get('duplicate invoice numbers, USMF')!;
    assert.deepEqual([found.status, /with a warning/.test(found.found)], ['warn', true]);
    assert.match(
      found.remedy!,
      /Accounts payable parameters › Invoice, set Check the invoice number used to Reject duplicate/,
    );
  });
});

describe('whether anything posts the journals', () => {
  const overdue = use({ companies: [company({ unposted: [{ journal: '00712', writtenAt: hours(30) }] })] });
  const journal = (number: string, fields: object = {}) => ({
    dataAreaId: 'usmf',
    JournalNum: number,
    JournalName: 'CNQREXP',
    Posted: 'No',
    PostedDateTime: '1900-01-01T00:00:00Z',
    WorkflowApprovalStatus: 'None',
    Log: '',
    ...fields,
  });

  it('S127: a complete journal beyond the limit, with nothing posted since, means that no batch runs', async () => {
    const fo = healthy();
    fo.rows('LedgerJournalTableBiEntities').push(journal('00712'), posted('00600', hours(40)));
    const found = await postingOf(fo, overdue);
    assert.equal(found.status, 'fail');
    assert.match(found.found, /Journal 00712 is complete and has not been posted for 30 hours \(limit 24\)/);
    assert.match(found.remedy!, /Post journals/);
  });

  it('S127: what was posted since, an own complaint of the journal, an approval that is due, and a younger one blame no batch', async () => {
    const cases: [string, object, (MemoryFo | object)?][] = [
      ['posted since', {}, posted('00800', hours(2))],
      ['has a complaint', { Log: 'Error: the vendor is on hold.' }],
      ['waits for people', { WorkflowApprovalStatus: 'Submitted' }],
      ['is posted', { Posted: 'Yes', PostedDateTime: hours(1).toISOString() }],
    ];
    for (const [name, fields, other] of cases) {
      const fo = healthy();
      fo.rows('LedgerJournalTableBiEntities').push(
        journal('00712', fields),
        ...(other === undefined ? [] : [other as never]),
      );
      assert.equal((await postingOf(fo, overdue)).status, 'ok', name);
    }
    const fo = healthy();
    fo.rows('LedgerJournalTableBiEntities').push(journal('00712'));
    const young = use({ companies: [company({ unposted: [{ journal: '00712', writtenAt: hours(20) }] })] });
    assert.match((await postingOf(fo, young)).found, /cannot be known yet/);
  });

  it('S127: strong mode is proven by a number of our own, else only a trial can tell', async () => {
    const of = use({ companies: [company({ mode: 'strong' })] });
    const fo = healthy();
    const unproven = troubles(await look(described(fo), of)).get('strong mode, USMF')!;
    assert.equal(unproven.status, 'warn');
    assert.match(unproven.remedy!, /General ledger parameters › Number sequences.*lower and to a higher number/);
    fo.rows('LedgerJournalTableBiEntities').push(posted('CQ0000ABCD', hours(2)));
    assert.deepEqual([...troubles(await look(described(fo), of)).keys()], []);
  });

  const posted = (number: string, at: Date) =>
    journal(number, { Posted: 'Yes', PostedDateTime: `${at.toISOString().slice(0, 19)}Z` });

  async function postingOf(fo: MemoryFo, of: FoUse): Promise<SetUpFinding> {
    return (await look(described(fo), of)).find(({ check }) => check === 'posting of journals, USMF')!;
  }
});

describe('journal names before each document', () => {
  const journals = { CNQREXP: ['fo-general-journal'], CNQRINV: ['fo-vendor-invoice-journal'] } as const;
  const request = { company: 'USMF', vendors: [], accounts: [], dimensions: [] };

  it('S42: a journal name of another type, or one whose vouchers change, holds the document with the remedy and without another call', async () => {
    const faults: [object, RegExp][] = [
      [{ Type: 'Payment' }, /is of type Payment.*Journal names, journal name CNQREXP, choose Journal type Daily/],
      [{ NewVoucher: 'Manually' }, /manual voucher numbers.*set New voucher to One voucher number only/],
      [{ VoucherAllocationAtPosting: 'Yes' }, /replaces the voucher number.*set Number allocation at posting to No/],
      [{ DeleteLinesAfterPosting: 'Yes' }, /deletes its lines.*set Delete lines after posting to No/],
      [{ DetailLevel: 'Summary' }, /in summary.*set Detail level to Details/],
    ];
    for (const [fields, words] of faults) {
      const fo = environment();
      fo.tables.set('JournalNames', [journalName('CNQREXP', { Type: 'Daily', ...fields })]);
      const port = adapter(fo, { companies: { usmf: { mode: 'recovery', journalNames: journals } } });
      const findings = await port.checkMasterData({ ...request, journalNames: ['CNQREXP'] }, signal);
      assert.deepEqual(
        findings.map(({ kind, code }) => `${kind} ${code}`),
        ['setup CNQREXP'],
      );
      assert.match(findings[0]!.message, words);
      assert.equal(fo.calls('JournalNames.read').length, 1);
    }
  });

  it('S42: one name cannot serve two kinds of journal, and several faults are told at once', async () => {
    const fo = environment();
    fo.tables.set('JournalNames', [journalName('ONE', { Type: 'Daily', DeleteLinesAfterPosting: 'Yes' })]);
    const both = { ONE: ['fo-general-journal', 'fo-vendor-invoice-journal'] } as const;
    const port = adapter(fo, { companies: { USMF: { mode: 'recovery', journalNames: both } } });
    const [finding] = await port.checkMasterData({ ...request, journalNames: ['ONE'] }, signal);
    assert.match(finding!.message, /Vendor invoice recording.*deletes its lines/);
  });

  it('S42: a journal name that is not there is told with the page on which to create it', async () => {
    const [finding] = await adapter(environment()).checkMasterData({ ...request, journalNames: ['NOPE'] }, signal);
    assert.match(
      finding!.message,
      /NOPE does not exist in company USMF\. Create it in General ledger › Journal setup › Journal names/,
    );
  });
});

async function periodOf(fo: MemoryFo): Promise<SetUpFinding> {
  return (await look(described(fo))).find(({ check }) => check === 'open period, USMF')!;
}

function refusal(operation: string, status: number, message: string, body: object = envelope(message)) {
  return { operation, when: 'before' as const, answers: { status, text: JSON.stringify(body) } };
}

const envelope = (message: string) => ({
  error: { code: '', message: 'An error has occurred.', innererror: { message } },
});
