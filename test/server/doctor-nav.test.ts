import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Journal } from '../../simulators/harness/types.js';
import { defaultNavSettings } from '../../simulators/nav/settings.js';
import { startSimulators, type RunningSystem } from '../../simulators/running-system.js';
import { examineInstallation } from '../../src/cli/doctor/doctor.js';
import type { Finding } from '../../src/cli/doctor/findings.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { settings } from '../simulators/fo-stage.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { configFiles, validEnvironment } from '../unit/config-files.js';

/** What is wrong, and what the doctor has to say of it. */
interface Case {
  faults?: Record<string, unknown>;
  /** Text of the connections file that is replaced. */
  config?: [from: string, to: string];
  secret?: string;
  status: 'fail' | 'warn';
  found: RegExp;
  remedy: RegExp;
}

/** Every page that the connector needs, with what is said where it is not published. */
const pages: [service: string, id: number][] = [
  ['VendorList', 27],
  ['ChartOfAccounts', 16],
  ['DimensionValues', 537],
  ['GeneralLedgerSetup', 118],
  ['PurchaseInvoice', 51],
  ['PurchInvLines', 55],
  ['PostedPurchaseInvoices', 146],
  ['PurchaseCreditMemo', 52],
  ['PurchCrMemoLines', 98],
  ['PostedPurchaseCreditMemos', 147],
  ['GeneralJournalBatches', 251],
  ['GeneralJournal', 39],
  ['GLEntries', 20],
  ['VendorLedgerEntries', 29],
  ['DetailedVendorLedgerEntries', 574],
];

