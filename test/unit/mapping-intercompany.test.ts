import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { CompanyMapping, ErpTarget, MappingRules, PlanFacts } from '../../src/contracts/mapping-rules.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import type { Plan } from '../../src/mapping/plan-types.js';
import type { Fixture } from './mapping-fixtures.js';
import { bcMapping, changed, facts, fixtureText, foMapping, read } from './mapping-fixtures.js';

const home: ErpTarget = { erp: 'fo-test', company: 'demf' };
const away: ErpTarget = { erp: 'bc-test', company: 'FRRT' };
const accounts = (partner: ErpTarget) => [{ partner, dueFrom: '139000', dueTo: '239000' }];

const german: CompanyMapping = { ...foMapping, intercompany: accounts(away) };
const french: CompanyMapping = { ...bcMapping, ...away, intercompany: accounts(home) };

/** Business unit 10 is German, business unit 20 is French; the ledger of the report says who pays. */
function rules(given: Partial<MappingRules> = {}): MappingRules {
  const codes = { 'BU-10': home, 'BU-20': away, 'BU-30': away };
  return {
    version: 'test',
    legalEntity: ['expenseEntry', 'lineItem'].map((list) => ({
      path: `${list}.allocation.allocationCustom1Code`,
      codes,
    })),
    payingEntity: ['report', 'requestHeader'].map((at) => ({
      path: `${at}.ledgerCode`,
      codes: { DE01: home, GB01: home },
    })),
    companies: [german, french],
    ...given,
  };
}

const known: PlanFacts = { ...facts, today: { ...facts.today, 'bc-test/FRRT': '2026-04-01' } };

function planned(name: Fixture, given: Partial<MappingRules> = {}, text = fixtureText(name)): Plan {
  return planErpDocuments(read(name, text), text, rules(given), known);
}

interface Allocated {
  expenseEntry?: { allocation: Record<string, unknown>[] }[];
  lineItem?: { allocation: Record<string, unknown>[] }[];
}

/** The fixture with its allocations in these business units, in the order of the document. */
function inUnits(name: Fixture, ...units: string[]): string {
  const document = JSON.parse(fixtureText(name)) as Allocated;
  const allocations = (document.expenseEntry ?? document.lineItem ?? []).flatMap(({ allocation }) => allocation);
  units.forEach((unit, index) => Object.assign(allocations[index] ?? {}, { allocationCustom1Code: unit }));
  return JSON.stringify(document);
}

function linesOf(document: ErpDocument | undefined): string[] {
  assert.ok(document && 'lines' in document);
  return document.lines.map((line) => {
    if (!('accountType' in line)) return JSON.stringify(line);
    return 'accountNumber' in line
      ? `${line.accountType} ${line.accountNumber} ${line.amount}`
      : `${line.accountType} ${line.account} ${line.debit ?? `-${line.credit}`}`;
  });
}

test('B37: one report of two companies in two ERPs becomes two balanced documents, each cost in its own company', () => {
  const { documents, refusals, target, masterData } = planned('expense-split-with-tax');
  assert.deepEqual(refusals, []);
  assert.deepEqual(target, home);
  assert.deepEqual(
    documents.map(({ part, erp, company, route, debitTotal }) => [part, erp, company, route, debitTotal]),
    [
      [1, 'fo-test', 'demf', 'fo-general-journal', '238'],
      [2, 'bc-test', 'FRRT', 'bc-general-journal', '66.67'],
    ],
  );
  const [paying, bearing] = documents;
  assert.deepEqual(linesOf(paying).sort(), [
    'Ledger 139000 66.67',
    'Ledger 157600 2.66',
    'Ledger 191000 -14',
    'Ledger 191000 14',
    'Ledger 210000 -138',
    'Ledger 610000 30.67',
    'Ledger 611000 124',
    'Vend E-001 -86',
  ]);
  assert.deepEqual(linesOf(bearing), [
    'G/L Account 610000 33.33',
    'G/L Account 610000 33.34',
    'G/L Account 239000 -66.67',
  ]);
  assert.equal(paying?.payable?.amount, '86');
  assert.equal(bearing?.payable, undefined, 'only the company that pays owes anybody money');
  assert.notEqual(documents[0]?.keySeed, documents[1]?.keySeed);
  assert.deepEqual(
    masterData.map(({ erp, accounts: used }) => [erp, used.includes('139000'), used.includes('239000')]),
    [
      ['fo-test', true, false],
      ['bc-test', false, true],
    ],
  );
});

