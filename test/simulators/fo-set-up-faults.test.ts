import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoStage } from './fo-stage.js';

function stageWith(faults: Record<string, unknown>): FoStage {
  const stage = new FoStage();
  stage.simulator.changeSetUpFaults(faults);
  return stage;
}

const messageOf = (answer: { json: any }): string => answer.json.error?.innererror?.message ?? answer.json.Message;

const journalName = (stage: FoStage, name = 'CNQREXP'): any =>
  stage.rows('JournalNames', `dataAreaId eq 'usmf' and Name eq '${name}'`)[0];

const credit = { AccountType: 'Vend', AccountDisplayValue: 'US\\-101', CreditAmount: 10, Text: 'credit' };
const debit = { AccountType: 'Ledger', AccountDisplayValue: '618160-001-024', DebitAmount: 10, Text: 'debit' };

test('B7: faults are merged, shown, survive a restart and end with false; unknown names and values are refused', () => {
  const stage = stageWith({ 'batch-off': true, 'journal-name-missing': 'CNQREXP' });
  stage.simulator.changeSetUpFaults({ 'role-missing': 'VendorsV3' });
  stage.restart();
  assert.deepEqual(stage.simulator.setUpFaults(), {
    'batch-off': true,
    'journal-name-missing': 'CNQREXP',
    'role-missing': 'VendorsV3',
  });
  assert.equal(journalName(stage), undefined);
  stage.simulator.changeSetUpFaults({ 'batch-off': false, 'journal-name-missing': false });
  assert.deepEqual(stage.simulator.setUpFaults(), { 'role-missing': 'VendorsV3' });
  assert.equal(journalName(stage).Name, 'CNQREXP');
  const wrong = [
    { 'batch-of': true },
    { 'entity-set-missing': 'Vendors' },
    { 'field-missing': 'VendorsV3.Nothing' },
    { 'field-missing': 'VendorsV3.VendorAccountNumber' },
    { 'dimension-not-activated': 'Colour' },
    { 'journal-name-wrong-type': 'OTHER' },
  ];
  for (const faults of wrong) {
    assert.throws(() => {
      stage.simulator.changeSetUpFaults(faults);
    }, JSON.stringify(faults));
  }
  assert.deepEqual(stage.simulator.setUpFaults(), { 'role-missing': 'VendorsV3' });
});

test('B7: a client that no user is mapped to gets 401, or 403, whatever it asks', () => {
  const stage = stageWith({ 'no-entra-application': true });
  for (const target of ['/data', '/data/$metadata', '/data/LegalEntities'])
    assert.equal(stage.call('GET', target).status, 401);
  stage.simulator.changeSetUpFaults({ 'no-entra-application': 403 });
  assert.equal(stage.get('LegalEntities').status, 403);
  assert.equal(stage.post('LedgerJournalHeaders', {}).status, 403);
  stage.simulator.changeSetUpFaults({ 'no-entra-application': false });
  assert.equal(stage.get('LegalEntities').status, 200);
});

test('B7: a company that is missing is in no set, and nothing can be written to it; the others stay', () => {
  const stage = stageWith({ 'company-missing': true });
  const companies = (set: string): string[] => stage.get(set).json.value.map((row: any) => row.LegalEntityId);
  assert.deepEqual([companies('LegalEntities'), companies('Ledgers')], [['demf'], ['demf']]);
  assert.deepEqual(stage.rows('VendorsV3', "dataAreaId eq 'usmf'"), []);
  const header = { dataAreaId: 'usmf', JournalName: 'CNQREXP', Description: 'x' };
  assert.match(messageOf(stage.post('LedgerJournalHeaders', header)), /'usmf'.*'Legal entities'/);
  assert.equal(stage.post('LedgerJournalHeaders', { ...header, dataAreaId: 'demf' }).status, 201);
});

test('B7: a company without ledger has no periods and takes no journals', () => {
  const stage = stageWith({ 'no-ledger': true });
  assert.deepEqual(
    stage.get('Ledgers').json.value.map((row: any) => row.LegalEntityId),
    ['demf'],
  );
  assert.equal(stage.get('LegalEntities').json.value.length, 2);
  assert.deepEqual(stage.get('LedgerFiscalPeriods', { $filter: "LegalEntityId eq 'usmf'" }).json.value, []);
  assert.throws(() => stage.journal('x'), /ledger of company usmf is not set up/);
  assert.match(messageOf(stage.pendingHeader('x')), /ledger of company usmf is not set up/);
});

test('S38 B7: a set that the environment lacks is not in $metadata and answers like a wrong address (trap 2)', () => {
  const stage = stageWith({ 'entity-set-missing': 'VendTransBiEntities' });
  const answer = stage.get('VendTransBiEntities');
  assert.equal(answer.status, 404);
  assert.match(answer.json.Message, /No HTTP resource was found/);
  for (const target of ['/data/$metadata', '/data']) {
    const { text } = stage.call('GET', target);
    assert.ok(!text.includes('VendTransBiEntit') && text.includes('VendSettlementBiEntities'), target);
  }
  // Posting goes on: the table is there, only the entity is not.
  stage.report('one', 10);
  stage.run(1_500);
  assert.equal(stage.simulator.posted().length, 1);
});

