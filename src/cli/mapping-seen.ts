import { ExternalSystemError } from '../clients/http/errors.js';
import { mostSimilar } from '../config/similar-text.js';
import type { Connections } from '../config/load-connections.js';
import type { ErpPort } from '../contracts/erp-port.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import type { PlanFacts } from '../contracts/mapping-rules.js';
import { inChunks } from '../mapping/grouping.js';
import { mappedDocument, unmappedLegs } from '../mapping/mapped-parts.js';
import type { SeenCode } from '../mapping/seen-codes.js';
import { gatherSeenCodes } from '../mapping/seen-codes.js';
import type { Database } from '../store/database.js';
import { reportedDocuments } from '../store/mapping-reports.js';
import { findInstallation, withDatabase } from './installation.js';
import { withErps } from './mapping-erps.js';
import { planFacts, readReported } from './mapping-facts.js';

/** A code without a row, and codes of the ERP that may be meant. Nothing of this is ever applied. */
export interface SeenReportLine extends SeenCode {
  suggestions: { erp: string; name: string; similarity?: number }[];
}

/** An employee whose next document will be held. */
export interface FailingEmployee {
  company: string;
  employee: string;
  name: string;
  reason: string;
}

export interface SeenReport {
  unmapped: SeenReportLine[];
  /** Employees who will fail next: seen lately, and their next document has no vendor that can be used (B29). */
  failingNext: FailingEmployee[];
  /** Why the ERP of a company could not be asked. */
  notAsked: { company: string; reason: string }[];
}

interface SeenOptions {
  config?: string;
  days: number;
  offline?: boolean;
  json?: boolean;
}

export async function reportSeen({ config, days, offline = false, json }: SeenOptions): Promise<void> {
  const { connections } = findInstallation(config);
  const report = await withDatabase(connections, (db) => seenReport(connections, db, { days, offline }));
  if (json) console.log(JSON.stringify(report, null, 2));
  else for (const line of linesOf(report)) console.log(line);
}

/** What stored documents hold that the mapping does not know. */
export async function seenReport(
  connections: Connections,
  db: Database,
  { days, offline }: { days: number; offline: boolean },
): Promise<SeenReport> {
  const gathered = await gather(connections, db, days);
  const report: SeenReport = {
    unmapped: gathered.codes.map((code) => ({ ...code, suggestions: [] })),
    failingNext: [...gathered.unmappedEmployees.values()],
    notAsked: [],
  };
  if (offline) return report;
  await withErps(connections, db, async (portOf, signal) => {
    for (const { erp, company } of connections.rules.companies) {
      const name = `${erp}/${company}`;
      try {
        const port = portOf(erp);
        if (port === undefined) continue;
        await suggest(
          report.unmapped.filter(({ target }) => `${target.erp}/${target.company}` === name),
          port,
          signal,
        );
        report.failingNext.push(...(await unusableVendors(name, company, gathered.vendors, port, signal)));
      } catch (error) {
        if (!(error instanceof ExternalSystemError)) throw error;
        report.notAsked.push({ company: name, reason: error.message });
      }
    }
  });
  return report;
}

interface Gathered {
  codes: SeenCode[];
  unmappedEmployees: Map<string, FailingEmployee>;
  /** Vendor accounts of employees whom the mapping knows, by company and account. */
  vendors: Map<string, FailingEmployee & { vendor: string }>;
}

async function gather(connections: Connections, db: Database, days: number): Promise<Gathered> {
  const { rules } = connections;
  const facts = await planFacts(connections, db);
  const seen = gatherSeenCodes();
  const unmappedEmployees: Gathered['unmappedEmployees'] = new Map();
  const vendors: Gathered['vendors'] = new Map();
  for await (const stored of reportedDocuments(db, days)) {
    const reading = readReported(stored);
    if (reading === undefined) continue;
    const input = { ...reading, rules, facts: { ...facts, fiId: stored.fiId } };
    if (!stored.isClosed) seen.add(stored.id, unmappedLegs(input));
    if (reading.document.payee.kind !== 'employee') continue;
    // The next document of the same employee is dated today: rows that hold for other days do not count.
    const next = { ...input, document: { ...reading.document, documentOn: todayOf(facts, reading.document) } };
    noteEmployee(next, unmappedEmployees, vendors);
  }
  return { codes: seen.list(), unmappedEmployees, vendors };
}

function todayOf({ today }: Pick<PlanFacts, 'today'>, { documentOn }: NeutralDocument): string {
  return Object.values(today).sort().at(-1) ?? documentOn;
}

