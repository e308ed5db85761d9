import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { todayByCompany } from '../activities/plan-document.js';
import { loadConnections } from '../config/load-connections.js';
import type { MappingRules } from '../contracts/mapping-rules.js';
import { loadDocuments } from '../sandbox/load-documents.js';
import type { Preview } from '../sandbox/preview.js';
import { previewDocuments } from '../sandbox/preview.js';
import { planSandbox } from '../sandbox/sandbox-plan.js';
import { UsageError } from './failure.js';

interface PreviewOptions {
  document: string;
  json?: boolean;
  config?: string;
}

export function addPreviewCommand(program: Command): void {
  program
    .command('preview')
    .description(
      'Shows the ledger and the exact ERP documents of the FIS documents in a file. Writes nothing, needs no server.',
    )
    .requiredOption('--document <file>', 'JSON file: an envelope of FIS documents or a bare document')
    .option('--config <file>', 'connections file with the mapping; the mapping of the sandbox where it is left out')
    .option('--json', 'one JSON object')
    .action((options: PreviewOptions) => {
      const preview = makePreview(options);
      if (options.json) console.log(JSON.stringify(preview));
      else print(preview);
    });
}

function makePreview(options: PreviewOptions): Preview {
  const file = { name: options.document, text: read(options.document) };
  const { documents } = loadDocuments([file]);
  if (documents.length === 0) throw new UsageError(`${options.document} holds no FIS document.`);
  if (options.config === undefined) {
    const plan = planSandbox(documents, { erp: 'both' });
    const rules: MappingRules = { version: 'sandbox', legalEntity: plan.legalEntity, companies: plan.mapping };
    return previewDocuments([file], rules, facts(rules, {}, {}));
  }
  const { rules, file: connections } = loadConnections(options.config, {
    DATABASE_URL: 'postgres://unused',
    ...process.env,
  });
  const companies = connections.erp.flatMap((erp) =>
    erp.companies.map((company) => ({ key: `${erp.name}/${company.company}`, company })),
  );
  const timeZones = Object.fromEntries(companies.map(({ key, company }) => [key, company.timeZone]));
  const openFrom = Object.fromEntries(
    companies.flatMap(({ key, company }) => (company.openFrom === undefined ? [] : [[key, company.openFrom]])),
  );
  return previewDocuments([file], rules, facts(rules, timeZones, openFrom));
}

function facts(rules: MappingRules, timeZones: Record<string, string>, openFrom: Record<string, string>) {
  const zones = Object.fromEntries(
    rules.companies.map(({ erp, company }) => [`${erp}/${company}`, timeZones[`${erp}/${company}`] ?? 'UTC']),
  );
  return { today: todayByCompany(new Date(), zones), openFrom, resolvedVendors: {} };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}

function print({ documents, skipped }: Preview): void {
  for (const { documentId, docType, ledger, erpDocuments, warnings, refusals } of documents) {
    console.log(`${docType} ${documentId}`);
    for (const line of ledger?.lines ?? []) {
      const name = [
        line.leg,
        line.account ?? line.party ?? line.authority,
        line.id ?? line.taxCode,
        ...Object.values(line.costObjects ?? {}),
      ];
      console.log(`  ${line.amount.padStart(14)} ${ledger?.currency ?? ''}  ${name.filter(Boolean).join(' ')}`);
    }
    for (const document of erpDocuments) {
      console.log(
        `  → ${document.erp}/${document.company} ${document.route}, ${document.debitTotal} ${document.currency}, posting date ${document.postingOn}`,
      );
    }
    for (const warning of warnings) console.log(`  warning ${warning.code}: ${warning.message}`);
    for (const refusal of refusals)
      console.log(`  REFUSED (${refusal.hold}) ${refusal.message} ${refusal.remedy ?? ''}`);
  }
  for (const { file, reason } of skipped) console.log(`skipped ${file}: ${reason}`);
}
