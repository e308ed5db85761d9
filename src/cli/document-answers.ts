import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type {
  AcceptPosting,
  IgnoreDocument,
  ResolveVendor,
  RetryStep,
  ReturnDocument,
  ReleaseDocument,
} from '../contracts/messages.js';
import { faultOfAcceptPosting, faultOfDecision, faultOfResolveVendor, messageNames } from '../contracts/messages.js';
import type { StoredDocument } from '../store/document-store.js';
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

interface Decision {
  config?: string;
  by: string;
  reason: string;
  /** Posted `company/number` → reversing number. */
  reversal?: Record<string, string>;
  erpIsEmpty?: true;
}

/** Sends one open document back to Concur; refused where Concur has been told that it is posted (FIS spec trap 17). */
export async function returnDocument(term: string, options: Decision): Promise<void> {
  await decide(term, options, messageNames.returnDocument, ({ humanNumber, postingConfirmedAt }) =>
    postingConfirmedAt === null
      ? undefined
      : `${humanNumber} cannot be returned: Concur has been told that it is posted. Correct it in the ERP and tell your Concur processor.`,
  );
}

/** Takes back the request to return a document: it goes on where it stood. */
export async function keepDocument(term: string, options: Decision): Promise<void> {
  await decide(term, options, messageNames.cancelReturn, ({ humanNumber, leaving }) =>
    leaving?.outcome === 'returned' ? undefined : `Nobody has asked to return ${humanNumber}.`,
  );
}

/** Ends one held document. */
export async function ignoreDocument(term: string, options: Decision): Promise<void> {
  await decide(term, options, messageNames.ignoreDocument, ({ humanNumber, holdReason }) =>
    holdReason === null ? `${humanNumber} is not on hold; only a held document can be ignored.` : undefined,
  );
}

/** Takes what the ERP has posted of one held document as it stands. */
export async function acceptPosting(term: string, options: Answer): Promise<void> {
  const { by, note } = options;
  const acceptance: AcceptPosting = { by, note };
  const fault = faultOfAcceptPosting(acceptance);
  if (fault !== undefined) throw new UsageError(fault);
  await tellOne(term, options.config, { name: messageNames.acceptPosting, message: acceptance }, (document) =>
    document.holdReason === 'posted-differently'
      ? undefined
      : `${document.humanNumber} is not on hold for a posting that differs from what was meant; there is nothing to accept.`,
  );
}

/** A decision is about one document: where a number has several, the FI id says which. */
async function decide(
  term: string,
  options: Decision,
  name: string,
  refusal: (document: StoredDocument) => string | undefined,
): Promise<void> {
  const { by, reason, reversal, erpIsEmpty } = options;
  const decision: ReturnDocument | IgnoreDocument = {
    ...{ by, reason },
    ...(reversal === undefined ? {} : { reversals: reversal }),
    ...(erpIsEmpty === undefined ? {} : { erpIsEmpty }),
  };
  const fault = faultOfDecision(decision);
  if (fault !== undefined) throw new UsageError(fault);
  await tellOne(term, options.config, { name, message: decision }, refusal);
}

async function tellOne(
  term: string,
  config: string | undefined,
  { name, message }: { name: string; message: ReturnDocument | IgnoreDocument | AcceptPosting },
  refusal: (document: StoredDocument) => string | undefined,
): Promise<void> {
  const { connections } = findInstallation(config);
  const document = onlyOpen(term, await withDatabase(connections, (db) => searchDocuments(db, term)));
  const refused = refusal(document);
  if (refused !== undefined) throw new UsageError(refused);
  const { told, missing } = await withTemporal(connections, (client) =>
    signalEach(client, [document.id], name, message),
  );
  if (told.length > 0) console.log(`${name} is sent to ${document.humanNumber} (${document.id}).`);
  reportMissing(missing, told.length);
}

/** @throws UsageError unless exactly one of the documents is open */
export function onlyOpen(term: string, found: readonly StoredDocument[]): StoredDocument {
  if (found.length === 0) throw new UsageError(`No document has the number ${term}.`);
  const open = found.filter(({ outcome }) => outcome === null);
  const [document] = open;
  if (!document) {
    const ends = found.map(({ fiId, outcome }) => `${fiId} (${outcome ?? ''})`).join(', ');
    throw new UsageError(`Every document of the number ${term} is complete: ${ends}. There is nothing to decide.`);
  }
  if (open.length === 1) return document;
  const ids = open.map(({ fiId }) => fiId).join(', ');
  throw new UsageError(`Several open documents have the number ${term}: name one by its FI id, ${ids}.`);
}

/** Sends one signal to the workflow of each document; a document without a running workflow does not stop the others. */
export async function signalEach(
  client: Pick<Client, 'workflow'>,
  documentIds: string[],
  name: string,
  message: ReleaseDocument | ResolveVendor | RetryStep | ReturnDocument | IgnoreDocument | AcceptPosting,
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
