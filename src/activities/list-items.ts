import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { FailedListItem, ListItemClient } from '../clients/concur/list-item-client.js';
import { LIST_ITEMS_PER_CALL } from '../clients/concur/list-item-client.js';
import { Rejected, Unavailable } from '../clients/http/errors.js';
import type {
  DimensionSyncRules,
  ListChange,
  ListComparison,
  ReadDimensionValuesInput,
  SyncListItemsInput,
  SyncListResult,
} from '../contracts/dimension-sync.js';
import { compareListItems } from '../mapping/dimension-sync/compare-list-items.js';
import { heldBackBecause } from '../mapping/vendor-master/change-cap.js';
import { clearAlertCause } from '../store/alert-store.js';
import { appendAudit } from '../store/audit-store.js';
import type { ListReportLine } from '../store/list-item-store.js';
import {
  finishDimensionRun,
  listToldItems,
  readDimensionRun,
  storeDimensionReading,
  storeToldItems,
} from '../store/list-item-store.js';
import { storeProposals } from '../store/proposal-store.js';
import type { ErpDependencies, SharedDependencies } from './dependencies.js';
import { alert, runUnattended } from './run-step.js';

export interface ListItemDependencies extends SharedDependencies {
  connection: string;
  lists: ListItemClient;
  /** By `erp/company/dimension/list`; what is not there is told to nobody (S18). */
  dimensionSync: Record<string, DimensionSyncRules>;
}

const turnWaitMs = 120_000;

/** The part of the dimension sync that asks the ERP; on its queue. */
export function createDimensionReadActivities(deps: ErpDependencies) {
  const { db, port } = deps;
  return {
    /** Reads all values of one dimension and stores them under the run. A read that is not complete stores nothing. */
    async readDimensionValues(input: ReadDimensionValuesInput): Promise<{ read: number }> {
      const { company, dimension } = input;
      return runUnattended(deps, `${port.name}/${company}`, async () => {
        if (port.readDimensionValues === undefined) {
          const call = { system: port.name, operation: 'dimension-values.read' };
          throw new Rejected('The values of the dimensions of this ERP are not read.', call, 'dimension-sync-off');
        }
        const values = await port.readDimensionValues(company, dimension, cancellationSignal(), heartbeat);
        await storeDimensionReading(db, input, values);
        return { read: values.length };
      });
    },
  };
}

/** The part of the dimension sync that compares with the list in Concur and changes it; on the queue of the connection. */
export function createListItemActivities(deps: ListItemDependencies) {
  return {
    /**
     * Brings one list of Concur to what the ERP has (S16), and proposes to a person what only Concur has. Safe to repeat: the list
     * is read before anything is written, so that a write whose answer was lost is found. One run at a time per list.
     */
    async syncListItems(input: SyncListItemsInput): Promise<SyncListResult> {
      return runUnattended(deps, `${input.erp}/${input.company}`, async () => {
        const rules = rulesOf(deps, input);
        return asOnlyWriter(deps, input.list, async () => {
          const { values, result } = await readDimensionRun(deps.db, input);
          if (result !== undefined) return result;
          const { list, below, fromConcur } = rules;
          const place = below === undefined ? { list } : { list, below };
          const items = await deps.lists.children({ ...place, signal: cancellationSignal(), onPage: heartbeat });
          const { dimension, company } = input;
          const told = await listToldItems(deps.db, input);
          const comparison = compareListItems({ dimension, company, rules, values, items, told });
          await storeToldItems(deps.db, input, comparison.known);
          const isProposing = fromConcur === 'propose' && !input.dryRun;
          const proposed = isProposing ? await propose(deps, input, comparison) : comparison.unknown.length;
          return finish(deps, input, rules, comparison, fromConcur === 'off' ? 0 : proposed);
        });
      });
    },
  };
}

