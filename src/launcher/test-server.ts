import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadWithSdk } from './download-with-sdk.js';
import { LauncherError, progressToStderr, type Progress } from './launcher-error.js';
import { findOnPath, isExecutable, runProgram } from './programs.js';
import { cacheFolder } from './project-root.js';
import { programFromSetting, provideProgram, type FindServerOptions } from './provide-program.js';

/** Version of the Maven artifact (environment.md). */
export const TEST_SERVER_VERSION = '1.32.1';
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
const MAVEN_LIMIT_MS = 10 * 60_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVER_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

// Relative to the script itself, so that the project's folder may be moved.
const SCRIPT = `#!/bin/sh
exec java -cp "$(dirname "$0")/temporal-test-server-jars/*" io.temporal.testserver.TestServer "$@"
`;

const HELP = [
  'No time-skipping test server could be found or made. Any one of these helps:',
  '  1. name the program in TEMPORAL_TEST_SERVER_PATH;',
  '  2. let this machine reach the internet, so that the Temporal SDK can download it;',
  '  3. install Java and Maven, so that it can be fetched from Maven Central.',
];

/**
 * Copies the server's jars into the cache folder and writes the two-line script that starts them. Copies, rather than a
 * class path into Maven's own repository, so that cleaning that repository does not break ours.
 */
const provideWithMaven = async (target: string, env: NodeJS.ProcessEnv, progress: Progress): Promise<void> => {
  const maven = findOnPath('mvn', env);
  if (maven === undefined || findOnPath('java', env) === undefined) {
    throw new LauncherError('`mvn` and `java` are not both on PATH');
  }
  const jars = `${target}-jars`;
  const work = `${target}-build-${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    writeFileSync(join(work, 'pom.xml'), POM);
    progress('Fetching the time-skipping test server with Maven, once.');
    await runProgram({
      what: 'Fetching the time-skipping test server',
      command: maven,
      args: ['-B', '-q', `${DEPENDENCY_PLUGIN}:copy-dependencies`, '-DincludeScope=runtime', '-DoutputDirectory=jars'],
      cwd: work,
      env,
      progress,
      limitMs: MAVEN_LIMIT_MS,
    });
    if (!readdirSync(join(work, 'jars')).some((name) => name.startsWith('temporal-test-server'))) {
      throw new LauncherError('Maven copied no test server');
    }
    rmSync(jars, { recursive: true, force: true });
    renameSync(join(work, 'jars'), jars);
    writeFileSync(join(work, 'script'), SCRIPT);
    chmodSync(join(work, 'script'), 0o755);
    renameSync(join(work, 'script'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/**
 * Path of a program that is Temporal's time-skipping test server, in the order of environment.md: the setting
 * `TEMPORAL_TEST_SERVER_PATH`, the project's cache folder, the SDK's download, Maven.
 *
 * @throws LauncherError naming all ways when none leads to a server, or when the setting names no program
 */
export const findTestServer = async (options: FindServerOptions = {}): Promise<string> => {
  const { cache = cacheFolder(), env = process.env, progress = progressToStderr, download = downloadWithSdk } = options;
  const given = programFromSetting('TEMPORAL_TEST_SERVER_PATH', env);
  if (given !== undefined) return given;
  const target = join(cache, 'bin', 'temporal-test-server');
  if (isExecutable(target)) return target;
  const artifact = { kind: 'time-skipping', version: 'default', target, env, progress } as const;
  return provideProgram(
    target,
    [
      ['SDK download', () => download(artifact)],
      ['Maven', () => provideWithMaven(target, env, progress)],
    ],
    HELP,
  );
};
