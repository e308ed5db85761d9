import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { pino } from 'pino';
import { createErpActivities } from '../../src/activities/erp.js';
import type { ErpDependencies } from '../../src/activities/dependencies.js';
import { connectErp } from '../../src/composition/erp-connection.js';
import { assembleParts } from '../../src/composition/parts.js';
import { type ConnectionsFile, connectionsFileSchema } from '../../src/config/connections-schema.js';
import type { FoConnection } from '../../src/config/fo-schema.js';
import type { Connections } from '../../src/config/load-connections.js';
import { Secret } from '../../src/config/secrets.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, openStage, stand } from './stage.js';

/** A real F&O host as its own texts would name it, beside the one that the test listens on. */
const host = 'contoso-prod.operations.eu.dynamics.com';
const clientSecret = 'the-client-secret-of-the-test';
const token = 'header.payload-of-the-test.signature';

let stage: Stage;
let address: string;
/** What F&O answers to every call after the token. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const authorities: string[] = [];
const paths = new Set<string>();
const server = createServer((request, response) => {
  if (request.url?.endsWith('/oauth2/v2.0/token') === true) {
    request.on('data', (chunk: Buffer) => authorities.push(chunk.toString()));
    request.on('end', () => response.end(JSON.stringify({ access_token: token, expires_in: 3_600 })));
    return;
  }
  paths.add(request.url?.replace(/\?.*/, '') ?? '');
  request.resume().on('end', () => {
    answer(request, response);
  });
});

before(async () => {
  stage = await openStage();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await stage.close();
});

const timings = { foLookAgainSeconds: [30], throttledWaitSeconds: 1, paymentOverlapSeconds: 900 };

/** The connection as the composition builds it, with everything that it writes to its log. */
function connected(): { deps: ErpDependencies; log: () => string } {
  const lines: string[] = [];
  const logger = pino(
    { level: 'trace' },
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  const fo = connectionsFileSchema.shape.erp.parse([
    {
      name: 'fo-test',
      kind: 'dynamics-fo',
      baseUrl: `http://${address}`,
      authority: `http://${address}`,
      tenant: 'tenant-of-the-test',
      clientId: 'client',
      clientSecret: { env: 'X' },
      companies: [
        {
          company: 'demf',
          currency: 'EUR',
          journalNames: { expense: 'CNQREXP', cashadvance: 'CNQREXP', invoice: 'CNQREXP' },
          mapping: { vendors: {}, employees: {}, accounts: {} },
        },
      ],
    },
  ])[0] as FoConnection;
  const connections = {
    file: { timings, erp: [fo] } as unknown as ConnectionsFile,
    clientSecrets: { 'fo-test': new Secret(clientSecret) },
  } as unknown as Connections;
  const parts = assembleParts({
    connections,
    db: stage.db,
    leases: stage.leases,
    logger,
    stopping: new AbortController().signal,
  });
  return { deps: connectErp(parts, fo), log: () => lines.join('\n') };
}

async function given(name: string, state: 'planned' | 'written'): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  await stand(stage.db, document, state, journal(name));
  return document;
}

/** Everything that a person, an export or a backup could read. */
async function everythingStored(): Promise<string> {
  const { rows } = await stage.db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const tables = [];
  for (const { name } of rows) tables.push((await stage.db.query(`select * from "${name}"`)).rows);
  return JSON.stringify(tables);
}

/** What Temporal keeps of a failure, causes and stacks included. */
const inHistory = (thrown: unknown): string =>
  JSON.stringify(defaultFailureConverter.errorToFailure(thrown, defaultPayloadConverter), (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );

const infolog = `Write failed for table row of type 'E'. Infolog: Error: Refused, see https://${host}/?cmp=demf and ${host}.`;
const failures: [name: string, answer: typeof answer][] = [
  [
    '400 with the address in its text',
    (_, response) => send(response, 400, { error: { innererror: { message: infolog } } }),
  ],
  [
    '404 of the router',
    (request, response) =>
      send(response, 404, {
        Message: `No HTTP resource was found that matches the request URI 'https://${host}${request.url ?? ''}'.`,
      }),
  ],
  [
    'a field that is not there',
    (_, response) =>
      send(response, 400, {
        error: { message: `Could not find a property named 'X' on type 'T'. https://${host}/data` },
      }),
  ],
  ['401 for ever', (_, response) => send(response, 401, { Message: `https://${host} refuses the token` })],
  ['403', (_, response) => send(response, 403, { error: { message: `https://${host} says no` } })],
  ['429 with a long wait', (_, response) => send(response, 429, { error: { message: host } }, { 'retry-after': '3' })],
  ['500 with a page', (_, response) => response.writeHead(500).end(`<html>${host} ${address}</html>`)],
  ['a dropped connection', (request) => request.socket.destroy()],
  [
    'malformed JSON',
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`{"${host}"`),
  ],
  [
    'a next page elsewhere',
    (_, response) => send(response, 200, { value: [], '@odata.nextLink': `https://${host}/data/Other` }),
  ],
  ['a redirect', (_, response) => response.writeHead(302, { location: `https://${host}/login` }).end()],
];

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const secrets = (): string[] => [host, address, clientSecret, token, 'payload-of-the-test'];

