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
  setHandler(
    resolveVendorUpdate,
    (resolution) => {
      state.rememberResolution(resolution);
      return `Vendor ${resolution.vendorNumber} is remembered for ${resolution.vendorKey}.`;
    },
    {
      validator: (resolution) => {
        refuseFaulty(faultOfResolveVendor(resolution));
      },
      description: 'Name the vendor account for an unknown payee: {"vendorKey","vendorNumber","by","note"}',
    },
  );
  setHandler(
    resolveVendorSignal,
    (resolution) => {
      // A signal cannot be refused; one without the right shape answers no question and is ignored.
      if (faultOfResolveVendor(resolution) === undefined) state.rememberResolution(resolution);
    },
    { description: 'Same as the update resolveVendor, for use when no worker runs' },
  );
  registerDecisions(state);
  registerAcceptance(state);
  registerRelease(state);
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

/** The messages by which a person takes a document off its way, or puts it back. */
function registerDecisions(state: DocumentState): void {
  setHandler(
    returnDocumentUpdate,
    (request) => {
      state.askReturn(request);
      return `${state.input.humanNumber} goes back to Concur once nothing of it is left in the ERP.`;
    },
    {
      validator: (request) => {
        refuseFaulty(faultOfDecision(request));
        // Not a shape, and yet safe to refuse here: a document that has come so far is refused wherever a reset puts this back.
        if (confirmedStages.has(state.stage)) {
          throw new Error(
            'Concur has been told that the document is posted, and that cannot be taken back. Correct it in the ERP and tell your Concur processor.',
          );
        }
      },
      description:
        'Send the document back to Concur, with a reason for its employee: {"by","reason"}, and "reversals" where postings were reversed',
    },
  );
  setHandler(
    returnDocumentSignal,
    (request) => {
      if (faultOfDecision(request) === undefined) state.askReturn(request);
    },
    { description: 'Same as the update returnDocument, for use when no worker runs' },
  );
  setHandler(
    ignoreDocumentUpdate,
    (request) => {
      state.ignoreRequest = request;
      return state.hold
        ? `${state.input.humanNumber} ends as ignored.`
        : `${state.input.humanNumber} is not on hold. This is remembered, and ends it as ignored if it goes on hold.`;
    },
    {
      validator: (request) => {
        refuseFaulty(faultOfDecision(request));
      },
      description: 'End a held document without any further effect: {"by","reason"}',
    },
  );
  setHandler(
    ignoreDocumentSignal,
    (request) => {
      if (faultOfDecision(request) === undefined) state.ignoreRequest = request;
    },
    { description: 'Same as the update ignoreDocument, for use when no worker runs' },
  );
  setHandler(
    cancelReturnUpdate,
    (request) => {
      state.askToKeep(request);
      return `${state.input.humanNumber} is kept, unless Concur has been told already.`;
    },
    {
      validator: (request) => {
        refuseFaulty(faultOfDecision(request));
      },
      description: 'Keep a document whose return is held up: {"by","reason"}',
    },
  );
  setHandler(
    cancelReturnSignal,
    (request) => {
      if (faultOfDecision(request) === undefined) state.askToKeep(request);
    },
    { description: 'Same as the update cancelReturn, for use when no worker runs' },
  );
}

/** The message by which a person takes what the ERP has posted as it stands. */
function registerAcceptance(state: DocumentState): void {
  setHandler(
    acceptPostingUpdate,
    (request) => {
      state.acceptRequest = request;
      return state.hold?.reason === 'posted-differently'
        ? `${state.input.humanNumber} goes on with what the ERP has posted.`
        : `${state.input.humanNumber} is not on hold for a posting that differs. This is remembered, and counts if it is.`;
    },
    {
      validator: (request) => {
        refuseFaulty(faultOfAcceptPosting(request));
      },
      description: 'Go on with what the ERP has posted, although it is not what was meant: {"by","note"}',
    },
  );
  setHandler(
    acceptPostingSignal,
    (request) => {
      if (faultOfAcceptPosting(request) === undefined) state.acceptRequest = request;
    },
    { description: 'Same as the update acceptPosting, for use when no worker runs' },
  );
}

/** The message by which a person releases the plan of a document. */
function registerRelease(state: DocumentState): void {
  setHandler(
    releaseDocumentUpdate,
    (request) => {
      state.releaseRequest = request;
      return state.hold?.reason === 'awaiting-release'
        ? `${state.input.humanNumber} is released, unless its plan has changed since you looked at it.`
        : `${state.input.humanNumber} does not wait for a release. This is remembered, and counts if it does.`;
    },
    {
      validator: (request) => {
        refuseFaulty(faultOfReleaseDocument(request));
      },
      description: 'Release the plan of a document after its preview: {"by","note","plan"}',
    },
  );
  setHandler(
    releaseDocumentSignal,
    (request) => {
      if (faultOfReleaseDocument(request) === undefined) state.releaseRequest = request;
    },
    { description: 'Same as the update releaseDocument, for use when no worker runs' },
  );
}

/** Stages at which Concur has heard of the posting. */
const confirmedStages: ReadonlySet<Stage> = new Set<Stage>(['posted', 'awaiting-payment', 'partly-paid', 'closed']);

function refuseFaulty(fault: string | undefined): void {
  if (fault !== undefined) throw new Error(fault);
}
