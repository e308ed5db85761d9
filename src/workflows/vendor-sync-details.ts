import type { SyncVendorsInput, SyncVendorsResult } from '../contracts/vendor-master.js';

/** What the Temporal UI shows under "User Metadata" of a vendor sync: what it found, what it has done, what a person can do. */
export function vendorSyncDetails(
  { concur, erp, company, dryRun }: SyncVendorsInput,
  result: SyncVendorsResult | undefined,
  remaining: number,
): string {
  const lines = [`### Vendors of ${erp}/${company} to Concur company ${concur}`, ''];
  if (result === undefined) return [...lines, 'All vendors of the company are being read.'].join('\n');
  const { read, unchanged, created, updated, blocked, refused, heldBack } = result;
  const verb = heldBack === undefined ? 'told to Concur' : 'would be told to Concur';
  lines.push(
    `Vendors read: **${read}**, of which ${unchanged} are as Concur was last told.`,
    '',
    `- new, ${verb}: **${created}**`,
    `- changed, ${verb}: **${updated}**`,
    `- blocked, ${verb}: **${blocked}**`,
    `- not told, each with its reason in the report: **${refused}**`,
  );
  if (remaining > 0) lines.push('', `${remaining} more to go.`);
  if (heldBack !== undefined) {
    lines.push('', `#### Nothing was written to Concur`, heldBack, '', ...adviceFor(erp, company, dryRun));
  }
  return lines.join('\n');
}

/** An ERP company may be called anything: its name is quoted. */
function adviceFor(erp: string, company: string, dryRun: boolean): string[] {
  const name = `'${company.replaceAll("'", "'\\''")}'`;
  const command = (verb: string): string[] => [
    '```',
    `concur-dynamics vendors ${verb} --erp ${erp} --company ${name}`,
    '```',
  ];
  const look = ['Each vendor and its reason:', ...command('report')];
  if (dryRun) return [...look, 'To write it:', ...command('sync')];
  return [...look, 'If all this is meant to change:', ...command(`sync --force --by 'YOUR NAME'`)];
}
