import { activityInfo } from '@temporalio/activity';
import type { DocumentEnd, ReturnRequest } from '../../src/contracts/leaving.js';
import type { Outcome } from '../../src/contracts/stages.js';
import type { ErpDocumentNumber, Hold, PlanSummary, PostResult } from '../../src/contracts/steps.js';

/** What the fakes know about one document: the state of Concur, of the ERP and of our store, and what was asked of them. */
export interface FakeDocument {
  id: string;
  plan: PlanSummary;
  /** The vendor question of this document, as the hold names it. */
  vendorKey: string;
  /** Business Central posts with the write itself; F&O posts later, when it or a person likes. */
  postsAtOnce: boolean;
  /** Answers that a step gives instead of its own while they are set. */
  holds: Map<string, Hold>;
  /** Set when Concur ends the document at the acknowledgement. */
  endedByConcur: { outcome: Outcome; detail: string } | undefined;
  acknowledged: boolean;
  /** Set once somebody wants it out of the ERP and back in Concur, as our store records it. */
  leaving: 'returned' | 'recalled' | undefined;
  /** Requests to return it, as our store has got them. */
  returnRequests: ReturnRequest[];
  /** Who has taken its posting as it stands, as our store has got it. */
  acceptances: { by: string; note: string }[];
  /** Why nobody may take its posting as it stands. */
  unacceptable: string | undefined;
  /** How the store has closed it, where it is not the ordinary way. */
  givenUp: DocumentEnd | undefined;
  /** Concur answers the posting confirmation with 112. */
  isRecalled: boolean;
  /** Digest of its plan, and of the one that a person has released. */
  planNumber: string;
  released: string | undefined;
  /** Something of it cannot be taken out of the ERP. */
  isStuck: boolean;
  /** Truth in the ERP and what our store has seen of it, per part. */
  erpParts: Map<number, ErpPart>;
  seenParts: Map<number, ErpPart>;
  writtenAt: string;
  /** Cents owed, settled in the ERP, seen by our store, and told to Concur. */
  owedCents: number;
  settledCents: number;
  seenCents: number;
  toldCents: number;
  /** Confirmations that Concur has got, in order: `posting` or `error`, `PP`, `CP`. */
  confirmations: string[];
  /** Every attempt of an activity by name, failed ones included. */
  calls: string[];
  /** Errors that the next attempts of an activity throw, first one first. */
  failures: Map<string, Error[]>;
  /** Runs inside an activity before it does its work, so that a message can arrive at that very moment. */
  before: Map<string, () => Promise<unknown>>;
}

export type ErpPart = { state: 'open' } | { state: 'posted' } | { state: 'refused'; reason: string };

const companyOf = { fo: 'usmf', bc: 'CRONUS' } as const;

/** A document as it leaves Concur, for one ERP: one part, 100.00 owed, nothing wrong with it. */
export function fakeDocument(erp: 'fo' | 'bc', changes: Partial<PlanSummary> = {}): FakeDocument {
  const id = crypto.randomUUID().replaceAll('-', '');
  return {
    id,
    plan: {
      erp,
      company: companyOf[erp],
      parts: [{ part: 1, erp, company: companyOf[erp] }],
      documentOn: '2026-11-18',
      postingOn: '2026-11-20',
      postingDeadlineSeconds: 3 * 86_400,
      awaitsRelease: false,
      awaitsPayment: true,
      noPaymentReason: '',
      ...changes,
    },
    vendorKey: `${erp}/${companyOf[erp]}/employee/${id}`,
    postsAtOnce: erp === 'bc',
    holds: new Map(),
    endedByConcur: undefined,
    acknowledged: false,
    leaving: undefined,
    returnRequests: [],
    acceptances: [],
    unacceptable: undefined,
    givenUp: undefined,
    isRecalled: false,
    planNumber: '0123456789AB',
    released: undefined,
    isStuck: false,
    erpParts: new Map(),
    seenParts: new Map(),
    writtenAt: new Date(0).toISOString(),
    owedCents: 100_00,
    settledCents: 0,
    seenCents: 0,
    toldCents: 0,
    confirmations: [],
    calls: [],
    failures: new Map(),
    before: new Map(),
  };
}

/** How often an activity was attempted. */
export const timesCalled = (document: FakeDocument, activity: string): number =>
  document.calls.filter((name) => name === activity).length;

/** A part is written, at the server's own time, which the tests let run. */
export function writeToErp(document: FakeDocument, part: number): void {
  document.erpParts.set(part, { state: document.postsAtOnce ? 'posted' : 'open' });
  document.writtenAt = new Date(activityInfo().currentAttemptScheduledTimestampMs).toISOString();
  storeWhatErpSays(document);
}

/** Something happens in the ERP: all written parts are posted, or refused. */
export function changeInErp(document: FakeDocument, part: ErpPart): void {
  for (const number of document.erpParts.keys()) document.erpParts.set(number, part);
}

/** The bulk watch, or the document's own check, has read the ERP and stored what it says. */
export function storeWhatErpSays(document: FakeDocument): void {
  document.seenParts = new Map(document.erpParts);
  document.seenCents = document.settledCents;
}

/** What our store says about the posting. */
export function storedPosting(
  document: FakeDocument,
): ({ status: 'done' } & PostResult) | { status: 'hold'; hold: Hold } {
  const refused = [...document.seenParts.values()].find((part) => part.state === 'refused');
  if (refused) return { status: 'hold', hold: { reason: 'erp-refused', message: refused.reason, vendorKeys: [] } };
  const { writtenAt, plan } = document;
  const erpDocuments = postedNumbers(document);
  const posted = erpDocuments.length === plan.parts.length;
  return {
    status: 'done',
    posted,
    erpDocuments,
    writtenAt,
    waitingFor: posted ? '' : `Written to ${plan.company} as JRN-1.`,
  };
}

function postedNumbers(document: FakeDocument): ErpDocumentNumber[] {
  const { company, parts, postingOn } = document.plan;
  const companyOfPart = (number: number): string => parts.find(({ part }) => part === number)?.company ?? company;
  return [...document.seenParts]
    .filter(([, part]) => part.state === 'posted')
    .map(([number]) => ({
      company: companyOfPart(number),
      number: `V-${document.id.slice(0, 6)}-${number}`,
      postedOn: postingOn,
    }));
}
