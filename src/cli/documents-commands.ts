import type { Command } from 'commander';
import { handOffTimes } from '../store/hand-off-store.js';
import { readAudit } from '../store/audit-store.js';
import { listDocuments, searchDocuments } from '../store/document-store.js';
import { readErpDocuments } from '../store/erp-document-store.js';
import { readSettlements } from '../store/settlement-store.js';
import {
  acceptPosting,
  ignoreDocument,
  keepDocument,
  resolveVendor,
  retry,
  returnDocument,
} from './document-answers.js';
import { UsageError } from './failure.js';
import { addGenerateCommand } from './generate-command.js';
import { findInstallation, withDatabase } from './installation.js';
import { addReleaseCommand } from './release-command.js';
import { wholeNumber } from './whole-number.js';

interface Common {
  config?: string;
  json?: boolean;
}

const configOption = ['--config <file>', 'connections file; the sandbox where it is left out'] as const;

export function addDocumentsCommands(program: Command): void {
  const documents = program
    .command('documents')
    .description('List documents, tell their story, answer their questions.');
  documents
    .command('list')
    .description('Lists documents, newest first.')
    .option(...configOption)
    .option('--limit <n>', 'how many at most', wholeNumber(1), 1000)
    .option('--json', 'as JSON')
    .action(list);
  documents
    .command('timing')
    .description('Tells how long documents took from their discovery to the posting that Concur was told of.')
    .option(...configOption)
    .option('--days <n>', 'confirmed in the last so many days', wholeNumber(1), 30)
    .option('--json', 'as JSON')
    .action(timing);
  documents
    .command('show <id>')
    .description(
      'Tells the story of a document, found by any of its numbers: FI id, report id, invoice number, voucher.',
    )
    .option(...configOption)
    .option('--json', 'as JSON')
    .action(show);
  documents
    .command('resolve-vendor <vendorKey> <vendorNumber>')
    .description('Names the vendor account for an unknown payee; frees every document that waits for it.')
    .requiredOption('--by <name>', 'who decides')
    .option('--note <text>', 'why', '')
    .option(...configOption)
    .action(resolveVendor);
  documents
    .command('retry <id>')
    .description('Asks the open documents of this number to try their step again.')
    .requiredOption('--by <name>', 'who asks')
    .option('--note <text>', 'what has changed', '')
    .option(...configOption)
    .action(retry);
  documents
    .command('return <id>')
    .description(
      'Sends an open document back to Concur, where its employee reads the reason; nothing stays in the ERP.',
    )
    .requiredOption('--reason <text>', 'what is wrong and what to do, for the employee')
    .requiredOption('--by <name>', 'who decides')
    .option(
      '--reversal <company/posted=reversing>',
      'ERP entry by which you have reversed one that the ERP had posted; repeat it for each posting',
      collectReversal,
    )
    .option('--erp-is-empty', 'you have looked: the ERP holds nothing of a document that cannot be planned')
    .option(...configOption)
    .action(returnDocument);
  documents
    .command('keep <id>')
    .description('Takes back the request to return a document, for example because the ERP has posted it meanwhile.')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <name>', 'who decides')
    .option(...configOption)
    .action(keepDocument);
  addReleaseCommand(documents);
  documents
    .command('accept-posting <id>')
    .description('Goes on with what the ERP has posted of a held document, although it is not what was meant.')
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--note <text>', 'why it is right all the same')
    .option(...configOption)
    .action(acceptPosting);
  documents
    .command('ignore <id>')
    .description('Ends a held document as it is: nothing is taken out of the ERP, nothing is told to Concur.')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <name>', 'who decides')
    .option(...configOption)
    .action(ignoreDocument);
  addGenerateCommand(documents);
}

/** `usmf/GNJL000010=GNJL000020`, collected over repetitions. */
export function collectReversal(text: string, before: Record<string, string> = {}): Record<string, string> {
  const place = text.lastIndexOf('=');
  const isNamed = text.slice(0, place).includes('/', 1);
  if (!isNamed || place === text.length - 1) throw new UsageError(`Write ${text} as COMPANY/POSTED=REVERSING.`);
  return { ...before, [text.slice(0, place)]: text.slice(place + 1) };
}

