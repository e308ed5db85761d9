import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyVersion, BcStage, journalLine, num, strong } from './bc-stage.js';

function batch(stage: BcStage, code = 'C7Q2M9K4T1'): string {
  return stage.post('journals', { code, displayName: 'Concur report' }).body.id as string;
}

test('S4: a posted journal leaves balanced G/L entries with its document number and a blank line', () => {
  const stage = new BcStage();
  const id = stage.postedJournal('c7q2m9k4t1', 'CX7Q2M9K4T1B5WZ');
  const entries = stage.list(
    "generalLedgerEntries?$filter=documentNumber eq 'CX7Q2M9K4T1B5WZ'&$expand=dimensionSetLines",
  );
  assert.deepEqual(
    entries.map((entry) => [entry.accountNumber, entry.debitAmount, entry.creditAmount, entry.documentType]),
    [
      ['8430', '120.5', '0', '_x0020_'],
      ['2310', '0', '120.5', '_x0020_'],
    ],
  );
  const lines = stage.list(`journals(${id})/journalLines`);
  assert.deepEqual(
    lines.map((line) => [line.lineNumber, line.accountNumber, line.amount]),
    [['10000', '', '0']],
  );
  assert.deepEqual(stage.bc.unposted(), []);
  assert.deepEqual(
    stage.writes.map(({ operation, key, outcome }) => `${operation} ${key} ${outcome}`),
    [
      'journals.create North Ltd/C7Q2M9K4T1 applied',
      'journalLines.create North Ltd/C7Q2M9K4T1/10000 applied',
      'journalLines.create North Ltd/C7Q2M9K4T1/20000 applied',
      'journals.post North Ltd/C7Q2M9K4T1 applied',
    ],
  );
});

test('the post answers 204 in any letter case, and a second one answers 204 and does nothing but is a repeat', () => {
  const stage = new BcStage();
  const id = stage.postedJournal('C1', 'CX1');
  const again = stage.post(`journals(${id})/microsoft.nav.POST`, undefined);
  assert.deepEqual([again.status, again.body], [204, undefined]);
  assert.equal(stage.list('generalLedgerEntries').length, 2);
  assert.deepEqual(stage.repeats, [{ operation: 'journals.post', key: 'North Ltd/C1' }]);
});

test('S83: a document number posted twice is there twice', () => {
  const stage = new BcStage();
  stage.postedJournal('C1', 'CX1');
  stage.postedJournal('C2', 'CX1');
  assert.deepEqual(
    stage.bc.posted().map((document) => [document.documentNumber, document.mark]),
    [
      ['CX1', 'CX1'],
      ['CX1', 'CX1'],
    ],
  );
  assert.deepEqual(stage.repeats, [{ operation: 'journals.post', key: 'North Ltd/C2' }]);
});

test('an empty batch has nothing to post, and posting DEFAULT breaks a rule', () => {
  const stage = new BcStage();
  const empty = stage.post(`journals(${batch(stage)})/Microsoft.NAV.post`, undefined);
  assert.match(empty.body.error.message, /There is nothing to post\./);
  const [standard] = stage.list("journals?$filter=code eq 'DEFAULT'");
  stage.post(`journals(${standard.id})/Microsoft.NAV.post`, undefined);
  assert.match(stage.violations[0] ?? '', /DEFAULT/);
});

test('posting takes every line of the batch, whoever wrote it', () => {
  const stage = new BcStage();
  const id = batch(stage);
  for (const [at, number] of ['MINE', 'OTHERS'].entries()) {
    stage.post(`journals(${id})/journalLines`, journalLine(at * 20000 + 10000, number, '5'));
    stage.post(`journals(${id})/journalLines`, journalLine(at * 20000 + 20000, number, '-5'));
  }
  assert.deepEqual(
    stage.bc.unposted().map(({ mark }) => mark),
    ['MINE', 'OTHERS'],
  );
  assert.equal(stage.post(`journals(${id})/Microsoft.NAV.post`, undefined).status, 204);
  assert.equal(stage.bc.posted().length, 2);
});

