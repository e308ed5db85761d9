import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { ErpPort, MasterDataRequest, TrackedErpDocument } from '../../src/contracts/erp-port.js';
import { BcStage } from '../simulators/bc-stage.js';
import { company, documents, simulatedBc } from './bc-simulated.js';
import { MemoryWrites } from './fo-memory.js';

const signal = new AbortController().signal;

/** Different letters for each number, since journal numbers are made of the seed's letters. */
const seedOf = (index: number): string => `ABCDEF${String.fromCharCode(65 + index)}Z`.padEnd(16, 'K');

function needs(document: ErpDocument): MasterDataRequest {
  const vendor = 'vendorNumber' in document ? document.vendorNumber : 'CE01';
  return {
    company,
    vendors: [vendor],
    accounts: ['8420', '8430'],
    dimensions: [{ dimension: 'DEPARTMENT', value: 'SALES' }],
    journalNames: [],
    lines: [{ account: '8430', vendor: false, dimensions: [], inheritsFrom: vendor }],
  };
}

/** All that the connector asks and does for documents that arrive together, until they are paid. */
async function carry(port: ErpPort, simulated: BcStage, planned: readonly ErpDocument[]): Promise<void> {
  const watched = await Promise.all(
    planned.map(async (document, index): Promise<TrackedErpDocument> => {
      assert.deepEqual(await port.checkMasterData(needs(document), signal), []);
      const { keys, posting } = await port.write(document, new MemoryWrites().context);
      assert.ok(posting.state === 'posted', JSON.stringify(posting));
      return { documentId: String(index), document, keys, proof: posting.proof };
    }),
  );
  simulated.nowMs += 60_000;
  await port.findSettlements(company, watched, undefined, signal);
  await port.findPaymentObstacles!(company, watched, signal);
  simulated.bc.tick();
  simulated.nowMs += 60_000;
  const settled = await port.findSettlements(company, watched, new Date(simulated.nowMs).toISOString(), signal);
  const owed = watched.filter(({ document }) => document.payable !== undefined);
  assert.equal(settled.length, owed.length, 'every payment is seen');
}

async function calls(route: string, count: number, waitMilliseconds: number): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  const simulated = new BcStage();
  const observe = ({ operation }: { operation: string }): void => {
    counted[operation] = (counted[operation] ?? 0) + 1;
  };
  const stop = new AbortController();
  const { port } = simulatedBc(simulated, { sharing: { waitMilliseconds, stopping: stop.signal }, observe });
  const planned = Array.from({ length: count }, (_, index) => documents[route]!(seedOf(index)));
  await carry(port, simulated, planned);
  assert.equal(simulated.bc.posted().length, count);
  assert.deepEqual([simulated.violations, simulated.repeats, simulated.bc.unposted()], [[], [], []]);
  stop.abort();
  const batches = (): string[] => simulated.list('journals').map(({ code }: { code: string }) => code);
  for (let turns = 0; turns < 1_000 && batches().length > 1; turns += 1) await setImmediate();
  assert.deepEqual(batches(), ['DEFAULT'], 'no batch of ours is left');
  return counted;
}

const sum = (counted: Record<string, number>): number => Object.values(counted).reduce((all, each) => all + each, 0);

for (const route of Object.keys(documents)) {
  test(`issue 6, point 4: ${route} takes at most 8 calls per document with its watchers, where ten come together`, async (t) => {
    const together = await calls(route, 10, 5);
    t.diagnostic(`${route}: ${sum(together) / 10} per document ${JSON.stringify(together)}`);
    assert.ok(sum(together) <= 80, JSON.stringify(together));
  });

  test(`issue 6, point 4: ${route} alone, with everything read for the first time`, async (t) => {
    const alone = await calls(route, 1, 0);
    t.diagnostic(`${route}: ${sum(alone)} ${JSON.stringify(alone)}`);
    assert.ok(sum(alone) <= 26, JSON.stringify(alone));
  });
}
