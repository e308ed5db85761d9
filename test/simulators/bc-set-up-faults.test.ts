import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BcStage, journalLine, root, type Answer } from './bc-stage.js';

function stageWith(faults: Record<string, unknown>): BcStage {
  const stage = new BcStage();
  stage.bc.changeSetUpFaults(faults);
  return stage;
}

const messageOf = (answer: Answer): string => answer.body.error.message;

/** What posting an invoice of the stage answers. */
const posting = (stage: BcStage, header: Record<string, unknown> = {}): Answer =>
  stage.postInvoice(stage.draft('A1', '10', header));

const companies = (stage: BcStage): string[] =>
  stage.call('GET', `${root}/companies`).body.value.map((row: any) => row.name);

describe('set-up faults of Business Central', () => {
  test('B7: faults are merged, shown, survive a restart and end with false; unknown names and values are refused', () => {
    const stage = stageWith({ 'webhooks-off': true, 'permission-missing': 'vendors' });
    stage.bc.changeSetUpFaults({ 'period-closed': true });
    const next = new BcStage(JSON.parse(JSON.stringify(stage.bc.snapshot())));
    const all = { 'webhooks-off': true, 'permission-missing': 'vendors', 'period-closed': true };
    assert.deepEqual(next.bc.setUpFaults(), all);
    next.bc.changeSetUpFaults({ 'webhooks-off': false, 'permission-missing': false });
    assert.deepEqual(next.bc.setUpFaults(), { 'period-closed': true });
    for (const wrong of [{ 'webhook-off': true }, { 'period-closed': 'yes' }, { 'post-action-missing': 'vendors' }]) {
      assert.throws(() => {
        next.bc.changeSetUpFaults(wrong);
      }, JSON.stringify(wrong));
    }
  });

  test('B7: a company that is missing is in no list and cannot be addressed; the others stay', () => {
    const stage = stageWith({ 'company-missing': true });
    assert.deepEqual(companies(stage), ['South Ltd']);
    assert.equal(stage.get('vendors').code, 'Internal_CompanyNotFound');
    assert.equal(stage.post('vendors', { number: 'V1' }).code, 'Internal_CompanyNotFound');
  });

  test('B7: a disabled user gets 401, an upgrading environment 503 with its code, whatever is asked', () => {
    const stage = stageWith({ 'user-disabled': true });
    for (const path of ['vendors', 'purchaseInvoices']) assert.equal(stage.get(path).status, 401);
    stage.bc.changeSetUpFaults({ 'user-disabled': false, 'environment-upgrading': true });
    assert.deepEqual([stage.get('vendors').status, stage.get('vendors').code], [503, 'Internal_TenantUnavailable']);
    assert.equal(stage.post('vendors', { number: 'V1' }).status, 503);
    stage.bc.changeSetUpFaults({ 'environment-upgrading': false });
    assert.deepEqual(stage.list("vendors?$filter=number eq 'V1'"), []);
  });

  test('B7: a missing permission is a 400 that only its text tells apart, for reads and for writes', () => {
    const stage = stageWith({ 'permission-missing': 'purchaseInvoices' });
    const read = stage.get('purchaseInvoices');
    assert.deepEqual([read.status, read.code], [400, 'Internal_ServerError']);
    assert.match(messageOf(read), /^You do not have the following permissions on TableData .+: Read/);
    assert.match(messageOf(stage.post('purchaseInvoices', { vendorNumber: '20000' })), /permissions .*: Insert/);
    assert.equal(stage.get('vendors').status, 200);
  });

  test('B7: sets, actions and the analytics app can be absent, and the metadata say so', () => {
    const stage = stageWith({
      'entity-set-missing': 'purchaseCreditMemos',
      'post-action-missing': 'journals',
      'analytics-missing': true,
    });
    assert.equal(stage.get('purchaseCreditMemos').code, 'BadRequest_ResourceNotFound');
    const metadata = stage.call('GET', `${root}/$metadata`).body as string;
    assert.doesNotMatch(metadata, /EntitySet Name="purchaseCreditMemos"/);
    const action = (type: string): RegExp =>
      new RegExp(`<Action Name="post" IsBound="true"><Parameter Name="bindingParameter" Type="Microsoft.NAV.${type}"`);
    assert.doesNotMatch(metadata, action('journal'));
    assert.match(metadata, action('purchaseInvoice'));
    const journal = stage.post('journals', { code: 'B1' }).body;
    assert.equal(stage.post(`journals(${journal.id})/Microsoft.NAV.post`, undefined).status, 404);
    const route = `/v2.0/contoso/Sandbox/api/microsoft/analytics/v1.0/companies(${stage.north})/vendorLedgerEntries`;
    assert.equal(stage.call('GET', route).code, 'BadRequest_ResourceNotFound');
  });

  test('B7: a missing API is a 404, or a 405 where its services are switched off; analytics is another API', () => {
    const stage = stageWith({ 'api-missing': true });
    assert.equal(stage.call('GET', `${root}/companies`).status, 404);
    stage.bc.changeSetUpFaults({ 'api-missing': 405 });
    assert.equal(stage.call('GET', `${root}/companies`).status, 405);
    stage.bc.changeSetUpFaults({ 'api-missing': false });
    assert.deepEqual(companies(stage), ['North Ltd', 'South Ltd']);
  });

  test('B7: credit memos wait for their data upgrade', () => {
    const stage = stageWith({ 'credit-memo-upgrade-needed': true });
    assert.match(messageOf(stage.get('purchaseCreditMemos')), /^You must run the data upgrade for this API page/);
    assert.equal(stage.get('purchaseInvoices').status, 200);
  });

  test('B7: number series, workflow and dialogs stop a posting, and the draft stays', () => {
    const expected: [string, string, RegExp][] = [
      ['no-posting-number-series', 'Application_FieldValidationException', /Nos\. must have a value/],
      ['approval-workflow', 'Application_FieldValidationException', /^Status must be equal to 'Open' in Purchase/],
      ['confirm-dialog', 'Application_CallbackNotAllowed', /client callback/],
    ];
    for (const [fault, code, text] of expected) {
      const stage = stageWith({ [fault]: true });
      const answer = posting(stage);
      assert.deepEqual([answer.status, answer.code], [400, code]);
      assert.match(messageOf(answer), text);
      assert.equal(stage.list("purchaseInvoices?$filter=status eq 'Draft'").length, 1);
      stage.bc.changeSetUpFaults({ [fault]: false });
      assert.equal(stage.postInvoice(stage.list('purchaseInvoices')[0].id).status, 204);
    }
  });

  test('B7: a number series on a journal batch replaces the document number, and the client finds nothing under its own', () => {
    const stage = stageWith({ 'journal-number-series': true });
    stage.postedJournal('B1', 'CX0001');
    assert.deepEqual(stage.list("generalLedgerEntries?$filter=documentNumber eq 'CX0001'"), []);
    assert.equal(stage.bc.posted()[0]!.documentNumber, 'GJ000001');
  });

  test('B7: the period of today can be closed: set-up, periods and posting agree', () => {
    const stage = stageWith({ 'period-closed': true });
    const [setup] = stage.list('generalLedgerSetup');
    assert.equal(setup.allowPostingFrom, '2026-09-01');
    const closed = stage.list('accountingPeriods?$filter=closed eq true').map((row) => row.startingDate);
    assert.ok(closed.includes('2026-08-01') && !closed.includes('2026-09-01'));
    assert.match(messageOf(posting(stage)), /not within your range of allowed posting dates/);
    const open = stage.draft('A2', '10', { postingDate: '2026-09-01' });
    assert.equal(stage.postInvoice(open).status, 204);
  });

  test('B7: vendors without posting group, blocked accounts and mandatory dimensions are named', () => {
    const group = stageWith({ 'vendor-posting-group-missing': '20000' });
    assert.match(messageOf(posting(group)), /^Vendor Posting Group must have a value in Vendor: No\.=20000/);
    assert.equal(posting(group, { vendorNumber: 'CE01' }).status, 204);
    const dimension = stageWith({ 'dimension-mandatory': '8420' });
    assert.match(messageOf(posting(dimension)), /Select a Dimension Value Code for the Dimension Code DEPARTMENT/);
    const [account] = dimension.list("accounts?$filter=number eq '8420'&$expand=defaultDimensions");
    assert.equal(account.defaultDimensions[0].postingValidation, 'Code_x0020_Mandatory');
    const blocked = stageWith({ 'account-blocked': '8420' });
    assert.equal(blocked.list("accounts?$filter=number eq '8420'")[0].blocked, true);
    const journal = blocked.post('journals', { code: 'B1' }).body;
    const line = { ...journalLine(10000, 'D1', '1'), accountNumber: '8420' };
    assert.match(
      messageOf(blocked.post(`journals(${journal.id})/journalLines`, line)),
      /^Blocked must be equal to 'No'/,
    );
  });

  test('B7: vendor numbers may be the service’s own business', () => {
    const stage = stageWith({ 'no-manual-vendor-numbers': true });
    assert.match(messageOf(stage.post('vendors', { number: 'V1' })), /^You may not enter numbers manually/);
    const { status, body } = stage.post('vendors', { displayName: 'One' });
    assert.deepEqual([status, body.number], [201, 'V00001']);
  });
});
