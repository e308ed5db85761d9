import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LedgerLine } from '../../src/contracts/ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { currencyDecimals, amountOf, plain, sumOf } from '../../src/mapping/money.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { caseFixtures } from './case-fixtures.js';

const book = readFileSync(new URL('../../docs/accounting.md', import.meta.url), 'utf8');

interface BookTable {
  currency: string;
  rows: string[][];
}

/** The tables of the book by the name of their fixture, without heading. */
function bookTables(): Map<string, BookTable> {
  const tables = new Map<string, BookTable>();
  for (const part of book.split(/^Fixture /m).slice(1)) {
    const [, name, currency] = /^`([a-z-]+)`, ([A-Z]{3}):/.exec(part) ?? [];
    assert.ok(name !== undefined && currency !== undefined && !tables.has(name), part.slice(0, 40));
    const body = part.split('\n\n')[1] ?? '';
    const rows = body.split('\n').map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    tables.set(name, { currency, rows: rows.slice(2) });
  }
  return tables;
}

const legNames: Record<LedgerLine['leg'], string> = {
  expense: 'expense',
  personal: 'private item',
  inputTax: 'input tax',
  advance: 'cash advance',
  party: 'liability',
  intercompany: 'between companies',
};

function rowOf(line: LedgerLine, currency: string): string[] {
  const accounts = {
    inputTax: `${line.authority} ${line.reclaimCode}`,
    party: [line.party, line.id].filter((part) => part !== undefined).join(' '),
  };
  const account = line.leg === 'inputTax' || line.leg === 'party' ? accounts[line.leg] : (line.account ?? '');
  const amount = amountOf(line.amount);
  const written = amount.abs().toFixed(currencyDecimals(currency));
  const sides = amount.isNegative() ? ['', written] : [written, ''];
  return [legNames[line.leg], account, Object.values(line.costObjects ?? {}).join(' '), ...sides];
}

const tables = bookTables();

test('S99, B12, M1: every table of docs/accounting.md is the ledger of its fixture, and every case has one', () => {
  const fixtures = caseFixtures();
  assert.deepEqual(
    [...tables.keys()].sort(),
    fixtures.map(({ name }) => name),
  );
  for (const { name, docType, text } of fixtures) {
    const { currency, lines } = publishedLedger(readConcurDocument(docType, text));
    const table = tables.get(name);
    assert.ok(table, name);
    assert.equal(table.currency, currency, name);
    const stated = table.rows.filter(([leg]) => leg !== 'total').map((row) => row.join(' | '));
    assert.deepEqual(stated.sort(), lines.map((line) => rowOf(line, currency).join(' | ')).sort(), name);
  }
});

test('S99: the last row of every table is the sum of its columns, and both sides are equal', () => {
  for (const [name, { rows }] of tables) {
    const total = rows.at(-1) ?? [];
    assert.equal(total[0], 'total', name);
    for (const column of [3, 4]) {
      const amounts = rows.slice(0, -1).flatMap((row) => (row[column] ? [row[column]] : []));
      assert.equal(plain(amountOf(total[column] ?? '')), plain(sumOf(amounts)), name);
    }
    assert.equal(total[3], total[4], name);
  }
});

test('S93: the book explains every code by which the mapping refuses a document of Concur, or warns of it', () => {
  const folder = new URL('../../src/mapping/', import.meta.url);
  const files = readdirSync(folder).filter((file) => /invariants|warnings|cash-advance\.ts$/.test(file));
  const sources = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
  for (const kind of ['refuse', 'warn'] as const) {
    const chapter =
      book.split(kind === 'refuse' ? '## What is refused' : '## What is told')[1]?.split('\n## ')[0] ?? '';
    const codes = [...sources.matchAll(new RegExp(`findings\\.${kind}\\(\\s*'([^']+)'`, 'g'))].map(([, code]) => code);
    assert.ok(codes.length >= (kind === 'refuse' ? 15 : 8), `${kind}: ${codes.join()}`);
    for (const code of codes) assert.ok(chapter.includes(`\`${code}\``), `${kind} ${code}`);
  }
});
