import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { masterDataNeeds } from '../../src/activities/master-data.js';
import type { PlannedErpDocument } from '../../src/store/erp-document-store.js';
import { Rejected } from '../../src/clients/http/errors.js';
import { company, documents, simulatedBc } from './bc-simulated.js';
import { MemoryWrites } from './fo-memory.js';

const signal = new AbortController().signal;
const seed = '6D0A1F3C9E7B4A52';
const invoiceRoute = 'bc-purchase-invoice';
const journalRoute = 'bc-general-journal';

/** A fault that shows only when Business Central posts, and what the document is held with. */
const atPosting = [
  { fault: { 'approval-workflow': true }, code: 'erp-refused', says: /workflow .* must release the document first/ },
  { fault: { 'confirm-dialog': true }, code: 'erp-refused', says: /asks a person for confirmation/ },
  { fault: { 'vendor-posting-group-missing': '20000' }, code: 'erp-refused', says: /posting group is missing/ },
  { fault: { 'no-posting-number-series': true }, code: 'erp-refused', says: /Nos\. must have a value/ },
];

describe('Refusals of the simulated Business Central', () => {
  for (const { fault, code, says } of atPosting) {
    it(`S100: ${Object.keys(fault).join()} holds with a sentence, and posts once it is mended`, async () => {
      const { simulated, port } = simulatedBc();
      const make = documents[invoiceRoute]!;
      simulated.bc.changeSetUpFaults(fault);
      const writes = new MemoryWrites();
      await assert.rejects(
        port.write(make(seed), writes.context),
        (error) => error instanceof Rejected && error.code === code && says.test(error.message),
      );
      assert.equal(simulated.bc.posted().length, 0);
      simulated.bc.changeSetUpFaults(Object.fromEntries(Object.keys(fault).map((name) => [name, false])));
      assert.equal((await port.write(make(seed), writes.context)).posting.state, 'posted');
      assert.deepEqual([simulated.bc.posted().length, simulated.bc.unposted().length], [1, 0]);
      assert.deepEqual([simulated.violations, simulated.repeats], [[], []]);
    });
  }

  for (const route of [journalRoute, invoiceRoute]) {
    it(`trap 23: a closed period holds a ${route} before anything is written`, async () => {
      const { simulated, http, port } = simulatedBc();
      simulated.bc.changeSetUpFaults({ 'period-closed': true });
      await assert.rejects(port.write(documents[route]!(seed), new MemoryWrites().context), { code: 'period-closed' });
      assert.equal(http.writes, 0);
    });

    it(`S94, S99: a mandatory dimension and a blocked account are found before a ${route} is written`, async () => {
      const { simulated, port } = simulatedBc();
      const document = documents[route]!(seed);
      const bare = { ...document, lines: document.lines.map((line) => ({ ...line, dimensions: [] })) };
      const [needs] = masterDataNeeds([{ company, document: bare } as unknown as PlannedErpDocument]);
      assert.deepEqual(await port.checkMasterData(needs!, signal), []);
      simulated.bc.changeSetUpFaults({ 'account-blocked': '8420' });
      makeMandatory(simulated, '8430');
      // Good news about accounts is kept for a minute: another adapter asks anew.
      const findings = await simulatedBc(simulated).port.checkMasterData(needs!, signal);
      const found = findings.map(({ message }) => message);
      assert.ok(
        found.some((message) => /8430 requires a value of dimension DEPARTMENT/.test(message)),
        found.join(),
      );
      assert.ok(
        found.some((message) => /8420 is blocked/.test(message)),
        found.join(),
      );
    });
  }

  it('trap 9: a journal that a posting number series has renumbered is named and not posted again', async () => {
    const { simulated, port } = simulatedBc();
    simulated.bc.changeSetUpFaults({ 'journal-number-series': true });
    const writes = new MemoryWrites();
    writes.patience = true;
    const make = documents[journalRoute]!;
    const first = await port.write(make(seed), writes.context);
    assert.equal(first.posting.state, 'waiting');
    await assert.rejects(port.write(make(seed), writes.context), /number series/);
    const [state] = await port.findPostings(
      company,
      [{ documentId: 'd', document: make(seed), keys: first.keys }],
      signal,
    );
    assert.ok(state?.state === 'missing' && /number series/.test(state.reason));
    assert.equal(simulated.bc.posted().length, 1);
  });
});

/** A clerk makes the first dimension mandatory on an account. */
function makeMandatory({ bc }: ReturnType<typeof simulatedBc>['simulated'], number: string): void {
  const defaultDimensions = [{ dimension: 'DEPARTMENT', validation: 'Code Mandatory' as const }];
  const account = { number, displayName: 'Travel', role: 'cost' as const, defaultDimensions };
  bc.loadMasterData({
    companies: [{ name: company, currency: 'GBP', vendors: [], accounts: [account], dimensions: [] }],
  });
}
