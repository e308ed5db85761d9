import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { IgnoreDocument, ResolveVendor, RetryStep } from '../contracts/messages.js';
import { faultOfDecision, faultOfResolveVendor, messageNames } from '../contracts/messages.js';
import type { DecideChange, PurchaseRequestStatus } from '../contracts/purchase-orders.js';
import { faultOfDecideChange, purchaseMessages } from '../contracts/purchase-orders.js';
import type { PurchaseRequestState } from './purchase-request-state.js';

const resolveVendorUpdate = defineUpdate<string, [ResolveVendor]>(messageNames.resolveVendor);
const resolveVendorSignal = defineSignal<[ResolveVendor]>(messageNames.resolveVendor);
const ignoreUpdate = defineUpdate<string, [IgnoreDocument]>(messageNames.ignoreDocument);
const ignoreSignal = defineSignal<[IgnoreDocument]>(messageNames.ignoreDocument);
const decideUpdate = defineUpdate<string, [DecideChange]>(purchaseMessages.decideChange);
const decideSignal = defineSignal<[DecideChange]>(purchaseMessages.decideChange);
const retryStepSignal = defineSignal<[RetryStep]>(messageNames.retryStep);
const statusQuery = defineQuery<PurchaseRequestStatus>(messageNames.documentStatus);

/** Registers all messages of a purchase request, under the names of documents where the meaning is the same. */
export function registerPurchaseHandlers(state: PurchaseRequestState): void {
  answer(resolveVendorUpdate, resolveVendorSignal, faultOfResolveVendor, {
    remember: (resolution) => {
      state.rememberResolution(resolution);
    },
    reply: ({ vendorKey, vendorNumber }) => `${vendorNumber} is remembered for ${vendorKey}.`,
    description: 'Name the vendor account for an unknown supplier: {"vendorKey","vendorNumber","by","note"}',
  });
  answer(decideUpdate, decideSignal, faultOfDecideChange, {
    remember: (decision) => {
      state.rememberDecision(decision);
    },
    reply: ({ change }) => `The decision about change ${change} is noted.`,
    description: 'Say what was done about a change: {"change","decision","by","note"}',
  });
  answer(ignoreUpdate, ignoreSignal, faultOfDecision, {
    remember: (request) => {
      state.ignoreRequest = request;
    },
    reply: () => `Purchase request ${state.number} is not followed any more.`,
    description: 'Stop following the request, without any further effect: {"by","reason"}',
  });
  setHandler(
    retryStepSignal,
    () => {
      state.rememberRetry();
    },
    { description: 'Look again now: {"by","note"}' },
  );
  setHandler(statusQuery, () => state.status(), { description: 'Stage, hold, orders and open changes' });
}

interface Answer<T> {
  remember: (message: T) => void;
  reply: (message: T) => string;
  description: string;
}

/** Update and signal under one name; a signal cannot be refused, and one without the right shape is ignored. */
function answer<T>(
  update: ReturnType<typeof defineUpdate<string, [T]>>,
  signal: ReturnType<typeof defineSignal<[T]>>,
  faultOf: (value: unknown) => string | undefined,
  { remember, reply, description }: Answer<T>,
): void {
  setHandler(
    update,
    (message: T) => {
      remember(message);
      return reply(message);
    },
    {
      validator: (message: T) => {
        const fault = faultOf(message);
        if (fault !== undefined) throw new Error(fault);
      },
      description,
    },
  );
  setHandler(
    signal,
    (message: T) => {
      if (faultOf(message) === undefined) remember(message);
    },
    { description: `Same as the update ${update.name}, for use when no worker runs` },
  );
}
