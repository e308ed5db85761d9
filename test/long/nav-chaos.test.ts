import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runSandbox, temporaryFolder } from '../e2e/sandbox-process.js';

/** With this seed Business Central refuses documents at posting and takes payments back. */
const seed = 4;
const count = 60;

describe('a brutal Business Central: each write loses its answer, 429, 409, 504, refusals, bounced payments, deleted webhooks', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  it('S58 S59 S95 S101 M2 B3 B28 C20: each document is posted once, to the account and dimension, or held with the reason given', async (t) => {
    const { code, report, stderr } = await runSandbox([
      ...['--documents', String(count), '--seed', String(seed), '--erp', 'nav', '--kill-worker', '1'],
      ...['--faults', 'brutal', '--faults-in', 'nav', '--until-settled', '--fresh', '--state', `${folder.path}/state`],
    ]);
    const { held, ledgers, ...rest } = report;
    t.diagnostic(JSON.stringify({ ...rest, held: held.length }));
    assert.deepEqual(report.problems, [], stderr);
    assert.deepEqual([report.ok, report.violations, report.duplicates, report.documents], [true, 0, 0, count]);
    const refused = held.filter(({ message }) => message.includes('Select a Dimension Value Code'));
    assert.ok(refused.length > 0, 'some are refused at posting');
    // A payment that was taken back after Concur had heard of a part of it is for a person: the document stands.
    const unposted = held.filter(({ reason }) => reason !== 'payment-needs-decision').length;
    assert.equal(report.erpDocuments?.['bc'], count - unposted, 'whatever is not held before its posting is posted');
    const { documents, sums } = ledgers as { documents: number; sums: { agree: boolean }[] };
    assert.equal(documents, count - unposted);
    assert.ok(sums.every(({ agree }) => agree));
    assert.deepEqual(Object.keys(report.callsPerRoute?.bc ?? {}), [
      'bc-general-journal',
      'bc-purchase-invoice',
      'bc-purchase-credit-memo',
    ]);
    assert.ok((report.credits ?? 0) > 0, 'credits of suppliers were posted');
    assert.ok((report.paid?.takenBack ?? 0) > 0, 'payments were taken back');
    assert.equal(report.webhooks?.deletedByPeople, 5);
    assert.equal(report.webhooks.deletedByAnswer, 0, 'no answer of the receiver has cost a subscription');
    const { sent, lost, doubled, late } = report.webhooks;
    assert.ok(sent > 0 && lost + doubled + late > 0, 'notifications came, and not all of them once and in time');
    const { bc = {} } = report.faults as Record<string, Record<string, number>>;
    // Single kinds may be rarer than so small a run is long.
    const happened = (...kinds: string[]): number => kinds.reduce((sum, kind) => sum + (bc[kind] ?? 0), 0);
    assert.ok(happened('server-error-after') > 0, 'a gateway answered 5xx after the commit');
    assert.ok(happened('entity-changed', 'deadlocked') > 0, 'records were changed or locked by others: 409, 412');
    assert.ok(happened('unavailable', 'rate-limited', 'server-error-before') > 0, 'calls were turned away');
    assert.ok(happened('reset-after') > count, 'more answers were lost than there are documents');
    assert.equal(code, 0);
  });
});
