import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Stall } from '../../simulators/harness/fault-types.js';
import type { Journal, PostedErpDocument, RemoteWrite } from '../../simulators/harness/types.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import type { GeneratedDocument } from '../../src/sandbox/generate-documents.js';
import { copyOf, exampleDocuments, feedBody, writeDocumentFiles, type ExampleName } from './example-documents.js';
import { check, RunningSandbox, temporaryFolder } from './sandbox-process.js';

/** Below the connector's own limit of 60 s per call, so that a caught call is ended by the kill and by nothing else. */
const caughtLimitMs = 55_000;

type Target = readonly [system: Stall['system'], operation: string, what: string];

/**
 * Three kills, each in the middle of several remote writes: the work is done on the other side, no answer has left. Not more
 * than three calls of one ERP are caught at a time, because a fourth would take the last slot of its connection.
 */
const atDiscovery: Target = ['concur', 'acknowledgements', 'acknowledgement of a document'];
const firstWave: Target[] = [
  ['fo', 'LedgerJournalHeaders.create', 'F&O: journal header'],
  ['fo', 'VendInvoiceJournalHeaders.create', 'F&O: header of a vendor invoice journal'],
  ['fo', 'batch', 'F&O: change set with a whole journal'],
  ['bc', 'journals.create', 'Business Central: journal with its lines'],
  ['bc', 'purchaseInvoices.post', 'Business Central: posting of a purchase invoice'],
];
const secondWave: Target[] = [
  ['fo', 'batch', 'F&O: change set with the lines of a journal'],
  ['bc', 'journals.post', 'Business Central: posting of a journal'],
  ['bc', 'purchaseInvoices.create', 'Business Central: purchase invoice'],
];
const thirdWave: Target[] = [
  ['concur', 'postingconfirmations', 'posting confirmation'],
  ['concur', 'paymentconfirmations', 'payment confirmation'],
  ['concur', 'bulkUpdate', 'payment of an invoice'],
];

