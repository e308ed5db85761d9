import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alert } from '../../src/activities/run-step.js';
import { clearAlertCause, clearAlerts, openAlerts, raiseAlert } from '../../src/store/alert-store.js';
import { readAudit } from '../../src/store/audit-store.js';
import {
  documentsWaitingFor,
  readResolutions,
  rememberResolution,
  setVendorWaits,
  waitedVendors,
} from '../../src/store/vendor-store.js';
import type { Stage } from './stage.js';
import { discover, openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const openAlert = async (cause: string) => (await openAlerts(stage.db)).find((each) => each.cause === cause);

test('S87: three documents with one cause notify once and are listed in one alert', async () => {
  for (const id of ['a', 'b', 'c', 'a']) await alert(stage, 'vendor-missing: X', 'No vendor for X.', id);
  assert.deepEqual(stage.notified, ['vendor-missing: X']);
  assert.deepEqual((await openAlert('vendor-missing: X'))?.documentIds.sort(), ['a', 'b', 'c']);
});

test('S87: three documents that hold at the same time notify once', async () => {
  const raised = await Promise.all(
    ['a', 'b', 'c'].map((documentId) => raiseAlert(stage.db, { cause: 'race', message: 'm', documentId })),
  );
  assert.equal(raised.filter(Boolean).length, 1);
  assert.equal((await openAlert('race'))?.documentIds.length, 3);
});

test('S87: an alert is cleared with its last document, and raised again it notifies again', async () => {
  const cause = 'account-unusable: 6100';
  await alert(stage, cause, 'm', 'a');
  await alert(stage, cause, 'm', 'b');
  await clearAlerts(stage.db, 'a');
  assert.deepEqual((await openAlert(cause))?.documentIds, ['b']);
  await clearAlerts(stage.db, 'b');
  assert.equal(await openAlert(cause), undefined);
  await alert(stage, cause, 'm', 'd');
  assert.equal(stage.notified.filter((each) => each === cause).length, 2);
  assert.deepEqual((await openAlert(cause))?.documentIds, ['d']);
});

test('S22: an alert without documents stays until its cause is cleared', async () => {
  await alert(stage, 'concur-credentials: test', 'm', undefined);
  await clearAlerts(stage.db, 'a');
  assert.ok(await openAlert('concur-credentials: test'));
  await clearAlertCause(stage.db, 'concur-credentials: test');
  assert.equal(await openAlert('concur-credentials: test'), undefined);
});

const key = 'fo-test/demf/employee/KX10001';

test('S89: a resolution is stored for next time, names the person in the audit, and finds all who wait', async () => {
  const documents = [];
  for (const name of ['one', 'two', 'three']) documents.push(await discover(stage.db, name));
  for (const { id } of documents) await setVendorWaits(stage.db, id, [{ vendorKey: key, vendorAccount: null }]);
  const [first] = documents;
  assert.ok(first);
  const answer = { vendorKey: key, vendorNumber: 'E-001', by: 'maria', note: 'new hire' };
  const waiting = await rememberResolution(stage.db, first.id, answer);
  assert.deepEqual(waiting.sort(), documents.map(({ id }) => id).sort());
  assert.deepEqual(await readResolutions(stage.db), { [key]: 'E-001' });
  const mapped = (await readAudit(stage.db, first.id)).filter(({ kind }) => kind === 'mapping');
  assert.deepEqual(
    mapped.map(({ actor, data }) => [actor, data['vendorNumber']]),
    [['maria', 'E-001']],
  );
});

test('S89: the same answer given twice is audited once; another answer replaces it and is audited', async () => {
  const document = await discover(stage.db, 'answers');
  const answer = { vendorKey: 'fo-test/demf/supplier/S-1', vendorNumber: 'V-1', by: 'maria', note: '' };
  await rememberResolution(stage.db, document.id, answer);
  await rememberResolution(stage.db, document.id, answer);
  await rememberResolution(stage.db, document.id, { ...answer, vendorNumber: 'V-2', by: 'omar' });
  assert.equal((await readResolutions(stage.db))[answer.vendorKey], 'V-2');
  const actors = (await readAudit(stage.db, document.id))
    .filter(({ kind }) => kind === 'mapping')
    .map(({ actor }) => actor);
  assert.deepEqual(actors, ['maria', 'omar']);
});

test('S88: what a document waits for is replaced as a whole; only known accounts are looked for, by company', async () => {
  const document = await discover(stage.db, 'waits');
  const other = 'fo-test/gbsi/employee/KX10001';
  await setVendorWaits(stage.db, document.id, [
    { vendorKey: 'fo-test/frsi/employee/E1', vendorAccount: 'V-1' },
    { vendorKey: 'fo-test/frsi/employee/E2', vendorAccount: null },
    { vendorKey: other, vendorAccount: 'V-9' },
  ]);
  assert.deepEqual(await waitedVendors(stage.db, 'fo-test', 'frsi'), [
    { vendorKey: 'fo-test/frsi/employee/E1', vendorAccount: 'V-1' },
  ]);
  await setVendorWaits(stage.db, document.id, [{ vendorKey: other, vendorAccount: 'V-8' }]);
  assert.deepEqual(await waitedVendors(stage.db, 'fo-test', 'frsi'), []);
  assert.deepEqual(await waitedVendors(stage.db, 'fo-test', 'gbsi'), [{ vendorKey: other, vendorAccount: 'V-8' }]);
  assert.deepEqual(await documentsWaitingFor(stage.db, [other, 'nobody']), [document.id]);
  await setVendorWaits(stage.db, document.id, []);
  assert.deepEqual(await documentsWaitingFor(stage.db, [other]), []);
});