test('S38 B7: a field that the environment lacks is refused by name wherever it is used', () => {
  const stage = stageWith({ 'field-missing': 'VendTransBiEntities.LastSettleVoucher' });
  const missing = /Could not find a property named 'LastSettleVoucher' on type 'Microsoft\.Dynamics\.DataEntities\./;
  const queries: Record<string, string>[] = [
    { $select: 'Voucher,LastSettleVoucher' },
    { $filter: "dataAreaId eq 'usmf' and LastSettleVoucher eq 'x'" },
    { $orderby: 'LastSettleVoucher' },
  ];
  for (const query of queries) {
    const answer = stage.get('VendTransBiEntities', query);
    assert.equal(answer.status, 400);
    assert.match(messageOf(answer), missing);
  }
  stage.report('one', 10);
  stage.run(1_500);
  const [row] = stage.rows('VendTransBiEntities', "dataAreaId eq 'usmf'");
  assert.ok(!('LastSettleVoucher' in row) && 'LastSettleDate' in row);
  assert.equal(stage.call('GET', '/data/$metadata').text.match(/LastSettleVoucher/g), null);
  stage.simulator.changeSetUpFaults({ 'field-missing': 'LedgerJournalHeaders.Description' });
  assert.throws(() => stage.journal('x'), /Could not find a property named 'Description'/);
});

test('S38 B7: a missing role answers reads of its set with 403 and of no other', () => {
  const stage = stageWith({ 'role-missing': 'VendorsV3' });
  const answer = stage.get('VendorsV3');
  assert.equal(answer.status, 403);
  assert.match(answer.json.error.innererror.type, /ODataSecurityException/);
  assert.equal(stage.get('VendorGroups').status, 200);
});

test('S42 B7: without an active format no dimensions are written, and the error says so', () => {
  const stage = stageWith({ 'no-ledger-format': true });
  const formats = (): [string, string][] =>
    stage.get('DimensionIntegrationFormats').json.value.map((row: any) => [row.DimensionFormatType, row.IsActive]);
  assert.deepEqual(formats(), [['DataEntityDefaultDimensionFormat', 'Yes']]);
  const journal = stage.journal('x');
  assert.match(messageOf(stage.line(journal, debit)), /^No active format for data entities has been set up\.$/);
  assert.equal(stage.line(journal, { ...credit, DefaultDimensionDisplayValue: '001-' }).status, 201);
  stage.simulator.changeSetUpFaults({ 'no-ledger-format': false, 'no-default-format': true });
  assert.deepEqual(formats(), [
    ['DataEntityDefaultDimensionFormat', 'No'],
    ['DataEntityLedgerDimensionFormat', 'Yes'],
  ]);
  const withDefault = { ...credit, DefaultDimensionDisplayValue: '001-', Text: 'more' };
  assert.match(messageOf(stage.line(journal, withDefault)), /No active format/);
  assert.equal(stage.line(journal, debit).status, 201);
});

test('S42 S43 B7: a dimension that the ledger format leaves out drops a segment or misplaces it without a word (trap 6)', () => {
  const stage = stageWith({ 'dimension-not-in-format': 'CostCenter' });
  const [format] = stage.rows('DimensionIntegrationFormats', "DimensionFormatName eq 'Ledger dimensions'");
  assert.equal(format.FinancialDimensionFormat, 'MainAccount-BusinessUnit');
  const line = stage.line(stage.journal('dropped'), debit);
  assert.deepEqual([line.status, line.json.AccountDisplayValue], [201, '618160-001']);
  stage.simulator.changeSetUpFaults({ 'dimension-not-in-format': 'BusinessUnit' });
  const misplaced = stage.line(stage.journal('misplaced'), { ...debit, AccountDisplayValue: '618160--024' });
  assert.deepEqual([misplaced.status, misplaced.json.AccountDisplayValue], [201, '618160-']);
  assert.match(messageOf(stage.line(stage.journal('wrong'), debit)), /'001' in field 'CostCenter'/);
});

test('S42 B7: a dimension that is not activated is not listed and refused where it has a value', () => {
  const stage = stageWith({ 'dimension-not-activated': 'costcenter' });
  const names = stage.get('DimensionAttributes').json.value.map((row: any) => row.DimensionName);
  assert.deepEqual(names, ['MainAccount', 'BusinessUnit']);
  const journal = stage.journal('x');
  assert.match(messageOf(stage.line(journal, debit)), /Only active dimensions can be used/);
  assert.equal(stage.line(journal, { ...debit, AccountDisplayValue: '618160-001-' }).status, 201);
});
