import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mappingVersionOf } from '../../src/contracts/mapping-rules.js';
import { mapped, rule } from './mapped-lines.js';
import { changed, foMapping, rulesFor } from './mapping-fixtures.js';

const accounts = { ...foMapping.accounts };
const hotel = /^Hotel/;

describe('Why a line is booked where it is', () => {
  it('B6, S93: each line names the row, the setting or the declaration that has decided its account and dimensions', () => {
    const place = (line: number) => ({ file: 'tables/accounts.csv', line });
    const { lines, line } = mapped({
      accounts: { ...accounts, places: { 6100: place(12) } },
      places: { 'cardLiabilities.CBCP': { file: 'mapping/demf.yaml', line: 30 } },
    });
    assert.equal(
      line(hotel).why,
      'table tables/accounts.csv row 12: 6100 → 610000; BusinessUnit: BU-10, allocationCustom1Code BU-10, sameCode; ' +
        'Department: D410, allocationCustom2Code 410, table of Department: 410 → D410',
    );
    assert.equal(line(/^CBCP/).why, 'setting cardLiabilities.CBCP (mapping/demf.yaml line 30)');
    assert.equal(line(/^Input tax/).why, 'inputTax: DEVAT/any code → 157600');
    assert.equal(line(/Ada Albrecht/).why, 'table of employees: KX10001 → E-001');
    assert.ok(lines.every(({ why }) => why !== ''));
  });

  it('S89, B6: a manual resolution comes before the mapping, and its author is named', () => {
    const key = 'fo-test/demf/employee/KX10001';
    const given = { resolvedVendors: { [key]: 'E-777' }, resolvedBy: { [key]: 'Grace' } };
    const { line } = mapped({}, { given });
    assert.equal(line(/Ada Albrecht/).account, 'E-777');
    assert.equal(line(/Ada Albrecht/).why, 'manual resolution by Grace: KX10001 → E-777');
  });

  it('B6, S93: a refusal says which row, rule and declaration there is not, and which code it is about', () => {
    const { refusals } = mapped({
      accounts: { sameCode: false, byCode: { 6110: '611000', 1910: '191000' } },
      employees: { sameCode: true, byId: {} },
      vendors: { sameCode: false, byCode: {} },
    });
    assert.deepEqual(
      refusals.map(({ why, unmapped }) => [why, unmapped]),
      [['no row for 6100 in accounts, and no default is declared', { kind: 'account', code: '6100' }]],
    );
    const tooLong = mapped(
      { employees: { sameCode: true, byId: {} } },
      { text: changed('expense-split-with-tax', ['KX10001', 'a.very.long.name@example.com']) },
    );
    assert.match(tooLong.refusals[0]?.why ?? '', /too long for sameCode/);
  });

  it('B8, S114: a posting keeps the version of the mapping that made it, and for people its files', () => {
    const rules = rulesFor({ ...foMapping, source: { files: ['demf.yaml', 'accounts.csv'], digest: '12345678' } });
    const target = { erp: 'fo-test', company: 'demf' };
    assert.equal(mappingVersionOf(rules, target), 'test (demf.yaml, accounts.csv @ 12345678)');
    assert.equal(mappingVersionOf(rulesFor(foMapping), target), 'test');
    assert.equal(mappingVersionOf(rules, undefined), 'test');
  });
});

