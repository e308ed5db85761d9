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
import { migrate, openDatabase } from '../../src/store/database.js';
import { settings } from '../simulators/fo-stage.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { configFiles, validEnvironment } from '../unit/config-files.js';

/** A fault of the set-up, and what the doctor has to say of it. */
interface Case {
  faults: Record<string, unknown>;
  /** Section of the company that matters for it. */
  section?: string;
  status: 'fail' | 'warn';
  found: RegExp;
  remedy: RegExp;
}

const cases: Case[] = [
  {
    faults: { 'company-missing': true },
    status: 'fail',
    found: /no company of exactly this name/,
    remedy: /Companies/,
  },
  {
    faults: { 'api-missing': true },
    status: 'fail',
    found: /does not offer its API/,
    remedy: /tenant and environment/,
  },
  { faults: { 'api-missing': 405 }, status: 'fail', found: /does not offer its API/, remedy: /tenant and environment/ },
  {
    faults: { 'user-disabled': true },
    status: 'fail',
    found: /refuses the sign-in \(401\)/,
    remedy: /Microsoft Entra Applications.*Enabled/,
  },
  { faults: { 'environment-upgrading': true }, status: 'fail', found: /.+/, remedy: /see that the environment runs/ },
  {
    faults: { 'permission-missing': 'vendors' },
    status: 'fail',
    found: /may not read it \(vendors/,
    remedy: /Microsoft Entra Applications.*D365 VENDOR, EDIT/,
  },
  {
    faults: { 'permission-missing': 'employees' },
    status: 'warn',
    found: /may not read it/,
    remedy: /permission set/,
  },
  {
    faults: { 'permission-missing': 'purchaseOrders' },
    status: 'warn',
    found: /may not read it \(orders are written\)/,
    remedy: /D365 PURCH DOC, POST/,
  },
  {
    faults: { 'permission-missing': 'purchaseOrders' },
    section: 'purchaseRequests: { concur: emea }',
    status: 'fail',
    found: /may not read it \(orders are written\)/,
    remedy: /D365 PURCH DOC, POST/,
  },
  {
    faults: { 'permission-missing': 'defaultDimensions' },
    status: 'warn',
    found: /may not read it \(mandatory dimensions are checked\)/,
    remedy: /D365 BASIC ISV/,
  },
  {
    faults: { 'entity-set-missing': 'purchaseInvoices' },
    status: 'fail',
    found: /does not offer it \(invoices are written\)/,
    remedy: /API v2\.0/,
  },
  {
    faults: { 'post-action-missing': 'journals' },
    status: 'fail',
    found: /no action to post journal/,
    remedy: /Business Central 17/,
  },
  {
    faults: { 'analytics-missing': true },
    status: 'fail',
    found: /There is no analytics API/,
    remedy: /Power BI Reports.*Extension Management/,
  },
  {
    faults: { 'credit-memo-upgrade-needed': true },
    status: 'fail',
    found: /data upgrade has not been run/,
    remedy: /API Data Upgrade/,
  },
  {
    faults: { 'period-closed': true },
    status: 'fail',
    found: /today, \d{4}-\d\d-\d\d, lies outside/,
    remedy: /General Ledger Setup/,
  },
];

describe('The doctor before Business Central', () => {
  const company = "O'Brien & Söhne";
  let folder: string;
  let system: RunningSystem;
  let database: TestDatabase;
  let server: TestWorkflowEnvironment;
  before(async () => {
    server = await startTestTemporal({ searchAttributes: {} });
    folder = mkdtempSync(join(tmpdir(), 'doctor-bc-'));
    system = await startSimulators({ ...settings, stateFolder: folder });
    database = await testDatabase();
    const db = openDatabase(database.url);
    await migrate(db);
    await db.end();
    system.world.bc.loadMasterData?.({
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

  async function examined(
    t: TestContext,
    secret = settings.bc.clientSecret,
    section = '',
    webhooks = '',
  ): Promise<Finding[]> {
    const { tenant, environment, clientId, scope } = settings.bc;
    const files = configFiles(t, [
      [
        `kind: business-central\n    tenant: contoso.example\n    environment: production\n    clientId: bc-app`,
        `kind: business-central\n    baseUrl: ${system.urls.bc}\n    authority: ${system.urls.entra}\n    scope: ${scope}\n    tenant: ${tenant}\n    environment: ${environment}\n    clientId: ${clientId}`,
      ],
      ['clientSecret: { env: BC_SECRET }', `clientSecret: { env: BC_SECRET }\n    ${webhooks}`],
      [
        'mapping: {}',
        `mapping: { dimensions: [{ dimension: Department, from: [allocationCustom1Code] }] }\n        ${section}`,
      ],
    ]);
    const variables = {
      ...validEnvironment,
      BC_SECRET: secret,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: server.address,
    };
    const reports = await examineInstallation({ config: files.path, connection: 'bc', environment: variables });
    const [report] = reports.filter(({ area }) => area === 'erp bc');
    assert.ok(report);
    return report.findings;
  }

  async function faults(changes: Record<string, unknown>): Promise<void> {
    const init = { method: 'PUT', body: JSON.stringify(changes) };
    const response = await fetch(`${system.urls.control}/control/bc/set-up-faults`, init);
    assert.equal(response.status, 200, await response.text());
  }

  const troubles = (findings: readonly Finding[]): Finding[] => findings.filter(({ status }) => status === 'fail');
  const said = (findings: readonly Finding[]): string =>
    findings.map(({ status, check, found }) => `${status} ${check}: ${found}`).join('\n');

  it('S49, S53, S127: a healthy company is found healthy by reads alone, and neither host nor secret is told', async (t) => {
    const findings = await examined(t);
    assert.deepEqual(troubles(findings), []);
    // A read without the parent that the API asks for would be a warning for ever.
    assert.match(said(findings), /ok defaultDimensions, .*: Can be read/);
    for (const entity of [
      'vendors',
      'purchaseOrders',
      'purchaseInvoices',
      'salesInvoices',
      'generalLedgerEntries',
      'dimensions',
      'employees',
      'accounts',
      'journals',
    ]) {
      assert.ok(
        findings.some(({ check }) => check === `${entity}, ${company}`),
        entity,
      );
    }
    const witnessed = (await (await fetch(`${system.urls.control}/control/journal`)).json()) as Journal;
    assert.deepEqual([witnessed.writes, witnessed.violations], [[], []]);
    const text = JSON.stringify(findings);
    for (const secret of [new URL(system.urls.bc).host, settings.bc.clientSecret]) assert.ok(!text.includes(secret));
    assert.match(said(findings), /ok capabilities: The connector posts/);
  });

  it('S53, B7: each fault of the set-up is named with its remedy in the words of Business Central', async (t) => {
    for (const { faults: ordered, section, status, found, remedy } of cases) {
      const name = JSON.stringify([ordered, section]);
      await faults(ordered);
      const findings = await examined(t, settings.bc.clientSecret, section);
      await faults(Object.fromEntries(Object.keys(ordered).map((fault) => [fault, false])));
      const named = findings.filter((finding) => finding.status === status && found.test(finding.found));
      assert.ok(named.length > 0, `${name} is not named:\n${said(findings)}`);
      assert.ok(
        named.some((finding) => remedy.test(finding.remedy ?? '')),
        `${name}: ${named.map((finding) => finding.remedy).join('\n')}`,
      );
      if (status === 'warn') assert.deepEqual(troubles(findings), [], name);
    }
  });

  it('S49, B7: what Entra ID refuses is told with the cause, and Business Central is not asked', async (t) => {
    const findings = await examined(t, 'not-the-secret');
    assert.deepEqual(
      findings.map(({ check, status }) => `${status} ${check}`),
      ['fail sign-in', 'warn everything else'],
    );
    assert.match(findings[0]!.found, /client secret is wrong/);
  });

  it('S58, B7: webhooks that nobody has made, and a server that has none, are told; the list is read and nothing else', async (t) => {
    const webhooks = 'webhooks: { publicUrl: https://hooks.example.com }';
    const look = () => examined(t, settings.bc.clientSecret, '', webhooks);
    assert.match(said(await look()), /fail webhooks: The keeper has not looked after them yet/);
    await faults({ 'webhooks-off': true });
    const findings = await look();
    await faults({ 'webhooks-off': false });
    assert.match(said(findings), /fail webhooks: Business Central does not show its subscriptions/);
    assert.match(said(await examined(t)), /ok webhooks: Not configured/);
    const witnessed = (await (await fetch(`${system.urls.control}/control/journal`)).json()) as Journal;
    assert.deepEqual([witnessed.writes, witnessed.violations], [[], []]);
  });
});
