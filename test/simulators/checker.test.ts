import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { check } from '../../simulators/checker.js';
import type { ConcurDocumentState, Journal, PostedErpDocument } from '../../simulators/harness/types.js';

function posted(more: Partial<PostedErpDocument> = {}): PostedErpDocument {
  return {
    erp: 'fo',
    company: 'USMF',
    currency: 'USD',
    documentNumber: 'V-1',
    mark: 'mark-1',
    postedAt: '2026-09-03T00:00:00.000Z',
    entries: [
      { account: '6000', role: 'cost', dimensions: {}, amount: '0.1' },
      { account: '6000', role: 'cost', dimensions: {}, amount: '0.2' },
      { account: '1500', role: 'tax', dimensions: {}, amount: '99.7' },
      { account: 'V100', role: 'liability', vendor: true, dimensions: {}, amount: '-100' },
    ],
    paid: '0',
    payable: '100',
    ...more,
  };
}

function report(more: Partial<ConcurDocumentState> = {}): ConcurDocumentState {
  return {
    id: 'a'.repeat(32),
    docType: 'expense',
    businessId: 'REPORT-A',
    status: 'POSTING_CONFIRMED_SUCCESS',
    currency: 'USD',
    gross: '100.00',
    expected: 'fo/USMF',
    postingDocs: [{ companyId: 'usmf', documentNumber: 'V-1' }],
    payments: [],
    invoicePayments: [],
    ...more,
  };
}

function journal(more: Partial<Journal> = {}): Journal {
  return {
    concur: [report()],
    posted: [posted()],
    unposted: [],
    writes: [],
    violations: [],
    kills: [],
    calls: {},
    faults: {},
    ...more,
  };
}

const cp = { status: 'CP', amount: '100', currency: 'USD', paymentRef: 'r', date: '20260910' };
const paidInvoice = { paymentStatus: 'PAID', paymentAmount: '100', date: '2026-09-10' };

void test('B28: two sides that agree give a clean report with exact sums', () => {
  const result = check(journal());
  assert.deepEqual(result.problems, []);
  assert.ok(result.ok);
  const [line] = result.sums;
  assert.deepEqual(line, { legalEntity: 'fo/USMF', currency: 'USD', concur: '100', erp: '100', agree: true });
  assert.deepEqual(result.erpDocuments, { fo: 1, bc: 0, nav: 0 });
  assert.deepEqual(result.concurDocuments, { POSTING_CONFIRMED_SUCCESS: 1 });
});

void test('B28: a cash advance counts by its advance entries, also in another ERP', () => {
  const entries: PostedErpDocument['entries'] = [
    { account: '1800', role: 'advance', dimensions: {}, amount: '300' },
    { account: 'V100', role: 'liability', vendor: true, dimensions: {}, amount: '-300' },
  ];
  const advance = posted({ erp: 'bc', company: 'CRONUS', entries, paid: '300', payable: '300' });
  const postingDocs = [{ companyId: 'CRONUS', documentNumber: 'V-1' }];
  const document = report({ docType: 'cashadvance', gross: '300', expected: 'bc/CRONUS', postingDocs });
  const result = check(journal({ concur: [document], posted: [advance] }));
  assert.deepEqual(result.problems, [], 'paid advances need no confirmation');
  assert.deepEqual(
    result.sums.map(({ legalEntity, erp }) => [legalEntity, erp]),
    [['bc/CRONUS', '300']],
  );
});

void test('B28: different amounts, an unbalanced posting and a wrong company are told in sentences', () => {
  const tampered = posted();
  tampered.entries[0] = { account: '6000', role: 'cost', dimensions: {}, amount: '5.1' };
  const result = check(journal({ concur: [report({ expected: 'fo/DEMF' })], posted: [tampered] }));
  assert.equal(result.ok, false);
  assert.deepEqual(result.problems, [
    'fo/USMF in USD: Concur confirmed 100, the ERP posted 105.',
    'fo/USMF V-1 is out of balance by 5.',
    `expense ${'a'.repeat(32)} belongs to fo/DEMF but was posted in fo/USMF.`,
  ]);
});