describe('the worker is killed between the commit of a remote write and its answer', () => {
  const folder = temporaryFolder();
  const { examples, all: originals, plan } = exampleDocuments(21);
  const copies: { original: GeneratedDocument; copy: GeneratedDocument }[] = [];
  /** Writes whose answers went down with the worker, by system and operation of the caught call. */
  const lost = new Map<string, RemoteWrite[]>();
  const ends: (() => Promise<void>)[] = [];
  let sandbox: RunningSandbox;
  let journal: Journal;

  before(async () => {
    const documents = writeDocumentFiles(folder.path, originals);
    sandbox = await RunningSandbox.start(`${folder.path}/state`, ['--documents', documents, '--erp', 'both']);
    ends.push(() => sandbox.stop());
    await sandbox.settled(originals.length);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
    folder.remove();
  });

  async function feed(...names: ExampleName[]): Promise<void> {
    const fresh = names.map((name) => ({ original: examples[name], copy: copyOf(examples[name]) }));
    copies.push(...fresh);
    const expected = fresh.map(({ original, copy }) => [copy.id, plan.expected[original.id] ?? '']);
    const body = feedBody(
      fresh.map(({ copy }) => copy),
      Object.fromEntries(expected) as Record<string, string>,
    );
    await sandbox.control('POST', '/concur/documents', body);
  }

  const order = (targets: Target[]): Promise<Stall[]> =>
    Promise.all(targets.map(([system, operation]) => sandbox.stall(system, operation)));

  /** Waits until each stall holds so many calls. */
  async function holding(stalls: Stall[], calls: 0 | 1): Promise<void> {
    const others = async (): Promise<string[]> => {
      const now = await Promise.all(stalls.map(({ id }) => sandbox.control<Stall>('GET', `/stalls/${id}`)));
      return now.filter((stall) => stall.caught !== calls).map(({ system, operation }) => `${system} ${operation}`);
    };
    let last: string[] = [];
    await waitUntil(async () => ((last = await others()).length === 0 ? true : undefined), {
      ...{ limitMs: caughtLimitMs, everyMs: 100 },
      onLimit: () => new Error(`not ${calls} call in the stalls of ${last.join(', ')}`),
    });
  }

  async function killInTheMiddle(stalls: Stall[]): Promise<void> {
    const { writes } = await sandbox.journal();
    for (const stall of stalls) {
      const unanswered = writes.filter((write) => isOf(write, stall));
      const call = `${stall.system} ${stall.operation}`;
      lost.set(call, [...(lost.get(call) ?? []), ...unanswered]);
    }
    await sandbox.killWorker();
    // Only now have the connections broken: no answer can leave any more.
    await holding(stalls, 0);
    await Promise.all(stalls.map(({ id }) => sandbox.control('DELETE', `/stalls/${id}`)));
  }

  it('M3: first kill, with an acknowledgement, journals and a posting on their way', async () => {
    await sandbox.control('POST', '/pause', { batch: true, payments: true });
    const [acknowledgement] = await order([atDiscovery]);
    assert.ok(acknowledgement);
    await feed('foStrongReport');
    await holding([acknowledgement], 1);
    const writes = await order(firstWave);
    await feed('foReport', 'foInvoice', 'foStrongReport', 'bcReport', 'bcInvoice');
    await holding([acknowledgement, ...writes], 1);
    await killInTheMiddle([acknowledgement, ...writes]);
  });

  it('M3: second kill, with lines, a journal posting and a purchase invoice on their way', async () => {
    const writes = await order(secondWave);
    await feed('foReport', 'foInvoice', 'bcReport', 'bcOtherReport', 'bcInvoice');
    await holding(writes, 1);
    await killInTheMiddle(writes);
  });

  it('M3: third kill, with the confirmations to Concur and a token refresh on their way', async () => {
    await waitUntil(
      async () => {
        const open = (await sandbox.documents()).filter(({ outcome }) => outcome === null);
        const isThere = open.every(({ stage }) => stage === 'in-erp' || stage === 'awaiting-payment');
        return isThere && open.length === copies.length ? true : undefined;
      },
      { limitMs: 120_000, onLimit: () => new Error('the documents did not recover from the second kill') },
    );
    const confirmations = await order(thirdWave);
    await sandbox.control('POST', '/pause', { batch: false, payments: false });
    await holding(confirmations, 1);
    const refresh = await sandbox.stall('concur', 'token');
    await sandbox.control('POST', '/faults', { system: 'concur', operation: '*', kind: 'token-expired' });
    await holding([...confirmations, refresh], 1);
    await killInTheMiddle([...confirmations, refresh]);
  });

  it('M3 S116: every document reaches its end', async () => {
    const rows = await sandbox.settled(originals.length + copies.length);
    const unpaid = rows.filter(({ outcome }) => outcome !== 'paid');
    assert.deepEqual(unpaid, []);
    journal = await sandbox.journal();
    assert.equal(journal.kills.length, 3);
  });

  for (const [system, operation, what] of [atDiscovery, ...firstWave, ...secondWave, ...thirdWave]) {
    it(`S65 S81 S116: ${what}: done once although the answer was lost`, () => {
      const unanswered = lost.get(`${system} ${operation}`) ?? [];
      assert.ok(unanswered.length > 0, 'a write was caught after its commit');
      for (const { key, operation: name, seq } of unanswered) {
        const same = journal.writes.filter(
          (each) => each.system === system && each.operation === name && each.key === key,
        );
        assert.equal(same.find((each) => each.seq === seq)?.answeredAt, undefined, `${key} was answered after all`);
        assert.equal(same.filter(({ outcome }) => outcome === 'applied').length, 1, JSON.stringify(same));
      }
    });
  }

  it('S24 S116: the refresh of the Concur token is asked for again and the connection stays alive', async () => {
    assert.equal(journal.calls['concur']?.['token'], 3, 'request token, lost refresh, refresh');
    const rows = await sandbox.query<{ version: number; rejected: number; parked: string | null }>(
      'select version, rejected_version as rejected, parked_reason as parked from concur_tokens',
    );
    assert.deepEqual(rows, [{ version: 2, rejected: 1, parked: null }]);
  });

  it('M3: the ERP documents are the same as those of the undisturbed run', () => {
    for (const { original, copy } of copies) {
      const disturbed = entriesOf(journal, copy.id);
      assert.equal(disturbed.length, 1, `${copy.id} is posted once`);
      assert.deepEqual(disturbed, entriesOf(journal, original.id));
    }
  });

  it('S79 S83: the checker finds nothing twice, nothing missing and no broken rule', async () => {
    const report = await check(journal);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.duplicates, []);
    assert.deepEqual(report.violations, []);
    assert.equal(report.erpDocuments.fo + report.erpDocuments.bc, originals.length + copies.length);
    assert.deepEqual(journal.unposted, []);
  });
});

/**
 * Unanswered writes of a caught call. An envelope counts by what is in it: in F&O the whole journal of the company in strong
 * mode, or the lines of another one, in Business Central the journal lines.
 */
function isOf(write: RemoteWrite, { system, operation }: Stall): boolean {
  if (write.system !== system || write.answeredAt !== undefined) return false;
  const isStrong = system === 'fo' && write.key.startsWith('camf/');
  if (operation !== 'batch') return write.operation === operation && !isStrong;
  return system === 'fo'
    ? isStrong || write.operation.endsWith('JournalLines.create')
    : write.operation === 'journalLines.create';
}

/** What was posted for a Concur document: account, amount and dimensions of each entry, one list per ERP document. */
function entriesOf(journal: Journal, fiId: string): unknown[] {
  const confirmed = journal.concur.find(({ id }) => id === fiId)?.postingDocs ?? [];
  return confirmed.map(({ companyId, documentNumber }) => {
    const isSame = (posted: PostedErpDocument): boolean =>
      posted.company.startsWith(companyId) && posted.documentNumber === documentNumber;
    const entries = journal.posted.find(isSame)?.entries ?? [];
    return entries.map(({ account, amount, dimensions }) => JSON.stringify({ account, amount, dimensions })).sort();
  });
}
