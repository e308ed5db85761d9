import { z } from 'zod';
import type { FoMasterData } from '../harness/master-data.js';
import { findEntity, transactionEntities } from './entity-catalogue.js';
import { compactRow, completeRow, type EntityDefinition } from './entity-definition.js';
import { parseMasterData, parseVendor, type MasterVendor } from './master-data-schema.js';
import { masterRows } from './master-rows.js';
import { mergeFaults, setUpFaultsSchema, type SetUpFaults } from './set-up-faults.js';
import { checkNames, setUpOf, type FoSetUp } from './set-up.js';
import { spoilRows } from './spoiled-rows.js';
import { Table } from './table.js';
import type { Row } from './values.js';

const stateSchema = z.object({
  master: z.unknown().transform(parseMasterData),
  createdVendors: z.array(z.object({ company: z.string(), vendor: z.unknown().transform(parseVendor) })),
  numbers: z.record(z.string(), z.number()),
  tables: z.record(z.string(), z.array(z.record(z.string(), z.string().nullable()))),
  lastBatchMs: z.number(),
  faults: setUpFaultsSchema.default({}),
});

/** Everything the simulated environment remembers, as one JSON-serialisable object. */
export type FoState = z.infer<typeof stateSchema>;

/** Company of the master data. */
export type Company = FoMasterData['companies'][number];

const emptyMaster: FoMasterData = { companies: [], mainAccounts: [], dimensions: [] };
const firstRecId = 35_637_144_576;

interface CreatedVendor {
  company: string;
  vendor: MasterVendor;
}

function withVendor(master: FoMasterData, { company, vendor }: CreatedVendor): FoMasterData {
  const companies = master.companies.map((candidate) => {
    if (candidate.company.toLowerCase() !== company) return candidate;
    const isKnown = candidate.vendors.some(({ account }) => account === vendor.account);
    const replaced = candidate.vendors.map((one) => (one.account === vendor.account ? vendor : one));
    return { ...candidate, vendors: isKnown ? replaced : [...replaced, vendor] };
  });
  return { ...master, companies };
}