/** Members of `documents list --json` besides the workflow id. */
const listedFields = [
  'fiId',
  'docType',
  'businessId',
  'humanNumber',
  'stage',
  'holdReason',
  'outcome',
  'erp',
  'company',
  'erpNumbers',
  'amount',
  'currency',
] as const;

async function list(options: Common & { limit: number }): Promise<void> {
  const { connections } = findInstallation(options.config);
  const rows = await withDatabase(connections, (db) => listDocuments(db, options.limit));
  if (options.json) {
    const shown = rows.map((row) => ({
      workflowId: row.id,
      ...Object.fromEntries(listedFields.map((field) => [field, row[field]])),
    }));
    console.log(JSON.stringify(shown, null, 2));
    return;
  }
  for (const row of rows) {
    const state = row.holdReason === null ? (row.outcome ?? row.stage) : `HOLD ${row.holdReason}`;
    console.log(
      [
        row.docType.padEnd(11),
        row.humanNumber.padEnd(34),
        `${row.amount} ${row.currency}`.padStart(16),
        (row.company ?? '').padEnd(28),
        state,
        row.erpNumbers.join(' '),
      ].join('  '),
    );
  }
}

async function timing(options: Common & { days: number }): Promise<void> {
  const { connections } = findInstallation(options.config);
  const rows = await withDatabase(connections, (db) => handOffTimes(db, options.days));
  if (options.json) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  if (rows.length === 0) console.log(`No document was confirmed in the last ${options.days} days.`);
  for (const row of rows) {
    const [median, p95, slowest] = [row.medianSeconds, row.p95Seconds, row.slowestSeconds].map(Math.round);
    console.log(
      `${row.connection} ${row.docType.padEnd(11)} ${String(row.documents).padStart(6)} documents, median ${median} s, 95th percentile ${p95} s, slowest ${slowest} s`,
    );
  }
}

async function show(term: string, options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  await withDatabase(connections, async (db) => {
    const found = await searchDocuments(db, term);
    if (found.length === 0) throw new UsageError(`No document has the number ${term}.`);
    const stories = await Promise.all(
      found.map(async ({ payload: _payload, ...document }) => ({
        document,
        erpDocuments: await readErpDocuments(db, document.id),
        settlements: await readSettlements(db, document.id),
        audit: await readAudit(db, document.id),
      })),
    );
    if (options.json) {
      console.log(JSON.stringify(stories, null, 2));
      return;
    }
    for (const story of stories) printStory(story);
  });
}

interface Story {
  document: Omit<Awaited<ReturnType<typeof searchDocuments>>[number], 'payload'>;
  erpDocuments: Awaited<ReturnType<typeof readErpDocuments>>;
  audit: Awaited<ReturnType<typeof readAudit>>;
}

function printStory({ document, erpDocuments, audit }: Story): void {
  console.log(`${document.docType} ${document.humanNumber}  ${document.amount} ${document.currency}`);
  console.log(
    `  FI document ${document.fiId}, business id ${document.businessId}, revision ${document.revision || '-'}`,
  );
  console.log(`  workflow ${document.id}`);
  if (document.predecessorId !== null) console.log(`  comes after ${document.predecessorId}`);
  console.log(`  stage ${document.stage}${document.outcome === null ? '' : ` (${document.outcome})`}`);
  if (document.holdReason !== null) console.log(`  ON HOLD ${document.holdReason}: ${document.holdMessage ?? ''}`);
  if (document.leaving !== null && document.outcome === null) {
    console.log(`  LEAVING ${document.leaving.outcome}, says ${document.leaving.by}: ${document.leaving.reason}`);
  }
  for (const row of erpDocuments) {
    console.log(
      `  ${row.erp}/${row.company} part ${row.part}: ${row.state} ${row.proof?.documentNumber ?? row.keys.journal ?? row.keys.invoice ?? ''}`,
    );
  }
  for (const line of audit) {
    console.log(
      `  ${line.at.toISOString()}  ${line.kind.padEnd(8)} ${line.actor.padEnd(10)} ${JSON.stringify(line.data)}`,
    );
  }
}
