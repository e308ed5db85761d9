import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createUntrustedQuota } from '../../src/events/untrusted-quota.js';

describe('the quota of events that nobody can verify', () => {
  it('S73: what this process adds counts at once, what others add within a minute, and each connection by itself', async () => {
    let at = 0;
    let counts = 0;
    const stored: Record<string, number> = { emea: 2, us: 0 };
    const quota = createUntrustedQuota({
      most: 4,
      now: () => at,
      count: async (connection) => {
        counts += 1;
        return stored[connection] ?? 0;
      },
    });
    assert.equal(await quota.isSpent('emea'), false);
    quota.add('emea');
    assert.equal(await quota.isSpent('emea'), false);
    quota.add('emea');
    assert.equal(await quota.isSpent('emea'), true);
    assert.equal(await quota.isSpent('us'), false);
    assert.equal(counts, 2);
    at = 59_999;
    stored['us'] = 4;
    assert.equal(await quota.isSpent('us'), false);
    at = 60_000;
    assert.deepEqual([await quota.isSpent('us'), await quota.isSpent('emea'), counts], [true, false, 4]);
  });

  it('S73: a count that fails is tried again by the next event', async () => {
    let fails = true;
    const count = async () => {
      if (fails) throw new Error('the database is away');
      return 0;
    };
    const quota = createUntrustedQuota({ most: 1, now: () => 0, count });
    await assert.rejects(quota.isSpent('emea'), /away/);
    fails = false;
    assert.equal(await quota.isSpent('emea'), false);
  });
});