/** Tables, number sequences and master data of the simulated environment, with all-or-nothing changes. */
export class FoStore {
  lastBatchMs = 0;
  private loadedMaster: FoMasterData = emptyMaster;
  private setUp: FoSetUp = { ...emptyMaster, formats: {} };
  private faults: SetUpFaults = {};
  private createdVendors: CreatedVendor[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly tables = new Map<string, Table>();
  private undoSteps: (() => void)[] | undefined;
  private afterCommit: (() => void)[] = [];

  constructor(
    state: unknown,
    private readonly now: () => Date,
  ) {
    for (const definition of transactionEntities) this.tables.set(definition.set, this.newTable(definition));
    if (state === undefined || state === null) return;
    const saved = stateSchema.parse(state);
    this.createdVendors = saved.createdVendors;
    this.faults = saved.faults;
    this.loadMaster(saved.master);
    this.lastBatchMs = saved.lastBatchMs;
    for (const [name, number] of Object.entries(saved.numbers)) this.numbers.set(name, number);
    for (const [set, rows] of Object.entries(saved.tables)) this.restore(set, rows);
  }

  /** Master data as the set-up makes them, with what is wrong in it. */
  get master(): FoSetUp {
    return this.setUp;
  }

  get setUpFaults(): SetUpFaults {
    return this.faults;
  }

  /** Switches faults of the set-up; what is not named stays. Throws for unknown names and values. */
  changeSetUpFaults(changes: unknown): void {
    const faults = mergeFaults(this.faults, changes);
    checkNames(this.loadedMaster, faults);
    this.faults = faults;
    this.loadMaster(this.loadedMaster);
  }

  /** Company of a call that names none: the first one is the service user's default. */
  get defaultCompany(): string {
    return this.setUp.companies[0]?.company.toLowerCase() ?? '';
  }

  /** A company that LegalEntities shows. */
  findCompany(company: string): Company | undefined {
    const wanted = company.toLowerCase();
    if (this.table('LegalEntities').byKey([wanted]) === undefined) return undefined;
    return this.setUp.companies.find((candidate) => candidate.company.toLowerCase() === wanted);
  }

  /** Table of a simulated set. */
  table(set: string): Table {
    let table = this.tables.get(set);
    if (table === undefined) {
      const definition = findEntity(set);
      if (definition === undefined) throw new Error(`no simulated set is called ${set}`);
      table = this.newTable(definition);
      this.tables.set(set, table);
    }
    return table;
  }

  /** Replaces the master data and every set that follows from it; vendors that were created by hand stay. */
  loadMaster(master: FoMasterData): void {
    this.loadedMaster = this.createdVendors.reduce(withVendor, master);
    this.setUp = setUpOf(this.loadedMaster, this.faults, this.now());
    const rowsBySet = masterRows(this.setUp);
    spoilRows(rowsBySet, this.faults, this.defaultCompany);
    for (const [set, rows] of rowsBySet) {
      const definition = findEntity(set);
      if (definition === undefined) throw new Error(`no simulated set is called ${set}`);
      const table = this.newTable(definition);
      for (const row of rows) table.insert(completeRow(definition, row));
      this.tables.set(set, table);
    }
  }

  /** Adds a vendor to a company, in place of the one with its account. Throws for an unknown company. */
  addVendor(company: string, vendor: MasterVendor): void {
    const created = { company: company.toLowerCase(), vendor };
    if (!this.loadedMaster.companies.some((one) => one.company.toLowerCase() === created.company))
      throw new Error(`there is no company ${company}`);
    const isOther = (one: CreatedVendor): boolean =>
      one.company !== created.company || one.vendor.account !== vendor.account;
    this.createdVendors = [...this.createdVendors.filter(isOther), created];
    this.loadMaster(this.loadedMaster);
  }

  /** Next number of a sequence, from 1; a rolled-back changeset leaves a gap, as continuous numbering does not. */
  nextNumber(sequence: string): number {
    const next = (this.numbers.get(sequence) ?? 0) + 1;
    this.numbers.set(sequence, next);
    return next;
  }

  /** Next record id: beyond 2^35 on purpose, so that 32-bit arithmetic on it shows. */
  nextRecId(): string {
    return String(firstRecId + this.nextNumber('recId'));
  }

  /** Runs the work; if it throws, every change of rows is undone and nothing that was put off happens. */
  transaction<T>(work: () => T): T {
    if (this.undoSteps !== undefined) return work();
    const steps: (() => void)[] = [];
    this.undoSteps = steps;
    try {
      const result = work();
      this.undoSteps = undefined;
      for (const step of this.afterCommit.splice(0)) step();
      return result;
    } catch (error) {
      this.undoSteps = undefined;
      this.afterCommit = [];
      for (const step of steps.reverse()) step();
      throw error;
    }
  }

  /** Puts a note off until the surrounding transaction holds; outside of one it happens at once. */
  onCommit(note: () => void): void {
    if (this.undoSteps === undefined) note();
    else this.afterCommit.push(note);
  }

  snapshot(): FoState {
    const tables: Record<string, Row[]> = {};
    for (const definition of transactionEntities) {
      tables[definition.set] = [...this.table(definition.set).rows()].map((row) => compactRow(definition, row));
    }
    return {
      master: this.loadedMaster,
      createdVendors: this.createdVendors,
      numbers: Object.fromEntries(this.numbers),
      tables,
      lastBatchMs: this.lastBatchMs,
      faults: this.faults,
    };
  }

  private restore(set: string, rows: readonly Row[]): void {
    const table = this.table(set);
    for (const row of rows) table.insert(completeRow(table.definition, row));
  }

  private newTable(definition: EntityDefinition): Table {
    // The undo step itself runs after undoSteps is cleared, so undoing is not recorded again.
    return new Table(definition, (undo) => this.undoSteps?.push(undo));
  }
}