void test('S83: double postings, unclaimed and doubly claimed documents, empty confirmations and spare drafts are found', () => {
  const kinds = (more: Partial<Journal>) => check(journal(more)).duplicates.map(({ kind }) => kind);
  assert.deepEqual(kinds({ posted: [posted(), posted({ documentNumber: 'V-2' })] }), ['same-mark', 'unclaimed']);
  assert.deepEqual(kinds({ concur: [report(), report({ id: 'b' })] }), ['claimed-twice']);
  assert.deepEqual(kinds({ posted: [] }), ['not-posted']);
  assert.deepEqual(kinds({ concur: [report({ postingDocs: [] })] }), ['unclaimed', 'not-posted']);
  assert.deepEqual(kinds({ unposted: [{ erp: 'fo', company: 'USMF', mark: 'mark-1' }] }), ['spare-draft']);
  assert.deepEqual(
    kinds({ unposted: [{ erp: 'fo', company: 'USMF', mark: 'mark-9' }] }),
    [],
    'a held draft is legitimate',
  );
  assert.deepEqual(kinds({ concur: [report({ status: 'POSTING_CONFIRMED_FAILURE', postingDocs: [] })] }), [
    'unclaimed',
  ]);
});

void test('S101: what the ERP has paid in full must be confirmed in Concur, and never more or earlier', () => {
  const problems = (paid: string, document: Partial<ConcurDocumentState>) =>
    check(journal({ concur: [report(document)], posted: [posted({ paid })] })).problems;
  const confirmed = { status: 'PAYMENT_CONFIRMED_SUCCESS', payments: [cp] };
  const isInvoice = { docType: 'invoice', invoicePayments: [paidInvoice] };
  assert.deepEqual(problems('100', confirmed), []);
  assert.deepEqual(problems('100', isInvoice), []);
  assert.deepEqual(problems('40', { payments: [{ ...cp, status: 'PP', amount: '40' }] }), []);
  assert.match(problems('100', {}).join(), /fully paid in the ERP, but Concur was not told/);
  assert.match(problems('100', { docType: 'invoice' }).join(), /Concur was not told/);
  assert.equal(problems('60', confirmed).length, 2, 'too early and too much');
  assert.equal(problems('60', isInvoice).length, 2);
  assert.match(problems('40', { payments: [{ ...cp, status: 'PP', amount: '41' }] }).join(), /told of 41/);
});

void test('B28: a repeat is forgiven only when its first answer left at most three seconds before a kill', () => {
  const firstAnsweredAt = '2026-09-01T10:00:00.000Z';
  const repeat = {
    system: 'concur' as const,
    operation: 'x',
    at: '2026-09-01T10:05:00.000Z',
    message: 'again',
    firstAnsweredAt,
  };
  const count = (kills: string[], violations = [repeat] as Journal['violations']) =>
    check(journal({ kills, violations })).violations.length;
  assert.equal(count(['2026-09-01T10:00:03.000Z']), 0);
  assert.equal(count([firstAnsweredAt]), 0);
  assert.equal(count(['2026-09-01T10:00:03.001Z']), 1);
  assert.equal(count(['2026-09-01T09:59:59.999Z']), 1, 'a kill before the answer explains nothing');
  assert.equal(count([]), 1);
  const { firstAnsweredAt: _, ...rule } = repeat;
  assert.equal(count(['2026-09-01T10:00:01.000Z'], [rule]), 1, 'broken rules are never forgiven');
  assert.equal(check(journal({ kills: ['2026-09-01T10:00:01.000Z'], violations: [repeat] })).forgiven, 1);
});

const id = 'a'.repeat(32);
const correctionId = 'b'.repeat(32);
const problemsOf = (more: Partial<Journal>): string[] => check(journal(more)).problems;

void test('S83: a report lives once: posted under its correction, and not as what was to be corrected', () => {
  const failed = report({ status: 'POSTING_CONFIRMED_FAILURE', postingDocs: [], corrected: correctionId });
  const successor = report({ id: correctionId, supersedes: id });
  const good = check(journal({ concur: [failed, successor] }));
  assert.deepEqual(good.problems, []);
  assert.equal(good.resubmitted, 1);
  assert.deepEqual(good.concurDocuments, { POSTING_CONFIRMED_FAILURE: 1, POSTING_CONFIRMED_SUCCESS: 1 });
  const second = posted({ documentNumber: 'V-2', mark: 'mark-2' });
  const twice = [report(), report({ id: correctionId, postingDocs: [{ companyId: 'usmf', documentNumber: 'V-2' }] })];
  assert.deepEqual(problemsOf({ concur: twice, posted: [posted(), second] }), [
    `expense REPORT-A was posted 2 times, as ${id} and ${correctionId}.`,
  ]);
  assert.deepEqual(problemsOf({ concur: [report({ corrected: correctionId })] }), [
    `expense REPORT-A was posted as ${id}, which was to be corrected.`,
  ]);
  const other = report({ id: correctionId, docType: 'cashadvance', gross: '0', postingDocs: [] });
  assert.deepEqual(problemsOf({ concur: [report(), other] }), [], 'an equal id of another kind is another business');
});

