import { parse, stringify } from 'lossless-json';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/clients/http/types.js';
import type { ErpWriteContext, GuardedWrites } from '../../src/contracts/erp-port.js';

/** A row as it goes over the wire. */
export type Row = Record<string, unknown>;

const WRITE_ERROR = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException';
const DEFAULT_COMPANY = 'dat';

export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
  get body(): string {
    const innererror = { message: this.message, type: WRITE_ERROR, stacktrace: '   at Somewhere' };
    return JSON.stringify({ error: { code: '', message: 'An error has occurred.', innererror } });
  }
}

/** What may go wrong with the next call of an operation. */
export interface Fault {
  operation: string;
  /** `before`: nothing happens; `after`: it happens, but the answer is lost or replaced. */
  when: 'before' | 'after';
  throws?: Error;
  answers?: { status: number; text: string };
  /** What somebody else does while the request is on its way. */
  meanwhile?: () => void;
  /** Calls of this operation that pass before the fault. */
  skip?: number;
}

/** A small Finance & Operations: keeps state, numbers journals, enforces keys and company scope. */
export class MemoryFo implements HttpClient {
  readonly tables = new Map<string, Row[]>();
  readonly requests: HttpRequest[] = [];
  readonly faults: Fault[] = [];
  /** Changes a line before it is kept: truncation, lost dimensions. */
  alterLine: (line: Row) => Row = (line) => line;
  voucherOf: (line: Row, lines: Row[]) => string = () => 'GNJL000001';
  pageSize = 1_000;
  linkHost = 'https://fo.example';
  private number = 700;

  rows(set: string): Row[] {
    const rows = this.tables.get(set) ?? [];
    this.tables.set(set, rows);
    return rows;
  }

