import { existsSync, readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Connections } from '../config/load-connections.js';
import { purchaseCheckSeconds, purchaseOrderRules } from '../config/purchase-requests-schema.js';
import type { ProcessPurchaseRequestInput } from '../contracts/purchase-orders.js';
import { purchaseRequestWorkflowId } from '../contracts/purchase-orders.js';
import { searchAttributes } from '../contracts/search-attributes.js';
import { documentsQueue } from '../contracts/task-queues.js';
import type { StoredPurchaseRequest } from '../store/purchase-request-store.js';
import {
  markPurchaseRequestStarted,
  storePurchaseRequest,
  unstartedPurchaseRequests,
} from '../store/purchase-request-store.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase, withTemporal } from './installation.js';

interface ImportOptions {
  connection?: string;
  config?: string;
  by: string;
  json?: boolean;
}

/**
 * Takes note of purchase requests by their ids, and starts following each one that nothing was started for. Importing a list
 * again is harmless: what is known stays as it is.
 */
export async function importPurchaseRequests(words: string[], options: ImportOptions): Promise<void> {
  const ids = [...new Set(words.flatMap(idsIn))];
  if (ids.length === 0) throw new UsageError('The list names no purchase request.');
  const { connections } = findInstallation(options.config);
  const connection = connectionOf(connections, options.connection);
  const result = await withDatabase(connections, async (db) => {
    let fresh = 0;
    for (const requestId of ids) {
      const id = purchaseRequestWorkflowId({ connection, requestId });
      if (await storePurchaseRequest(db, { id, connection, requestId, by: options.by })) fresh += 1;
    }
    const waiting = await unstartedPurchaseRequests(db, connection);
    await withTemporal(connections, async (client) => {
      for (const request of waiting) {
        await start(client, connections, request);
        await markPurchaseRequestStarted(db, request.id);
      }
    });
    return { named: ids.length, known: ids.length - fresh, started: waiting.map(({ id }) => id) };
  });
  if (options.json) console.log(JSON.stringify(result, null, 2));
  else
    console.log(
      `${result.named} purchase request(s) named, ${result.known} known already, ${result.started.length} started.`,
    );
}

/** Ids of a file, one a line (of a CSV its first column), or the word itself. Lines that begin with `#` say nothing. */
function idsIn(word: string): string[] {
  if (!existsSync(word)) return [checked(word, 'the command')];
  const lines = readFileSync(word, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  return lines.flatMap((line, index) => {
    const [cell = ''] = line.split(/[,;\t]/);
    const id = cell.trim().replace(/^"(.*)"$/, '$1');
    const isHeading = index === 0 && /^(purchase)?_?request_?id$/i.test(id);
    return id === '' || id.startsWith('#') || isHeading ? [] : [checked(id, `${word}:${index + 1}`)];
  });
}

/** Ids are parts of workflow ids and addresses. */
function checked(id: string, place: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) return id;
  throw new UsageError(
    `${place}: ${id.slice(0, 80)} is neither a file nor the id of a purchase request (letters, digits and hyphens).`,
  );
}

/** The connection that is meant: the named one, or the only one whose orders a company takes. */
function connectionOf({ file }: Connections, name: string | undefined): string {
  const names = [...new Set(purchaseOrderRules(file).map(({ concur }) => concur))];
  const [only, ...others] = names;
  if (only === undefined) {
    throw new UsageError('No ERP company of the file takes purchase orders: none has a section purchaseRequests.');
  }
  if (name === undefined && others.length === 0) return only;
  if (name !== undefined && names.includes(name)) return name;
  throw new UsageError(`Name one Concur connection with --connection; orders are taken of ${names.join(', ')}.`);
}

async function start(client: Client, { file }: Connections, request: StoredPurchaseRequest): Promise<void> {
  const { id, connection, requestId } = request;
  const { queuePrefix } = file.operation;
  const checkSeconds = purchaseCheckSeconds(file, connection);
  const { holdReminderSeconds, holdLimitSeconds, retryMaximumSeconds } = file.timings;
  const input: ProcessPurchaseRequestInput = {
    id,
    key: { connection, requestId },
    queuePrefix,
    timings: {
      pendingSeconds: Math.min(60, checkSeconds),
      ...{ checkSeconds, holdReminderSeconds, holdLimitSeconds, retryMaximumSeconds },
    },
  };
  try {
    await client.workflow.start('processPurchaseRequest', {
      taskQueue: documentsQueue(queuePrefix),
      workflowId: id,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
      staticSummary: `Purchase request ${requestId} of Concur company ${connection}`,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: searchAttributes.documentStage, value: 'discovered' },
        { key: searchAttributes.documentType, value: 'purchaserequest' },
        { key: searchAttributes.documentNumber, value: requestId },
        { key: searchAttributes.concurCompany, value: connection },
      ]),
    });
  } catch (error) {
    // Its workflow has run and closed: nothing is to be done.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
