import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { describeDiscovered } from '../../src/activities/discovered-document.js';
import type { DocumentDependencies, SharedDependencies } from '../../src/activities/dependencies.js';
import type { DocType } from '../../src/contracts/documents.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { Database } from '../../src/store/database.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { readDocument, storeDiscovered } from '../../src/store/document-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { markPosted, markWritten, planErpDocuments, readErpDocuments } from '../../src/store/erp-document-store.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { testDatabase } from '../support/postgres.js';
import type { Fixture } from '../unit/mapping-fixtures.js';
import { fixtureText, foMapping, rulesFor } from '../unit/mapping-fixtures.js';

export const connection = 'test';
export const rules = rulesFor(foMapping);

/** A database of one test file's own, and what activities of all kinds need. */
export interface Stage extends SharedDependencies {
  notified: string[];
  /** Moves the clock of the activities; the clock of the database is the real one. */
  passSeconds: (seconds: number) => void;
  close: () => Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const database = await testDatabase();
  const db = openDatabase(database.url, { max: 8 });
  await migrate(db);
  const leases = createLeaseStore(db);
  const notified: string[] = [];
  let aheadMs = 0;
  return {
    db,
    leases,
    notified,
    alerts: {
      notify: async ({ cause }) => {
        notified.push(cause);
      },
    },
    now: () => new Date(Date.now() + aheadMs),
    passSeconds: (seconds) => {
      aheadMs += seconds * 1_000;
    },
    close: async () => {
      leases.close();
      await db.end();
      await database.close();
    },
  };
}

/** What activities of the queue `documents` need, with seconds instead of days; `given` is what the test is about. */
export const documentDependencies = (
  stage: Stage,
  given: Partial<DocumentDependencies> = {},
): DocumentDependencies => ({
  ...stage,
  rules,
  timeZones: {},
  openFrom: {},
  manualRelease: [],
  queuePrefix: '',
  timings: {
    selfCheckSeconds: 1,
    holdReminderSeconds: 1,
    holdLimitSeconds: 1,
    postingDeadlineSeconds: 1,
    retryMaximumSeconds: 1,
  },
  returns: {},
  postingDeadlineSeconds: {},
  unobservablePayments: [],
  vendorSync: {},
  ...given,
});

/** Failures are what many tests are about: they need no stack in the output. */
const silent = new DefaultLogger('ERROR', () => undefined);

/** Runs an activity as Temporal would: with a context, an attempt number and, where needed, a client. */
export async function inActivity<T>(
  work: () => Promise<T>,
  given: { attempt?: number; client?: unknown } = {},
): Promise<T> {
  const environment = new MockActivityEnvironment(
    { attempt: given.attempt ?? 1 },
    { logger: silent, ...(given.client === undefined ? {} : { client: given.client as Client }) },
  );
  return environment.run<[], T, () => Promise<T>>(work);
}

/** A financial document id that is the same at every run. */
export const fiIdOf = (name: string): string => createHash('md5').update(name).digest('hex');

const docTypeOf: Record<Fixture, DocType> = {
  'expense-split-with-tax': 'expense',
  'expense-with-advance': 'expense',
  'invoice-two-lines': 'invoice',
  'cash-advance': 'cashadvance',
};

/** Stores a fixture as a discovered document; `name` makes its FI document id. */
export async function discover(
  db: Database,
  name: string,
  fixture: Fixture = 'expense-split-with-tax',
  text: string = fixtureText(fixture),
): Promise<StoredDocument> {
  const docType = docTypeOf[fixture];
  const found = { id: fiIdOf(name), docType, status: 'READY', documentText: text };
  const described = describeDiscovered(connection, docType, found);
  await storeDiscovered(db, described);
  return readDocument(db, described.id);
}

/** A planned general journal for tests that need no mapping. */
export function journal(name: string, given: Partial<ErpDocument> = {}): ErpDocument {
  const keySeed = createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase();
  return {
    route: 'fo-general-journal',
    part: 1,
    docType: 'expense',
    erp: 'fo-test',
    company: 'demf',
    keySeed,
    reference: name,
    currency: 'EUR',
    documentOn: '2026-02-03',
    postingOn: '2026-02-03',
    debitTotal: '100.00',
    payable: { vendorAccount: 'E-001', amount: '100.00', invoiceNumber: `EXP${keySeed}` },
    journalName: 'CNQREXP',
    journalBatchNumber: keySeed.slice(0, 10),
    description: `Concur EXP ${keySeed}`,
    lines: [
      { accountType: 'Vend', account: 'E-001', dimensions: [], credit: '100.00', text: '1/2 Ada', document: keySeed },
      {
        accountType: 'Ledger',
        account: '610000',
        dimensions: [],
        debit: '100.00',
        text: '2/2 Hotel',
        document: keySeed,
      },
    ],
    ...given,
  } as ErpDocument;
}

/** What the ERP shows as proof of a planned document, unless something else is given. */
export function proofOf(document: ErpDocument, given: { debitTotal?: string; currency?: string } = {}) {
  return {
    part: document.part,
    documentNumber: `V-${document.keySeed.slice(0, 6)}`,
    postedOn: document.postingOn,
    fiscalYear: '2026',
    debitTotal: document.debitTotal,
    currency: document.currency,
    ...given,
  };
}

/** Brings a discovered document to "written" or "posted" without an ERP. */
export async function stand(
  db: Database,
  document: StoredDocument,
  state: 'planned' | 'written' | 'posted',
  planned: ErpDocument = journal(document.id),
): Promise<void> {
  await planErpDocuments(db, document.id, [planned]);
  if (state === 'planned') return;
  await markWritten(db, document.id, 1, { journal: `J-${planned.keySeed.slice(0, 6)}` });
  if (state === 'posted') await markPosted(db, document.id, proofOf(planned));
}

/** The only planned ERP document of a document, as it stands now. */
export async function onlyRow(db: Database, documentId: string) {
  const [row] = await readErpDocuments(db, documentId);
  if (!row) throw new Error(`${documentId} has no planned ERP document`);
  return row;
}
