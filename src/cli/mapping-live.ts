import type { ErpPort, MasterDataFinding, MasterDataLine, MasterDataRequest } from '../contracts/erp-port.js';
import type { MappingPlace } from '../contracts/mapping-rules.js';
import type { ExaminedCompany } from '../config/examine-mapping.js';
import type { MappingFault } from '../config/mapping-fault.js';
import { inChunks } from '../mapping/grouping.js';
import type { MappingEntry } from '../mapping/mapping-entries.js';
import { mappingEntries } from '../mapping/mapping-entries.js';

/** So many codes of one kind are asked for at once; the adapters divide them further as their services need it. */
const mostCodes = 500;

/**
 * Asks the ERP about every code that the mapping of a company names: vendors and whether they are blocked, accounts and whether
 * they take postings, dimensions and their values, and what the set-up of accounts says of their dimensions. Reads only. Rows
 * whose days are over are not asked for.
 * @param today `YYYY-MM-DD`
 */
export async function judgeLive(
  { company, codes }: ExaminedCompany,
  port: ErpPort,
  today: string,
  signal: AbortSignal,
): Promise<MappingFault[]> {
  const entries = mappingEntries(codes).filter(({ to }) => to === undefined || to >= today);
  const faults: MappingFault[] = [];
  for (const request of requestsFor(company, entries)) {
    const findings = await port.checkMasterData(request, signal);
    faults.push(...findings.flatMap((finding) => faultsOf(finding, entries, codes)));
  }
  const lines = await lineFaults(company, codes, entries, port, signal);
  return withoutDoubles([...faults, ...lines]);
}

function requestsFor(company: string, entries: readonly MappingEntry[]): MasterDataRequest[] {
  const codesOf = (kind: MappingEntry['kind']): string[] => [
    ...new Set(entries.filter((entry) => entry.kind === kind).map(({ erp }) => erp)),
  ];
  const dimensions = entries.flatMap(({ dimension, erp }) =>
    dimension === undefined ? [] : [{ dimension, value: erp }],
  );
  const distinct = [...new Map(dimensions.map((each) => [`${each.dimension}=${each.value}`, each])).values()];
  const empty = { company, vendors: [], accounts: [], dimensions: [], journalNames: [] };
  return [
    ...inChunks(codesOf('vendor'), mostCodes).map((vendors) => ({ ...empty, vendors })),
    ...inChunks(codesOf('account'), mostCodes).map((accounts) => ({ ...empty, accounts })),
    ...inChunks(distinct, mostCodes).map((some) => ({ ...empty, dimensions: some })),
  ];
}

const remedies: Record<MasterDataFinding['kind'], string> = {
  'vendor-missing': 'create the vendor in the ERP, or correct the row',
  'vendor-blocked': 'release the vendor in the ERP, or map to another one',
  'account-missing': 'create the account in the ERP, or correct the row',
  'account-blocked': 'map to an account that takes postings, or open this one in the ERP',
  'dimension-missing': 'create it in the ERP, or correct the row',
  'dimension-blocked': 'map to a value that is open, or open this one in the ERP',
  setup: 'correct the set-up in the ERP; `concur-dynamics doctor` tells more',
};

/** A finding, once for each row that names the code. */
function faultsOf(
  { kind, code, message }: MasterDataFinding,
  entries: readonly MappingEntry[],
  { places = {} }: ExaminedCompany['codes'],
): MappingFault[] {
  const named = entries.filter((entry) => sameCode(nameOf(entry), code) && isAbout(kind, entry));
  const dimension = Object.entries(places).find(([path]) => sameCode(path, `dimensions.${code}`))?.[1];
  const found = named.length > 0 ? named.map(({ place }) => place) : [dimension];
  return found.map((place) => fault(place, message, remedies[kind], 'fault'));
}

const nameOf = ({ dimension, erp }: MappingEntry): string => (dimension === undefined ? erp : `${dimension}=${erp}`);
const sameCode = (left: string, right: string): boolean => left.trim().toUpperCase() === right.trim().toUpperCase();
const isAbout = (kind: MasterDataFinding['kind'], entry: MappingEntry): boolean => kind.startsWith(`${entry.kind}-`);

const nowhere: MappingPlace = { file: 'mapping', line: 1 };

function fault(
  place: MappingPlace | undefined,
  message: string,
  remedy: string,
  severity: MappingFault['severity'],
): MappingFault {
  return { ...(place ?? nowhere), severity, message, remedy };
}

/**
 * What the set-up of the accounts says of their dimensions. The values of a document are not known yet, so that a finding is told
 * only if it is there both when all dimensions of the mapping have a value and when the required ones alone have one.
 */
async function lineFaults(
  company: string,
  { dimensions }: ExaminedCompany['codes'],
  entries: readonly MappingEntry[],
  port: ErpPort,
  signal: AbortSignal,
): Promise<MappingFault[]> {
  const accounts = entries.filter(({ kind }) => kind === 'account');
  const samples = dimensions.flatMap(({ dimension, required }) => {
    const value = entries.find((entry) => entry.dimension === dimension)?.erp;
    return value === undefined ? [] : [{ dimension, value, required }];
  });
  const faults: MappingFault[] = [];
  for (const some of inChunks(accounts, mostCodes)) {
    const ask = async (isUsed: (sample: { required: boolean }) => boolean): Promise<Map<string, MasterDataFinding>> => {
      const values = samples.filter(isUsed).map(({ dimension, value }) => ({ dimension, value }));
      const lines = some.map(({ erp, isCost }): MasterDataLine => ({
        account: erp,
        vendor: false,
        dimensions: isCost ? values : [],
      }));
      const named = [...new Set(some.map(({ erp }) => erp))];
      const request = { company, vendors: [], accounts: named, dimensions: [], journalNames: [], lines };
      const findings = await port.checkMasterData(request, signal);
      return new Map(
        findings
          .filter(({ kind, code }) => kind === 'dimension-missing' && code.includes('/'))
          .map((each) => [each.code, each]),
      );
    };
    const withAll = await ask(() => true);
    const withRequired = withAll.size === 0 ? withAll : await ask(({ required }) => required);
    for (const [code, { message }] of withAll) {
      if (!withRequired.has(code)) continue;
      const account = code.slice(0, code.lastIndexOf('/'));
      const places = some.filter(({ erp }) => sameCode(erp, account)).map(({ place }) => place);
      const remedy = 'map the dimension, or change the default dimensions of the account in the ERP';
      faults.push(...places.map((place) => fault(place, message, remedy, 'warning')));
    }
  }
  return faults;
}

function withoutDoubles(faults: MappingFault[]): MappingFault[] {
  return [...new Map(faults.map((each) => [`${each.file}:${each.line}:${each.message}`, each])).values()];
}
