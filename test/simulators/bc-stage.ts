import { parse, stringify, LosslessNumber } from 'lossless-json';
import { createBcSimulator, type BcSimulator } from '../../simulators/bc/simulator.js';
import type { Desk, SimRequest, SimResponse } from '../../simulators/harness/server.js';
import type { BcMasterData } from '../../simulators/harness/master-data.js';
import type { SimulatorSettings } from '../../simulators/harness/settings-types.js';

/** A JSON number with exactly these digits. */
export function num(digits: string): LosslessNumber {
  return new LosslessNumber(digits);
}

/** Answer of the simulator; numbers of the body are text, digit for digit. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Parsed JSON, `undefined` without a body. */
  body: any;
  code: string;
}

export const strong = { 'data-access-intent': 'ReadWrite' };
export const anyVersion = { 'if-match': '*' };

const settings: SimulatorSettings = {
  ports: { concur: 0, entra: 0, fo: 0, bc: 0, control: 0 },
  stateFolder: '/nowhere',
  seed: 1,
  faults: 'none',
  fo: {
    clientId: 'fo',
    clientSecret: 'fo',
    tenant: 'fo',
    postingDelayMs: 0,
    batchEveryMs: 0,
    paymentDelayMs: 0,
    partShare: 0,
  },
  bc: {
    clientId: 'bc',
    clientSecret: 'bc',
    tenant: 'contoso',
    environment: 'Sandbox',
    scope: 'https://bc.example.test/.default',
    onPremises: { instance: 'BC', user: 'CONNECTOR', accessKey: 'a-web-service-key' },
    paymentDelayMs: 5_000,
    partShare: 0.5,
  },
  concur: { accessTokenSeconds: 60 },
};

const masterData: BcMasterData = {
  companies: [
    {
      name: 'North Ltd',
      currency: 'GBP',
      allowPostingFrom: '2026-08-01',
      vendors: [
        { number: '20000', displayName: 'First Supplies' },
        { number: 'ce01', displayName: "Ana O'Example" },
        { number: 'STOP', displayName: 'Blocked Trader', blocked: 'All' },
        { number: 'NOPAY', displayName: 'Unpaid Trader', blocked: 'Payment' },
        { number: 'EURO', displayName: 'Euro Trader', currencyCode: 'EUR' },
      ],
      accounts: [
        { number: '8420', displayName: 'Consultancy', role: 'cost' },
        { number: '8430', displayName: 'Travel', role: 'cost' },
        { number: '8440', displayName: 'Old travel', role: 'cost', blocked: true },
        { number: '8450', displayName: 'Stock', role: 'cost', directPosting: false },
        { number: '8000', displayName: 'Costs', role: 'cost', accountType: 'Heading' },
      ],
      dimensions: [
        { code: 'DEPARTMENT', values: [{ code: 'SALES' }, { code: 'ADM' }] },
        { code: 'PROJECT', values: [{ code: 'P-100' }] },
      ],
    },
    { name: 'South Ltd', currency: 'USD', vendors: [], accounts: [], dimensions: [] },
  ],
};

/** Accounts and vendors with rules about dimensions, values that cannot be posted, and people. */
const rules: BcMasterData = {
  companies: [
    {
      ...{ name: 'North Ltd', currency: 'GBP', allowPostingFrom: '2026-08-01' },
      vendors: [
        {
          ...{ number: 'PROJ', displayName: 'Project Trader' },
          defaultDimensions: [{ dimension: 'PROJECT', value: 'P-100' }],
        },
        { number: 'NOGRP', displayName: 'Groupless Trader', withoutPostingGroup: true },
      ],
      accounts: [
        {
          ...{ number: '8500', displayName: 'Marketing', role: 'cost' },
          defaultDimensions: [{ dimension: 'DEPARTMENT', validation: 'Code Mandatory' }],
        },
        {
          ...{ number: '8510', displayName: 'Administration', role: 'cost' },
          defaultDimensions: [{ dimension: 'DEPARTMENT', value: 'ADM', validation: 'Same Code' }],
        },
        {
          ...{ number: '8520', displayName: 'Bank charges', role: 'cost' },
          defaultDimensions: [{ dimension: 'PROJECT', validation: 'No Code' }],
        },
      ],
      dimensions: [
        {
          code: 'DEPARTMENT',
          values: [
            { code: 'OLD', blocked: true },
            { code: 'ALL', valueType: 'Heading' },
          ],
        },
        { code: 'AREA', values: [{ code: '30' }] },
      ],
      blockedCombinations: [['AREA', 'PROJECT']],
      employees: [{ number: 'E1', givenName: 'Ana', surname: 'Example', email: 'ana@example.test' }],
    },
  ],
};

/** One simulated tenant with a clock that stands still and a desk that remembers. */
export class BcStage {
  nowMs = Date.parse('2026-08-21T10:00:00.000Z');
  chance = 0.9;
  readonly writes: { operation: string; key: string; outcome: string }[] = [];
  readonly violations: string[] = [];
  readonly repeats: { operation: string; key: string }[] = [];
  /** Operations whose next item goes wrong, with the kind. */
  readonly itemFaults = new Map<string, string>();
  readonly expired = new Set<string>();
  readonly bc: BcSimulator;
  readonly north: string;

