import type { Database } from '../store/database.js';
import type { ToldVendorRow } from '../store/told-vendors.js';
import { listToldVendors } from '../store/told-vendors.js';
import type { VendorReportLine, VendorRun } from '../store/vendor-master-store.js';
import { vendorReport } from '../store/vendor-master-store.js';
import type { ActiveTarget } from './vendors-commands.js';

interface CompanyReport extends ActiveTarget {
  run?: VendorRun;
  differences: VendorReportLine[];
  told: ToldVendorRow[];
}

/**
 * Prints for each target its newest run, and each vendor that differs from what Concur was told, with its reason (S126); no
 * line means that Concur knows all vendors as the ERP has them.
 */
export async function reportVendors(
  db: Database,
  targets: ActiveTarget[],
  { json, told }: { json: boolean; told: boolean },
): Promise<void> {
  const reports: CompanyReport[] = [];
  for (const target of targets) {
    const { concur, erp, company } = target;
    const { run, lines } = await vendorReport(db, concur, erp, company);
    const rows = await listToldVendors(db, concur, erp, company);
    reports.push({ ...target, ...(run === undefined ? {} : { run }), differences: lines, told: rows });
  }
  if (json) console.log(JSON.stringify(reports, null, 2));
  else for (const report of reports) for (const line of linesOf(report, told)) console.log(line);
}

function linesOf({ erp, company, concur, run, differences, told }: CompanyReport, showsTold: boolean): string[] {
  const heading = `Vendors of ${erp}/${company} in Concur company ${concur}`;
  if (run === undefined) return [heading, '  No run has read them yet.'];
  return [
    heading,
    ...runLines(run),
    `  Concur was told of ${told.filter(({ record }) => record !== null).length} vendors.`,
    differences.length === 0 ? '  No difference.' : `  ${differences.length} differences:`,
    ...differences.map((line) => `    ${differenceLine(line)}`),
    ...(showsTold ? told.map((row) => `    ${toldLine(row)}`) : []),
  ];
}

function runLines({ startedAt, finishedAt, dryRun, forced, by, result }: VendorRun): string[] {
  const kind = [dryRun ? 'dry run' : 'run', ...(forced ? ['forced'] : [])].join(', ');
  const end = finishedAt === undefined ? 'not finished' : `finished ${finishedAt.toISOString()}`;
  const { read, unchanged, created, updated, blocked, refused, heldBack } = result;
  return [
    `  Newest ${kind}, asked for by ${by}, ${startedAt.toISOString()}, ${end}.`,
    `  ${read} read, ${unchanged} unchanged, ${created} new, ${updated} changed, ${blocked} blocked, ${refused} not told.`,
    ...(heldBack === undefined ? [] : [`  HELD BACK: ${heldBack}`]),
  ];
}

function differenceLine({
  account = '(no account)',
  name = '',
  state,
  kind,
  changed,
  message,
}: VendorReportLine): string {
  const what = [kind, changed.join(' ')].filter((part) => part !== undefined && part !== '').join(': ');
  return [account.padEnd(20), state.padEnd(9), name, what, message].filter((part) => part !== '').join('  ');
}

function toldLine({ account, record, state, toldAt }: ToldVendorRow): string {
  if (record === null) return `${account.padEnd(20)}  never taken`;
  const { addressCode, vendorName, approved } = record;
  const usable = approved ? 'approved' : 'blocked';
  const note = state === 'refused' ? '  (its last change was refused)' : '';
  return `${account.padEnd(20)}  ${addressCode.padEnd(20)}  ${usable.padEnd(8)}  ${toldAt.toISOString()}  ${vendorName}${note}`;
}
