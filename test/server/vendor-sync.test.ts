import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { Command } from 'commander';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import type { FoVendor } from '../../simulators/harness/master-data.js';
import type { RunningSystem } from '../../simulators/running-system.js';
import { startSimulators } from '../../simulators/running-system.js';
import {
  createErpActivities,
  createVendorMasterActivities,
  createVendorCreationActivities,
  createVendorOutcomeActivities,
  createVendorProposalActivities,
} from '../../src/activities/index.js';
import { createVendorPlanActivities } from '../../src/activities/vendor-master.js';
import { addVendorsCommands } from '../../src/cli/vendors-commands.js';
import { connectConcurCompany } from '../../src/composition/connect-concur.js';
import { connectConcur } from '../../src/composition/concur-connection.js';
import { documentDependencies } from '../../src/composition/document-dependencies.js';
import { connectErp } from '../../src/composition/erp-connection.js';
import { assembleParts } from '../../src/composition/parts.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import type { SyncVendorsResult } from '../../src/contracts/vendor-master.js';
import { openAlerts } from '../../src/store/alert-store.js';
import type { Database } from '../../src/store/database.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import type { VendorReportLine } from '../../src/store/vendor-master-store.js';
import { testDatabase } from '../support/postgres.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { masterData, settingsFor } from '../simulators/concur-stage.js';
import { validEnvironment, validFile } from '../unit/config-files.js';
import { quietRuntime, runWorkers } from '../workflows/support.js';

const germany = { street: 'Hafenstr. 4', city: 'Kiel', zip: '24103', country: 'DEU', countryIso: 'DE' };
const vendor = (number: number, changes: Partial<FoVendor> = {}): FoVendor => ({
  account: `V-${number}`,
  name: `Supplier ${number}`,
  address: germany,
  ...changes,
});
const numbers = Array.from({ length: 10 }, (_, index) => index + 1);

const foData = {
  companies: [
    {
      company: 'demf',
      name: 'Contoso Germany',
      currency: 'EUR',
      manualJournalNumbers: true,
      journalNames: [],
      vendors: numbers.map((number) => vendor(number)),
    },
  ],
  mainAccounts: [],
  dimensions: [],
};

/** Known to Concur before the first sync, with things that the ERP knows nothing of. */
const known = {
  VendorCode: 'V-2',
  AddressCode: 'DEMF-V-2',
  VendorName: 'As Concur spelled it',
  CountryCode: 'DE',
  CurrencyCode: 'EUR',
  PaymentMethodType: 'WIRE',
  Custom5: 'kept',
  Approved: 'Y',
};

const section = { concur: 'emea', group: 'DEMF', maximumSharePercent: 20, minimumChanges: 5 };

