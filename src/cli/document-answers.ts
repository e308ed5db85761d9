import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ResolveVendor, RetryStep } from '../contracts/messages.js';
import { faultOfResolveVendor, messageNames } from '../contracts/messages.js';
import { searchDocuments } from '../store/document-store.js';
import { documentsWaitingFor } from '../store/vendor-store.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase, withTemporal } from './installation.js';

interface Answer {
  config?: string;
  by: string;
  note: string;
}

/** Tells every document that waits for a payee which vendor account it has; told twice, a document changes nothing. */
export async function resolveVendor(vendorKey: string, vendorNumber: string, options: Answer): Promise<void> {
  const { by, note } = options;
  const resolution: ResolveVendor = { vendorKey, vendorNumber, by, note };
  const fault = faultOfResolveVendor(resolution);
  if (fault !== undefined) throw new UsageError(fault);
  const { connections } = findInstallation(options.config);
  const waiting = await withDatabase(connections, (db) => documentsWaitingFor(db, [vendorKey]));
  if (waiting.length === 0) throw new UsageError(`No document waits for ${vendorKey}.`);
  const { told, missing } = await withTemporal(connections, (client) =>
    signalEach(client, waiting, messageNames.resolveVendor, resolution),
  );
  console.log(`${vendorNumber} is sent for ${vendorKey} to ${told.length} of ${waiting.length} waiting document(s).`);
  reportMissing(missing, told.length);
}

/** Asks all open documents of a number to try again. */
export async function retry(term: string, options: Answer): Promise<void> {
  const { by, note } = options;
  const request: RetryStep = { by, note };
  const { connections } = findInstallation(options.config);
  const found = await withDatabase(connections, (db) => searchDocuments(db, term));
  if (found.length === 0) throw new UsageError(`No document has the number ${term}.`);
  const open = found.filter(({ outcome }) => outcome === null);
  if (open.length === 0)
    throw new UsageError(`Every document of the number ${term} is closed; there is nothing to retry.`);
  const { told, missing } = await withTemporal(connections, (client) =>
    signalEach(
      client,
      open.map(({ id }) => id),
      messageNames.retryStep,
      request,
    ),
  );
  for (const { id, humanNumber } of open) if (told.includes(id)) console.log(`${humanNumber} tries again (${id}).`);
  reportMissing(missing, told.length);
}

/** Sends one signal to the workflow of each document; a document without a running workflow does not stop the others. */
export async function signalEach(
  client: Pick<Client, 'workflow'>,
  documentIds: string[],
  name: string,
  message: ResolveVendor | RetryStep,
): Promise<{ told: string[]; missing: string[] }> {
  const told: string[] = [];
  const missing: string[] = [];
  for (const id of documentIds) {
    try {
      await client.workflow.getHandle(id).signal(name, message);
      told.push(id);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      missing.push(id);
    }
  }
  return { told, missing };
}

/** A message that reached nobody is a failure for whoever reads only the exit code. */
function reportMissing(missing: string[], told: number): void {
  for (const id of missing) {
    console.error(`${id} has no running workflow; it was not told. A poll starts it if it never ran.`);
  }
  if (told === 0) process.exitCode = 1;
}
