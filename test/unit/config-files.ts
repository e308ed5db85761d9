import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadConnections } from '../../src/config/load-connections.js';
import type { Connections } from '../../src/config/load-connections.js';
import { SettingsError } from '../../src/config/settings-error.js';

/** A complete connections file: one Concur company, one F&O and one Business Central company. */
export const validFile = `operation:
  databaseUrl: postgres://localhost/connector
  encryptionKey: { env: ENCRYPTION_KEY }
concur:
  - name: emea
    tokenUrl: https://glz.example
    companyUuid: 7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11
    clientId: concur-app
    clientSecret: { file: concur-secret }
    systemId: connector-emea
erp:
  - name: fo
    kind: dynamics-fo
    baseUrl: https://contoso.operations.dynamics.com
    tenant: contoso.example
    clientId: fo-app
    clientSecret: { env: FO_SECRET }
    companies:
      - company: demf
        currency: EUR
        timeZone: Europe/Berlin
        journalNames: { expense: EXP, cashadvance: ADV, invoice: INV }
        mapping:
          employees: { codes: { KX10001: E-001 } }
          vendors: { sameCode: true }
          accounts: { table: accounts.csv, codes: { '6110': '611000' } }
  - name: bc
    kind: business-central
    tenant: contoso.example
    environment: production
    clientId: bc-app
    clientSecret: { env: BC_SECRET }
    companies:
      - company: O'Brien & Söhne
        currency: EUR
        mapping: {}
rules:
  legalEntity:
    - path: report.ledgerCode
      codes:
        DE01: { erp: fo, company: demf }
        IE01: { erp: bc, company: O'Brien & Söhne }
`;

export const validEnvironment = {
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  FO_SECRET: 'fo-secret-value',
  BC_SECRET: 'bc-secret-value',
};

export interface ConfigFiles {
  path: string;
  load: (environment?: NodeJS.ProcessEnv) => Connections;
  /** The faults of the file, without its path in front. */
  faults: (environment?: NodeJS.ProcessEnv) => string[];
}

/** Writes a connections file, with some text replaced, and its neighbours into a folder of the test's own. */
export function configFiles(
  test: TestContext,
  replacements: [from: string, to: string][] = [],
  tables: Record<string, string> = {},
): ConfigFiles {
  const folder = mkdtempSync(join(tmpdir(), 'connector-config-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const text = replacements.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the file does not hold ${from}`);
    return before.replace(from, to);
  }, validFile);
  const path = join(folder, 'connections.yaml');
  writeFileSync(path, text);
  writeFileSync(join(folder, 'concur-secret'), 'concur-secret-value\n');
  for (const [name, table] of Object.entries({ 'accounts.csv': 'concur,erp\n6100,610000\n', ...tables })) {
    writeFileSync(join(folder, name), table);
  }
  const load = (environment: NodeJS.ProcessEnv = validEnvironment) => loadConnections(path, environment);
  return {
    path,
    load,
    faults: (environment) => {
      try {
        load(environment);
      } catch (error) {
        if (error instanceof SettingsError) return error.problems.map((problem) => problem.replace(`${path}:`, ''));
        throw error;
      }
      return [];
    },
  };
}
