import { resolve } from 'node:path';
import type { Connections } from '../config/load-connections.js';
import type { ExaminedCompany, MappingExamination, NamedMapping } from '../config/examine-mapping.js';
import { examineMappings, sorted } from '../config/examine-mapping.js';
import type { MappingFault } from '../config/mapping-fault.js';
import { SettingsError } from '../config/settings-error.js';
import { ExternalSystemError } from '../clients/http/errors.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { groupedBy } from '../mapping/grouping.js';
import { Unreachable } from './failure.js';
import { findInstallation, sandboxFolder, withDatabase } from './installation.js';
import { withErps } from './mapping-erps.js';
import { judgeLive } from './mapping-live.js';

/** What `mapping check` has found. */
export interface MappingReport {
  /** No fault, no warning counts as one, and every ERP that should be asked has answered. */
  ok: boolean;
  findings: MappingFault[];
  /** Of each company: the digest of its mapping, and who has written and approved it. Empty while there are faults. */
  mappings: NamedMapping[];
  /** Files that were read, relative to the folder of the connections file. */
  files: string[];
  /** `erp/company` of the companies whose ERP has judged the codes. */
  asked: string[];
  /** Why the others were not asked. */
  notAsked: { company: string; reason: string }[];
}

export interface CheckOptions {
  config?: string;
  offline?: boolean;
  json?: boolean;
}

export async function checkMapping(options: CheckOptions): Promise<void> {
  const report = await examineAll(options);
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else for (const line of linesOf(report)) console.log(line);
  const isFaulty = report.findings.some(({ severity }) => severity === 'fault');
  process.exitCode = isFaulty ? 2 : report.ok ? 0 : 1;
}

/**
 * Examines the mapping files of an installation and, unless `offline`, asks the ERPs about what they name: all in one run, so
 * that a fault of one file hides none of another.
 */
export async function examineAll({ config, offline }: CheckOptions, environment = process.env): Promise<MappingReport> {
  const path = config ?? resolve(sandboxFolder(), 'connections.yaml');
  const examination = examineMappings(path);
  const live = offline === true ? nothingAsked : await askErps(path, examination, environment);
  const findings = sorted([...examination.faults, ...live.findings], examination.files);
  const isFaulty = findings.some(({ severity }) => severity === 'fault');
  return {
    ok: !isFaulty && live.notAsked.length === 0,
    findings,
    mappings: examination.mappings,
    files: examination.files,
    asked: live.asked,
    notAsked: live.notAsked,
  };
}

type Live = Pick<MappingReport, 'findings' | 'asked' | 'notAsked'>;
const nothingAsked: Live = { findings: [], asked: [], notAsked: [] };

async function askErps(
  path: string,
  { source, companies }: MappingExamination,
  environment: NodeJS.ProcessEnv,
): Promise<Live> {
  const none = (reason: string): Live => ({
    ...nothingAsked,
    notAsked: companies.map(({ erp, company }) => ({ company: `${erp}/${company}`, reason })),
  });
  if (source === undefined) return none('other parts of the connections file are faulty');
  let connections: Connections;
  try {
    ({ connections } = findInstallation(path, environment, source));
  } catch (error) {
    if (error instanceof SettingsError) return none(error.problems.join('; '));
    throw error;
  }
  try {
    return await withDatabase(connections, (db) =>
      withErps(connections, db, (portOf, signal) => judgeAll(companies, portOf, signal)),
    );
  } catch (error) {
    if (error instanceof Unreachable) return none(error.message);
    throw error;
  }
}

async function judgeAll(
  companies: readonly ExaminedCompany[],
  portOf: (erp: string) => ErpPort | undefined,
  signal: AbortSignal,
): Promise<Live> {
  const live: Live = { findings: [], asked: [], notAsked: [] };
  const today = new Date().toISOString().slice(0, 10);
  for (const company of companies) {
    const name = `${company.erp}/${company.company}`;
    try {
      const port = portOf(company.erp);
      if (port === undefined) continue;
      live.findings.push(...(await judgeLive(company, port, today, signal)));
      live.asked.push(name);
    } catch (error) {
      if (!(error instanceof ExternalSystemError)) throw error;
      live.notAsked.push({ company: name, reason: error.message });
    }
  }
  return live;
}

function linesOf({ findings, mappings, files, asked, notAsked }: MappingReport): string[] {
  const count = (severity: MappingFault['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return [
    ...findings.map(
      ({ file, line, severity, message, remedy }) =>
        `${file}:${line}: ${severity === 'warning' ? 'warning: ' : ''}${message}; ${remedy}`,
    ),
    ...mappings.map(({ company, digest, author, approver }) => {
      const people = author === undefined ? 'approved by nobody' : `by ${author}, approved by ${approver ?? ''}`;
      return `${company}: mapping ${digest}, ${people}`;
    }),
    ...[...groupedBy(notAsked, ({ reason }) => reason)].map(
      ([reason, some]) => `Not asked: ${some.map(({ company }) => company).join(', ')}. ${reason}`,
    ),
    `${files.length} files, ${count('fault')} faults, ${count('warning')} warnings; asked: ${asked.join(', ') || 'no ERP'}.`,
  ];
}
