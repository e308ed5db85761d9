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
// it was written, and the check of the structure. Times are those of the processor, so that other programs count less; they
// still slow it down, so that the middle and the fastest of many rounds are told.
const documents = 640;
const rounds = 40;
const warmUpRounds = 15;
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

const steps = ['parse JSON', 'check structure', 'ledger', 'plan for F&O', 'plan for Business Central'] as const;
type Step = (typeof steps)[number];
/** Microseconds of one round, by step. */
type Round = Record<Step, number>;

function timed<T>(step: Step, round: Round, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  round[step] += user + system;
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

/** Maps some documents; the number of F&O documents that were planned. */
function mapSome(sources: Source[], round: Round): number {
  const values = timed('parse JSON', round, () => sources.map(({ text }) => parseConcurJson(text)));
  const reads = timed('check structure', round, () => sources.map((source, index) => checked(source, values[index])));
  const neutrals = timed('ledger', round, () => reads.map((read) => read()));
  const planned = timed('plan for F&O', round, () => planAll(fo, sources, values, neutrals));
  timed('plan for Business Central', round, () => planAll(bc, sources, values, neutrals));
  return planned;
}

const measured: Round[] = [];
let erpDocuments = 0;
for (let count = 0; count < rounds + warmUpRounds; count += 1) {
  const round = Object.fromEntries(steps.map((step) => [step, 0])) as Round;
  erpDocuments = 0;
  for (let start = 0; start < documents; start += atOnce) {
    erpDocuments += mapSome(all.slice(start, start + atOnce), round);
  }
  if (count >= warmUpRounds) measured.push(round);
}

/** One line: the time of a document in the middle one of all rounds, and documents a second there and in the fastest. */
function row(name: string, ...of: Step[]): string {
  const times = measured
    .map((round) => of.reduce((sum, step) => sum + round[step], 0) / documents / 1_000)
    .sort((left, right) => left - right);
  const perSecond = (milliseconds = NaN): string => Math.round(1_000 / milliseconds).toLocaleString('en');
  const middle = times[Math.floor(times.length / 2)] ?? NaN;
  return [
    name.padEnd(42),
    `${middle.toFixed(3)} ms`,
    perSecond(middle).padStart(12),
    perSecond(times[0]).padStart(12),
  ].join('');
}

const bytes = all.reduce((sum, { text }) => sum + text.length, 0);
const load = (loadavg()[0] ?? 0).toFixed(1);
console.log(
  [
    `${rounds} rounds of ${documents} documents of all cases, ${Math.round(bytes / documents / 1_024)} KB each on average, one core`,
    `${cpus()[0]?.model ?? 'unknown processor'}, load ${load} on ${cpus().length} cores`,
    '',
    `${''.padEnd(50)}${'per second'.padStart(12)}${'fastest'.padStart(12)}`,
    ...steps.map((step) => row(step, step)),
    '',
    row('mapping a parsed document (ledger, F&O)', 'ledger', 'plan for F&O'),
    row('mapping a parsed document (ledger, BC)', 'ledger', 'plan for Business Central'),
    row('all, from the text to the F&O document', 'parse JSON', 'check structure', 'ledger', 'plan for F&O'),
    '',
    `goal: ${goalPerSecond.toLocaleString('en')} parsed documents per second; ${erpDocuments} of ${documents} became F&O documents, the others are refused`,
  ].join('\n'),
);
