import { activityInfo } from '@temporalio/activity';
import type { ConcurVendor, VendorClient } from '../clients/concur/vendor-client.js';
import { ContractViolation, ExternalSystemError, Rejected } from '../clients/http/errors.js';
import { OutcomeUnknown, RateLimited, Unavailable } from '../clients/http/errors.js';
import type { PendingVendorChange, VendorChange } from '../contracts/vendor-master.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import { recordChangeResult } from '../store/vendor-master-store.js';
import type { SharedDependencies } from './dependencies.js';
import type { Overwritten } from './vendor-differences.js';

export interface VendorWriteDependencies extends SharedDependencies {
  connection: string;
  vendors: VendorClient;
  /** Seconds; the first is how long a lost answer is waited for before Concur is looked into again (decisions 7). */
  lookAgainSeconds: readonly number[];
}

/** A change, and what Concur holds under its pair of codes. */
export interface VendorCase {
  change: PendingVendorChange;
  current: ConcurVendor | undefined;
}

/** How a vendor came to stand in Concur as the ERP has it. `absent`: a blocked vendor that Concur does not hold. */
export type VendorDone = 'created' | 'updated' | 'unchanged' | 'absent';

/** Attempts after which a record that Concur neither takes nor refuses in so many words counts as refused. */
const patience = 5;

/** What one attempt over some changes of a run has come to. Every result is stored as soon as it is known. */
export interface VendorRound {
  done: number;
  refused: number;
  /** Stores that Concur holds the vendor as the ERP has it. */
  settle: (change: VendorChange, how: VendorDone, overwritten?: Overwritten) => Promise<void>;
  /** Stores Concur's refusal, which never stops the other vendors. One that may pass is tried a few times before. */
  refuse: (change: VendorChange, words: string, mayPass?: boolean) => Promise<void>;
  /** A write of which nothing is known stays to be looked for; after a few attempts it counts as refused. */
  leaveUnknown: (change: VendorChange) => Promise<void>;
  /** Runs a call about one vendor. What Concur says of that vendor becomes its refusal, anything else is noted as trouble. */
  about: (change: VendorChange, work: () => Promise<void>) => Promise<void>;
  /** Keeps a failure that concerns more than one vendor; what is known of the others is stored nevertheless. */
  note: (error: ExternalSystemError) => void;
  /** Whether further calls would only fail as well. */
  isPointless: () => boolean;
  /**
   * Ends the attempt.
   * @throws ExternalSystemError unless the attempt has come further and the next may begin at once
   */
  end: () => void;
}

export function beginVendorRound(deps: VendorWriteDependencies, run: string): VendorRound {
  const mayWait = activityInfo().attempt < patience;
  let trouble: ExternalSystemError | undefined;
  const round: VendorRound = {
    done: 0,
    refused: 0,
    settle: async (change, how, overwritten = {}) => {
      await store(change, { state: 'done', ...(isEmpty(overwritten) ? {} : { overwritten }) }, { outcome: how });
      round.done += 1;
    },
    refuse: async (change, words, mayPass = false) => {
      if (mayPass && mayWait) {
        round.note(new Unavailable(words, { system: 'concur', operation: 'vendor.write' }));
        return;
      }
      await store(change, { state: 'refused', message: refusalOf(change, words) }, { outcome: 'refused', words });
      round.refused += 1;
    },
    leaveUnknown: async (change) => {
      const words = 'it has not said what became of the record, and does not hold it as it was sent.';
      if (!mayWait) return round.refuse(change, words);
      const call = { system: 'concur', operation: 'vendor.write' };
      const waitMs = (deps.lookAgainSeconds[0] ?? 0) * 1_000;
      round.note(new OutcomeUnknown(refusalOf(change, words), call, waitMs));
    },
    about: async (change, work) => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof ExternalSystemError)) throw error;
        if (isSaidOfVendor(error)) await round.refuse(change, error.message, error.call.status === 400);
        else round.note(error);
      }
    },
    note: (error) => {
      if (trouble === undefined || rank(error) > rank(trouble)) trouble = error;
    },
    isPointless: () => trouble !== undefined && rank(trouble) > 1,
    end: () => {
      if (trouble === undefined) return;
      if (round.done + round.refused > 0 && rank(trouble) < 3) return;
      throw trouble;
    },
  };
  return round;

  /** The result and its line in the audit trail stand together or not at all; told twice, the first counts. */
  async function store(
    { account, kind, record: { vendorCode, addressCode } }: VendorChange,
    result: Parameters<typeof recordChangeResult>[3],
    data: Record<string, unknown>,
  ): Promise<void> {
    await inTransaction(deps.db, async (client) => {
      if (!(await recordChangeResult(client, run, account, result))) return;
      const facts = { vendor: account, concur: deps.connection, vendorCode, addressCode, run, kind, ...data };
      await appendAudit(client, { documentId: undefined, kind: 'write', actor: 'connector', data: facts });
    });
  }
}

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;

const refusalOf = ({ account, record: { vendorCode, addressCode } }: VendorChange, words: string): string =>
  `Concur did not take vendor ${account} (code ${vendorCode}, address ${addressCode}): ${words}`;

/** A refusal of one vendor. "Not found" is said of the service; a 400 to a read is a passing one, until it stays. */
const isSaidOfVendor = (error: ExternalSystemError): boolean =>
  (error instanceof Rejected && error.call.status !== 404) ||
  (error instanceof Unavailable && error.call.status === 400);

/**
 * How much a failure decides about the attempt: 1 may pass at once, 2 asks for a pause of all calls, 3 must reach Temporal, with
 * its wait or its alert.
 */
function rank(error: ExternalSystemError): 1 | 2 | 3 {
  if (error instanceof RateLimited) return 2;
  return error instanceof Unavailable || error instanceof ContractViolation ? 1 : 3;
}
