import type { PaymentResult, StepResult } from '../contracts/steps.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import type { NextConfirmation, PayablePart } from '../mapping/settlement-to-confirmation.js';
import { nextConfirmation, reversedInErp } from '../mapping/settlement-to-confirmation.js';
import type { StoredDocument } from '../store/document-store.js';
import { clearAlerts } from '../store/alert-store.js';
import { closeDocument, reachStage, readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { markSettled, readErpDocuments } from '../store/erp-document-store.js';
import { readSettlements } from '../store/settlement-store.js';
import type { ConcurDependencies } from './dependencies.js';
import { hold } from './run-step.js';
import { tellExpensePayment } from './tell-expense-payment.js';
import { tellInvoicePayment } from './tell-invoice-payment.js';

/** Tells Concur about everything that the ERP has settled and Concur has not heard of. Never tells a settlement twice. */
export async function confirmPayment(deps: ConcurDependencies, documentId: string): Promise<StepResult<PaymentResult>> {
  const { db } = deps;
  const document = await readDocument(db, documentId);
  if (document.paymentConfirmedAt) return paid(deps, document, 'Paid and confirmed to Concur.');
  const next = await nextForConcur(deps, document);
  switch (next.outcome) {
    case 'waiting':
      return {
        status: 'done',
        state: await stateWhileOpen(deps, documentId),
        detail: await openDetail(deps, documentId),
      };
    case 'settled':
      return paid(deps, document, 'Settled in the ERP; Concur has been told all there is to tell.');
    case 'person':
    case 'alert':
      return {
        status: 'hold',
        hold: hold(
          next.finding.code === reversedInErp ? 'reversed-in-erp' : 'payment-needs-decision',
          `${next.finding.message} ${next.finding.remedy ?? ''}`.trim(),
        ),
      };
    case 'confirm-expense':
      for (const confirmation of next.confirmations) await tellExpensePayment(deps, document, confirmation);
      if (next.isComplete) return paid(deps, document, 'Paid in full and confirmed to Concur.');
      await reachStage(db, documentId, 'partly-paid');
      return { status: 'done', state: 'partly-paid', detail: 'Paid in part and told to Concur; waiting for the rest.' };
    case 'confirm-invoice': {
      const held = await tellInvoicePayment(deps, document, next.confirmation);
      if (held) return { status: 'hold', hold: held };
      return paid(deps, document, 'Paid in full and confirmed to Concur.');
    }
  }
}

/** What Concur is to be told next about the payment of a document, from what the store knows. */
export async function nextForConcur(deps: ConcurDependencies, document: StoredDocument): Promise<NextConfirmation> {
  const rows = await readErpDocuments(deps.db, document.id);
  const settlements = await readSettlements(deps.db, document.id);
  return nextConfirmation({
    docType: document.docType,
    fiId: document.fiId,
    businessId: document.businessId,
    payee: readConcurDocument(document.docType, document.payload).payee,
    payables: rows.flatMap(payableOf),
    settlements: settlements.map(({ confirmedStatus: _told, ...settlement }) => settlement),
    confirmed: settlements.flatMap(({ settlementKey, confirmedStatus: status }) =>
      isTold(status) ? [{ settlementKey, status }] : [],
    ),
    reversals: deps.paymentReversals,
  });
}

/** What the ERP owes for a part: what was meant, or what was posted where a person has taken that instead. */
function payableOf({ part, company, document, proof, accepted }: PlannedErpDocument): PayablePart[] {
  if (document.payable === undefined) return [];
  const meant = { amount: document.payable.amount, currency: document.currency };
  const taken = accepted === null ? undefined : proof;
  const amount = taken?.vendorAmount ?? meant.amount;
  return [{ part, company, amount, currency: taken?.currency ?? meant.currency }];
}

const toldStatuses = ['PP', 'CP', 'PAID', 'RE', 'VOID'] as const;

function isTold(status: string | null): status is (typeof toldStatuses)[number] {
  return toldStatuses.some((each) => each === status);
}

async function stateWhileOpen(deps: ConcurDependencies, documentId: string): Promise<'open' | 'partly-paid'> {
  const told = (await readSettlements(deps.db, documentId)).some((row) => row.confirmedStatus !== null);
  return told ? 'partly-paid' : 'open';
}

/** What an unpaid document waits for, with what the ERP says about why it will not pay as things stand. */
async function openDetail(deps: ConcurDependencies, documentId: string): Promise<string> {
  const rows = await readErpDocuments(deps.db, documentId);
  const reasons = rows.flatMap(({ state, waiting }) => (state === 'posted' && waiting !== null ? [waiting] : []));
  return ['Waiting for the ERP to pay.', ...reasons].join(' ');
}

async function paid(
  deps: ConcurDependencies,
  document: StoredDocument,
  detail: string,
): Promise<StepResult<PaymentResult>> {
  await markSettled(deps.db, document.id);
  await reachStage(deps.db, document.id, 'awaiting-payment', { paymentConfirmed: true });
  await closeDocument(deps.db, document.id, 'paid', detail);
  await clearAlerts(deps.db, document.id, true);
  return { status: 'done', state: 'paid', detail };
}
