import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { createErpActivities } from '../../src/activities/erp.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import { fakeConcur, systemId } from './fake-concur.js';
import { fakeErp } from './fake-erp.js';
import { fakeTemporal } from './fake-temporal.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, onlyRow, openStage, stand, documentDependencies } from './stage.js';

/**
 * A database per test file, new remote systems per test, and the calls that the workflow makes for a document that has to leave.
 * Registers its hooks with the test file that calls it.
 */
export function useLeaving() {
  let opened: Stage | undefined;
  const stageNow = (): Stage => {
    if (!opened) throw new Error('the stage is used before it is set');
    return opened;
  };
  let [erp, concur, temporal] = [fakeErp(), fakeConcur(), fakeTemporal()];
  before(async () => {
    opened = await openStage();
  });
  after(() => opened?.close());
  beforeEach(() => {
    [erp, concur, temporal] = [fakeErp(), fakeConcur(), fakeTemporal()];
  });

  const run = <T>(work: () => Promise<T>): Promise<T> => inActivity(work, { client: temporal.client });
  const inStore = () => createDocumentActivities(documentDependencies(stageNow()));
  const inErp = () => createErpActivities(erp.dependencies(stageNow()));
  const inConcur = () => createConcurActivities(concur.dependencies(stageNow()));
  const prepare = ({ id }: StoredDocument) => run(() => inStore().prepareLeaving({ documentId: id }));
  const withdraw = ({ id }: StoredDocument, part = 1) => run(() => inErp().withdrawFromErp({ documentId: id, part }));
  const giveBack = ({ id }: StoredDocument) => run(() => inConcur().returnToConcur({ documentId: id }));

  return {
    get stage() {
      return stageNow();
    },
    get erp() {
      return erp;
    },
    get concur() {
      return concur;
    },
    get temporal() {
      return temporal;
    },
    run,
    inStore,
    inErp,
    inConcur,
    prepare,
    withdraw,
    giveBack,
    ask: (
      { id }: StoredDocument,
      given: { reason?: string; isAutomatic?: boolean; reversals?: Record<string, string>; erpIsEmpty?: true } = {},
    ) => {
      const request = { documentId: id, by: 'Ann', reason: 'Attach the receipt.', isAutomatic: false, ...given };
      return run(() => inStore().requestReturn(request));
    },
    keep: ({ id }: StoredDocument) =>
      run(() => inStore().cancelReturn({ documentId: id, by: 'Ann', reason: 'the posting is right' })),
    post: ({ id }: StoredDocument, part = 1) => run(() => inErp().postToErp({ documentId: id, part })),
    confirm: ({ id }: StoredDocument) => run(() => inConcur().confirmPostingInConcur({ documentId: id })),
    ignore: ({ id }: StoredDocument) =>
      run(() => inStore().ignoreDocument({ documentId: id, by: 'Ann', reason: 'settled by hand.' })),
    now: ({ id }: StoredDocument) => readDocument(stageNow().db, id),
    stateOf: async ({ id }: StoredDocument) => (await onlyRow(stageNow().db, id)).state,
    /** Confirmations that were sent to Concur, lost ones included. */
    told: () => concur.calls.filter((call) => call.startsWith('confirm-posting')),
    /** What employee and processor read. */
    messages: ({ fiId }: StoredDocument) => concur.documents.get(fiId)?.messages ?? [],

    /** An acknowledged document with one planned part; `report` groups documents of one report. */
    given: async (name: string, report = `REPORT ${name}`): Promise<StoredDocument> => {
      const { db } = stageNow();
      const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', report]);
      const document = await discover(db, name, 'expense-split-with-tax', text);
      concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
      await reachStage(db, document.id, 'acknowledged', { acknowledged: true });
      await stand(db, document, 'planned', journal(name));
      return document;
    },

    /** Does what the workflow does with a document that has to leave. */
    leave: async (document: StoredDocument) => {
      const plan = await prepare(document);
      assert.ok(plan.status === 'done');
      for (const { part } of plan.parts) {
        const withdrawn = await withdraw(document, part);
        if (withdrawn.status !== 'done') return withdrawn;
      }
      if (plan.outcome === 'returned') return giveBack(document);
      return run(() => inStore().endRecalled({ documentId: document.id }));
    },
  };
}
