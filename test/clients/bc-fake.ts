import { randomUUID } from 'node:crypto';
import { LosslessNumber, parse, stringify } from 'lossless-json';
import { Decimal } from 'decimal.js';
import { OutcomeUnknown, RateLimited } from '../../src/clients/http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/clients/http/types.js';

/** Rows keep numbers as strings; these fields go over the wire as JSON numbers. */
const numeric =
  /amount|unitCost|quantity|lineNumber|sequence|Entry_?No$|ApplicationNo$|LedgerEntryNo$|AmountLCY|status$/i;

export type Row = Record<string, unknown> & { id: string };

export interface Fault {
  operation: string;
  /** Lost before or after the server did its work, or an answer of its own. */
  as: 'lost-before' | 'lost-after' | 'throttled' | { status: number; code: string; message: string; done?: boolean };
}

/** Somebody else does something while a request of this operation is on its way; the request itself is not disturbed. */
export interface Interruption {
  operation: string;
  meanwhile: () => void;
}

/** What purchase invoices and credit memos have under different names. */
const purchases = {
  purchaseInvoices: {
    table: 'invoices',
    lines: 'purchaseInvoiceLines',
    number: 'vendorInvoiceNumber',
    entryType: 'Invoice',
    noun: 'invoice',
    sign: 1,
  },
  purchaseCreditMemos: {
    table: 'creditMemos',
    lines: 'purchaseCreditMemoLines',
    number: 'vendorCreditMemoNumber',
    entryType: 'Credit_x0020_Memo',
    noun: 'credit memo',
    sign: -1,
  },
} as const;
type PurchaseSet = keyof typeof purchases;
const isPurchaseSet = (set: string): set is PurchaseSet => set in purchases;

/** A small Business Central with one company's tables: enforces keys, filters, etags and posting rules that the client relies on. */
export class FakeBc implements HttpClient {
  readonly root: string;
  readonly companyId = randomUUID();
  readonly companyName = "O'Neill & Söhne/Co";
  readonly calls: HttpRequest[] = [];
  readonly faults: Fault[] = [];
  readonly interruptions: Interruption[] = [];
  /** Types that the description of the API offers the action `post` for. */
  postable = ['journal', 'purchaseInvoice', 'purchaseCreditMemo'];
  /** Answers of the next parts of a batch. */
  readonly batchFaults: { status: number; code: string; message: string }[] = [];
  vendors: Record<string, unknown>[] = [
    { number: 'E-001', blocked: '_x0020_', currencyCode: 'EUR' },
    { number: '20000', blocked: 'Payment', currencyCode: 'EUR' },
    { number: 'E-009', blocked: 'All', currencyCode: 'EUR' },
  ];
  accounts: Record<string, unknown>[] = [
    { number: '8430', accountType: 'Posting', directPosting: true, blocked: false },
    { number: '8420', accountType: 'Posting', directPosting: true, blocked: false },
    { number: '8400', accountType: 'Heading', directPosting: false, blocked: false },
    { number: '2000', accountType: 'Posting', directPosting: false, blocked: false },
  ];
  dimensions: { id: string; code: string; values: string[] }[] = [
    { id: randomUUID(), code: 'DEPARTMENT', values: ['410', '420'] },
  ];
  journals: Row[] = [];
  journalLines: Row[] = [];
  ledger: Row[] = [];
  invoices: Row[] = [];
  creditMemos: Row[] = [];
  /** Of vendors and accounts, by the number of the parent. */
  defaults: { parent: string; dimensionCode: string; dimensionValueCode: string; postingValidation: string }[] = [];
  allowPostingFrom = '0001-01-01';
  allowPostingTo = '0001-01-01';
  /** Numbers from which a posting number series replaces the document number of a journal (trap 9). */
  postingSeries: string | undefined;
  vendorEntries: Record<string, unknown>[] = [];
  /** Service names under which the pages of the vendor ledger are published. */
  pages = { entries: 'VendorLedgerEntries', details: 'DetailedVendorLedgerEntries' };
  pageSize = 1000;
  /** Refuses deep-inserted dimensions because the line already carries a default. */
  defaultDimension: string | undefined;
  losesDimensions = false;
  postsByJobQueue = false;
  leavesBlankLine = true;
  /** Takes lines together with their batch. */
  takesDeepJournals = true;
  currency = 'EUR';
  private nextNumber = 1043;
  private nextEntry = 100;

