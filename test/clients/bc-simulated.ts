import { createBcAdapter } from '../../src/clients/dynamics-nav/adapter.js';
import type { BcCompanyOptions } from '../../src/clients/dynamics-nav/options.js';
import type { Sharing } from '../../src/clients/http/shared-calls.js';
import type { HttpClient, HttpRequest } from '../../src/clients/http/types.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { ErpPort } from '../../src/contracts/erp-port.js';
import { BcStage } from '../simulators/bc-stage.js';
import { creditMemo, invoice, journal } from './bc-stage.js';
import { LossyHttp } from './erp-conformance.js';
import { respond } from './fo-memory.js';

/** A company of the simulated tenant. */
export const company = 'North Ltd';
const named = { companyName: company };
const sales = [{ dimension: 'DEPARTMENT', value: 'SALES' }];

/** The simulator behind the client's own interface, without a network. */
export function clientOf(simulated: BcStage): HttpClient {
  return {
    send: (request) => {
      const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`;
      const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
      const sent = simulated.request(request.method, request.path + query, request.json, Object.fromEntries(headers));
      const { status, body } = simulated.bc.route(sent).execute();
      return Promise.resolve(respond(status, (body as string | undefined) ?? ''));
    },
  };
}

/** Lines with dimensions that the simulated company has. */
const coded = <T extends { dimensions: object[] }>(lines: readonly T[]): T[] =>
  lines.map((line) => ({ ...line, dimensions: line.dimensions.length === 0 ? [] : sales }));

/** A postable document of each route; the same seed gives the same document. */
export const documents: Record<string, (seed: string) => ErpDocument> = {
  'bc-general-journal': (seed) => {
    const document = journal(named, { currency: 'GBP', keySeed: seed });
    const lines = coded(document.lines).map((line) =>
      line.accountType === 'Vendor' ? { ...line, accountNumber: 'CE01' } : line,
    );
    const letters = seed.replaceAll(/[0-9]/g, 'Q');
    return {
      ...document,
      batchCode: `C${letters.slice(0, 9)}`,
      batchDisplayName: `Concur CX${letters.slice(0, 13)} RPT`,
      documentNumber: `CX${letters.slice(0, 13)}`,
      payable: { vendorAccount: 'CE01', amount: '120.50', invoiceNumber: seed },
      lines,
    };
  },
  'bc-purchase-invoice': (seed) => {
    const document = invoice(named, { currency: 'GBP', keySeed: seed, marker: `CONCUR ${seed} PR-77` });
    return { ...document, vendorInvoiceNumber: `INV-${seed}`, lines: coded(document.lines) };
  },
  'bc-purchase-credit-memo': (seed) => {
    const document = creditMemo(named, { currency: 'GBP', keySeed: seed, marker: `CONCUR ${seed} PR-78` });
    return { ...document, vendorCreditMemoNumber: `CR-${seed}`, lines: coded(document.lines) };
  },
};

/** An adapter before a simulated tenant, without a network; answers of its writes can be lost. */
export function simulatedBc(
  simulated = new BcStage(),
  changes: Partial<BcCompanyOptions> & { sharing?: Sharing; observe?: (request: HttpRequest) => void } = {},
): { simulated: BcStage; http: LossyHttp; port: ErpPort } {
  const { sharing, observe, ...settings } = changes;
  const client = clientOf(simulated);
  const http = new LossyHttp({
    send: (request) => {
      observe?.(request);
      return client.send(request);
    },
  });
  const companies = { [company]: { paymentSource: 'analytics' as const, proveTries: 1, ...settings } };
  const options = { name: 'bc', tenant: 'contoso', environment: 'Sandbox', companies };
  const port = createBcAdapter({ ...options, ...(sharing === undefined ? {} : { sharing }) }, http);
  return { simulated, http, port };
}
