import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  accountDisplay,
  delimiterOf,
  differingSegment,
  ledgerDisplay,
  segmentNames,
  segmentsOf,
  type DimensionFormat,
} from '../../src/clients/dynamics-fo/dimension-format.js';
import { Rejected } from '../../src/clients/http/errors.js';
import type { MasterDataRequest } from '../../src/contracts/erp-port.js';
import { account, adapter, dimensionValue, environment, journalName, NOW, signal, vendor } from './fo-fixtures.js';

const format: DimensionFormat = {
  system: 'fo',
  delimiter: '-',
  ledger: ['MainAccount', 'Department', 'CostCenter'],
  defaults: undefined,
};

function request(fields: Partial<MasterDataRequest>): MasterDataRequest {
  return { company: 'USMF', vendors: [], accounts: [], dimensions: [], journalNames: [], ...fields };
}

describe('display strings', () => {
  it('S41: an empty middle value keeps its position, and trailing positions stay', () => {
    assert.equal(ledgerDisplay(format, '110110', [{ dimension: 'CostCenter', value: 'CC002' }]), '110110--CC002');
    assert.equal(ledgerDisplay(format, '110110', []), '110110--');
  });

  it("S41: the order is the format's, wherever the main account stands", () => {
    const other = { ...format, ledger: ['CostCenter', 'MainAccount'] };
    assert.equal(ledgerDisplay(other, '110110', [{ dimension: 'costcenter', value: '7' }]), '7-110110');
  });

  it('S41: a value holding the delimiter is escaped and read back whole', () => {
    const text = ledgerDisplay(format, '1-1', [{ dimension: 'CostCenter', value: 'A-B' }]);
    assert.equal(text, '1\\-1--A\\-B');
    assert.deepEqual(segmentsOf(format, text), ['1-1', '', 'A-B']);
    assert.equal(accountDisplay(format, 'US-101'), 'US\\-101');
    assert.equal(accountDisplay({ ...format, delimiter: '|' }, 'US-101'), 'US-101');
  });

  it('S41: a backslash, a value beside a double delimiter, and two values of one dimension are refused', () => {
    const double = { ...format, delimiter: '--' };
    assert.equal(accountDisplay(double, 'A-B'), 'A-B');
    const refused = [
      () => accountDisplay(format, 'A\\B'),
      () => accountDisplay(double, 'A-'),
      () =>
        ledgerDisplay(format, '1', [
          { dimension: 'CostCenter', value: 'A' },
          { dimension: 'CostCenter', value: 'B' },
        ]),
      () => ledgerDisplay(format, '1', [{ dimension: 'Project', value: 'P' }]),
    ];
    for (const build of refused) assert.throws(build, Rejected);
  });

  it('all delimiters of F&O are known, others are not', () => {
    const members = [
      'Hyphen',
      'Period',
      'Underscore',
      'Bar',
      'DoubleHyphen',
      'DoublePeriod',
      'DoubleUnderscore',
      'DoubleBar',
      'Tilde',
      'DoubleTilde',
    ];
    assert.deepEqual(members.map(delimiterOf), ['-', '.', '_', '|', '--', '..', '__', '||', '~', '~~']);
    assert.equal(delimiterOf('Comma'), undefined);
    assert.deepEqual(segmentNames('MainAccount.Cost-Center', '.'), ['MainAccount', 'Cost-Center']);
    assert.deepEqual(segmentNames('MainAccount-CostCenter', '.'), ['MainAccount', 'CostCenter']);
  });

  it('the first differing segment is named, and missing trailing positions count as empty', () => {
    assert.deepEqual(differingSegment(format, format.ledger, '1-2-3', '1-2-'), {
      segment: 'CostCenter',
      meant: '3',
      found: '',
    });
    assert.equal(differingSegment(format, format.ledger, '1--', '1'), undefined);
    assert.equal(differingSegment(format, format.ledger, '1', '1---4')?.segment, 'segment 4');
  });
});

