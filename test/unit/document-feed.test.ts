import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWaves, startFeed } from '../../src/cli/sandbox/document-feed.js';

test('every document is in exactly one wave, in its order, half of them in the first', () => {
  for (const count of [0, 1, 2, 5, 40, 2_003]) {
    const documents = Array.from({ length: count }, (_, index) => index);
    const waves = inWaves(documents);
    assert.deepEqual(waves.flat(), documents);
    assert.equal(waves[0]?.length, Math.min(200, Math.ceil(count / 2)));
    assert.ok(waves.every((wave) => wave.length <= 200));
  }
});

test('a feed that is stopped hands nothing more over, and one without documents is done at once', async () => {
  const posted: string[] = [];
  const simulators = { post: (_path: string, body: unknown) => Promise.resolve(posted.push(String(body))) };
  assert.equal(startFeed(simulators, [], () => Promise.resolve(0)).isDone(), true);
  const feed = startFeed(simulators, ['{}'], () => Promise.resolve(0));
  await feed.stop();
  assert.deepEqual([feed.isDone(), posted], [false, []]);
});