  constructor(state?: unknown, bc: Partial<SimulatorSettings['bc']> = {}) {
    const desk: Desk = {
      now: () => new Date(this.nowMs),
      random: () => this.chance,
      write: (write) => void this.writes.push(write),
      violation: (operation, message) => void this.violations.push(`${operation}: ${message}`),
      repeat: (operation, key) => void this.repeats.push({ operation, key }),
      itemFault: (kind, operation) => this.itemFaults.get(operation) === kind && this.itemFaults.delete(operation),
      changed: () => undefined,
    };
    const tokens = {
      isValidToken: (token: string, audience: string) =>
        token === 'good' && audience === 'https://bc.example.test' && !this.expired.has(token),
      expire: (token: string) => void this.expired.add(token),
    };
    this.bc = createBcSimulator({ desk, settings: { ...settings, bc: { ...settings.bc, ...bc } }, state, tokens });
    if (state === undefined) this.bc.loadMasterData(masterData);
    const companies = this.call('GET', `${root}/companies?$filter=name eq 'North Ltd'`).body.value;
    this.north = companies[0].id;
  }

  /** Adds accounts and vendors with rules about dimensions, values that cannot be posted, and an employee. */
  withRules(): this {
    this.bc.loadMasterData(rules);
    return this;
  }

  /** Request below the company North Ltd. */
  below(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Answer {
    return this.call(method, `${root}/companies(${this.north})/${path}`, body, headers);
  }

  get(path: string, headers: Record<string, string> = strong): Answer {
    return this.below('GET', path, undefined, headers);
  }

  post(path: string, body: unknown): Answer {
    return this.below('POST', path, body);
  }

  /** Rows of a list, read with write intent. */
  list(path: string): any[] {
    return this.get(path).body.value;
  }

  analytics(query = ''): any[] {
    const url = `/v2.0/contoso/Sandbox/api/microsoft/analytics/v1.0/companies(${this.north})/vendorLedgerEntries${query}`;
    return this.call('GET', url).body.value;
  }

  /** A request as the harness gives it. */
  request(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): SimRequest {
    const parsed = new URL(url, 'http://127.0.0.1:7000');
    return {
      method,
      path: decodeURIComponent(parsed.pathname),
      rawUrl: `${parsed.pathname}${parsed.search}`,
      query: parsed.searchParams,
      headers: {
        host: '127.0.0.1:7000',
        authorization: 'Bearer good',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? '' : (stringify(body) ?? ''),
    };
  }

  call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Answer {
    return answerOf(this.bc.route(this.request(method, url, body, headers)).execute());
  }

  /** As `call`, with what the service does before and after it answers. */
  async send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const { before, execute, after } = this.bc.route(this.request(method, url, body, headers));
    await before?.();
    const answer = answerOf(execute());
    after?.();
    return answer;
  }

  /** Posts a balanced journal of 120.50 against a vendor and gives the id of its batch. */
  postedJournal(batch: string, documentNumber: string, vendor = 'CE01'): string {
    const journal = this.post('journals', { code: batch }).body;
    this.post(`journals(${journal.id})/journalLines`, journalLine(10000, documentNumber, '120.50'));
    const credit = { ...journalLine(20000, documentNumber, '-120.50'), accountType: 'Vendor', accountNumber: vendor };
    this.post(`journals(${journal.id})/journalLines`, credit);
    this.post(`journals(${journal.id})/Microsoft.NAV.post`, undefined);
    return journal.id as string;
  }

  /** Creates a draft with one line of the given amount and gives its id. */
  draft(vendorInvoiceNumber: string, amount = '100', header: Record<string, unknown> = {}): string {
    const answer = this.post('purchaseInvoices', {
      vendorNumber: '20000',
      vendorInvoiceNumber,
      ...header,
      purchaseInvoiceLines: [
        { lineType: 'Account', lineObjectNumber: '8420', quantity: num('1'), unitCost: num(amount) },
      ],
    });
    return answer.body.id as string;
  }

  postInvoice(id: string): Answer {
    return this.post(`purchaseInvoices(${id})/Microsoft.NAV.post`, undefined);
  }
}

function answerOf(response: SimResponse): Answer {
  const text = response.body as string | undefined;
  const json = response.headers?.['content-type']?.includes('json') === true;
  const parsed = text === undefined ? undefined : json ? parse(text, undefined, (digits) => digits) : text;
  const code = (parsed as { error?: { code: string } } | undefined)?.error?.code ?? '';
  return { status: response.status, headers: response.headers ?? {}, body: parsed, code };
}

export const root = '/v2.0/contoso/Sandbox/api/v2.0';

/** Body of a G/L line. */
export function journalLine(lineNumber: number, documentNumber: string, amount: string): Record<string, unknown> {
  return {
    lineNumber,
    accountType: 'G/L Account',
    accountNumber: '8430',
    postingDate: '2026-08-21',
    documentNumber,
    externalDocumentNumber: 'RPT-4F2A9',
    amount: num(amount),
    description: 'Hotel Leeds',
  };
}
