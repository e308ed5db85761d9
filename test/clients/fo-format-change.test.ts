import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapter, environment, expense, NOW, post, signal, tracked } from './fo-fixtures.js';
import { MemoryWrites, type MemoryFo } from './fo-memory.js';
import { rejected } from './fo-write-support.js';

const request = { company: 'USMF', vendors: [], accounts: [], dimensions: [], journalNames: [] };

function reorder(fo: MemoryFo, text = 'MainAccount-CostCenter-Department'): void {
  fo.rows('DimensionIntegrationFormats')[0]!['FinancialDimensionFormat'] = text;
}

describe('a dimension format that is changed while the connector runs', () => {
  it('S41, S43: is seen a minute later at the latest, and then nothing is written; all documents get the same words', async () => {
    const fo = environment();
    let now = NOW;
    const port = adapter(fo, { now: () => now });
    await port.write(expense(), new MemoryWrites().context);
    reorder(fo);
    now += 60_000;
    const creates = fo.calls('LedgerJournalLines.create').length;
    const stopped = rejected('dimension-unusable', /were changed while the connector was running.*restart the workers/);
    const messages = new Set<string>();
    for (const keySeed of ['AAAA1F3C9E7B4A52', 'BBBB1F3C9E7B4A52']) {
      await assert.rejects(port.write(expense({ keySeed }), new MemoryWrites().context), (error: Error) => {
        messages.add(error.message);
        return stopped(error);
      });
    }
    assert.equal(messages.size, 1, 'one alert for the connection');
    assert.equal(fo.calls('LedgerJournalLines.create').length, creates);
    assert.match(
      [...messages][0] ?? '',
      /Before: ledger format MainAccount, Department, CostCenter;.*Now: ledger format MainAccount, CostCenter/,
    );
  });

  it('S42: is a finding of the check before any write, once the remembered set-up is over', async () => {
    const fo = environment();
    let now = NOW;
    const port = adapter(fo, { now: () => now });
    assert.deepEqual(await port.checkMasterData(request, signal), []);
    fo.rows('DimensionParameters')[0]!['DimensionSegmentDelimiter'] = 'Tilde';
    now += 2 * 3_600_000;
    const [finding] = await port.checkMasterData(request, signal);
    assert.deepEqual([finding?.kind, finding?.code], ['setup', 'dimension-format']);
  });

  it('B9: between write and proof, the posting waits with the reason and is not compared with misread strings', async () => {
    const fo = environment();
    const port = adapter(fo);
    await port.write(expense(), new MemoryWrites().context);
    post(fo, '00701');
    reorder(fo);
    const states = async (of: typeof port) => of.findPostings('USMF', [tracked(expense(), '00701')], signal);
    const [waiting] = await states(port);
    assert.match(
      (waiting?.state === 'waiting' && waiting.reason) || '',
      /posted, but cannot be compared.*were changed/,
    );
    reorder(fo, 'MainAccount-Department-CostCenter');
    assert.equal((await states(port))[0]?.state, 'posted', 'put back, it goes on');
  });

  it('S42: dimensions that are added at the end, and a first default format, leave every string its meaning', async () => {
    const fo = environment();
    const defaults = fo.rows('DimensionIntegrationFormats')[2]!;
    defaults['IsActive'] = 'No';
    let now = NOW;
    const port = adapter(fo, { now: () => now });
    await port.write(expense(), new MemoryWrites().context);
    reorder(fo, 'MainAccount-Department-CostCenter-Project');
    defaults['IsActive'] = 'Yes';
    now += 60_000;
    await port.write(expense(), new MemoryWrites().context);
    defaults['FinancialDimensionFormat'] = 'CostCenter-Department';
    now += 60_000;
    await assert.rejects(port.write(expense(), new MemoryWrites().context), { code: 'dimension-unusable' });
  });

  it('S42: a restarted worker takes the format as it is', async () => {
    const fo = environment();
    await adapter(fo).write(expense(), new MemoryWrites().context);
    reorder(fo);
    const other = expense({ keySeed: 'CCCC1F3C9E7B4A52' });
    await adapter(fo).write(other, new MemoryWrites().context);
    assert.equal(fo.rows('LedgerJournalLines').at(-2)!['AccountDisplayValue'], '618160-024-001');
  });

  it('S42: many documents of one minute ask for the set-up once', async () => {
    const fo = environment();
    const port = adapter(fo);
    const seeds = ['AAAA1F3C9E7B4A52', 'BBBB1F3C9E7B4A52', 'CCCC1F3C9E7B4A52'];
    await Promise.all(seeds.map((keySeed) => port.write(expense({ keySeed }), new MemoryWrites().context)));
    assert.equal(fo.calls('DimensionParameters.read').length, 1);
  });
});