test('an unbalanced document, a closed date and a foreign-currency vendor stop the whole batch', () => {
  const stage = new BcStage();
  const attempt = (code: string, lines: Record<string, unknown>[]): string => {
    const id = batch(stage, code);
    for (const line of lines) assert.equal(stage.post(`journals(${id})/journalLines`, line).status, 201);
    return stage.post(`journals(${id})/Microsoft.NAV.post`, undefined).body.error.message as string;
  };
  assert.match(
    attempt('A', [journalLine(1, 'CXA', '10'), journalLine(2, 'CXA', '-9.99')]),
    /CXA is out of balance by 0.01/,
  );
  const closed = (line: Record<string, unknown>) => ({ ...line, postingDate: '2026-07-31' });
  const late = [closed(journalLine(1, 'CXB', '10')), closed(journalLine(2, 'CXB', '-10'))];
  assert.match(attempt('B', late), /not within your range of allowed posting dates/);
  const euro = { ...journalLine(2, 'CXC', '-10'), accountType: 'Vendor', accountNumber: 'EURO' };
  assert.match(attempt('C', [journalLine(1, 'CXC', '10'), euro]), /out of balance by -10/);
  assert.equal(stage.list('generalLedgerEntries').length, 0);
});

test('S94: lines are refused for unknown, blocked, heading and indirect accounts, and for blocked vendors', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const refusal = (patch: Record<string, unknown>): string => {
    const answer = stage.post(`journals(${id})/journalLines`, { ...journalLine(10000, 'CX', '1'), ...patch });
    assert.equal(answer.status, 400);
    return `${answer.code} ${answer.body.error.message}`;
  };
  assert.match(refusal({ accountNumber: '9999' }), /"accountNumber" does not match/);
  assert.match(refusal({ accountNumber: '8440' }), /FieldValidationException Blocked must be equal to 'No'/);
  assert.match(refusal({ accountNumber: '8450' }), /Direct Posting must be equal to 'Yes'/);
  assert.match(refusal({ accountNumber: '8000' }), /Account Type must be equal to 'Posting'/);
  assert.match(refusal({ accountType: 'Vendor', accountNumber: 'STOP' }), /blocked with type All/);
  assert.match(refusal({ accountNumber: undefined, accountId: '8430' }), /Edm.Guid|expected type/);
  assert.match(refusal({ amount: num('1.005') }), /2 decimal places/);
  assert.match(refusal({ amount: '1.00' }), /Cannot convert/);
  assert.match(refusal({ currencyCode: 'EUR' }), /does not exist on type/);
  assert.match(refusal({ documentNumber: 'X'.repeat(21) }), /StringExceededLength/);
  assert.match(refusal({ externalDocumentNumber: 'X'.repeat(36) }), /StringExceededLength/);
  assert.match(refusal({ description: 'X'.repeat(101) }), /StringExceededLength/);
  assert.match(refusal({ accountType: 'Cash' }), /EvaluateException/);
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 0);
});

test('duplicate batch codes and line numbers are 400 with the same-key code; the batch is a repeat', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const twin = stage.post('journals', { code: ' c7q2m9k4t1 ' });
  assert.deepEqual([twin.status, twin.code], [400, 'Internal_EntityWithSameKeyExists']);
  assert.deepEqual(stage.repeats, [{ operation: 'journals.create', key: 'North Ltd/C7Q2M9K4T1' }]);
  stage.post(`journals(${id})/journalLines`, journalLine(10000, 'CX', '1'));
  const line = stage.post(`journals(${id})/journalLines`, journalLine(10000, 'CX', '1'));
  assert.deepEqual([line.status, line.code], [400, 'Internal_EntityWithSameKeyExists']);
  assert.equal(stage.post('journals', { code: 'TOO-LONG-CODE' }).code, 'Application_StringExceededLength');
});

test('amounts keep every digit', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const answer = stage.post(`journals(${id})/journalLines`, journalLine(10000, 'CX', '90071992547409.93'));
  assert.equal(answer.body.amount, '90071992547409.93');
  assert.equal(answer.body.accountType, 'G_x002F_L_x0020_Account');
});

