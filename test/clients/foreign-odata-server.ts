import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { testDatabase } from '../support/postgres.js';

const require = createRequire(import.meta.url);
/** Rows per page, so that a handful of rows has pages. */
export const pageSize = 3;

/** Sets and fields as F&O publishes them, as far as the tests use them; served by SAP's CAP, which nobody here wrote. */
const model = `
@path: '/data'
service Foreign {
  entity VendTransBiEntities {
    key dataAreaId : String(4);
    key SourceKey  : Integer64;
    AccountNum     : String(60);
    Invoice        : String(60);
    AmountCur      : Decimal(32, 6);
    SysModifiedDateTime : DateTime;
  }
  entity LedgerJournalHeaders {
    key dataAreaId         : String(4);
    key JournalBatchNumber : String(10);
    JournalName            : String(10) @mandatory;
    Description            : String(60);
  }
  entity LedgerJournalLines {
    key dataAreaId         : String(4);
    key JournalBatchNumber : String(10);
    key LineNumber         : Decimal(20, 10);
    DebitAmount            : Decimal(32, 6);
    TransDate              : DateTime;
    Text                   : String(60);
  }
}
`;

/** The folder of npm packages that holds the server, or the reason why there is none. */
export function foreignPackages(): { folder: string } | { missing: string } {
  try {
    require.resolve('@cap-js/postgres/package.json');
    return { folder: dirname(dirname(dirname(require.resolve('@sap/cds/package.json')))) };
  } catch {
    return { missing: 'the npm packages @sap/cds and @cap-js/postgres are not installed' };
  }
}

/** Starts the foreign server over a database of its own. */
export async function startForeignOData(packages: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'foreign-odata-'));
  mkdirSync(join(folder, 'srv'));
  symlinkSync(packages, join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'srv', 'service.cds'), model);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project(database.url)));
  const program = (name: string): string => join(packages, '@sap', 'cds', 'bin', `${name}.js`);
  const stopped = async (): Promise<void> => {
    rmSync(folder, { recursive: true, force: true });
    await database.close();
  };
  try {
    await ended(program('deploy'), folder);
    const { url, stop } = await served(program('serve'), folder);
    return {
      url,
      stop: async () => {
        await stop();
        await stopped();
      },
    };
  } catch (error) {
    await stopped();
    throw error;
  }
}

function project(databaseUrl: string): unknown {
  const { hostname: host, port, username: user, password, pathname } = new URL(databaseUrl);
  const database = pathname.slice(1);
  const credentials = { host, port: Number(port), user, password: decodeURIComponent(password), database };
  return {
    ...{ name: 'foreign-odata', version: '1.0.0', private: true, dependencies: { '@cap-js/postgres': '*' } },
    cds: {
      requires: { db: { kind: 'postgres', credentials }, auth: { kind: 'dummy' } },
      query: { limit: { max: pageSize, default: pageSize } },
    },
  };
}

async function ended(program: string, cwd: string): Promise<void> {
  const child = spawn(process.execPath, [program], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${output}`);
}

async function served(program: string, cwd: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, 'all', '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      const port = /server listening on .*localhost:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    void gone.then(() => reject(new Error(`the foreign OData server ended:\n${output}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(late);
    },
  };
}
