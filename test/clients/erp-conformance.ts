import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExternalSystemError, OutcomeUnknown, Rejected } from '../../src/clients/http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/clients/http/types.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type {
  ErpPort,
  ErpWriteContext,
  PostingState,
  TrackedErpDocument,
  WriteResult,
} from '../../src/contracts/erp-port.js';
import { MemoryWrites } from './fo-memory.js';

/** One kind of connection before its simulator, as the conformance suite sees it. */
export interface ErpUnderTest {
  /** Behind which the adapter is called; made with a `LossyHttp` around the simulator. */
  http: LossyHttp;
  port: ErpPort;
  company: string;
  /** A postable document of each route; the same seed gives the same document. */
  documents: Record<string, (seed: string) => ErpDocument>;
  /** Time passes until the ERP has posted what it posts by itself. */
  settle(): void;
  /** While on, nothing is posted although it is accepted. */
  holdPosting(on: boolean): void;
  /** What the simulator counts: documents in the ledger, and drafts or journals that are not posted. */
  posted(): number;
  unposted(): number;
  /** Rules of the real service that a call has broken, and keys that were written twice. */
  misdeeds(): string[];
}

/** An HTTP client that loses the answer of one write, before or after the service has worked on it. */
export class LossyHttp implements HttpClient {
  writes = 0;
  lose: { at: number; when: 'before' | 'after' } | undefined;
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    if (request.kind !== 'write') return this.#http.send(request);
    const isLost = this.lose?.at === this.writes;
    this.writes += 1;
    const lost = new OutcomeUnknown('The answer was lost.', { system: 'test', operation: request.operation });
    if (isLost && this.lose?.when === 'before') throw lost;
    const response = await this.#http.send(request);
    if (isLost) throw lost;
    return response;
  }
}

/** Intents and results as the store keeps them; the look-again waits have always passed. */
function guard(): { writes: MemoryWrites; context: ErpWriteContext } {
  const writes = new MemoryWrites();
  writes.patience = true;
  return { writes, context: writes.context };
}

const signal = new AbortController().signal;
const seeds = ['6D0A1F3C9E7B4A52', '7E0A1F3C9E7B4A53'] as const;

/**
 * What every adapter promises, whatever it talks to (issue 6): each planned document exists once, also when answers are lost;
 * what is posted is proven and stays; what is not posted can be taken back; nothing that a kind cannot do is attempted.
 */
export function erpConformance(name: string, start: () => ErpUnderTest): void {
  for (const route of Object.keys(start().documents)) {
    describe(`${name}, ${route}`, () => {
      const prepared = (): ErpUnderTest & { make: (seed?: string) => ErpDocument } => {
        const erp = start();
        return Object.assign(erp, { make: (seed: string = seeds[0]) => erp.documents[route]!(seed) });
      };
      itWritesOnce(prepared);
      itProves(prepared);
      itTakesBack(prepared);
    });
  }
  itKnowsItsLimits(name, start);
}

type Prepared = () => ErpUnderTest & { make: (seed?: string) => ErpDocument };

function itWritesOnce(prepared: Prepared): void {
  it('S78, S79: a document that is written twice exists once, also without any memory of the first time', async () => {
    const erp = prepared();
    await erp.port.write(erp.make(), guard().context);
    erp.settle();
    const again = await erp.port.write(erp.make(), guard().context);
    assert.deepEqual([again.adopted, again.posting.state], [true, 'posted']);
    assert.deepEqual([erp.posted(), erp.unposted(), erp.misdeeds()], [1, 0, []]);
  });

  it('S130: two documents that differ in their key alone are two documents', async () => {
    const erp = prepared();
    for (const seed of seeds) await erp.port.write(erp.make(seed), guard().context);
    erp.settle();
    assert.deepEqual([erp.posted(), erp.unposted(), erp.misdeeds()], [2, 0, []]);
  });

  it('S81, M3: whichever answer is lost, before or after its effect, one posted document is the end', async () => {
    const undisturbed = prepared();
    await undisturbed.port.write(undisturbed.make(), guard().context);
    for (let at = 0; at < undisturbed.http.writes; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const erp = prepared();
        erp.http.lose = { at, when };
        const state = await untilPosted(erp);
        assert.equal(state, 'posted', `write ${at} lost ${when}`);
        assert.deepEqual([erp.posted(), erp.unposted(), erp.misdeeds()], [1, 0, []], `write ${at} lost ${when}`);
      }
    }
  });
}

/** As the workflow does: the same step again after each unknown outcome, with the same books. */
async function untilPosted(erp: ReturnType<Prepared>): Promise<PostingState['state']> {
  const { context } = guard();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    try {
      await erp.port.write(erp.make(), context);
      break;
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
    }
  }
  erp.settle();
  return (await erp.port.write(erp.make(), context)).posting.state;
}

function tracked(document: ErpDocument, { keys }: WriteResult, documentId = 'doc-1'): TrackedErpDocument {
  return { documentId, document, keys };
}

