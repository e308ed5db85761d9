import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBody } from '../../src/cli/sandbox/sandbox-documents.js';
import type { DocType } from '../../src/contracts/documents.js';
import { generateDocuments, type GeneratedDocument } from '../../src/sandbox/generate-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';
import type { SandboxPlan } from '../../src/sandbox/sandbox-types.js';

type Currency = 'CAD' | 'EUR' | 'GBP' | 'USD';
type Json = Record<string, unknown>;

/**
 * One document per name, each of a kind of its own. The sandbox gives the currencies in turn to F&O (CAD in strong mode,
 * GBP in recovery mode) and to Business Central (EUR and USD).
 */
const wanted = {
  foStrongReport: { docType: 'expense', currency: 'CAD' },
  foReport: { docType: 'expense', currency: 'GBP' },
  foInvoice: { docType: 'invoice', currency: 'GBP' },
  bcReport: { docType: 'expense', currency: 'EUR' },
  bcOtherReport: { docType: 'expense', currency: 'USD' },
  bcInvoice: { docType: 'invoice', currency: 'USD' },
} as const satisfies Record<string, { docType: DocType; currency: Currency }>;

export type ExampleName = keyof typeof wanted;
export type Examples = Record<ExampleName, GeneratedDocument>;

/** Generated documents of the kinds wanted, with the plan of a sandbox that runs with exactly these. */
export function exampleDocuments(seed: number): { examples: Examples; all: GeneratedDocument[]; plan: SandboxPlan } {
  const generated = generateDocuments({ count: 120, seed });
  const entries = Object.entries(wanted).map(([name, { docType, currency }]) => {
    const found = generated.find((each) => isPlain(each) && each.docType === docType && currencyOf(each) === currency);
    if (found === undefined) throw new Error(`seed ${seed} makes no plain ${docType} in ${currency}`);
    return [name, found];
  });
  const examples = Object.fromEntries(entries) as Examples;
  const all = Object.values(examples);
  return { examples, all, plan: planSandbox(all, { erp: 'both' }) };
}

/** Paid by the ERP to one payee, with numbers of ordinary length: what such a document goes through is always the same. */
function isPlain({ docType, document, planted }: GeneratedDocument): boolean {
  if (planted !== undefined) return false;
  const text = JSON.stringify(document);
  if (docType === 'invoice') return !text.includes('/ORIGINAL/');
  const { report, expenseEntry, cashAdvanceApplication } = document as {
    report: Json;
    expenseEntry: Json[];
    cashAdvanceApplication: unknown[];
  };
  return (
    docType === 'expense' &&
    report['payrollPayIndicator'] === 'N' &&
    cashAdvanceApplication.length === 0 &&
    !/"journalPayee":"(COPD|CBCP|IBCP)"/.test(text) &&
    expenseEntry.every((entry) => entry['expensePayIndicator'] === 'N' && entry['entryIsPersonal'] === 'N') &&
    Number(report['totalApprovedAmount']) > 0
  );
}

function currencyOf({ document }: GeneratedDocument): unknown {
  const { report, requestHeader } = document as { report?: Json; requestHeader?: Json };
  return report?.['employeeCurrencyAlphaCode'] ?? requestHeader?.['currencyAlphaCode'];
}

/** The same business once more: another document of Concur with numbers of its own and equal amounts and accounts. */
export function copyOf(original: GeneratedDocument, employeeId?: string): GeneratedDocument {
  const document = structuredClone(original.document) as { report?: Json; requestHeader?: Json; employee?: Json };
  const businessId = randomBytes(10).toString('hex').toUpperCase();
  if (document.report !== undefined) document.report['reportId'] = businessId;
  if (document.requestHeader !== undefined) {
    document.requestHeader['requestId'] = businessId;
    document.requestHeader['vendorInvoiceNumber'] = `RE-${businessId.slice(0, 12)}`;
  }
  if (employeeId !== undefined && document.employee !== undefined) document.employee['employeeId'] = employeeId;
  return { ...original, id: randomBytes(16).toString('hex'), document };
}

/** Number by which people know the document: report id or request id. */
export function businessIdOf({ document }: GeneratedDocument): string {
  const { report, requestHeader } = document as { report?: Json; requestHeader?: Json };
  return String(report?.['reportId'] ?? requestHeader?.['requestId']);
}

/** Writes each document as a file of its own, as `--documents <folder>` wants them; returns the folder. */
export function writeDocumentFiles(parent: string, documents: readonly GeneratedDocument[]): string {
  const folder = join(parent, 'documents');
  mkdirSync(folder, { recursive: true });
  for (const { id, docType, document } of documents) {
    const envelope = { fIDocuments: [{ id, docType, docStatus: 'READY', document }] };
    writeFileSync(join(folder, `${id}.json`), JSON.stringify(envelope));
  }
  return folder;
}

/** Body of `POST /control/concur/documents`. */
export function feedBody(documents: readonly GeneratedDocument[], expected: Record<string, string> = {}): string {
  const texts = documents.map(({ id, docType, document }) => ({
    ...{ id, docType, document: undefined },
    documentText: JSON.stringify(document),
  }));
  return loadBody(texts, expected, {});
}