  constructor(root = '/v2.0/contoso.example/Sandbox-1/api') {
    this.root = root;
  }

  get path(): string {
    return `companies(${this.companyId})`;
  }

  /** Names of the operations called so far, in order. */
  get operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  writes(): HttpRequest[] {
    return this.calls.filter(({ kind }) => kind === 'write');
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    this.calls.push(request);
    const interrupted = this.interruptions.findIndex(({ operation }) => operation === request.operation);
    if (interrupted >= 0) this.interruptions.splice(interrupted, 1)[0]!.meanwhile();
    const at = this.faults.findIndex(({ operation }) => operation === request.operation);
    const fault = at < 0 ? undefined : this.faults.splice(at, 1)[0]!.as;
    const call = { system: 'bc', operation: request.operation };
    if (fault === 'throttled') return Promise.reject(new RateLimited('wait', call, 7_000));
    if (fault === 'lost-before') return Promise.reject(new OutcomeUnknown('lost', call));
    if (typeof fault === 'object' && fault.done !== true)
      return Promise.resolve(error(fault.status, fault.code, fault.message));
    const answer = this.answer(request);
    if (fault === 'lost-after') return Promise.reject(new OutcomeUnknown('lost', call));
    return Promise.resolve(typeof fault === 'object' ? error(fault.status, fault.code, fault.message) : answer);
  }

  private answer(request: HttpRequest): HttpResponse {
    const pages = `${this.root.replace(/api$/, 'ODataV4')}/`;
    if (request.path.startsWith(pages)) return this.publishedPage(request, request.path.slice(pages.length));
    const analytics = `${this.root}/microsoft/analytics/v1.0/`;
    if (request.path.startsWith(analytics)) return this.page(request, this.vendorEntries);
    if (request.path === `${this.root}/v2.0/$metadata`) return this.metadata();
    const path = request.path.slice(`${this.root}/v2.0/`.length);
    if (!request.path.startsWith(`${this.root}/v2.0/`)) return error(404, 'BadRequest_NotFound', 'No such route');
    if (path === 'companies')
      return this.page(request, [
        { id: randomUUID(), name: 'CRONUS AG' },
        { id: this.companyId, name: this.companyName },
      ]);
    if (path === '$batch') return this.batch(request);
    if (!path.startsWith(`${this.path}/`))
      return error(404, 'Internal_CompanyNotFound', 'The company cannot be found.');
    return this.entity(request, path.slice(this.path.length + 1), body(request));
  }

  /** Pages 29 and 574 under the names in `pages`; the name of this company cannot stand in the path. */
  private publishedPage(request: HttpRequest, path: string): HttpResponse {
    if (request.query?.company !== this.companyName) return error(404, 'Internal_CompanyNotFound', 'No such company.');
    const initial = (row: Record<string, unknown>): boolean => row.dvleEntryType === 'Initial_x0020_Entry';
    const plain = (text: unknown): string => String(text).replaceAll('_x0020_', ' ');
    if (path === this.pages.entries) {
      const rows = this.vendorEntries.filter(initial).map((row) => ({
        Entry_No: row.vleEntryNo,
        Posting_Date: row.dvlePostingDate,
        Document_Type: plain(row.dvleDocumentType),
        Document_No: row.dvleDocumentNo,
        Vendor_No: row.dvleVendorNo,
        Currency_Code: '',
        Original_Amount: row.dvleAmountLCY,
        Reversed: false,
      }));
      return this.page(request, rows);
    }
    if (path !== this.pages.details) return gone(path);
    const rows = this.vendorEntries.map((row) => ({
      Entry_No: row.dvleEntryNo,
      Vendor_Ledger_Entry_No: row.vleEntryNo,
      Entry_Type: plain(row.dvleEntryType),
      Document_Type: plain(row.dvleDocumentType),
      Document_No: row.dvleDocumentNo,
      Posting_Date: row.dvlePostingDate,
      Amount: row.dvleAmountLCY,
    }));
    return this.page(request, rows);
  }

