import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { DocumentStatus, ResolveVendor, RetryStep } from '../contracts/messages.js';
import { faultOfResolveVendor, messageNames } from '../contracts/messages.js';
import type { DocumentState } from './document-state.js';

export const resolveVendorUpdate = defineUpdate<string, [ResolveVendor]>(messageNames.resolveVendor);
export const resolveVendorSignal = defineSignal<[ResolveVendor]>(messageNames.resolveVendor);
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
        const fault = faultOfResolveVendor(resolution);
        if (fault !== undefined) throw new Error(fault);
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
