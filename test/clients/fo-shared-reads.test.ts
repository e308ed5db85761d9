import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { shareReads } from '../../src/clients/dynamics-fo/shared-reads.js';
import type { ReadQuery, ReadOutcome } from '../../src/clients/dynamics-fo/odata-reads.js';
import { callContext } from '../../src/clients/http/call-context.js';
import { ContractViolation, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { adapter, environment, expense } from './fo-fixtures.js';
import { MemoryWrites } from './fo-memory.js';

const unending = new AbortController().signal;
const row = z.object({ code: z.string() });
type Row = z.infer<typeof row>;

const stage = (answer: (query: ReadQuery<Row>) => Promise<Row[]>) => {
  const asked: ReadQuery<Row>[] = [];
  const requests: ReadQuery<Row>[][] = [];
  const ask = async (query: ReadQuery<Row>): Promise<Row[]> => {
    asked.push(query);
    return answer(query);
  };
  const outcomeOf = async (query: ReadQuery<Row>): Promise<ReadOutcome> => {
    try {
      return { rows: await ask(query) };
    } catch (error) {
      return { error };
    }
  };
  const share = shareReads(
    {
      read: async (query) => (await ask(query as unknown as ReadQuery<Row>)) as never,
      readTogether: (queries, signal) => {
        const meant = queries.map(({ query }) => ({ ...(query as unknown as ReadQuery<Row>), signal }));
        requests.push(meant);
        return Promise.all(meant.map(outcomeOf));
      },
    },
    { waitMilliseconds: 5, waitBehindMilliseconds: 40, stopping: unending },
  );
  const read = (codes: string[], more: Partial<ReadQuery<Row>> = {}): Promise<Row[]> =>
    share.read<Row>({
      set: 'VendorsV3',
      company: 'usmf',
      anyOf: codes,
      select: ['code'],
      row,
      signal: new AbortController().signal,
      isOwn: (found) => codes.includes(found.code),
      ...more,
    });
  return { asked, requests, read };
};
const echo = ({ anyOf = [] }: ReadQuery<Row>): Promise<Row[]> => Promise.resolve(anyOf.map((code) => ({ code })));

describe('reads that are joined', () => {
  it('S45: many documents of one moment ask one question, and each gets its own rows only', async () => {
    const { asked, read } = stage(echo);
    const found = await Promise.all([read(['A', 'B']), read(['B', 'C']), read(['D'])]);
    assert.deepEqual(
      found.map((rows) => [...new Set(rows.map(({ code }) => code))]),
      [['A', 'B'], ['B', 'C'], ['D']],
    );
    assert.deepEqual(
      asked.map(({ anyOf }) => anyOf),
      [['A', 'B', 'C', 'D']],
    );
  });

  it('S40: another company, other columns and another filter are questions of their own, in the same request', async () => {
    const { asked, requests, read } = stage(echo);
    const { isOwn: _, ...alone } = { isOwn: undefined };
    await Promise.all([
      read(['A']),
      read(['A'], { company: 'demf' }),
      read(['A'], { select: ['code', 'name'] }),
      read(['A'], { filter: 'x eq 1' }),
      read(['A'], { complete: true }),
      read(['A'], alone),
    ]);
    assert.equal(asked.length, 5, 'the last one joins the first, the others do not');
    assert.equal(requests.length, 1);
    assert.equal(requests[0]?.length, 4, 'what counts its rows goes by itself');
  });

  it('S81: the terms of one caller stay in one request, or a row that fits two of them would come twice', async () => {
    // As F&O answers: a chain is cut at 25 terms, and each request tells its own rows.
    const { asked, read } = stage(({ anyOf = [] }) => {
      const requests = [anyOf.slice(0, 25), anyOf.slice(25)].map((terms) => terms.map((term) => term.slice(0, 1)));
      return Promise.resolve(requests.flatMap((codes) => [...new Set(codes)].map((code) => ({ code }))));
    });
    const own = (code: string) => ({ isOwn: (found: Row) => found.code === code });
    const terms = (code: string): string[] => Array.from({ length: 6 }, (_, index) => `${code}${index}`);
    const found = await Promise.all(['A', 'B', 'C', 'D', 'E'].map((code) => read(terms(code), own(code))));
    assert.deepEqual(
      found.map((rows) => rows.map(({ code }) => code).join()),
      ['A', 'B', 'C', 'D', 'E'],
    );
    assert.deepEqual(
      asked.map(({ anyOf }) => anyOf?.length),
      [24, 6],
    );
  });

  it('S45: while a question is under way, those who come gather for the next one', async () => {
    let answer: () => void = () => undefined;
    const { asked, read } = stage(async (query) => {
      if (query.anyOf?.[0] === 'A') await new Promise<void>((resolve) => (answer = resolve));
      return echo(query);
    });
    const first = read(['A']);
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const others = ['B', 'C', 'D'].map((code) => read([code]));
    answer();
    assert.deepEqual(await Promise.all([first, ...others]), [
      [{ code: 'A' }],
      [{ code: 'B' }],
      [{ code: 'C' }],
      [{ code: 'D' }],
    ]);
    assert.deepEqual(
      asked.map(({ anyOf }) => anyOf),
      [['A'], ['B', 'C', 'D']],
    );
  });

  it('a failure is everybody’s, and the next question is asked anew', async () => {
    let fails = true;
    const { read } = stage((query) =>
      fails ? Promise.reject(new Unavailable('busy', { system: 'fo', operation: 'read' })) : echo(query),
    );
    const both = await Promise.allSettled([read(['A']), read(['B'])]);
    assert.ok(both.every((one) => one.status === 'rejected' && one.reason instanceof Unavailable));
    fails = false;
    assert.deepEqual(await read(['A']), [{ code: 'A' }]);
  });

  it('S114: a joined read stands in the trail of every document that it served, and of no other', async () => {
    const served: string[][] = [];
    const { read } = stage((query) => {
      served.push((callContext.getStore() ?? []).map(({ documentId }) => documentId));
      return echo(query);
    });
    const readFor = (documentId: string, code: string) =>
      callContext.run([{ documentId, attempt: 1 }], () => read([code]));
    await Promise.all([readFor('a', 'A'), readFor('b', 'B')]);
    await readFor('c', 'C');
    assert.deepEqual(served, [['a', 'b'], ['c']]);
  });

  const call = { system: 'fo', operation: 'read' };
  for (const blamed of [new Rejected('refused', call, 'erp-refused'), new ContractViolation('unreadable', call)]) {
    it(`S91: what is wrong with the question of one document keeps no other from its rows (${blamed.message})`, async () => {
      const { read } = stage((query) => (query.anyOf?.includes('BAD') === true ? Promise.reject(blamed) : echo(query)));
      const [bad, good] = await Promise.allSettled([read(['BAD']), read(['B'])]);
      assert.equal(bad.status === 'rejected' && bad.reason, blamed);
      assert.deepEqual(good.status === 'fulfilled' && good.value, [{ code: 'B' }]);
    });
  }

  it('who goes away gets the reason of his signal, and the others their rows', async () => {
    let ended: AbortSignal | undefined;
    const { read } = stage((query) => {
      ended = query.signal;
      return echo(query);
    });
    const leaving = new AbortController();
    const gone = read(['A'], { signal: leaving.signal });
    const stays = read(['B']);
    leaving.abort(new Error('the worker stops'));
    await assert.rejects(gone, /the worker stops/);
    assert.deepEqual(await stays, [{ code: 'B' }]);
    assert.equal(ended?.aborted, false);
  });

  it('S78: documents that are written side by side share their looks, and each is written once', async () => {
    const fo = environment();
    const port = adapter(fo, { sharing: { waitMilliseconds: 20, stopping: unending } });
    const seeds = ['AAAA1F3C9E7B4A52', 'BBBB1F3C9E7B4A52', 'CCCC1F3C9E7B4A52'];
    const documents = seeds.map((keySeed) => {
      const lines = expense().lines.map((line) => ({
        ...line,
        document: keySeed,
        ...(line.invoice === undefined ? {} : { invoice: `EXP-${keySeed.slice(0, 8)}` }),
      }));
      return expense({ keySeed, lines, description: `Concur EXP ${keySeed}` });
    });
    await Promise.all(documents.map((document) => port.write(document, new MemoryWrites().context)));
    assert.equal(fo.rows('LedgerJournalHeaders').length, 3);
    assert.equal(fo.rows('LedgerJournalLines').length, 9);
    assert.ok(fo.calls('LedgerJournalHeaders.read').length <= 4, 'one look and one reading back for all');
    assert.ok(fo.calls('VendTransBiEntities.read').length <= 2);
  });
});
