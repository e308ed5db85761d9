import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LauncherError } from './launcher-error.js';

/** How to run a PostgreSQL program: PostgreSQL refuses to run as root, so root steps down to another user for it. */
export interface PostgresUser {
  /** Absent when we are not root: the programs run as ourselves. */
  ids: { uid: number; gid: number } | undefined;
  /** Command and arguments that run `program` as that user. */
  commandFor: (program: string, args: readonly string[]) => { command: string; args: string[] };
  /** What `spawn` must be told. */
  spawnAs: { uid?: number; gid?: number };
}

const OURSELVES: PostgresUser = {
  ids: undefined,
  commandFor: (program, args) => ({ command: program, args: [...args] }),
  spawnAs: {},
};

const accountOf = (name: string): { uid: number; gid: number } | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
};

/** Owner of existing data, else the account `postgres`, else `nobody`: no account has to be created. */
const accountFor = (dataFolder: string): { uid: number; gid: number } => {
  const owner = existsSync(dataFolder) ? statSync(dataFolder) : undefined;
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = accountOf('postgres') ?? accountOf('nobody');
  if (account !== undefined) return account;
  throw new LauncherError('PostgreSQL cannot run as root, and there is no account `postgres` or `nobody` to run it as');
};

// One capability, to pass through folders that only root may enter (a project below /root, a temporary folder). The secure
// bit keeps it in effect during access(2), with which PostgreSQL looks for its own programs.
const STEP_DOWN = [
  '--clear-groups',
  '--securebits=+no_setuid_fixup',
  '--inh-caps=-all,+dac_read_search',
  '--bounding-set=-all,+dac_read_search',
  '--ambient-caps=+dac_read_search',
];

/**
 * Chooses the user that runs PostgreSQL for this data folder. As root it is a lesser account; where that account cannot
 * reach the programs or the data because a folder above them is closed, `setpriv` lends it the right to pass through.
 *
 * @throws LauncherError when root finds no account, or the account cannot reach the folders and `setpriv` is missing
 */
export const choosePostgresUser = (program: string, dataFolder: string): PostgresUser => {
  if (process.getuid?.() !== 0) return OURSELVES;
  const ids = accountFor(dataFolder);
  const reaches = (command: string, args: string[], as: object): boolean =>
    spawnSync(command, args, { ...as, cwd: '/', stdio: 'ignore' }).status === 0;
  const folder = dirname(dataFolder);
  if (reaches(program, ['--version'], ids) && reaches('ls', ['-d', `${folder}/.`], ids)) {
    return { ids, commandFor: OURSELVES.commandFor, spawnAs: ids };
  }
  const wrap = (command: string, args: readonly string[]): string[] => [
    ...[`--reuid=${ids.uid}`, `--regid=${ids.gid}`, ...STEP_DOWN],
    ...[command, ...args],
  ];
  if (reaches('setpriv', wrap(program, ['--version']), {})) {
    return { ids, commandFor: (command, args) => ({ command: 'setpriv', args: wrap(command, args) }), spawnAs: {} };
  }
  throw new LauncherError(
    `PostgreSQL runs as user ${ids.uid}, who may not enter ${dirname(program)} or ${folder}; ` +
      'run as another user than root, move the project to a folder that others may enter, or set DATABASE_URL',
  );
};
