import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createListItemClient } from '../../src/clients/concur/list-item-client.js';
import { Rejected } from '../../src/clients/http/errors.js';
import { concurHttp } from '../activities/both-sides.js';
import { openStage } from '../simulators/concur-stage.js';

const list = 'l-1';

async function listOf(t: TestContext, levelCount = 1, isManagedByOther = false, ...codes: string[]) {
  const concur = await openStage();
  t.after(() => concur.close());
  const items = codes.map((code) => ({ id: `id-${code}`, shortCode: code, value: code, isDeleted: false }));
  concur.concur.company.seedLists([{ id: list, value: 'Cost centres', levelCount, isManagedByOther, items }]);
  return { concur, client: createListItemClient(concurHttp(concur)) };
}

test('S16: a list is read over all its pages by their numbers, and below an item of a connected list', async (t) => {
  const codes = Array.from({ length: 230 }, (_, index) => `C${index}`);
  const { client, concur } = await listOf(t, 2, false, ...codes);
  let pages = 0;
  const items = await client.children({ list, onPage: () => void (pages += 1) });
  assert.deepEqual([items.length, new Set(items.map(({ code }) => code)).size, pages], [230, 230, 3]);
  assert.deepEqual(
    await client.create({ list, items: [{ shortCode: 'CC1', value: 'Sales', parentCode: 'C229' }] }),
    [],
  );
  const below = await client.children({ list, below: 'C229' });
  assert.deepEqual(below, [{ code: 'C229-CC1', shortCode: 'CC1', value: 'Sales', isDeleted: false }]);
  await assert.rejects(client.children({ list, below: 'NONE' }), /no item NONE/);
  assert.deepEqual(concur.violations(), []);
});

test('S16: parts of a bulk call fail alone, also where all of them fail with 400', async (t) => {
  const { client } = await listOf(t, 1, false, 'A');
  const failed = await client.create({
    list,
    items: [
      { shortCode: 'A', value: 'A' },
      { shortCode: 'B', value: 'B' },
    ],
  });
  assert.deepEqual(
    failed.map(({ code, reason }) => [code, reason]),
    [['A', 'item.duplicate.code']],
  );
  const all = await client.create({ list, items: [{ shortCode: 'B', value: 'B' }] });
  assert.deepEqual(
    all.map(({ reason }) => reason),
    ['item.duplicate.code'],
  );
  assert.deepEqual(await client.change({ list, changes: [{ code: 'A', deleted: true }] }), []);
  const hidden = await client.create({ list, items: [{ shortCode: 'A', value: 'A' }] });
  assert.deepEqual(
    hidden.map(({ reason }) => reason),
    ['item.duplicate.code.deleted'],
  );
  assert.deepEqual(await client.change({ list, changes: [{ code: 'A', value: 'Again', deleted: false }] }), []);
  const names = (await client.children({ list })).map(({ shortCode, value }) => `${shortCode} ${value}`);
  assert.deepEqual(names, ['A Again', 'B B']);
});

test('S16: a list that another app manages, and one that does not exist, refuse the call as a whole', async (t) => {
  const { client } = await listOf(t, 1, true);
  const item = { shortCode: 'A', value: 'A' };
  await assert.rejects(client.create({ list, items: [item] }), (error) => error instanceof Rejected);
  await assert.rejects(client.children({ list: 'other' }), (error) => error instanceof Rejected);
  const many = Array.from({ length: 251 }, (_, index) => ({ shortCode: `C${index}`, value: 'A' }));
  await assert.rejects(client.create({ list, items: many }), RangeError);
});
