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
  const routes = callsPerRoute(calls, documents);
  assert.deepEqual(routes, {
    // 30 own, half of the 40 that serve all, and two thirds of the 5 that serve journals.
    'fo-general-journal': { documents: 10, own: 30, shared: 23, perDocument: 5.3 },
    'fo-vendor-invoice-journal': { documents: 5, own: 10, shared: 12, perDocument: 4.3 },
    'fo-pending-invoice': { documents: 5, own: 10, shared: 10, perDocument: 4 },
  });
  const inAll = Object.values(routes).reduce((sum, { documents: n, perDocument }) => sum + n * perDocument, 0);
  const counted = Object.values(calls).reduce((sum, n) => sum + n, 0);
  assert.ok(Math.abs(inAll - counted) < 1, 'no call is lost, none counts twice');
  assert.equal(callSentences(routes)[0], 'F&O calls per document, route fo-general-journal: 5.3 (10 documents)');
});

test('B25: a route without documents is left out, and what it cost is shared by the others', () => {
  const routes = callsPerRoute(calls, { 'fo-vendor-invoice-journal': 10, 'fo-pending-invoice': 0 });
  assert.deepEqual(Object.keys(routes), ['fo-vendor-invoice-journal']);
  assert.equal(routes['fo-vendor-invoice-journal']?.perDocument, 9.5);
  assert.deepEqual(callsPerRoute(calls, {}), {});
});