void test('S83: what failed or was recalled, with a correction on hand, must end with the correction confirmed', () => {
  for (const status of ['POSTING_CONFIRMED_FAILURE', 'RECALLED']) {
    const dead = report({ status, postingDocs: [] });
    assert.deepEqual(problemsOf({ concur: [dead], posted: [] }), [], 'returned for good');
    const corrected = { ...dead, corrected: correctionId };
    const sentence = `expense REPORT-A: document ${id} is ${status}, and its correction ${correctionId}`;
    assert.deepEqual(problemsOf({ concur: [corrected], posted: [] }), [`${sentence} has not come.`]);
    const held = report({ id: correctionId, status: 'ACKNOWLEDGED', postingDocs: [] });
    assert.deepEqual(problemsOf({ concur: [corrected, held], posted: [] }), [`${sentence} is ACKNOWLEDGED.`]);
  }
});

void test('S103: nothing is forgotten: who is neither posted nor returned has a reason that the connector names', () => {
  const waiting = report({ status: 'ACKNOWLEDGED', postingDocs: [] });
  const forgotten = (more: Partial<Journal>) => problemsOf({ concur: [waiting], posted: [], ...more });
  assert.deepEqual(forgotten({ held: {} }), [
    `expense REPORT-A: document ${id} is ACKNOWLEDGED, and nobody says what it waits for.`,
  ]);
  assert.deepEqual(forgotten({ held: { [id]: 'vendor-missing' } }), []);
  assert.deepEqual(forgotten({ held: {}, concur: [{ ...waiting, planted: 'vendor-missing' }] }), []);
  assert.deepEqual(forgotten({}), [], 'nobody has asked the connector');
});

void test('B3: the ERP holds nothing of a document that failed or was recalled, neither posted nor unposted', () => {
  const leftovers = (status: string, more: Partial<Journal>) =>
    problemsOf({ concur: [report({ status, postingDocs: [] })], posted: [], ...more });
  for (const status of ['POSTING_CONFIRMED_FAILURE', 'RECALLED']) {
    const mark = 'Concur EXP 6D0A REPORT-A';
    const draft = { erp: 'fo' as const, company: 'usmf', mark };
    const sentence = `expense REPORT-A: document ${id} is ${status}, but the ERP still holds`;
    assert.deepEqual(leftovers(status, { unposted: [draft] }), [`${sentence} fo/usmf ${mark}, unposted.`]);
    assert.ok(leftovers(status, { posted: [posted({ mark })] }).includes(`${sentence} fo/USMF V-1 (${mark}).`));
    assert.deepEqual(leftovers(status, { unposted: [{ ...draft, mark: 'Concur EXP 6D0A REPORT-B' }] }), [
      'fo/usmf Concur EXP 6D0A REPORT-B is unposted and belongs to no document of Concur.',
    ]);
    const corrected = report({ status: 'ACKNOWLEDGED', id: correctionId, postingDocs: [] });
    const underWay = [report({ status, postingDocs: [] }), corrected];
    assert.deepEqual(
      leftovers(status, { unposted: [draft], concur: underWay }),
      [],
      'it may be that of the correction',
    );
  }
});

const openDraft = { erp: 'fo' as const, company: 'usmf', mark: 'Concur EXP 6D0A REPORT-A' };

