import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callSentences, callsPerRoute } from '../../src/cli/sandbox/calls-per-route.js';

const calls = {
  'LedgerJournalHeaders.read': 10,
  'LedgerJournalLines.create': 20,
  'VendInvoiceJournalHeaders.create': 6,
  'VendInvoiceJournalLines.read': 4,
  'VendorInvoiceHeaders.read': 3,
  'VendorInvoiceLines.create': 4,
  'VendInvoiceInfoTableBiEntities.read': 1,
  'VendInvoiceJourBiEntities.read': 2,
  'LedgerJournalTableBiEntities.read': 5,
  'VendTransBiEntities.read': 20,
  'VendorsV3.read': 10,
  batch: 10,
};

test('B25: calls to F&O count for the route whose sets they are, shared ones by the documents that they serve', () => {
  const documents = { 'fo-general-journal': 10, 'fo-vendor-invoice-journal': 5, 'fo-pending-invoice': 5 };
  const routes = callsPerRoute('fo', calls, documents);
  assert.deepEqual(routes, {
    // 30 own, half of the 40 that serve all, and two thirds of the 5 that serve journals.
    'fo-general-journal': { documents: 10, own: 30, shared: 23, perDocument: 5.3, withBatchedReads: 5.3 },
    'fo-vendor-invoice-journal': { documents: 5, own: 10, shared: 12, perDocument: 4.3, withBatchedReads: 4.3 },
    'fo-pending-invoice': { documents: 5, own: 10, shared: 10, perDocument: 4, withBatchedReads: 4 },
  });
  const inAll = Object.values(routes).reduce((sum, { documents: n, perDocument }) => sum + n * perDocument, 0);
  const counted = Object.values(calls).reduce((sum, n) => sum + n, 0);
  assert.ok(Math.abs(inAll - counted) < 1, 'no call is lost, none counts twice');
  assert.equal(
    callSentences({ fo: routes })[0],
    'F&O calls per document, route fo-general-journal: 5.3 (10 documents)',
  );
});

test('B25: calls to Business Central and NAV count by route as well, batches for the journals whose lines they write', () => {
  const ofBc = {
    ...{ 'journals.create': 2, 'journalLines.read': 2, batch: 2, 'purchaseInvoices.post': 3 },
    ...{ 'purchaseCreditMemos.read': 4, 'generalLedgerEntries.read': 8, 'subscriptions.read': 4 },
  };
  const documents = { 'bc-general-journal': 2, 'bc-purchase-invoice': 1, 'bc-purchase-credit-memo': 1 };
  assert.deepEqual(callsPerRoute('bc', ofBc, documents), {
    'bc-general-journal': { documents: 2, own: 6, shared: 6, perDocument: 6, withBatchedReads: 6 },
    'bc-purchase-invoice': { documents: 1, own: 3, shared: 3, perDocument: 6, withBatchedReads: 6 },
    'bc-purchase-credit-memo': { documents: 1, own: 4, shared: 3, perDocument: 7, withBatchedReads: 7 },
  });
  const ofNav = {
    ...{ 'GeneralJournalBatches.create': 1, 'GeneralJournal.create': 3, 'ConcurConnector.PostJournalBatch': 1 },
    ...{ 'PurchaseInvoice.read': 2, 'PostedPurchaseInvoices.read': 1, 'ConcurConnector.PostPurchaseInvoice': 1 },
    ...{ 'PurchCrMemoLines.create': 2, 'ConcurConnector.PostCreditMemo': 1, 'VendorLedgerEntries.read': 4 },
  };
  const routes = callsPerRoute('nav', ofNav, documents);
  assert.deepEqual(
    Object.values(routes).map(({ own, shared }) => [own, shared]),
    [
      [5, 2],
      [4, 1],
      [3, 1],
    ],
  );
  assert.equal(
    callSentences({ nav: routes })[1],
    'NAV calls per document, route bc-purchase-invoice: 5.0 (1 documents)',
  );
});

test('B25: a route without documents is left out, and what it cost is shared by the others', () => {
  const routes = callsPerRoute('fo', calls, { 'fo-vendor-invoice-journal': 10, 'fo-pending-invoice': 0 });
  assert.deepEqual(Object.keys(routes), ['fo-vendor-invoice-journal']);
  assert.equal(routes['fo-vendor-invoice-journal']?.perDocument, 9.5);
  assert.deepEqual(callsPerRoute('fo', calls, {}), {});
});

test('B25: a batch of reads is one call, divided by whose reads it carried, and the reads are told beside it', () => {
  const documents = { 'fo-general-journal': 10, 'fo-pending-invoice': 10 };
  const batched = { 'LedgerJournalLines.read': 30, 'VendorInvoiceHeaders.read': 10, 'VendorsV3.read': 20 };
  const routes = callsPerRoute('fo', { batch: 10, 'batch.read': 6 }, documents, batched);
  assert.deepEqual(routes, {
    'fo-general-journal': { documents: 10, own: 3, shared: 6, perDocument: 0.9, withBatchedReads: 4.5 },
    'fo-pending-invoice': { documents: 10, own: 1, shared: 6, perDocument: 0.7, withBatchedReads: 2.5 },
  });
  assert.match(callSentences({ fo: routes })[0] ?? '', /: 0\.9 \(10 documents; 4\.5 with each read of a batch counted/);
});
