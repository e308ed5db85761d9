import type { Command } from 'commander';
import { addCompanyCommand } from './company-commands.js';
import type { Connections } from '../config/load-connections.js';
import { appendAudit } from '../store/audit-store.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase } from './installation.js';
import { addProposalCommands, vendorProposals } from './proposals-commands.js';
import { reportVendors } from './vendors-report.js';
import { runVendorSync } from './vendors-sync.js';

interface Common {
  erp?: string;
  company?: string;
  config?: string;
  json?: boolean;
}

/** One ERP company, and the Concur connection that is told of its vendors; none where that is switched off. */
export interface VendorTarget {
  erp: string;
  company: string;
  concur: string | undefined;
}

export type ActiveTarget = VendorTarget & { concur: string };

export function addVendorsCommands(program: Command): void {
  const vendors = program
    .command('vendors')
    .description('The vendors of the ERP in Concur: tell Concur of changes, see what it knows.');
  const add = (name: string, description: string): Command => addCompanyCommand(vendors, name, description);
  add('sync', 'Tells Concur now what the schedule would tell it later: new, changed and blocked vendors.')
    .option('--dry-run', 'plan and report only; nothing is written to Concur')
    .option('--force', 'also where more changes than one run may change; somebody has looked at the report')
    .option('--by <name>', 'who asks; needed with --force')
    .option('--no-wait', 'print the ids of the workflows and do not wait for their ends')
    .action(sync);
  add(
    'report',
    'Shows the newest run, each vendor that differs from Concur with its reason, and with --told all others.',
  )
    .option('--told', 'also what Concur was last told of each vendor')
    .action(report);
  addProposalCommands(vendors, vendorProposals);
}

interface SyncOptions extends Common {
  dryRun?: true;
  force?: true;
  by?: string;
  wait: boolean;
}

async function sync(options: SyncOptions): Promise<void> {
  const { dryRun = false, force = false, by, wait, json = false } = options;
  if (force && (by ?? '').trim() === '') throw new UsageError('Say with --by who has decided to force the run.');
  if (force && dryRun) throw new UsageError('A dry run writes nothing: there is nothing to force.');
  const { connections } = findInstallation(options.config);
  const targets = chosenTargets(connections, options);
  await tellSwitchedOff(connections, targets);
  const active = targets.filter(isActive);
  const wish = { dryRun, force, ...(by === undefined ? {} : { by }) };
  if (active.length > 0) await runVendorSync(connections, active, wish, { wait, json });
  else process.exitCode = 1;
}

async function report(options: Common & { told?: true }): Promise<void> {
  const { connections } = findInstallation(options.config);
  const targets = chosenTargets(connections, options);
  for (const target of targets) if (!isActive(target)) console.error(switchedOff(target));
  const shown = { json: options.json === true, told: options.told === true };
  await withDatabase(connections, (db) => reportVendors(db, targets.filter(isActive), shown));
}

const isActive = (target: VendorTarget): target is ActiveTarget => target.concur !== undefined;

/**
 * The companies that are meant: those that are named, or all whose vendors Concur is told of.
 * @throws UsageError
 */
export function chosenTargets(
  { file }: Pick<Connections, 'file'>,
  { erp, company }: Pick<Common, 'erp' | 'company'>,
): VendorTarget[] {
  const known = file.erp.flatMap(({ name, companies }) =>
    companies.map((each): VendorTarget => ({ erp: name, company: each.company, concur: each.vendorSync?.concur })),
  );
  const named = known.filter(
    (target) => (erp ?? target.erp) === target.erp && (company ?? target.company) === target.company,
  );
  const list = known.map((target) => `${target.erp}/${target.company}`).join(', ');
  if (named.length === 0) throw new UsageError(`The file has no such ERP company; it describes ${list}.`);
  const isNamed = erp !== undefined || company !== undefined;
  const chosen = isNamed ? named : named.filter(isActive);
  if (chosen.length === 0) {
    throw new UsageError(`Concur is told of the vendors of no company: none of ${list} has a section vendorSync.`);
  }
  return chosen;
}

const switchedOff = ({ erp, company }: VendorTarget): string =>
  `Provisioning off: ${erp}/${company} has no section vendorSync, so that nothing of its vendors is told to Concur.`;

/** Nothing happens, and that can be proven later (S18). */
async function tellSwitchedOff(connections: Connections, targets: VendorTarget[]): Promise<void> {
  const off = targets.filter((target) => !isActive(target));
  if (off.length === 0) return;
  await withDatabase(connections, async (db) => {
    for (const { erp, company } of off) {
      const data = { vendorSync: 'provisioning off', erp, company };
      await appendAudit(db, { documentId: undefined, kind: 'message', actor: 'connector', data });
    }
  });
  for (const target of off) console.error(switchedOff(target));
}
