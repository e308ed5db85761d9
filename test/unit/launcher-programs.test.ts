import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LauncherError } from '../../src/launcher/launcher-error.js';
import { runProgram } from '../../src/launcher/programs.js';
import type { FindServerOptions } from '../../src/launcher/provide-program.js';
import { findTemporalCli } from '../../src/launcher/temporal-cli.js';
import { findTestServer } from '../../src/launcher/test-server.js';

let folder = '';
let progress: string[] = [];

/** A shell script that stands in for a real program. */
const fakeProgram = (path: string, script: string): string => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

/** PATH with our fakes only: what else this machine has must not matter. */
const environment = (...folders: string[]): NodeJS.ProcessEnv => ({
  PATH: folders.map((name) => join(folder, name)).join(':'),
});

const search = (env: NodeJS.ProcessEnv): FindServerOptions => ({
  cache: join(folder, 'cache'),
  env,
  progress: (line) => void progress.push(line),
  download: () => Promise.reject(new LauncherError('no internet')),
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connector-programs-'));
  progress = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('finding the Temporal server', () => {
  it('the setting wins over PATH and cache', async () => {
    const set = fakeProgram('set/temporal', 'exit 0');
    fakeProgram('bin/temporal', 'echo temporal version 1.5.1');
    fakeProgram('cache/bin/temporal', 'exit 0');
    const found = await findTemporalCli(search({ ...environment('bin'), TEMPORAL_CLI_PATH: set }));
    assert.equal(found, set);
  });

  it('a setting that names no program is an error, never passed over', async () => {
    fakeProgram('bin/temporal', 'echo temporal version 1.5.1');
    await assert.rejects(
      findTemporalCli(search({ ...environment('bin'), TEMPORAL_CLI_PATH: join(folder, 'absent') })),
      (error: unknown) => error instanceof LauncherError && /TEMPORAL_CLI_PATH/.test(error.message),
    );
  });

  it('PATH wins over the cache', async () => {
    const onPath = fakeProgram('bin/temporal', 'echo "temporal version 1.6.0 (Server 1.30.0)"');
    fakeProgram('cache/bin/temporal', 'exit 0');
    assert.equal(await findTemporalCli(search(environment('bin'))), onPath);
  });

  it('an old or foreign program on PATH is told and not used', async () => {
    fakeProgram('bin/temporal', 'echo temporal version 0.13.2');
    const cached = fakeProgram('cache/bin/temporal', 'exit 0');
    assert.equal(await findTemporalCli(search(environment('bin'))), cached);
    assert.match(progress.join('\n'), /is not used/);
  });

  it('Go builds it once into the cache when nothing else is there', async () => {
    fakeProgram(
      'bin/go',
      'echo "$@" > "$GOBIN/arguments"; printf "#!/bin/sh\\n" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"',
    );
    const built = await findTemporalCli(search(environment('bin')));
    assert.equal(built, join(folder, 'cache', 'bin', 'temporal'));
    assert.match(progress.join('\n'), /Building the Temporal server with Go/);
    rmSync(join(folder, 'bin'), { recursive: true });
    assert.equal(await findTemporalCli(search(environment('bin'))), built);
  });

  it('the SDK downloads it where there is internet, and Go is not asked', async () => {
    fakeProgram('bin/go', 'exit 1');
    const download: FindServerOptions['download'] = ({ target }) => {
      writeFileSync(target, '#!/bin/sh\n', { mode: 0o755 });
      return Promise.resolve();
    };
    const found = await findTemporalCli({ ...search(environment('bin')), download });
    assert.equal(found, join(folder, 'cache', 'bin', 'temporal'));
  });

  it('a failed build leaves no half-made program in the cache', async () => {
    fakeProgram('bin/go', 'echo half > "$GOBIN/temporal"; echo "module not found" >&2; exit 1');
    await assert.rejects(findTemporalCli(search(environment('bin'))), /module not found/);
    assert.equal(existsSync(join(folder, 'cache', 'bin', 'temporal')), false);
  });

  it('without any way the error names all four', async () => {
    await assert.rejects(findTemporalCli(search(environment())), (error: unknown) => {
      assert.ok(error instanceof LauncherError);
      for (const way of ['TEMPORAL_ADDRESS', 'PATH', 'SDK', 'Go']) assert.match(error.message, new RegExp(way));
      return true;
    });
  });
});

describe('finding the time-skipping test server', () => {
  it('Maven fetches the jars once, and a script beside them starts the server', async () => {
    fakeProgram('bin/java', 'echo "$@"');
    fakeProgram('bin/mvn', 'mkdir jars; touch jars/temporal-test-server-1.jar jars/other.jar');
    const env = environment('bin');
    const script = await findTestServer(search(env));
    assert.equal(readFileSync(script, 'utf8').trimEnd().split('\n').length, 2);
    // The script itself needs `dirname`, so the system's folders come after the fakes here.
    const output = await runProgram({
      ...{ what: 'Starting', command: script, args: ['7777', '--enable-time-skipping'] },
      ...{
        cwd: '/',
        env: { PATH: `${env['PATH']}:/usr/bin:/bin` },
        progress: (line) => void progress.push(line),
        limitMs: 10_000,
      },
    });
    assert.match(
      output,
      /temporal-test-server-jars\/\* io\.temporal\.testserver\.TestServer 7777 --enable-time-skipping/,
    );
    assert.equal(await findTestServer(search(environment())), script);
  });

  it('without any way the error names them', async () => {
    await assert.rejects(findTestServer(search(environment())), /TEMPORAL_TEST_SERVER_PATH[^]*SDK[^]*Maven/);
  });
});
