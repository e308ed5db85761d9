import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { todayByCompany } from '../activities/stored-plan.js';
import { planningSettings } from '../composition/planning.js';
import type { PlanPreview } from '../mapping/preview.js';
import { loadDocuments } from '../sandbox/load-documents.js';
import type { Preview } from '../sandbox/preview.js';
import { previewDocuments } from '../sandbox/preview.js';
import { planSandbox } from '../sandbox/sandbox-plan.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase } from './installation.js';
import { readMapping } from './mapping-diff.js';
import { planFacts } from './mapping-facts.js';
import { previewText } from './preview/preview-text.js';
import type { PreviewedStored } from './preview/preview-stored.js';
import { previewNumber, previewWaiting } from './preview/preview-stored.js';

interface PreviewOptions {
  document?: string;
  id?: string;
  waiting?: boolean;
  erp?: string;
  json?: boolean;
  config?: string;
}

export function addPreviewCommand(program: Command): void {
  program
    .command('preview')
    .description(
      'Shows the ledger and the exact ERP documents, with the rule that decided each line: of a file, of a waiting document, or of all that wait. Writes nothing.',
    )
    .option('--document <file>', 'JSON file: an envelope of FIS documents or a bare document; needs no server')
    .option('--id <number>', 'waiting document, by any of its numbers')
    .option('--waiting', 'all documents of which the ERP holds nothing yet')
    .option('--erp <name>', 'with --waiting: only those for this ERP connection')
    .option('--config <file>', 'connections file; with --document the mapping of the sandbox where it is left out')
    .option('--json', 'one JSON object')
    .action(async (options: PreviewOptions) => {
      const sources = [options.document, options.id, options.waiting].filter((source) => source !== undefined);
      if (sources.length !== 1) throw new UsageError('Say what to preview: --document FILE, --id NUMBER or --waiting.');
      if (options.document === undefined) await showStored(options);
      else show(previewFile(options.document, options.config), options.json);
    });
}

function show(preview: Preview, asJson: boolean | undefined): void {
  if (asJson) {
    console.log(JSON.stringify(preview));
    return;
  }
  for (const document of preview.documents) print(`${document.docType} ${document.documentId}`, document);
  for (const { file, reason } of preview.skipped) console.log(`skipped ${file}: ${reason}`);
}

async function showStored(options: PreviewOptions): Promise<void> {
  const { connections } = findInstallation(options.config);
  await withDatabase(connections, async (db) => {
    const given = { db, rules: connections.rules, facts: await planFacts(connections, db) };
    const documents: PreviewedStored[] = [];
    const found = options.id === undefined ? previewWaiting(given) : await previewNumber(given, options.id);
    for await (const document of found) {
      if (options.erp !== undefined && !isFor(document, options.erp)) continue;
      if (options.json) documents.push(document);
      else print(headOf(document), document);
    }
    if (options.json) console.log(JSON.stringify({ documents }));
  });
}

const isFor = ({ target, erpDocuments }: PlanPreview, erp: string): boolean =>
  target?.erp === erp || erpDocuments.some((document) => document.erp === erp);

function headOf({ docType, number, holdReason, released, plan }: PreviewedStored): string {
  const isReleased = released !== null && released.plan === plan;
  const state = isReleased ? `released by ${released.by}` : (holdReason ?? 'under way');
  return `${docType} ${number} (${state})`;
}

function print(head: string, preview: PlanPreview): void {
  console.log([head, ...previewText(preview).map((line) => `  ${line}`), ''].join('\n'));
}

function previewFile(path: string, config: string | undefined): Preview {
  const file = { name: path, text: read(path) };
  const { documents } = loadDocuments([file]);
  if (documents.length === 0) throw new UsageError(`${path} holds no FIS document.`);
  const facts = { openFrom: {}, resolvedVendors: {} };
  if (config === undefined) {
    const { legalEntity, mapping: companies } = planSandbox(documents, { erp: 'both' });
    const zones = Object.fromEntries(companies.map(({ erp, company }) => [`${erp}/${company}`, 'UTC']));
    const rules = { version: 'sandbox', legalEntity, companies };
    return previewDocuments([file], rules, { ...facts, today: todayByCompany(new Date(), zones) });
  }
  // A file needs no server, and so no secrets of one.
  const { rules, timeZones, openFrom } = planningSettings(readMapping(config));
  return previewDocuments([file], rules, { ...facts, openFrom, today: todayByCompany(new Date(), timeZones) });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}