const cases: Case[] = [
  ...pages.map(([service, id]): Case => ({
    faults: { 'service-unpublished': service },
    status: 'fail',
    found: /It is not published/,
    remedy: new RegExp(`Web Services.*Object Type Page, Object ID ${id}, Service Name ${service}.*Published`),
  })),
  {
    faults: { 'service-unpublished': 'AccountingPeriods' },
    status: 'warn',
    found: /not published \(fiscal years/,
    remedy: /Object ID 100/,
  },
  {
    faults: { 'service-unpublished': 'ConcurConnector' },
    status: 'fail',
    found: /ConcurConnector cannot be called/,
    remedy: /ConcurConnector\.txt.*Web Services.*Object Type Codeunit.*Enable SOAP Services/,
  },
  {
    faults: { 'codeunit-missing': true },
    status: 'fail',
    found: /ConcurConnector cannot be called/,
    remedy: /Without a codeunit take it out of the connection/,
  },
  {
    faults: { 'codeunit-version': '0.9' },
    status: 'fail',
    found: /ConcurConnector has version 0\.9/,
    remedy: /Import docs\/nav\/ConcurConnector\.txt/,
  },
  {
    faults: { 'user-without-permission': 'ConcurConnector' },
    status: 'fail',
    found: /may not run ConcurConnector/,
    remedy: /page Users.*Execute on codeunit ConcurConnector/,
  },
  {
    faults: { 'user-without-permission': 'GLEntries' },
    status: 'fail',
    found: /may not read it \(postings are proven\)/,
    remedy: /page Users.*permission set G\/L-ACCOUNT/,
  },
  {
    faults: { 'user-without-permission': 'PurchaseInvoice' },
    status: 'fail',
    found: /may not read it \(invoices are written\)/,
    remedy: /permission set P&P-Q\/O\/I\/R\/C/,
  },
  {
    faults: { 'field-missing': 'PurchaseInvoice.Posting_Description' },
    status: 'fail',
    found: /does not show Posting_Description/,
    remedy: /Have Posting_Description shown on the page/,
  },
  {
    faults: { 'field-missing': 'VendorLedgerEntries.Original_Amount' },
    status: 'fail',
    found: /does not show Original_Amount/,
    remedy: /plain list page/,
  },
  {
    faults: { 'field-missing': 'PostedPurchaseInvoices.Cancelled' },
    status: 'warn',
    found: /does not show Cancelled, which is taken for empty/,
    remedy: /Have Cancelled shown/,
  },
  {
    faults: { 'field-missing': 'GeneralJournal.Shortcut_Dimension_1_Code' },
    status: 'fail',
    found: /Department is written to Shortcut_Dimension_1_Code, which GeneralJournal does not show/,
    remedy: /columns of shortcut dimensions/,
  },
  {
    config: ['dimension: Department', 'dimension: Branch'],
    status: 'fail',
    found: /Branch is no shortcut dimension/,
    remedy: /General Ledger Setup.*Shortcut Dimension 3–8 Code/,
  },
  {
    faults: { 'options-as-ordinals': true },
    status: 'fail',
    found: /shows options as numbers/,
    remedy: /NAV Server Administration.*OptionCaption/,
  },
  {
    faults: { 'captions-in-german': true },
    status: 'fail',
    found: /An account has the type \p{L}+;/u,
    remedy: /User Personalization.*English/,
  },
  {
    faults: { 'company-missing': true },
    status: 'fail',
    found: /no company of exactly this name/,
    remedy: /page Companies/,
  },
  {
    config: ['currency: EUR\n        mapping: {', 'currency: USD\n        mapping: {'],
    status: 'fail',
    found: /kept in EUR, but the connections file says USD/,
    remedy: /LCY Code on the page General Ledger Setup/,
  },
  {
    faults: { 'period-closed': true },
    status: 'fail',
    found: /today, \d{4}-\d\d-\d\d, lies outside/,
    remedy: /Allow Posting From.*General Ledger Setup/,
  },
  {
    faults: { 'no-accounting-periods': true },
    status: 'warn',
    found: /No accounting period holds/,
    remedy: /Accounting Periods, choose Create Year/,
  },
  {
    faults: { 'no-number-series': true },
    status: 'fail',
    found: /no number series: Invoice Nos\. and Credit Memo Nos\. empty/,
    remedy: /Purchases & Payables Setup, Number Series/,
  },
  {
    faults: { 'journal-template-missing': 'GENERAL' },
    status: 'fail',
    found: /There is no template GENERAL/,
    remedy: /General Journal Templates with Type General/,
  },
  {
    faults: { 'journal-number-series': true },
    status: 'warn',
    found: /Template GENERAL has a number series/,
    remedy: /clear No\. Series and Posting No\. Series/,
  },
  {
    config: [
      '        currency: EUR\n        mapping: {',
      '        currency: EUR\n        journalTemplate: MONTHLY\n        mapping: {',
    ],
    status: 'fail',
    found: /Template MONTHLY is recurring/,
    remedy: /Name another template in journalTemplate/,
  },
  {
    config: ['/DynamicsNAV110/ODataV4', '/Other/ODataV4'],
    status: 'fail',
    found: /no OData service/,
    remedy: /odataUrl/,
  },
  {
    secret: 'not-the-key',
    status: 'fail',
    found: /refuses the sign-in \(401\)/,
    remedy: /page Users.*Web Service Access Key.*NavUserPassword/,
  },
];

describe('The doctor before classic NAV', () => {
  const company = "O'Brien & Söhne";
  let folder: string;
  let system: RunningSystem;
  let database: TestDatabase;
  let server: TestWorkflowEnvironment;
  before(async () => {
    server = await startTestTemporal({ searchAttributes: {} });
    folder = mkdtempSync(join(tmpdir(), 'doctor-nav-'));
    system = await startSimulators({ ...settings, nav: defaultNavSettings, stateFolder: folder });
    database = await testDatabase();
    const db = openDatabase(database.url);
    await migrate(db);
    await db.end();
    system.world.nav.loadMasterData?.({
      companies: [
        {
          name: company,
          currency: 'EUR',
          vendors: [{ number: '20000', displayName: 'First Supplies' }],
          accounts: [{ number: '8420', displayName: 'Consultancy', role: 'cost' }],
          dimensions: [{ code: 'DEPARTMENT', values: [{ code: 'SALES' }] }],
        },
      ],
    });
  });
  after(async () => {
    await database.close();
    await system.close();
    await server.teardown();
    rmSync(folder, { recursive: true, force: true });
  });

  async function examined(t: TestContext, { config, secret = defaultNavSettings.webServiceKey }: Partial<Case> = {}) {
    const base = `${system.urls.nav}/DynamicsNAV110`;
    const files = configFiles(t, [
      [
        `  - name: bc\n    kind: business-central\n    tenant: contoso.example\n    environment: production\n    clientId: bc-app\n    clientSecret: { env: BC_SECRET }\n`,
        `  - name: nav\n    kind: dynamics-nav\n    odataUrl: ${base}/ODataV4\n    soapUrl: ${base}/WS\n    auth: { user: ${defaultNavSettings.user}, key: { env: BC_SECRET } }\n    codeunit: ConcurConnector\n`,
      ],
      ['{ erp: bc,', '{ erp: nav,'],
      ['mapping: {}', 'mapping: { dimensions: [{ dimension: Department, from: [allocationCustom1Code] }] }'],
      ...(config === undefined ? [] : [config]),
    ]);
    const variables = {
      ...validEnvironment,
      BC_SECRET: secret,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: server.address,
    };
    const reports = await examineInstallation({ config: files.path, connection: 'nav', environment: variables });
    const [report] = reports.filter(({ area }) => area === 'erp nav');
    assert.ok(report, JSON.stringify(reports));
    return report.findings;
  }

  async function faults(changes: Record<string, unknown>): Promise<void> {
    const init = { method: 'PUT', body: JSON.stringify(changes) };
    const response = await fetch(`${system.urls.control}/control/nav/set-up-faults`, init);
    assert.equal(response.status, 200, await response.text());
  }

  const troubles = (findings: readonly Finding[]): Finding[] => findings.filter(({ status }) => status !== 'ok');
  const said = (findings: readonly Finding[]): string =>
    findings.map(({ status, check, found }) => `${status} ${check}: ${found}`).join('\n');

  it('S127, C18, B7: a healthy company is found healthy by reads alone, and neither host nor secret is told', async (t) => {
    const findings = await examined(t);
    assert.deepEqual(said(troubles(findings)), '');
    assert.match(said(findings), /ok sign-in: NAV takes user and web service access key/);
    assert.match(said(findings), /ok codeunit, .*ConcurConnector answers, version 1\.0/);
    assert.match(said(findings), /ok number series of .*have number series/);
    assert.match(said(findings), /ok journal template of .*GENERAL, which has no number series/);
    assert.match(said(findings), /ok capabilities: The connector posts by the codeunit/);
    const witnessed = (await (await fetch(`${system.urls.control}/control/journal`)).json()) as Journal;
    assert.deepEqual([witnessed.writes, witnessed.violations], [[], []]);
    const text = JSON.stringify(findings);
    for (const secret of [new URL(system.urls.nav).host, defaultNavSettings.webServiceKey]) {
      assert.ok(!text.includes(secret));
    }
  });

  it('C18: in draft mode the codeunit is not asked for, and that a person posts is said', async (t) => {
    await faults({ 'codeunit-missing': true });
    const findings = await examined(t, { config: ['    codeunit: ConcurConnector\n', ''] });
    await faults({ 'codeunit-missing': false });
    assert.deepEqual(said(troubles(findings)), '');
    assert.match(said(findings), /ok codeunit, .*draft mode/);
  });

  it('S52, C18, B7: each fault of the set-up is named with its remedy, click by click', async (t) => {
    for (const one of cases) {
      const { faults: ordered = {}, status, found, remedy } = one;
      const name = JSON.stringify([ordered, one.config, one.secret]);
      await faults(ordered);
      const findings = await examined(t, one);
      await faults(Object.fromEntries(Object.keys(ordered).map((fault) => [fault, false])));
      const named = findings.filter((finding) => finding.status === status && found.test(finding.found));
      assert.ok(named.length > 0, `${name} is not named:\n${said(findings)}`);
      assert.ok(
        named.some((finding) => remedy.test(finding.remedy ?? '')),
        `${name}: ${named.map((finding) => finding.remedy).join('\n')}`,
      );
      if (status === 'warn') {
        assert.deepEqual(
          findings.filter((finding) => finding.status === 'fail'),
          [],
          name,
        );
      }
    }
  });

  it('B7: pages that only the doctor reads need not be published; what they would tell is asked of a person', async (t) => {
    const services = 'services: { journalTemplates: Nowhere, purchasesSetup: NowhereElse }';
    const findings = await examined(t, {
      config: ['    codeunit: ConcurConnector\n', `    codeunit: ConcurConnector\n    ${services}\n`],
    });
    assert.deepEqual(said(troubles(findings)), '');
    assert.match(said(findings), /Not seen: page 460 is not published as NowhereElse/);
    assert.match(said(findings), /Template GENERAL has batches, none with a number series/);
  });
});