function assertMasked(where: string, output: string): void {
  for (const secret of secrets())
    assert.ok(!output.includes(secret), `${where} shows ${secret}: ${output.slice(0, 2_000)}`);
}

test('S36: a failing call to a real address leaves no host in errors, Temporal history, logs, alerts, holds, or any table', async () => {
  const { deps, log } = connected();
  for (const [name, failing] of failures) {
    answer = failing;
    const document = await given(name, 'planned');
    const activities = createErpActivities(deps);
    const works: (() => Promise<unknown>)[] = [
      () => activities.checkMasterDataInErp({ documentId: document.id }),
      () => activities.postToErp({ documentId: document.id, part: 1 }),
      () => activities.readPostingsFromErp({ company: 'demf' }),
    ];
    for (const work of works) {
      // The tenth attempt in a row is told to people as well.
      const result = await inActivity(work, { attempt: 10 }).catch(inHistory);
      assertMasked(`the answer to ${name}`, JSON.stringify(result));
      await stage.db.query('delete from throttles');
    }
  }
  assert.ok(
    authorities.length > 0 &&
      authorities.every((form) => form.includes(encodeURIComponent(`http://${address}/.default`))),
    'S34',
  );
  const stored = await everythingStored();
  assert.match(stored, /see \(address\) and \(host\)/, 'the refusal itself has arrived');
  assertMasked('the database', stored);
  assert.match(log(), /VendorsV3\.read/, 'calls are logged');
  assertMasked('the log', log());
});

test('S36: the words of F&O about a journal that it does not post name no host either', async () => {
  const { deps } = connected();
  const document = await given('refused', 'written');
  const number = `J-${journal('refused').keySeed.slice(0, 6)}`;
  answer = (request, response) => {
    const value = request.url?.startsWith('/data/LedgerJournalTableBiEntities')
      ? [
          {
            dataAreaId: 'demf',
            JournalNum: number,
            NumOfLines: 3,
            Log: `Error: See https://${host}/?mi=Log on ${host}.`,
          },
        ]
      : [{ dataAreaId: 'demf', JournalBatchNumber: number, JournalName: 'C', Description: 'D', IsPosted: 'No' }];
    send(response, 200, { value });
  };
  const result = await inActivity(() => createErpActivities(deps).checkPostingInErp({ documentId: document.id }));
  assert.ok(result.status === 'hold' && /See \(address\) on \(host\)/.test(result.hold.message));
  assertMasked('the database', await everythingStored());
});

test('S36: a host that nobody answers at is masked too', async () => {
  const { deps } = connected();
  const document = await given('nobody', 'planned');
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  const failed = await inActivity(() => createErpActivities(deps).checkMasterDataInErp({ documentId: document.id }), {
    attempt: 10,
  }).catch(inHistory);
  assert.match(JSON.stringify(failed), /could not reach the service/);
  assertMasked('the failure', JSON.stringify(failed));
  assertMasked('the database', await everythingStored());
});

test('S37: every call to an environment goes to its own host below /data, and to no other before the host is allowed', async () => {
  assert.ok(paths.size > 3);
  for (const path of paths) assert.match(path, /^\/data\/(?:\w+|\$batch)$/);
  const fo = (baseUrl: string) => {
    const parts = { connections: { file: { timings } } } as unknown as Parameters<typeof connectErp>[0];
    const connection = {
      kind: 'dynamics-fo',
      name: 'fo',
      baseUrl,
      hostAllow: [`^https://${host}$`],
      entitySets: {},
      companies: [],
    };
    return () => connectErp(parts, connection as unknown as FoConnection);
  };
  for (const wrong of [
    `http://${host}`,
    `https://evil.example/${host}`,
    `https://${host}.evil.example`,
    `https://${host}:8443`,
  ]) {
    assert.throws(fo(wrong), (error: Error) => {
      assert.equal(error.name, 'HostNotAllowed');
      assertMasked('the refusal', error.message);
      return true;
    });
  }
});

test('S48: a misspelt replacement of an entity set stops the start with the names that count', () => {
  const parts = { connections: { file: { timings } } } as unknown as Parameters<typeof connectErp>[0];
  const connection = {
    ...{ kind: 'dynamics-fo', name: 'fo', baseUrl: `http://${address}`, hostAllow: [], companies: [] },
    entitySets: { VendTransactions: 'MyVendTrans' },
  };
  assert.throws(
    () => connectErp(parts, connection as unknown as FoConnection),
    /names VendTransactions.*VendTransBiEntities/s,
  );
});
