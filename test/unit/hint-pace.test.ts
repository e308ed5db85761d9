import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HintPace } from '../../src/composition/hint-pace.js';
import { createHintPace } from '../../src/composition/hint-pace.js';

const day = 86_400_000;
const product = { firstMs: 2_000, mostMs: 600_000 };

/** Hints that events ten times a second cost within the given time, each told as soon as it may be. */
function hintsWithin(pace: HintPace, limitMs: number, runAt: (at: number) => string): number[] {
  const told: number[] = [];
  for (let at = 0; at < limitMs; at += 100) {
    if (!pace.isDue('emea', at)) continue;
    pace.told('emea', runAt(at), at);
    told.push(at);
  }
  return told;
}

describe('the pace of hints', () => {
  it('S72: a poll that is stuck takes weeks of steady events with a tenth of the signals that one run can take', () => {
    const told = hintsWithin(createHintPace(product), day, () => 'stuck');
    assert.ok(told.length <= 160, `${told.length} hints in a day`);
    assert.deepEqual(told.slice(0, 4), [0, 2_000, 6_000, 14_000]);
    const week = hintsWithin(createHintPace(product), 7 * day, () => 'stuck');
    assert.ok(week.length <= 1_020, `${week.length} hints in a week`);
  });

  it('S70: a poll that answers each hint is told at the first pace, at once again after one that was stuck', () => {
    const pace = createHintPace(product);
    hintsWithin(pace, day, () => 'stuck');
    const next = pace.nextDueAt(day) ?? day;
    assert.ok(next - day <= 600_000);
    pace.told('emea', 'another', next);
    assert.equal(pace.isDue('emea', next + 1_999), false);
    assert.equal(pace.isDue('emea', next + 2_000), true);
  });

  it('S72: while rounds take half a minute, hints wait little longer than a round', () => {
    const told = hintsWithin(createHintPace(product), day / 24, (at) => String(Math.floor(at / 30_000)));
    const gaps = told.slice(1).map((at, place) => at - (told[place] ?? 0));
    assert.ok(Math.max(...gaps) <= 32_000, `${Math.max(...gaps)} ms`);
    assert.ok(told.length < 600, `${told.length} hints in an hour`);
  });

  it('S73: a connection that cannot be told is left alone, and no other one is', () => {
    const pace = createHintPace(product);
    pace.failed('emea', 1_000, 30_000);
    assert.deepEqual(
      [pace.isDue('emea', 30_999), pace.isDue('us', 30_999), pace.isDue('emea', 31_000)],
      [false, true, true],
    );
    assert.deepEqual([pace.nextDueAt(1_000), pace.nextDueAt(31_000)], [31_000, undefined]);
  });
});
