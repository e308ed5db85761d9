import type { Client } from '@temporalio/client';
import { addCompanyCommand } from './company-commands.js';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import type { Connections } from '../config/load-connections.js';
import type { DimensionPlace, SyncDimensionsInput, SyncDimensionsResult } from '../contracts/dimension-sync.js';
import { documentsQueue } from '../contracts/task-queues.js';
import { dimensionSyncWorkflowId } from '../contracts/workflow-ids.js';
import { appendAudit } from '../store/audit-store.js';
import { listToldItems, newestDimensionRun, type DimensionRun } from '../store/list-item-store.js';
import { dimensionSyncInputs } from '../temporal/dimension-sync-inputs.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase, withTemporal } from './installation.js';
import { addProposalCommands, valueProposals } from './proposals-commands.js';

interface Common {
  erp?: string;
  company?: string;
  config?: string;
  json?: boolean;
}

type Target = Omit<SyncDimensionsInput, 'dryRun' | 'force' | 'by'>;

/** `dimensions sync|report|proposals|accept|reject` (S16). */
export function addDimensionsCommands(program: Command): void {
  const dimensions = program
    .command('dimensions')
    .description('The dimension values of the ERP in lists of Concur: tell Concur of changes, see what it knows.');
  const add = (name: string, description: string): Command => addCompanyCommand(dimensions, name, description);
  add('sync', 'Tells Concur now what the schedule would tell it later.')
    .option('--dry-run', 'compare and report only; nothing is written to Concur')
    .option('--force', 'also where more changes than one run may change; somebody has looked at the report')
    .option('--by <name>', 'who asks; needed with --force')
    .action(sync);
  add('report', 'Shows the newest run of each dimension, and each value that differs with its reason.').action(report);
  addProposalCommands(dimensions, valueProposals);
}

async function sync(options: Common & { dryRun?: true; force?: true; by?: string }): Promise<void> {
  const { dryRun = false, force = false, by, json = false } = options;
  if (force && (by ?? '').trim() === '') throw new UsageError('Say with --by who has decided to force the run.');
  if (force && dryRun) throw new UsageError('A dry run writes nothing: there is nothing to force.');
  const { connections } = findInstallation(options.config);
  const targets = chosenDimensions(connections, options);
  if (targets.length === 0) {
    await tellSwitchedOff(connections, options);
    process.exitCode = 1;
    return;
  }
  const wish = { dryRun, force, ...(by === undefined ? {} : { by }) };
  const ends = await withTemporal(connections, (client) =>
    Promise.all(targets.map((target) => runOne(client, { ...target, ...wish }))),
  );
  if (json) console.log(JSON.stringify(ends, null, 2));
  else for (const end of ends) for (const line of linesOf(end)) console.log(line);
  const needsPerson = ends.some(
    ({ result, failure }) =>
      failure !== undefined || (!dryRun && Object.values(result ?? {}).some(({ heldBack }) => heldBack !== undefined)),
  );
  if (needsPerson) process.exitCode = 1;
}

interface End {
  erp: string;
  company: string;
  result?: SyncDimensionsResult;
  failure?: string;
}

async function runOne(client: Client, input: SyncDimensionsInput): Promise<End> {
  const { concur, erp, company, queuePrefix, dryRun } = input;
  const workflowId = dimensionSyncWorkflowId(concur, erp, company);
  try {
    const handle = await client.workflow.start('syncDimensions', {
      taskQueue: documentsQueue(queuePrefix),
      workflowId,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      staticSummary: `Dimensions of ${erp}/${company} to Concur company ${concur}${dryRun ? ' (dry run)' : ''}`,
    });
    return { erp, company, result: (await handle.result()) as SyncDimensionsResult };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      return { erp, company, failure: `${workflowId} runs already; try again when it has ended.` };
    }
    if (error instanceof WorkflowFailedError) return { erp, company, failure: reasonOf(error) };
    throw error;
  }
}

/** The innermost message is the sentence for people; those around it only say where it came from. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

function linesOf({ erp, company, result, failure }: End): string[] {
  if (result === undefined) return [`${erp}/${company}: failed. ${failure ?? ''}`];
  return Object.entries(result).map(([dimension, run]) => `${erp}/${company} ${dimension}: ${countsOf(run)}`);
}

function countsOf({ read, created, updated, removed, refused, proposed, unchanged, heldBack }: DimensionRun['result']) {
  const counts = `${created} new, ${updated} changed, ${removed} removed, ${refused} not told, ${unchanged} unchanged, ${proposed} proposed`;
  return heldBack === undefined
    ? `${read} values read; ${counts}.`
    : `${read} values read; nothing was written. It would be: ${counts}. ${heldBack}`;
}

async function report(options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  const targets = chosenDimensions(connections, options);
  if (targets.length === 0) await tellSwitchedOff(connections, options);
  await withDatabase(connections, async (db) => {
    const reports: (DimensionPlace & { run?: DimensionRun; told: number })[] = [];
    for (const { concur, erp, company, dimensions } of targets) {
      for (const { dimension, list } of dimensions) {
        const place = { concur, erp, company, dimension, list };
        const run = await newestDimensionRun(db, place);
        const told = (await listToldItems(db, place)).filter(({ offered }) => offered).length;
        reports.push({ ...place, ...(run === undefined ? {} : { run }), told });
      }
    }
    if (options.json === true) console.log(JSON.stringify(reports, null, 2));
    else for (const one of reports) for (const line of reportLines(one)) console.log(line);
  });
}

function reportLines(one: DimensionPlace & { run?: DimensionRun; told: number }): string[] {
  const { erp, company, dimension, list, concur, run, told } = one;
  const heading = `${dimension} of ${erp}/${company} in list ${list} of Concur company ${concur}`;
  if (run === undefined) return [heading, '  No run has compared them yet.'];
  return [
    heading,
    `  Newest run, asked for by ${run.by}, finished ${run.finishedAt.toISOString()}: ${countsOf(run.result)}`,
    `  Concur offers ${told} of the values.`,
    ...run.lines.map(({ kind, code, message }) => `    ${code.padEnd(20)}  ${kind.padEnd(8)}  ${message}`),
  ];
}

/** The companies that are meant and whose dimensions Concur is told of. @throws UsageError for a company that is not there */
function chosenDimensions({ file }: Pick<Connections, 'file'>, { erp, company }: Common): Target[] {
  const known = file.erp.flatMap(({ name, companies }) => companies.map((each) => [name, each.company] as const));
  const isMeant = (name: string, each: string): boolean => (erp ?? name) === name && (company ?? each) === each;
  if (!known.some(([name, each]) => isMeant(name, each))) {
    const list = known.map(([name, each]) => `${name}/${each}`).join(', ');
    throw new UsageError(`The file has no such ERP company; it describes ${list}.`);
  }
  return dimensionSyncInputs(file).flatMap(({ input }) => (isMeant(input.erp, input.company) ? [input] : []));
}

/** Nothing happens, and that can be proven later (S18). */
async function tellSwitchedOff(connections: Connections, { erp, company }: Common): Promise<void> {
  const data = { dimensionSync: 'provisioning off', ...(erp && { erp }), ...(company && { company }) };
  await withDatabase(connections, (db) =>
    appendAudit(db, { documentId: undefined, kind: 'message', actor: 'connector', data }),
  );
  console.error('Provisioning off: no such company has a section dimensionSync, so that no list of Concur is changed.');
}
