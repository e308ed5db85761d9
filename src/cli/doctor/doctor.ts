import { connectEvents } from '../../composition/events-connection.js';
import { usedFeatures } from '../../composition/concur-connection.js';
import type { Parts } from '../../composition/parts.js';
import { assembleParts } from '../../composition/parts.js';
import type { ConcurConnection, ErpConnection } from '../../config/connections-schema.js';
import type { Connections } from '../../config/load-connections.js';
import { SettingsError } from '../../config/settings-error.js';
import { createLogger } from '../../observability/logger.js';
import type { Database } from '../../store/database.js';
import { openDatabase } from '../../store/database.js';
import { createSealer } from '../../store/envelope-encryption.js';
import { createLeaseStore } from '../../store/lease-store.js';
import { createTokenStore } from '../../store/token-store.js';
import { UsageError } from '../failure.js';
import { findInstallation } from '../installation.js';
import { dataCentreFindings } from './data-centre.js';
import { bcFindings } from './bc-findings.js';
import { eventFindings } from './event-findings.js';
import type { AreaReport, Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, warn } from './findings.js';
import { foFindings } from './fo-findings.js';
import { navFindings } from './nav-findings.js';
import { probeHttp } from './probe-http.js';
import { serviceFindings } from './service-findings.js';
import { alertsFinding, databaseFinding, pausesFinding } from './store-findings.js';
import { temporalFindings } from './temporal-findings.js';
import { canCall, tokenFindings } from './token-findings.js';

export interface DoctorOptions {
  /** Connections file; the sandbox where it is left out. */
  config?: string;
  /** One connection, Concur's or an ERP's; all of them where it is left out. */
  connection?: string;
  environment?: NodeJS.ProcessEnv;
  /** Longest time for one check, in milliseconds. */
  limitMs?: number;
}

const installationArea = 'installation';

/**
 * Looks at an installation, at its Concur companies and at its ERPs (B7): configuration, database, Temporal, credentials, data
 * centre, each service, events, the set-up of F&O, of Business Central and of classic NAV, clocks. Reads only, on all sides (S127): nothing is written
 * to Concur or to the ERP, migrated, renewed or signalled. Faults of the file are findings, too.
 * @throws UsageError for a connection that the file does not name
 */
export async function examineInstallation(options: DoctorOptions): Promise<AreaReport[]> {
  const { limitMs = checkLimitMs } = options;
  const loaded = load(options);
  if ('findings' in loaded) return [{ area: installationArea, findings: loaded.findings }];
  const { connections } = loaded;
  const chosen = chosenConnections(connections, options.connection);
  const [temporal, stored] = await Promise.all([
    temporalFindings(
      connections,
      chosen.concurs.map(({ name }) => name),
      limitMs,
    ),
    withDoctorsDatabase(connections, (db) => storedFindings(connections, chosen, db, limitMs)),
  ]);
  const configuration = ok('configuration', 'Readable, with all its secrets and tables.');
  const unusable = warn('connection', 'Not looked at: the database is not usable.');
  return [
    { area: installationArea, findings: [configuration, ...stored.installation, ...temporal.installation] },
    ...chosen.concurs.map(({ name }) => ({
      area: `concur ${name}`,
      findings: [
        ...(stored.connections[name] ?? [{ ...unusable, check: 'credentials' }]),
        ...(temporal.connections[name] ?? [warn('token keeper', 'Not looked at: Temporal cannot be reached.')]),
      ],
    })),
    ...chosen.environments.map(({ name }) => ({
      area: `erp ${name}`,
      findings: stored.connections[name] ?? [unusable],
    })),
  ];
}

interface Chosen {
  concurs: readonly ConcurConnection[];
  environments: readonly ErpConnection[];
}

/** One connection by its name on either side, or all of them. */
function chosenConnections({ file }: Connections, name: string | undefined): Chosen {
  if (name === undefined) return { concurs: file.concur, environments: file.erp };
  const chosen = {
    concurs: file.concur.filter((one) => one.name === name),
    environments: file.erp.filter((one) => one.name === name),
  };
  if (Object.values(chosen).some((found) => found.length > 0)) return chosen;
  const names = [...file.concur, ...file.erp].map((one) => one.name).join(', ');
  throw new UsageError(`There is no connection ${name}; the file names ${names}.`);
}

