import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { examineInstallation } from '../../src/cli/doctor/doctor.js';
import type { AreaReport, Finding } from '../../src/cli/doctor/findings.js';
import { isHealthy } from '../../src/cli/doctor/report.js';
import type { Connections } from '../../src/config/load-connections.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { tokenKeeperWorkflowId } from '../../src/contracts/workflow-ids.js';
import { raiseAlert } from '../../src/store/alert-store.js';
import type { Database } from '../../src/store/database.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { createTokenStore } from '../../src/store/token-store.js';
import { bootstrap } from '../../src/temporal/bootstrap.js';
import { answer, serve } from '../clients/http-support.js';
import { masterData, openStage, type ConcurStage } from '../simulators/concur-stage.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { configFiles, validEnvironment } from '../unit/config-files.js';

const connection = 'emea';
const endpoint = 'https://hooks.example.com/concur/events/emea';

describe('the doctor, on a real server, a real database and a simulated Concur', () => {
  const ends: (() => Promise<void>)[] = [];
  let server: TestWorkflowEnvironment;
  let database: TestDatabase;
  let db: Database;
  before(async () => {
    server = await startTestTemporal({ searchAttributes: {} });
    ends.push(() => server.teardown());
    database = await testDatabase();
    ends.push(() => database.close());
    db = openDatabase(database.url);
    ends.push(() => db.end());
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** A company of the simulator behind a proxy that writes down what is sent, and the file that describes it. */
  async function company(t: TestContext): Promise<Company> {
    const stage = await openStage();
    t.after(() => stage.close());
    const { origin, received } = await serve(t, ({ method, url, headers, body }, response) => {
      const kept = ['authorization', 'content-type', 'accept', 'concur-correlationid'].flatMap((name) => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      const init = { method, headers: Object.fromEntries(kept), ...(method === 'GET' ? {} : { body }) };
      void fetch(`${stage.url}${url}`, init).then(async (given) => {
        answer(response, given.status, await given.text());
      });
    });
    const files = configFiles(t, [
      ['tokenUrl: https://glz.example', `tokenUrl: ${origin}`],
      ['7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11', masterData.companyUuid],
      ['clientId: concur-app', `clientId: ${masterData.clientId}`],
      [
        'clientSecret: { file: concur-secret }',
        `clientSecret: { env: CONCUR_SECRET }\n    events: { endpoint: "${endpoint}", dataCenter: "${origin}", subscriptionId: "doctor.test" }`,
      ],
    ]);
    const environment = {
      ...validEnvironment,
      CONCUR_SECRET: masterData.clientSecret,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: server.address,
    };
    const connections = loadConnections(files.path, environment);
    return {
      stage,
      connections,
      /** Stores the tokens of the simulated company as the keeper does. */
      connect: async () => {
        const grant = await stage.token();
        const now = new Date();
        const tokens = createTokenStore(db, createSealer(connections.encryptionKey.reveal()));
        await tokens.save(
          connection,
          {
            accessToken: grant.access_token,
            refreshToken: grant.refresh_token,
            issuedAt: now,
            accessExpiresAt: new Date(now.getTime() + Number(grant.expires_in) * 1_000),
            refreshExpiresAt: new Date(grant.refresh_expires_in * 1_000),
            geolocation: origin,
            scopes: grant.scope.split(' '),
          },
          { version: (await tokens.facts(connection))?.version ?? 0 },
        );
        return [grant.access_token, grant.refresh_token];
      },
      sent: () => received.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`),
      look: async (changes = {}) =>
        new Look(
          await examineInstallation({ config: files.path, connection, environment: { ...environment, ...changes } }),
        ),
    };
  }

  it('B7: before anything is set up, each missing thing is named with its remedy, and nothing is set up by looking', async (t) => {
    const { look } = await company(t);
    const first = await look();
    assert.equal(first.isHealthy, false);
    assert.match(first.of('database').found, /0001-initial\.sql/);
    assert.match(first.of('search attributes').found, /DocumentStage/);
    assert.match(first.of('schedules').found, /poll:emea:expense/);
    assert.match(first.of('token keeper').found, /does not run/);
    assert.equal(first.of('workers').status, 'warn');
    assert.match(first.of('schedules').remedy ?? '', /schedule\.js/);
    assert.match((await look()).of('database').found, /0001-initial\.sql/, 'looking does not migrate');

    await migrate(db);
    const second = await look();
    assert.equal(second.of('database').status, 'ok');
    assert.match(second.of('credentials').found, /never been connected/);
    assert.match(second.of('services').found, /Not asked/);
  });

  it('S127, S77, C19: a healthy installation is found healthy by reads alone, with both tokens, and nothing is changed on any side', async (t) => {
    const { stage, look, connections, connect, sent } = await company(t);
    await bootstrap(server.client, connections.file);
    const secrets = await connect();
    const before = await everything();
    const { id, filter, topic } = {
      id: 'doctor.test',
      topic: 'public.concur.financialintegration',
      filter: '^(cashadvance|expense|invoice)\\.readyForIntegration$',
    };
    stage.concur.events.state.subscriptions.push({
      id,
      filter,
      topic,
      endpoint,
      companyIds: [masterData.companyUuid],
      markedForDeletion: false,
    });
    const report = await look();

    const failures = report.all.filter(({ status }) => status === 'fail');
    assert.deepEqual(failures, []);
    assert.ok(report.isHealthy);
    for (const check of [
      'temporal',
      'search attributes',
      'schedules',
      'database',
      'token keeper',
      'credentials',
      'scopes',
      'clock',
      'app token',
      'event subscription',
      'event companies',
    ]) {
      assert.equal(report.of(check).status, 'ok', check);
    }
    assert.deepEqual(stage.violations(), []);
    assert.deepEqual(await everything(), before);
    const writes = sent().filter(
      (line) =>
        !line.startsWith('GET ') &&
        !/^POST \/(oauth2\/v0\/token|profile\/identity\/v4\.1\/Users\/\.search)$/.test(line),
    );
    assert.deepEqual(writes, []);
    assert.ok(sent().length >= 13, sent().join('\n'));
    assert.ok(!sent().some((line) => line.includes('/payments')), 'trap 23');
    const text = JSON.stringify(report.all);
    for (const secret of [...secrets, masterData.clientSecret, masterData.companyUuid])
      assert.ok(!text.includes(secret));
  });

  it('S31, B7: withheld scopes, a move, a revoked token and a missing topic each have their own message', async (t) => {
    const { stage, look, connect } = await company(t);
    stage.concur.tokens.change({ withheldScopes: ['FISVC', 'INVVEN'] });
    await connect();
    const withheld = await look();
    assert.equal(withheld.of('scope FISVC').status, 'fail');
    assert.match(withheld.of('Financial Integration v4, expense').found, /403.*FISVC/);
    assert.equal(withheld.of('Payment Request v3').status, 'ok');
    assert.match(withheld.of('app token').found, /does not show the topic/);
    assert.match(withheld.of('event subscription').found, /does not stand at Concur; 0 of 5/);

    stage.concur.tokens.change({ withheldScopes: [] });
    await connect();
    stage.concur.tokens.servedAt([stage.url, 'http://127.0.0.1:1']);
    stage.concur.tokens.move();
    const moved = await look();
    assert.match(moved.of('Financial Integration v4, expense').found, /company does not exist at this data centre/);
    assert.match(moved.of('Purchase Order v3').found, /company does not exist at this data centre/);
    stage.concur.tokens.move();
    stage.concur.tokens.revokeAccess();
    assert.match((await look()).of('Financial Integration v4, invoice').found, /\(401\)/);
    const { rows } = await db.query('select rejected_version from concur_tokens where connection = $1', [connection]);
    assert.deepEqual(rows, [{ rejected_version: 0 }], 'the doctor blames no token');
    assert.deepEqual(stage.violations(), []);
  });

  it('B7: paused schedules, open alerts, a pause of a connection and a dead keeper are told', async (t) => {
    const { look, connections } = await company(t);
    await bootstrap(server.client, connections.file);
    const poll = server.client.schedule.getHandle('poll:emea:expense');
    await poll.pause('month end');
    await server.client.workflow.getHandle(tokenKeeperWorkflowId(connection)).terminate('test');
    await raiseAlert(db, { cause: 'vendor-missing: fo/demf/employee/jane', message: 'No vendor for Jane.' });
    await db.query(`insert into throttles values ('connection:emea', now() + interval '1 hour')`);
    const report = await look();
    assert.match(report.of('schedules').found, /^Paused: poll:emea:expense\.$/);
    assert.match(report.of('token keeper').found, /is TERMINATED/);
    assert.match(report.of('alerts').found, /^1 open: vendor-missing \(1\)\.$/);
    assert.match(report.of('pauses').found, /connection:emea until/);
    assert.match(report.of('Financial Integration v4, expense').found, /asked for a pause/);
    assert.doesNotMatch(JSON.stringify(report.all), /[Jj]ane/);
    await poll.unpause();
    await bootstrap(server.client, connections.file);
    await db.query('delete from throttles');
  });

  it('B7: the two servers that are away do not hide what the others say', async (t) => {
    const { look } = await company(t);
    const noTemporal = await look({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.equal(noTemporal.of('temporal').status, 'fail');
    assert.equal(noTemporal.of('database').status, 'ok');
    assert.ok(noTemporal.all.some(({ check }) => check === 'Vendors v3.1'));
    const noDatabase = await look({ DATABASE_URL: 'postgres://scott:tiger@127.0.0.1:1/connector' });
    assert.equal(noDatabase.of('database').status, 'fail');
    assert.equal(noDatabase.of('temporal').status, 'ok');
    assert.doesNotMatch(JSON.stringify(noDatabase.all), /tiger/);
  });

  /** All that the doctor could have changed in our own store. */
  async function everything(): Promise<unknown[]> {
    const tables = [
      'concur_tokens',
      'concur_request_tokens',
      'alerts',
      'audit',
      'concur_events',
      'throttles',
      'watermarks',
    ];
    return Promise.all(tables.map(async (table) => (await db.query(`select * from ${table}`)).rows));
  }
});

interface Company {
  stage: ConcurStage;
  connections: Connections;
  /** Answers the secrets that were stored. */
  connect: () => Promise<string[]>;
  sent: () => string[];
  look: (changes?: Record<string, string>) => Promise<Look>;
}

class Look {
  readonly all: Finding[];
  readonly isHealthy: boolean;

  constructor(reports: AreaReport[]) {
    this.all = reports.flatMap(({ findings }) => findings);
    this.isHealthy = isHealthy(reports);
  }

  of(check: string): Finding {
    const found = this.all.find((finding) => finding.check === check);
    assert.ok(found, `${check} is not among ${this.all.map((each) => each.check).join(', ')}`);
    return found;
  }
}
