/**
 * Records the histories that the replay tests guard, one per path, as `test/replay/histories/<release>-<path>.json`:
 * `npx tsx scripts/record-histories.ts`. Recorded files of a release are never edited; until it is out, `--replace` records
 * them anew (temporal-practices section 12).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Recorder {
  recordPaths: () => Promise<Record<string, string>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test', 'replay', 'histories');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const release = version.split('.').slice(0, 2).join('.');
const mayReplace = process.argv.includes('--replace');

// By address, so that the build of the product does not take the tests in.
const recorder = (await import(new URL('../test/replay/record-paths.ts', import.meta.url).href)) as Recorder;
const histories = await recorder.recordPaths();

mkdirSync(folder, { recursive: true });
for (const [path, history] of Object.entries(histories)) {
  const name = `${release}-${path}.json`;
  if (existsSync(join(folder, name)) && !mayReplace) {
    console.log(`kept      ${name}`);
    continue;
  }
  writeFileSync(join(folder, name), `${history}\n`);
  console.log(`recorded  ${name}`);
}
