import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFoAdapter } from '../../src/clients/dynamics-fo/fo-adapter.js';
import { OutcomeUnknown, Unavailable } from '../../src/clients/http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/clients/http/types.js';
import type { ErpPort, PostingState } from '../../src/contracts/erp-port.js';
import { environment, expense, NOW, post, signal, tracked } from './fo-fixtures.js';
import { lostAnswer, MemoryWrites, respond, type MemoryFo } from './fo-memory.js';

const address = { group: 'ConcurPostingServiceGroup', service: 'ConcurPostingService', operation: 'postJournal' };

type Answer = { posts?: boolean; status?: number; body?: unknown; lost?: 'before' | 'after' };

/** An environment with a deployed posting service, which answers as told and, unless told otherwise, posts. */
function deployed(
  answers: Answer[] = [],
  companies = { USMF: { mode: 'recovery' as const, postingService: address } },
) {
  const fo = environment();
  const calls: HttpRequest[] = [];
  const http: HttpClient = {
    send: async (request): Promise<HttpResponse> => {
      if (!request.path.startsWith('/api/services/')) return fo.send(request);
      calls.push(request);
      const { posts = true, status = 200, body, lost } = answers.shift() ?? {};
      const { _journalBatchNumber: journal } = request.json as Record<string, string>;
      if (lost === 'before') throw lostAnswer('posting-service');
      if (posts) post(fo, journal ?? '', 'GNJL000900');
      if (lost === 'after') throw lostAnswer('posting-service');
      const said = body ?? { $id: '1', Posted: posts, AlreadyPosted: false, Infolog: [] };
      return respond(status, typeof said === 'string' ? said : JSON.stringify(said));
    },
  };
  const port = createFoAdapter({ name: 'fo', companies, now: () => NOW }, http);
  return { fo, port, calls };
}

const refusal = (...infolog: string[]): Answer => ({
  posts: false,
  body: { Posted: false, AlreadyPosted: false, Infolog: infolog },
});
const reasonOf = (state: PostingState): string => (state.state === 'refused' ? state.reason : state.state);
const posted = (state: PostingState): string => (state.state === 'posted' ? state.proof.documentNumber : state.state);

describe('the posting service of a customer', () => {
  it('S100: a complete journal is posted on call, under the documented parameters, and proven by its entries', async () => {
    const { port, calls, fo } = deployed();
    const { posting } = await port.write(expense(), new MemoryWrites().context);
    assert.equal(posted(posting), 'GNJL000900');
    assert.equal(calls.length, 1);
    const [call] = calls;
    assert.deepEqual(
      [call!.method, call!.path, call!.kind],
      ['POST', '/api/services/ConcurPostingServiceGroup/ConcurPostingService/postJournal', 'write'],
    );
    assert.deepEqual(call!.json, {
      _dataAreaId: 'usmf',
      _journalBatchNumber: '00701',
      _correlationId: '6D0A1F3C9E7B4A52',
    });
    const lastLine = fo.requests.findLastIndex(({ operation }) => operation === 'LedgerJournalLines.create');
    const readBack = fo.requests.findIndex(
      ({ operation }, at) => at > lastLine && operation === 'LedgerJournalLines.read',
    );
    assert.ok(readBack > lastLine, 'the journal was read back before');
  });

  it('S100: a company without the setting never calls it, and its journal waits for F&O', async () => {
    const { port, calls } = deployed([], { DEMF: { mode: 'recovery', postingService: address } } as never);
    const { posting } = await port.write(expense(), new MemoryWrites().context);
    assert.deepEqual([posting.state, calls.length], ['waiting', 0]);
    assert.ok(!('postAgain' in createFoAdapter({ name: 'fo', companies: {} }, environment())));
  });

  it('B9: a journal that differs from what was meant is never posted on call', async () => {
    const { port, calls, fo } = deployed();
    fo.alterLine = (line) => ({ ...line, Text: 'cut' });
    await assert.rejects(port.write(expense(), new MemoryWrites().context), { code: 'erp-document-changed' });
    assert.equal(calls.length, 0);
  });

  it('C15: "not posted" is a refusal with the words of the Infolog, without addresses', async () => {
    const { port } = deployed([
      refusal(
        'Info: Checking.',
        'Error: Voucher GNJL000001 does not balance.',
        'See https://contoso.operations.dynamics.com/?mi=1 .',
      ),
    ]);
    const { keys, posting } = await port.write(expense(), new MemoryWrites().context);
    assert.equal(reasonOf(posting), 'Journal 00701: Voucher GNJL000001 does not balance. See (address) .');
    assert.deepEqual(keys, { journal: '00701' });
  });

  it('S119: a 500 that tells of an action’s exception is a business refusal; another 500 may have posted', async () => {
    const told = [
      {
        error: {
          message: 'An error has occurred.',
          innererror: {
            message: 'Exception occurred while executing action postJournal on Entity E: Fiscal period is not open.',
            type: 'System.InvalidOperationException',
          },
        },
      },
      { Message: 'An exception occured when invoking the operation - Fiscal period is not open.', ExceptionType: 'X' },
    ];
    for (const body of told) {
      const { port } = deployed([{ posts: false, status: 500, body }]);
      const { posting } = await port.write(expense(), new MemoryWrites().context);
      assert.equal(reasonOf(posting), 'Journal 00701: Fiscal period is not open.');
    }
    const { port } = deployed([{ posts: false, status: 500, body: '<html>' }]);
    await assert.rejects(port.write(expense(), new MemoryWrites().context), OutcomeUnknown);
  });

  it('S119: a service that is not deployed, or without rights, is told apart', async () => {
    const body = {
      Message: "No HTTP resource was found that matches the request URI 'https://x.operations.dynamics.com/api'.",
    };
    const missing = deployed([{ posts: false, status: 404, body }]);
    const { posting } = await missing.port.write(expense(), new MemoryWrites().context);
    assert.match(reasonOf(posting), /is not deployed at \/api\/services\/ConcurPostingServiceGroup/);
    assert.doesNotMatch(reasonOf(posting), /dynamics\.com/);
    const forbidden = deployed([{ posts: false, status: 403, body: {} }]);
    await assert.rejects(forbidden.port.write(expense(), new MemoryWrites().context), Unavailable);
  });

  it('S81: after a lost answer IsPosted is read first: a journal that was posted is not posted on call again', async () => {
    const { port, calls } = deployed([{ lost: 'after' }]);
    const writes = new MemoryWrites();
    await assert.rejects(port.write(expense(), writes.context), OutcomeUnknown);
    assert.equal(posted((await port.write(expense(), writes.context)).posting), 'GNJL000900');
    assert.equal(calls.length, 1);
  });

  it('S81: a kill between the posting and our record of it leads to the proof, without a second call', async () => {
    const { port, calls } = deployed();
    await port.write(expense(), new MemoryWrites().context);
    const { posting } = await port.write(expense(), new MemoryWrites().context);
    assert.deepEqual([posted(posting), calls.length], ['GNJL000900', 1]);
  });

  it('S81: a call that never arrived is made again only when the waits have passed, and once', async () => {
    const { port, calls } = deployed([{ lost: 'before' }]);
    const writes = new MemoryWrites();
    await assert.rejects(port.write(expense(), writes.context), OutcomeUnknown);
    await assert.rejects(port.write(expense(), writes.context), OutcomeUnknown);
    assert.equal(calls.length, 1);
    writes.patience = true;
    assert.equal(posted((await port.write(expense(), writes.context)).posting), 'GNJL000900');
    assert.equal(calls.length, 2);
  });

  it('S100: "posted" proves nothing while the journal does not say so', async () => {
    const said = { Posted: true, AlreadyPosted: false, Infolog: [] };
    const { port } = deployed([{ posts: false, body: said }]);
    assert.equal((await port.write(expense(), new MemoryWrites().context)).posting.state, 'waiting');
  });

  it('S119: an answer that does not say whether it posted is no answer', async () => {
    const { port } = deployed([{ posts: false, body: { Done: 1 } }]);
    await assert.rejects(port.write(expense(), new MemoryWrites().context), { name: 'ContractViolation' });
  });
});

