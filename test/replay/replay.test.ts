import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflows, quietRuntime } from '../workflows/support.js';

/** A history as Temporal's own tools write it, as far as these tests look into it. */
interface RecordedHistory {
  events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

const root = new URL('../../', import.meta.url);
const folder = new URL('test/replay/histories/', root);
const builtBundle = new URL('dist/workflow-bundle.js', root);

const read = (name: string): RecordedHistory =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as RecordedHistory;

const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** Replays histories against a bundle; the failures by history name, empty where all replay. */
async function replay(
  workflowBundle: WorkflowBundleOption,
  histories: Record<string, RecordedHistory>,
): Promise<Record<string, string>> {
  const candidates = Object.entries(histories).map(([workflowId, history]) => ({ workflowId, history }));
  const failures: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, candidates)) {
    if (error !== undefined) failures[workflowId] = error.message;
  }
  return failures;
}

const all = (): Record<string, RecordedHistory> => Object.fromEntries(names.map((name) => [name, read(name)]));

/** True if the build is newer than every file that goes into the bundle; an older one says nothing about the sources. */
function isBuildCurrent(): boolean {
  if (!existsSync(builtBundle)) return false;
  const builtMs = statSync(builtBundle).mtimeMs;
  return ['src/workflows/', 'src/contracts/'].every((sources) =>
    readdirSync(new URL(sources, root)).every(
      (file) => statSync(new URL(`${sources}${file}`, root)).mtimeMs <= builtMs,
    ),
  );
}

let bundle: { code: string };

before(async () => {
  quietRuntime();
  bundle = await bundleWorkflows();
});

describe('recorded histories', () => {
  it('M3: every path of every release replays on the workflows as they are now', async () => {
    assert.ok(names.length >= 18, `${names.length} histories`);
    assert.deepEqual(await replay(bundle, all()), {});
  });

  it('M3: every path replays on the bundle that production loads', async (t) => {
    if (!isBuildCurrent()) {
      t.skip('dist/workflow-bundle.js is missing or older than the sources; `npm run build` makes it');
      return;
    }
    assert.deepEqual(await replay({ code: readFileSync(builtBundle, 'utf8') }, all()), {});
  });

  for (const name of ['0.1-fo-paid.json', '0.1-bc-paid.json']) {
    it(`M4, S106: an undisturbed document keeps to 60 events on a real server (${name})`, () => {
      const { events } = read(name);
      assert.ok(events.length <= 60, `${events.length} events`);
    });
  }
});

describe('the replay tests themselves', () => {
  it('M3: fail when a workflow calls another activity than it did', async () => {
    const code = bundle.code.replaceAll('confirmPostingInConcur', 'confirmPostingElsewhere');
    assert.notEqual(code, bundle.code);
    const failures = await replay({ code }, { paid: read('0.1-fo-paid.json'), recalled: read('0.1-recalled.json') });
    assert.deepEqual(Object.keys(failures), ['paid'], 'and only where the change matters');
  });

  it('M3: fail when a workflow leaves out a step', async () => {
    const code = bundle.code.replace('await this.confirmPosting(plan);', '');
    assert.notEqual(code, bundle.code);
    assert.deepEqual(Object.keys(await replay({ code }, { paid: read('0.1-bc-paid.json') })), ['paid']);
  });

  it('M3: fail on a history that tells of other commands than the workflow gives', async () => {
    const history = read('0.1-bc-paid.json');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    scheduled!.activityTaskScheduledEventAttributes!.activityType.name = 'acknowledgeElsewhere';
    assert.deepEqual(Object.keys(await replay(bundle, { tampered: history })), ['tampered']);
  });
});
