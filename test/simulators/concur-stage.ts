import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConcurSimulator, type ConcurSimulator } from '../../simulators/concur/simulator.js';
import { createHarness, type Harness } from '../../simulators/harness/harness.js';
import type { SimulatorSettings } from '../../simulators/harness/settings-types.js';
import type { FaultLevel } from '../../simulators/harness/types.js';

export const masterData = {
  companyUuid: '3f2a77d0-1111-4c3b-9a44-5b6c7d8e9f00',
  clientId: 'app-1',
  clientSecret: 'secret-1',
  requestToken: 'at-request-1',
};

/** A simulated Concur on a free port with an unused state folder, and the calls of a client that does all right. */
export interface ConcurStage {
  harness: Harness;
  concur: ConcurSimulator;
  url: string;
  folder: string;
  token: () => Promise<TokenAnswer>;
  call: (path: string, init?: CallInit) => Promise<Response>;
  fis: (docType: string, action: string, body: unknown, headers?: Record<string, string>) => Promise<FisAnswer>;
  load: (...documents: { docType: string; id: string; document: unknown; expected?: string }[]) => void;
  status: (id: string) => string | undefined;
  violations: () => string[];
  close: () => Promise<void>;
}

export interface CallInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  refresh_expires_in: number;
  expires_in: string;
  geolocation: string;
  scope: string;
  code?: number;
}

export interface FisAnswer {
  status: number;
  items: Record<string, unknown>[];
}

export async function openStage(
  options: { folder?: string; faults?: FaultLevel; accessTokenSeconds?: number; extractedLagMs?: number } = {},
): Promise<ConcurStage> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'concur-simulator-'));
  const settings = settingsFor(folder, options);
  const harness = createHarness(settings);
  const state = harness.loadState('concur');
  const concur = createConcurSimulator({ desk: harness.desk('concur'), settings, state });
  if (state === undefined) concur.loadMasterData(masterData);
  const url = await harness.host(concur, 0);
  let bearer: string | undefined;
  const token = async (): Promise<TokenAnswer> => {
    const answer = await requestToken(url, requestTokenForm());
    bearer = answer.access_token;
    return answer;
  };
  const call = async (path: string, init: CallInit = {}): Promise<Response> => {
    if (bearer === undefined) await token();
    const headers = { authorization: `Bearer ${bearer ?? ''}`, 'content-type': 'application/json', ...init.headers };
    return fetch(`${url}${path}`, { ...init, headers });
  };
  return {
    harness,
    concur,
    url,
    folder,
    token,
    call,
    fis: async (docType, action, body, headers = {}) => {
      const init = { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
      const response = await call(`${transactions(docType)}/${action}`, init);
      const answer: unknown = await response.json();
      return { status: response.status, items: Array.isArray(answer) ? (answer as Record<string, unknown>[]) : [] };
    },
    load: (...documents) => {
      concur.loadDocuments(JSON.stringify({ documents }));
    },
    status: (id) => concur.documents().find((document) => document.id === id)?.status,
    violations: () => harness.book.kept.violations.map(({ message }) => message),
    close: async () => {
      await harness.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function transactions(docType: string): string {
  return `/financialintegration/fi/v4/companies/transactiontypes/${docType}/transactions`;
}

export function requestTokenForm(): Record<string, string> {
  return {
    client_id: masterData.clientId,
    client_secret: masterData.clientSecret,
    grant_type: 'password',
    credtype: 'authtoken',
    username: masterData.companyUuid,
    password: masterData.requestToken,
  };
}

export async function requestToken(url: string, form: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch(`${url}/oauth2/v0/token`, { method: 'POST', body: new URLSearchParams(form) });
  return (await response.json()) as TokenAnswer;
}

export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** A report of one approved cash expense; 50.00 unless told. */
export function expense(options: { reportId?: string; amount?: number } = {}): unknown {
  const amount = options.amount ?? 50;
  const journal = [
    {
      journalPayer: 'COMP',
      journalPayee: 'EMPL',
      journalAccountCode: '6000',
      amountGross: amount,
      amountNetOfReclaim: amount,
    },
  ];
  return {
    employee: { employeeId: 'E-100' },
    report: { reportId: options.reportId ?? 'R'.repeat(20), employeeCurrencyAlphaCode: 'EUR' },
    expenseEntry: [{ entryApprovedAmount: amount, entryIsPersonal: 'N', allocation: [{ journal, tax: [] }] }],
    cashAdvanceApplication: [],
  };
}

export function invoice(requestId: string, total = 1190, payMethodType = 'CLIENT'): unknown {
  return { requestHeader: { requestId, currencyAlphaCode: 'EUR', requestTotal: total, payMethodType } };
}

export function cashAdvance(cashAdvanceId: string, amount = 300): unknown {
  return {
    employeeData: { employeeId: 'E-100' },
    cashAdvanceData: { cashAdvanceId, employeeCurrencyAlphaCode: 'EUR' },
    journalData: [{ amount, debitOrCredit: 'DR' }],
  };
}

export function acknowledgement(...ids: string[]): unknown {
  return { systemId: 'sys-1', ids };
}

export function success(docId: string, documentNumber = 'V-1', companyId = 'USMF'): unknown {
  const posting = {
    companyId,
    documentNumber,
    fiscalYear: '2026',
    paymentRelevantLineItems: [],
    postingDate: '2026-09-03',
  };
  const confirmation = { docId, overallPostingStatusCode: 'success', postingDocs: [posting], systemMessages: [] };
  return { systemId: 'sys-1', postingConfirmations: [confirmation] };
}

export function payment(docId: string, paymentRef: string, amount: string, code = 'CP'): string {
  return `{"systemId":"sys-1","processingConfirmation":[{"docId":"${docId}","processingStatusCode":"${code}","additionalMessage":"",
    "clearingDetails":[{"clearingDate":"2026-09-10T00:00:00.000Z","clearingAmount":${amount},"clearingCurrency":"EUR",
    "receiver":{"receiverId":"E-100","receiverName":"","receiverType":"EMPLOYEE"},
    "clearingReference":{"companyCode":"USMF","financialDocumentId":"P-1","fiscalYear":"2026","paymentRef":"${paymentRef}","paymentMethod":"E"}}]}]}`;
}

/** Takes a document to POSTING_CONFIRMED_SUCCESS. */
export async function post(stage: ConcurStage, docType: string, id: string): Promise<void> {
  await stage.fis(docType, 'acknowledgements', acknowledgement(id));
  const { items } = await stage.fis(docType, 'postingconfirmations', success(id));
  assert.equal(items[0]?.['code'], 0);
}

export function settingsFor(
  stateFolder: string,
  options: { faults?: FaultLevel; accessTokenSeconds?: number; extractedLagMs?: number } = {},
): SimulatorSettings {
  return {
    ports: { concur: 0, entra: 0, fo: 0, bc: 0, control: 0 },
    stateFolder,
    seed: 7,
    faults: options.faults ?? 'none',
    fo: {
      clientId: 'fo-app',
      clientSecret: 'fo-secret',
      tenant: 'tenant-1',
      postingDelayMs: 0,
      batchEveryMs: 100,
      paymentDelayMs: 0,
      partShare: 0,
    },
    bc: {
      clientId: 'bc-app',
      clientSecret: 'bc-secret',
      tenant: 'tenant-1',
      environment: 'sandbox',
      scope: 'https://api.businesscentral.dynamics.com/.default',
      paymentDelayMs: 0,
      partShare: 0,
    },
    concur: { accessTokenSeconds: options.accessTokenSeconds ?? 3600, extractedLagMs: options.extractedLagMs ?? 0 },
  };
}