  calls(operation: string): HttpRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    request.signal?.throwIfAborted();
    this.requests.push(request);
    const fault = this.takeFault(request.operation);
    fault?.meanwhile?.();
    if (fault?.when === 'before' && !isHarmless(fault)) return outcome(fault);
    const response = this.answer(request);
    return fault === undefined || isHarmless(fault) ? response : outcome(fault);
  }

  private takeFault(operation: string): Fault | undefined {
    const index = this.faults.findIndex((fault) => fault.operation === operation);
    const fault = this.faults[index];
    if (fault === undefined) return undefined;
    if ((fault.skip ?? 0) > 0) {
      fault.skip = (fault.skip ?? 0) - 1;
      return undefined;
    }
    this.faults.splice(index, 1);
    return fault;
  }

  private answer(request: HttpRequest): HttpResponse {
    try {
      if (request.path === '/data/$batch') return respond(200, this.batch(request.text ?? ''));
      const set = request.path.replace('/data/', '');
      if (request.method === 'GET') return respond(200, JSON.stringify(this.page(set, request.query ?? {})));
      if (request.method === 'DELETE') return this.remove(decodeURIComponent(set), request.query ?? {});
      return respond(201, JSON.stringify(this.insert(set, JSON.parse(stringify(request.json)!) as Row)));
    } catch (error) {
      if (error instanceof Refusal) return respond(error.status, error.body);
      throw error;
    }
  }

  private page(set: string, query: Record<string, string>): Row {
    const matches = query['$filter'] === undefined ? () => true : compile(query['$filter']);
    const inScope = (row: Row): boolean =>
      query['cross-company'] === 'true' || row['dataAreaId'] === undefined || row['dataAreaId'] === DEFAULT_COMPANY;
    const order = query['$orderby']?.split(',') ?? [];
    const rows = this.rows(set)
      .filter((row) => inScope(row) && matches(row))
      .sort((left, right) => order.map((field) => compare(left[field], right[field])).find((by) => by !== 0) ?? 0);
    const start = Number(query['$skiptoken'] ?? 0);
    const columns = query['$select']?.split(',') ?? [];
    const value = rows.slice(start, start + this.pageSize).map((row) => select(row, columns));
    const next = start + this.pageSize;
    if (next >= rows.length) return { value };
    const options = new URLSearchParams({ ...query, $skiptoken: String(next) });
    return { value, '@odata.nextLink': `${this.linkHost}/data/${set}?${options.toString()}` };
  }

  protected insert(set: string, body: Row): Row {
    if (/JournalHeaders$/.test(set)) return this.insertHeader(set, body);
    if (/JournalLines$/.test(set)) return this.insertLine(set, body);
    throw new Refusal(404, 'No such set');
  }

  private insertHeader(set: string, body: Row): Row {
    const journal = (body['JournalBatchNumber'] as string | undefined) ?? `00${(this.number += 1)}`;
    const all = [...this.rows('LedgerJournalHeaders'), ...this.rows('VendInvoiceJournalHeaders')];
    if (all.some((row) => row['JournalBatchNumber'] === journal && row['dataAreaId'] === body['dataAreaId'])) {
      throw new Refusal(400, duplicate(`Journal batch number: ${journal}`));
    }
    const row = { IsPosted: 'No', Description: body['JournalName'], ...body, JournalBatchNumber: journal };
    this.rows(set).push(row);
    return row;
  }

  private insertLine(set: string, body: Row): Row {
    const journal = body['JournalBatchNumber'];
    const lines = this.rows(set).filter((line) => line['JournalBatchNumber'] === journal);
    const isInvoice = set === 'VendInvoiceJournalLines';
    if (!isInvoice && body['LineNumber'] !== undefined) throw new Refusal(400, 'Field LineNumber cannot be set.');
    const number = isInvoice ? body['LineNumber'] : lines.length + 1;
    if (lines.some((line) => line['LineNumber'] === number))
      throw new Refusal(400, duplicate(`Line: ${String(number)}`));
    const empty = isInvoice
      ? { Debit: 0, Credit: 0, InvoiceDate: EMPTY }
      : { DebitAmount: 0, CreditAmount: 0, DocumentDate: EMPTY };
    const row = this.alterLine({
      ...empty,
      Invoice: '',
      DueDate: EMPTY,
      DefaultDimensionDisplayValue: '',
      ...body,
      LineNumber: number,
      Voucher: this.voucherOf(body, lines),
    });
    this.rows(set).push(row);
    return row;
  }

  /** Deletes one row by its full key; a row of another company than the default one needs `cross-company`. */
  protected remove(path: string, query: Record<string, string>): HttpResponse {
    const [, set = '', key = ''] = /^(\w+)\((.*)\)$/.exec(path) ?? [];
    const pairs = [...key.matchAll(/(\w+)=(?:'((?:[^']|'')*)'|(\d+))/g)].map(
      ([, field = '', text, digits]) => [field, text?.replaceAll("''", "'") ?? Number(digits)] as const,
    );
    const keys = set.endsWith('Lines') ? 3 : 2;
    if (pairs.length !== keys) return respond(404, JSON.stringify({ Message: 'No HTTP resource was found that …' }));
    const row = this.rows(set).find((one) => pairs.every(([field, value]) => one[field] === value));
    const inScope = query['cross-company'] === 'true' || row?.['dataAreaId'] === DEFAULT_COMPANY;
    if (row === undefined || !inScope) return respond(404, '');
    const ofJournal = (one: Row): boolean => pairs.slice(0, 2).every(([field, value]) => one[field] === value);
    const header = [...this.rows('LedgerJournalHeaders'), ...this.rows('VendInvoiceJournalHeaders')].find(ofJournal);
    if (header?.['IsPosted'] === 'Yes') throw new Refusal(400, 'Write failed … Error: The journal is posted.');
    if (keys === 2 && this.rows(set.replace('Headers', 'Lines')).some(ofJournal)) {
      throw new Refusal(400, 'Ledger journal table cannot be deleted while dependent Journal lines exist.');
    }
    this.tables.set(
      set,
      this.rows(set).filter((one) => one !== row),
    );
    return respond(204, '');
  }

  /** Reads of a batch, in their order and up to the first that fails: what comes after it is left out of the answer. */
  private reads(targets: readonly string[]): string {
    const answers: { status: number; body: string }[] = [];
    for (const target of targets) {
      const url = new URL(target, 'https://fo.example/data/');
      const set = url.pathname.replace('/data/', '');
      const fault = this.takeFault(`${set}.read`);
      fault?.meanwhile?.();
      try {
        const body = JSON.stringify(this.page(set, Object.fromEntries(url.searchParams)));
        answers.push(
          fault?.answers === undefined ? { status: 200, body } : { ...fault.answers, body: fault.answers.text },
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        answers.push({ status: error.status, body: error.body });
      }
      if (answers.at(-1)?.status !== 200) break;
    }
    return multipart(answers, 'batchresponse_1');
  }

  private batch(text: string): string {
    const targets = [...text.matchAll(/^GET (\S+) HTTP\/1\.1\r$/gm)].map(([, target]) => target!);
    if (targets.length > 0) return this.reads(targets);
    const parts = text
      .split(/--changeset_\w+/)
      .slice(1)
      .flatMap((part) => {
        const found = /POST (\w+) HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n([\s\S]*)\r\n/.exec(part);
        return found ? [{ set: found[1]!, body: JSON.parse(found[2]!) as Row }] : [];
      });
    const before = new Map([...this.tables].map(([set, rows]) => [set, [...rows]]));
    try {
      return multipart(parts.map(({ set, body }) => ({ status: 201, body: JSON.stringify(this.insert(set, body)) })));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.tables.clear();
      for (const [set, rows] of before) this.tables.set(set, rows);
      return multipart([{ status: 500, body: error.body }]);
    }
  }
}

