import type { Call } from './calls.js';
import { missingValue, notInTable, type NavError } from './errors.js';
import { defaultBatch } from './logic-journal-batch.js';
import { keyOfHeader, referenceFields } from './logic-purchase-header.js';
import { postBatch, realLines } from './journal-posting.js';
import { postPurchase } from './purchase-posting.js';
import { postedCreditMemos, postedInvoices, purchaseHeaders } from './tables-documents.js';
import { journalBatches } from './tables-journals.js';
import { ledgerEntries } from './tables-ledger.js';
import { dimensions, dimensionValues } from './tables-master.js';
import { text, type Row } from './values.js';
import { vendorLedger } from './vendor-ledger.js';

/** Service name of the codeunit that the customer installs. */
export const codeunitService = 'ConcurConnector';

/** One function of the codeunit; `run` answers the text that it returns. Throws NavError where the application refuses. */
export interface CodeunitFunction {
  /** Names of the parameters with their lengths, type Code[n] unless `free`. */
  parameters: Record<string, { length: number; free?: true }>;
  kind: 'read' | 'write';
  run: (call: Call, given: Record<string, string>) => string;
}

/**
 * The contract of section 19. Each function first looks for what an earlier call has done, so that a repeat answers `already`;
 * what the codeunit itself finds wrong is `error` with a message, what the application refuses is an error of the call.
 */
export const codeunitFunctions: Record<string, CodeunitFunction> = {
  Version: { parameters: {}, kind: 'read', run: ({ world }) => world.faults['codeunit-version'] || '1.0' },
  PostPurchaseInvoice: {
    parameters: { draftNo: { length: 20 }, externalNo: { length: 35 } },
    kind: 'write',
    run: (call, { draftNo = '', externalNo = '' }) => postDraft(call, 'Invoice', draftNo, externalNo),
  },
  PostCreditMemo: {
    parameters: { draftNo: { length: 20 } },
    kind: 'write',
    run: (call, { draftNo = '' }) => postDraft(call, 'Credit Memo', draftNo, undefined),
  },
  PostJournalBatch: {
    parameters: { template: { length: 10 }, batch: { length: 10 }, docNo: { length: 20 } },
    kind: 'write',
    run: postJournalBatch,
  },
  VendorLedger: {
    parameters: { vendorNo: { length: 20 }, externalNo: { length: 35 } },
    kind: 'read',
    run: ({ company }, { vendorNo = '', externalNo = '' }) =>
      JSON.stringify(vendorLedger(company, vendorNo, externalNo)),
  },
  CreateDimensionValue: {
    parameters: { dimension: { length: 20 }, code: { length: 20 }, name: { length: 50, free: true } },
    kind: 'write',
    run: createDimensionValue,
  },
};

type Status = 'posted' | 'created' | 'already' | 'error';

function answer(status: Status, number: string, message = ''): string {
  return JSON.stringify({ status, number, message });
}

function already(call: Call, number: string): string {
  call.idle = true;
  return answer('already', number);
}

function refused(call: Call, message: string): string {
  call.refusal = message;
  return answer('error', '', message);
}

/** A posted document is found by the number that it had as a draft. */
function postDraft(
  call: Call,
  type: 'Invoice' | 'Credit Memo',
  draftNo: string,
  externalNo: string | undefined,
): string {
  const { world, company } = call;
  call.key = `${company.head.name}/${type} ${draftNo}`;
  const posted = company
    .table(type === 'Invoice' ? postedInvoices : postedCreditMemos)
    .find((row) => draftNo !== '' && row['Pre_Assigned_No'] === draftNo);
  if (posted !== undefined) return already(call, text(posted, 'No'));
  const draft = company.table(purchaseHeaders).get(type, draftNo);
  if (draft === undefined) return refused(call, `There is no ${type.toLowerCase()} ${draftNo}, posted or not.`);
  call.key = keyOfHeader(call, draft);
  const own = text(draft, referenceFields[type] ?? '');
  if (externalNo !== undefined && own !== externalNo) {
    return refused(call, `${type} ${draftNo} has the number ${own} of the vendor, not ${externalNo}.`);
  }
  return answer('posted', postPurchase(world, company, draft));
}

/** Posts a batch only if it holds nothing but this document. */
function postJournalBatch(call: Call, given: Record<string, string>): string {
  const { world, company } = call;
  const { template = '', batch: name = '', docNo = '' } = given;
  call.key = `${company.head.name}/${name}/${docNo}`;
  if (docNo === '') throw missingValue('Document No.', 'Gen. Journal Line');
  if (company.table(ledgerEntries).find((row) => row['Document_No'] === docNo) !== undefined)
    return already(call, docNo);
  const batch = company.table(journalBatches).get(template, name);
  if (batch === undefined) return refused(call, `There is no journal batch ${template} ${name}.`);
  if (name === defaultBatch) world.desk.violation(call.operation, 'posted the batch DEFAULT of other people');
  const lines = realLines(company, batch);
  if (lines.length === 0) return refused(call, 'There is nothing to post.');
  if (lines.some((line) => line['Document_No'] !== docNo)) {
    return refused(call, `Journal batch ${name} holds lines of other documents than ${docNo}.`);
  }
  return answer('posted', postBatch(world, company, batch).get(docNo) ?? '');
}

function createDimensionValue(call: Call, given: Record<string, string>): string {
  const { company } = call;
  const { dimension = '', code = '', name = '' } = given;
  call.key = `${company.head.name}/${dimension}/${code}`;
  if (company.table(dimensionValues).get(dimension, code) !== undefined) return already(call, code);
  if (company.table(dimensions).get(dimension) === undefined) throw unknownDimension(dimension);
  if (code === '') throw missingValue('Code', `Dimension Value: Dimension Code=${dimension}`);
  const row: Row = { Dimension_Code: dimension, Code: code, Name: name, Dimension_Value_Type: 'Standard' };
  company.table(dimensionValues).insert(row);
  return answer('created', code);
}

function unknownDimension(dimension: string): NavError {
  return notInTable('Dimension Code', 'Dimension Value', dimension, 'Dimension');
}
