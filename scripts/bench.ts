import { cpus, loadavg } from 'node:os';
import type { NeutralDocument } from '../src/contracts/ledger.js';
import type { MappingRules } from '../src/contracts/mapping-rules.js';
import { readCashAdvance } from '../src/mapping/cash-advance.js';
import { parseConcurJson } from '../src/mapping/concur-json.js';
import { cashAdvanceSchema, expenseSchema, invoiceSchema } from '../src/mapping/concur-schemas.js';
import { readExpense } from '../src/mapping/expense.js';
import { readInvoice } from '../src/mapping/invoice.js';
import { planErpDocuments } from '../src/mapping/plan.js';
import type { CaseDocument } from '../src/sandbox/cases/generate-cases.js';
import { generateCases } from '../src/sandbox/cases/generate-cases.js';
import { caseRules } from '../test/unit/case-fixtures.js';

// `npm run bench`: how fast one core maps documents of all cases of accounting. Parsing is shown apart: JSON with every number as
// it was written, and the check of the structure. Times are those of the processor, so that other programs count less.
const documents = 640;
const rounds = 12;
const warmUpRounds = 6;
/** As in the service, a document is forgotten soon after it is mapped. */
const atOnce = 8;
const goalPerSecond = 5_000;

interface Source {
  document: CaseDocument;
  text: string;
}

/** A document whose structure has been checked, ready to be expanded into its ledger. */
type Read = () => NeutralDocument;

function checked({ document }: Source, value: unknown): Read {
  switch (document.docType) {
    case 'expense': {
      const parsed = expenseSchema.parse(value);
      return () => readExpense(parsed);
    }
    case 'invoice': {
      const parsed = invoiceSchema.parse(value);
      return () => readInvoice(parsed);
    }
    case 'cashadvance': {
      const parsed = cashAdvanceSchema.parse(value);
      return () => readCashAdvance(parsed);
    }
  }
}

const used = new Map<string, number>();

function timed<T>(step: string, isCounted: boolean, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  if (isCounted) used.set(step, (used.get(step) ?? 0) + user + system);
  return result;
}

function planAll(rules: MappingRules, sources: Source[], values: unknown[], neutrals: NeutralDocument[]): number {
  return neutrals.reduce((count, neutral, index) => {
    const fiId = sources[index]?.document.id ?? '';
    const facts = { fiId, today: {}, openFrom: {}, resolvedVendors: {} };
    return count + planErpDocuments(neutral, values[index], rules, facts).documents.length;
  }, 0);
}

const fo = caseRules('fo', 'fo-vendor-invoice-journal');
const bc = caseRules('bc', 'bc-purchase-invoice');
const all = generateCases({ count: documents, seed: 1 }).map((document) => ({
  document,
  text: JSON.stringify(document.document),
}));
let erpDocuments = 0;

function mapSome(sources: Source[], isCounted: boolean): void {
  const values = timed('parse JSON', isCounted, () => sources.map(({ text }) => parseConcurJson(text)));
  const reads = timed('check structure', isCounted, () =>
    sources.map((source, index) => checked(source, values[index])),
  );
  const neutrals = timed('ledger', isCounted, () => reads.map((read) => read()));
  const planned = timed('plan for F&O', isCounted, () => planAll(fo, sources, values, neutrals));
  timed('plan for Business Central', isCounted, () => planAll(bc, sources, values, neutrals));
  if (isCounted) erpDocuments += planned;
}

for (let round = 0; round < rounds + warmUpRounds; round += 1) {
  for (let start = 0; start < documents; start += atOnce) {
    mapSome(all.slice(start, start + atOnce), round >= warmUpRounds);
  }
}

const bytes = all.reduce((sum, { text }) => sum + text.length, 0);
const perDocument = (...steps: string[]): number =>
  steps.reduce((sum, step) => sum + (used.get(step) ?? 0), 0) / (documents * rounds) / 1_000;
const row = (name: string, milliseconds: number): string =>
  `${name.padEnd(44)}${milliseconds.toFixed(3).padStart(8)} ms${Math.round(1_000 / milliseconds)
    .toLocaleString('en')
    .padStart(10)} per second`;
console.log(
  `${documents * rounds} documents of all cases, ${Math.round(bytes / documents / 1_024)} KB each on average, one core`,
);
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, load ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores\n`,
);
for (const step of ['parse JSON', 'check structure', 'ledger', 'plan for F&O', 'plan for Business Central']) {
  console.log(row(step, perDocument(step)));
}
const mapping = perDocument('ledger', 'plan for F&O');
console.log(`\n${row('mapping a parsed document (ledger, F&O)', mapping)}`);
console.log(row('mapping a parsed document (ledger, BC)', perDocument('ledger', 'plan for Business Central')));
console.log(
  row('all of it, from the text to the F&O document', perDocument('parse JSON', 'check structure') + mapping),
);
console.log(
  `\ngoal: ${goalPerSecond.toLocaleString('en')} parsed documents per second; ${erpDocuments} F&O documents were planned`,
);
