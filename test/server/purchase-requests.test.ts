import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { Command } from 'commander';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import type { RunningSystem } from '../../simulators/running-system.js';
import { startSimulators } from '../../simulators/running-system.js';
import {
  createPurchaseOrderActivities,
  createPurchaseRequestActivities,
  createPurchaseReviewActivities,
} from '../../src/activities/index.js';
import { addPurchaseRequestsCommands } from '../../src/cli/purchase-requests-commands.js';
import { createPurchaseOrderClient } from '../../src/clients/concur/purchase-order-client.js';
import { createPurchaseRequestClient } from '../../src/clients/concur/purchase-request-client.js';
import { concurHttp, connectConcur } from '../../src/composition/concur-connection.js';
import { connectConcurCompany } from '../../src/composition/connect-concur.js';
import { purchaseDependencies } from '../../src/composition/document-dependencies.js';
import { connectErp } from '../../src/composition/erp-connection.js';
import { assembleParts } from '../../src/composition/parts.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { openAlerts } from '../../src/store/alert-store.js';
import type { Database } from '../../src/store/database.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { expense, masterData, newId, settingsFor } from '../simulators/concur-stage.js';
import { testDatabase } from '../support/postgres.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { validEnvironment, validFile } from '../unit/config-files.js';
import { quietRuntime, runWorkers } from '../workflows/support.js';

const company = "O'Brien & Söhne";
const bcData = {
  companies: [
    {
      name: company,
      currency: 'EUR',
      vendors: [
        { number: 'V-1', displayName: 'Lens makers' },
        { number: 'V-2', displayName: 'Bag makers' },
      ],
      accounts: [{ number: '8420', displayName: 'Supplies', role: 'cost' as const }],
      dimensions: [],
    },
  ],
};
const concurVendor = (code: string) => ({
  VendorCode: code,
  AddressCode: `BC-${code}`,
  VendorName: code,
  CountryCode: 'DE',
  CurrencyCode: 'EUR',
  Approved: 'Y',
});
const section = { concur: 'emea', expenseTypes: { OFFIC: '8420' }, checkSeconds: 1 };

interface Story {
  request: {
    id: string;
    requestId: string;
    requestNumber: string | null;
    stage: string;
    holdReason: string | null;
    outcome: string | null;
  };
  orders: { orderNumber: string; state: string; erpNumber: string | null }[];
  changes: { id: string; kind: string; sentences: string[]; decision: string | null; decidedBy: string | null }[];
  audit: { kind: string; actor: string }[];
}

