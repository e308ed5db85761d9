import type { BcGeneralJournal, ErpDocument } from '../../contracts/erp-documents.js';
import type { ErpPort, TrackedErpDocument } from '../../contracts/erp-port.js';
import { isPurchase, type PurchaseDocument } from '../dynamics-nav/purchase-kinds.js';
import { Rejected } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import { createNavCodeunit } from './codeunit.js';
import { findJournalPostings } from './journal-postings.js';
import { withdrawNavJournal } from './journal-withdrawal.js';
import { writeNavJournal } from './journal-writer.js';
import { checkNavMasterData } from './master-data.js';
import { createNavOData } from './odata.js';
import type { NavAdapterOptions, NavCompany } from './options.js';
import { createNavFacts, postingWindow, type NavParts } from './parts.js';
import { findPurchasePostings } from './purchase-postings.js';
import { withdrawNavPurchase } from './purchase-withdrawal.js';
import { writeNavPurchase } from './purchase-writer.js';
import { published } from './refusals.js';
import { readNavSettlements } from './settlements.js';
import { readNavVendors } from './vendors.js';

/** `soap` is called where the options name a codeunit. */
export interface NavClients {
  odata: HttpClient;
  soap?: HttpClient;
}

/**
 * Classic NAV over published pages (NAV spec 19): routes `bc-general-journal`, `bc-purchase-invoice` and
 * `bc-purchase-credit-memo`. Posts through the customer's codeunit; without one it writes drafts, waits until a person has posted
 * them, and proves that. Every method may be repeated; failures are `ExternalSystemError`s.
 */
export function createNavAdapter(options: NavAdapterOptions, { odata: http, soap }: NavClients): ErpPort {
  const odata = createNavOData(options, http);
  const { codeunit } = options;
  const parts: NavParts = {
    odata,
    facts: createNavFacts(odata, options.now ?? Date.now),
    ...(codeunit === undefined || soap === undefined ? {} : { codeunit: createNavCodeunit(options, codeunit, soap) }),
  };

  async function within<T>(name: string, operation: string, work: (company: NavCompany) => Promise<T>): Promise<T> {
    const settings = Object.hasOwn(options.companies, name) ? options.companies[name] : undefined;
    if (settings === undefined) {
      const message = `Company ${name} is not in the connections file.`;
      throw new Rejected(message, { system: options.name, operation }, 'erp-refused');
    }
    try {
      return await work({ name, settings });
    } catch (error) {
      throw published(error);
    }
  }

  const unsupported = ({ route }: ErpDocument, operation: string): Rejected =>
    new Rejected(`NAV has no route ${route}.`, { system: options.name, operation }, 'unsupported-document');

  return {
    name: options.name,
    kind: 'dynamics-nav',
    checkMasterData: (request, signal) =>
      within(request.company, 'nav.check', (company) => checkNavMasterData(parts, company, request, signal)),
    async write(document, context) {
      if (!isJournal(document) && !isPurchase(document)) throw unsupported(document, 'nav.write');
      return within(document.company, 'nav.write', (company) =>
        isJournal(document)
          ? writeNavJournal({ parts, company, document, context })
          : writeNavPurchase({ parts, company, document, context }),
      );
    },
    async withdraw(tracked, context) {
      const { document } = tracked;
      if (!isJournal(document) && !isPurchase(document)) throw unsupported(document, 'nav.withdraw');
      return within(document.company, 'nav.withdraw', (company) =>
        isJournal(document)
          ? withdrawNavJournal({ parts, company, tracked: { ...tracked, document }, context })
          : withdrawNavPurchase({ parts, company, tracked: { ...tracked, document }, context }),
      );
    },
    findPostings: (name, documents, signal) =>
      within(name, 'nav.postings', async (company) => [
        ...(await findJournalPostings(parts, company, documents.filter(isTrackedJournal), signal)),
        ...(await findPurchasePostings(parts, company, documents.filter(isTracked('bc-purchase-invoice')), signal)),
        ...(await findPurchasePostings(parts, company, documents.filter(isTracked('bc-purchase-credit-memo')), signal)),
      ]),
    findSettlements: (name, documents, _since, signal) =>
      within(name, 'nav.settlements', (company) => readNavSettlements(parts, company, documents, signal)),
    readOpenSpans: (name, signal) =>
      within(name, 'nav.setup.read', async (company) => [postingWindow(await parts.facts.setup(company, signal))]),
    readVendors: (name, signal, heartbeat) =>
      within(name, 'nav.vendors', (company) => readNavVendors(odata, company, signal, heartbeat)),
  };
}

function isJournal(document: ErpDocument): document is BcGeneralJournal {
  return document.route === 'bc-general-journal';
}

function isTrackedJournal(tracked: TrackedErpDocument): tracked is TrackedErpDocument & { document: BcGeneralJournal } {
  return isJournal(tracked.document);
}

function isTracked(route: PurchaseDocument['route']) {
  return (tracked: TrackedErpDocument): tracked is TrackedErpDocument & { document: PurchaseDocument } =>
    tracked.document.route === route;
}
