import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { createFoSimulator, type FoSimulator } from '../../simulators/fo/simulator.js';
import type { Desk, SimRequest, SimResponse } from '../../simulators/harness/server.js';
import type { FoMasterData } from '../../simulators/harness/master-data.js';
import type { SimulatorSettings } from '../../simulators/harness/settings-types.js';
import type { RemoteWrite } from '../../simulators/harness/types.js';

export const host = '127.0.0.1:7711';

export const settings: SimulatorSettings = {
  ports: { concur: 0, entra: 0, fo: 0, bc: 0, control: 0 },
  stateFolder: '',
  seed: 1,
  faults: 'none',
  fo: {
    clientId: 'fo-app',
    clientSecret: 'fo-secret',
    tenant: 'contoso.example',
    postingDelayMs: 1_000,
    batchEveryMs: 500,
    paymentDelayMs: 2_000,
    partShare: 0,
  },
  bc: {
    clientId: 'bc-app',
    clientSecret: 'bc-secret',
    tenant: 'contoso.example',
    environment: 'sandbox',
    scope: 'https://api.businesscentral.dynamics.com/.default',
    paymentDelayMs: 0,
    partShare: 0,
  },
  concur: { accessTokenSeconds: 3600 },
};

export const masterData: FoMasterData = {
  companies: [
    {
      company: 'USMF',
      name: 'Contoso Entertainment US',
      currency: 'USD',
      manualJournalNumbers: true,
      journalNames: [
        { name: 'CNQREXP', type: 'Daily' },
        { name: 'CNQRINV', type: 'VendInvoiceRecording' },
      ],
      vendors: [
        { account: 'US-101', name: 'Fabrikam' },
        { account: 'EMP-00042', name: 'A. Meier', group: 'EMPL' },
        { account: 'US-999', name: 'Held', onHold: 'Invoice' },
        { account: 'US-777', name: 'Unpaid', onHold: 'Payment' },
      ],
      openFrom: '2026-01-01',
    },
    {
      company: 'DEMF',
      name: 'Contoso Germany',
      currency: 'EUR',
      manualJournalNumbers: false,
      journalNames: [{ name: 'CNQREXP', type: 'Daily' }],
      vendors: [{ account: 'DE-001', name: "O'Neil GmbH" }],
    },
  ],
  mainAccounts: [
    { account: '618160', name: 'Hotel', role: 'cost' },
    { account: '130700', name: 'Input tax', role: 'tax' },
    { account: '200100', name: 'Payables', role: 'liability' },
    { account: '699999', name: 'Old', role: 'cost', suspended: true },
  ],
  dimensions: [
    { name: 'BusinessUnit', values: [{ value: '001' }, { value: '002', suspended: true }] },
    { name: 'CostCenter', values: [{ value: '024' }, { value: 'A-7' }] },
  ],
};

/** The master data with what pending vendor invoices are coded to. */
export const purchasingMaster: FoMasterData = {
  ...masterData,
  procurementCategories: [
    { hierarchy: 'Procurement', name: 'Catering', account: '618160' },
    { hierarchy: 'Services', name: 'Cleaning', account: '618160' },
  ],
  items: [
    { number: 'S-1', account: '618160' },
    { number: 'D-1', account: '618160', stocked: true },
  ],
  purchaseOrders: [
    {
      company: 'USMF',
      number: 'PO-1',
      vendor: 'US-101',
      lines: [
        { line: 1, category: 'Catering', quantity: '10', unitPrice: '12.50' },
        { line: 2, item: 'D-1', quantity: '4', unitPrice: '100', received: '3' },
      ],
    },
  ],
};

/** What a test saw happen at the desk. */
export interface Seen {
  writes: (Pick<RemoteWrite, 'operation' | 'key' | 'outcome'> & { detail?: string; lost?: boolean })[];
  violations: string[];
  repeats: string[];
}