  private metadata(): HttpResponse {
    const actions = this.postable.map(
      (type) => `<Action Name="post" IsBound="true"><Parameter Type="Microsoft.NAV.${type}"/></Action>`,
    );
    return { ...ok(200), text: `<Schema>${actions.join('')}</Schema>` };
  }

  private entity(request: HttpRequest, path: string, json: Record<string, unknown>): HttpResponse {
    const [, set = '', id, part, partId] = /^(\w+)(?:\(([^)]+)\))?(?:\/([\w.]+)(?:\(([^)]+)\))?)?$/.exec(path) ?? [];
    if (set === 'vendors') {
      const isExpanded = request.query?.$expand === 'defaultDimensions';
      const defaultsOf = (number: unknown): object[] =>
        this.defaults
          .filter(({ parent }) => parent === number)
          .map(({ parent, ...row }) => ({ parentId: idOf(parent), ...row }));
      const rows: Row[] = withIds(this.vendors);
      return this.page(
        request,
        isExpanded ? rows.map((row) => ({ ...row, defaultDimensions: defaultsOf(row.number) })) : rows,
      );
    }
    if (set === 'accounts') return this.page(request, withIds(this.accounts));
    if (set === 'defaultDimensions') {
      return this.page(
        request,
        this.defaults.map(({ parent, ...row }) => ({ parentId: idOf(parent), ...row })),
      );
    }
    if (set === 'generalLedgerSetup') {
      const { currency: localCurrencyCode, allowPostingFrom, allowPostingTo } = this;
      return this.page(request, [{ localCurrencyCode, allowPostingFrom, allowPostingTo }]);
    }
    if (set === 'accountingPeriods') return this.page(request, [{ startingDate: '2026-01-01', newFiscalYear: true }]);
    if (set === 'generalLedgerEntries') return this.page(request, this.ledger);
    if (set === 'dimensions') {
      if (id === undefined) return this.page(request, this.dimensions);
      return this.page(
        request,
        (this.dimensions.find((one) => one.id === id)?.values ?? []).map((code) => ({ code })),
      );
    }
    if (set === 'journals') return this.journal(request, id, part, json);
    if (set === 'journalLines' && part === undefined) return this.journalLine(request, id!);
    if (set === 'journalLines' || set === 'purchaseInvoiceLines' || set === 'purchaseCreditMemoLines')
      return this.lineDimensions(request, id!, partId, json);
    if (isPurchaseSet(set)) return this.purchase(request, set, id, part, json);
    return error(404, 'BadRequest_ResourceNotFound', `Resource not found for the segment '${set}'.`);
  }

  private journal(
    request: HttpRequest,
    id: string | undefined,
    part: string | undefined,
    json: Record<string, unknown>,
  ): HttpResponse {
    if (id === undefined && request.method === 'GET') {
      const isExpanded = request.query?.$expand?.startsWith('journalLines') === true;
      const linesOf = (row: Row): Row[] => this.journalLines.filter(({ journalId }) => journalId === row.id);
      return this.page(
        request,
        isExpanded ? this.journals.map((row) => ({ ...row, journalLines: linesOf(row) })) : this.journals,
      );
    }
    if (id === undefined) return this.createJournal(json);
    const journal = this.journals.find((row) => row.id === id);
    if (journal === undefined) return gone('journals');
    if (request.method === 'GET' && part === undefined) return ok(200, journal);
    if (request.method === 'DELETE') {
      const refused = staleEtag(request, journal);
      if (refused !== undefined) return refused;
      this.journals = this.journals.filter((row) => row !== journal);
      this.journalLines = this.journalLines.filter((row) => row.journalId !== id);
      return ok(204);
    }
    if (part === 'journalLines')
      return this.page(
        request,
        this.journalLines.filter((row) => row.journalId === id),
      );
    return this.postJournal(id);
  }

  /** With the lines that are inserted with it: all of it or nothing. */
  private createJournal({ journalLines = [], ...json }: Record<string, unknown>): HttpResponse {
    if (this.journals.some(({ code }) => code === json.code))
      return error(400, 'Internal_EntityWithSameKeyExists', 'There is already a record.');
    const lines = journalLines as Record<string, unknown>[];
    if (!this.takesDeepJournals && lines.length > 0)
      return error(400, 'BadRequest_InvalidProperty', "The property 'journalLines' does not exist on type 'journal'.");
    const before = [...this.journalLines];
    const row = { id: randomUUID(), '@odata.etag': 'W/"j1"', ...json };
    for (const line of lines) {
      const refused = this.insertLine(row.id, line);
      if (refused === undefined) continue;
      this.journalLines = before;
      return refused;
    }
    this.journals.push(row);
    return ok(201, row);
  }

  private journalLine(request: HttpRequest, id: string): HttpResponse {
    const line = this.journalLines.find((row) => row.id === id);
    if (line === undefined) return gone('journalLines');
    if (request.method === 'GET') return ok(200, line);
    const refused = staleEtag(request, line);
    if (refused === undefined) this.journalLines = this.journalLines.filter((row) => row !== line);
    return refused ?? ok(204);
  }

  /** Posts a batch as a person in Business Central would. */
  postJournal(id: string): HttpResponse {
    const lines = this.journalLines.filter((row) => row.journalId === id && row.accountNumber !== '');
    if (lines.length === 0)
      return error(
        400,
        'Application_DialogException',
        'There is nothing to post.  CorrelationId:  5ad0cc6c-2ef8-49b6-8f26-c9893727c69f.',
      );
    if (this.postsByJobQueue) return ok(204);
    for (const each of lines) {
      const line: Row = { ...each, documentNumber: this.postingSeries ?? each.documentNumber };
      const amount = new Decimal(String(line.amount));
      const isVendor = line.accountType === 'Vendor';
      this.ledger.push(
        this.entry(
          String(line.documentNumber),
          isVendor ? '2000' : String(line.accountNumber),
          amount,
          '_x0020_',
          String(line.postingDate),
        ),
      );
      if (isVendor)
        this.owe(String(line.accountNumber), String(line.documentNumber), amount, '_x0020_', String(line.postingDate));
    }
    this.journalLines = this.journalLines.filter((row) => row.journalId !== id);
    if (this.leavesBlankLine)
      this.journalLines.push({
        id: randomUUID(),
        journalId: id,
        lineNumber: '10000',
        accountType: 'G_x002F_L_x0020_Account',
        accountNumber: '',
        amount: '0',
      });
    return ok(204);
  }

  private batch(request: HttpRequest): HttpResponse {
    const { requests } = body(request) as { requests: { url: string; body: Record<string, unknown> }[] };
    if (requests.length > 100) return error(500, 'Unknown', "The maximum number of '100' is exceeded.");
    const before = [...this.journalLines];
    const responses: object[] = [];
    for (const { url, body: json } of requests) {
      const id = /journals\(([^)]+)\)/.exec(url)![1]!;
      const fault = this.batchFaults.shift();
      const refused = fault === undefined ? this.insertLine(id, json) : error(fault.status, fault.code, fault.message);
      responses.push({
        status: refused === undefined ? '201' : String(refused.status),
        body: refused === undefined ? { id: randomUUID() } : refused.json(),
      });
      if (refused !== undefined) {
        this.journalLines = before;
        break;
      }
    }
    return ok(200, { responses });
  }

  private insertLine(journalId: string, json: Record<string, unknown>): HttpResponse | undefined {
    const isTaken = this.journalLines.some(
      (row) => row.journalId === journalId && row.lineNumber === json.lineNumber && row.accountNumber !== '',
    );
    if (isTaken) return error(400, 'Internal_EntityWithSameKeyExists', 'There is already a record.');
    const dimensionSetLines = this.setDimensions(json);
    if (dimensionSetLines === undefined)
      return error(
        400,
        'Application_DialogException',
        'The dimension set line already exists. Check existing dimension set lines.',
      );
    const accountType = String(json.accountType).replace('G/L Account', 'G_x002F_L_x0020_Account');
    const etag = { '@odata.etag': `W/"l${this.journalLines.length}"` };
    this.journalLines.push({ ...etag, ...json, id: randomUUID(), journalId, accountType, dimensionSetLines });
    return undefined;
  }

  private setDimensions(json: Record<string, unknown>): Row[] | undefined {
    const given = (json.dimensionSetLines ?? []) as { code: string; valueCode: string }[];
    if (given.some(({ code }) => code === this.defaultDimension)) return undefined;
    const wanted = this.losesDimensions ? [] : given;
    const defaults = this.defaultDimension === undefined ? [] : [{ code: this.defaultDimension, valueCode: '999' }];
    return [...defaults, ...wanted].map(({ code, valueCode }) => ({
      id: this.dimensions.find((one) => one.code === code)!.id,
      code,
      valueCode,
    }));
  }

  private lineDimensions(
    request: HttpRequest,
    lineId: string,
    partId: string | undefined,
    json: Record<string, unknown>,
  ): HttpResponse {
    const invoiceLines = this.invoices.flatMap((row) => row.purchaseInvoiceLines as Row[]);
    const memoLines = this.creditMemos.flatMap((row) => row.purchaseCreditMemoLines as Row[]);
    const set = [...this.journalLines, ...invoiceLines, ...memoLines].find((row) => row.id === lineId)!
      .dimensionSetLines as Row[];
    if (request.method === 'GET') return this.page(request, set);
    if (request.method === 'PATCH') {
      if (request.headers?.['If-Match'] === undefined)
        return error(400, 'BadRequest_InvalidToken', 'Could not validate the client concurrency token.');
      Object.assign(
        set.find((row) => row.id === partId)!,
        json,
      );
      return ok(200, {});
    }
    const { id } = this.dimensions.find(({ code }) => code === json.code)!;
    if (set.some((row) => row.id === id))
      return error(400, 'Application_DialogException', 'The dimension set line already exists.');
    set.push({ id, ...json });
    return ok(201, { id });
  }

  private purchase(
    request: HttpRequest,
    set: PurchaseSet,
    id: string | undefined,
    part: string | undefined,
    json: Record<string, unknown>,
  ): HttpResponse {
    const { table, lines } = purchases[set];
    if (id === undefined && request.method === 'GET' && request.query?.$expand !== undefined) {
      return this.page(request, this[table]);
    }
    if (id === undefined && request.method === 'GET') {
      return this.page(
        request,
        this[table].map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== lines))),
      );
    }
    if (id === undefined) return this.createPurchase(set, json);
    const row = this[table].find((one) => one.id === id);
    if (row === undefined) return gone(set);
    if (request.method === 'DELETE') {
      // Deletes a posted document too, as the service may: only the etag protects it.
      const refused = staleEtag(request, row);
      if (refused === undefined) this[table] = this[table].filter((one) => one !== row);
      return refused ?? ok(204);
    }
    if (part === undefined) return ok(200, row);
    return this.postPurchase(set, row);
  }

  private createPurchase(set: PurchaseSet, json: Record<string, unknown>): HttpResponse {
    const { table, lines: field } = purchases[set];
    const given = (json[field] ?? []) as Record<string, unknown>[];
    const lines: Row[] = [];
    for (const [index, line] of given.entries()) {
      const dimensionSetLines = this.setDimensions(line);
      if (dimensionSetLines === undefined)
        return error(400, 'Application_DialogException', 'The dimension set line already exists.');
      lines.push({
        ...line,
        id: randomUUID(),
        sequence: String((index + 1) * 10000),
        dimensionSetLines,
        amountExcludingTax: typeof line.unitCost === 'string' ? line.unitCost : '0',
      });
    }
    const total = lines.reduce((sum, line) => sum.plus(String(line.amountExcludingTax)), new Decimal(0)).toFixed();
    this.nextNumber += 1;
    const row = {
      '@odata.etag': 'W/"i1"',
      ...json,
      id: randomUUID(),
      number: String(this.nextNumber),
      status: 'Draft',
      totalAmountIncludingTax: total,
      [field]: lines,
    };
    this[table].push(row);
    return ok(201, row);
  }

  /** Posts a draft invoice as a person in Business Central would. */
  postInvoice(invoice: Row): HttpResponse {
    return this.postPurchase('purchaseInvoices', invoice);
  }

  private postPurchase(set: PurchaseSet, invoice: Row): HttpResponse {
    const { table, lines, number: field, entryType, noun, sign } = purchases[set];
    if (invoice.status !== 'Draft')
      return error(400, 'Application_DialogException', `The action can be applied to a draft ${noun} only.`);
    const { vendorNumber } = invoice;
    const isTaken = this[table].some(
      (row) => row.status !== 'Draft' && row.vendorNumber === vendorNumber && row[field] === invoice[field],
    );
    if (isTaken)
      return error(
        400,
        'Application_DialogException',
        `Purchase Invoice ${String(invoice[field])} already exists for this vendor.`,
      );
    if (this.postsByJobQueue) return ok(204);
    this.nextNumber += 1;
    Object.assign(invoice, { status: 'Open', number: `10${this.nextNumber}`, '@odata.etag': 'W/"posted"' });
    const number = String(invoice.number);
    const on = String(invoice.postingDate);
    for (const line of (invoice[lines] as Row[]).filter(({ lineType }) => lineType !== 'Comment')) {
      const amount = new Decimal(String(line.amountExcludingTax)).times(sign);
      this.ledger.push(this.entry(number, String(line.lineObjectNumber), amount, entryType, on));
    }
    const total = new Decimal(String(invoice.totalAmountIncludingTax)).times(-sign);
    this.ledger.push(this.entry(number, '2000', total, entryType, on));
    this.owe(String(vendorNumber), number, total, entryType, on);
    return ok(204);
  }

  private entry(
    documentNumber: string,
    accountNumber: string,
    amount: Decimal,
    documentType: string,
    postingDate: string,
  ): Row {
    const debitAmount = amount.gt(0) ? amount.toFixed() : '0';
    const creditAmount = amount.lt(0) ? amount.neg().toFixed() : '0';
    return { id: randomUUID(), documentNumber, accountNumber, documentType, postingDate, debitAmount, creditAmount };
  }

  /** Adds a vendor ledger entry with its initial row; returns the entry number. */
  owe(vendor: string, documentNumber: string, amount: Decimal, documentType: string, postingDate: string): string {
    this.nextEntry += 1;
    this.vendorEntries.push(
      this.detailed(
        String(this.nextEntry),
        'Initial_x0020_Entry',
        vendor,
        documentType,
        documentNumber,
        amount,
        postingDate,
        '0',
        '0',
      ),
    );
    return String(this.nextEntry);
  }

  /** Applies `amount` of an entry to a counter entry that initiates it; a negative amount takes it back. */
  apply(entryNo: string, counterNo: string, amount: string, on: string, application = '1'): void {
    const counter = this.vendorEntries.find((row) => row.vleEntryNo === counterNo)!;
    for (const [no, value] of [
      [entryNo, new Decimal(amount)],
      [counterNo, new Decimal(amount).neg()],
    ] as const) {
      const type = String(counter.dvleDocumentType);
      this.vendorEntries.push(
        this.detailed(no, 'Application', '', type, String(counter.dvleDocumentNo), value, on, application, counterNo),
      );
    }
    this.refreshOpen();
  }

  detailed(
    entryNo: string,
    type: string,
    vendor: string,
    documentType: string,
    documentNo: string,
    amount: Decimal,
    on: string,
    application: string,
    applied: string,
  ): Record<string, unknown> {
    return {
      vleEntryNo: entryNo,
      vleOpen: true,
      dvleEntryNo: String(5000 + this.vendorEntries.length),
      dvleEntryType: type,
      dvlePostingDate: on,
      dvleDocumentType: documentType,
      dvleDocumentNo: documentNo,
      dvleAmountLCY: amount.toFixed(),
      dvleVendorNo: vendor,
      dvleApplicationNo: application,
      dvleAppliedVendLedgerEntryNo: applied,
    };
  }

  refreshOpen(): void {
    for (const row of this.vendorEntries) {
      const own = this.vendorEntries.filter(({ vleEntryNo }) => vleEntryNo === row.vleEntryNo);
      row.vleOpen = !own.reduce((sum, one) => sum.plus(String(one.dvleAmountLCY)), new Decimal(0)).isZero();
    }
  }

  private page(request: HttpRequest, rows: readonly object[]): HttpResponse {
    const found = filtered(rows as Record<string, unknown>[], request.query?.$filter ?? '');
    if (found === undefined) return error(400, 'Application_FilterErrorException', 'The filter is not valid.');
    const skip = Number(request.query?.$skiptoken ?? '0');
    const next = new URLSearchParams({ ...request.query, $skiptoken: String(skip + this.pageSize) });
    // Business Central leaves the tenant out of its links and may name a host of its own.
    const link = `https://elsewhere.example${request.path.replace('/contoso.example', '')}?${next.toString()}`;
    const value = found.slice(skip, skip + this.pageSize);
    return ok(200, { value, ...(skip + this.pageSize < found.length ? { '@odata.nextLink': link } : {}) });
  }
}