function itProves(prepared: Prepared): void {
  it('S100, M2: a posting is proven by number, date, total and currency, and reading it writes nothing', async () => {
    const erp = prepared();
    const document = erp.make();
    const written = await erp.port.write(document, guard().context);
    erp.settle();
    const writes = erp.http.writes;
    const [state] = await erp.port.findPostings(erp.company, [tracked(document, written)], signal);
    assert.ok(state?.state === 'posted', JSON.stringify(state));
    const { documentNumber, postedOn, debitTotal, currency, fiscalYear } = state.proof;
    assert.notEqual(documentNumber, '');
    assert.equal(postedOn, document.postingOn);
    assert.equal(Number(debitTotal), Number(document.debitTotal));
    assert.equal(currency, document.currency);
    assert.match(fiscalYear, /\d{4}/);
    assert.equal(erp.http.writes, writes);
  });

  it('C15: what is accepted and not posted is waiting, and what nobody wrote is missing', async () => {
    const erp = prepared();
    erp.holdPosting(true);
    const document = erp.make();
    const other = erp.make(seeds[1]);
    const written = await erp.port.write(document, guard().context);
    const documents = [tracked(document, written, 'written'), { documentId: 'never', document: other, keys: {} }];
    const states = await erp.port.findPostings(erp.company, documents, signal);
    const stateOf = (id: string) => states.find(({ documentId }) => documentId === id)?.state;
    assert.equal(stateOf('written'), 'waiting');
    assert.notEqual(stateOf('never'), 'posted');
    assert.equal(erp.posted(), 0);
  });
}

function itTakesBack(prepared: Prepared): void {
  it('B3, S78: an unposted document is taken out, again without harm, and can be written anew', async () => {
    const erp = prepared();
    erp.holdPosting(true);
    const document = erp.make();
    const written = tracked(document, await erp.port.write(document, guard().context));
    for (const attempt of ['first', 'second']) {
      assert.deepEqual(await erp.port.withdraw(written, guard().context), { state: 'gone' }, attempt);
    }
    assert.deepEqual([erp.posted(), erp.unposted()], [0, 0]);
    erp.holdPosting(false);
    assert.equal(await untilPosted(erp), 'posted');
    assert.deepEqual([erp.posted(), erp.misdeeds()], [1, []]);
  });

  it('B3: whichever answer of a withdrawal is lost, nothing is left in the end', async () => {
    for (let at = 0; ; at += 1) {
      const erp = prepared();
      erp.holdPosting(true);
      const document = erp.make();
      const written = tracked(document, await erp.port.write(document, guard().context));
      erp.http.lose = { at: erp.http.writes + at, when: at % 2 === 0 ? 'after' : 'before' };
      const { context } = guard();
      const first = await erp.port.withdraw(written, context).catch((error: unknown) => error);
      if (!(first instanceof OutcomeUnknown)) {
        assert.ok(at > 0, 'a withdrawal writes');
        break;
      }
      assert.deepEqual(await erp.port.withdraw(written, context), { state: 'gone' });
      assert.deepEqual([erp.posted(), erp.unposted(), erp.misdeeds()], [0, 0, []]);
    }
  });

  it('S9, S10: what is posted is proven and stays where it is', async () => {
    const erp = prepared();
    const document = erp.make();
    const written = tracked(document, await erp.port.write(document, guard().context));
    erp.settle();
    const [state] = await erp.port.findPostings(erp.company, [written], signal);
    assert.ok(state?.state === 'posted');
    const withdrawal = await erp.port.withdraw(written, guard().context);
    assert.deepEqual(withdrawal, { state: 'posted', proof: state.proof });
    assert.deepEqual([erp.posted(), erp.misdeeds()], [1, []]);
  });
}

function itKnowsItsLimits(name: string, start: () => ErpUnderTest): void {
  describe(`${name}, limits`, () => {
    it('C18: a route of another kind is refused in a sentence and never attempted', async () => {
      const erp = start();
      const [make] = Object.values(erp.documents);
      const foreign = { ...make!(seeds[0]), route: 'route-of-another-kind' } as unknown as ErpDocument;
      for (const attempt of [
        () => erp.port.write(foreign, guard().context),
        () => erp.port.withdraw({ documentId: 'd', document: foreign, keys: {} }, guard().context),
      ]) {
        await assert.rejects(attempt(), (error) => error instanceof ExternalSystemError && error.message.endsWith('.'));
      }
      assert.equal(erp.http.writes, 0);
    });

    it('S84, S93, S94: codes that do not exist are all named before anything is written', async () => {
      const erp = start();
      const request = { vendors: ['NO-VENDOR'], accounts: ['999999'], dimensions: [], journalNames: [] };
      const findings = await erp.port.checkMasterData({ company: erp.company, ...request }, signal);
      assert.deepEqual(
        findings.map(({ kind, code }) => [kind, code]),
        [
          ['vendor-missing', 'NO-VENDOR'],
          ['account-missing', '999999'],
        ],
      );
      assert.ok(findings.every(({ message }) => message.includes('999999') || message.includes('NO-VENDOR')));
      assert.equal(erp.http.writes, 0);
    });

    it('S50: a company that is not there is refused, never replaced by another one', async () => {
      const erp = start();
      const request = { vendors: ['NO-VENDOR'], accounts: [], dimensions: [], journalNames: [] };
      const answer = await erp.port
        .checkMasterData({ company: 'NOPE', ...request }, signal)
        .catch((error: unknown) => error);
      const isRefused = answer instanceof Rejected || (Array.isArray(answer) && answer.length > 0);
      assert.ok(isRefused, JSON.stringify(answer));
    });
  });
}