describe('Rules of the mapping', () => {
  it('B8, S99: a rule comes before the tables, an expense type before the account, the account before a declared default', () => {
    const all = {
      accounts: { sameCode: false, byCode: { 1910: '191000', 6100: '610000' }, default: '699999' },
      expenseTypes: { byCode: { LODNG: '610500' } },
      rules: [
        rule('cash hotels', { expenseType: { in: ['LODNG'] }, paymentType: { in: ['CASH'] } }, { account: '610900' }),
      ],
    };
    assert.equal(mapped(all).line(hotel).account, '610900');
    assert.match(mapped(all).line(hotel).why, /^rule 'cash hotels'/);
    const { rules: _rules, ...withoutRules } = all;
    assert.equal(mapped(withoutRules).line(hotel).account, '610500');
    const { expenseTypes: _types, ...tables } = withoutRules;
    assert.equal(mapped(tables).line(hotel).account, '610000');
    const airfare = mapped(tables).line(/^Airfare/);
    assert.deepEqual(
      [airfare.account, airfare.why.split(';')[0]],
      ['699999', 'default of accounts: 6110 has no row → 699999'],
    );
  });

  it('S99: personal items go to the account that Concur names for them, whatever rules and defaults say of costs', () => {
    const { refusals } = mapped({
      accounts: { sameCode: false, byCode: { 6100: '610000', 6110: '611000' }, default: '699999' },
      rules: [rule('everything', {}, { account: '688888' })],
    });
    assert.deepEqual(
      refusals.map(({ unmapped }) => unmapped),
      [{ kind: 'account', code: '1910' }],
    );
  });

  it('B8: the first rule in declared order whose conditions all hold decides; what a document does not tell meets none', () => {
    const rules = [
      rule('abroad', { expenseType: { in: ['LODNG'] }, country: { in: ['FR'] } }, { account: '610001' }),
      rule('not told', { country: { prefix: '' } }, { account: '610002' }),
      rule('project', { allocationCustom2Code: { prefix: '41' } }, { account: '610003' }),
      rule('any hotel', { expenseType: { prefix: 'LOD' } }, { account: '610004' }),
      rule('never reached', { expenseType: { in: ['LODNG'] } }, { account: '610005' }),
    ];
    const hotels = mapped({ rules }).lines.filter(({ text }) => hotel.test(text));
    assert.deepEqual(
      hotels.map(({ account }) => account),
      ['610003', '610004', '610004'],
    );
    const inFrance = changed('expense-split-with-tax', [
      '"entryIsPersonal": "N"',
      '"entryIsPersonal": "N", "entryCountryCode": "FR"',
    ]);
    assert.equal(mapped({ rules }, { text: inFrance }).line(hotel).account, '610001');
  });

  it('B8: a rule decides only what it sets; another one may decide the rest', () => {
    const rules = [
      rule('cost centre of hotels', { expenseType: { in: ['LODNG'] } }, { dimensions: { Department: 'D900' } }),
      rule('account of hotels', { expenseType: { in: ['LODNG'] } }, { account: '610001' }),
    ];
    const { account, dimensions, why } = mapped({ rules }).line(hotel);
    assert.deepEqual([account, dimensions.map(({ value }) => value)], ['610001', ['BU-10', 'D900']]);
    assert.match(why, /Department: D900, rule 'cost centre of hotels'/);
  });

  it('S92, B8: a rule with a condition on the payee decides his vendor account; others have none by it', () => {
    const rules = [rule('board', { employee: { in: ['KX10001'] } }, { vendor: 'E-BOARD' })];
    const byRule = mapped({ rules, employees: { sameCode: false, byId: {} } });
    assert.equal(byRule.line(/Ada Albrecht/).account, 'E-BOARD');
    const others = [rule('somebody else', { employee: { in: ['KX99999'] } }, { vendor: 'E-BOARD' })];
    const { refusals } = mapped({ rules: others, employees: { sameCode: false, byId: {} } });
    assert.deepEqual(
      refusals.map(({ hold, unmapped }) => [hold, unmapped]),
      [['vendor-missing', { kind: 'employee', code: 'KX10001' }]],
    );
  });

  it('B8: tax accounts are decided by rules, and by rows for the days of the document', () => {
    const rules = [
      rule('tax of hotels', { expenseType: { in: ['LODNG'] }, authority: { in: ['DEVAT'] } }, { taxAccount: '157700' }),
    ];
    assert.equal(mapped({ rules }).line(/^Input tax/).account, '157700');
    const inputTax = [
      { authority: 'DEVAT', code: 'V1', account: '157601', to: '2026-02-02' },
      { authority: 'DEVAT', code: 'V1', account: '157602', from: '2026-02-03' },
    ];
    assert.equal(mapped({ inputTax }).line(/^Input tax/).account, '157602');
    const over = [{ authority: 'DEVAT', code: 'V1', account: '157601', to: '2026-02-02' }];
    assert.match(mapped({ inputTax: over }).refusals[0]?.why ?? '', /on 2026-02-03/);
  });
});

describe('Days of rows and rules', () => {
  const dated = [
    { concur: '6100', erp: '610001', to: '2026-02-02', place: { file: 'accounts.csv', line: 2 } },
    { concur: '6100', erp: '610002', from: '2026-02-03', to: '2026-02-03', place: { file: 'accounts.csv', line: 3 } },
    { concur: '6100', erp: '610003', from: '2026-02-04', place: { file: 'accounts.csv', line: 4 } },
  ];
  const { 6100: _always, ...others } = accounts.byCode;
  const table = { sameCode: false, byCode: others, dated };

  it("B8: the document's own date decides which row holds, first and last day included, not the day of the posting", () => {
    const { account, why } = mapped({ accounts: table }, { given: { today: { 'fo-test/demf': '2026-04-01' } } }).line(
      hotel,
    );
    assert.equal(account, '610002');
    assert.match(why, /^table accounts\.csv row 3: 6100 → 610002 \(from 2026-02-03 to 2026-02-03\)/);
    const later = changed('expense-split-with-tax', [
      '"reportUserDefinedDate": "2026-02-03',
      '"reportUserDefinedDate": "2026-02-04',
    ]);
    assert.equal(mapped({ accounts: table }, { text: later }).line(hotel).account, '610003');
    const earlier = changed('expense-split-with-tax', [
      '"reportUserDefinedDate": "2026-02-03',
      '"reportUserDefinedDate": "2026-02-02',
    ]);
    assert.equal(mapped({ accounts: table }, { text: earlier }).line(hotel).account, '610001');
  });

  it('B8, S93: a code whose rows hold on other days is refused, and the days are told', () => {
    const { refusals } = mapped({ accounts: { ...table, dated: dated.slice(2) } });
    assert.equal(
      refusals[0]?.why,
      'the rows for 6100 in accounts do not hold on 2026-02-03 (from 2026-02-04), and no default is declared',
    );
  });

  it('B8: a rule holds on its days only', () => {
    const on = (days: object) =>
      mapped({ rules: [rule('for a time', {}, { account: '610009' }, days)] }).line(hotel).account;
    assert.equal(on({ from: '2026-02-03', to: '2026-02-03' }), '610009');
    assert.equal(on({ from: '2026-02-04' }), '610000');
    assert.equal(on({ to: '2026-02-02' }), '610000');
  });
});
