/** Calls to an ERP that documents of one route took. */
export interface RouteCalls {
  /** Documents that were written to the ERP by this route. */
  documents: number;
  /** Calls that only this route makes: to the sets of its journals or invoices. */
  own: number;
  /** Its part of the calls that serve several routes: changesets, postings, payments, master data, vendors. */
  shared: number;
  /** Own and shared calls per document, rounded to a tenth. */
  perDocument: number;
  /** The same, if each read inside a batch were a call of its own: what the ERP has to answer, in however many requests it comes. */
  withBatchedReads: number;
}

type Counts = Readonly<Record<string, number>>;

/** The simulated ERPs by name, as the simulators count their calls. */
export type CountedErp = 'fo' | 'bc' | 'nav';

/** Operations that belong to one route, and those that only the named routes make together. */
interface RouteSets {
  title: string;
  own: Record<string, RegExp>;
  common?: { sets: RegExp; routes: readonly string[] };
}

const routeSets: Record<CountedErp, RouteSets> = {
  // F&O spec 5.
  fo: {
    title: 'F&O',
    own: {
      'fo-general-journal': /^LedgerJournal(Headers|Lines)\./,
      'fo-vendor-invoice-journal': /^VendInvoiceJournal(Headers|Lines)\./,
      'fo-pending-invoice': /^(VendorInvoice|VendInvoiceInfoTable|VendInvoiceJourBi)/,
    },
    common: {
      sets: /^LedgerJournalTableBiEntities\./,
      routes: ['fo-general-journal', 'fo-vendor-invoice-journal'],
    },
  },
  // NAV spec 2; lines of a journal are written in one batch.
  bc: {
    title: 'Business Central',
    own: {
      'bc-general-journal': /^(journals|journalLines)\.|^batch$/,
      'bc-purchase-invoice': /^(purchaseInvoices|purchaseInvoiceLines)\./,
      'bc-purchase-credit-memo': /^(purchaseCreditMemos|purchaseCreditMemoLines)\./,
    },
  },
  // NAV spec 19.
  nav: {
    title: 'NAV',
    own: {
      'bc-general-journal': /^GeneralJournal|\.PostJournalBatch$/,
      'bc-purchase-invoice': /^(PurchaseInvoice|PurchInvLines|PostedPurchaseInvoices)\.|\.PostPurchaseInvoice$/,
      'bc-purchase-credit-memo': /^(PurchaseCreditMemo|PurchCrMemoLines|PostedPurchaseCreditMemos)\.|\.PostCreditMemo$/,
    },
  },
};

/**
 * Calls to an ERP per document by route, watchers included. What serves several routes is divided by the documents of those
 * routes. Routes without documents are left out; their calls, if there are any, are shared. A batch of reads is one call, as it is
 * one request; each of its reads has its part of it.
 * @param calls calls by operation as the simulator has counted them
 * @param documents documents written to the ERP, by route
 * @param batched reads inside batches by operation
 */
export function callsPerRoute(
  erp: CountedErp,
  calls: Counts,
  documents: Counts,
  batched: Counts = {},
): Record<string, RouteCalls> {
  const { [batchOfReads]: batches = 0, ...single } = calls;
  const reads = Object.values(batched).reduce((sum, count) => sum + count, 0);
  const asCalls = divided(erp, added(single, batched, reads === 0 ? 0 : batches / reads), documents);
  const asReads = divided(erp, added(single, batched, 1), documents);
  return Object.fromEntries(
    asCalls.map(({ route, documents: count, own, shared }, at): [string, RouteCalls] => {
      const { own: ownReads, shared: sharedReads } = asReads[at] ?? { own, shared };
      return [
        route,
        {
          ...{ documents: count, own: Math.round(own), shared: Math.round(shared) },
          perDocument: toTenth((own + shared) / count),
          withBatchedReads: toTenth((ownReads + sharedReads) / count),
        },
      ];
    }),
  );
}

/** Requests that carry several reads; whose they are is told by the reads. */
const batchOfReads = 'batch.read';

const toTenth = (value: number): number => Math.round(value * 10) / 10;

function added(calls: Counts, batched: Counts, share: number): Counts {
  const sums: Record<string, number> = { ...calls };
  for (const [operation, count] of Object.entries(batched)) sums[operation] = (sums[operation] ?? 0) + count * share;
  return sums;
}

interface Division {
  route: string;
  documents: number;
  own: number;
  shared: number;
}

function divided(erp: CountedErp, calls: Counts, documents: Counts): Division[] {
  const { own: ownSets, common } = routeSets[erp];
  const routes = Object.keys(ownSets).filter((route) => (documents[route] ?? 0) > 0);
  const own: Record<string, number> = {};
  let [forSome, forAll] = [0, 0];
  for (const [operation, count] of Object.entries(calls)) {
    const route = routes.find((name) => ownSets[name]?.test(operation));
    if (route !== undefined) own[route] = (own[route] ?? 0) + count;
    else if (common?.sets.test(operation) === true) forSome += count;
    else forAll += count;
  }
  const some = routes.filter((route) => common?.routes.includes(route));
  const inAll = (names: readonly string[]): number => names.reduce((sum, name) => sum + (documents[name] ?? 0), 0);
  return routes.map((route) => {
    const count = documents[route] ?? 0;
    const ofSome = some.includes(route) ? (forSome * count) / inAll(some) : 0;
    return { route, documents: count, own: own[route] ?? 0, shared: (forAll * count) / inAll(routes) + ofSome };
  });
}

/** One line per route for a person who watches the run. */
export function callSentences(routes: Partial<Record<CountedErp, Readonly<Record<string, RouteCalls>>>>): string[] {
  return (['fo', 'bc', 'nav'] as const).flatMap((erp) =>
    Object.entries(routes[erp] ?? {}).map(
      ([route, { documents, perDocument, withBatchedReads }]) =>
        `${routeSets[erp].title} calls per document, route ${route}: ${perDocument.toFixed(1)} (${documents} documents${batchedNote(perDocument, withBatchedReads)})`,
    ),
  );
}

const batchedNote = (perDocument: number, withBatchedReads: number): string =>
  perDocument === withBatchedReads
    ? ''
    : `; ${withBatchedReads.toFixed(1)} with each read of a batch counted by itself`;
