import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { coveragePage, coveragePath, namedTests, titlesOf } from '../../scripts/coverage.js';

describe('docs/coverage.md', () => {
  it('holds what the titles of the tests say', async () => {
    const hint = 'run `npx tsx scripts/coverage.ts` and commit docs/coverage.md';
    assert.equal(readFileSync(coveragePath(), 'utf8'), await coveragePage(namedTests()), hint);
  });

  it('reads ids before the colon and in brackets at the end, and no others', () => {
    const text = [
      "test('S1, C2: a poll takes cell B1', () => {});",
      "describe('x', () => { it.skip('Every offender is listed (S93)', () => {}); });",
      'test(`M3: killed ${when} the answer`, () => {});',
      "test('B1 stands in no list', () => {});",
      "other('S2: no test', () => {});",
    ].join('\n');
    assert.deepEqual(
      titlesOf('a.test.ts', text).map(({ title, ids }) => [title, ids]),
      [
        ['S1, C2: a poll takes cell B1', ['S1', 'C2']],
        ['Every offender is listed (S93)', ['S93']],
        ['M3: killed … the answer', ['M3']],
      ],
    );
  });
});