function noteEmployee(
  input: Parameters<typeof mappedDocument>[0],
  unmapped: Gathered['unmappedEmployees'],
  vendors: Gathered['vendors'],
): void {
  const { payee } = input.document;
  for (const leg of unmappedLegs(input)) {
    if (leg.unmapped.kind !== 'employee') continue;
    const company = `${leg.target.erp}/${leg.target.company}`;
    const reason = `no vendor account: ${leg.why}`;
    unmapped.set(`${company} ${leg.unmapped.code}`, { company, employee: leg.unmapped.code, name: payee.name, reason });
  }
  for (const line of mappedDocument(input).lines) {
    if (line.accountType !== 'vendor') continue;
    const company = `${line.target.erp}/${line.target.company}`;
    const known = { company, employee: payee.id, name: payee.name, reason: '', vendor: line.account };
    vendors.set(`${company} ${line.account} ${payee.id}`, known);
  }
}

async function unusableVendors(
  name: string,
  company: string,
  vendors: Gathered['vendors'],
  port: ErpPort,
  signal: AbortSignal,
): Promise<FailingEmployee[]> {
  const own = [...vendors.values()].filter((each) => each.company === name);
  const failing: FailingEmployee[] = [];
  for (const some of inChunks([...new Set(own.map(({ vendor }) => vendor))], 500)) {
    const request = { company, vendors: some, accounts: [], dimensions: [], journalNames: [] };
    const findings = await port.checkMasterData(request, signal);
    for (const { kind, code, message } of findings) {
      if (kind !== 'vendor-missing' && kind !== 'vendor-blocked') continue;
      const concerned = own.filter(({ vendor }) => vendor.toUpperCase() === code.toUpperCase());
      failing.push(...concerned.map(({ vendor: _vendor, ...employee }) => ({ ...employee, reason: message })));
    }
  }
  return failing;
}

/** Vendors by their names; accounts and values of dimensions where the ERP has one of the same code. */
async function suggest(lines: SeenReportLine[], port: ErpPort, signal: AbortSignal): Promise<void> {
  const payees = lines.filter(({ kind }) => kind === 'employee' || kind === 'supplier');
  const [{ target } = { target: undefined }] = lines;
  if (target === undefined) return;
  if (payees.length > 0) {
    const { vendors } = await port.readVendors(target.company, signal, () => undefined);
    const offered = vendors.filter((vendor) => vendor.offered);
    for (const line of payees) {
      line.suggestions = mostSimilar(line.names[0] ?? '', offered, ({ name }) => name).map(
        ({ candidate, similarity }) => ({ erp: candidate.account, name: candidate.name, similarity }),
      );
    }
  }
  await suggestSameCodes(lines, target.company, port, signal);
}

async function suggestSameCodes(
  lines: SeenReportLine[],
  company: string,
  port: ErpPort,
  signal: AbortSignal,
): Promise<void> {
  const isAccount = ({ kind }: SeenReportLine): boolean => kind === 'account' || kind === 'advance';
  const codes = lines.filter((line) => isAccount(line) && line.code !== '' && line.code.length <= 20);
  const values = lines.flatMap((line) =>
    line.dimension === undefined || line.code === '' ? [] : [{ line, dimension: line.dimension, value: line.code }],
  );
  if (codes.length + values.length === 0) return;
  const findings = await port.checkMasterData(
    {
      company,
      vendors: [],
      accounts: [...new Set(codes.map(({ code }) => code))],
      dimensions: values.map(({ dimension, value }) => ({ dimension, value })),
      journalNames: [],
    },
    signal,
  );
  const missing = new Set(findings.map(({ code }) => code.toUpperCase()));
  const offer = (line: SeenReportLine, key: string): void => {
    if (!missing.has(key.toUpperCase())) line.suggestions = [{ erp: line.code, name: 'has the same code' }];
  };
  for (const line of codes) offer(line, line.code);
  for (const { line, dimension, value } of values) offer(line, `${dimension}=${value}`);
}

function linesOf({ unmapped, failingNext, notAsked }: SeenReport): string[] {
  return [
    unmapped.length === 0 ? 'Every code of the open documents is mapped.' : `${unmapped.length} codes are not mapped.`,
    ...unmapped.flatMap(({ target, kind, dimension, code, names, documents, amounts, suggestions }) => [
      `${target.erp}/${target.company}  ${dimension ?? kind}  ${code || '(empty)'}  ${names.slice(0, 2).join(', ')}  ${documents} documents  ${Object.entries(amounts).flat().join(' ')}`,
      ...suggestions.map(
        ({ erp, name, similarity }) =>
          `    perhaps ${erp}  ${name}${similarity === undefined ? '' : `  (${Math.round(similarity * 100)} % alike)`}`,
      ),
    ]),
    failingNext.length === 0 ? 'No employee seen lately will fail next.' : 'Employees who will fail next:',
    ...failingNext.map(({ company, employee, name, reason }) => `${company}  ${employee}  ${name}  ${reason}`),
    ...notAsked.map(({ company, reason }) => `${company} was not asked: ${reason}`),
  ];
}
