import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type {
  AcceptPosting,
  CancelReturn,
  DocumentStatus,
  IgnoreDocument,
  ReleaseDocument,
  ResolveVendor,
  RetryStep,
  ReturnDocument,
} from '../contracts/messages.js';
import {
  faultOfAcceptPosting,
  faultOfDecision,
  faultOfReleaseDocument,
  faultOfResolveVendor,
  messageNames,
} from '../contracts/messages.js';
import type { Stage } from '../contracts/stages.js';
import type { DocumentState } from './document-state.js';

export const resolveVendorUpdate = defineUpdate<string, [ResolveVendor]>(messageNames.resolveVendor);
export const resolveVendorSignal = defineSignal<[ResolveVendor]>(messageNames.resolveVendor);
export const returnDocumentUpdate = defineUpdate<string, [ReturnDocument]>(messageNames.returnDocument);
export const returnDocumentSignal = defineSignal<[ReturnDocument]>(messageNames.returnDocument);
export const ignoreDocumentUpdate = defineUpdate<string, [IgnoreDocument]>(messageNames.ignoreDocument);
export const ignoreDocumentSignal = defineSignal<[IgnoreDocument]>(messageNames.ignoreDocument);
export const cancelReturnUpdate = defineUpdate<string, [CancelReturn]>(messageNames.cancelReturn);
export const cancelReturnSignal = defineSignal<[CancelReturn]>(messageNames.cancelReturn);
export const acceptPostingUpdate = defineUpdate<string, [AcceptPosting]>(messageNames.acceptPosting);
export const acceptPostingSignal = defineSignal<[AcceptPosting]>(messageNames.acceptPosting);
export const releaseDocumentUpdate = defineUpdate<string, [ReleaseDocument]>(messageNames.releaseDocument);
export const releaseDocumentSignal = defineSignal<[ReleaseDocument]>(messageNames.releaseDocument);
export const retryStepSignal = defineSignal<[RetryStep]>(messageNames.retryStep);
export const postingFoundSignal = defineSignal(messageNames.postingFound);
export const paymentReceivedSignal = defineSignal(messageNames.paymentReceived);
export const vendorChangedSignal = defineSignal(messageNames.vendorChanged);
export const documentStatusQuery = defineQuery<DocumentStatus>(messageNames.documentStatus);

/** Registers all handlers, before the first await: each checks the shape only and remembers (temporal practices 11). */
export function registerHandlers(state: DocumentState): void {
  registerAnswer({
    names: [resolveVendorUpdate, resolveVendorSignal],
    faultOf: faultOfResolveVendor,
    remember: (resolution: ResolveVendor) => {
      state.rememberResolution(resolution);
      return `Vendor ${resolution.vendorNumber} is remembered for ${resolution.vendorKey}.`;
    },
    description: 'Name the vendor account for an unknown payee: {"vendorKey","vendorNumber","by","note"}',
  });
  registerDecisions(state);
  registerApprovals(state);
  setHandler(
    retryStepSignal,
    () => {
      state.rememberRetry();
    },
    { description: 'Try the held step again: {"by","note"}' },
  );
  setHandler(
    vendorChangedSignal,
    () => {
      state.rememberRetry();
    },
    { description: 'Sent by the connector: a vendor has appeared' },
  );
  setHandler(
    postingFoundSignal,
    () => {
      state.rememberPostingHint();
    },
    { description: 'Sent by the connector: the ERP has posted or refused' },
  );
  setHandler(
    paymentReceivedSignal,
    () => {
      state.rememberPaymentHint();
    },
    { description: 'Sent by the connector: the ERP has settled' },
  );
  setHandler(documentStatusQuery, () => state.status(), { description: 'Stage, hold and ERP numbers' });
}

/** A message of a person, as update and as signal under one name (decisions 24). */
interface Answer<T> {
  names: [update: UpdateDefinition<string, [T]>, signal: SignalDefinition<[T]>];
  faultOf: (message: unknown) => string | undefined;
  /** Remembers the message; says what will come of it. */
  remember: (message: T) => string;
  /** What the update refuses besides a wrong shape. */
  refuse?: () => void;
  description: string;
}

