import type { ErpDependencies } from '../../src/activities/dependencies.js';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type {
  ErpPort,
  MasterDataFinding,
  MasterDataRequest,
  PostingState,
  Settlement,
  TrackedErpDocument,
  Withdrawal,
} from '../../src/contracts/erp-port.js';
import type { VendorReading } from '../../src/contracts/vendor-master.js';
import { proofOf } from './stage.js';
import type { Stage } from './stage.js';

const call = { system: 'fo-test', operation: 'fo.journal-header' };

/** An ERP as it behaves: it keeps one journal per key, posts when told to, and never undoes anything. */
export function fakeErp() {
  const journals = new Map<string, { journal: string; document: ErpDocument; posted: boolean; refusal?: string }>();
  const settlements: Settlement[] = [];
  /** What a complete read of a company gives. */
  const vendors = new Map<string, VendorReading>();
  const findings: MasterDataFinding[] = [];
  const requests: MasterDataRequest[] = [];
  const calls: string[] = [];
  /** Companies in which nothing can be taken out, with the reason. */
  const blocked = new Map<string, string>();
  /** Companies in which something is posted that cannot be proven, with its voucher. */
  const unproven = new Map<string, string>();
  const faults: ('lost-before' | 'lost-after' | Error)[] = [];
  const numbers = new Map<string, string>();
  let postsAtOnce = false;
  let beforeCreate: () => Promise<void> = async () => undefined;
  let meanwhile: () => Promise<unknown> = async () => undefined;

  const proofShown = (document: ErpDocument) => ({
    ...proofOf(document),
    documentNumber: numbers.get(document.keySeed) ?? proofOf(document).documentNumber,
  });

  function stateOf(document: ErpDocument): PostingState {
    const { part, keySeed } = document;
    const found = journals.get(keySeed);
    if (!found) return { state: 'missing', part, reason: 'The journal was removed.' };
    if (found.posted) return { state: 'posted', part, proof: proofShown(document) };
    if (found.refusal !== undefined) return { state: 'refused', part, reason: found.refusal };
    return { state: 'waiting', part };
  }

  async function create(document: ErpDocument): Promise<string> {
    calls.push(`create ${document.company}`);
    await beforeCreate();
    const fault = faults.shift();
    if (fault instanceof Error) throw fault;
    if (fault === 'lost-before') throw new OutcomeUnknown('no answer', call);
    if (journals.has(document.keySeed)) throw new Error('the ERP holds two journals under one key');
    const journal = `J-${journals.size + 1}`;
    journals.set(document.keySeed, { journal, document, posted: postsAtOnce });
    if (fault === 'lost-after') throw new OutcomeUnknown('no answer', call);
    return journal;
  }

  async function withdraw({ document }: TrackedErpDocument): Promise<Withdrawal> {
    calls.push(`withdraw ${document.company} ${document.part}`);
    const fault = faults.shift();
    if (fault instanceof Error) throw fault;
    if (fault === 'lost-before') throw new OutcomeUnknown('no answer', call);
    await meanwhile();
    const found = journals.get(document.keySeed);
    if (found?.posted) return { state: 'posted', proof: proofShown(document) };
    const reason = blocked.get(document.company);
    if (found && reason !== undefined) return { state: 'blocked', reason };
    const voucher = unproven.get(document.company);
    if (found && voucher !== undefined) return { state: 'blocked', reason: `Reverse ${voucher}.`, voucher };
    journals.delete(document.keySeed);
    if (fault === 'lost-after') throw new OutcomeUnknown('no answer', call);
    return { state: 'gone' };
  }

  const port: ErpPort = {
    name: 'fo-test',
    kind: 'dynamics-fo',
    checkMasterData: async (request) => {
      calls.push('check-master-data');
      requests.push(request);
      return findings.filter(
        ({ code }) =>
          [...request.vendors, ...request.accounts, ...request.journalNames].includes(code) || code === 'setup',
      );
    },
    write: async (document, context) => {
      context.heartbeat();
      const { value, adopted } = await context.writes.create({
        operation: call.operation,
        key: document.keySeed,
        payload: document,
        look: async () => {
          calls.push('look');
          return journals.get(document.keySeed)?.journal;
        },
        create: () => create(document),
      });
      return { keys: { journal: value }, adopted, posting: stateOf(document) };
    },
    withdraw,
    findPostings: async (company, documents) => {
      calls.push(`find-postings ${company} ${documents.length}`);
      return documents.map(({ documentId, document }) => ({ documentId, ...stateOf(document) }));
    },
    findSettlements: async (company, documents, since) => {
      calls.push(`find-settlements ${company} ${documents.length} ${since ?? 'all'}`);
      const fault = faults.shift();
      if (fault instanceof Error) throw fault;
      return settlements.filter((row) => documents.some(({ documentId }) => documentId === row.documentId));
    },
    readVendors: async (company, _signal, heartbeat) => {
      const fault = faults.shift();
      if (fault instanceof Error) throw fault;
      heartbeat();
      return vendors.get(company) ?? { vendors: [], unreadable: [] };
    },
  };

  return {
    journals,
    settlements,
    vendors,
    findings,
    requests,
    calls,
    blocked,
    unproven,
    faults,
    /** Posts a journal, as a person or a batch would. */
    post: ({ keySeed }: ErpDocument, number?: string): void => {
      Object.assign(journals.get(keySeed) ?? {}, { posted: true });
      if (number !== undefined) numbers.set(keySeed, number);
    },
    refuse: ({ keySeed }: ErpDocument, refusal: string | undefined): void => {
      Object.assign(journals.get(keySeed) ?? {}, { refusal });
    },
    postAtOnce: (): void => {
      postsAtOnce = true;
    },
    /** Happens while the next withdrawals look. */
    duringWithdraw: (work: () => Promise<unknown>): void => {
      meanwhile = work;
    },
    /** Holds creates up: `arrived` is settled by the first of them, `finish` lets them go on. */
    holdCreates: (): { arrived: Promise<void>; finish: () => void } => {
      let finish: () => void = () => undefined;
      const until = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const arrived = new Promise<void>((resolve) => {
        beforeCreate = () => {
          resolve();
          return until;
        };
      });
      return { arrived, finish };
    },
    dependencies: (stage: Stage): ErpDependencies => ({
      ...stage,
      port,
      lookAgainSeconds: [30, 120, 600],
      overlapSeconds: 900,
    }),
  };
}

export type FakeErp = ReturnType<typeof fakeErp>;