/** An answer with its body as plain text values: numbers stay as written. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  json: any;
}

function plain(value: unknown): unknown {
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
  }
  return value;
}

function readAnswer(response: SimResponse): Answer {
  const text = typeof response.body === 'string' ? response.body : (stringify(response.body) ?? '');
  const json = text.startsWith('{') ? plain(parse(text)) : undefined;
  return { status: response.status, headers: response.headers ?? {}, text, json };
}

/** The F&O simulator with a clock in the test's hands and direct calls instead of a network. */
export class FoStage {
  nowMs = Date.parse('2026-04-10T09:30:15.250Z');
  readonly seen: Seen = { writes: [], violations: [], repeats: [] };
  readonly itemFaults = new Map<string, number>();
  token = 'good';
  simulator: FoSimulator;
  readonly settings: SimulatorSettings;

  constructor(options: { fo?: Partial<SimulatorSettings['fo']>; master?: FoMasterData } = {}) {
    this.settings = { ...settings, fo: { ...settings.fo, ...options.fo } };
    this.simulator = this.create(undefined);
    this.simulator.loadMasterData(options.master ?? masterData);
  }

  /** Continues from a snapshot that went through JSON, as after a restart. */
  restart(): void {
    this.simulator = this.create(JSON.parse(JSON.stringify(this.simulator.snapshot())));
  }

  wait(milliseconds: number): void {
    this.nowMs += milliseconds;
  }