export const EMPTY = '1900-01-01T12:00:00Z';

export function duplicate(fields: string): string {
  return `Write failed for table row of type 'LedgerJournalEntity'. Infolog: Info: Cannot create a record in Ledger journal table (LedgerJournalTable). ${fields}.\nThe record already exists..`;
}

function multipart(answers: { status: number; body: string }[], boundary = 'changesetresponse_1'): string {
  const parts = answers.flatMap(({ status, body }, index) => [
    `--${boundary}`,
    'Content-Type: application/http',
    `Content-ID: ${index + 1}`,
    '',
    `HTTP/1.1 ${status} Status`,
    'Content-Type: application/json',
    '',
    body,
  ]);
  if (boundary === 'batchresponse_1') return [...parts, `--${boundary}--`, ''].join('\r\n');
  const lines = ['--batchresponse_1', 'Content-Type: multipart/mixed; boundary=changesetresponse_1', '', ...parts];
  return [...lines, '--changesetresponse_1--', '--batchresponse_1--', ''].join('\r\n');
}

/** An answer as the HTTP client hands it over. */
export function respond(status: number, text: string): HttpResponse {
  return { status, headers: {}, text, json: () => parse(text, null, (literal) => literal) };
}

const isHarmless = ({ throws, answers }: Fault): boolean => throws === undefined && answers === undefined;

function outcome(fault: Fault): HttpResponse {
  if (fault.throws !== undefined) throw fault.throws;
  return respond(fault.answers!.status, fault.answers!.text);
}

/** The error of a lost answer to a write. */
export function lostAnswer(operation: string): OutcomeUnknown {
  return new OutcomeUnknown(`fo ${operation} got no complete answer.`, { system: 'fo', operation });
}

function select(row: Row, columns: string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right));
}

type Predicate = (row: Row) => boolean;

/** Compiles the part of the filter language that F&O documents: eq, ge, and, or, brackets. */
export function compile(filter: string): Predicate {
  const tokens = filter.match(/\(|\)|'(?:[^']|'')*'|[^\s()']+/g) ?? [];
  let at = 0;
  const or = (): Predicate => {
    const terms = [and()];
    while (tokens[at] === 'or') {
      at += 1;
      terms.push(and());
    }
    return (row) => terms.some((term) => term(row));
  };
  const and = (): Predicate => {
    const terms = [primary()];
    while (tokens[at] === 'and') {
      at += 1;
      terms.push(primary());
    }
    return (row) => terms.every((term) => term(row));
  };
  const primary = (): Predicate => {
    if (tokens[at] === '(') {
      at += 1;
      const inner = or();
      at += 1;
      return inner;
    }
    const [field, operator, literal] = tokens.slice(at, at + 3);
    at += 3;
    const value = literal!.startsWith("'") ? literal!.slice(1, -1).replaceAll("''", "'") : literal!;
    const fold = (raw: unknown): string =>
      (typeof raw === 'string' || typeof raw === 'number' ? String(raw) : '').toLowerCase();
    if (operator === 'eq') return (row) => fold(row[field!]) === value.toLowerCase();
    if (operator === 'ge') return (row) => fold(row[field!]) >= value.toLowerCase();
    if (operator === 'le') return (row) => fold(row[field!]) <= value.toLowerCase();
    throw new Error(`Finance & Operations knows no operator ${operator ?? ''}`);
  };
  const predicate = or();
  if (at !== tokens.length) throw new Error(`Filter not understood: ${filter}`);
  return predicate;
}

/** Guarded writes as the activities make them, in memory; `patience` says whether the look-again waits have passed. */
export class MemoryWrites implements GuardedWrites {
  patience = false;
  readonly created: string[] = [];
  private readonly pending = new Set<string>();

  async create<T>(write: {
    operation: string;
    key: string;
    look: () => Promise<T | undefined>;
    create: () => Promise<T>;
  }): Promise<{ value: T; adopted: boolean }> {
    const id = `${write.operation}|${write.key}`;
    const found = await write.look();
    if (found !== undefined) {
      this.pending.delete(id);
      return { value: found, adopted: true };
    }
    if (this.pending.has(id) && !this.patience) throw lostAnswer(write.operation);
    this.pending.add(id);
    const value = await write.create().catch((error: unknown) => {
      if (!(error instanceof OutcomeUnknown)) this.pending.delete(id);
      throw error;
    });
    this.pending.delete(id);
    this.created.push(id);
    return { value, adopted: false };
  }

  get context(): ErpWriteContext {
    return { writes: this, signal: new AbortController().signal, heartbeat: () => undefined };
  }
}
