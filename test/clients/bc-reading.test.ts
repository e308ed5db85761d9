import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeName, quoted } from '../../src/clients/dynamics-nav/wire-text.js';
import { fiscalYearOf } from '../../src/clients/dynamics-nav/company-facts.js';
import { nextPageQuery } from '../../src/clients/dynamics-nav/paging.js';
import { refusalOf } from '../../src/clients/dynamics-nav/refusals.js';
import { ContractViolation, RateLimited, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { journal, stage } from './bc-stage.js';

const nothing = { vendors: [], accounts: [], dimensions: [], journalNames: [] };

test('S50: the URL is built from tenant, environment and the company id found by its exact name', async () => {
  const { bc, erp, signal } = stage();
  await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors: ['E-001'] }, signal);
  await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors: ['20000'] }, signal);
  assert.deepEqual(bc.operations, ['bc.companies.list', 'bc.vendors.check', 'bc.vendors.check']);
  assert.equal(bc.calls[1]!.path, `/v2.0/contoso.example/Sandbox-1/api/v2.0/companies(${bc.companyId})/vendors`);
  assert.equal(bc.calls[1]!.headers!['Data-Access-Intent'], 'ReadWrite');
  assert.ok(bc.calls.every(({ headers }) => headers!['Accept-Language'] === 'en-US'));
  // S49: the token belongs to the HTTP core alone.
  assert.ok(bc.calls.every(({ headers }) => headers!.Authorization === undefined));
});

test('C16: a company that is not configured or not listed is refused and never replaced by another', async () => {
  const { bc, erp, signal } = stage();
  await assert.rejects(erp.checkMasterData({ ...nothing, company: 'CRONUS AG' }, signal), { code: 'erp-refused' });
  assert.equal(bc.calls.length, 0);
  const other = stage();
  Object.assign(other.bc, { companyName: 'Renamed' });
  const request = { ...nothing, company: bc.companyName, vendors: ['E-001'] };
  await assert.rejects(other.erp.checkMasterData(request, signal), /has no company/);
});

test('S84: unknown vendors are found missing, over-long ones without a call, and nothing is written', async () => {
  const { bc, erp, signal } = stage();
  const vendors = ['E-001', 'nobody', 'V'.repeat(21), "O'BRIEN"];
  const findings = await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors }, signal);
  assert.deepEqual(
    findings.map(({ kind, code }) => [kind, code]),
    [
      ['vendor-missing', 'NOBODY'],
      ['vendor-missing', 'V'.repeat(21)],
      ['vendor-missing', "O'BRIEN"],
    ],
  );
  assert.equal(bc.calls[1]!.query!.$filter, "number eq 'E-001' or number eq 'NOBODY' or number eq 'O''BRIEN'");
  assert.equal(bc.writes().length, 0);
});

test('S85, S91: a vendor that may be posted to is kept for a moment; missing and blocked ones are asked for anew', async () => {
  const { bc, erp, signal } = stage();
  bc.defaults.push({ parent: 'E-002', dimensionCode: 'DEPARTMENT', dimensionValueCode: '', postingValidation: '' });
  bc.vendors.push({ number: 'E-002', blocked: '_x0020_', currencyCode: 'EUR' });
  const vendors = ['E-001', 'E-002', 'E-009', '20000', 'NOBODY'];
  await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors }, signal);
  await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors }, signal);
  const [first, second] = bc.calls.filter(({ operation }) => operation === 'bc.vendors.check');
  assert.match(first!.query!.$filter!, /'E-001'/);
  assert.ok(!second!.query!.$filter!.includes('E-001'));
  for (const asked of vendors.slice(1)) assert.ok(second!.query!.$filter!.includes(asked), asked);
});

test('S85: a vendor blocked for all is refused, one blocked for payment may be invoiced', async () => {
  const { bc, erp, signal } = stage();
  const findings = await erp.checkMasterData(
    { ...nothing, company: bc.companyName, vendors: ['E-009', '20000'] },
    signal,
  );
  assert.deepEqual(
    findings.map(({ kind, code }) => [kind, code]),
    [['vendor-blocked', 'E-009']],
  );
});

