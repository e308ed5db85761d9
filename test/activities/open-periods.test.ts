import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createErpActivities } from '../../src/activities/erp.js';
import type { OpenSpan } from '../../src/contracts/posting-periods.js';
import { readDocument } from '../../src/store/document-store.js';
import { readOpenSpans, rememberOpenSpans } from '../../src/store/open-period-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import { fakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, openStage, stand } from './stage.js';

let stage: Stage;
let erp: ReturnType<typeof fakeErp>;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  erp = fakeErp();
});

async function check(company: string, spans: OpenSpan[] | undefined, postingOn = '2026-02-03') {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `ID ${company} ${postingOn}`]);
  const document = await discover(stage.db, `${company} ${postingOn}`, 'expense-split-with-tax', text);
  await stand(stage.db, document, 'planned', journal(`${company} ${postingOn}`, { company, postingOn }));
  const deps = erp.dependencies(stage);
  const port = { ...deps.port, readOpenSpans: () => Promise.resolve(spans) };
  const activities = createErpActivities({ ...deps, port });
  const result = await inActivity(() => activities.checkMasterDataInErp({ documentId: document.id }));
  return { result, stored: await readDocument(stage.db, document.id) };
}

test('B10: a day on which the ERP takes no postings holds before any write, and the next plan knows the open days', async () => {
  const spans = [{ from: '2026-03-01', to: '2026-03-31' }];
  const { result, stored } = await check('closed', spans);
  assert.ok(result.status === 'hold');
  assert.equal(result.hold.reason, 'period-closed');
  assert.match(result.hold.message, /2026-02-03.*from 2026-03-01 to 2026-03-31/);
  assert.notEqual(stored.stage, 'validated');
  assert.deepEqual((await readOpenSpans(stage.db))['fo-test/closed'], spans);
});

test('B10: an open day, and an ERP that tells nothing, hold nobody', async () => {
  assert.equal((await check('open', [{ from: '2026-02-01' }])).result.status, 'done');
  assert.equal((await check('silent', undefined)).result.status, 'done');
  assert.equal((await readOpenSpans(stage.db))['fo-test/silent'], undefined);
});

test('B10: what the ERP said counts for a minute, so that a period that is opened counts soon', async () => {
  const target = { erp: 'fo-test', company: 'aged' };
  await rememberOpenSpans(stage.db, target, []);
  assert.deepEqual((await readOpenSpans(stage.db))['fo-test/aged'], []);
  await stage.db.query(`update open_periods set read_at = now() - interval '61 seconds' where company = 'aged'`);
  assert.equal((await readOpenSpans(stage.db))['fo-test/aged'], undefined);
  await rememberOpenSpans(stage.db, target, [{ from: '2026-01-01' }]);
  assert.deepEqual((await readOpenSpans(stage.db))['fo-test/aged'], [{ from: '2026-01-01' }]);
});
