import { Decimal } from 'decimal.js';
import { compareLedgers, type LedgerComparison } from './checker/ledgers.js';
import { findDuplicates, findUnbalanced, type Duplicate } from './checker/duplicates.js';
import { linkDocuments } from './checker/links.js';
import { findLifeProblems } from './checker/lives.js';
import { findLooseEnds } from './checker/loose-ends.js';
import { findMisplaced, findPaymentProblems } from './checker/settlements.js';
import { findDeadSubscriptions } from './checker/subscriptions.js';
import { compareSums, creditsIn, type SumLine } from './checker/sums.js';
import { unforgivenViolations } from './checker/violations.js';
import type { ConcurDocumentState, ErpName, Journal, Violation } from './harness/types.js';

/** What the journals of the two sides say about each other. It imports nothing from `src`. */
export interface CheckReport {
  /** True if and only if `problems` is empty. */
  ok: boolean;
  /** Plain sentences for people. */
  problems: string[];
  /** Gross totals by legal entity (`erp/company`) and currency on both sides. */
  sums: SumLine[];
  /** Sums by account and by dimension on both sides, and how many documents and lines were compared for them. */
  ledgers: Omit<LedgerComparison, 'problems'>;
  duplicates: Duplicate[];
  /** Violations that nothing excuses. */
  violations: Violation[];
  /** Repeats whose first answer a reported kill swallowed. */
  forgiven: number;
  concurDocuments: Record<string, number>;
  /** Corrected documents that came after a failed posting or a recall. */
  resubmitted: number;
  erpDocuments: Record<ErpName, number>;
  /** Posted documents among them that take money back: credits of suppliers and of employees. */
  credits: number;
  /** Confirmed payments in Concur: payment confirmations CP and invoices PAID. `takenBack` counts documents, not payments. */
  paid: { confirmedInConcur: number; fullyPaidInErp: number; takenBack: number };
}

/** Compares Concur, F&O and Business Central by the simulators' journals alone. Meant for a system at rest. */
export function check(journal: Journal): CheckReport {
  const links = linkDocuments(journal);
  const sums = compareSums(journal, links);
  const { problems: ledgerProblems, ...ledgers } = compareLedgers(journal, links);
  const duplicates = findDuplicates(journal, links);
  const { violations, forgiven } = unforgivenViolations(journal);
  const problems = [
    ...sums.filter(({ agree }) => !agree).map(sumSentence),
    ...duplicates.map(({ sentence }) => sentence),
    ...findUnbalanced(journal),
    ...findLifeProblems(journal, links),
    ...findLooseEnds(journal),
    ...findDeadSubscriptions(journal),
    ...findMisplaced(links),
    ...findPaymentProblems(journal, links),
    ...ledgerProblems,
    ...violations.map(({ system, operation, at, message }) => `${system} ${operation} at ${at}: ${message}.`),
  ];
  return {
    ok: problems.length === 0,
    problems,
    sums,
    ledgers,
    duplicates,
    violations,
    forgiven,
    concurDocuments: countByStatus(journal.concur),
    resubmitted: journal.concur.filter(({ supersedes }) => supersedes !== undefined).length,
    erpDocuments: {
      fo: journal.posted.filter(({ erp }) => erp === 'fo').length,
      bc: journal.posted.filter(({ erp }) => erp === 'bc').length,
      nav: journal.posted.filter(({ erp }) => erp === 'nav').length,
    },
    credits: creditsIn(journal.posted),
    paid: {
      confirmedInConcur: journal.concur.filter(isConfirmedPaid).length,
      fullyPaidInErp: journal.posted.filter(
        ({ paid, payable }) => new Decimal(payable).gt(0) && new Decimal(paid).gte(payable),
      ).length,
      takenBack: journal.posted.filter(({ reversals = [] }) => reversals.length > 0).length,
    },
  };
}

function isConfirmedPaid(document: ConcurDocumentState): boolean {
  const lastInvoicePayment = document.invoicePayments.at(-1);
  return document.status === 'PAYMENT_CONFIRMED_SUCCESS' || lastInvoicePayment?.paymentStatus === 'PAID';
}

function countByStatus(documents: readonly ConcurDocumentState[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of documents) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function sumSentence({ legalEntity, currency, concur, erp }: SumLine): string {
  return `${legalEntity} in ${currency}: Concur confirmed ${concur}, the ERP posted ${erp}.`;
}
