import { createEmployeeClient } from '../../clients/concur/employee-client.js';
import { createFisClient } from '../../clients/concur/fis-client.js';
import { rowsOf } from '../../clients/concur/legacy-answers-fields.js';
import { callConcur } from '../../clients/concur/legacy-answers.js';
import { createLocalizedDataClient } from '../../clients/concur/localized-data-client.js';
import { createPaymentRequestClient } from '../../clients/concur/payment-request-client.js';
import { createPurchaseOrderClient } from '../../clients/concur/purchase-order-client.js';
import { createPurchaseRequestClient } from '../../clients/concur/purchase-request-client.js';
import { createVendorClient } from '../../clients/concur/vendor-client.js';
import type { HttpClient } from '../../clients/http/types.js';
import type { ConcurFeature } from '../../contracts/concur-scopes.js';
import { concurScopes } from '../../contracts/concur-scopes.js';
import type { DocType } from '../../contracts/documents.js';

/** One read that shows whether a service answers this company (S77). */
export interface ServiceProbe {
  service: string;
  feature: ConcurFeature;
  /** Scopes that this read needs. */
  scopes: readonly string[];
  /** Asks for a record that no company has: that Concur does not know it is the good answer. */
  isMissExpected?: true;
  /** Reads as little as can be read. What comes back is looked at for its shape only; answers what else is worth saying. */
  ask: (http: HttpClient, signal: AbortSignal) => Promise<string | undefined>;
}

/** A service for which no read is made, and why. */
export interface UnaskedService {
  service: string;
  feature: ConcurFeature;
  because: string;
}

/** Names that no company gives to anything. */
const noInvoice = '00000000000000000000';
const noOrder = 'CONCUR-DYNAMICS-DOCTOR';
const noRequest = '00000000-0000-4000-8000-000000000000';

/** The reads of the doctor: one of Financial Integration for each polled type, one of each other service. */
export function serviceProbes(documentTypes: readonly DocType[]): ServiceProbe[] {
  return [...documentTypes.map(financialProbe), ...otherProbes];
}

const financialProbe = (docType: DocType): ServiceProbe => ({
  service: `Financial Integration v4, ${docType}`,
  feature: 'documents',
  scopes: ['FISVC'],
  ask: async (http, signal) => {
    const { unreadable } = await createFisClient(http).listReady({ docType, page: 0, limit: 1, signal });
    return unreadable.length === 0 ? undefined : 'The first document of the queue cannot be read; see the alerts.';
  },
});

const otherProbes: readonly ServiceProbe[] = [
  {
    service: 'Payment Request v3',
    feature: 'invoice-payments',
    scopes: ['INVPMT'],
    isMissExpected: true,
    ask: (http, signal) => unsaid(createPaymentRequestClient(http).read({ requestId: noInvoice, signal })),
  },
  {
    service: 'Payment Request Digests v3',
    feature: 'invoice-payments',
    scopes: ['INVPMT'],
    ask: (http, signal) =>
      oneRow(http, signal, { path: '/api/v3.0/invoice/paymentrequestdigests', name: 'PaymentRequestDigest' }),
  },
  {
    service: 'Localized Data v3',
    feature: 'invoice-payments',
    scopes: ['INVPMT'],
    ask: (http, signal) => unsaid(createLocalizedDataClient(http).read({ type: 'paymentStatus', signal })),
  },
  {
    service: 'Vendors v3.1',
    feature: 'vendors',
    scopes: ['INVVEN'],
    ask: (http, signal) => unsaid(createVendorClient(http).list({ limit: 1, signal })),
  },
  {
    service: 'Purchase Request v4',
    feature: 'purchase-orders',
    scopes: ['purchaserequest.read'],
    isMissExpected: true,
    ask: (http, signal) => unsaid(createPurchaseRequestClient(http).read({ id: noRequest, signal })),
  },
  {
    service: 'Purchase Order v3',
    feature: 'purchase-orders',
    scopes: ['INVPO'],
    isMissExpected: true,
    ask: (http, signal) => unsaid(createPurchaseOrderClient(http).read({ number: noOrder, signal })),
  },
  {
    service: 'Expense Reports v3',
    feature: 'reconciliation',
    scopes: ['EXPRPT'],
    ask: (http, signal) =>
      oneRow(http, signal, { path: '/api/v3.0/expense/reports', name: 'Items', query: { user: 'ALL' } }),
  },
  {
    service: 'Identity v4.1',
    feature: 'employees',
    scopes: ['identity.user.ids.read'],
    ask: askForEmployee,
  },
];

/** Services without a read that leaves everything as it is, or without one that needs no known record. */
export const unaskedServices: readonly UnaskedService[] = [
  {
    service: 'Invoice Payment Confirmation v4',
    feature: 'invoice-payments',
    because: 'a read there marks payments as fetched, so that somebody else would miss them',
  },
  {
    service: 'Expense Report v4',
    feature: 'report-state',
    because: 'a report is read there for a known employee only',
  },
  { service: 'Spend Profile v4.1', feature: 'employee-settings', because: 'the connector makes no call to it' },
  { service: 'Image v1', feature: 'images', because: 'an image is read there for a known document only' },
];

/** Scopes are granted per attribute: a missing one hides an attribute and is no refusal (trap 35). */
async function askForEmployee(http: HttpClient, signal: AbortSignal): Promise<string | undefined> {
  const { employees } = await createEmployeeClient(http).list({ count: 1, signal });
  const [employee] = employees;
  if (employee === undefined) {
    return 'It shows no employee at all: the scope identity.user.ids.read may be missing.';
  }
  const hidden = [...new Set(employee.missing.map(({ scope }) => scope))];
  if (hidden.length === 0) return undefined;
  const attributes = employee.missing.map(({ attribute }) => attribute).join(', ');
  return `It hides ${attributes}: the app has not been given ${hidden.join(', ')}.`;
}

/** The first row of a list; the clients of these two services read whole lists. */
async function oneRow(
  http: HttpClient,
  signal: AbortSignal,
  list: { path: string; name: string; query?: Record<string, string> },
): Promise<undefined> {
  const { response, call } = await callConcur(http, {
    operation: `doctor.${list.name}`,
    method: 'GET',
    path: list.path,
    query: { limit: '1', ...list.query },
    kind: 'read',
    signal,
  });
  rowsOf(response.json(), list.name, call);
}

const unsaid = (read: Promise<unknown>): Promise<undefined> => read.then(() => undefined);

/** What is missed without a service, for people. */
export const switchedOffWithout = (feature: ConcurFeature): string =>
  [...new Set(concurScopes.filter((row) => row.feature === feature).map(({ switchesOff }) => switchesOff))].join('; ');