describe('after a refusal of the posting service', () => {
  async function refused(...more: Answer[]): Promise<{ fo: MemoryFo; port: ErpPort; calls: HttpRequest[] }> {
    const there = deployed([refusal('Fiscal period is not open.'), ...more]);
    await there.port.write(expense(), new MemoryWrites().context);
    return there;
  }
  const written = { ...tracked(expense(), '00701'), refusal: 'Journal 00701: Fiscal period is not open.' };
  const look = async ({ port }: { port: ErpPort }) => (await port.findPostings('USMF', [written], signal))[0]!;

  it('C15: what it said stands for the watch until the journal is posted, by whomever', async () => {
    const there = await refused();
    assert.equal(reasonOf(await look(there)), 'Journal 00701: Fiscal period is not open.');
    post(there.fo, '00701', 'GNJL000901');
    assert.equal(posted(await look(there)), 'GNJL000901');
  });

  it('C15: a new try calls it again, and a mended journal is posted', async () => {
    const there = await refused(refusal('Still closed.'));
    const again = () => there.port.postAgain!(written, new MemoryWrites().context);
    assert.equal(reasonOf(await again()), 'Journal 00701: Still closed.');
    assert.equal(posted(await again()), 'GNJL000900');
    assert.equal(there.calls.length, 3);
    assert.equal(posted(await again()), 'GNJL000900');
    assert.equal(there.calls.length, 3, 'a posted journal is not posted again');
  });

  it('B9: a journal that a person has altered meanwhile is not posted on call, and one that fits again is', async () => {
    const there = await refused();
    const line = there.fo.rows('LedgerJournalLines')[1]!;
    const meant = line['AccountDisplayValue'];
    line['AccountDisplayValue'] = '999999-001-024';
    const again = () => there.port.postAgain!(written, new MemoryWrites().context);
    await assert.rejects(again(), { code: 'erp-document-changed' });
    assert.equal(there.calls.length, 1);
    line['AccountDisplayValue'] = meant;
    assert.equal(posted(await again()), 'GNJL000900');
  });

  it('S9: a journal that a person has removed meanwhile is missing, and nothing is called', async () => {
    const there = await refused();
    there.fo.rows('LedgerJournalHeaders').length = 0;
    const state = await there.port.postAgain!(written, new MemoryWrites().context);
    assert.deepEqual([state.state, there.calls.length], ['missing', 1]);
  });
});
