import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { check } from '../../simulators/checker.js';
import { documentLedger } from '../../simulators/concur/document-ledger.js';
import type { ConcurDocumentState, Journal, PostedErpDocument } from '../../simulators/harness/types.js';
import type { FoGeneralJournal, FoVendorInvoiceJournal } from '../../src/contracts/erp-documents.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';
import { loadDocuments } from '../../src/sandbox/load-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';
import type { SandboxDocument } from '../../src/sandbox/sandbox-types.js';

const samples = join(import.meta.dirname, '../../../shared/samples/concur/fis');
const skip = existsSync(samples) ? false : `the published samples are not at ${samples}`;

type Entry = PostedErpDocument['entries'][number];

/** A journal of two sides that agree: what the connector plans for the documents, as if F&O had posted it. */
function agreedJournal(documents: SandboxDocument[]): Journal {
  const sandbox = planSandbox(documents, { erp: 'fo' });
  // Invoice journals everywhere: their lines name accounts, which pending invoices leave to F&O.
  const companies = sandbox.mapping.map((mapping) => ({
    ...mapping,
    routes: { ...mapping.routes, invoice: 'fo-vendor-invoice-journal' as const },
  }));
  const rules = { version: 'test', legalEntity: sandbox.legalEntity, companies };
  const today = Object.fromEntries(companies.map(({ erp, company }) => [`${erp}/${company}`, '2026-07-01']));
  const journal: Journal = {
    ...{ concur: [], posted: [], unposted: [], writes: [], violations: [], kills: [], calls: {}, faults: {} },
    codes: sandbox.codes,
  };
  for (const { id, docType, document, documentText } of documents) {
    if (sandbox.planted[id] !== undefined) continue;
    const text = documentText ?? JSON.stringify(document);
    const facts = { fiId: id, today, openFrom: {}, resolvedVendors: {} };
    const neutral = readConcurDocument(docType, text);
    const [planned] = planErpDocuments(neutral, text, rules, facts).documents;
    assert.ok(planned?.route === 'fo-general-journal' || planned?.route === 'fo-vendor-invoice-journal', id);
    journal.posted.push(postedFrom(planned));
    const gross = neutral.legs
      .filter(({ leg }) => leg === 'expense' || leg === 'inputTax' || (docType === 'cashadvance' && leg === 'advance'))
      .reduce((sum, { amount }) => sum + Math.round(Number(amount) * 1_000), 0);
    journal.concur.push({
      ...{ id, docType, businessId: neutral.businessId, status: 'POSTING_CONFIRMED_SUCCESS' },
      ...{ currency: neutral.currency, gross: String(gross / 1_000), payments: [], invoicePayments: [] },
      ...(sandbox.expected[id] === undefined ? {} : { expected: sandbox.expected[id] }),
      postingDocs: [{ companyId: planned.company, documentNumber: planned.keySeed }],
      ledger: documentLedger(docType, text),
    } satisfies ConcurDocumentState);
  }
  return journal;
}

function postedFrom(planned: FoGeneralJournal | FoVendorInvoiceJournal): PostedErpDocument {
  const roles = (account: string): Entry['role'] => (account.startsWith('TAX') ? 'tax' : 'cost');
  return {
    ...{ erp: 'fo', company: planned.company, currency: planned.currency },
    ...{ documentNumber: planned.keySeed, mark: planned.description, postedAt: '', paid: '0', payable: '0' },
    entries: planned.lines.map(({ account, accountType, dimensions, debit, credit }): Entry => {
      const isVendor = accountType === 'Vend';
      return {
        ...{ account, role: isVendor ? 'liability' : roles(account), amount: debit ?? `-${credit ?? '0'}` },
        ...(isVendor ? { vendor: true } : {}),
        dimensions: Object.fromEntries(dimensions.map(({ dimension, value }) => [dimension, value])),
      };
    }),
  };
}

/** Problems of the comparison by account and dimension alone; the roles of accounts are not of interest here. */
const problemsOf = (journal: Journal): string[] =>
  check(journal).problems.filter((problem) => /account |vendor |ledgers of Concur|cannot tell/.test(problem));