function registerAnswer<T>({ names: [update, signal], faultOf, remember, refuse, description }: Answer<T>): void {
  setHandler(update, remember, {
    validator: (message) => {
      const fault = faultOf(message);
      if (fault !== undefined) throw new Error(fault);
      refuse?.();
    },
    description,
  });
  setHandler(
    signal,
    (message) => {
      // A signal cannot be refused; one without the right shape says nothing and is ignored.
      if (faultOf(message) === undefined) remember(message);
    },
    { description: `Same as the update ${update.name}, for use when no worker runs` },
  );
}

/** The messages by which a person takes a document off its way, or puts it back. */
function registerDecisions(state: DocumentState): void {
  const { humanNumber } = state.input;
  registerAnswer({
    names: [returnDocumentUpdate, returnDocumentSignal],
    faultOf: faultOfDecision,
    remember: (request: ReturnDocument) => {
      state.askReturn(request);
      return `${humanNumber} goes back to Concur once nothing of it is left in the ERP.`;
    },
    refuse: () => {
      // Not a shape, and yet safe to refuse here: a document that has come so far is refused wherever a reset puts this back.
      if (confirmedStages.has(state.stage)) {
        throw new Error(
          'Concur has been told that the document is posted, and that cannot be taken back. Correct it in the ERP and tell your Concur processor.',
        );
      }
    },
    description:
      'Send the document back to Concur, with a reason for its employee: {"by","reason"}, and "reversals" where postings were reversed',
  });
  registerAnswer({
    names: [ignoreDocumentUpdate, ignoreDocumentSignal],
    faultOf: faultOfDecision,
    remember: (request: IgnoreDocument) => {
      state.ignoreRequest = request;
      return state.hold
        ? `${humanNumber} ends as ignored.`
        : `${humanNumber} is not on hold. This is remembered, and ends it as ignored if it goes on hold.`;
    },
    description: 'End a held document without any further effect: {"by","reason"}',
  });
  registerAnswer({
    names: [cancelReturnUpdate, cancelReturnSignal],
    faultOf: faultOfDecision,
    remember: (request: CancelReturn) => {
      state.askToKeep(request);
      return `${humanNumber} is kept, unless Concur has been told already.`;
    },
    description: 'Keep a document whose return is held up: {"by","reason"}',
  });
}

/** The messages by which a person lets a document go on: with a posting as it stands, or with the plan that he has seen. */
function registerApprovals(state: DocumentState): void {
  const { humanNumber } = state.input;
  registerAnswer({
    names: [acceptPostingUpdate, acceptPostingSignal],
    faultOf: faultOfAcceptPosting,
    remember: (request: AcceptPosting) => {
      state.acceptRequest = request;
      return state.hold?.reason === 'posted-differently'
        ? `${humanNumber} goes on with what the ERP has posted.`
        : `${humanNumber} is not on hold for a posting that differs. This is remembered, and counts if it is.`;
    },
    description: 'Go on with what the ERP has posted, although it is not what was meant: {"by","note"}',
  });
  registerAnswer({
    names: [releaseDocumentUpdate, releaseDocumentSignal],
    faultOf: faultOfReleaseDocument,
    remember: (request: ReleaseDocument) => {
      state.releaseRequest = request;
      return state.hold?.reason === 'awaiting-release'
        ? `${humanNumber} is released, unless its plan has changed since you looked at it.`
        : `${humanNumber} does not wait for a release. This is remembered, and counts if it does.`;
    },
    description: 'Release the plan of a document after its preview: {"by","note","plan"}',
  });
}

/** Stages at which Concur has heard of the posting. */
const confirmedStages: ReadonlySet<Stage> = new Set<Stage>(['posted', 'awaiting-payment', 'partly-paid', 'closed']);
