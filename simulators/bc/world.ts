import { createHash } from 'node:crypto';
import type { Desk } from '../harness/server.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import type {
  AccountRow,
  CreditMemoRow,
  DefaultDimensionRow,
  DimensionRow,
  DimensionValueRow,
  EmployeeRow,
  GlEntryRow,
  InvoiceRow,
  JournalRow,
  OrderRow,
  PostedRow,
  ReceiptRow,
  ScheduledPosting,
  Stored,
  VendorEntryRow,
  VendorRow,
} from './records.js';
import type { SetUpFaults } from './set-up-faults.js';
import { Table, UndoLog, type Watch } from './table.js';
import type { WebhookState } from './webhook-state.js';
import { Webhooks } from './webhooks.js';

/** Record kinds of a company, by table name. */
interface CompanyRows {
  accounts: AccountRow;
  vendors: VendorRow;
  dimensions: DimensionRow;
  dimensionValues: DimensionValueRow;
  journals: JournalRow;
  invoices: InvoiceRow;
  creditMemos: CreditMemoRow;
  orders: OrderRow;
  receipts: ReceiptRow;
  employees: EmployeeRow;
  defaultDimensions: DefaultDimensionRow;
  glEntries: GlEntryRow;
  vendorEntries: VendorEntryRow;
  posted: PostedRow;
}
type CompanyTables = { [Name in keyof CompanyRows]: Table<CompanyRows[Name]> };

/** Names of the running numbers of a company. */
export type CounterName = keyof typeof firstNumbers;

/** Where the running numbers of a new company begin. */
const firstNumbers = {
  ...{
    glEntry: 0,
    vendorEntry: 0,
    detail: 0,
    transaction: 0,
    application: 0,
    draft: 1000,
    invoice: 108000,
    payment: 0,
  },
  ...{ creditMemoDraft: 1000, creditMemo: 109000, order: 106000, receipt: 107000, vendor: 0, journalNumber: 0 },
};

/** What a company is apart from its tables. */
export interface CompanyHead extends Stored {
  name: string;
  currency: string;
  /** `0001-01-01` is no limit. */
  allowPostingFrom: string;
  allowPostingTo?: string;
  /** Pairs of dimensions that must not stand together on an entry. */
  blockedCombinations?: [string, string][];
  counters: Record<CounterName, number>;
}

/** One company (legal entity) of the tenant. */
export type Company = CompanyHead & CompanyTables;

type CompanyState = CompanyHead & { [Name in keyof CompanyRows]: CompanyRows[Name][] };

/** Everything the simulator keeps, JSON-safe. */
export interface BcState {
  sequence: number;
  batches: number;
  paused: { batch: boolean; payments: boolean };
  scheduled: ScheduledPosting[];
  companies: CompanyState[];
  /** Absent in states of earlier versions. */
  webhooks?: WebhookState;
  setUpFaults?: SetUpFaults;
  refusals?: Record<string, string>;
}

/** The tenant: companies, running numbers, clock and desk. */
export class World {
  readonly desk: Desk;
  /** No faults by chance in this run: what the desk reports is what a test ordered. */
  readonly orderedFaultsOnly: boolean;
  readonly undo: UndoLog;
  readonly webhooks: Webhooks;
  readonly companies: Company[] = [];
  paused = { batch: false, payments: false };
  /** What is wrong with the set-up. */
  setUpFaults: SetUpFaults = {};
  scheduled: ScheduledPosting[] = [];
  /** Share of the documents that posting refuses for good, 0…1. */
  readonly refuseShare: number;
  /** What posting has said against drafts and batches at last, by record id. */
  readonly refusals: Map<string, string>;
  #sequence = 0;
  #batches = 0;

