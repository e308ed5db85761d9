/**
 * Run as a process of its own by `downloadWithSdk`: lets the Temporal SDK download one of its servers into a folder. Apart
 * because it installs the SDK's runtime with default options, and there is one runtime per process.
 *
 * Arguments: `dev-server` or `time-skipping`, version (`default` or a tag), folder.
 */
import { createRequire } from 'node:module';
import { Runtime } from '@temporalio/worker';

const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };

const [kind, version = 'default', downloadDir = '.'] = process.argv.slice(2);
const exe = {
  type: 'cached-download',
  downloadDir,
  version,
  ttl: 0,
  sdkName: 'sdk-typescript',
  sdkVersion: sdk.version,
} as const;

try {
  const runtime = Runtime.instance();
  const server = await runtime.createEphemeralServer(
    kind === 'time-skipping'
      ? { type: 'time-skipping', exe, port: null, extraArgs: [] }
      : {
          type: 'dev-server',
          exe,
          namespace: 'default',
          ip: '127.0.0.1',
          port: null,
          uiPort: null,
          dbFilename: null,
          ui: false,
          log: { format: 'pretty', level: 'error' },
          extraArgs: [],
        },
  );
  // The start proved that the downloaded program runs on this machine; the launcher starts it again with its own options.
  await runtime.shutdownEphemeralServer(server);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
