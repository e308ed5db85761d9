import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LauncherError } from '../../src/launcher/launcher-error.js';
import { choosePostgres, installedPostgres } from '../../src/launcher/postgres-programs.js';
import { startPostgres } from '../../src/launcher/postgres.js';
import { startTemporal } from '../../src/launcher/temporal-server.js';

const programs = (majorVersion: string): { initdb: string; postgres: string; majorVersion: string } => ({
  initdb: `/${majorVersion}/initdb`,
  postgres: `/${majorVersion}/postgres`,
  majorVersion,
});

describe('choosing a PostgreSQL', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'connector-postgres-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const dataOf = (version: string): string => {
    const data = join(folder, `data-${version}`);
    mkdirSync(data);
    writeFileSync(join(data, 'PG_VERSION'), `${version}\n`);
    return data;
  };

  it('new data take the preferred installation, existing data one of their own version', () => {
    const installed = [programs('18'), programs('15')];
    assert.equal(choosePostgres(join(folder, 'new'), installed).majorVersion, '18');
    assert.equal(choosePostgres(dataOf('15'), installed).majorVersion, '15');
  });

  it('without any, or without the version of the data, the error names the ways', () => {
    for (const [data, installed] of [
      [join(folder, 'new'), []],
      [dataOf('14'), [programs('18')]],
    ] as const) {
      assert.throws(
        () => choosePostgres(data, installed),
        (error: unknown) => {
          assert.ok(error instanceof LauncherError);
          for (const way of ['DATABASE_URL', 'npm ci', 'postgresql']) assert.match(error.message, new RegExp(way));
          return true;
        },
      );
    }
  });

  it('npm brought one for this machine, or Debian did', () => {
    assert.ok(installedPostgres().length > 0);
  });
});

describe('servers of somebody else', () => {
  it('DATABASE_URL is used as it is, nothing is started and nothing ended', async () => {
    const url = 'postgres://someone:secret@db.example:5432/ledger';
    const server = await startPostgres({ folder: '/nowhere', env: { DATABASE_URL: url } });
    assert.equal(server.url, url);
    assert.equal(server.pid, undefined);
    await server.stop();
  });

  it('TEMPORAL_ADDRESS is used as it is, nothing is started and nothing ended', async () => {
    const env = { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_UI_URL: 'https://ui.example' };
    const server = await startTemporal({ dbFile: '/nowhere/temporal.db', searchAttributes: {}, find: { env } });
    assert.equal(server.address, 'temporal.example:7233');
    assert.equal(server.uiUrl, 'https://ui.example');
    assert.equal(server.pid, undefined);
    await server.stop();
  });
});