  constructor(desk: Desk, { faults, bc }: SimulatorSettings, state: BcState | undefined) {
    this.desk = desk;
    this.orderedFaultsOnly = faults === 'none';
    this.refuseShare = bc.refuseShare ?? 0;
    this.refusals = new Map(Object.entries(state?.refusals ?? {}));
    this.undo = new UndoLog((changes) => {
      this.webhooks.changed(changes);
    });
    this.webhooks = new Webhooks(desk, this.undo, bc.webhooks, state?.webhooks);
    if (state === undefined) return;
    this.#sequence = state.sequence;
    this.#batches = state.batches;
    this.paused = state.paused;
    this.scheduled = state.scheduled;
    this.setUpFaults = state.setUpFaults ?? {};
    for (const company of state.companies) {
      // Companies of an earlier version have fewer running numbers.
      const counters = { ...firstNumbers, ...company.counters };
      this.companies.push({ ...company, counters, ...this.#tables(company.id, company) });
    }
  }

  /** Epoch milliseconds. */
  nowMs(): number {
    return this.desk.now().getTime();
  }

  /** Today in UTC, `YYYY-MM-DD`. */
  today(): string {
    return this.desk.now().toISOString().slice(0, 10);
  }

  /** Head of a new record: a fresh id, version 1, now. */
  newRecord(): Stored {
    this.#sequence += 1;
    const now = this.desk.now();
    return {
      id: guidOf(`record:${this.#sequence}`),
      version: 1,
      createdAt: now.getTime(),
      modifiedAt: now.toISOString(),
    };
  }

  /** Running number of `$batch` envelopes. */
  nextBatch(): number {
    this.#batches += 1;
    return this.#batches;
  }

  /** Companies that can be seen; one may be missing for a test. */
  get served(): readonly Company[] {
    return this.setUpFaults['company-missing'] === true ? this.companies.slice(1) : this.companies;
  }

  /** False where the server has no webhooks. */
  get hasWebhooks(): boolean {
    return this.webhooks.settings.enabled && this.setUpFaults['webhooks-off'] !== true;
  }

  company(name: string): Company | undefined {
    return this.companies.find((company) => company.name === name);
  }

  addCompany(name: string, currency: string): Company {
    const head: CompanyHead = {
      ...this.newRecord(),
      id: guidOf(`company:${name}`),
      name,
      currency,
      allowPostingFrom: '0001-01-01',
      counters: { ...firstNumbers },
    };
    const company: Company = { ...head, ...this.#tables(head.id, {}) };
    this.companies.push(company);
    return company;
  }

  snapshot(): BcState {
    return {
      sequence: this.#sequence,
      batches: this.#batches,
      paused: this.paused,
      scheduled: this.scheduled,
      webhooks: this.webhooks.snapshot(),
      setUpFaults: this.setUpFaults,
      refusals: Object.fromEntries(this.refusals),
      companies: this.companies.map((company) => ({
        ...company,
        accounts: company.accounts.all(),
        vendors: company.vendors.all(),
        dimensions: company.dimensions.all(),
        dimensionValues: company.dimensionValues.all(),
        journals: company.journals.all(),
        invoices: company.invoices.all(),
        creditMemos: company.creditMemos.all(),
        orders: company.orders.all(),
        receipts: company.receipts.all(),
        employees: company.employees.all(),
        defaultDimensions: company.defaultDimensions.all(),
        glEntries: company.glEntries.all(),
        vendorEntries: company.vendorEntries.all(),
        posted: company.posted.all(),
      })),
    };
  }

  #tables(company: string, state: Partial<CompanyState>): CompanyTables {
    const now = (): Date => this.desk.now();
    const seenAs = (set: string): Watch => ({ company, set });
    return {
      accounts: new Table(this.undo, now, state.accounts, seenAs('accounts')),
      vendors: new Table(this.undo, now, state.vendors, seenAs('vendors')),
      dimensions: new Table(this.undo, now, state.dimensions, seenAs('dimensions')),
      dimensionValues: new Table(this.undo, now, state.dimensionValues),
      journals: new Table(this.undo, now, state.journals, seenAs('journals')),
      invoices: new Table(this.undo, now, state.invoices, seenAs('purchaseInvoices')),
      creditMemos: new Table(this.undo, now, state.creditMemos),
      orders: new Table(this.undo, now, state.orders),
      receipts: new Table(this.undo, now, state.receipts),
      employees: new Table(this.undo, now, state.employees, seenAs('employees')),
      defaultDimensions: new Table(this.undo, now, state.defaultDimensions),
      glEntries: new Table(this.undo, now, state.glEntries, seenAs('generalLedgerEntries')),
      vendorEntries: new Table(this.undo, now, state.vendorEntries),
      posted: new Table(this.undo, now, state.posted),
    };
  }
}

/** Next running number of a company; numbers of rolled-back work are not used again, as in the real number series. */
export function nextNumber(company: Company, counter: CounterName): number {
  company.counters[counter] += 1;
  return company.counters[counter];
}

/** A GUID that depends on the text only. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(`bc:${text}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** The GUID that means "none" or "local currency". */
export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';

/** The date that means "none" or "open". */
export const EMPTY_DATE = '0001-01-01';
