import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import type { ProcessDocumentResult } from '../../src/contracts/steps.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { businessIdOf, copyOf, exampleDocuments, feedBody, writeDocumentFiles } from './example-documents.js';
import { check, cli, RunningSandbox, startProgram, temporaryFolder, type DocumentRow } from './sandbox-process.js';
import { leaksIn, secretsOf } from './sandbox-secrets.js';
import { resetTo, workflowTasksOf } from './workflow-reset.js';

const mostEvents = 60;
const mostBytes = 30_000;
const eventsPerFurtherPayment = 11;
const waiting = 3;

interface Listed {
  workflowId: string;
  fiId: string;
  businessId: string;
  holdReason: string | null;
  outcome: string | null;
}

/** Everything that an operator does, in one running sandbox with both ERPs. */
describe('operating a running sandbox', () => {
  const folder = temporaryFolder();
  const { examples, all: originals, plan } = exampleDocuments(21);
  const newcomer = 'NEW-4711';
  const held = Array.from({ length: waiting }, () => copyOf(examples.foReport, newcomer));
  const vendorKey = `fo/gbsi/employee/${newcomer}`;
  const vendorNumber = plan.masterData.fo.companies.find(({ company }) => company === 'gbsi')?.vendors.at(-1)?.account;
  const ends: (() => Promise<void>)[] = [];
  let sandbox: RunningSandbox;
  let client: Client;

  before(async () => {
    const documents = writeDocumentFiles(folder.path, originals);
    sandbox = await RunningSandbox.start(`${folder.path}/state`, ['--documents', documents, '--erp', 'both']);
    ends.push(() => sandbox.stop());
    const connection = await Connection.connect({ address: sandbox.ready.temporalAddress });
    ends.push(() => connection.close());
    client = new Client({ connection });
    await sandbox.settled(originals.length);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
    folder.remove();
  });

  const rowOf = async (fiId: string): Promise<DocumentRow> => {
    const row = (await sandbox.documents()).find((each) => each.fiId === fiId);
    assert.ok(row, `${fiId} is known`);
    return row;
  };

  it(`S106: an undisturbed document ends with ${mostEvents} events and ${mostBytes} bytes of history at most`, async (t) => {
    const parts = await sandbox.query<{ id: string; count: string }>(
      'select document_id as id, count(*) from settlements group by document_id',
    );
    for (const erp of ['fo', 'bc']) {
      const events: number[] = [];
      for (const [name, { id: fiId }] of Object.entries(examples).filter(([each]) => each.startsWith(erp))) {
        const { id } = await rowOf(fiId);
        const { historyLength, historySize = 0 } = await client.workflow.getHandle(id).describe();
        const furtherPayments = Number(parts.find((each) => each.id === id)?.count ?? 1) - 1;
        t.diagnostic(`${name}: ${historyLength} events, ${historySize} bytes, ${furtherPayments} further payments`);
        assert.ok(historySize > 1_000 && historySize <= mostBytes, `${name}: ${historySize} bytes`);
        events.push(historyLength - furtherPayments * eventsPerFurtherPayment);
      }
      const typical = events.sort((left, right) => left - right)[Math.floor(events.length / 2)];
      assert.ok(typical !== undefined && typical > 10 && typical <= mostEvents, `${erp}: ${events.join(', ')} events`);
    }
  });

  it('S86 S87 S91: documents of an unknown employee hold with one alert, and the list shows them', async () => {
    await sandbox.control('POST', '/concur/documents', feedBody(held));
    await sandbox.settled(originals.length + waiting);
    const { code, stdout, stderr } = await cli('documents', 'list', '--json', '--config', sandbox.config);
    assert.equal(code, 0, stderr);
    const listed = JSON.parse(stdout) as Listed[];
    assert.equal(listed.length, originals.length + waiting);
    const onHold = listed.filter(({ holdReason }) => holdReason !== null);
    assert.deepEqual(onHold.map(({ fiId }) => fiId).sort(), held.map(({ id }) => id).sort());
    assert.deepEqual([...new Set(onHold.map(({ holdReason }) => holdReason))], ['vendor-missing']);
    const alerts = await sandbox.query<{ cause: string; documents: number }>(
      'select cause, cardinality(document_ids) as documents from alerts where cleared_at is null',
    );
    assert.deepEqual(alerts, [{ cause: `vendor-missing: ${vendorKey}`, documents: waiting }]);
  });

  it('S114: show tells the story of a document found by the number that people know', async () => {
    const [first] = held;
    assert.ok(first);
    const json = await cli('documents', 'show', businessIdOf(first), '--json', '--config', sandbox.config);
    assert.equal(json.code, 0, json.stderr);
    const [story] = JSON.parse(json.stdout) as { document: { fiId: string }; audit: { kind: string }[] }[];
    assert.ok(story);
    assert.equal(story.document.fiId, first.id);
    assert.ok(story.audit.length > 2);
    const text = await cli('documents', 'show', businessIdOf(first), '--config', sandbox.config);
    assert.match(text.stdout, /ON HOLD vendor-missing: /);
    assert.ok(text.stdout.includes(newcomer));
    const unknown = await cli('documents', 'show', 'NO-SUCH-NUMBER', '--config', sandbox.config);
    assert.deepEqual(
      { code: unknown.code, stderr: unknown.stderr },
      { code: 2, stderr: 'No document has the number NO-SUCH-NUMBER.\n' },
    );
  });

  it('S89: an answer to a question that no document asks is refused', async () => {
    const args = ['E00001', '--by', 'the test', '--config', sandbox.config];
    const { code, stderr } = await cli('documents', 'resolve-vendor', 'fo/gbsi/employee/NOBODY', ...args);
    assert.deepEqual({ code, stderr }, { code: 2, stderr: 'No document waits for fo/gbsi/employee/NOBODY.\n' });
  });

  it('S89 S90: one answer frees every document that waits for the same person; each is posted once', async () => {
    const args = ['--by', 'the test', '--note', 'same person', '--config', sandbox.config];
    const answer = await cli('documents', 'resolve-vendor', vendorKey, vendorNumber ?? '', ...args);
    assert.equal(answer.code, 0, answer.stderr);
    assert.match(answer.stdout, new RegExp(`${vendorKey}\\b.*\\b${waiting}\\b.*document`));
    await waitUntil(
      async () => {
        const rows = await sandbox.documents();
        return rows.every(({ outcome }) => outcome === 'paid') ? true : undefined;
      },
      { limitMs: 180_000, everyMs: 300, onLimit: () => new Error('not all of the held documents were paid') },
    );
    const journal = await sandbox.journal();
    const report = await check(journal);
    assert.deepEqual(report.problems, []);
    for (const { id } of held) {
      const document = journal.concur.find((each) => each.id === id);
      assert.equal(document?.postingDocs.length, 1);
    }
    const alerts = await sandbox.query('select cause from alerts where cleared_at is null');
    assert.deepEqual(alerts, []);
  });

  it('S21: a request token that is empty, or for a connection that nobody declared, is refused with 2', async () => {
    const enter = (token: string, connection: string) => {
      const args = ['credentials', 'concur', '--connection', connection, '--config', sandbox.config];
      return startProgram('src/cli/main.js', args, token).ended;
    };
    const [empty, unknown] = await Promise.all([enter('\n', 'sandbox'), enter('x\n', 'acme')]);
    assert.deepEqual([empty.code, unknown.code], [2, 2]);
    assert.match(empty.stderr, /^The request token is empty\./);
    assert.match(unknown.stderr, /There is no Concur connection acme; the file names sandbox\./);
  });

  it('S118: a finished document, reset to each of its workflow tasks, ends as before without any remote write', async (t) => {
    const resolved = held[0];
    assert.ok(resolved);
    const { foReport, bcInvoice } = examples;
    const chosen = { foReport, bcInvoice, resolved };
    const before = await sandbox.journal();
    const resets = Object.entries(chosen).map(async ([name, { id }]) => {
      const row = await rowOf(id);
      const handle = client.workflow.getHandle(row.id);
      const first = (await handle.result()) as ProcessDocumentResult;
      const { runId } = await handle.describe();
      const tasks = await workflowTasksOf(client, row.id, runId);
      t.diagnostic(`${name}: ${tasks.length} workflow tasks`);
      assert.ok(tasks.length > 5);
      for (const eventId of tasks) {
        const { outcome, erpDocuments } = await resetTo(client, { workflowId: row.id, runId, eventId });
        const place = `${name}, reset to event ${eventId.toString()}`;
        assert.deepEqual({ outcome, erpDocuments }, { outcome: 'paid', erpDocuments: first.erpDocuments }, place);
      }
    });
    for (const reset of await Promise.allSettled(resets)) if (reset.status === 'rejected') throw reset.reason;
    const now = await sandbox.journal();
    assert.deepEqual(now.writes, before.writes);
    assert.deepEqual(now.posted, before.posted);
    assert.deepEqual(now.concur, before.concur);
    assert.deepEqual((await check(now)).problems, []);
    assert.ok((await sandbox.documents()).every(({ outcome }) => outcome === 'paid'));
  });

  it('S32: no history, no table and no log holds a secret', async (t) => {
    const secrets = secretsOf(sandbox.state);
    const names = secrets.map(({ name }) => name);
    for (const name of ['request token', 'concur-client-secret', 'encryption-key', 'access token', 'refresh token']) {
      assert.ok(names.includes(name), name);
    }
    const { leaks, searched } = await leaksIn(sandbox, client, secrets);
    t.diagnostic(`searched ${searched.histories} histories, ${searched.rows} rows and ${searched.logs} logs`);
    assert.ok(searched.histories > 20 && searched.rows > 100 && searched.logs >= 3);
    assert.deepEqual(leaks, []);
  });
});
