import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchBody, FoStage, host, type Answer } from './fo-stage.js';

const header = {
  target: `http://${host}/data/LedgerJournalHeaders`,
  body: { dataAreaId: 'usmf', JournalName: 'CNQREXP', Description: 'Concur EXP 1', JournalBatchNumber: 'CQ1' },
};
const line = (more: object): { target: string; body: object } => ({
  target: 'LedgerJournalLines?cross-company=true',
  body: {
    dataAreaId: 'usmf',
    JournalBatchNumber: 'CQ1',
    CurrencyCode: 'USD',
    TransDate: '2026-04-10T12:00:00Z',
    ...more,
  },
});
const credit = line({ AccountType: 'Vend', AccountDisplayValue: 'US\\-101', CreditAmount: 5 });
const debit = line({ AccountType: 'Ledger', AccountDisplayValue: '618160', DebitAmount: 5 });

function send(stage: FoStage, body: string, contentType = 'multipart/mixed; boundary=outer'): Answer {
  return stage.call('POST', '/data/$batch', body, { 'content-type': contentType });
}

const statuses = (answer: Answer): number[] =>
  [...answer.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));
const contentIds = (answer: Answer): string[] =>
  [...answer.text.matchAll(/Content-ID: (\d+)/g)].map((match) => match[1] ?? '');

test('A changeset writes header and lines as one transaction, each with its part in the answer', () => {
  const stage = new FoStage();
  const answer = send(stage, batchBody([[header, credit, debit]]));
  assert.equal(answer.status, 200);
  assert.match(answer.headers['Content-Type'] ?? '', /^multipart\/mixed; boundary=batchresponse_/);
  assert.deepEqual(statuses(answer), [201, 201, 201]);
  assert.deepEqual(contentIds(answer), ['1', '2', '3']);
  assert.ok(answer.text.includes('\r\n\r\nHTTP/1.1 201 Created\r\n'));
  assert.equal(stage.seen.writes.filter(({ outcome }) => outcome === 'applied').length, 3);
});

test('Trap 1: a failed changeset leaves nothing but one part with status 500 inside an outer 200', () => {
  const stage = new FoStage();
  const bad = line({ AccountType: 'Ledger', AccountDisplayValue: '1', DebitAmount: 5 });
  const answer = send(
    stage,
    batchBody([[header, credit, bad], [{ ...header, body: { ...header.body, JournalBatchNumber: 'CQ2' } }]]),
  );
  assert.equal(answer.status, 200);
  assert.deepEqual(statuses(answer), [500]);
  assert.deepEqual(contentIds(answer), ['1']);
  assert.match(answer.text, /"message":"An error has occurred\."/);
  assert.deepEqual(stage.simulator.unposted(), []);
  assert.equal(stage.rows('LedgerJournalLines', "dataAreaId eq 'usmf'").length, 0);
  assert.deepEqual(
    stage.seen.writes.map(({ outcome }) => outcome),
    ['refused'],
  );
});

test('In strong mode the repeated changeset fails on the key and nothing is doubled', () => {
  const stage = new FoStage();
  send(stage, batchBody([[header, credit, debit]]));
  const again = send(stage, batchBody([[header, credit, debit]]));
  assert.deepEqual(statuses(again), [500]);
  assert.match(again.text, /The record already exists\.\./);
  assert.equal(stage.rows('LedgerJournalLines', "dataAreaId eq 'usmf'").length, 2);
  assert.deepEqual(stage.seen.repeats, []);
});

test('Two changesets have two fates; one that mixes companies is a broken rule', () => {
  const stage = new FoStage();
  const german = { ...header, body: { dataAreaId: 'demf', JournalName: 'CNQREXP', Description: 'y' } };
  assert.deepEqual(statuses(send(stage, batchBody([[header], [german]]))), [201, 201]);
  assert.deepEqual(stage.seen.violations, []);
  const two = { ...header, body: { ...header.body, JournalBatchNumber: 'CQ2', Description: 'z' } };
  send(stage, batchBody([[two, german]]));
  assert.match(stage.seen.violations.join(), /one changeset writes to usmf and demf/);
});

test('Injected item faults: a changeset fails with a conflict, or is done and left out of the answer', () => {
  const stage = new FoStage();
  stage.itemFaults.set('item-failure batch', 1);
  assert.deepEqual(statuses(send(stage, batchBody([[header, credit, debit]]))), [500]);
  assert.deepEqual(stage.simulator.unposted(), []);
  stage.itemFaults.set('item-missing batch', 1);
  assert.deepEqual(statuses(send(stage, batchBody([[header, credit, debit]]))), []);
  assert.equal(stage.simulator.unposted().length, 1);
  assert.ok(stage.seen.writes.every(({ lost }) => lost === true));
});

test('Malformed batches, references to other operations and more than 200 operations are refused', () => {
  const stage = new FoStage();
  const good = batchBody([[header]]);
  const refused = [
    good.replaceAll('\r\n', '\n'),
    good.replace('--outer--', ''),
    good.replace('POST', 'GET'),
    good.replace(/Content-ID: 1\r\n/, ''),
    batchBody([Array.from({ length: 201 }, () => header)]),
  ];
  for (const body of refused) assert.equal(send(stage, body).status, 400, body.slice(0, 200));
  assert.equal(send(stage, good, 'application/json').status, 400);
  assert.deepEqual(stage.simulator.unposted(), []);
  const reference = send(stage, batchBody([[header, { target: '$1/LedgerJournalLines', body: {} }]]));
  assert.deepEqual(statuses(reference), [500]);
  assert.match(reference.text, /No HTTP resource was found/);
  assert.deepEqual(stage.simulator.unposted(), []);
});

test('Reads go in a batch without changeset', () => {
  const stage = new FoStage();
  const target = `/data/LegalEntities?$filter=${encodeURIComponent("LegalEntityId eq 'demf'")}`;
  const body = [
    '--outer',
    'Content-Type: application/http',
    '',
    `GET ${target} HTTP/1.1`,
    '',
    '',
    '--outer--',
    '',
  ].join('\r\n');
  const answer = send(stage, body);
  assert.deepEqual(statuses(answer), [200]);
  assert.match(answer.text, /Contoso Germany/);
});

test('B25: a batch of queries is a read of its own name and says what it carries; one that writes is a write', () => {
  const stage = new FoStage();
  const get = (target: string): string =>
    ['--outer', 'Content-Type: application/http', '', `GET ${target} HTTP/1.1`, '', ''].join('\r\n');
  const queries = [
    "VendorsV3?cross-company=true&$filter=dataAreaId%20eq%20'usmf'",
    `http://${host}/data/MainAccounts?$select=MainAccountId`,
  ];
  const operationOf = (body: string) =>
    stage.simulator.route({
      method: 'POST',
      path: '/data/$batch',
      rawUrl: '/data/$batch',
      query: new URLSearchParams(),
      headers: { host, authorization: 'Bearer good', 'content-type': 'multipart/mixed; boundary=outer' },
      body,
    });
  const reading = operationOf([...queries.map(get), '--outer--', ''].join('\r\n'));
  assert.deepEqual([reading.name, reading.kind], ['batch.read', 'read']);
  assert.deepEqual(reading.inside, ['VendorsV3.read', 'MainAccounts.read']);
  const { status, body } = reading.execute();
  assert.equal(status, 200);
  assert.equal(String(body).match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  const writing = operationOf(batchBody([[header, credit, debit]]));
  assert.deepEqual([writing.name, writing.kind, writing.inside], ['batch', 'write', []]);
});
