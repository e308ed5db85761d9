import { Decimal } from 'decimal.js';
import { parse } from 'lossless-json';

/** What the simulated Concur knows about a financial document without looking into it again. Amounts are decimal strings. */
export interface DocumentFacts {
  /** Report id, payment request id or cash advance id. */
  businessId: string;
  currency: string;
  /** Approved total: entries of a report, total of an invoice, journal of an advance. */
  gross: string;
  /** What all payees together are due. */
  dueInAll: string;
  /** The employee of a report and what this employee is due after cash advances. */
  employee?: { id: string; due: string };
  /** `payMethodType` of an invoice. */
  payMethodType?: string;
  /** The supplier's own number of an invoice. */
  reference?: string;
}

/** Reads the facts from the raw JSON text. Throws if a field that Concur always delivers is missing. */
export function documentFacts(docType: string, rawDocument: string): DocumentFacts {
  const document = parse(rawDocument, undefined, (digits) => new Decimal(digits));
  switch (docType) {
    case 'expense':
      return expenseFacts(document);
    case 'invoice':
      return invoiceFacts(document);
    case 'cashadvance':
      return cashAdvanceFacts(document);
    default:
      throw new Error(`unknown docType ${docType}`);
  }
}

function expenseFacts(document: unknown): DocumentFacts {
  const entries = list(document, 'expenseEntry');
  const approved = entries.filter((entry) => member(entry, 'entryIsPersonal') !== 'Y');
  const due = dueByParty(entries);
  const applied = sum(
    list(document, 'cashAdvanceApplication').map((row) => amount(row, 'cashAdvanceApplicationAmount')),
  );
  const employeeDue = (due.get('EMPL') ?? new Decimal(0)).plus(applied);
  due.set('EMPL', employeeDue);
  const employee = member(document, 'employee');
  const report = member(document, 'report');
  return {
    businessId: text(report, 'reportId'),
    currency: text(report, 'employeeCurrencyAlphaCode'),
    gross: sum(approved.map((entry) => amount(entry, 'entryApprovedAmount'))).toFixed(),
    dueInAll: sum([...due.values()].map((value) => Decimal.max(value, 0))).toFixed(),
    employee: { id: text(employee, 'employeeId'), due: Decimal.max(employeeDue, 0).toFixed() },
  };
}

/** Signed sums of the journal lines by the party that is not the company; amounts are signed already. */
function dueByParty(entries: unknown[]): Map<string, Decimal> {
  const due = new Map<string, Decimal>();
  for (const entry of entries) {
    for (const line of list(entry, 'allocation').flatMap((allocation) => list(allocation, 'journal'))) {
      const payee = text(line, 'journalPayee');
      const party = payee === 'COMP' ? text(line, 'journalPayer') : payee;
      due.set(party, (due.get(party) ?? new Decimal(0)).plus(amount(line, 'amountGross')));
    }
  }
  return due;
}

function invoiceFacts(document: unknown): DocumentFacts {
  const header = member(document, 'requestHeader');
  const total = amount(header, 'requestTotal');
  const reference = member(header, 'vendorInvoiceNumber');
  return {
    businessId: text(header, 'requestId'),
    currency: text(header, 'currencyAlphaCode'),
    gross: total.toFixed(),
    dueInAll: Decimal.max(total, 0).toFixed(),
    payMethodType: text(header, 'payMethodType'),
    ...(typeof reference === 'string' && reference !== '' ? { reference } : {}),
  };
}

function cashAdvanceFacts(document: unknown): DocumentFacts {
  const advance = member(document, 'cashAdvanceData');
  const total = sum(list(document, 'journalData').map((row) => amount(row, 'amount')));
  return {
    businessId: text(advance, 'cashAdvanceId'),
    currency: text(advance, 'employeeCurrencyAlphaCode'),
    gross: total.toFixed(),
    dueInAll: Decimal.max(total, 0).toFixed(),
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function list(value: unknown, name: string): unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

function text(value: unknown, name: string): string {
  const found = member(value, name);
  if (typeof found !== 'string' || found === '') throw new Error(`the document has no ${name}`);
  return found;
}

function amount(value: unknown, name: string): Decimal {
  const found = member(value, name);
  if (!(found instanceof Decimal)) throw new Error(`the document has no number ${name}`);
  return found;
}

function sum(amounts: Decimal[]): Decimal {
  return amounts.reduce((total, next) => total.plus(next), new Decimal(0));
}
