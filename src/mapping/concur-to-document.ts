import type { z } from 'zod';
import type { DocType } from '../contracts/documents.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import { readCashAdvance } from './cash-advance.js';
import { isJsonObject, parseConcurJson } from './concur-json.js';
import { cashAdvanceSchema, expenseSchema, invoiceSchema } from './concur-schemas.js';
import { DocumentUnreadable } from './document-unreadable.js';
import { readExpense } from './expense.js';
import { readInvoice } from './invoice.js';

/**
 * Reads a Concur document (the `document` member of a financial document, as JSON text) into its neutral ledger. Broken
 * invariants are listed in `refusals` of the result, the ledger is expanded all the same, as far as it goes.
 * @throws DocumentUnreadable if the structure is not the documented one, or for funds obligations
 */
export function readConcurDocument(docType: DocType, documentText: string): NeutralDocument {
  const value = parseConcurJson(documentText);
  switch (docType) {
    case 'expense':
      refuseObligation(value);
      return readExpense(parsed(expenseSchema, value));
    case 'invoice':
      return readInvoice(parsed(invoiceSchema, value));
    case 'cashadvance':
      return readCashAdvance(parsed(cashAdvanceSchema, value));
  }
}

/** A reservation of funds looks like an expense report but has `instruction`, or null entries (FIS spec 9.1, trap 40). */
function refuseObligation(value: unknown): void {
  if (!isJsonObject(value)) {
    return;
  }
  const field = ['instruction', 'expenseEntry'].find((name) =>
    name === 'instruction' ? (value[name] ?? null) !== null : value[name] === null,
  );
  if (field !== undefined) {
    const message = 'The document is a funds obligation (a reservation), not an expense report.';
    throw new DocumentUnreadable(message, [field], 'unsupported-document');
  }
}

/** For accountants: what is wrong with a member, instead of types of a programming language. */
const inWords = ({ code, input }: { code?: string; input?: unknown }): string | undefined => {
  if (code !== 'invalid_type') return undefined;
  return input === undefined || input === null ? 'missing' : 'not of the form that Concur documents';
};

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { error: inWords });
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const listed = problems.slice(0, 10).map(({ path, message }) => `${path || 'document'}: ${message}`);
  throw new DocumentUnreadable(`The document does not have the documented structure: ${listed.join('; ')}`, [
    ...new Set(problems.map(({ path }) => path)),
  ]);
}