test('B37, decisions 14: costs wholly of another company than the one that pays are two documents as well', () => {
  const elsewhere = { legalEntity: [{ path: 'report.ledgerCode', codes: { DE01: away, GB01: away } }] };
  const { documents, refusals } = planned('expense-with-advance', elsewhere);
  assert.deepEqual(
    refusals.map(({ code, message }) => `${code} ${message}`),
    [
      `foreign-currency A journal line of Business Central has no currency: GBP cannot be posted to FRRT, which keeps EUR.`,
    ],
  );
  assert.deepEqual(documents, []);
  const inSterling = { ...french, currency: 'GBP' };
  const plan = planned('expense-with-advance', { ...elsewhere, companies: [german, inSterling] });
  assert.deepEqual(plan.refusals, []);
  assert.deepEqual(linesOf(plan.documents[0]).sort(), [
    'Ledger 139000 280',
    'Ledger 162000 -20',
    'Ledger 162000 -280',
    'Vend E-003 20',
  ]);
  assert.deepEqual(linesOf(plan.documents[1]), ['G/L Account 614000 280', 'G/L Account 239000 -280']);
});

test('B37: input tax is reclaimed where the cost is, or in the company that pays where that is declared', () => {
  const taxedAway = changed('expense-split-with-tax', [
    '"allocationCustom1Code": "BU-10"',
    '"allocationCustom1Code": "BU-30"',
  ]);
  const inFrance = planned('expense-split-with-tax', {}, taxedAway).documents;
  assert.ok(linesOf(inFrance[1]).includes('G/L Account 157600 2.66'));
  assert.ok(linesOf(inFrance[0]).includes('Ledger 139000 100'));
  const inGermany = planned('expense-split-with-tax', { inputTaxIn: 'paying' }, taxedAway).documents;
  assert.ok(linesOf(inGermany[0]).includes('Ledger 157600 2.66'));
  assert.ok(linesOf(inGermany[0]).includes('Ledger 139000 97.34'));
  assert.ok(!linesOf(inGermany[1]).some((line) => line.includes('157600')));
});

test('B37: a refund turns the accounts between the companies round', () => {
  const refund = changed(
    'expense-split-with-tax',
    ['"totalApprovedAmount": 224.00000000', '"totalApprovedAmount": 90.66'],
    ['"entryApprovedAmount": 100.00000000', '"entryApprovedAmount": -33.34'],
  );
  const document = JSON.parse(refund) as { expenseEntry: { allocation: { journal: Record<string, unknown>[] }[] }[] };
  const [entry] = document.expenseEntry;
  assert.ok(entry);
  entry.allocation = entry.allocation.slice(2);
  const [line] = entry.allocation[0]?.journal ?? [];
  assert.ok(line);
  Object.assign(entry.allocation[0] ?? {}, { allocationPercentage: 100 });
  Object.assign(line, { amountGross: -33.34, amountNetOfTax: -33.34, amountNetOfReclaim: -33.34 });
  Object.assign(line, { journalPayer: 'EMPL', journalPayee: 'COMP' });
  const plan = planned('expense-split-with-tax', {}, JSON.stringify(document));
  assert.deepEqual(plan.refusals, []);
  assert.ok(linesOf(plan.documents[0]).includes('Ledger 239000 -33.34'), linesOf(plan.documents[0]).join('; '));
  assert.deepEqual(linesOf(plan.documents[1]), ['G/L Account 610000 -33.34', 'G/L Account 139000 33.34']);
});

test('Decisions 14: without accounts for the pair the document holds as a whole and names both companies, both ways', () => {
  const bare = { companies: [german, { ...french, intercompany: [] }] };
  const { documents, refusals } = planned('expense-split-with-tax', bare);
  assert.deepEqual(documents, []);
  assert.equal(refusals.length, 1);
  assert.match(refusals[0]?.message ?? '', /bc-test\/FRRT and fo-test\/demf .* bc-test\/FRRT has no accounts/);
  assert.equal(refusals[0]?.hold, 'mapping-missing');
  const both = planned('expense-split-with-tax', { companies: [foMapping, { ...french, intercompany: [] }] });
  assert.equal(both.refusals.length, 2, 'all offenders at once (S93)');
});

