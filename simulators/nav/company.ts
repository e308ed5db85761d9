import type { Desk } from '../harness/server.js';
import type { FaultLevel } from '../harness/types.js';
import { UndoLog } from '../bc/table.js';
import type { TableDefinition } from './fields.js';
import { findTable } from './tables.js';
import type { SetUpFaults } from './set-up-faults.js';
import { Table } from './table.js';
import { EMPTY_DATE, type Row } from './values.js';

/** What a company is apart from its tables, JSON-safe. */
export interface CompanyHead {
  name: string;
  /** Code of the local currency (LCY); records show a blank for it. */
  currency: string;
  /** First and last day that can be posted to; `0001-01-01` is no limit. */
  allowPostingFrom: string;
  allowPostingTo: string;
  /** Number series of purchase documents take numbers of the client's choice. */
  manualNumbers: boolean;
  /** Number series that new journal batches take their posted numbers from; blank keeps the number of the line. */
  journalPostingSeries: string;
  /** Pairs of dimensions that must not stand on one entry. */
  blockedCombinations: [string, string][];
  /** Last numbers given, by series or kind of entry. */
  counters: Record<string, number>;
  /** Dimension sets as JSON; the first has id 1. */
  dimensionSets: string[];
}

/** One company of the database. */
export class Company {
  readonly head: CompanyHead;
  readonly world: World;
  readonly #tables = new Map<TableDefinition, Table>();

  constructor(world: World, head: CompanyHead, rows: Record<string, Row[]> = {}) {
    this.world = world;
    this.head = head;
    for (const [name, kept] of Object.entries(rows)) {
      const definition = findTable(name);
      this.#tables.set(definition, new Table(definition, world, kept));
    }
  }

  table(definition: TableDefinition): Table {
    const existing = this.#tables.get(definition);
    if (existing !== undefined) return existing;
    const created = new Table(definition, this.world);
    this.#tables.set(definition, created);
    return created;
  }

  /** Next running number; work that is taken back gives its numbers back. */
  next(counter: string, first = 1): number {
    const { counters } = this.head;
    const last = counters[counter] ?? first - 1;
    counters[counter] = last + 1;
    this.world.undo.note(() => (counters[counter] = last));
    return last + 1;
  }

  snapshot(): { head: CompanyHead; rows: Record<string, Row[]> } {
    const rows = [...this.#tables].map(([{ name }, table]): [string, Row[]] => [name, [...table.values()]]);
    return { head: this.head, rows: Object.fromEntries(rows) };
  }
}

/** Everything the simulator keeps, JSON-safe. */
export interface NavState {
  faults: SetUpFaults;
  paused: { batch: boolean; payments: boolean };
  companies: ReturnType<Company['snapshot']>[];
}

/** The database behind one NAV server: companies, set-up faults, clock and desk. */
export class World {
  readonly desk: Desk;
  /** No faults by chance in this run: what the desk reports is what a test ordered. */
  readonly orderedFaultsOnly: boolean;
  readonly undo = new UndoLog();
  readonly companies: Company[] = [];
  paused = { batch: false, payments: false };
  /** User whose key clients send; entries carry his name. */
  readonly user: string;
  faults: SetUpFaults = {};

  constructor(desk: Desk, level: FaultLevel, user: string, state: NavState | undefined) {
    this.user = user.toUpperCase();
    this.desk = desk;
    this.orderedFaultsOnly = level === 'none';
    if (state === undefined) return;
    this.faults = state.faults;
    this.paused = state.paused;
    for (const { head, rows } of state.companies) this.companies.push(new Company(this, head, rows));
  }

  /** Epoch milliseconds. */
  readonly nowMs = (): number => this.desk.now().getTime();

  /** The work date: today in UTC, `YYYY-MM-DD`. */
  today(): string {
    return this.desk.now().toISOString().slice(0, 10);
  }

  /** Companies that clients can see. */
  visible(): Company[] {
    return this.faults['company-missing'] === true ? this.companies.slice(1) : this.companies;
  }

  company(name: string): Company | undefined {
    return this.companies.find(({ head }) => head.name === name);
  }

  addCompany(name: string, currency: string): Company {
    const head: CompanyHead = {
      ...{ name, currency, manualNumbers: false, journalPostingSeries: '', blockedCombinations: [] },
      ...{ allowPostingFrom: EMPTY_DATE, allowPostingTo: EMPTY_DATE, counters: {}, dimensionSets: [] },
    };
    const company = new Company(this, head);
    this.companies.push(company);
    return company;
  }

  snapshot(): NavState {
    const { faults, paused } = this;
    return { faults, paused, companies: this.companies.map((company) => company.snapshot()) };
  }
}
