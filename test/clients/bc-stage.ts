import { createBcAdapter } from '../../src/clients/dynamics-nav/adapter.js';
import type { BcCompanyOptions } from '../../src/clients/dynamics-nav/options.js';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type {
  BcGeneralJournal,
  BcPurchaseCreditMemo,
  BcPurchaseInvoice,
  ErpDocument,
} from '../../src/contracts/erp-documents.js';
import type {
  ErpPort,
  ErpWriteContext,
  GuardedWrites,
  TrackedErpDocument,
  WriteResult,
} from '../../src/contracts/erp-port.js';
import { FakeBc } from './bc-fake.js';

/** Guarded writes as the store promises them: looks first, remembers unknown outcomes until the waits have passed. */
export class FakeWrites implements GuardedWrites {
  readonly unknown = new Set<string>();
  readonly created: string[] = [];
  waitsPassed = false;

  async create<T>(write: {
    operation: string;
    key: string;
    payload: unknown;
    look: () => Promise<T | undefined>;
    create: () => Promise<T>;
  }): Promise<{ value: T; adopted: boolean }> {
    JSON.stringify(write.payload);
    const id = `${write.operation} ${write.key}`;
    const found = await write.look();
    if (found !== undefined) {
      this.unknown.delete(id);
      return { value: found, adopted: true };
    }
    if (this.unknown.has(id) && !this.waitsPassed) {
      throw new OutcomeUnknown('too early', { system: 'bc', operation: write.operation });
    }
    this.unknown.delete(id);
    this.created.push(write.operation);
    try {
      return { value: await write.create(), adopted: false };
    } catch (error) {
      if (error instanceof OutcomeUnknown) this.unknown.add(id);
      throw error;
    }
  }
}

export interface Stage {
  bc: FakeBc;
  erp: ErpPort;
  writes: FakeWrites;
  signal: AbortSignal;
  beats: () => number;
  write: (document: ErpDocument) => Promise<WriteResult>;
}

/** An adapter for the fake's company; time never passes except by its own sleeps. */
export function stage(settings: Partial<BcCompanyOptions> = {}, bc = new FakeBc()): Stage {
  let now = Date.parse('2026-08-21T10:00:00Z');
  const clock = { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) };
  const company: BcCompanyOptions = { paymentSource: 'analytics', proveTries: 3, ...settings };
  const erp = createBcAdapter(
    {
      name: 'bc',
      tenant: 'contoso.example',
      environment: 'Sandbox-1',
      companies: { [bc.companyName]: company },
      clock,
    },
    bc,
  );
  const writes = new FakeWrites();
  const signal = new AbortController().signal;
  let beats = 0;
  const context: ErpWriteContext = { writes, signal, heartbeat: () => void (beats += 1) };
  return { bc, erp, writes, signal, beats: () => beats, write: (document) => erp.write(document, context) };
}

/** Documents need to know the company alone. */
interface Named {
  companyName: string;
}

const base = (company: string) => ({
  part: 1,
  erp: 'bc',
  company,
  keySeed: '8F3C2A11D04B97E6',
  currency: 'EUR',
  documentOn: '2026-08-18',
  postingOn: '2026-08-21',
});

/** An expense report of 120.50 owed to employee vendor E-001. */
export function journal(bc: Named, changes: Partial<BcGeneralJournal> = {}): BcGeneralJournal {
  const department = [{ dimension: 'Department', value: '410' }];
  return {
    ...base(bc.companyName),
    docType: 'expense',
    route: 'bc-general-journal',
    reference: 'RPT-4F2A9',
    batchCode: 'CK3M8Q2T7W',
    batchDisplayName: 'Concur report RPT-4F2A9 CXK3M8Q2T7WB5',
    documentNumber: 'CXK3M8Q2T7WB5',
    externalDocumentNumber: 'RPT-4F2A9',
    debitTotal: '120.50',
    payable: { vendorAccount: 'E-001', amount: '120.50', invoiceNumber: 'RPT-4F2A9' },
    lines: [
      {
        lineNumber: 10000,
        accountType: 'G/L Account',
        accountNumber: '8430',
        amount: '100.10',
        description: 'Hotel',
        dimensions: department,
      },
      {
        lineNumber: 20000,
        accountType: 'G/L Account',
        accountNumber: '8420',
        amount: '20.40',
        description: 'Taxi',
        dimensions: department,
      },
      {
        lineNumber: 30000,
        accountType: 'Vendor',
        accountNumber: 'E-001',
        amount: '-120.50',
        description: 'Employee',
        dimensions: [],
      },
    ],
    ...changes,
  };
}

/** A supplier's invoice of 1250.00 with two cost lines. */
export function invoice(bc: Named, changes: Partial<BcPurchaseInvoice> = {}): BcPurchaseInvoice {
  return {
    ...base(bc.companyName),
    docType: 'invoice',
    route: 'bc-purchase-invoice',
    reference: 'INV-77',
    vendorNumber: '20000',
    vendorInvoiceNumber: "INV-77'A",
    marker: 'CONCUR 8F3C2A11 PR-77',
    dueOn: '2026-09-17',
    debitTotal: '1250.00',
    payable: { vendorAccount: '20000', amount: '1250.00', invoiceNumber: "INV-77'A" },
    lines: [
      {
        accountNumber: '8420',
        description: 'Consultancy',
        amount: '1000.00',
        dimensions: [{ dimension: 'DEPARTMENT', value: '420' }],
      },
      { accountNumber: '8430', description: 'Travel', amount: '250.00', dimensions: [] },
    ],
    ...changes,
  };
}

/** A supplier's credit of 300.00, of which 20.00 are charged again. */
export function creditMemo(bc: Named, changes: Partial<BcPurchaseCreditMemo> = {}): BcPurchaseCreditMemo {
  return {
    ...base(bc.companyName),
    docType: 'invoice',
    route: 'bc-purchase-credit-memo',
    reference: 'CR-12',
    vendorNumber: '20000',
    vendorCreditMemoNumber: 'CR-12',
    marker: 'CONCUR 8F3C2A11D04B97E6 PR-78',
    debitTotal: '320.00',
    lines: [
      {
        accountNumber: '8420',
        description: 'Consultancy',
        amount: '320.00',
        dimensions: [{ dimension: 'DEPARTMENT', value: '420' }],
      },
      { accountNumber: '8430', description: 'Travel', amount: '-20.00', dimensions: [] },
    ],
    ...changes,
  };
}

/** The document as the store would hand it to the bulk reads. */
export function tracked(document: ErpDocument, result: WriteResult, documentId = 'doc-1'): TrackedErpDocument {
  const proof = result.posting.state === 'posted' ? { proof: result.posting.proof } : {};
  return { documentId, document, keys: result.keys, ...proof };
}