void test('S103: what F&O holds unposted has lines, one document that waits, and the reason that people were told', () => {
  const waiting = report({ status: 'ACKNOWLEDGED', postingDocs: [] });
  const log = 'The combination 6100-CC is not valid.';
  const told = { [id]: `usmf does not post 00012: ${log}  Mend it in the ERP.` };
  const problems = (unposted: Partial<Journal['unposted'][number]>, more: Partial<Journal> = {}): string[] =>
    problemsOf({
      ...{ concur: [waiting], posted: [], held: { [id]: 'erp-refused' }, messages: told },
      ...{ unposted: [{ ...openDraft, lines: 2, log, ...unposted }], ...more },
    });
  const name = 'fo/usmf Concur EXP 6D0A REPORT-A';
  assert.deepEqual(problems({}), []);
  assert.deepEqual(
    problems({ mark: 'SEED', text: 'Concur INV SEED REPORT-A' }),
    [],
    'a pending invoice by its description',
  );
  assert.deepEqual(problems({ lines: 0 }), [`${name} is unposted and has no lines.`]);
  assert.deepEqual(problems({}, { messages: { [id]: 'The ERP refused the document.' } }), [
    `${name} is not posted because "${log}", but nobody was told so.`,
  ]);
  assert.deepEqual(problems({ log: '' }, { messages: {} }), [], 'not refused so far');
  assert.match(problems({}, { held: {} }).join('\n'), /no document of it waits for anything/);
  const twice = [openDraft, { ...openDraft, mark: 'Concur EXP 77AA REPORT-A' }].map((one) => ({ ...one, lines: 2 }));
  assert.match(problems({}, { unposted: twice }).join(), /has two unposted documents in the ERP/);
  const stray = 'fo/usmf has a line in LedgerJournalLines of 00012, which does not exist.';
  assert.deepEqual(problems({}, { strayLines: [stray] }), [stray]);
});

void test('S103: an unposted journal of a document that Concur shows as posted is a loose end', () => {
  const unposted = [{ ...openDraft, lines: 2, log: '' }];
  assert.deepEqual(problemsOf({ unposted }), [
    'fo/usmf Concur EXP 6D0A REPORT-A is unposted, but no document of it waits for anything.',
  ]);
});

void test('S101: a payment that the ERP took back is a hold before Concur shows "paid", and an alert afterwards', () => {
  const at = '2026-09-11T10:00:00Z';
  const taken = posted({ paid: '100', reversals: [{ amount: '60', at }] });
  const pp = { ...cp, status: 'PP', amount: '60' };
  const problems = (document: Partial<ConcurDocumentState>, more: Partial<Journal>): string[] =>
    problemsOf({ concur: [report(document)], posted: [taken], ...more });
  assert.deepEqual(problems({ payments: [pp] }, { held: { [id]: 'payment-needs-decision' } }), []);
  assert.match(problems({ payments: [pp] }, { held: { [id]: 'erp-refused' } }).join(), /Concur was not told/);
  const closed = { status: 'PAYMENT_CONFIRMED_SUCCESS', payments: [cp] };
  const write = { seq: 1, system: 'concur' as const, operation: 'paymentconfirmations', outcome: 'applied' as const };
  const writes = (closedAt: string) => [{ ...write, key: `${id}/ref`, at: closedAt, detail: 'CP 100 USD' }];
  const before = writes('2026-09-11T09:59:59.500Z');
  const cause = `payment-changed-after-close: concur:sandbox:expense:${id}`;
  assert.match(problems(closed, { writes: before, alerts: [] }).join(), /took back 60 .* nobody was told/);
  assert.deepEqual(problems(closed, { writes: before, alerts: [cause] }), []);
  assert.match(problems(closed, { writes: before, alerts: [`${cause}0`.replace(id, 'b')] }).join(), /nobody was told/);
  assert.deepEqual(problems(closed, { writes: writes('2026-09-11T10:00:00.500Z'), alerts: [] }), [], 'known before');
  const open = posted({ paid: '40', reversals: [{ amount: '60', at }] });
  assert.deepEqual(problemsOf({ concur: [report(closed)], posted: [open] }), [], 'the ERP has not paid again yet');
});

void test('B3: a draft of Business Central or NAV is known by its marker, and belongs to one document that waits', () => {
  const company = 'CRONUS';
  const draft = (mark: string, text = '') => ({ erp: 'bc' as const, company, mark, text, lines: 2 });
  const invoice = report({ docType: 'invoice', reference: 'RE-1', status: 'RECALLED', postingDocs: [] });
  assert.match(problemsOf({ concur: [invoice], posted: [], unposted: [draft('V9/RE-1')] }).join(), /still holds/);
  const waiting = report({ status: 'ACKNOWLEDGED', postingDocs: [], expected: 'bc/CRONUS' });
  const standing = (...unposted: Journal['unposted']) => problemsOf({ concur: [waiting], posted: [], unposted });
  const marked = draft('CX1', 'Concur CX1 REPORT-A');
  assert.deepEqual(standing(marked), []);
  assert.deepEqual(standing({ ...marked, erp: 'nav' }), []);
  assert.deepEqual(standing(draft('CX1')), ['bc/CRONUS CX1 is unposted and belongs to no document of Concur.']);
  assert.match(standing(marked, { ...marked, mark: 'CX2' }).join(), /has two unposted documents in the ERP/);
  assert.deepEqual(standing({ ...marked, lines: 0 }), ['bc/CRONUS CX1 is unposted and has no lines.']);
});

