import { setTimeout as sleepFor } from 'node:timers/promises';
import type { BcGeneralJournal, ErpDocument } from '../../contracts/erp-documents.js';
import type { ErpPort, TrackedErpDocument } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import { createCompanies } from './companies.js';
import { createCompanyFacts } from './company-facts.js';
import { findInvoicePostings } from './invoice-postings.js';
import { withdrawInvoice } from './invoice-withdrawal.js';
import { writeInvoice } from './invoice-writer.js';
import { findJournalPostings } from './journal-postings.js';
import { withdrawJournal } from './journal-withdrawal.js';
import { writeJournal } from './journal-writer.js';
import { readDimensionValues } from './dimension-values.js';
import { createMasterDataCheck } from './master-data.js';
import { createOData } from './odata.js';
import type { BcAdapterOptions, BcClock, BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { findPaymentObstacles } from './payment-obstacles.js';
import { isPurchase, type PurchaseDocument } from './purchase-kinds.js';
import { lookAtOrder, writePurchaseOrder } from './purchase-orders.js';
import { isRefusal, published } from './refusals.js';
import { readSettlements } from './settlements.js';
import { createChainReads } from './shared-reads.js';
import { createTidying } from './tidying.js';
import { createTouches } from './touches.js';
import { createVendorCreation } from './vendor-creation.js';
import { createVendors } from './vendor-facts.js';
import { readVendors } from './vendors.js';

const systemClock: BcClock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, { signal });
  },
};

/**
 * Business Central over API v2.0 (NAV spec 10, 12, 15, 17): routes `bc-general-journal`, `bc-purchase-invoice` and `bc-purchase-credit-memo`.
 * Every method may be repeated; failures are `ExternalSystemError`s, and the code of a `Rejected` is a reason for a
 * person. Routes of other ERPs are refused before any call.
 */
export function createBcAdapter(options: BcAdapterOptions, http: HttpClient): ErpPort {
  const clock = options.clock ?? systemClock;
  const odata = createOData(options, http);
  const companies = createCompanies(options, odata);
  const readChain = createChainReads(odata, options.sharing);
  const parts: BcParts = {
    odata,
    readChain,
    companies,
    facts: createCompanyFacts(odata, clock),
    vendors: createVendors(readChain, clock),
    touches: createTouches(),
    tidy: createTidying(odata, readChain, options.sharing),
    ledgerPages: options.ledgerPages ?? { entries: 'VendorLedgerEntries', details: 'DetailedVendorLedgerEntries' },
    clock,
  };
  const check = createMasterDataCheck(parts);

  async function within<T>(name: string, signal: AbortSignal, work: (company: BcCompany) => Promise<T>): Promise<T> {
    try {
      return await work(await companies.resolve(name, signal));
    } catch (error) {
      if (isRefusal(error, 'company-missing', 'not-found', 'not-offered')) companies.forget(name);
      throw published(error);
    }
  }

  const unsupported = ({ route }: ErpDocument, operation: string): Rejected =>
    new Rejected(
      `Business Central has no route ${route}.`,
      { system: options.name, operation },
      'unsupported-document',
    );

  return {
    name: options.name,
    kind: 'business-central',
    checkMasterData: (request, signal) => within(request.company, signal, () => check(request, signal)),
    async write(document, context) {
      if (document.route !== 'bc-general-journal' && !isPurchase(document)) {
        throw unsupported(document, 'bc.write');
      }
      return within(document.company, context.signal, (company) =>
        document.route === 'bc-general-journal'
          ? writeJournal(parts, company, document, context)
          : writeInvoice(parts, company, document, context),
      );
    },
    async withdraw(tracked, context) {
      if (!isJournal(tracked) && !isPurchased(tracked)) throw unsupported(tracked.document, 'bc.withdraw');
      return within(tracked.document.company, context.signal, (company) =>
        isJournal(tracked)
          ? withdrawJournal(parts, company, tracked, context)
          : withdrawInvoice(parts, company, tracked, context),
      );
    },
    findPostings: (name, documents, signal) =>
      within(name, signal, async (company) => [
        ...(await findJournalPostings(parts, company, documents.filter(isJournal), signal)),
        ...(await findInvoicePostings(parts, company, documents.filter(isInvoice), signal)),
        ...(await findInvoicePostings(parts, company, documents.filter(isCreditMemo), signal)),
      ]),
    findSettlements: (name, documents, since, signal) =>
      within(name, signal, (company) =>
        readSettlements(
          parts,
          company,
          [...documents.filter(isJournal), ...documents.filter(isPurchased)],
          since,
          signal,
        ),
      ),
    findPaymentObstacles: (name, documents, signal) =>
      within(name, signal, (company) => findPaymentObstacles(parts, company, documents, signal)),
    readOpenSpans: (name, signal) =>
      within(name, signal, async (company) => [await parts.facts.postingWindow(company, signal)]),
    readVendors: (name, signal, heartbeat) =>
      within(name, signal, (company) => readVendors(odata, company, signal, heartbeat)),
    vendorCreation: createVendorCreation(odata, within),
    readDimensionValues: (name, dimension, signal, heartbeat) =>
      within(name, signal, (company) => readDimensionValues(odata, company, dimension, signal, heartbeat)),
    purchaseOrders: {
      write: (order, knownSince, context) =>
        within(order.company, context.signal, (company) =>
          writePurchaseOrder(parts, company, order, knownSince, context),
        ),
      look: (name, keys, signal) => within(name, signal, (company) => lookAtOrder(parts, company, keys, signal)),
    },
  };
}

function isJournal(tracked: TrackedErpDocument): tracked is TrackedErpDocument & { document: BcGeneralJournal } {
  return tracked.document.route === 'bc-general-journal';
}

function isPurchased(tracked: TrackedErpDocument): tracked is TrackedErpDocument & { document: PurchaseDocument } {
  return isPurchase(tracked.document);
}

function isInvoice(tracked: TrackedErpDocument): tracked is TrackedErpDocument & { document: PurchaseDocument } {
  return tracked.document.route === 'bc-purchase-invoice';
}

function isCreditMemo(tracked: TrackedErpDocument): tracked is TrackedErpDocument & { document: PurchaseDocument } {
  return tracked.document.route === 'bc-purchase-credit-memo';
}
