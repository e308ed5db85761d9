// A reporter of Node's test runner that writes what happened as JSON lines, for `test.mjs` to count. The people's report
// is Node's own `spec`, beside it.
import { resolve } from 'node:path';

/** A file is reported like a test around its tests; only what a person wrote as a test counts. */
const isWholeFile = ({ name, nesting, file }) => nesting === 0 && file !== undefined && resolve(name) === resolve(file);

export default async function* testResults(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    // A file that fails as a whole (it does not load, or ran out of time) must count, a passing one must not.
    if (type === 'test:pass' && isWholeFile(data)) continue;
    // What is marked as to do may fail, so that it proves nothing when it passes: it is listed with the skipped ones.
    const excuse = data.skip ?? data.todo;
    const excused = excuse !== undefined && excuse !== false;
    const outcome = excused ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    const reason = typeof excuse === 'string' ? excuse : data.todo ? 'to do' : '';
    yield `${JSON.stringify({ outcome, name: data.name, file: data.file, reason })}\n`;
  }
}
