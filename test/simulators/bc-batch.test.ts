import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, BcStage, journalLine, root } from './bc-stage.js';

interface Part {
  method: string;
  id: string;
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
}

function linePart(stage: BcStage, journalId: string, lineNumber: number, amount: string): Part {
  return {
    method: 'POST',
    id: String(lineNumber),
    url: `companies(${stage.north})/journals(${journalId})/journalLines`,
    headers: { 'Content-Type': 'application/json' },
    body: journalLine(lineNumber, 'CX1', amount),
  };
}

function send(stage: BcStage, requests: Part[], headers: Record<string, string> = { isolation: 'snapshot' }): Answer {
  return stage.call('POST', `${root}/$batch`, { requests }, headers);
}

function newBatch(stage: BcStage): string {
  return stage.post('journals', { code: 'C1' }).body.id as string;
}

function statuses(answer: Answer): string[] {
  return answer.body.responses.map((response: { id: string; status: string }) => `${response.id}:${response.status}`);
}

test('an envelope of lines is answered part by part, and each part is a write of its own', () => {
  const stage = new BcStage();
  const id = newBatch(stage);
  const answer = send(stage, [linePart(stage, id, 10000, '5'), linePart(stage, id, 20000, '-5')]);
  assert.equal(answer.status, 200);
  assert.deepEqual(statuses(answer), ['10000:201', '20000:201']);
  assert.equal(answer.body.responses[0].body.amount, '5');
  assert.deepEqual(
    stage.writes.slice(1).map(({ operation, key, outcome }) => `${operation} ${key} ${outcome}`),
    [
      'journalLines.create North Ltd/C1/10000 applied',
      'journalLines.create North Ltd/C1/20000 applied',
      'batch $batch/1 applied',
    ],
  );
});

test('a failing part rolls a snapshot envelope back although the earlier parts say 201 with ids', () => {
  const stage = new BcStage();
  const id = newBatch(stage);
  const parts = [10000, 20000, 10000, 30000].map((lineNumber) => linePart(stage, id, lineNumber, '5'));
  const answer = send(stage, parts);
  assert.deepEqual(statuses(answer), ['10000:201', '20000:201', '10000:400']);
  assert.equal(answer.body.responses[2].body.error.code, 'Internal_EntityWithSameKeyExists');
  assert.equal(stage.get(`journalLines(${answer.body.responses[0].body.id})`).status, 404);
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 0);
  assert.ok(stage.writes.slice(1).every((write) => write.outcome === 'refused'));
});

test('reading a draft inside a snapshot envelope does not make the earlier parts final', () => {
  const stage = new BcStage();
  const draft = stage.draft('A1');
  const id = newBatch(stage);
  const read = { method: 'GET', id: 'r', url: `companies(${stage.north})/purchaseInvoices(${draft})` };
  const strongRead = { ...read, headers: { 'Data-Access-Intent': 'ReadWrite' } };
  send(stage, [linePart(stage, id, 1, '5'), strongRead, linePart(stage, id, 1, '5')]);
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 0);
});

test('without isolation what succeeded stays, and processing stops or goes on as preferred', () => {
  const stage = new BcStage();
  const id = newBatch(stage);
  const parts = [10000, 10000, 20000].map((lineNumber) => linePart(stage, id, lineNumber, '5'));
  assert.deepEqual(statuses(send(stage, parts, {})), ['10000:201', '10000:400']);
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 1);
  const goesOn = send(stage, parts, { prefer: 'odata.continue-on-error' });
  assert.deepEqual(statuses(goesOn), ['10000:400', '10000:400', '20000:201']);
});

test('100 parts are taken, 101 are a 500 and nothing is done', () => {
  const stage = new BcStage();
  const id = newBatch(stage);
  const parts = Array.from({ length: 101 }, (_, at) => linePart(stage, id, at + 1, '1'));
  const refused = send(stage, parts);
  assert.equal(refused.status, 500);
  assert.match(refused.body.error.message, /maximum number of '100'/);
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 0);
  assert.equal(send(stage, parts.slice(0, 100)).body.responses.length, 100);
});

test('an inner request needs its own Content-Type and an existing address', () => {
  const stage = new BcStage();
  const { headers: _headers, ...part } = linePart(stage, newBatch(stage), 1, '1');
  assert.deepEqual(statuses(send(stage, [part])), ['1:400']);
  assert.deepEqual(statuses(send(stage, [{ method: 'GET', id: 'x', url: 'nothing' }])), ['x:404']);
});

test('a deadlock that hits one part takes the whole envelope back', () => {
  const stage = new BcStage();
  const id = newBatch(stage);
  stage.itemFaults.set('journalLines.create', 'item-failure');
  const parts = [linePart(stage, id, 1, '5'), linePart(stage, id, 2, '-5')];
  assert.deepEqual(statuses(send(stage, parts)), ['1:409']);
  assert.deepEqual(statuses(send(stage, parts)), ['1:201', '2:201']);
});

test('a posting action inside an envelope breaks a rule', () => {
  const stage = new BcStage();
  const id = stage.draft('A1');
  const url = `companies(${stage.north})/purchaseInvoices(${id})/Microsoft.NAV.post`;
  assert.deepEqual(statuses(send(stage, [{ method: 'POST', id: 'p', url }])), ['p:204']);
  assert.match(stage.violations[0] ?? '', /posting action inside a \$batch/);
});
