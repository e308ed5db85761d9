import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postingDateSchema } from '../../src/config/posting-date-schema.js';
import type { CompanyMapping, PlanFacts } from '../../src/contracts/mapping-rules.js';
import { describeSpans, isOpenDay, nextOpenDay } from '../../src/contracts/posting-periods.js';
import { changed, foMapping, plan } from './mapping-fixtures.js';

const key = 'fo-test/demf';
const january = { from: '2026-01-01', to: '2026-01-31' };
const march = { from: '2026-03-01', to: '2026-03-31' };

/** The report is dated 2026-02-03 and was approved on 2026-02-06; today is 2026-04-01. */
const approved = changed('expense-split-with-tax', [
  '"reportSubmitDate"',
  '"reportPaymentProcessingDate": "2026-02-06T16:20:00.000",\n    "reportSubmitDate"',
]);
const on = (postingDate: CompanyMapping['postingDate'], given: Partial<PlanFacts> = {}, text = approved) =>
  plan('expense-split-with-tax', { ...foMapping, postingDate }, text, given);
const dayOf = (of: ReturnType<typeof plan>): string | undefined => of.documents[0]?.postingOn;

test('B10: the policy decides between the own date, the day of approval and today', () => {
  assert.equal(dayOf(on('document')), '2026-02-03');
  assert.equal(dayOf(on('approval')), '2026-02-06');
  assert.equal(dayOf(on('today')), '2026-04-01');
});

test('B10: each document type has its own policy; one that is not named is posted on its own date', () => {
  const perType = { expense: 'today', invoice: 'next-open' } as const;
  assert.equal(dayOf(on(perType)), '2026-04-01');
  const advance = plan('cash-advance', { ...foMapping, postingDate: perType });
  assert.equal(dayOf(advance), advance.documents[0]?.documentOn);
});

test('B10: a document of a closed month moves to the next open day by policy, and a warning names both dates', () => {
  const moved = on('next-open', { openSpans: { [key]: [january, march] } });
  assert.equal(dayOf(moved), '2026-03-01');
  const [warning] = moved.warnings.filter(({ code }) => code === 'posting-date-moved');
  assert.match(warning?.message ?? '', /2026-02-03.*2026-03-01/);
  assert.equal(moved.documents[0]?.documentOn, '2026-02-03');
  assert.equal(dayOf(on('approval-next-open', { openSpans: { [key]: [march] } })), '2026-03-01');
  assert.equal(
    dayOf(on('next-open', { openSpans: { [key]: [{ from: '2026-02-01', to: '2026-02-28' }] } })),
    '2026-02-03',
  );
});

test('B10: a closed period that the policy does not move is refused with both dates and the open days', () => {
  for (const policy of ['document', 'approval'] as const) {
    const refused = on(policy, { openSpans: { [key]: [january, march] } });
    assert.deepEqual(refused.documents, []);
    const [refusal] = refused.refusals;
    assert.equal(refusal?.hold, 'period-closed');
    assert.match(refusal.message, /document date 2026-02-03.*from 2026-01-01 to 2026-01-31, from 2026-03-01 to/);
    assert.match(refusal.remedy ?? '', /next-open/);
  }
});

test('B10: where no later period is open, even next-open holds', () => {
  const refused = on('next-open', { openSpans: { [key]: [january] } });
  assert.equal(refused.refusals[0]?.hold, 'period-closed');
  assert.match(refused.refusals[0].remedy ?? '', /later period/);
});

test('B10: the first open day of the connections file limits what the ERP says', () => {
  const both = { openSpans: { [key]: [january, march] }, openFrom: { [key]: '2026-03-10' } };
  assert.equal(dayOf(on('next-open', both)), '2026-03-10');
  assert.equal(dayOf(on('next-open', { openFrom: { [key]: '2026-03-10' } })), '2026-03-10');
  assert.equal(dayOf(on('today', { openFrom: { [key]: '2026-03-10' } })), '2026-04-01');
});

test('B10: without a day of approval the policy refuses and names the field; other types keep their own date', () => {
  const refused = plan('expense-split-with-tax', { ...foMapping, postingDate: 'approval' });
  assert.equal(refused.refusals[0]?.field, 'report.reportPaymentProcessingDate');
  const advance = plan('cash-advance', { ...foMapping, postingDate: 'approval' });
  assert.equal(dayOf(advance), advance.documents[0]?.documentOn);
  assert.match(
    postingDateSchema.safeParse({ invoice: 'approval' }).error?.issues[0]?.message ?? '',
    /no day of approval/u,
  );
});

test('B10: spans are judged with both ends, and the next open day comes from the earliest later span', () => {
  assert.ok(isOpenDay('2026-01-31', [january]) && isOpenDay('2026-01-01', [january]));
  assert.ok(!isOpenDay('2026-02-01', [january]) && isOpenDay('2026-02-01', [{}]));
  assert.equal(nextOpenDay('2025-01-01', [march, january]), '2026-01-01');
  assert.equal(nextOpenDay('2026-04-01', [march, january]), undefined);
  assert.equal(describeSpans([{}]), 'on every day');
  assert.equal(describeSpans([]), 'on no day');
});