describe('checking master data', () => {
  it('S84, S92, S93, S98: every offender is listed at once, before any write', async () => {
    const fo = environment();
    fo.rows('VendorsV3').push(
      vendor('BAD', { OnHoldStatus: 'All' }),
      vendor('INV', { OnHoldStatus: 'Invoice' }),
      vendor('PAY', { OnHoldStatus: 'Payment' }),
    );
    fo.rows('MainAccounts').push(
      account('100', { MainAccountType: 'Total' }),
      account('200', { IsSuspended: 'Yes' }),
      account('300', { DoNotAllowManualEntry: 'Yes' }),
      account('400', { ActiveTo: '2025-12-31T12:00:00Z' }),
      { ...account('999'), ChartOfAccounts: 'Other' },
    );
    fo.rows('FinancialDimensionValues').push(
      dimensionValue('CostCenter', '030', { IsSuspended: 'Yes' }),
      dimensionValue('CostCenter', '031', { IsTotal: 'Yes' }),
      dimensionValue('CostCenter', '032', { LegalEntityId: 'DEMF' }),
      dimensionValue('CostCenter', '033', { LegalEntityId: 'usmf' }),
    );
    const findings = await adapter(fo).checkMasterData(
      request({
        vendors: ['EMP-00042', 'NONE', 'BAD', 'INV', 'PAY', 'W*'],
        accounts: ['618160', '100', '200', '300', '400', '999', '777'],
        dimensions: ['024', '030', '031', '032', '033', '099'].map((value) => ({ dimension: 'CostCenter', value })),
        journalNames: ['CNQREXP', 'NOPE'],
      }),
      signal,
    );
    assert.deepEqual(
      findings.map(({ kind, code }) => `${kind} ${code}`),
      [
        'vendor-missing NONE',
        'vendor-blocked BAD',
        'vendor-blocked INV',
        'vendor-missing W*',
        'account-blocked 100',
        'account-blocked 200',
        'account-blocked 300',
        'account-blocked 400',
        'account-missing 999',
        'account-missing 777',
        'dimension-blocked CostCenter=030',
        'dimension-blocked CostCenter=031',
        'dimension-missing CostCenter=032',
        'dimension-missing CostCenter=099',
        'setup NOPE',
      ],
    );
    assert.equal(
      fo.requests.every((sent) => sent.method === 'GET'),
      true,
    );
  });

  it('S38, S84: an environment without VendorsV3 looks vendors up in VendorsV2', async () => {
    const fo = environment();
    const text = JSON.stringify({ Message: "No HTTP resource was found that matches the request URI 'https://x'." });
    fo.faults.push({ operation: 'VendorsV3.read', when: 'before', answers: { status: 404, text } });
    fo.rows('VendorsV2').push(vendor('OLD'));
    const findings = await adapter(fo).checkMasterData(request({ vendors: ['OLD', 'NONE'] }), signal);
    assert.deepEqual(
      findings.map(({ kind, code }) => `${kind} ${code}`),
      ['vendor-missing NONE'],
    );
  });

  it('S40: a vendor is found in its own company only', async () => {
    const fo = environment();
    fo.rows('VendorsV3').push(vendor('V', { dataAreaId: 'demf' }));
    const port = adapter(fo);
    assert.deepEqual(await port.checkMasterData(request({ company: 'DEMF', vendors: ['V'] }), signal), []);
    const [finding] = await port.checkMasterData(request({ vendors: ['V'] }), signal);
    assert.equal(finding?.kind, 'vendor-missing');
  });

  it('S85: an unknown hold state counts as blocked', async () => {
    const fo = environment();
    fo.rows('VendorsV3').push(vendor('NEW', { OnHoldStatus: 'Quarantine' }), vendor('NULL', { OnHoldStatus: null }));
    const findings = await adapter(fo).checkMasterData(request({ vendors: ['NEW', 'NULL'] }), signal);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['NEW'],
    );
  });

  it('S42: a mapped dimension that the active format lacks is named, and the set-up is read afresh first', async () => {
    const fo = environment();
    const port = adapter(fo);
    const wanted = request({ dimensions: [{ dimension: 'Project', value: 'P1' }] });
    fo.rows('FinancialDimensionValues').push(dimensionValue('Project', 'P1'));
    const [finding] = await port.checkMasterData(wanted, signal);
    assert.deepEqual([finding?.kind, finding?.code], ['setup', 'Project']);
    fo.rows('DimensionIntegrationFormats')[0]!['FinancialDimensionFormat'] =
      'MainAccount-Department-CostCenter-Project';
    assert.deepEqual(await port.checkMasterData(wanted, signal), []);
  });

  it('S42: without an active ledger format, a known delimiter or the main account in the format nothing is written', async () => {
    const changes: ((fo: ReturnType<typeof environment>) => unknown)[] = [
      (fo) => (fo.rows('DimensionIntegrationFormats')[0]!['IsActive'] = 'No'),
      (fo) => (fo.rows('DimensionParameters')[0]!['DimensionSegmentDelimiter'] = 'Smiley'),
      (fo) => (fo.rows('DimensionIntegrationFormats')[0]!['FinancialDimensionFormat'] = 'Department-CostCenter'),
    ];
    for (const change of changes) {
      const fo = environment();
      change(fo);
      const findings = await adapter(fo).checkMasterData(request({}), signal);
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ['setup'],
      );
    }
  });

  it('a journal name whose set-up would lose vouchers or lines is a finding', async () => {
    const fo = environment();
    fo.rows('JournalNames').push(
      journalName('DEL', { DeleteLinesAfterPosting: 'Yes' }),
      journalName('MAN', { NewVoucher: 'Manually' }),
      journalName('SUM', { DetailLevel: 'Summary' }),
    );
    const findings = await adapter(fo).checkMasterData(
      request({ journalNames: ['DEL', 'MAN', 'SUM', 'CNQRINV'] }),
      signal,
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['DEL', 'MAN', 'SUM'],
    );
  });

  it('S84: good answers are remembered for a minute in their company, bad answers never', async () => {
    const fo = environment();
    let now = NOW;
    const port = adapter(fo, { now: () => now });
    const wanted = request({
      vendors: ['US-101', 'NEW'],
      accounts: ['618160', '777'],
      dimensions: [{ dimension: 'CostCenter', value: '024' }],
      journalNames: ['CNQREXP'],
    });
    await port.checkMasterData(wanted, signal);
    fo.tables.set('VendorsV3', [vendor('US-101', { OnHoldStatus: 'All' }), vendor('NEW')]);
    fo.rows('MainAccounts').push(account('777'));
    fo.requests.length = 0;
    assert.deepEqual(await port.checkMasterData(wanted, signal), [], 'what was missing is asked for again at once');
    assert.deepEqual(fo.requests.map(({ operation }) => operation).sort(), ['MainAccounts.read', 'VendorsV3.read']);
    for (const [operation, known] of [
      ['MainAccounts.read', '618160'],
      ['VendorsV3.read', 'US-101'],
    ] as const) {
      assert.equal(fo.calls(operation)[0]!.query!['$filter']!.includes(known), false);
    }
    const elsewhere = await port.checkMasterData(request({ company: 'DEMF', vendors: ['US-101'] }), signal);
    assert.deepEqual(
      elsewhere.map(({ kind }) => kind),
      ['vendor-missing'],
    );
    now += 60_001;
    fo.requests.length = 0;
    const findings = await port.checkMasterData(wanted, signal);
    assert.deepEqual(
      findings.map(({ kind, code }) => `${kind} ${code}`),
      ['vendor-blocked US-101'],
    );
    assert.equal(fo.requests.length, 4);
    fo.rows('VendorsV3')[0]!['OnHoldStatus'] = 'No';
    assert.deepEqual(await port.checkMasterData(wanted, signal), [], 'a hold that ends is seen at once');
  });

  it('a company without a ledger is a finding', async () => {
    const [finding] = await adapter(environment()).checkMasterData(request({ company: 'XX', accounts: ['1'] }), signal);
    assert.deepEqual([finding?.kind, finding?.code], ['setup', 'XX']);
  });
});