describe('purchase requests of a simulated Concur in a simulated Business Central', { timeout: 240_000 }, () => {
  const ends: (() => unknown)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'connector-purchases-'));
  const config = join(folder, 'connections.yaml');
  let simulators: RunningSystem;
  let db: Database;
  let requests: ReturnType<typeof createPurchaseRequestClient>;
  let orders: ReturnType<typeof createPurchaseOrderClient>;

  before(async () => {
    quietRuntime();
    ends.push(() => rmSync(folder, { recursive: true }));
    simulators = await startSimulators(settingsFor(join(folder, 'simulators')));
    ends.push(() => simulators.close());
    const { world, urls } = simulators;
    world.concur.loadMasterData(masterData);
    // Concur knows its people from their documents.
    world.concur.loadDocuments(
      JSON.stringify({ documents: [{ docType: 'expense', id: newId(), document: expense() }] }),
    );
    world.bc.loadMasterData?.(bcData);
    world.concur.company.seedVendors([concurVendor('V-1'), concurVendor('V-2')]);
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
      ...{ BC_SECRET: 'bc-secret', DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal.address },
    });
    const connections = loadConnections(config, process.env);
    const leases = createLeaseStore(db);
    ends.push(() => leases.close());
    const logger = pino({ level: 'silent' });
    const parts = assembleParts({ connections, db, leases, logger, stopping: new AbortController().signal });
    const refresh = (): Promise<void> => Promise.resolve();
    const connected = await connectConcurCompany(parts, 'emea', masterData.requestToken, refresh);
    assert.equal(connected.status, 'connected');
    const [concur] = connections.file.concur;
    const erp = connections.file.erp.find(({ name }) => name === 'bc');
    assert.ok(concur && erp);
    const http = concurHttp(parts, concur, refresh);
    requests = createPurchaseRequestClient(http);
    orders = createPurchaseOrderClient(http);
    const workers = await runWorkers(temporal, '', {
      [documentsQueue('')]: createPurchaseReviewActivities(purchaseDependencies(parts)),
      [erpQueue('', erp.name)]: createPurchaseOrderActivities(connectErp(parts, erp)),
      [concurQueue('', concur.name)]: createPurchaseRequestActivities(connectConcur(parts, concur, refresh).purchases),
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
      .replace(
        '    kind: business-central\n    tenant: contoso.example\n    environment: production\n',
        `    kind: business-central\n    baseUrl: ${urls.bc}\n    authority: ${urls.entra}\n    tenant: ${bcSettings().tenant}\n    environment: ${bcSettings().environment}\n    scope: ${bcSettings().scope}\n`,
      )
      .replace('clientId: bc-app', `clientId: ${bcSettings().clientId}`)
      .replace(
        '        currency: EUR\n        mapping: {}\n',
        `        currency: EUR\n        mapping: { vendors: { sameCode: true } }\n        purchaseRequests: ${JSON.stringify(section)}\n`,
      )}
timings: { concurLookAgainSeconds: [1], bcLookAgainSeconds: [1], retryMaximumSeconds: 2 }
`;
  const bcSettings = () => settingsFor(folder).bc;

  /** Runs a command as its user would; what it prints and its exit code. */
  async function command(...words: string[]): Promise<string> {
    const printed: string[] = [];
    const print = mock.method(console, 'log', (line: string) => printed.push(line));
    const program = new Command().exitOverride();
    addPurchaseRequestsCommands(program);
    try {
      await program.parseAsync(['purchase-requests', ...words, '--config', config], { from: 'user' });
      return printed.join('\n');
    } finally {
      print.mock.restore();
    }
  }

  const story = async (requestId: string): Promise<Story> => {
    const [found] = JSON.parse(await command('show', requestId, '--json')) as Story[];
    assert.ok(found);
    return found;
  };
  let last: unknown;
  const until = (requestId: string, isReached: (found: Story) => boolean): Promise<Story> =>
    waitUntil(
      async () => {
        const found = await story(requestId);
        last = found;
        return isReached(found) ? found : undefined;
      },
      { limitMs: 30_000, everyMs: 200, onLimit: () => new Error(`never reached: ${JSON.stringify(last)}`) },
    );
  const inErp = (requestId: string) => until(requestId, ({ request }) => request.stage === 'in-erp');
  const writesTo = (system: string) =>
    simulators.world.harness.book.kept.writes
      .filter((write) => write.system === system)
      .map(({ operation, key, outcome }) => `${operation} ${key} ${outcome}`);
  const act = (number: string, what: string) => simulators.world.bc.actOnOrder?.({ company, number, act: what });

  /** What a buyer does in Concur. */
  async function request(...vendors: string[]): Promise<string> {
    const { id } = await requests.create({
      request: {
        requester: { userLoginId: 'e-100@simulated.example' },
        currencyCode: 'EUR',
        lineItems: vendors.map((vendorCode) => ({
          purchaseType: 'GOODS',
          vendorCode,
          vendorAddressCode: `BC-${vendorCode}`,
          description: `Things of ${vendorCode}`,
          quantity: '2',
          unitPrice: '500.25',
        })),
      },
    });
    return id;
  }
  let single = '';

  it('S6, S112: imported before it exists, a request waits for its creation and approval, and becomes one order', async () => {
    single = await request('V-1');
    const { started } = JSON.parse(await command('import', single, '--by', 'A. Buyer', '--json')) as {
      started: string[];
    };
    assert.deepEqual(started, [`concur:emea:purchaserequest:${single}`]);
    await until(single, ({ request: { requestNumber } }) => requestNumber !== null);
    assert.deepEqual(writesTo('bc'), []);
    simulators.world.concur.company.approvePurchaseRequest(single, ['PO-1']);
    // The answer to the create is lost: the order is found and adopted.
    const fault = { system: 'bc', operation: 'purchaseOrders.create', kind: 'reset-after', times: 1 } as const;
    simulators.world.harness.faults.order(fault);
    const { orders: found, audit } = await inErp(single);
    assert.deepEqual(
      found.map(({ orderNumber, state }) => [orderNumber, state]),
      [['PO-1', 'open']],
    );
    assert.ok(audit.some(({ kind }) => kind === 'write'));
    assert.equal(writesTo('bc').length, 1, writesTo('bc').join('; '));
    assert.match(writesTo('bc')[0] ?? '', new RegExp(`CONCUR-PR:${single} applied`));
  });

  it('S6: imported again, alone or by a list, nothing is started and nothing is created', async () => {
    const list = join(folder, 'requests.csv');
    writeFileSync(list, `request_id,comment\n# of August\n${single},lenses\n`);
    const before = writesTo('bc');
    for (const what of [single, list]) {
      const result = JSON.parse(await command('import', what, '--by', 'A. Buyer', '--json')) as {
        known: number;
        started: string[];
      };
      assert.deepEqual([result.known, result.started], [1, []]);
    }
    await command('retry', single, '--by', 'A. Buyer');
    await inErp(single);
    assert.deepEqual(writesTo('bc'), before);
    await assert.rejects(command('import', 'no such file.csv', '--by', 'A. Buyer'), /neither a file nor the id/);
  });

  it('S6: a request of two suppliers becomes two orders, each with its own marker', async () => {
    const id = await request('V-1', 'V-2');
    await command('import', id, '--by', 'A. Buyer');
    await until(id, ({ request: { requestNumber } }) => requestNumber !== null);
    simulators.world.concur.company.approvePurchaseRequest(id, ['PO-2', 'PO-3']);
    const { orders: found } = await inErp(id);
    assert.equal(new Set(found.map(({ erpNumber }) => erpNumber)).size, 2);
    assert.deepEqual(
      writesTo('bc')
        .filter((write) => write.includes(id))
        .map((write) => write.split(' ').at(-1)),
      ['applied', 'applied'],
    );
  });

  it('S113, C17: a change in Concur is shown and decided by a person; nothing is edited on either side', async () => {
    const order = await orders.read({ number: 'PO-1' });
    await orders.update({ order: { ...order, lines: order.lines.map((line) => ({ ...line, quantity: '7' })) } });
    const before = [writesTo('bc'), writesTo('concur')];
    const { changes } = await until(single, (found) => found.changes.length > 0);
    assert.match(changes[0]?.sentences.join() ?? '', /quantity: 2 → 7/);
    assert.match(await command('changes'), /change \d+ of order PO-1, changed-in-concur, .*OPEN/);
    assert.ok((await openAlerts(db)).some(({ cause }) => cause.startsWith('purchase-order-changed')));
    await command('decide', changes[0]?.id ?? '', '--as', 'amended', '--by', 'A. Buyer', '--note', 'raised to 7');
    const decided = await until(single, (found) => found.changes[0]?.decision === 'amended');
    assert.equal(decided.changes[0]?.decidedBy, 'A. Buyer');
    assert.match(await command('changes'), /No change waits/);
    assert.deepEqual([writesTo('bc'), writesTo('concur')], before);
    await assert.rejects(command('decide', '999', '--as', 'amended', '--by', 'A. Buyer'), /no open change 999/);
  });

  it('S110: received and invoiced, the order ends its request; removed by a person, it is raised and Concur keeps it', async () => {
    const [{ erpNumber } = { erpNumber: null }] = (await story(single)).orders;
    act(erpNumber ?? '', 'receive');
    await until(single, ({ orders: [order] }) => order?.state === 'received');
    act(erpNumber ?? '', 'invoice');
    assert.equal((await until(single, ({ request: { outcome } }) => outcome !== null)).request.outcome, 'completed');
    const { orders: pair, request: two } = await story('PO-2');
    act(pair[0]?.erpNumber ?? '', 'delete');
    const before = writesTo('concur');
    const { changes } = await until(two.requestId, (found) => found.changes.length > 0);
    assert.equal(changes[0]?.kind, 'removed-in-erp');
    assert.equal((await orders.read({ number: 'PO-2' })).status, 'Transmitted');
    assert.deepEqual(writesTo('concur'), before);
    await command('ignore', two.requestId, '--reason', 'test', '--by', 'A. Buyer');
    assert.equal(
      (await until(two.requestId, ({ request: { outcome } }) => outcome !== null)).request.outcome,
      'ignored',
    );
  });

  it('S11, S111: Concur has seen no write of the connector, and both sides were spoken to rightly', () => {
    const { writes, violations } = simulators.world.harness.book.kept;
    // All of these are the buyer's.
    const purchasing = writesTo('concur').filter((write) => write.startsWith('purchase'));
    assert.deepEqual(
      purchasing.map((write) => write.split(' ')[0]),
      ['purchaseRequestCreate', 'purchaseRequestCreate', 'purchaseOrderUpdate'],
    );
    assert.deepEqual(violations, []);
    assert.deepEqual(
      writes.filter(({ outcome }) => outcome === 'repeat'),
      [],
    );
  });
});
