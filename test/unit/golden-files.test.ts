import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LedgerLine } from '../../src/contracts/ledger.js';
import { amountOf, plain, sumOf } from '../../src/mapping/money.js';
import { documentCases } from '../../src/sandbox/cases/document-cases.js';
import {
  cardAccount,
  caseFixtures,
  category,
  employeeVendor,
  erpAccount,
  expectedLedgers,
  otherAccounts,
  taxAccountOf,
} from './case-fixtures.js';
import type { GoldenErp, GoldenRow } from './golden-text.js';
import { goldenErps, goldenFolder, goldenRows, goldenText } from './golden-text.js';

const fixtures = caseFixtures();
const expected = expectedLedgers();
const goldenOf = (erp: GoldenErp, name: string): string =>
  readFileSync(new URL(`${erp}/${name}.txt`, goldenFolder), 'utf8');

for (const erp of goldenErps) {
  test(`S92, S93, S94, S95, S97, S99, B35: the ${erp} documents of each fixture are what the golden files say`, () => {
    const files = readdirSync(new URL(`${erp}/`, goldenFolder)).sort();
    assert.deepEqual(files, fixtures.map(({ name }) => `${name}.txt`).sort());
    for (const fixture of fixtures) {
      const says = documentCases.find(({ name }) => name === fixture.name)?.says ?? '';
      const remedy = `${erp}/${fixture.name}: if it is meant, npx tsx scripts/golden.ts --replace`;
      assert.equal(goldenText(fixture, erp, says), goldenOf(erp, fixture.name), remedy);
    }
  });
}

/** Who pays instead of the ERP, by fixture: those parties stand on a clearing account. */
const paidByOthers: Record<string, string> = {
  payroll: otherAccounts.payroll,
  'tax-payroll': otherAccounts.payroll,
  'expense-pay': otherAccounts.expensePay,
  'advance-expense-pay': otherAccounts.expensePay,
  'invoice-paid-by-concur': otherAccounts.invoicePay,
};

/** The account where a line of the expected ledger must be found; written without the mapping. */
function accountOf(name: string, line: LedgerLine): string {
  switch (line.leg) {
    case 'inputTax':
      return taxAccountOf(line.authority ?? '');
    case 'party':
      if (line.party === 'VENDOR') return paidByOthers[name] ?? line.id ?? '';
      return line.party === 'EMPL'
        ? (paidByOthers[name] ?? employeeVendor(line.id ?? ''))
        : cardAccount(line.party ?? '');
    default:
      return erpAccount(line.account ?? '');
  }
}

function sums(rows: { account: string; amount: string }[]): Record<string, string> {
  const accounts = [...new Set(rows.map(({ account }) => account))].sort();
  const all = accounts.map((account): [string, string] => [
    account,
    plain(sumOf(rows.filter((row) => row.account === account).map(({ amount }) => amount))),
  ]);
  return Object.fromEntries(all.filter(([, amount]) => amount !== '0'));
}

/** Accounts between companies cancel each other out over the documents of one report. */
function withoutPartners(rows: GoldenRow[]): GoldenRow[] {
  const partners: string[] = [otherAccounts.dueFrom, otherAccounts.dueTo];
  const between = rows.filter(({ account }) => partners.includes(account));
  assert.equal(plain(sumOf(between.map(({ amount }) => amount))), '0', 'due-to and due-from cancel each other out');
  return rows.filter(({ account }) => !partners.includes(account));
}

/** Fixtures that become no ERP document at all, and why. */
const withoutDocument: Record<string, string> = {
  'advance-clears-itself': 'A4',
  'test-user': 'test-document',
  'invoice-nothing': 'nothing-to-post',
  'invoice-unknown-supplier': 'vendor-unmapped',
};

for (const erp of goldenErps) {
  test(`S99, S121, S130: the sums of the ${erp} golden files equal the expected neutral ledgers, account by account`, () => {
    let compared = 0;
    for (const { name } of fixtures) {
      const text = goldenOf(erp, name);
      const tables = [...goldenRows(text)].filter(([, rows]) => rows.length > 0);
      if (tables.length === 0) {
        const reason = withoutDocument[name];
        assert.ok(reason !== undefined && text.includes(`  ${reason}: `), `${erp}/${name} has no document:\n${text}`);
      }
      for (const [way, rows] of tables) {
        const own = withoutPartners(rows.map((row) => ({ ...row, account: withoutOrder(row) })));
        // What is owed to nobody is a general journal, with ledger accounts, on every way.
        const isOfGoods = rows.some(({ type }) => type === 'Category' || type === 'Order');
        const lines = (expected[name]?.lines ?? []).map((line) => {
          const isGoods = isOfGoods && line.leg === 'expense';
          return { account: isGoods ? goodsOf(name, line) : accountOf(name, line), amount: line.amount };
        });
        assert.deepEqual(sums(own), sums(lines), `${erp}/${name} ${way}`);
        compared += 1;
      }
    }
    assert.ok(compared >= 55, `${compared} tables`);
  });
}

const withoutOrder = ({ type, account }: GoldenRow): string => (type === 'Order' ? 'order' : account);
const goodsOf = (name: string, line: LedgerLine): string =>
  name === 'invoice-order' ? 'order' : category(line.account ?? '');

test('S99: every table of the golden files balances, and its last line says so', () => {
  for (const erp of goldenErps) {
    for (const { name } of fixtures) {
      const text = goldenOf(erp, name);
      const totals = text.split('\n').filter((line) => /^\|\s+\| total /.test(line));
      for (const line of totals) {
        const [, , , , debit, credit] = line.split('|').map((cell) => cell.trim());
        assert.equal(debit, credit, `${erp}/${name}`);
        assert.ok(debit !== undefined && amountOf(debit).isPositive(), `${erp}/${name}`);
      }
    }
  }
});
