import type { DocumentStatus, ResolveVendor } from '../contracts/messages.js';
import type { ErpDocumentNumber, Hold, ProcessDocumentInput } from '../contracts/steps.js';
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
  hold: (Hold & { since: string }) | undefined;
  erpDocuments: ErpDocumentNumber[] = [];
  outcome: Outcome | undefined;
  /** Set while waiting without a hold: what the document waits for, in business words. */
  waitingFor = '';
  private readonly resolutions: ResolveVendor[] = [];
  private readonly applied = new Set<string>();
  private retries = 0;
  private postingHints = 0;
  private paymentHints = 0;

  constructor(readonly input: ProcessDocumentInput) {}

  rememberResolution(resolution: ResolveVendor): void {
    this.resolutions.push(resolution);
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
    return this.resolutions.findLast(
      (resolution) => vendorKeys.includes(resolution.vendorKey) && !this.applied.has(fingerprint(resolution)),
    );
  }

  markApplied(resolution: ResolveVendor): void {
    this.applied.add(fingerprint(resolution));
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

const fingerprint = (resolution: ResolveVendor): string => `${resolution.vendorKey}=${resolution.vendorNumber}`;
