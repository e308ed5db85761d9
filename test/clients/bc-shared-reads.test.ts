import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOData } from '../../src/clients/dynamics-nav/odata.js';
import { accountSchema, type Account } from '../../src/clients/dynamics-nav/schemas.js';
import { createChainReads, type ReadChain } from '../../src/clients/dynamics-nav/shared-reads.js';
import { FakeBc } from './bc-fake.js';

const waitMilliseconds = 5;
const never = new AbortController().signal;

function reads(sharing = true): { bc: FakeBc; ask: (values: string[], signal?: AbortSignal) => Promise<string[]> } {
  const bc = new FakeBc();
  const odata = createOData({ name: 'bc', tenant: 'contoso.example', environment: 'Sandbox-1', companies: {} }, bc);
  const readChain: ReadChain = createChainReads(odata, sharing ? { waitMilliseconds, stopping: never } : undefined);
  const ask = async (values: string[], signal = never): Promise<string[]> => {
    const rows = await readChain<Account>({
      operation: 'bc.accounts.check',
      path: `${bc.path}/accounts`,
      field: 'number',
      values,
      row: accountSchema,
      valueOf: ({ number }) => number,
      signal,
    });
    return rows.map(({ number }) => number);
  };
  return { bc, ask };
}

describe('issue 6, point 4: questions that are joined', () => {
  it('decisions 27: one request answers several documents, each with its own rows, in any letter case', async () => {
    const { bc, ask } = reads();
    const answers = await Promise.all([ask(['8430']), ask(['8420', '8430']), ask(['nobody'])]);
    assert.deepEqual(answers, [['8430'], ['8430', '8420'], []]);
    assert.equal(bc.calls.length, 1);
    assert.equal(bc.calls[0]!.query!.$filter, "number eq '8430' or number eq '8420' or number eq 'nobody'");
  });

  it('a question that comes while another is under way is asked anew: no answer is older than its question', async () => {
    const { bc, ask } = reads();
    let late: Promise<string[]> | undefined;
    bc.interruptions.push({
      operation: 'bc.accounts.check',
      meanwhile: () => {
        late = ask(['8430']);
      },
    });
    await ask(['8430']);
    await late;
    assert.equal(bc.calls.length, 2);
  });

  it('decisions 27: a value that the service refuses costs the others nothing', async () => {
    const { ask } = reads();
    const [good, bad] = await Promise.allSettled([ask(['8430']), ask(['X'.repeat(21)])]);
    assert.deepEqual(good, { status: 'fulfilled', value: ['8430'] });
    assert.equal(bad.status, 'rejected');
  });

  it('who gives up takes nobody with him', async () => {
    const { bc, ask } = reads();
    const gone = new AbortController();
    const [left, stays] = [ask(['8420'], gone.signal), ask(['8430'])];
    gone.abort(new Error('given up'));
    await assert.rejects(left, /given up/);
    assert.deepEqual(await stays, ['8430']);
    assert.equal(bc.calls[0]!.query!.$filter, "number eq '8430'");
  });

  it('trap 16, 413: more values than fit into one address go in several requests', async () => {
    for (const sharing of [true, false]) {
      const { bc, ask } = reads(sharing);
      await ask(['8430', ...Array.from({ length: 44 }, (_, index) => `N${index}`)]);
      assert.equal(bc.calls.length, 3);
    }
  });

  it('an asterisk in a number is a wildcard to the service, and never to us', async () => {
    for (const sharing of [true, false]) {
      const { bc, ask } = reads(sharing);
      bc.send = () => {
        const text = JSON.stringify({
          value: [
            { id: '1', number: '84*' },
            { id: '2', number: '8430' },
          ],
        });
        return Promise.resolve({ status: 200, headers: {}, text, json: () => JSON.parse(text) as unknown });
      };
      assert.deepEqual(await ask(['84*']), ['84*']);
    }
  });
});
