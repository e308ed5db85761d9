import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { planOf } from '../activities/release-document.js';
import type { ReleaseDocument } from '../contracts/messages.js';
import { faultOfReleaseDocument, messageNames } from '../contracts/messages.js';
import type { Database } from '../store/database.js';
import { searchDocuments } from '../store/document-store.js';
import { readErpDocuments } from '../store/erp-document-store.js';
import { heldFor } from '../store/release-store.js';
import { onlyOpen, signalEach } from './document-answers.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase, withTemporal } from './installation.js';

interface ReleaseOptions {
  by: string;
  note: string;
  plan?: string;
  waiting?: boolean;
  erp?: string;
  previewed?: string;
  config?: string;
}

/** A plan that is to be released: workflow id and digest. */
interface SeenPlan {
  workflowId: string;
  number: string;
  plan: string;
}

export function addReleaseCommand(documents: Command): void {
  documents
    .command('release [ids...]')
    .description(
      'Releases documents whose ERP connection posts only after a preview: some, all that wait, or exactly those of a saved preview.',
    )
    .requiredOption('--by <name>', 'who releases')
    .option('--note <text>', 'why', '')
    .option('--plan <digits>', 'with one id: the plan that you have looked at')
    .option('--waiting', 'every document that waits for a release, as it is planned now')
    .option('--erp <name>', 'with --waiting: only those for this ERP connection')
    .option('--previewed <file>', 'what `preview --waiting --json` has printed: those plans and no others')
    .option('--config <file>', 'connections file; the sandbox where it is left out')
    .action(release);
}

async function release(ids: string[], options: ReleaseOptions): Promise<void> {
  const ways = [ids.length > 0, options.waiting === true, options.previewed !== undefined].filter(Boolean);
  if (ways.length !== 1) throw new UsageError('Say what to release: numbers, --waiting, or --previewed FILE.');
  if (options.plan !== undefined && ids.length !== 1) throw new UsageError('--plan goes with exactly one number.');
  if (options.plan !== undefined) {
    const fault = faultOfReleaseDocument(messageFor(options, options.plan));
    if (fault !== undefined) throw new UsageError(fault);
  }
  const { connections } = findInstallation(options.config);
  const seen = await withDatabase(connections, (db) => plansOf(db, ids, options));
  if (seen.length === 0) throw new UsageError('No document waits for a release.');
  const missing: string[] = [];
  await withTemporal(connections, async (client) => {
    for (const { workflowId, number, plan } of seen) {
      const sent = await signalEach(client, [workflowId], messageNames.releaseDocument, messageFor(options, plan));
      missing.push(...sent.missing);
      if (sent.told.length > 0) console.log(`The release of plan ${plan} is sent to ${number}.`);
    }
  });
  for (const id of missing) console.error(`${id} has no running workflow; it was not told.`);
  if (missing.length === seen.length) process.exitCode = 1;
}

const messageFor = ({ by, note }: ReleaseOptions, plan: string): ReleaseDocument => ({ by, note, plan });

async function plansOf(db: Database, ids: string[], options: ReleaseOptions): Promise<SeenPlan[]> {
  if (options.previewed !== undefined) return readPreview(options.previewed);
  const waiting = await heldFor(db, 'awaiting-release');
  const chosen =
    ids.length === 0
      ? waiting.filter(({ erp }) => options.erp === undefined || erp === options.erp)
      : await Promise.all(ids.map(async (id) => onlyOpen(id, await searchDocuments(db, id))));
  const strangers = chosen.filter(({ id }) => !waiting.some((document) => document.id === id));
  if (strangers.length > 0) {
    const numbers = strangers.map(({ humanNumber }) => humanNumber).join(', ');
    throw new UsageError(`${numbers}: does not wait for a release. See documents show.`);
  }
  return Promise.all(
    chosen.map(async ({ id, humanNumber: number }) => ({
      workflowId: id,
      number,
      plan: options.plan?.toUpperCase() ?? planOf(await readErpDocuments(db, id)),
    })),
  );
}

const previewSchema = z.object({
  documents: z.array(
    z.object({
      workflowId: z.string(),
      number: z.string(),
      holdReason: z.string().nullable(),
      plan: z.string().nullable(),
    }),
  ),
});

/** The plans of a saved preview that waited for a release then. */
function readPreview(path: string): SeenPlan[] {
  try {
    const { documents } = previewSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return documents.flatMap(({ workflowId, number, holdReason, plan }) =>
      plan === null || holdReason !== 'awaiting-release' ? [] : [{ workflowId, number, plan }],
    );
  } catch {
    throw new UsageError(`${path} is not what "preview --waiting --json" prints.`);
  }
}
