import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyVersion, BcStage, journalLine, num, type Answer } from './bc-stage.js';

const pairs = (rows: any[]): string[] => rows.map((row) => `${row.code}=${row.valueCode}`).sort();

/** Drafts an invoice with one line and tries to post it. */
function posted(stage: BcStage, account: string, dimensions: Record<string, string> = {}, header = {}): Answer {
  const dimensionSetLines = Object.entries(dimensions).map(([code, valueCode]) => ({ code, valueCode }));
  const line = { lineObjectNumber: account, quantity: num('1'), unitCost: num('10'), dimensionSetLines };
  const number = `A${String(stage.list('purchaseInvoices').length)}`;
  const answer = stage.post('purchaseInvoices', {
    ...{ vendorNumber: '20000', vendorInvoiceNumber: number, purchaseInvoiceLines: [line], ...header },
  });
  return answer.status === 201 ? stage.postInvoice(answer.body.id) : answer;
}

const messageOf = (answer: Answer): string => answer.body?.error.message ?? String(answer.status);

describe('dimension rules of Business Central', () => {
  test('S95: mandatory, same and forbidden codes of an account show at posting only, with account and dimension', () => {
    const stage = new BcStage().withRules();
    assert.match(
      messageOf(posted(stage, '8500')),
      /^A dimension used in Purchase Invoice \d+, line no\. 10000 has caused an error\. Select a Dimension Value Code for the Dimension Code DEPARTMENT for G\/L Account 8500\./,
    );
    assert.equal(posted(stage, '8500', { DEPARTMENT: 'SALES' }).status, 204);
    assert.equal(posted(stage, '8510').status, 204, 'the account brings its value');
    assert.match(
      messageOf(posted(stage, '8520', { PROJECT: 'P-100' })),
      /Dimension Code PROJECT must not be mentioned for G\/L Account 8520/,
    );
    assert.equal(posted(stage, '8520').status, 204);
  });

  test('S95: a value other than the Same Code one is taken in the draft and refused at posting', () => {
    const stage = new BcStage().withRules();
    const { body } = stage.post('purchaseInvoices?$expand=purchaseInvoiceLines($expand=dimensionSetLines)', {
      ...{ vendorNumber: '20000', vendorInvoiceNumber: 'A1' },
      purchaseInvoiceLines: [{ lineObjectNumber: '8510', quantity: num('1'), unitCost: num('10') }],
    });
    const [line] = body.purchaseInvoiceLines;
    assert.deepEqual(pairs(line.dimensionSetLines), ['DEPARTMENT=ADM']);
    const at = `purchaseInvoiceLines(${line.id})/dimensionSetLines(${line.dimensionSetLines[0].id})`;
    assert.equal(stage.below('PATCH', at, { valueCode: 'SALES' }, anyVersion).status, 200);
    assert.match(
      messageOf(stage.postInvoice(body.id)),
      /Dimension Value Code must be ADM for the Dimension Code DEPARTMENT for G\/L Account 8510/,
    );
  });

  test('S43: a default of account or vendor that is deep-inserted again fails the whole insert', () => {
    const stage = new BcStage().withRules();
    assert.match(messageOf(posted(stage, '8510', { DEPARTMENT: 'ADM' })), /^The dimension set line already exists/);
    assert.match(messageOf(posted(stage, '8420', { PROJECT: 'P-100' }, { vendorNumber: 'PROJ' })), /already exists/);
    assert.deepEqual(stage.list('purchaseInvoices'), []);
    const journal = stage.post('journals', { code: 'B1' }).body;
    const line = { ...journalLine(10000, 'D1', '1'), accountNumber: '8510' };
    const dimensionSetLines = [{ code: 'DEPARTMENT', valueCode: 'SALES' }];
    const lines = `journals(${journal.id})/journalLines`;
    assert.match(messageOf(stage.post(lines, { ...line, dimensionSetLines })), /already exists/);
    const { body } = stage.post(`${lines}?$expand=dimensionSetLines`, line);
    assert.deepEqual(pairs(body.dimensionSetLines), ['DEPARTMENT=ADM']);
  });

  test('S95: blocked values, headings and blocked combinations look valid until posting', () => {
    const stage = new BcStage().withRules();
    assert.ok(stage.list('dimensionValues').some((row) => row.code === 'ALL' && !('blocked' in row)));
    assert.match(
      messageOf(posted(stage, '8420', { DEPARTMENT: 'OLD' })),
      /Dimension Value DEPARTMENT - OLD is blocked/,
    );
    assert.match(messageOf(posted(stage, '8420', { DEPARTMENT: 'ALL' })), /must not be Heading/);
    assert.match(
      messageOf(posted(stage, '8420', { PROJECT: 'P-100', AREA: '30' })),
      /The combination of dimensions .* is blocked\./,
    );
    assert.equal(stage.list('purchaseInvoices').length, 3, 'the drafts are there');
  });

  test('S95: the rules hold for journal lines as well', () => {
    const stage = new BcStage().withRules();
    const journal = stage.post('journals', { code: 'B1' }).body;
    const lines = `journals(${journal.id})/journalLines`;
    stage.post(lines, { ...journalLine(10000, 'D1', '1'), accountNumber: '8500' });
    stage.post(lines, { ...journalLine(20000, 'D1', '-1'), accountType: 'Vendor', accountNumber: '20000' });
    const post = `journals(${journal.id})/Microsoft.NAV.post`;
    assert.match(messageOf(stage.post(post, undefined)), /Select a Dimension Value Code for .* for G\/L Account 8500/);
    assert.deepEqual(stage.bc.posted(), []);
    const [line] = stage.list(lines);
    stage.post(`journalLines(${line.id})/dimensionSetLines`, { code: 'DEPARTMENT', valueCode: 'SALES' });
    assert.equal(stage.post(post, undefined).status, 204);
  });

  test('S95: default dimensions are read by parent, expanded or filtered, with the rule XML-name-encoded', () => {
    const stage = new BcStage().withRules();
    const [account] = stage.list("accounts?$filter=number eq '8500'&$expand=defaultDimensions");
    const [rule] = account.defaultDimensions;
    assert.deepEqual(
      [rule.parentType, rule.dimensionCode, rule.dimensionValueCode, rule.postingValidation],
      ['Account', 'DEPARTMENT', '', 'Code_x0020_Mandatory'],
    );
    assert.equal(stage.list(`defaultDimensions?$filter=parentId eq ${account.id}`).length, 1);
    const [vendor] = stage.list("vendors?$filter=number eq 'PROJ'&$expand=defaultDimensions");
    assert.deepEqual([vendor.defaultDimensions[0].dimensionValueCode], ['P-100']);
  });
});