function load(options: DoctorOptions): { connections: Connections } | { findings: Finding[] } {
  try {
    return { connections: findInstallation(options.config, options.environment).connections };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const remedy = 'Correct the connections file; `concur-dynamics config check` reads it again.';
    return {
      findings: error.problems.map((problem) => fail('configuration', problem, { switchesOff: 'everything', remedy })),
    };
  }
}

interface StoredFindings {
  installation: Finding[];
  connections: Record<string, Finding[]>;
}

const closeLimitMs = 2_000;

/** A database that hangs must not keep the report from being printed. */
async function withDoctorsDatabase(
  connections: Connections,
  work: (db: Database) => Promise<StoredFindings>,
): Promise<StoredFindings> {
  const db = openDatabase(connections.databaseUrl, { max: 6 });
  try {
    return await work(db);
  } finally {
    await examine('database', () => db.end().then(() => []), closeLimitMs);
  }
}

async function storedFindings(
  connections: Connections,
  { concurs, environments }: Chosen,
  db: Database,
  limitMs: number,
): Promise<StoredFindings> {
  const database = (await examine('database', () => databaseFinding(db), limitMs)).map(withRemedy);
  if (database.some(({ status }) => status === 'fail')) return { installation: database, connections: {} };
  const leases = createLeaseStore(db);
  try {
    const logger = createLogger({ level: 'silent', name: 'doctor' });
    const parts = assembleParts({ connections, db, leases, logger, stopping: new AbortController().signal });
    const [alerts, pauses, ...companies] = await Promise.all([
      examine('alerts', () => alertsFinding(db), limitMs),
      examine('pauses', () => pausesFinding(db), limitMs),
      ...concurs.map(async (concur) => ({
        name: concur.name,
        findings: await companyFindings(parts, concur, limitMs),
      })),
      ...environments.map(async (erp) => ({
        name: erp.name,
        findings: await environmentFindings(parts, erp, limitMs),
      })),
    ]);
    return {
      installation: [...database, ...alerts, ...pauses],
      connections: Object.fromEntries(companies.map(({ name, findings }) => [name, findings])),
    };
  } finally {
    leases.close();
  }
}

function environmentFindings(parts: Parts, erp: ErpConnection, limitMs: number): Promise<Finding[]> {
  switch (erp.kind) {
    case 'dynamics-fo':
      return foFindings(parts, erp, limitMs);
    case 'business-central':
      return bcFindings(parts, erp, limitMs);
    case 'dynamics-nav':
      return navFindings(parts, erp, limitMs);
  }
}

const withRemedy = (finding: Finding): Finding =>
  finding.status === 'fail' && finding.remedy === undefined
    ? { ...finding, switchesOff: 'everything', remedy: 'Start PostgreSQL, or correct operation.databaseUrl.' }
    : finding;

/** Everything about one Concur company; the parts do not wait for each other. */
async function companyFindings(parts: Parts, concur: ConcurConnection, limitMs: number): Promise<Finding[]> {
  // Twice the limit: what is asked of the store comes before the services, which have limits of their own.
  const company = await Promise.all([
    examine('credentials', () => credentialsAndServices(parts, concur, limitMs), 2 * limitMs),
    examine('events', () => eventsOf(parts, concur, limitMs), 2 * limitMs),
  ]);
  return company.flat();
}

async function credentialsAndServices(parts: Parts, concur: ConcurConnection, limitMs: number): Promise<Finding[]> {
  const { name: connection, documentTypes } = concur;
  const now = parts.shared.now();
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  const used = usedFeatures(concur, parts.connections.file);
  const facts = await tokens.facts(connection);
  const request = await tokens.requestToken(connection);
  const credentials = tokenFindings({ connection, facts, request, used, now });
  const place = facts === undefined ? [] : dataCentreFindings(facts.geolocation, concur);
  const known = [...credentials, ...place];
  if (!facts || !canCall(facts, now) || place.some(({ status }) => status === 'fail')) {
    return [...known, warn('services', 'Not asked: there is no access token that could be used at an allowed host.')];
  }
  const http = probeHttp(parts, concur, tokens);
  const asked = await serviceFindings({ connection, http, documentTypes, granted: facts.scopes, used, limitMs });
  return [...known, ...asked];
}

async function eventsOf(parts: Parts, concur: ConcurConnection, limitMs: number): Promise<Finding | Finding[]> {
  // Throws where the host of the data center is not allowed.
  const events = connectEvents(parts, concur);
  if (events !== undefined) return eventFindings(events, limitMs);
  return ok('events', 'Not configured: documents are found by the poll only.');
}