void test('S5, M2: a credit of a supplier is a posting with negative costs, which nobody pays and Concur is not told of as paid', () => {
  const entries: PostedErpDocument['entries'] = [
    { account: '7100', role: 'cost', dimensions: {}, amount: '-40' },
    { account: 'S-1', role: 'liability', vendor: true, dimensions: {}, amount: '40' },
  ];
  const credit = posted({ erp: 'bc', company: 'CRONUS', mark: 'S-1/CR-1', entries, payable: '0' });
  const expected = { docType: 'invoice', gross: '-40', expected: 'bc/CRONUS' };
  const invoice = report({ ...expected, postingDocs: [{ companyId: 'CRONUS', documentNumber: 'V-1' }] });
  const result = check(journal({ concur: [invoice], posted: [credit] }));
  assert.deepEqual([result.problems, result.credits], [[], 1]);
  assert.equal(check(journal()).credits, 0);
  const turned = entries.map((entry) => ({ ...entry, amount: String(-Number(entry.amount)) }));
  const asInvoice = problemsOf({ concur: [invoice], posted: [{ ...credit, entries: turned }] });
  assert.deepEqual(asInvoice, ['bc/CRONUS in USD: Concur confirmed -40, the ERP posted 40.']);
  const paidAway = problemsOf({ concur: [{ ...invoice, invoicePayments: [paidInvoice] }], posted: [credit] });
  assert.match(paidAway.join(), /Concur was told of 100, the ERP has paid 0/);
});

void test('S58: every subscription that the connector wants stands at the end', () => {
  const wantedSubscriptions = ['vendors', 'purchaseInvoices'].map((set) => ({ company: 'CRONUS', set }));
  assert.deepEqual(problemsOf({ wantedSubscriptions, subscriptions: wantedSubscriptions }), []);
  const elsewhere = { company: 'OTHER', set: 'vendors' };
  assert.deepEqual(problemsOf({ wantedSubscriptions, subscriptions: [...wantedSubscriptions.slice(1), elsewhere] }), [
    'bc/CRONUS: nobody is told any more when vendors change.',
  ]);
  assert.deepEqual(problemsOf({ subscriptions: [] }), [], 'nobody has asked the connector');
});

void test('S101: a paid report is completed once and its employee told of all he is owed; an invoice is paid once', () => {
  const employee = { id: 'E-1', due: '100' };
  const part = (status: string, amount: string, receiverId = 'E-1') => ({ ...cp, status, amount, receiverId });
  const paid = (payments: ConcurDocumentState['payments'], isOwed = '100') =>
    problemsOf({
      concur: [report({ status: 'PAYMENT_CONFIRMED_SUCCESS', payments, employee: { ...employee, due: isOwed } })],
      posted: [posted({ paid: '100' })],
    });
  assert.deepEqual(paid([part('PP', '40'), part('CP', '60')]), []);
  assert.match(paid([part('CP', '40'), part('CP', '60')]).join(), /has 2 complete payments/);
  assert.match(paid([part('PP', '40'), part('PP', '60')]).join(), /has 0 complete payments/);
  assert.match(paid([part('CP', '99.99')]).join(), /owed 100, the payments told to Concur make 99.99/);
  assert.match(paid([part('PP', '40', 'E-2'), part('CP', '60')]).join(), /make 60/);
  const invoice = (...statuses: string[]) =>
    problemsOf({
      concur: [
        report({
          docType: 'invoice',
          invoicePayments: statuses.map((paymentStatus) => ({ ...paidInvoice, paymentStatus })),
        }),
      ],
      posted: [posted({ paid: '100' })],
    });
  assert.deepEqual(invoice('PAID'), []);
  assert.deepEqual(invoice('PAID', 'VOID', 'PAID'), []);
  assert.match(invoice('PAID', 'PAID').join(), /was paid 2 times/);
});

void test('B28: simulators and checker import nothing from src', () => {
  const folder = join(import.meta.dirname, '../../simulators');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  assert.ok(files.length > 10);
  for (const file of files) {
    const imports = readFileSync(join(folder, file), 'utf8').match(/from '[^']*'/g) ?? [];
    assert.ok(!imports.some((line) => /\/src\//.test(line)), file);
  }
});