test('S99: dimensions are set on insert, patched and removed; unknown and present ones are refused', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const line = (lineNumber: number, pairs: unknown[]) =>
    stage.post(`journals(${id})/journalLines`, { ...journalLine(lineNumber, 'CX', '1'), dimensionSetLines: pairs });
  const sales = { code: 'department', valueCode: 'SALES' };
  assert.match(line(1, [{ code: 'REGION', valueCode: 'X' }]).body.error.message, /"code" does not match/);
  assert.match(line(1, [{ ...sales, valueCode: 'NONE' }]).body.error.message, /"valueCode" does not match/);
  assert.match(line(1, [sales, sales]).body.error.message, /already exists/);
  const lineId = line(1, [sales]).body.id as string;
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 1, 'refused lines leave nothing behind');
  assert.match(stage.post(`journalLines(${lineId})/dimensionSetLines`, sales).body.error.message, /already exists/);
  const added = stage.post(`journalLines(${lineId})/dimensionSetLines`, { code: 'PROJECT', valueCode: 'P-100' });
  assert.equal(added.status, 201);
  assert.equal(added.body.parentType, 'Journal_x0020_Line');
  const [department] = stage.list(`journalLines(${lineId})/dimensionSetLines`);
  const path = `journalLines(${lineId})/dimensionSetLines(${department.id})`;
  assert.equal(stage.below('PATCH', path, { valueCode: 'ADM' }, anyVersion).body.valueCode, 'ADM');
  assert.equal(stage.below('PATCH', path, { code: 'PROJECT' }, anyVersion).status, 400);
  assert.equal(stage.below('DELETE', path, undefined, anyVersion).status, 204);
  assert.deepEqual(
    stage.list(`journalLines(${lineId})/dimensionSetLines`).map((row) => row.code),
    ['PROJECT'],
  );
});

test('S43: an ordered fault accepts a dimension and loses it, so that only the read-back shows it', () => {
  const stage = new BcStage();
  const id = batch(stage);
  stage.itemFaults.set('dimensionSetLines.create', 'item-missing');
  const pairs = [{ code: 'DEPARTMENT', valueCode: 'SALES' }];
  const answer = stage.post(`journals(${id})/journalLines`, { ...journalLine(1, 'CX', '1'), dimensionSetLines: pairs });
  assert.equal(answer.status, 201);
  assert.deepEqual(stage.list(`journalLines(${answer.body.id})/dimensionSetLines`), []);
});

test('dimensions of posted entries are those of the lines and cannot be changed', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const pairs = [{ code: 'DEPARTMENT', valueCode: 'SALES' }];
  stage.post(`journals(${id})/journalLines`, { ...journalLine(1, 'CX', '1'), dimensionSetLines: pairs });
  stage.post(`journals(${id})/journalLines`, journalLine(2, 'CX', '-1'));
  stage.post(`journals(${id})/Microsoft.NAV.post`, undefined);
  const [entry] = stage.list('generalLedgerEntries?$expand=dimensionSetLines');
  assert.equal(entry.dimensionSetLines[0].valueCode, 'SALES');
  assert.deepEqual(stage.bc.posted()[0]?.entries[0], {
    account: '8430',
    role: 'cost',
    dimensions: { DEPARTMENT: 'SALES' },
    amount: '1',
  });
  const path = `generalLedgerEntries(${entry.id})/dimensionSetLines`;
  assert.match(stage.post(path, { code: 'PROJECT', valueCode: 'P-100' }).body.error.message, /read only/);
  assert.equal(stage.below('DELETE', `generalLedgerEntries(${entry.id})`).status, 405);
  assert.equal(stage.violations.length, 2);
});

test('a balancing account gives a line its second leg', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const balancing = { balanceAccountType: 'Vendor', balancingAccountNumber: 'CE01' };
  stage.post(`journals(${id})/journalLines`, { ...journalLine(1, 'CX', '7.5'), ...balancing });
  assert.equal(stage.post(`journals(${id})/Microsoft.NAV.post`, undefined).status, 204);
  assert.deepEqual(
    stage.bc.posted()[0]?.entries.map((entry) => [entry.account, entry.amount, entry.vendor ?? false]),
    [
      ['8430', '7.5', false],
      ['CE01', '-7.5', true],
    ],
  );
});

test('reads without write intent miss what was written in the last moments', () => {
  const stage = new BcStage();
  stage.postedJournal('C1', 'CX1');
  const onReplica = (path: string): unknown[] => stage.get(path, {}).body.value;
  assert.equal(onReplica('generalLedgerEntries').length, 0);
  assert.equal(onReplica("journals?$filter=code eq 'C1'").length, 0);
  assert.equal(stage.list('generalLedgerEntries').length, 2);
  stage.nowMs += 300;
  assert.equal(onReplica('generalLedgerEntries').length, 2);
  assert.equal(onReplica("journals?$filter=code eq 'C1'").length, 1);
});

