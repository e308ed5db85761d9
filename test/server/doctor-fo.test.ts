import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Journal } from '../../simulators/harness/types.js';
import { startSimulators, type RunningSystem } from '../../simulators/running-system.js';
import { examineInstallation } from '../../src/cli/doctor/doctor.js';
import type { Finding } from '../../src/cli/doctor/findings.js';
import type { Database } from '../../src/store/database.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { masterData, settings } from '../simulators/fo-stage.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { configFiles, validEnvironment } from '../unit/config-files.js';

/** A fault of the set-up, and what the doctor has to say of it. */
interface Case {
  faults: Record<string, unknown>;
  /** Whether documents would stop. */
  status: 'fail' | 'warn';
  found: RegExp;
  remedy: RegExp;
  /** Part of the connections file that matters for it. */
  config?: 'pending';
}

const page = 'General ledger › Journal setup › Journal names';
const cases: Case[] = [
  {
    faults: { 'no-entra-application': true },
    status: 'fail',
    found: /refuses the token \(401\)/,
    remedy: /System administration › Setup › Microsoft Entra ID applications/,
  },
  {
    faults: { 'no-entra-application': 403 },
    status: 'fail',
    found: /refuses every read \(403\)/,
    remedy: /System administration › Setup › Microsoft Entra ID applications/,
  },
  {
    faults: { 'company-missing': true },
    status: 'fail',
    found: /no legal entity demf/,
    remedy: /Organization administration › Organizations › Legal entities/,
  },
  {
    faults: { 'no-ledger': true },
    status: 'fail',
    found: /demf has no ledger with a chart of accounts/,
    remedy: /General ledger › Ledger setup › Ledger/,
  },
  {
    faults: { 'entity-set-missing': 'VendTransBiEntities' },
    status: 'fail',
    found: /does not publish the entity set/,
    remedy: /Refresh entity list.*entitySets: \{ VendTransBiEntities/,
  },
  {
    faults: { 'field-missing': 'JournalNames.VoucherAllocationAtPosting' },
    status: 'fail',
    found: /no field VoucherAllocationAtPosting/,
    remedy: /entitySets: \{ JournalNames/,
  },
  {
    faults: { 'role-missing': 'VendorsV3' },
    status: 'fail',
    found: /No permission to read it \(403\)/,
    remedy: /may read vendors \(System administration › Users › Users › Assign roles\)/,
  },
  {
    faults: { 'no-ledger-format': true },
    status: 'fail',
    found: /No ledger dimension format is active/,
    remedy: /Financial dimension configuration for integrating applications.*Ledger dimension format/,
  },
  {
    faults: { 'no-default-format': true },
    status: 'warn',
    found: /None is active/,
    remedy: /Financial dimension configuration for integrating applications.*Default dimension format/,
  },
  {
    faults: { 'dimension-not-in-format': 'CostCenter' },
    status: 'fail',
    found: /CostCenter is not part of the active format/,
    remedy: /Financial dimension configuration for integrating applications/,
  },
  {
    faults: { 'dimension-not-activated': 'CostCenter' },
    status: 'fail',
    found: /no active financial dimension CostCenter/,
    remedy: /Dimensions › Financial dimensions and choose Activate/,
  },
  {
    faults: { 'journal-name-missing': 'EXP' },
    status: 'fail',
    found: /does not exist in company demf/,
    remedy: new RegExp(page),
  },
  {
    faults: { 'journal-name-wrong-type': 'INV' },
    status: 'fail',
    found: /INV is of type Payment/,
    remedy: /journal name INV, choose Journal type Vendor invoice recording/,
  },
  {
    faults: { 'manual-voucher': true },
    status: 'fail',
    found: /EXP asks for manual voucher numbers/,
    remedy: /set New voucher to One voucher number only/,
  },
  {
    faults: { 'voucher-at-posting': true },
    status: 'fail',
    found: /EXP replaces the voucher number at posting/,
    remedy: /set Number allocation at posting to No/,
  },
  {
    faults: { 'lines-deleted-after-posting': true },
    status: 'fail',
    found: /EXP deletes its lines after posting/,
    remedy: /set Delete lines after posting to No/,
  },
  {
    faults: { 'summary-detail-level': true },
    status: 'fail',
    found: /EXP posts in summary/,
    remedy: /set Detail level to Details/,
  },
  {
    faults: { 'workflow-on-journal': true },
    status: 'warn',
    found: /EXP go through an approval workflow/,
    remedy: /set Approval workflow to No/,
  },
  {
    faults: { 'amounts-include-tax': true },
    status: 'warn',
    found: /EXP count as including sales tax/,
    remedy: /set Amounts include sales tax to No/,
  },
  {
    faults: { 'no-voucher-series': true },
    status: 'fail',
    found: /EXP has no voucher series/,
    remedy: /choose a Voucher series.*Number sequences/,
  },
  {
    faults: { 'duplicates-accepted': true },
    status: 'warn',
    found: /used already is accepted/,
    remedy: /Accounts payable parameters › Invoice, set Check the invoice number used to Reject duplicate/,
  },
  {
    faults: { 'period-closed': true },
    status: 'fail',
    found: /is permanently closed|is on hold/,
    remedy: /General ledger › Calendars › Ledger calendars/,
  },
  {
    faults: { 'automation-off': true },
    status: 'warn',
    found: /not submitted to the workflow by themselves/,
    remedy: /Vendor invoice automation, set Automatically submit imported invoices to workflow to Yes/,
    config: 'pending',
  },
  {
    faults: { 'batch-off': true },
    status: 'fail',
    found: /batch job "Post journals" does not run \(Hold\)/,
    remedy: /Post journals/,
  },
];

describe('the doctor before a simulated Finance & Operations', () => {
  let folder: string;
  let system: RunningSystem;
  let database: TestDatabase;
  let db: Database;
  let server: TestWorkflowEnvironment;
  before(async () => {
    server = await startTestTemporal({ searchAttributes: {} });
    folder = mkdtempSync(join(tmpdir(), 'doctor-fo-'));
    system = await startSimulators({ ...settings, stateFolder: folder });
    database = await testDatabase();
    db = openDatabase(database.url);
    await migrate(db);
    const [company] = masterData.companies;
    system.world.fo.loadMasterData?.({
      ...masterData,
      companies: [
        {
          ...company!,
          company: 'demf',
          currency: 'EUR',
          openFrom: '2024-01-01',
          journalNames: [
            { name: 'EXP', type: 'Daily' },
            { name: 'ADV', type: 'Daily' },
            { name: 'INV', type: 'VendInvoiceRecording' },
          ],
        },
      ],
    });
  });
  after(async () => {
    await db.end();
    await database.close();
    await system.close();
    await server.teardown();
    rmSync(folder, { recursive: true, force: true });
  });

  async function examined(t: TestContext, changes: [string, string][] = [], secret = settings.fo.clientSecret) {
    const files = configFiles(t, [
      [
        'baseUrl: https://contoso.operations.dynamics.com',
        `baseUrl: ${system.urls.fo}\n    authority: ${system.urls.entra}`,
      ],
      ['clientSecret: { env: FO_SECRET }', 'clientSecret: { env: FO_SECRET }\n    postingDeadlineHours: 1'],
      ['Europe/Berlin', 'UTC'],
      [
        "accounts: { table: accounts.csv, codes: { '6110': '611000' } }",
        "accounts: { table: accounts.csv, codes: { '6110': '611000' } }\n          dimensions: [{ dimension: CostCenter, from: [allocationCustom1Code] }]",
      ],
      ...changes,
    ]);
    const environment = {
      ...validEnvironment,
      FO_SECRET: secret,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: server.address,
    };
    const reports = await examineInstallation({ config: files.path, connection: 'fo', environment });
    const [report] = reports.filter(({ area }) => area === 'erp fo');
    assert.ok(report);
    assert.deepEqual(reports.length, 2);
    return report.findings;
  }

  const pending: [string, string][] = [
    [
      'journalNames: { expense: EXP, cashadvance: ADV, invoice: INV }',
      'journalNames: { expense: EXP, cashadvance: ADV }\n        routes: { invoice: fo-pending-invoice }',
    ],
    [
      '          employees:',
      "          procurementCategories: { hierarchy: Procurement, codes: { '6110': Travel } }\n          employees:",
    ],
  ];

  async function faults(changes: Record<string, unknown>): Promise<void> {
    const init = { method: 'PUT', body: JSON.stringify(changes) };
    const response = await fetch(`${system.urls.control}/control/fo/set-up-faults`, init);
    assert.equal(response.status, 200, await response.text());
  }

  async function witnessed(): Promise<Journal> {
    return (await (await fetch(`${system.urls.control}/control/journal`)).json()) as Journal;
  }

  /** Purchase orders are no entity of the simulator, and the connector does not read them. */
  const troubles = (findings: readonly Finding[]): Finding[] =>
    findings.filter(({ check, status }) => status !== 'ok' && !check.startsWith('PurchaseOrderHeadersV2'));

  it('S38, S127, S36: a healthy environment is found healthy by reads alone, each entity is reported, and no host is told', async (t) => {
    const findings = await examined(t);
    assert.deepEqual(
      troubles(findings).map(({ check, found }) => `${check}: ${found}`),
      [],
    );
    const told = findings.map(({ check }) => check).join('\n');
    for (const entity of [
      'VendorsV3',
      'VendInvoiceJournalHeaders',
      'VendInvoiceJournalLines',
      'VendorInvoiceHeaders',
      'VendorInvoiceLines',
      'PurchaseOrderHeadersV2',
      'MainAccounts',
      'GeneralJournalAccountEntryBiEntities',
      'VendorPaymentJournalLines',
      'DimensionAttributes',
      'FinancialDimensionValues',
    ]) {
      assert.ok(told.includes(`${entity} (`), entity);
    }
    const { writes, violations, calls } = await witnessed();
    assert.deepEqual([writes, violations], [[], []]);
    assert.ok((calls['fo']?.['metadata.read'] ?? 0) >= 1);
    const text = JSON.stringify(findings);
    for (const secret of [new URL(system.urls.fo).host, settings.fo.clientSecret]) assert.ok(!text.includes(secret));
    const stored = ['audit', 'alerts', 'throttles'].map((table) => db.query(`select 1 from ${table}`));
    assert.deepEqual(
      (await Promise.all(stored)).map(({ rowCount }) => rowCount),
      [0, 0, 0],
    );
  });

  it('S38, S42, S127, B7: each of the set-up faults is named with its remedy in the menu words of F&O, and no other is', async (t) => {
    for (const { faults: ordered, status, found, remedy, config } of cases) {
      const name = JSON.stringify(ordered);
      await faults(ordered);
      const findings = troubles(await examined(t, config === 'pending' ? pending : []));
      await faults(Object.fromEntries(Object.keys(ordered).map((fault) => [fault, false])));
      const named = findings.filter((finding) => found.test(finding.found));
      const said = findings.map((finding) => `${finding.status} ${finding.check}: ${finding.found}`).join('\n');
      assert.ok(named.length > 0, `${name} is not named:\n${said}`);
      for (const finding of named) {
        assert.equal(finding.status, status, name);
        assert.match(finding.remedy ?? '', remedy, name);
      }
      const graver = findings.filter((finding) => finding.status === 'fail' && !found.test(finding.found));
      assert.ok(
        graver.every((finding) => followsFrom(ordered, finding)),
        `${name} is drowned:\n${said}`,
      );
    }
    assert.deepEqual((await witnessed()).writes, []);
  });

  it('S34, B7: what Entra ID refuses is told with the cause, and Finance & Operations is not asked', async (t) => {
    const wrongSecret = await examined(t, [], 'not-the-secret');
    assert.deepEqual(
      wrongSecret.map(({ check, status }) => `${status} ${check}`),
      ['fail token', 'warn everything else'],
    );
    assert.match(wrongSecret[0]!.found, /AADSTS7000215.*client secret is wrong/);
    const wrongTenant = await examined(t, [
      ['authority: ', 'tenant: nobody.example\n    authority: '],
      ['    tenant: contoso.example\n', ''],
    ]);
    assert.match(wrongTenant[0]!.found, /AADSTS90002.*tenant does not exist/);
    const elsewhere = await examined(t, [[`baseUrl: ${system.urls.fo}`, 'baseUrl: https://fo.example.com']]);
    assert.deepEqual(
      elsewhere.map(({ check, status }) => `${status} ${check}`),
      ['fail host'],
    );
    assert.match(elsewhere[0]!.found, /matches no allowed pattern/);
    const misspelt = await examined(t, [
      ['postingDeadlineHours: 1', 'postingDeadlineHours: 1\n    entitySets: { Vendors: X }'],
    ]);
    assert.match(misspelt[0]!.found, /entitySets of ERP connection fo names Vendors/);
    assert.doesNotMatch(
      JSON.stringify([wrongSecret, wrongTenant, elsewhere]),
      /fo\.example\.com|nobody\.example|not-the-secret/,
    );
  });

  it('S127: a journal that has stood unposted beyond the limit shows that nothing posts, and one posted since that something does', async (t) => {
    system.world.pauses.batch = true;
    const journal = await writeJournal();
    await remember(journal);
    const [found] = (await examined(t)).filter(({ check }) => check === 'posting of journals, demf');
    assert.equal(found?.status, 'fail');
    assert.match(found.found, new RegExp(`Journal ${journal} is complete and has not been posted for 2 hours`));
    assert.match(found.remedy ?? '', /recurring batch/);
    system.world.pauses.batch = false;
    const limit = Date.now() + 20_000;
    for (let status = 'fail'; status !== 'ok';) {
      assert.ok(Date.now() < limit, 'the batch has not posted the journal');
      [{ status }] = (await examined(t)).filter(({ check }) => check === 'posting of journals, demf') as [Finding];
    }
  });

  /** A complete journal, written by somebody with the rights of the connector. */
  async function writeJournal(): Promise<string> {
    const { tenant, clientId, clientSecret } = settings.fo;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const grant = await fetch(`${system.urls.entra}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, scope: `${system.urls.fo}/.default` }),
    });
    const { access_token: token } = (await grant.json()) as { access_token: string };
    const create = async (set: string, body: object): Promise<Record<string, string>> => {
      const response = await fetch(`${system.urls.fo}/data/${set}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ dataAreaId: 'demf', ...body }),
      });
      assert.equal(response.status, 201, await response.clone().text());
      return (await response.json()) as Record<string, string>;
    };
    const header = await create('LedgerJournalHeaders', { JournalName: 'EXP', Description: 'Concur EXP 1' });
    const JournalBatchNumber = header['JournalBatchNumber']!;
    const common = {
      JournalBatchNumber,
      CurrencyCode: 'EUR',
      TransDate: `${new Date().toISOString().slice(0, 10)}T12:00:00Z`,
    };
    const vendor = {
      AccountType: 'Vend',
      AccountDisplayValue: 'US\\-101',
      CreditAmount: 10,
      Invoice: 'D-1',
      Text: 'a',
    };
    const cost = { AccountType: 'Ledger', AccountDisplayValue: '618160--024', DebitAmount: 10, Text: 'b' };
    await create('LedgerJournalLines', { ...common, ...vendor });
    await create('LedgerJournalLines', { ...common, ...cost });
    return JournalBatchNumber;
  }

  /** As the connector remembers a journal that it wrote two hours ago. */
  async function remember(journal: string): Promise<void> {
    await db.query(
      `insert into documents (id, connection, doc_type, fi_id, business_id, revision, human_number, payload, payload_sha256, payee_id, payee_code)
       values ('d-1', 'emea', 'expense', 'd-1', 'R-1', '1', 'R-1', '{}', '', 'p', 'p')`,
    );
    await db.query(
      `insert into erp_documents (document_id, part, erp, company, key_seed, state, document, keys, written_at)
       values ('d-1', 1, 'fo', 'demf', 'seed', 'written', '{}', $1, now() - interval '2 hours')`,
      [JSON.stringify({ journal })],
    );
  }
});

/** Without a company or a format, what lies in it is missing as well. */
function followsFrom(ordered: Record<string, unknown>, { check, found }: Finding): boolean {
  if (ordered['company-missing'] === true) return check.includes('demf');
  if (ordered['no-ledger'] === true) return check.includes('demf');
  return /^journal name ADV|^journal name INV/.test(check) && found !== '';
}
