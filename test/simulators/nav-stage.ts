import { LosslessNumber, parse, stringify } from 'lossless-json';
import type { Desk, SimRequest, SimResponse } from '../../simulators/harness/server.js';
import { createNavSimulator, type NavSimulator } from '../../simulators/nav/simulator.js';
import type { NavMasterData } from '../../simulators/nav/master-data-types.js';
import { defaultNavSettings, type NavSettings } from '../../simulators/nav/settings.js';
import { parseXml, type XmlElement } from '../../simulators/nav/xml.js';

/** A JSON number with exactly these digits. */
export function num(digits: string): LosslessNumber {
  return new LosslessNumber(digits);
}

/** Answer of an OData call; numbers of the body are text, digit for digit. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: any;
  code: string;
  message: string;
}

/** Answer of a SOAP call. */
export interface SoapAnswer {
  status: number;
  /** Element below the body. */
  element: XmlElement;
  faultCode: string;
  faultText: string;
}

export const anyVersion = { 'if-match': '*' };

const masterData: NavMasterData = {
  companies: [
    {
      name: "CRONUS & Søn's AG",
      currency: 'GBP',
      allowPostingFrom: '2026-08-01',
      vendors: [
        { number: '20000', displayName: 'First Supplies', vatGroup: 'EU', paymentTerms: '30D' },
        { number: 'ce01', displayName: "Ana O'Example", email: 'ana@example.test' },
        { number: 'STOP', displayName: 'Blocked Trader', blocked: 'All' },
        { number: 'NOPAY', displayName: 'Unpaid Trader', blocked: 'Payment' },
        { number: 'EURO', displayName: 'Euro Trader', currencyCode: 'EUR', vatGroup: 'EU' },
        { number: 'BARE', displayName: 'Vendor of a service', withoutPostingGroup: true },
        { number: 'BRANCH', displayName: 'Branch', payTo: '20000' },
      ],
      employees: [{ number: 'E1', givenName: 'Ida', surname: 'Example', email: 'ida@example.test' }],
      accounts: [
        { number: '8420', displayName: 'Consultancy', role: 'cost' },
        { number: '8430', displayName: 'Travel', role: 'cost' },
        { number: '8440', displayName: 'Old travel', role: 'cost', blocked: true },
        { number: '8450', displayName: 'Stock', role: 'cost', directPosting: false },
        { number: '8000', displayName: 'Costs', role: 'cost', accountType: 'Heading' },
        {
          ...{ number: '8460', displayName: 'Hotels', role: 'cost', postingType: 'Purchase' },
          ...{ vatBusiness: 'EU', vatProduct: 'VAT20' },
          defaultDimensions: [{ dimension: 'DEPARTMENT', validation: 'Code Mandatory' }],
        },
        { number: '5630', displayName: 'Purchase VAT', role: 'tax' },
      ],
      currencies: [{ code: 'EUR', rate: '0.86' }],
      paymentTerms: [{ code: '30D', formula: '30D' }],
      vat: [
        { business: 'EU', product: 'VAT20', percent: '20', account: '5630' },
        { business: 'EU', product: '', percent: '0', account: '5630' },
      ],
      dimensions: [
        {
          code: 'DEPARTMENT',
          values: [
            { code: 'SALES' },
            { code: 'ADM' },
            { code: 'OLD', blocked: true },
            { code: 'ALL', valueType: 'Heading' },
          ],
        },
        { code: 'PROJECT', values: [{ code: 'P-100' }] },
        { code: 'REGION', values: [{ code: 'NORTH' }] },
      ],
      blockedCombinations: [['PROJECT', 'REGION']],
      receipts: [{ number: '107001', vendor: '20000', postingDate: '2026-08-20' }],
    },
    { name: 'South Ltd', currency: 'USD', manualNumbers: true, vendors: [], accounts: [], dimensions: [] },
  ],
};