test('S94: missing, heading and not directly postable accounts are all listed at once', async () => {
  const { bc, erp, signal } = stage();
  const accounts = ['8430', '8400', '2000', '9999'];
  const findings = await erp.checkMasterData({ ...nothing, company: bc.companyName, accounts }, signal);
  assert.deepEqual(
    findings.map(({ kind, code }) => [kind, code]),
    [
      ['account-blocked', '8400'],
      ['account-blocked', '2000'],
      ['account-missing', '9999'],
    ],
  );
});

test('S95: dimension values are checked, and only good news is remembered', async () => {
  const { bc, erp, signal } = stage();
  const dimensions = [
    { dimension: 'department', value: '410' },
    { dimension: 'DEPARTMENT', value: '999' },
    { dimension: 'PROJECT', value: 'P1' },
  ];
  const request = { ...nothing, company: bc.companyName, dimensions, accounts: ['8430'] };
  const findings = await erp.checkMasterData(request, signal);
  assert.deepEqual(
    findings.map(({ kind, code }) => [kind, code]),
    [
      ['dimension-missing', 'DEPARTMENT=999'],
      ['dimension-missing', 'PROJECT=P1'],
    ],
  );
  bc.dimensions[0]!.values.push('999');
  bc.calls.length = 0;
  assert.deepEqual(
    (await erp.checkMasterData(request, signal)).map(({ code }) => code),
    ['PROJECT=P1'],
  );
  assert.ok(!bc.operations.includes('bc.accounts.check'), 'a good account is kept for a minute');
  assert.ok(!bc.calls.some(({ query }) => query?.$filter?.includes("'410'")), 'a good value is kept for a minute');
});

test('trap 16: lists are read over all pages, though their links name another host and no tenant', async () => {
  const { bc, erp, signal } = stage();
  bc.pageSize = 1;
  const vendors = ['E-001', '20000', 'E-009'];
  const findings = await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors }, signal);
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['vendor-blocked'],
  );
  assert.ok(bc.calls.every(({ path }) => path.startsWith('/v2.0/contoso.example/')));
});

test('trap 21: a next link to another company or another set is not followed', () => {
  const list = '/api/v2.0/companies(1)/vendors';
  assert.deepEqual(nextPageQuery('https://h/v2.0/S/api/v2.0/companies(1)/vendors?$skiptoken=a%2Bb', list), {
    $skiptoken: 'a+b',
  });
  assert.equal(nextPageQuery('https://h/v2.0/S/api/v2.0/companies(2)/vendors?$skiptoken=a', list), undefined);
  assert.equal(nextPageQuery('https://h/v2.0/S/api/v2.0/companies(1)/accounts', list), undefined);
});

test('an expired page position starts the list again', async () => {
  const { bc, erp, signal } = stage();
  bc.faults.push({
    operation: 'bc.vendors.check',
    as: { status: 400, code: 'BadRequest_SkipTokenIsNoLongerValid', message: 'gone' },
  });
  assert.deepEqual(await erp.checkMasterData({ ...nothing, company: bc.companyName, vendors: ['E-001'] }, signal), []);
});

test('trap 14: enum members and quotes travel in their wire form', () => {
  assert.equal(decodeName('G_x002F_L_x0020_Account'), 'G/L Account');
  assert.equal(decodeName('_x0020_'), '');
  assert.equal(decodeName('G/L Account'), 'G/L Account');
  assert.equal(quoted("O'Neill & Söhne"), "'O''Neill & Söhne'");
});

