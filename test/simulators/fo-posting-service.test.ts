import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage, masterData, type Answer } from './fo-stage.js';

const service = '/api/services/ConcurPostingServiceGroup/ConcurPostingService/postJournal';

function stageWith(...deployed: string[]): FoStage {
  const companies = masterData.companies.map((company) => ({
    ...company,
    ...(deployed.includes(company.company) ? { postingService: true } : {}),
  }));
  return new FoStage({ master: { ...masterData, companies } });
}

function postJournal(stage: FoStage, journal: string, more: Record<string, unknown> = {}): Answer {
  const body = { _dataAreaId: 'USMF', _journalBatchNumber: journal, _correlationId: '6D0A1F3C9E7B4A52', ...more };
  return stage.call('POST', service, JSON.stringify(body));
}

test('S100: the posting service posts a journal at once, without waiting for the batch', () => {
  const stage = stageWith('USMF');
  const journal = stage.report('Concur EXP 1', 10);
  const answer = postJournal(stage, journal);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json, { $id: '1', Posted: true, AlreadyPosted: false, Infolog: [] });
  assert.deepEqual(
    stage.simulator.posted().map(({ mark }) => mark),
    ['Concur EXP 1'],
  );
  const { operation, key, outcome } = stage.seen.writes.at(-1) ?? {};
  assert.deepEqual([operation, key, outcome], ['posting-service', `usmf/${journal}`, 'applied']);
});

test('S100: asking twice posts once: the second answer says AlreadyPosted', () => {
  const stage = stageWith('USMF');
  const journal = stage.invoiceJournal('Concur INV 1', [
    {
      LineNumber: 1,
      AccountType: 'Vend',
      AccountDisplayValue: 'US\\-101',
      OffsetAccountDisplayValue: '618160',
      Credit: 12,
      Invoice: '48399',
    },
  ]);
  postJournal(stage, journal);
  assert.deepEqual(postJournal(stage, journal).json, { $id: '1', Posted: true, AlreadyPosted: true, Infolog: [] });
  stage.run(2_000);
  assert.equal(stage.simulator.posted().length, 1);
  assert.equal(stage.rows('VendTransBiEntities', "dataAreaId eq 'usmf' and Invoice eq '48399'").length, 1);
  assert.deepEqual(stage.seen.repeats, []);
});

test('A business refusal is a 200 with its Infolog, and stands in the log of the journal as well', () => {
  const stage = stageWith('USMF');
  const journal = stage.journal('unbalanced');
  assert.deepEqual(postJournal(stage, journal).json.Infolog, [`Journal ${journal} has no lines to be posted.`]);
  stage.line(journal, { AccountType: 'Vend', AccountDisplayValue: 'US\\-101', CreditAmount: 10 });
  stage.line(journal, { AccountType: 'Ledger', AccountDisplayValue: '618160', DebitAmount: 9 });
  const refused = postJournal(stage, journal);
  assert.deepEqual([refused.status, refused.json.Posted, refused.json.AlreadyPosted], [200, false, false]);
  assert.match(refused.json.Infolog[0], /do not balance/);
  const filter = `dataAreaId eq 'usmf' and JournalNum eq '${journal}'`;
  assert.equal(stage.rows('LedgerJournalTableBiEntities', filter)[0].Log, refused.json.Infolog[0]);
  assert.deepEqual(postJournal(stage, '99999').json.Infolog, ['Journal 99999 does not exist.']);
  assert.ok(stage.seen.writes.slice(-2).every(({ outcome }) => outcome === 'refused'));
  assert.deepEqual(stage.simulator.posted(), []);
});

test('A company without the service knows no such address, and neither does an environment without it', () => {
  const none = stageWith();
  const journal = none.report('x', 10);
  assert.equal(postJournal(none, journal).status, 404);
  assert.match(postJournal(none, journal).json.Message, /No HTTP resource was found/);
  const stage = stageWith('DEMF');
  assert.equal(postJournal(stage, stage.report('x', 10)).status, 404);
  assert.equal(stage.call('GET', service).status, 404);
  assert.deepEqual(stage.simulator.posted(), []);
});

test('Misspelt, missing and surplus parameters, other types and unknown companies are refused before anything is posted', () => {
  const stage = stageWith('USMF');
  const journal = stage.report('x', 10);
  const missing = postJournal(stage, journal, { _journalBatchNumber: undefined, journalBatchNumber: journal });
  assert.equal(missing.status, 400);
  assert.equal(missing.json.Message, "Parameter '_journalBatchNumber' is not found within the request content body.");
  assert.equal(postJournal(stage, journal, { _force: true }).status, 400);
  assert.equal(postJournal(stage, journal, { _correlationId: 5 }).status, 400);
  assert.equal(stage.call('POST', service, '{').status, 400);
  const unknown = postJournal(stage, journal, { _dataAreaId: 'xxmf' });
  assert.equal(unknown.status, 500);
  assert.match(
    unknown.json.Message,
    /^An exception occured when invoking the operation - The company 'xxmf' does not exist/,
  );
  assert.deepEqual(stage.simulator.posted(), []);
});

test('The posting service asks for a token and counts as a write under its own name', () => {
  const stage = stageWith('USMF');
  const journal = stage.report('x', 10);
  const request = {
    ...{ method: 'POST', path: service, rawUrl: service, query: new URLSearchParams(), headers: {} },
    body: JSON.stringify({ _dataAreaId: 'usmf', _journalBatchNumber: journal, _correlationId: '' }),
  };
  const { name, kind } = stage.simulator.route(request);
  assert.deepEqual([name, kind], ['posting-service', 'write']);
  stage.token = 'bad';
  assert.equal(postJournal(stage, journal).status, 401);
  assert.deepEqual(stage.simulator.posted(), []);
});