describe('the vendors of a simulated F&O in a simulated Concur', { timeout: 240_000 }, () => {
  const ends: (() => unknown)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'connector-vendors-'));
  const config = join(folder, 'connections.yaml');
  let simulators: RunningSystem;
  let db: Database;

  before(async () => {
    quietRuntime();
    ends.push(() => rmSync(folder, { recursive: true }));
    simulators = await startSimulators(settingsFor(join(folder, 'simulators')));
    ends.push(() => simulators.close());
    const { world, urls } = simulators;
    world.concur.loadMasterData(masterData);
    world.fo.loadMasterData?.(foData);
    world.concur.company.seedVendors([known]);
    const database = await testDatabase();
    ends.push(() => database.close());
    db = openDatabase(database.url, { max: 10 });
    ends.push(() => db.end());
    await migrate(db);
    const temporal: TestWorkflowEnvironment = await startTestTemporal();
    ends.push(() => temporal.teardown());
    writeFileSync(join(folder, 'concur-secret'), masterData.clientSecret);
    writeFileSync(join(folder, 'accounts.csv'), 'concur,erp\n6100,610000\n');
    writeFileSync(config, fileFor(urls));
    // The commands read the environment of their process.
    Object.assign(process.env, validEnvironment, {
      ...{ FO_SECRET: 'fo-secret', DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal.address },
    });
    const connections = loadConnections(config, process.env);
    const leases = createLeaseStore(db);
    ends.push(() => leases.close());
    const logger = pino({ level: 'silent' });
    const parts = assembleParts({ connections, db, leases, logger, stopping: new AbortController().signal });
    const connected = await connectConcurCompany(parts, 'emea', masterData.requestToken, () => Promise.resolve());
    assert.equal(connected.status, 'connected');
    const [concur] = connections.file.concur;
    const [erp] = connections.file.erp;
    assert.ok(concur && erp);
    const toConcur = connectConcur(parts, concur, () => Promise.resolve());
    const workers = await runWorkers(temporal, '', {
      [documentsQueue('')]: {
        ...createVendorPlanActivities(documentDependencies(parts)),
        ...createVendorOutcomeActivities(parts.shared),
      },
      [erpQueue('', erp.name)]: {
        ...createErpActivities(connectErp(parts, erp)),
        ...createVendorCreationActivities(connectErp(parts, erp)),
      },
      [concurQueue('', concur.name)]: {
        ...createVendorMasterActivities(toConcur.vendors),
        ...createVendorProposalActivities(toConcur.proposals),
      },
    });
    ends.push(workers.stop);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const fileFor = (urls: RunningSystem['urls']): string =>
    `${validFile
      .replace('https://glz.example', urls.concur)
      .replace('7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11', masterData.companyUuid)
      .replace('clientId: concur-app', `clientId: ${masterData.clientId}`)
      .replace('https://contoso.operations.dynamics.com', urls.fo)
      .replace(
        '    tenant: contoso.example\n    clientId: fo-app',
        `    authority: ${urls.entra}\n    tenant: tenant-1\n    clientId: fo-app`,
      )
      .replace(
        '        timeZone: Europe/Berlin\n',
        (line) => `${line}        vendorSync: ${JSON.stringify(section)}\n`,
      )}
timings: { concurLookAgainSeconds: [1], retryMaximumSeconds: 2 }
`;

  /** Runs a command as its user would; what it prints and its exit code. */
  async function command(...words: string[]): Promise<{ out: string; code: number }> {
    const printed: string[] = [];
    const print = mock.method(console, 'log', (line: string) => printed.push(line));
    const complain = mock.method(console, 'error', (line: string) => printed.push(line));
    const program = new Command().exitOverride();
    addVendorsCommands(program);
    try {
      await program.parseAsync(['vendors', ...words, '--config', config], { from: 'user' });
      return { out: printed.join('\n'), code: Number(process.exitCode ?? 0) };
    } finally {
      process.exitCode = 0;
      print.mock.restore();
      complain.mock.restore();
    }
  }

  async function sync(...words: string[]): Promise<{ result: SyncVendorsResult; code: number }> {
    const { out, code } = await command('sync', '--json', ...words);
    const [run] = JSON.parse(out) as { result?: SyncVendorsResult; failure?: string }[];
    assert.ok(run?.result, run?.failure);
    return { result: run.result, code };
  }
  async function differences(): Promise<VendorReportLine[]> {
    const { out } = await command('report', '--json');
    return (JSON.parse(out) as { differences: VendorReportLine[] }[])[0]?.differences ?? [];
  }
  const inConcur = () =>
    new Map(simulators.world.concur.company.vendors().map((each) => [each.fields['VendorCode'], each]));
  const writesTo = (system: string) =>
    simulators.world.harness.book.kept.writes.filter((write) => write.system === system);
  const vendorWrites = () => writesTo('concur').map(({ operation, key }) => `${operation} ${key}`);
  /** What a step writes to Concur. */
  async function written(work: () => Promise<unknown>): Promise<string[]> {
    const before = vendorWrites().length;
    await work();
    return vendorWrites().slice(before).sort();
  }
  const change = (changed: FoVendor) => simulators.world.fo.createVendor?.('demf', changed);

  it('S18: a dry run says what it would do and writes nothing to Concur', async () => {
    const writes = await written(async () => {
      const { result, code } = await sync('--dry-run');
      assert.deepEqual([result.read, result.created, code], [10, 10, 0]);
      assert.match(result.heldBack ?? '', /dry run/);
    });
    assert.deepEqual(writes, []);
    assert.equal(inConcur().size, 1);
    assert.ok((await differences()).every(({ message }) => message !== ''));
  });

  it('S13, S17: every vendor of F&O arrives under its account; the answer to the create is lost, and nothing is doubled', async () => {
    const fault = { system: 'concur', operation: 'vendorCreate', kind: 'reset-after', times: 1 } as const;
    simulators.world.harness.faults.order(fault);
    const { result } = await sync();
    assert.deepEqual([result.read, result.created, result.refused], [10, 10, 0]);
    assert.deepEqual(simulators.world.harness.faults.pending, []);
    const vendors = inConcur();
    assert.deepEqual([...vendors.keys()].sort(), numbers.map((number) => `V-${number}`).sort());
    const { fields, groups } = vendors.get('V-7') ?? assert.fail();
    assert.deepEqual(
      [fields['AddressCode'], fields['VendorName'], fields['CountryCode'], fields['CurrencyCode'], fields['Approved']],
      ['DEMF-V-7', 'Supplier 7', 'DE', 'EUR', 'Y'],
    );
    assert.deepEqual([fields['City'], fields['PaymentMethodType'], groups], ['Kiel', 'CLIENT', ['DEMF']]);
    assert.equal(vendorWrites().filter((write) => write === 'vendorCreate V-7/DEMF-V-7').length, 1);
    assert.deepEqual(await differences(), []);
  });

  it('S19: the name of F&O has won, audited with both values; payment method and custom fields are as they were', async () => {
    const { fields } = inConcur().get('V-2') ?? assert.fail();
    assert.deepEqual(
      [fields['VendorName'], fields['PaymentMethodType'], fields['Custom5']],
      ['Supplier 2', 'WIRE', 'kept'],
    );
    const { rows } = await db.query<{ name: unknown }>(
      `select data->'overwrites'->'vendorName' as name from audit where data->>'vendor' = 'V-2' and data ? 'overwrites'`,
    );
    assert.deepEqual(rows[0]?.name, { old: 'As Concur spelled it', new: 'Supplier 2' });
  });

  it('S13, S126: a second run writes nothing, and the difference report is empty', async () => {
    const writes = await written(async () => {
      const { result } = await sync();
      assert.deepEqual([result.unchanged, result.created, result.updated], [10, 0, 0]);
    });
    assert.deepEqual(writes, []);
    assert.match((await command('report')).out, /No difference/);
    assert.match((await command('report', '--told')).out, /V-2 .*DEMF-V-2 .*approved .*Supplier 2/);
  });

  it('S13, S14: only the new, the changed and the blocked vendor are written; the blocked one cannot be cited any more', async () => {
    change(vendor(11));
    change(vendor(4, { name: 'Supplier 4 SE' }));
    change(vendor(2, { onHold: 'All' }));
    const writes = await written(async () => {
      const { result } = await sync();
      assert.deepEqual([result.created, result.updated, result.blocked, result.unchanged], [1, 1, 1, 8]);
    });
    assert.deepEqual(writes, [
      'vendorCreate V-11/DEMF-V-11',
      'vendorGroups V-11/DEMF-V-11',
      'vendorGroups V-2/DEMF-V-2',
      'vendorUpdate V-2/DEMF-V-2',
      'vendorUpdate V-4/DEMF-V-4',
    ]);
    const { fields, groups } = inConcur().get('V-2') ?? assert.fail();
    assert.deepEqual([fields['Approved'], groups, fields['PaymentMethodType']], ['N', [], 'WIRE']);
    assert.equal(inConcur().get('V-4')?.fields['VendorName'], 'Supplier 4 SE');
  });

  it('S13: more changes than one run may make are held back for a person, who may force them', async () => {
    for (const number of [5, 6, 7, 8, 9, 10]) change(vendor(number, { name: `Renamed ${number}` }));
    const alerts = async () =>
      (await openAlerts(db))
        .filter(({ cause }) => cause.startsWith('vendor-sync-held-back'))
        .map(({ message }) => message);
    const held = await written(async () => {
      const { result, code } = await sync();
      assert.deepEqual([result.updated, code], [6, 1]);
      assert.match(result.heldBack ?? '', /6 of the 11 vendors/);
    });
    assert.deepEqual(held, []);
    assert.match((await alerts()).join(), /6 of the 11 vendors/);
    assert.equal((await differences()).length, 6);
    const forced = await written(() => sync('--force', '--by', 'A. Accountant'));
    assert.equal(forced.length, 6);
    assert.equal(inConcur().get('V-9')?.fields['VendorName'], 'Renamed 9');
    assert.deepEqual([await alerts(), await differences()], [[], []]);
    await assert.rejects(command('sync', '--force'), /--by/);
  });

  it('S126: a vendor that Concur cannot hold has its reason in the report, and stops no other', async () => {
    change({ account: 'V-12', name: 'Nowhere Ltd' });
    change(vendor(13));
    // One name per vendor code: somebody has entered another address by hand.
    simulators.world.concur.company.seedVendors([
      { ...known, VendorCode: 'V-14', AddressCode: 'BY-HAND', VendorName: 'Another firm' },
    ]);
    change(vendor(14));
    const { result } = await sync();
    assert.deepEqual([result.created, result.refused], [1, 2]);
    assert.ok(inConcur().has('V-13'));
    const lines = await differences();
    assert.deepEqual(
      lines.map(({ account, state }) => [account, state]),
      [
        ['V-12', 'refused'],
        ['V-14', 'refused'],
      ],
    );
    assert.match(lines[0]?.message ?? '', /no country/);
    assert.match(lines[1]?.message ?? '', /Another firm/);
    assert.ok((await openAlerts(db)).some(({ cause }) => cause.startsWith('vendors-not-told')));
    change(vendor(12));
    change(vendor(14, { name: 'Another firm' }));
    assert.equal((await sync()).result.refused, 0);
    assert.deepEqual(await differences(), []);
  });

  it('S17, S18: a company without the section is told to nobody, and the audit trail says so', async () => {
    const writes = await written(async () => {
      const { out, code } = await command('sync', '--erp', 'bc');
      assert.equal(code, 1);
      assert.match(out, /Provisioning off/);
    });
    assert.deepEqual(writes, []);
    const { rows } = await db.query(`select 1 from audit where data->>'vendorSync' = 'provisioning off'`);
    assert.equal(rows.length, 1);
  });

  it('C9, C24: nothing was ever written to the ERP, and Concur was spoken to rightly', () => {
    assert.deepEqual(writesTo('fo'), []);
    assert.deepEqual(simulators.world.harness.book.kept.violations, []);
    assert.deepEqual(
      writesTo('concur').filter(({ outcome }) => outcome === 'repeat'),
      [],
    );
  });
});