  /** Lets time pass in steps of the batch so that journals get posted and due payments paid. */
  run(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      this.wait(500);
      this.simulator.tick();
    }
  }

  call(method: string, target: string, body = '', headers: Record<string, string> = {}): Answer {
    const url = new URL(target, `http://${host}`);
    const request: SimRequest = {
      method,
      path: decodeURIComponent(url.pathname),
      rawUrl: url.pathname + url.search,
      query: url.searchParams,
      headers: { host, authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      body,
    };
    return readAnswer(this.simulator.route(request).execute());
  }

  get(set: string, query: Record<string, string> = {}): Answer {
    return this.call('GET', `/data/${set}?${new URLSearchParams({ 'cross-company': 'true', ...query }).toString()}`);
  }

  rows(set: string, filter: string, query: Record<string, string> = {}): any[] {
    const answer = this.get(set, { $filter: filter, ...query });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.value;
  }

  post(set: string, body: unknown): Answer {
    return this.call('POST', `/data/${set}`, typeof body === 'string' ? body : JSON.stringify(body));
  }

  /** A general journal header; answers its number. */
  journal(description: string, more: Record<string, unknown> = {}): string {
    const answer = this.post('LedgerJournalHeaders', {
      dataAreaId: 'usmf',
      JournalName: 'CNQREXP',
      Description: description,
      ...more,
    });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.json.JournalBatchNumber;
  }

  line(journal: string, more: Record<string, unknown>): Answer {
    return this.post('LedgerJournalLines', {
      dataAreaId: 'usmf',
      JournalBatchNumber: journal,
      CurrencyCode: 'USD',
      TransDate: '2026-04-10T12:00:00Z',
      ...more,
    });
  }

  /** A complete balanced journal: vendor credit and one cost line. */
  report(description: string, amount: number, vendor = 'EMP\\-00042'): string {
    const journal = this.journal(description);
    const credit = {
      AccountType: 'Vend',
      AccountDisplayValue: vendor,
      CreditAmount: amount,
      Invoice: description,
      Text: 'x',
    };
    const debit = { AccountType: 'Ledger', AccountDisplayValue: '618160-001-024', DebitAmount: amount, Text: 'Hotel' };
    for (const sent of [credit, debit]) {
      const answer = this.line(journal, sent);
      if (answer.status !== 201) throw new Error(answer.text);
    }
    return journal;
  }

  invoiceJournal(description: string, lines: Record<string, unknown>[]): string {
    const header = { dataAreaId: 'usmf', JournalName: 'CNQRINV', Description: description };
    const journal: string = this.post('VendInvoiceJournalHeaders', header).json.JournalBatchNumber;
    for (const line of lines) {
      const answer = this.post('VendInvoiceJournalLines', {
        dataAreaId: 'usmf',
        JournalBatchNumber: journal,
        Currency: 'USD',
        Date: '2026-04-10T12:00:00Z',
        ...line,
      });
      if (answer.status !== 201) throw new Error(answer.text);
    }
    return journal;
  }

  /** Header of a pending vendor invoice with its mandatory fields and a document number. */
  pendingHeader(reference: string, more: Record<string, unknown> = {}): Answer {
    return this.post('VendorInvoiceHeaders', {
      dataAreaId: 'usmf',
      HeaderReference: reference,
      InvoiceAccount: 'US-101',
      VendorAccount: 'US-101',
      InvoiceNumber: `N-${reference}`,
      InvoiceDate: '2026-03-20T12:00:00Z',
      Date: '2026-04-10T12:00:00Z',
      Currency: 'USD',
      DocumentNumber: `DOC-${reference}`,
      ...more,
    });
  }

  /** Line of a pending vendor invoice, coded to a procurement category. */
  pendingLine(reference: string, number: number, more: Record<string, unknown> = {}): Answer {
    return this.post('VendorInvoiceLines', {
      dataAreaId: 'usmf',
      HeaderReference: reference,
      InvoiceLineNumber: number,
      ProcurementCategoryName: 'Catering',
      ProcurementCategoryHierarchyName: 'Procurement',
      ReceiveNow: 1,
      UnitPrice: 100,
      Currency: 'USD',
      ...more,
    });
  }

  /** A complete pending vendor invoice. */
  pendingInvoice(
    reference: string,
    header: Record<string, unknown> = {},
    lines: Record<string, unknown>[] = [{}],
  ): void {
    const answers = [
      this.pendingHeader(reference, header),
      ...lines.map((line, at) => this.pendingLine(reference, at + 1, line)),
    ];
    const refused = answers.find(({ status }) => status !== 201);
    if (refused !== undefined) throw new Error(refused.text);
  }

  private create(state: unknown): FoSimulator {
    const desk: Desk = {
      now: () => new Date(this.nowMs),
      random: () => 0.25,
      write: (write) => {
        this.seen.writes.push(write);
      },
      violation: (operation, message) => {
        this.seen.violations.push(`${operation}: ${message}`);
      },
      repeat: (operation, key) => {
        this.seen.repeats.push(`${operation} ${key}`);
      },
      itemFault: (kind, operation) => {
        const left = this.itemFaults.get(`${kind} ${operation}`) ?? 0;
        this.itemFaults.set(`${kind} ${operation}`, left - 1);
        return left > 0;
      },
      changed: () => undefined,
    };
    const tokens = {
      isValidToken: (token: string, audience: string) => token === 'good' && audience === `http://${host}`,
      expire: () => {
        this.token = 'expired';
      },
    };
    return createFoSimulator({ desk, settings: this.settings, state, tokens });
  }
}

/** A `$batch` body with CRLF line ends: one changeset for each list of calls. */
export function batchBody(changesets: { method?: string; target: string; body: unknown }[][]): string {
  const lines: string[] = [];
  let id = 0;
  changesets.forEach((calls, index) => {
    lines.push('--outer', `Content-Type: multipart/mixed; boundary=inner${String(index)}`, '');
    for (const { method = 'POST', target, body } of calls) {
      id += 1;
      lines.push(`--inner${String(index)}`, 'Content-Type: application/http', 'Content-Transfer-Encoding: binary');
      lines.push(`Content-ID: ${String(id)}`, '', `${method} ${target} HTTP/1.1`, 'Content-Type: application/json', '');
      lines.push(JSON.stringify(body));
    }
    lines.push(`--inner${String(index)}--`);
  });
  lines.push('--outer--', '');
  return lines.join('\r\n');
}
