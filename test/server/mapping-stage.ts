import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startSimulators, type RunningSystem } from '../../simulators/running-system.js';
import type { DocType } from '../../src/contracts/documents.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { storeDiscovered } from '../../src/store/document-store.js';
import { settings } from '../simulators/fo-stage.js';
import { testDatabase } from '../support/postgres.js';
import { validEnvironment } from '../unit/config-files.js';

const company = "O'Brien & Söhne";

/** A simulated Business Central company, a database, and the files of an installation with this one company. */
export interface MappingStage {
  environment: NodeJS.ProcessEnv;
  databaseUrl: string;
  system: RunningSystem;
  /** Writes an installation whose company has this mapping; gives the path of its connections file. */
  install: (mapping: string, tables?: Record<string, string>) => string;
  /** Stores a document as if Concur had delivered it. */
  store: (docType: DocType, fiId: string, payload: string) => Promise<void>;
  close: () => Promise<void>;
}

export async function mappingStage(): Promise<MappingStage> {
  const root = mkdtempSync(join(tmpdir(), 'mapping-'));
  const system = await startSimulators({ ...settings, stateFolder: root });
  const database = await testDatabase();
  const db = openDatabase(database.url);
  await migrate(db);
  system.world.bc.loadMasterData?.({
    companies: [
      {
        name: company,
        currency: 'EUR',
        vendors: [
          { number: 'E-001', displayName: 'Ada Albrecht' },
          { number: 'E-002', displayName: 'Ben Bauer', blocked: 'All' },
          { number: 'V-1', displayName: 'First Supplies GmbH' },
        ],
        accounts: [
          { number: '6100', displayName: 'Hotels', role: 'cost' },
          { number: '6110', displayName: 'Flights', role: 'cost' },
          { number: '6190', displayName: 'Travel, total', role: 'cost', accountType: 'Total' },
          { number: '6195', displayName: 'Travel, old', role: 'cost', blocked: true },
          { number: '2100', displayName: 'Card', role: 'clearing' },
        ],
        dimensions: [{ code: 'DEPARTMENT', values: [{ code: 'SALES' }, { code: 'D410' }] }],
      },
    ],
  });
  let installed = 0;
  return {
    environment: { ...validEnvironment, BC_SECRET: settings.bc.clientSecret, DATABASE_URL: database.url },
    databaseUrl: database.url,
    system,
    install: (mapping, tables = {}) => {
      installed += 1;
      const path = join(root, String(installed), 'connections.yaml');
      mkdirSync(join(dirname(path), 'mapping'), { recursive: true });
      writeFileSync(path, connectionsFile(system));
      writeFileSync(join(dirname(path), 'concur-secret'), 'concur-secret-value\n');
      for (const [name, text] of Object.entries({ 'bc.yaml': mapping, ...tables })) {
        writeFileSync(join(dirname(path), 'mapping', name), text);
      }
      return path;
    },
    store: async (docType, fiId, payload) => {
      const { businessId, revision, humanNumber, payee, currency, total } = readConcurDocument(docType, payload);
      await storeDiscovered(db, {
        ...{
          id: `concur:emea:${docType}:${fiId}`,
          connection: 'emea',
          docType,
          fiId,
          businessId,
          revision,
          humanNumber,
        },
        ...{ payload, payloadSha256: fiId, payeeId: payee.id, payeeCode: payee.id, currency, amount: total },
      });
    },
    close: async () => {
      await db.end();
      await database.close();
      await system.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function connectionsFile({ urls }: RunningSystem): string {
  const { tenant, environment, clientId, scope } = settings.bc;
  return `operation:
  encryptionKey: { env: ENCRYPTION_KEY }
concur:
  - name: emea
    tokenUrl: https://glz.example
    companyUuid: 7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11
    clientId: concur-app
    clientSecret: { file: concur-secret }
    systemId: connector-emea
erp:
  - name: bc
    kind: business-central
    baseUrl: ${urls.bc}
    authority: ${urls.entra}
    scope: ${scope}
    tenant: ${tenant}
    environment: ${environment}
    clientId: ${clientId}
    clientSecret: { env: BC_SECRET }
    companies:
      - company: ${company}
        currency: EUR
        mapping: { file: mapping/bc.yaml }
rules:
  legalEntity:
    - path: report.ledgerCode
      codes:
        DE01: { erp: bc, company: ${company} }
`;
}
