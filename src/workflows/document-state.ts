import type {
  AcceptPosting,
  CancelReturn,
  DocumentStatus,
  IgnoreDocument,
  ReleaseDocument,
  ResolveVendor,
  ReturnDocument,
} from '../contracts/messages.js';
import type { ErpTarget } from '../contracts/mapping-rules.js';
import type { ErpDocumentNumber, Hold, PostResult, ProcessDocumentInput } from '../contracts/steps.js';
import type { Outcome, Stage } from '../contracts/stages.js';

/** How many messages of each meaning have arrived. */
export interface News {
  retries: number;
  postingHints: number;
  paymentHints: number;
}

/**
 * What a document workflow remembers. Messages are only remembered here; the main flow consults them, so that a message that
 * a reset puts back before its time keeps its meaning (temporal practices 11).
 */
export class DocumentState {
  stage: Stage = 'discovered';
  hold: (Hold & { since: string; isOverdue: boolean; isRuleAsked: boolean }) | undefined;
  /** Where the document goes, once that is known. */
  target: ErpTarget | undefined;
  /** Its own date and its posting date, once it is planned (B10). */
  dates: { documentOn: string; postingOn: string } | undefined;
  /** When it was written to the ERP. */
  writtenAt = '';
  erpDocuments: ErpDocumentNumber[] = [];
  outcome: Outcome | undefined;
  /** Set while waiting without a hold: what the document waits for, in business words. */
  waitingFor = '';
  /** The document is being taken out of the ERP and given back to Concur; the ordinary way has ended. */
  isLeaving = false;
  /** Why a request of a person or a rule has changed nothing, for the UI. */
  notice = '';
  /** Newest request to return it that has not been consulted yet. */
  returnRequest: ReturnDocument | undefined;
  /** Newest request to ignore it; counts at the next hold. */
  ignoreRequest: IgnoreDocument | undefined;
  /** Newest request to keep it after all; counts while it is being returned. */
  cancelRequest: CancelReturn | undefined;
  /** Newest request to take what the ERP has posted as it stands; counts while the document is held for that. */
  acceptRequest: AcceptPosting | undefined;
  /** Newest release of its plan that has not been consulted yet. */
  releaseRequest: ReleaseDocument | undefined;
  private resolutions: ResolveVendor[] = [];
  private retries = 0;
  private postingHints = 0;
  private paymentHints = 0;

  constructor(readonly input: ProcessDocumentInput) {}

  /** The newest of the two wishes counts: a message that a reset puts back must not undo a later one. */
  askReturn(request: ReturnDocument): void {
    this.returnRequest = request;
    this.cancelRequest = undefined;
  }

  askToKeep(request: CancelReturn): void {
    this.cancelRequest = request;
    this.returnRequest = undefined;
  }

  rememberResolution(resolution: ResolveVendor): void {
    this.resolutions.push(resolution);
  }

  /** Takes over what a step says about the posting. */
  remember(result: PostResult): void {
    this.erpDocuments = result.erpDocuments;
    this.waitingFor = result.waitingFor;
    this.writtenAt = result.writtenAt;
  }

  /** An operator asks to try again, or somebody says that the ERP or the mapping has changed. */
  rememberRetry(): void {
    this.retries += 1;
  }

  /** The ERP has posted or refused something of this document. */
  rememberPostingHint(): void {
    this.postingHints += 1;
  }

  /** The ERP has settled something of this document. */
  rememberPaymentHint(): void {
    this.paymentHints += 1;
  }

  /** A remembered answer to one of the open questions that has not been applied yet; the newest per question wins. */
  nextResolution(vendorKeys: readonly string[]): ResolveVendor | undefined {
    return this.resolutions.findLast((resolution) => vendorKeys.includes(resolution.vendorKey));
  }

  /** Forgets an applied answer and the older ones to the same question: a corrected answer never comes back. */
  markApplied(resolution: ResolveVendor): void {
    const position = this.resolutions.indexOf(resolution);
    this.resolutions = this.resolutions.filter(
      (each, index) => index > position || each.vendorKey !== resolution.vendorKey,
    );
  }

  /** Counters that a wait compares with what has been consulted before; they only grow. */
  get news(): News {
    return { retries: this.retries, postingHints: this.postingHints, paymentHints: this.paymentHints };
  }

  status(): DocumentStatus {
    return {
      stage: this.stage,
      erpDocuments: this.erpDocuments,
      ...(this.hold === undefined ? {} : { hold: this.hold }),
      ...(this.outcome === undefined ? {} : { outcome: this.outcome }),
    };
  }
}