/** Writes what is to be written, and stores and tells what the run has come to. */
async function finish(
  deps: ListItemDependencies,
  input: SyncListItemsInput,
  rules: DimensionSyncRules,
  comparison: ListComparison,
  proposed: number,
): Promise<SyncListResult> {
  const { read, unchanged, changes, refusals } = comparison;
  const heldBack = heldBackBecause(input, comparison.tooMany);
  const refused = heldBack === undefined ? await writeChanges(deps, input, rules, changes) : new Map<string, string>();
  const done = changes.filter(({ code }) => !refused.has(code));
  const countOf = (...kinds: ListChange['kind'][]): number => done.filter(({ kind }) => kinds.includes(kind)).length;
  const result: SyncListResult = {
    ...{ read, unchanged, created: countOf('create', 'restore'), updated: countOf('update') },
    ...{ removed: countOf('remove'), refused: refusals.length + refused.size, proposed },
    ...(heldBack === undefined ? {} : { heldBack }),
  };
  const lines: ListReportLine[] = [
    ...refusals.map((refusal) => ({ ...refusal, kind: 'refused' as const })),
    ...[...refused].map(([code, message]) => ({ code, message, kind: 'refused' as const })),
    ...(heldBack === undefined ? [] : changes.map(({ kind, code }) => ({ kind, code, message: heldBack }))),
  ];
  await finishDimensionRun(deps.db, input, result, lines);
  if (!input.dryRun) await tell(deps, input, result);
  return result;
}

/** @returns what Concur has not taken, with its reason, by the code of the value */
async function writeChanges(
  deps: ListItemDependencies,
  input: SyncListItemsInput,
  { list, below }: DimensionSyncRules,
  changes: readonly ListChange[],
): Promise<Map<string, string>> {
  const signal = cancellationSignal();
  const refused = new Map<string, string>();
  const again: ListChange[] = [];
  for (const chunk of inChunks(changes.filter(({ kind }) => kind === 'create'))) {
    await audit(deps, input, chunk);
    const parent = below === undefined ? {} : { parentCode: below };
    const items = chunk.map(({ itemCode, name }) => ({ shortCode: itemCode, value: name, ...parent }));
    const failed = await deps.lists.create({ list, items, signal });
    again.push(...(await settle(deps, input, chunk, failed, refused)));
  }
  const others = [...changes.filter(({ kind }) => kind !== 'create'), ...again];
  for (const chunk of inChunks(others)) {
    await audit(deps, input, chunk);
    const failed = await deps.lists.change({ list, changes: chunk.map(changeBody), signal });
    await settle(deps, input, chunk, failed, refused);
  }
  return refused;
}

function changeBody({ kind, longCode, name }: ListChange) {
  if (kind === 'remove') return { code: longCode, deleted: true };
  return { code: longCode, value: name, ...(kind === 'restore' ? { deleted: false } : {}) };
}

/**
 * Remembers what was taken. An item that Concur holds already, deleted or not, was hidden from the read or came in between: it is
 * changed instead (concur-platform 5). Failures name their item, so that a part never stops the others.
 * @returns changes to be made once more, as changes of an item that exists
 */
async function settle(
  deps: ListItemDependencies,
  input: SyncListItemsInput,
  chunk: readonly ListChange[],
  failed: readonly FailedListItem[],
  refused: Map<string, string>,
): Promise<ListChange[]> {
  const again: ListChange[] = [];
  const taken = chunk.filter((change) => {
    const { kind, itemCode, longCode } = change;
    const failure = failed.find(({ code }) => code === longCode || code === itemCode);
    if (failure === undefined) return true;
    const { reason, message } = failure;
    const isGone = kind === 'remove' && (reason === 'item.not.found' || reason === 'item.deleted');
    if (isGone) return true;
    if (kind === 'create' && reason === 'item.duplicate.code') again.push({ ...change, kind: 'update' });
    else if (kind === 'create' && reason === 'item.duplicate.code.deleted') again.push({ ...change, kind: 'restore' });
    else refused.set(change.code, `Concur did not take the item ${longCode}. Concur says: ${message}`);
    return false;
  });
  const told = taken.map(({ kind, code, itemCode, name }) => ({ code, itemCode, name, offered: kind !== 'remove' }));
  await storeToldItems(deps.db, input, told);
  return again;
}