const ids = new Map<string, string>();

/** An id for each number of a vendor or account. */
function idOf(number: string): string {
  const id = ids.get(number) ?? randomUUID();
  ids.set(number, id);
  return id;
}

const withIds = (rows: Record<string, unknown>[]) => rows.map((row) => ({ id: idOf(String(row.number)), ...row }));

function filtered(rows: Record<string, unknown>[], filter: string): Record<string, unknown>[] | undefined {
  if (filter === '') return rows;
  const terms = [...filter.matchAll(/(\w+) (eq|ge|gt) ('(?:[^']|'')*'|[\w-]+)/g)].map(
    ([, field = '', op = '', literal = '']) => ({
      field,
      op,
      value: literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal,
    }),
  );
  const isChain = / or /.test(filter.replaceAll(/'(?:[^']|'')*'/g, ''));
  if (isChain && new Set(terms.map(({ field }) => field)).size > 1) return undefined;
  if (terms.some(({ field, value }) => /^(number|code|documentNumber|vendorNumber)$/.test(field) && value.length > 20))
    return undefined;
  const holds = (row: Record<string, unknown>, { field, op, value }: (typeof terms)[number]): boolean =>
    op === 'gt'
      ? Number(row[field]) > Number(value)
      : op === 'ge'
        ? String(row[field]) >= value
        : String(row[field]).toUpperCase() === value.toUpperCase();
  return rows.filter((row) =>
    isChain ? terms.some((term) => holds(row, term)) : terms.every((term) => holds(row, term)),
  );
}

function body(request: HttpRequest): Record<string, unknown> {
  return request.json === undefined
    ? {}
    : (parse(stringify(request.json)!, null, (literal) => literal) as Record<string, unknown>);
}

function ok(status: number, json?: object): HttpResponse {
  const text =
    json === undefined
      ? ''
      : stringify(json, (key, value: unknown) =>
          numeric.test(key) && typeof value === 'string' && /^-?[\d.]+$/.test(value)
            ? new LosslessNumber(value)
            : value,
        )!;
  return { status, headers: {}, text, json: () => parse(text, null, (literal) => literal) };
}

function error(status: number, code: string, message: string): HttpResponse {
  return ok(status, { error: { code, message } });
}

/** The connector sends an etag with every DELETE; one that does not fit is refused. */
function staleEtag(request: HttpRequest, row: Row): HttpResponse | undefined {
  if (request.headers?.['If-Match'] === row['@odata.etag']) return undefined;
  return error(409, 'Request_EntityChanged', 'Another user has already changed the record.');
}

function gone(set: string): HttpResponse {
  return error(404, 'BadRequest_ResourceNotFound', `Resource not found for the segment '${set}'.`);
}
