import { createNavAdapter } from '../../src/clients/dynamics-nav-classic/adapter.js';
import type { NavService, NavSetUpService } from '../../src/clients/dynamics-nav-classic/options.js';
import type { HttpClient, HttpRequest } from '../../src/clients/http/types.js';
import { stringify } from 'lossless-json';
import type { ErpPort } from '../../src/contracts/erp-port.js';
import { NavStage } from '../simulators/nav-stage.js';
import { LossyHttp } from './erp-conformance.js';
import { respond } from './fo-memory.js';

const services: Record<NavService | NavSetUpService, string> = {
  vendorList: 'VendorList',
  vendorCard: 'VendorCard',
  accounts: 'ChartOfAccounts',
  dimensionValues: 'DimensionValues',
  ledgerSetup: 'GeneralLedgerSetup',
  accountingPeriods: 'AccountingPeriods',
  purchaseInvoice: 'PurchaseInvoice',
  purchaseInvoiceLines: 'PurchInvLines',
  postedPurchaseInvoices: 'PostedPurchaseInvoices',
  purchaseCreditMemo: 'PurchaseCreditMemo',
  purchaseCreditMemoLines: 'PurchCrMemoLines',
  postedPurchaseCreditMemos: 'PostedPurchaseCreditMemos',
  journal: 'GeneralJournal',
  journalBatches: 'GeneralJournalBatches',
  ledgerEntries: 'GLEntries',
  vendorLedgerEntries: 'VendorLedgerEntries',
  detailedVendorLedgerEntries: 'DetailedVendorLedgerEntries',
  journalTemplates: 'GeneralJournalTemplates',
  purchasesSetup: 'PurchasesPayablesSetup',
};

/** The simulator behind the client's own interface, without a network. */
function clientOf(simulated: NavStage): HttpClient {
  return {
    send: (request: HttpRequest) => {
      const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`;
      const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
      const body = request.text ?? (request.json === undefined ? '' : (stringify(request.json) ?? ''));
      const json = request.json === undefined ? {} : { 'content-type': 'application/json' };
      const sent = { ...json, ...(Object.fromEntries(headers) as Record<string, string>) };
      const answer = simulated.send(request.method, request.path + query, body, sent);
      const text = typeof answer.body === 'string' ? answer.body : (stringify(answer.body) ?? '');
      return Promise.resolve(respond(answer.status, text));
    },
  };
}

export interface SimulatedNav {
  simulated: NavStage;
  http: LossyHttp;
  /** With the codeunit, and without it (draft mode). */
  posting: ErpPort;
  drafting: ErpPort;
}

/** Adapters before a simulated server, without a network; answers of their writes can be lost. */
export function simulatedNav(simulated = new NavStage()): SimulatedNav {
  const http = new LossyHttp(clientOf(simulated));
  const settings = { currency: 'GBP', paymentSource: 'pages' as const, journalTemplate: 'GENERAL' };
  const options = {
    name: 'nav',
    odataPath: '/DynamicsNAV110/ODataV4',
    services,
    companies: { [simulated.company]: settings },
    now: () => simulated.nowMs,
  };
  const codeunit = { service: 'ConcurConnector', path: '/DynamicsNAV110/WS' };
  const posting = createNavAdapter({ ...options, codeunit }, { odata: http, soap: http });
  return { simulated, http, posting, drafting: createNavAdapter(options, { odata: http }) };
}