test('S97, B20: each company is asked for its own codes, and a test document reaches none of them', () => {
  const poor = { ...french, accounts: { sameCode: false, byCode: {} } };
  const { refusals } = planned('expense-split-with-tax', { companies: [german, poor] });
  assert.deepEqual(
    refusals.map(({ message }) => message),
    ['Account 6100 has no mapping in bc-test/FRRT.'],
  );
  const trial = changed('expense-split-with-tax', ['"isTest": "N"', '"isTest": "Y"']);
  const tested = planned('expense-split-with-tax', { companies: [{ ...german, isTest: true }, french] }, trial);
  assert.deepEqual(tested.documents, []);
  assert.deepEqual(
    tested.refusals.map(({ hold, message }) => [hold, message.includes('bc-test/FRRT')]),
    [['test-document', true]],
  );
});

test('B37: an invoice of two companies: the supplier in one, a general journal under its own name in the other', () => {
  const frenchFo: CompanyMapping = { ...foMapping, ...away, erp: 'fo-test', intercompany: accounts(home) };
  const codes = { 'BU-10': home, 'BU-20': { erp: 'fo-test', company: 'FRRT' } };
  const given = (company: CompanyMapping): Partial<MappingRules> => ({
    legalEntity: [{ path: 'lineItem.allocation.allocationCustom1Code', codes }],
    companies: [{ ...german, intercompany: accounts({ erp: 'fo-test', company: 'FRRT' }) }, company],
  });
  const text = inUnits('invoice-two-lines', 'BU-20', 'BU-20', 'BU-10');
  const facts2 = { ...known, today: { ...known.today, 'fo-test/FRRT': '2026-04-01' } };
  const plan = (company: CompanyMapping): Plan =>
    planErpDocuments(read('invoice-two-lines', text), text, rules(given(company)), facts2);
  const unnamed = plan(frenchFo);
  assert.match(unnamed.refusals[0]?.remedy ?? '', /journalNames\.general/);
  const { documents, refusals } = plan({ ...frenchFo, journalNames: { ...frenchFo.journalNames, general: 'IC' } });
  assert.deepEqual(refusals, []);
  assert.deepEqual(
    documents.map((document) => [document.route, 'journalName' in document ? document.journalName : '']),
    [
      ['fo-vendor-invoice-journal', 'CNQRINV'],
      ['fo-general-journal', 'IC'],
    ],
  );
  assert.equal(documents[0]?.payable?.amount, '1205');
  const pending = { ...german, routes: { invoice: 'fo-pending-invoice' as const } };
  const refused = planErpDocuments(
    read('invoice-two-lines', text),
    text,
    { ...rules(), companies: [pending, french] },
    known,
  );
  assert.ok(
    refused.refusals.some(({ code }) => code === 'ledger-line'),
    'a pending invoice takes no ledger accounts',
  );
});

test('B37: part numbers, and with them the keys, do not depend on the order of the allocations', () => {
  const turned = (text: string): string => {
    const document = JSON.parse(text) as { expenseEntry: { allocation: unknown[] }[] };
    for (const entry of document.expenseEntry) entry.allocation.reverse();
    document.expenseEntry.reverse();
    return JSON.stringify(document);
  };
  const third: ErpTarget = { erp: 'fo-test', company: 'usmf' };
  const codes = { 'BU-10': home, 'BU-20': away, 'BU-30': third };
  const given: Partial<MappingRules> = {
    legalEntity: [{ path: 'expenseEntry.allocation.allocationCustom1Code', codes }],
    companies: [
      { ...german, intercompany: [...accounts(away), ...accounts(third)] },
      french,
      { ...foMapping, ...third, intercompany: accounts(home) },
    ],
  };
  const text = inUnits('expense-split-with-tax', 'BU-10', 'BU-20', 'BU-30', 'BU-10');
  const keys = (of: string): string[] => {
    const { documents, refusals } = planned('expense-split-with-tax', given, of);
    assert.deepEqual(refusals, []);
    return documents.map(({ part, company, keySeed, debitTotal }) => [part, company, keySeed, debitTotal].join(' '));
  };
  assert.equal(keys(text).length, 3);
  assert.deepEqual(keys(turned(text)), keys(text));
});
