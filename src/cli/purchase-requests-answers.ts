import { WorkflowNotFoundError } from '@temporalio/client';
import type { Connections } from '../config/load-connections.js';
import type { IgnoreDocument, ResolveVendor, RetryStep } from '../contracts/messages.js';
import { faultOfDecision, faultOfResolveVendor, messageNames } from '../contracts/messages.js';
import type { ChangeDecision, DecideChange } from '../contracts/purchase-orders.js';
import { faultOfDecideChange, purchaseMessages } from '../contracts/purchase-orders.js';
import { openOrderChanges } from '../store/purchase-change-store.js';
import { searchPurchaseRequests } from '../store/purchase-request-store.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase, withTemporal } from './installation.js';

interface Answer {
  config?: string;
  by: string;
  note: string;
}

/** Says what a person has done about a change of an order. */
export async function decideChange(change: string, options: Answer & { as: ChangeDecision }): Promise<void> {
  const { by, note, as: decision } = options;
  const message: DecideChange = { change, decision, by, note };
  const fault = faultOfDecideChange(message);
  if (fault !== undefined) throw new UsageError(fault);
  const { connections } = findInstallation(options.config);
  const open = await withDatabase(connections, openOrderChanges);
  const found = open.find(({ id }) => id === change);
  if (!found) throw new UsageError(`There is no open change ${change}; \`purchase-requests changes\` lists them.`);
  await tell(connections, found.request, purchaseMessages.decideChange, message);
  console.log(`The decision about change ${change} of order ${found.orderNumber} is sent.`);
}

/** Asks a request to look again now. */
export async function retryPurchaseRequest(term: string, options: Answer): Promise<void> {
  const { by, note } = options;
  const request: RetryStep = { by, note };
  const { connections } = findInstallation(options.config);
  const id = await onlyOpen(connections, term);
  await tell(connections, id, messageNames.retryStep, request);
  console.log(`${id} looks again.`);
}

/** Names the vendor account for the supplier of an order. */
export async function resolveOrderVendor(
  term: string,
  vendorKey: string,
  vendorNumber: string,
  options: Answer,
): Promise<void> {
  const { by, note } = options;
  const resolution: ResolveVendor = { vendorKey, vendorNumber, by, note };
  const fault = faultOfResolveVendor(resolution);
  if (fault !== undefined) throw new UsageError(fault);
  const { connections } = findInstallation(options.config);
  await tell(connections, await onlyOpen(connections, term), messageNames.resolveVendor, resolution);
  console.log(`${vendorNumber} is sent for ${vendorKey}.`);
}

/** Stops following a request; what stands in the ERP stays. */
export async function ignorePurchaseRequest(
  term: string,
  options: { config?: string; by: string; reason: string },
): Promise<void> {
  const { by, reason } = options;
  const decision: IgnoreDocument = { by, reason };
  const fault = faultOfDecision(decision);
  if (fault !== undefined) throw new UsageError(fault);
  const { connections } = findInstallation(options.config);
  const id = await onlyOpen(connections, term);
  await tell(connections, id, messageNames.ignoreDocument, decision);
  console.log(`${id} is not followed any more.`);
}

async function onlyOpen(connections: Connections, term: string): Promise<string> {
  const found = await withDatabase(connections, (db) => searchPurchaseRequests(db, term));
  if (found.length === 0) throw new UsageError(`No purchase request has the number ${term}.`);
  const open = found.filter(({ outcome }) => outcome === null);
  const [request, ...others] = open;
  if (!request) throw new UsageError(`Every purchase request of the number ${term} is closed.`);
  if (others.length === 0) return request.id;
  throw new UsageError(`${term} has several open requests; name one of ${open.map(({ id }) => id).join(', ')}.`);
}

async function tell(
  connections: Connections,
  id: string,
  name: string,
  message: DecideChange | RetryStep | ResolveVendor | IgnoreDocument,
): Promise<void> {
  await withTemporal(connections, async (client) => {
    try {
      await client.workflow.getHandle(id).signal(name, message);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw new UsageError(
        `${id} has no running workflow. Import the request again, or reset its workflow in the Temporal UI.`,
      );
    }
  });
}
