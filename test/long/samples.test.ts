import { after, describe, it } from 'node:test';
import { judgePublishedRun } from '../e2e/published-run.js';
import { skipWithoutSamples, temporaryFolder } from '../e2e/sandbox-process.js';

describe('the published documents of Concur, run to their end', { skip: skipWithoutSamples }, () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  for (const erp of ['fo', 'nav'] as const) {
    it(`S104 S121 S130: with ${erp}, 18 of 20 are posted once and confirmed, 2 hold with their reason`, () =>
      judgePublishedRun(`${folder.path}/${erp}`, erp));
  }
});
