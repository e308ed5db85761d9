import assert from 'node:assert/strict';
import type { ErpKeys, PostingState, TrackedErpDocument, WriteResult } from '../../src/contracts/erp-port.js';
import { adapter, signal } from './fo-fixtures.js';
import { MemoryWrites, type Row } from './fo-memory.js';
import { pendingEnvironment, pendingInvoice, reference, type PendingFo } from './fo-pending-memory.js';

export const keys: ErpKeys = { id: reference, invoice: '48399' };

export const write = (fo: PendingFo, document = pendingInvoice(), writes = new MemoryWrites()): Promise<WriteResult> =>
  adapter(fo).write(document, writes.context);

export async function written(document = pendingInvoice()): Promise<PendingFo> {
  const fo = pendingEnvironment();
  await write(fo, document);
  fo.requests.length = 0;
  return fo;
}

export const tracked = (document = pendingInvoice(), fields: Partial<TrackedErpDocument> = {}): TrackedErpDocument => ({
  documentId: 'doc',
  document,
  keys,
  ...fields,
});

export async function stateOf(fo: PendingFo, document = pendingInvoice()): Promise<PostingState> {
  const [state] = await adapter(fo).findPostings('USMF', [tracked(document)], signal);
  assert.ok(state !== undefined);
  return state;
}

export const writesOf = (fo: PendingFo): string[] =>
  fo.requests.filter(({ method }) => method !== 'GET').map(({ operation }) => operation);

/** Somebody's entry of the same invoice. */
export const header = (fields: Row): Row => ({
  ...{ dataAreaId: 'usmf', HeaderReference: 'by-hand', InvoiceAccount: 'US-101', VendorAccount: 'US-101' },
  ...{ InvoiceNumber: '48399', DocumentNumber: '', InvoiceDescription: 'Rent', Currency: 'USD', ...fields },
});
export const posted = (fields: Row = {}): Row => ({
  ...{ dataAreaId: 'usmf', SourceKey: 99, InvoiceId: '48399', InvoiceAccount: 'US-101', LedgerVoucher: 'VINV000777' },
  ...{ InvoiceDate: '2026-03-20T12:00:00Z', InvoiceAmount: 1200, CurrencyCode: 'USD', DocumentNum: '', ...fields },
});