const generated = agreedJournal(generateDocuments({ count: 240, seed: 11, corrections: false }));

void test('B28: the checker reckons by itself what 240 generated documents stand for, to the account and dimension', () => {
  assert.deepEqual(problemsOf(generated), []);
  const { ledgers } = check(generated);
  assert.equal(ledgers.documents, generated.concur.length);
  assert.ok(ledgers.documents > 200 && ledgers.lines > 900);
  assert.ok(ledgers.sums.every(({ agree }) => agree));
  assert.ok(ledgers.sums.some(({ of }) => of.startsWith('TAX')) && ledgers.sums.some(({ of }) => of === 'vendors'));
  assert.ok(ledgers.sums.some(({ of }) => of.startsWith('CostCenter=')));
});

void test('B28: the same holds for every published document that can be posted', { skip }, () => {
  const files = readdirSync(samples).map((name) => ({ name, text: readFileSync(join(samples, name), 'utf8') }));
  const journal = agreedJournal(loadDocuments(files).documents);
  assert.deepEqual(problemsOf(journal), []);
  assert.equal(check(journal).ledgers.documents, journal.concur.length);
  assert.ok(journal.concur.length >= 15, String(journal.concur.length));
});

/** The journal with the first entry of this kind altered. */
function altered(wanted: (entry: Entry) => boolean, change: (entry: Entry) => void): Journal {
  const journal = structuredClone(generated);
  const entry = journal.posted.flatMap(({ entries }) => entries).find(wanted);
  assert.ok(entry);
  change(entry);
  return journal;
}

const hasCostCenter = ({ dimensions }: Entry): boolean => dimensions['CostCenter'] !== undefined;

void test('S98: a lost or a wrong dimension shows although every sum by company agrees', () => {
  const lost = altered(hasCostCenter, ({ dimensions }) => {
    delete dimensions['CostCenter'];
  });
  assert.equal(
    check(lost).sums.every(({ agree }) => agree),
    check(generated).sums.every(({ agree }) => agree),
  );
  assert.match(problemsOf(lost).join('\n'), /account \d+ \(.*CostCenter=.*\): Concur says .*, the ERP posted 0\./);
  assert.match(problemsOf(lost).join('\n'), /CostCenter=\S+: the ledgers of Concur make/);
  const wrong = altered(hasCostCenter, ({ dimensions }) => {
    dimensions['CostCenter'] = 'CC-9999';
  });
  assert.match(problemsOf(wrong).join('\n'), /CostCenter=CC-9999/);
});

void test('B28: another account, another vendor, a line too many and a document without a reading show', () => {
  const isVendor = ({ vendor }: Entry): boolean => vendor === true;
  const elsewhere = altered(hasCostCenter, (entry) => {
    entry.account = '9999';
  });
  assert.match(problemsOf(elsewhere).join('\n'), /account 9999 .*: Concur says 0, the ERP posted/);
  const otherVendor = altered(isVendor, (entry) => {
    entry.account = 'E99999';
  });
  assert.match(problemsOf(otherVendor).join('\n'), /vendor E99999: Concur says 0/);
  const doubled = structuredClone(generated);
  const [first] = doubled.posted;
  first?.entries.push(...first.entries.slice(0, 1));
  assert.notDeepEqual(problemsOf(doubled), []);
  const unread = structuredClone(generated);
  delete unread.concur[0]?.ledger;
  assert.match(problemsOf(unread)[0] ?? '', /cannot tell what it stands for/);
});

void test('S84: who has no vendor account in the tables was chosen by a person, and only then any vendor will do', () => {
  const journal = altered(
    ({ vendor }) => vendor === true,
    (entry) => {
      entry.account = 'CHOSEN';
    },
  );
  const index = journal.posted.findIndex(({ entries }) => entries.some(({ account }) => account === 'CHOSEN'));
  const document = journal.concur[index];
  assert.ok(document);
  assert.notDeepEqual(problemsOf(journal), []);
  document.planted = 'vendor-missing';
  assert.deepEqual(problemsOf(journal), []);
});
