import type { Command } from 'commander';
import { Option } from 'commander';
import { changeDecisions } from '../contracts/purchase-orders.js';
import { readAudit } from '../store/audit-store.js';
import type { Database } from '../store/database.js';
import { openOrderChanges, readOrderChanges, type PurchaseOrderChange } from '../store/purchase-change-store.js';
import { readPurchaseOrders } from '../store/purchase-order-store.js';
import type { StoredPurchaseRequest } from '../store/purchase-request-store.js';
import { listPurchaseRequests, searchPurchaseRequests } from '../store/purchase-request-store.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase } from './installation.js';
import {
  decideChange,
  ignorePurchaseRequest,
  resolveOrderVendor,
  retryPurchaseRequest,
} from './purchase-requests-answers.js';
import { importPurchaseRequests } from './purchase-requests-import.js';
import { wholeNumber } from './whole-number.js';

interface Common {
  config?: string;
  json?: boolean;
}

/** Purchase requests by their ids, since Concur offers neither a list nor an event of them (C5). */
export function addPurchaseRequestsCommands(program: Command): void {
  const requests = program
    .command('purchase-requests')
    .description(
      'Purchase requests of Concur as purchase orders of the ERP: import their ids, follow them, decide changes.',
    );
  const add = (call: string, description: string): Command =>
    requests
      .command(call)
      .description(description)
      .option('--config <file>', 'connections file; the sandbox where it is left out');
  const withBy = (command: Command): Command =>
    command.requiredOption('--by <name>', 'who asks').option('--note <text>', 'why', '');
  add(
    'import <requests...>',
    'Follows purchase requests: ids, or files with one id a line. Concur lists none by itself.',
  )
    .option('--connection <name>', 'Concur connection; needed where orders are taken of several')
    .requiredOption('--by <name>', 'who imports them')
    .option('--json', 'as JSON')
    .action(importPurchaseRequests);
  add('list', 'Lists purchase requests, newest first.')
    .option('--limit <n>', 'how many at most', wholeNumber(1), 1000)
    .option('--json', 'as JSON')
    .action(list);
  add(
    'show <number>',
    'Tells the story of a request, found by its id or number, or by the number of one of its orders.',
  )
    .option('--json', 'as JSON')
    .action(show);
  add('changes', 'Lists changes of orders that wait for a decision.').option('--json', 'as JSON').action(changes);
  const decisions = Object.entries(changeDecisions).map(([name, meaning]) => `${name}: ${meaning}`);
  withBy(add('decide <change>', 'Says what was done about a change. The connector itself changes nothing.'))
    .addOption(
      new Option('--as <decision>', decisions.join(' ')).choices(Object.keys(changeDecisions)).makeOptionMandatory(),
    )
    .action(decideChange);
  withBy(add('retry <number>', 'Asks a request to look again now.')).action(retryPurchaseRequest);
  withBy(
    add('resolve-vendor <number> <vendorKey> <vendorNumber>', 'Names the vendor account for an unknown supplier.'),
  ).action(resolveOrderVendor);
  add('ignore <number>', 'Stops following a request; what stands in the ERP and in Concur stays.')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <name>', 'who decides')
    .action(ignorePurchaseRequest);
}

async function list(options: Common & { limit: number }): Promise<void> {
  const { connections } = findInstallation(options.config);
  const rows = await withDatabase(connections, (db) => listPurchaseRequests(db, options.limit));
  if (options.json) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  if (rows.length === 0) console.log('No purchase request was imported yet.');
  for (const row of rows)
    console.log([row.requestId.padEnd(38), (row.requestNumber ?? '').padEnd(12), standingOf(row)].join('  '));
}

const standingOf = ({ holdReason, outcome, stage, workflowStatus }: StoredPurchaseRequest): string => {
  const standing = holdReason === null ? (outcome ?? stage) : `HOLD ${holdReason}`;
  return workflowStatus === null ? standing : `${standing} (${workflowStatus} in Concur)`;
};

async function show(term: string, options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  await withDatabase(connections, async (db) => {
    const found = await searchPurchaseRequests(db, term);
    if (found.length === 0) throw new UsageError(`No purchase request has the number ${term}.`);
    const stories = await Promise.all(found.map((request) => storyOf(db, request)));
    if (options.json) console.log(JSON.stringify(stories, null, 2));
    else for (const story of stories) printStory(story);
  });
}

async function storyOf(db: Database, request: StoredPurchaseRequest) {
  const orders = await readPurchaseOrders(db, request.id);
  return {
    request,
    orders: orders.map(({ reading: _reading, ...order }) => order),
    changes: await readOrderChanges(db, request.id),
    audit: await readAudit(db, request.id),
  };
}

function printStory({ request, orders, changes: records, audit }: Awaited<ReturnType<typeof storyOf>>): void {
  console.log(`purchase request ${request.requestNumber ?? ''} ${request.requestId}`);
  console.log(`  workflow ${request.id}, imported by ${request.knownBy}`);
  console.log(`  ${standingOf(request)}`);
  if (request.holdReason !== null) console.log(`  ON HOLD ${request.holdReason}: ${request.holdMessage ?? ''}`);
  for (const { orderNumber, state, erp, company, erpNumber } of orders) {
    console.log(
      `  order ${orderNumber}: ${state}${erpNumber === null ? '' : ` as ${erpNumber} in ${erp ?? ''}/${company ?? ''}`}`,
    );
  }
  for (const record of records) printChange(record);
  for (const { at, kind, actor, data } of audit) {
    console.log(`  ${at.toISOString()}  ${kind.padEnd(8)} ${actor.padEnd(10)} ${JSON.stringify(data)}`);
  }
}

async function changes(options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  const open = await withDatabase(connections, openOrderChanges);
  if (options.json) {
    console.log(JSON.stringify(open, null, 2));
    return;
  }
  if (open.length === 0) console.log('No change waits for a decision.');
  for (const change of open) printChange(change);
}

function printChange({
  id,
  orderNumber,
  kind,
  sentences,
  seenAt,
  decision,
  decidedBy,
  note,
}: PurchaseOrderChange): void {
  const end =
    decision === null ? 'OPEN' : `${decision} by ${decidedBy ?? ''}${note === null || note === '' ? '' : ` (${note})`}`;
  console.log(`  change ${id} of order ${orderNumber}, ${kind}, seen ${seenAt.toISOString()}: ${end}`);
  for (const sentence of sentences) console.log(`    ${sentence}`);
}
