import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Command } from 'commander';
import { addGenerateCommand } from '../../src/cli/generate-command.js';
import { UsageError } from '../../src/cli/failure.js';
import { amountOf, fitsCurrency, sumOf } from '../../src/mapping/money.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { documentCases } from '../../src/sandbox/cases/document-cases.js';
import type { CaseDocument } from '../../src/sandbox/cases/generate-cases.js';
import { generateCases } from '../../src/sandbox/cases/generate-cases.js';
import { loadDocuments } from '../../src/sandbox/load-documents.js';
import { jsonAmount } from '../../src/sandbox/whole-cents.js';

const round = generateCases({ count: documentCases.length, seed: 11 });
const read = ({ docType, document }: CaseDocument) => readConcurDocument(docType, JSON.stringify(document));
const named = (name: string): CaseDocument => {
  const found = round.find((each) => each.case === name);
  assert.ok(found, name);
  return found;
};
const texts = (name: string): string => JSON.stringify(named(name).document);

test('Every case has a name of its own and one sentence; without a choice they come in turn', () => {
  assert.equal(new Set(documentCases.map(({ name }) => name)).size, documentCases.length);
  for (const { name, says } of documentCases) {
    assert.match(name, /^[a-z]+(-[a-z]+)*$/);
    assert.match(says, /^[A-Z].*\.$/, name);
  }
  const names = generateCases({ count: documentCases.length + 2, seed: 3 }).map((each) => each.case);
  assert.deepEqual(
    names.slice(0, documentCases.length),
    documentCases.map(({ name }) => name),
  );
  assert.deepEqual(names.slice(-2), names.slice(0, 2));
});

test('The same seed makes the same documents, another seed others; ids are 32 hex and never repeat', () => {
  assert.deepEqual(generateCases({ count: 80, seed: 11 }).slice(0, round.length), round);
  assert.notDeepEqual(generateCases({ count: 1, seed: 12 }), round.slice(0, 1));
  const many = [1, 2, 3].flatMap((seed) => generateCases({ count: 200, seed }));
  assert.ok(many.every(({ id }) => /^[0-9a-f]{32}$/.test(id)));
  assert.equal(new Set(many.map(({ id }) => id)).size, many.length);
  assert.equal(new Set(many.map((each) => read(each).businessId)).size, many.length);
});

test('Each case shows what its name says', () => {
  assert.match(texts('foreign-divide'), /"entryExchangeRateDirection":"D"/);
  assert.match(texts('foreign-multiply'), /"entryExchangeRateDirection":"M"/);
  assert.match(texts('mileage'), /"mileage":\{/);
  assert.match(texts('billable'), /"entryIsBillable":"Y"/);
  assert.match(texts('payroll'), /"payrollPayIndicator":"Y"/);
  assert.match(texts('expense-pay'), /"expensePayIndicator":"Y"/);
  assert.match(texts('test-user'), /"isTest":"Y"/);
  assert.match(texts('refund'), /"journalPayer":"EMPL","journalPayee":"COMP"/);
  assert.match(texts('card-refund'), /"journalPayer":"CBCP","journalPayee":"COMP"/);
  assert.match(texts('card-private-no-account'), /"journalAccountCode":""/);
  assert.match(texts('tax-shared-row'), /"taxGuid":\["([0-9A-F]{32})"\].*"taxGuid":\["\1"\]/);
  assert.match(texts('invoice-tax'), /"tax":\[\{"amountTax":/);
  assert.match(texts('invoice-order'), /"lineItemPurchaseOrderNumber":"PO-/);
  assert.doesNotMatch(texts('old-form'), /totalApprovedAmount|isTest|taxGuid|reportEntryPatKey/);
  assert.match(texts('several-companies'), /"allocationCustom5Code":"GB01".*"allocationCustom5Code":"GB02"/);
  for (const name of ['zero-report', 'card-private-only', 'invoice-zero', 'invoice-nothing']) {
    assert.equal(read(named(name)).total, '0', name);
  }
  for (const name of ['refund', 'negative-report', 'card-refund', 'invoice-negative']) {
    assert.ok(amountOf(read(named(name)).total).isNegative(), name);
  }
});

test('A currency without decimals gets none, and one with three uses them', () => {
  const amounts = (name: string): string[] => read(named(name)).legs.map(({ amount }) => amount);
  for (const name of ['no-decimals', 'invoice-no-decimals']) {
    assert.ok(
      amounts(name).every((amount) => fitsCurrency(amountOf(amount), 'JPY')),
      name,
    );
  }
  const dinars = generateCases({ count: documentCases.length * 4, seed: 2 }).filter(
    ({ case: name }) => name === 'three-decimals',
  );
  assert.ok(dinars.some((each) => read(each).legs.some(({ amount }) => amountOf(amount).decimalPlaces() === 3)));
  assert.deepEqual(
    [jsonAmount(7, 3), jsonAmount(-1_234, 3), jsonAmount(12, 0), jsonAmount(-5)],
    [0.007, -1.234, 12, -0.05],
  );
});

test('M1: one round issues an advance once, uses it and gives the rest back, in one currency and by one person', () => {
  for (const seed of [1, 2, 3, 4]) {
    const documents = generateCases({ count: documentCases.length, seed }).filter(({ case: name }) =>
      /^advance-(issued|used|returned)$/.test(name),
    );
    const readings = documents.map(read);
    assert.equal(new Set(readings.map(({ currency, payee }) => `${currency} ${payee.id}`)).size, 1);
    const rows = readings.flatMap(({ legs }) => legs.filter(({ leg }) => leg === 'advance'));
    assert.equal(sumOf(rows.map(({ amount }) => amount)).toFixed(), '0');
  }
});

const folder = mkdtempSync(join(tmpdir(), 'generate-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `documents generate` with the given words. */
async function generate(...words: string[]): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addGenerateCommand(program.command('documents'));
  await program.parseAsync(['documents', 'generate', ...words], { from: 'user' });
}

test('`documents generate` writes an envelope that is loaded again, of the wanted cases alone', async () => {
  const out = join(folder, 'documents.json');
  await generate('--count', '5', '--seed', '9', '--cases', 'cash, tax-full', '--out', out);
  const { documents, skipped } = loadDocuments([{ name: out, text: readFileSync(out, 'utf8') }]);
  assert.deepEqual(skipped, []);
  assert.equal(documents.length, 5);
  assert.ok(documents.every(({ docType, companyId }) => docType === 'expense' && companyId === '100200'));
  assert.equal(documents.filter(({ documentText }) => documentText.includes('DEVAT')).length, 2);
});

test('`documents generate` says which case does not exist, and which file it cannot write', async () => {
  await assert.rejects(generate('--cases', 'cash,tax-free'), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /No such case: tax-free\./);
    return true;
  });
  await assert.rejects(generate('--cases', 'cash', '--out', join(folder, 'no', 'such.json')), /cannot be written/);
});
