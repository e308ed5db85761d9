import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkHandOff } from '../../src/activities/hand-off.js';
import { handOffTimes } from '../../src/store/hand-off-store.js';
import { connection, discover, inActivity, openStage, type Stage } from './stage.js';

describe('the time from discovery to posting', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  const check = () =>
    inActivity(() =>
      checkHandOff(stage as unknown as Parameters<typeof checkHandOff>[0], { connection, targetSeconds: 3_600 }),
    );
  const openAlerts = async () =>
    (
      await stage.db.query<{ message: string }>(`select message from alerts where cause = $1 and cleared_at is null`, [
        `hand-off-late: ${connection}`,
      ])
    ).rows;

  it('S105: median and 95th percentile come from what Concur was told', async () => {
    for (const [index, minutes] of [1, 2, 3, 100].entries()) {
      const { id } = await discover(stage.db, `t${index}`, 'expense-split-with-tax');
      await stage.db.query(
        `update documents set discovered_at = now() - make_interval(mins => 200),
           posting_confirmed_at = now() - make_interval(mins => 200 - $2) where id = $1`,
        [id, minutes],
      );
    }
    const [row] = await handOffTimes(stage.db, 30);
    assert.deepEqual(
      [row?.documents, row?.medianSeconds, row?.p95Seconds, row?.slowestSeconds].map((each) => Math.round(each ?? -1)),
      [4, 150, 5_127, 6_000],
    );
    assert.deepEqual(await handOffTimes(stage.db, 30).then((rows) => rows.length), 1);
  });

  it('S105: a document that is late raises one alert per connection, which ends when none is late any more', async () => {
    assert.deepEqual(await check(), { late: 0 });
    const { id, humanNumber } = await discover(stage.db, 'late', 'expense-split-with-tax');
    await stage.db.query(`update documents set discovered_at = now() - interval '2 hours' where id = $1`, [id]);
    assert.deepEqual(await check(), { late: 1 });
    await check();
    const alerts = await openAlerts();
    assert.equal(alerts.length, 1);
    assert.match(alerts[0]?.message ?? '', new RegExp(`within 60 minutes .*${humanNumber}`));
    await stage.db.query('update documents set posting_confirmed_at = now() where id = $1', [id]);
    assert.deepEqual(await check(), { late: 0 });
    assert.deepEqual(await openAlerts(), []);
  });
});
