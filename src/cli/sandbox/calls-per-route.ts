/** Calls to F&O that documents of one route took. */
export interface RouteCalls {
  /** Documents that were written to F&O by this route. */
  documents: number;
  /** Calls that only this route makes: to the sets of its journals or invoices. */
  own: number;
  /** Its part of the calls that serve several routes: changesets, postings, payments, master data, vendors. */
  shared: number;
  /** Own and shared calls per document, rounded to a tenth. */
  perDocument: number;
}

/** Sets of one route, and those that both routes of journals use (F&O spec 5). */
const ownSets: Record<string, RegExp> = {
  'fo-general-journal': /^LedgerJournal(Headers|Lines)\./,
  'fo-vendor-invoice-journal': /^VendInvoiceJournal(Headers|Lines)\./,
  'fo-pending-invoice': /^(VendorInvoice|VendInvoiceInfoTable|VendInvoiceJourBi)/,
};
const journalRoutes = ['fo-general-journal', 'fo-vendor-invoice-journal'];
const journalSets = /^LedgerJournalTableBiEntities\./;

/**
 * Calls to F&O per document by route, watchers included. What serves several routes is divided by the documents of those
 * routes. Routes without documents are left out; their calls, if there are any, are shared.
 * @param calls calls by operation as the simulator has counted them
 * @param documents documents written to F&O, by route
 */
export function callsPerRoute(
  calls: Readonly<Record<string, number>>,
  documents: Readonly<Record<string, number>>,
): Record<string, RouteCalls> {
  const routes = Object.keys(ownSets).filter((route) => (documents[route] ?? 0) > 0);
  const own: Record<string, number> = {};
  let [forJournals, forAll] = [0, 0];
  for (const [operation, count] of Object.entries(calls)) {
    const route = routes.find((name) => ownSets[name]?.test(operation));
    if (route !== undefined) own[route] = (own[route] ?? 0) + count;
    else if (journalSets.test(operation)) forJournals += count;
    else forAll += count;
  }
  const journals = routes.filter((route) => journalRoutes.includes(route));
  const inAll = (names: readonly string[]): number => names.reduce((sum, name) => sum + (documents[name] ?? 0), 0);
  return Object.fromEntries(
    routes.map((route): [string, RouteCalls] => {
      const count = documents[route] ?? 0;
      const ofJournals = journals.includes(route) ? (forJournals * count) / inAll(journals) : 0;
      const shared = (forAll * count) / inAll(routes) + ofJournals;
      const perDocument = ((own[route] ?? 0) + shared) / count;
      return [
        route,
        {
          ...{ documents: count, own: own[route] ?? 0, shared: Math.round(shared) },
          perDocument: Math.round(perDocument * 10) / 10,
        },
      ];
    }),
  );
}

/** One line per route for a person who watches the run. */
export function callSentences(routes: Readonly<Record<string, RouteCalls>>): string[] {
  return Object.entries(routes).map(
    ([route, { documents, perDocument }]) =>
      `F&O calls per document, route ${route}: ${perDocument.toFixed(1)} (${documents} documents)`,
  );
}