test('lines are changed and deleted with etags as the service demands them', () => {
  const stage = new BcStage();
  const id = batch(stage);
  const line = stage.post(`journals(${id})/journalLines`, journalLine(10000, 'CX', '1')).body;
  const patch = (headers: Record<string, string>) =>
    stage.below('PATCH', `journalLines(${line.id})`, { amount: num('2') }, headers);
  assert.equal(patch({}).code, 'BadRequest_InvalidToken');
  stage.nowMs += 1_000;
  const changed = patch({ 'if-match': line['@odata.etag'] });
  assert.equal(changed.body.amount, '2');
  assert.equal(changed.body.lastModifiedDateTime, line.lastModifiedDateTime, 'the answer still has the old instant');
  const stale = patch({ 'if-match': line['@odata.etag'] });
  assert.deepEqual([stale.status, stale.code], [409, 'Request_EntityChanged']);
  assert.equal(stage.below('DELETE', `journalLines(${line.id})`, undefined, { 'if-match': 'W/"x"' }).status, 409);
  assert.equal(stage.below('DELETE', `journalLines(${line.id})`).status, 204);
  assert.equal(stage.get(`journalLines(${line.id})`).code, 'BadRequest_ResourceNotFound');
  assert.equal(stage.below('DELETE', `journals(${id})`, undefined, anyVersion).status, 204);
  assert.equal(stage.below('DELETE', `journals(${id})`, undefined, anyVersion).status, 404);
  assert.deepEqual(stage.violations, [
    'journalLines.delete: DELETE without If-Match: a record changed meanwhile would be lost',
  ]);
});

test('S10: deleting a batch with lines in it, or DEFAULT, works and breaks a rule', () => {
  const stage = new BcStage();
  const id = batch(stage, 'C1');
  stage.post(`journals(${id})/journalLines`, journalLine(10000, 'CX', '1'));
  const remove = (journal: string): number =>
    stage.below('DELETE', `journals(${journal})`, undefined, anyVersion).status;
  assert.equal(remove(id), 204);
  assert.deepEqual(stage.violations, ['journals.delete: journal batch C1 deleted with 1 lines in it']);
  const [standard] = stage.list("journals?$filter=code eq 'DEFAULT'");
  assert.equal(remove(standard.id), 204);
  assert.match(stage.violations[1]!, /deleted the batch DEFAULT/);
});

test('a batch that a posting has emptied is deleted, its blank line with it, without breaking a rule', () => {
  const stage = new BcStage();
  const id = stage.postedJournal('C9', 'CX9');
  assert.equal(stage.list(`journals(${id})/journalLines`).length, 1);
  assert.equal(stage.below('DELETE', `journals(${id})`, undefined, anyVersion).status, 204);
  assert.deepEqual(stage.violations, []);
});

test('a body without Content-Type is a 400 that does not say so', () => {
  const stage = new BcStage();
  const answer = stage.below('POST', 'journals', { code: 'C1' }, { 'content-type': '' });
  assert.equal(answer.status, 400);
  assert.doesNotMatch(answer.body.error.message, /content-type/i);
});

test('a wish for no content turns the answer of a create into 204 with the address', () => {
  const stage = new BcStage();
  const answer = stage.below('POST', 'journals', { code: 'C1' }, { prefer: 'return=minimal' });
  assert.deepEqual([answer.status, answer.body], [204, undefined]);
  assert.match(answer.headers['location'] ?? '', /journals\([0-9a-f-]{36}\)$/);
});

test('while the batch is paused a post only schedules, and the job queue posts once afterwards', () => {
  const stage = new BcStage();
  stage.bc.pause({ batch: true });
  const id = stage.postedJournal('C1', 'CX1');
  assert.equal(stage.post(`journals(${id})/Microsoft.NAV.post`, undefined).status, 204);
  stage.bc.tick();
  assert.equal(stage.list('generalLedgerEntries').length, 0);
  stage.bc.pause({ batch: false });
  stage.bc.tick();
  stage.bc.tick();
  assert.equal(stage.get('generalLedgerEntries', strong).body.value.length, 2);
  assert.deepEqual(stage.repeats, []);
  assert.equal(stage.writes.at(-1)?.outcome, 'repeat');
});