/** Before the write: an attempt that dies after it could not tell any more what it was about to change. */
async function audit(
  deps: ListItemDependencies,
  { concur, erp, company, dimension, list, run }: SyncListItemsInput,
  changes: readonly ListChange[],
): Promise<void> {
  const items = changes.map(({ kind, longCode, name }) => ({ kind, item: longCode, name }));
  const data = { concur, erp, company, dimension, list, run, items };
  await appendAudit(deps.db, { documentId: undefined, kind: 'write', actor: 'connector', data });
}

async function propose(
  deps: ListItemDependencies,
  input: SyncListItemsInput,
  { unknown }: ListComparison,
): Promise<number> {
  const { concur, erp, company, dimension, list } = input;
  const within = `${dimension}\t${list}\t`;
  const found = unknown.map((item) => ({ key: `${within}${item.itemCode}`, facts: { dimension, list, ...item } }));
  const open = await storeProposals(deps.db, 'dimension-value', { concur, erp, company }, found, within);
  await raiseOrClear(
    deps,
    `dimension-value-proposals: ${concur}: ${erp}/${company}`,
    open === 0
      ? undefined
      : `${open} list items of Concur company ${concur} are no values of a dimension of ${erp}/${company}: create them there, or reject them. See \`concur-dynamics dimensions proposals\`.`,
  );
  return open;
}

async function tell(deps: ListItemDependencies, input: SyncListItemsInput, result: SyncListResult): Promise<void> {
  const { concur, erp, company, dimension } = input;
  const { heldBack, refused } = result;
  const place = `${concur}: ${erp}/${company} ${dimension}`;
  const values = `values of dimension ${dimension} of ${erp}/${company}`;
  const look = 'Each stands in `concur-dynamics dimensions report`.';
  await raiseOrClear(
    deps,
    `dimension-sync-held-back: ${place}`,
    heldBack && `The ${values} are not told to Concur company ${concur}. ${heldBack} ${look}`,
  );
  // What a run that was held back refuses is only part of the truth.
  if (heldBack !== undefined) return;
  await raiseOrClear(
    deps,
    `dimension-values-not-told: ${place}`,
    refused === 0 ? undefined : `${refused} ${values} are not, or not rightly, in Concur company ${concur}. ${look}`,
  );
}

async function raiseOrClear(deps: SharedDependencies, cause: string, message: string | undefined): Promise<void> {
  if (message === undefined) await clearAlertCause(deps.db, cause);
  else await alert(deps, cause, message, undefined);
}

function rulesOf({ dimensionSync, connection }: ListItemDependencies, input: SyncListItemsInput): DimensionSyncRules {
  const { concur, erp, company, dimension, list } = input;
  const rules = concur === connection ? dimensionSync[`${erp}/${company}/${dimension}/${list}`] : undefined;
  if (rules !== undefined) return rules;
  throw new Rejected(
    `The connections file does not say that Concur connection ${concur} is told of the values of ${dimension} of ${company} in ${erp}.`,
    { system: 'connector', operation: 'list-items.sync' },
    'dimension-sync-off',
  );
}

/** @throws Unavailable when another run keeps its turn for too long: repeat */
async function asOnlyWriter<T>(deps: ListItemDependencies, list: string, work: () => Promise<T>): Promise<T> {
  const limit = AbortSignal.timeout(turnWaitMs);
  const signal = AbortSignal.any([cancellationSignal(), limit]);
  const lease = await deps.leases.acquire(`list:${deps.connection}:${list}`, 1, signal).catch((error: unknown) => {
    if (!limit.aborted) throw error;
    const call = { system: 'connector', operation: 'list-items' };
    throw new Unavailable('Another run is changing this list of Concur.', call, 2_000);
  });
  try {
    return await work();
  } finally {
    await lease.release();
  }
}

function inChunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / LIST_ITEMS_PER_CALL) }, (_, index) =>
    items.slice(index * LIST_ITEMS_PER_CALL, (index + 1) * LIST_ITEMS_PER_CALL),
  );
}