test('traps 15 and 24: refusals are told apart by text, and unknown texts are held', () => {
  const call = { system: 'bc', operation: 'x' };
  const codeOf = (status: number, code: string, message: string): string => {
    const failure = refusalOf(status, { error: { code, message } }, call);
    assert.ok(failure instanceof Rejected);
    return failure.code;
  };
  const dialog = 'Application_DialogException';
  assert.equal(
    codeOf(400, 'Internal_ServerError', 'You do not have the following permissions on TableData Vendor: Read'),
    'permission',
  );
  assert.equal(codeOf(403, '', ''), 'permission');
  assert.equal(
    codeOf(404, 'BadRequest_ResourceNotFound', "Resource not found for the segment 'dimensions'."),
    'not-found',
  );
  assert.equal(codeOf(400, dialog, 'Purchase Invoice 7 already exists for this vendor.'), 'possible-duplicate');
  assert.equal(
    codeOf(400, dialog, 'You cannot post this type of document when Vendor 20000 is blocked with type All'),
    'vendor-blocked',
  );
  assert.equal(codeOf(400, dialog, 'The vendor cannot be found.'), 'vendor-missing');
  assert.equal(codeOf(400, dialog, 'Posting Date is not within your range of allowed posting dates.'), 'period-closed');
  assert.equal(
    codeOf(400, dialog, 'Select a Dimension Value Code for the Dimension Code D for Vendor 1.'),
    'dimension-unusable',
  );
  assert.equal(
    codeOf(400, 'Application_FieldValidationException', "Direct Posting must be equal to 'Yes' in G/L Account: No.=1"),
    'account-unusable',
  );
  assert.equal(codeOf(400, dialog, 'Etwas ganz anderes'), 'erp-refused');
  assert.equal(
    codeOf(400, 'Application_FieldValidationException', 'Vendor Posting Group must have a value in Vendor: No.=X'),
    'erp-refused',
  );
  const deadlock = {
    error: { code: 'Internal_ServerError', message: 'The activity was deadlocked with another user.' },
  };
  assert.ok(refusalOf(409, deadlock, call) instanceof Unavailable);
});

test('the correlation id moves from the text into the facts of the call', () => {
  const message = 'No. CorrelationId:  5ad0cc6c-2ef8-49b6-8f26-c9893727c69f.';
  const failure = refusalOf(400, { error: { code: 'X', message } }, { system: 'bc', operation: 'x' });
  assert.equal(failure.call.correlationId, '5ad0cc6c-2ef8-49b6-8f26-c9893727c69f');
  assert.ok(!failure.message.includes('CorrelationId') && failure.message.endsWith('Business Central says: No.'));
});

test('a broken row is a contract violation that names the field and not its value, and throttling passes through', async () => {
  const { bc, erp, signal } = stage();
  bc.vendors = [{ number: 4711, blocked: 'secret' }];
  bc.vendors[0]!.number = { odd: 'secret' };
  await assert.rejects(
    erp.checkMasterData({ ...nothing, company: bc.companyName, vendors: ['[object Object]'] }, signal),
    (error) => {
      assert.ok(error instanceof ContractViolation);
      return /value\.0\.number/.test(error.message) && !/secret/.test(error.message);
    },
  );
  bc.faults.push({ operation: 'bc.accounts.check', as: 'throttled' });
  await assert.rejects(
    erp.checkMasterData({ ...nothing, company: bc.companyName, accounts: ['1'] }, signal),
    RateLimited,
  );
});

test('fiscal years are named by the year in which they start, or by the calendar where none is defined', () => {
  const periods = [
    { startingDate: '2025-07-01', newFiscalYear: true },
    { startingDate: '2026-01-01', newFiscalYear: false },
  ];
  assert.equal(fiscalYearOf(periods, '2026-02-03'), '2025');
  assert.equal(fiscalYearOf(periods, '2026-07-01'), '2026');
  assert.equal(fiscalYearOf([], '2026-02-03'), '2026');
});

test('a route of another ERP is refused before any call', async () => {
  const { bc, write } = stage();
  const foreign = { ...journal(bc), route: 'fo-general-journal' } as unknown as Parameters<typeof write>[0];
  await assert.rejects(write(foreign), { code: 'unsupported-document' });
  assert.equal(bc.calls.length, 0);
});
