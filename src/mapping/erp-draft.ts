import type { ErpDocumentBase, ErpRoute } from '../contracts/erp-documents.js';
import type { Finding, NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import type { DocumentKeys } from './erp-keys.js';
import { fittedNumber } from './erp-keys.js';
import type { LegalEntityPart } from './intercompany.js';
import { plain, sumOf } from './money.js';
import type { PlanRefusal, Refusals } from './plan-types.js';
import type { PlannedLine, PlannedLines } from './planned-lines.js';

/** Everything that the builders of ERP documents need; they only choose the form. */
export interface ErpDraft {
  part: number;
  role: LegalEntityPart['role'];
  document: NeutralDocument;
  mapping: CompanyMapping;
  route: ErpRoute;
  /** F&O journals only; undefined where none is configured. */
  journalName?: string;
  keys: DocumentKeys;
  lines: PlannedLines;
  postingOn: string;
  refusals: Refusals;
  warnings: Finding[];
}

/** Short name of a document type in marks and derived numbers. */
export const typeMarks = { expense: 'EXP', invoice: 'INV', cashadvance: 'ADV' } as const;

/** The number that the vendor's entry carries: the supplier's own, or one derived from the key (decisions 2). */
export function invoiceNumberOf({ document, keys, warnings }: ErpDraft, limit: number, upperCase = false): string {
  if (document.vendorInvoiceNumber === undefined) {
    return keys.derivedInvoiceNumber(typeMarks[document.docType]);
  }
  const number = upperCase ? document.vendorInvoiceNumber.trim().toUpperCase() : document.vendorInvoiceNumber;
  const fitted = fittedNumber(number, limit);
  if (fitted !== number) {
    warnings.push({
      code: 'invoice-number-shortened',
      field: 'requestHeader.vendorInvoiceNumber',
      message: `The supplier's invoice number ${number} has more than ${limit} characters; it is posted as ${fitted}.`,
    });
  }
  return fitted;
}

/**
 * What all ERP documents have in common.
 * @throws Error if the lines do not balance: a defect of ours, never to be written
 */
export function baseOf(draft: ErpDraft, lines: PlannedLine[], invoiceNumber: string): ErpDocumentBase {
  const { part, document, mapping, keys, lines: planned, postingOn } = draft;
  const balance = sumOf(lines.map((line) => line.amount));
  if (!balance.isZero()) {
    throw new Error(`The planned ERP document is out of balance by ${plain(balance)}.`);
  }
  const { payee } = planned;
  const isPayable = payee !== undefined && payee.amount.isNegative();
  return {
    part,
    docType: document.docType,
    erp: mapping.erp,
    company: mapping.company,
    keySeed: keys.keySeed,
    reference: document.vendorInvoiceNumber ?? document.businessId,
    currency: document.currency,
    documentOn: document.documentOn,
    postingOn,
    ...(document.dueOn === undefined ? {} : { dueOn: document.dueOn }),
    debitTotal: plain(sumOf(lines.filter((line) => line.amount.isPositive()).map((line) => line.amount))),
    ...(isPayable
      ? { payable: { vendorAccount: payee.account, amount: plain(payee.amount.neg()), invoiceNumber } }
      : {}),
  };
}

/** Says that no vendor takes part at all, as opposed to one whose account is not known yet. */
export function lacksVendor({ lines, refusals }: ErpDraft): boolean {
  const isUnresolved = refusals.list.some(({ vendorKey }) => vendorKey !== undefined);
  return !isUnresolved && lines.parties.every((line) => line.accountType !== 'vendor');
}

/** A kind of document that no route of this ERP can post. */
export function unsupported(code: string, message: string, remedy: string): PlanRefusal {
  return { hold: 'unsupported-document', code, message, remedy };
}