/** One simulated server with a clock that stands still and a desk that remembers. */
export class NavStage {
  nowMs = Date.parse('2026-08-21T10:00:00.000Z');
  chance = 0.9;
  readonly writes: { operation: string; key: string; outcome: string }[] = [];
  readonly violations: string[] = [];
  readonly repeats: { operation: string; key: string }[] = [];
  /** Operations whose next item goes wrong, with the kind. */
  readonly itemFaults = new Map<string, string>();
  nav: NavSimulator;
  company = "CRONUS & Søn's AG";
  readonly #settings: Partial<NavSettings>;
  readonly #desk: Desk = {
    now: () => new Date(this.nowMs),
    random: () => this.chance,
    write: (write) => void this.writes.push(write),
    violation: (operation, message) => void this.violations.push(`${operation}: ${message}`),
    repeat: (operation, key) => void this.repeats.push({ operation, key }),
    itemFault: (kind, operation) => this.itemFaults.get(operation) === kind && this.itemFaults.delete(operation),
    changed: () => undefined,
  };

  constructor(settings: Partial<NavSettings> = {}, change: (data: NavMasterData) => void = () => undefined) {
    this.#settings = settings;
    this.nav = this.#create(undefined);
    const data = structuredClone(masterData);
    change(data);
    this.nav.loadMasterData(data);
  }

  #create(state: unknown): NavSimulator {
    const nav = { ...defaultNavSettings, paymentDelayMs: 5_000, ...this.#settings };
    return createNavSimulator({ desk: this.#desk, settings: { faults: 'none', nav }, state });
  }

  /** The process ends and starts again from its saved state. */
  restart(): void {
    this.nav = this.#create(JSON.parse(JSON.stringify(this.nav.snapshot())));
  }

  /** Path of the company in OData. */
  get odata(): string {
    const name = encodeURIComponent(this.company.replaceAll("'", "''"));
    return `/DynamicsNAV110/ODataV4/Company('${name}')`;
  }

  below(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Answer {
    return this.call(method, `${this.odata}/${path}`, body, headers);
  }

  get(path: string): Answer {
    return this.below('GET', path);
  }

  post(path: string, body: unknown): Answer {
    return this.below('POST', path, body);
  }

  patch(path: string, body: unknown, headers: Record<string, string> = anyVersion): Answer {
    return this.below('PATCH', path, body, headers);
  }

  list(path: string): any[] {
    return this.get(path).body.value;
  }

  call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Answer {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = this.send(method, url, body === undefined ? '' : (stringify(body) ?? ''), { ...json, ...headers });
    const text = typeof response.body === 'string' ? response.body : (stringify(response.body) ?? '');
    const parsed: any = text.startsWith('{') ? parse(text, undefined, (digits) => digits) : text;
    const { code = '', message = '' } = parsed?.error ?? {};
    return { status: response.status, headers: response.headers ?? {}, body: parsed, code, message };
  }

  /** Calls a method of a page or of the codeunit; `content` is the XML within the method's element. */
  soap(object: 'Page' | 'Codeunit', service: string, method: string, content: string): SoapAnswer {
    const name = object === 'Page' ? service.toLowerCase() : service;
    const namespace = `urn:microsoft-dynamics-schemas/${object.toLowerCase()}/${name}`;
    return this.soapMessage(
      `${object}/${service}`,
      `${namespace}:${method}`,
      `<${method} xmlns="${namespace}">${content}</${method}>`,
    );
  }

  soapMessage(path: string, action: string, content: string): SoapAnswer {
    const envelope = `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
    const url = `/DynamicsNAV110/WS/${encodeURIComponent(this.company)}/${path}`;
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${action}"` };
    const response = this.send('POST', url, envelope, headers);
    const element = parseXml(String(response.body)).children[0]!.children[0]!;
    const child = (wanted: string): string => element.children.find(({ name }) => name === wanted)?.text ?? '';
    return { status: response.status, element, faultCode: child('faultcode'), faultText: child('faultstring') };
  }

  /** What a function of the codeunit returns. */
  codeunit(method: string, parameters: Record<string, string>): any {
    const content = Object.entries(parameters).map(([name, value]) => `<${name}>${value}</${name}>`);
    const answer = this.soap('Codeunit', 'ConcurConnector', method, content.join(''));
    return answer.status === 200 ? JSON.parse(answer.element.children[0]!.text) : answer;
  }

  send(method: string, url: string, body: string, headers: Record<string, string>): SimResponse {
    const parsed = new URL(url, 'http://127.0.0.1:7048');
    const key = Buffer.from('CONCUR:nav-web-service-key').toString('base64');
    const request: SimRequest = {
      method,
      path: decodeURIComponent(parsed.pathname),
      rawUrl: `${parsed.pathname}${parsed.search}`,
      query: parsed.searchParams,
      headers: { host: '127.0.0.1:7048', authorization: `Basic ${key}`, ...headers },
      body,
    };
    return this.nav.route(request).execute();
  }

  /** Creates a draft with one line, as section 19 says, and gives its number. */
  draft(vendorInvoiceNo: string, cost = '100', { vendor = '20000', header = {}, line = {} } = {}): string {
    const number = this.post('PurchaseInvoice', { Buy_from_Vendor_No: vendor }).body.No as string;
    this.patch(invoiceKey(number), { Vendor_Invoice_No: vendorInvoiceNo, ...header });
    this.post('PurchInvLines', { ...invoiceLine(number, cost), ...line });
    return number;
  }

  postInvoice(draftNo: string, externalNo: string): any {
    return this.codeunit('PostPurchaseInvoice', { draftNo, externalNo });
  }

  /** Creates a batch with balanced lines against a vendor. */
  journal(batch: string, docNo: string, amount = '120.50', credit: Record<string, unknown> = {}): void {
    this.post('GeneralJournalBatches', { Journal_Template_Name: 'GENERAL', Name: batch });
    this.post('GeneralJournal', journalLine(batch, docNo, amount));
    const vendor = { Account_Type: 'Vendor', Account_No: 'CE01' };
    this.post('GeneralJournal', { ...journalLine(batch, docNo, `-${amount}`, vendor), ...credit });
  }

  postJournal(batch: string, docNo: string): any {
    return this.codeunit('PostJournalBatch', { template: 'GENERAL', batch, docNo });
  }
}

export function invoiceKey(number: string): string {
  return `PurchaseInvoice(Document_Type='Invoice',No='${number}')`;
}

export function invoiceLine(document: string, cost: string): Record<string, unknown> {
  return {
    ...{ Document_Type: 'Invoice', Document_No: document, Type: 'G/L Account', No: '8420' },
    ...{ Quantity: num('1'), Direct_Unit_Cost: num(cost) },
  };
}

export function journalLine(
  batch: string,
  docNo: string,
  amount: string,
  account: Record<string, string> = { Account_Type: 'G/L Account', Account_No: '8430' },
): Record<string, unknown> {
  return {
    ...{ Journal_Template_Name: 'GENERAL', Journal_Batch_Name: batch, Posting_Date: '2026-08-21' },
    ...{ Document_No: docNo, External_Document_No: 'RPT-4F2A9', ...account, Amount: num(amount) },
  };
}
