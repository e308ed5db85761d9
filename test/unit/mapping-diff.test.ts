import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeLive } from '../../src/cli/mapping-live.js';
import { mostSimilar, similarity } from '../../src/config/similar-text.js';
import type { ErpPort, MasterDataFinding, MasterDataRequest } from '../../src/contracts/erp-port.js';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { mappingChanges } from '../../src/mapping/mapping-changes.js';
import { mappingEntries } from '../../src/mapping/mapping-entries.js';
import { foMapping, rulesFor } from './mapping-fixtures.js';

const changes = (before: Partial<CompanyMapping>, after: Partial<CompanyMapping>) =>
  mappingChanges(rulesFor({ ...foMapping, ...before }), rulesFor({ ...foMapping, ...after })).map(
    ({ table, row, before: was, after: is }) => [table, row, was, is],
  );

describe('mapping diff', () => {
  it('B8, B32: rows that are new, gone or changed are told with what they were; moved ones are not', () => {
    const accounts = (byCode: Record<string, string>) => ({ accounts: { sameCode: false, byCode } });
    const found = changes(accounts({ 1: '10', 2: '20', a: '30' }), accounts({ a: '30', 2: '21', 4: '40' }));
    assert.deepEqual(found, [
      ['accounts', '1', '10', undefined],
      ['accounts', '2', '20', '21'],
      ['accounts', '4', undefined, '40'],
    ]);
  });

  it('B8: days, rules, their order and declarations are compared as well, companies that are new or gone in full', () => {
    const rule = (name: string, country: string) => ({
      name,
      when: { country: { in: [country] } },
      set: { account: '1' },
    });
    const before = {
      rules: [rule('a', 'FR'), rule('b', 'DE')],
      vendors: { sameCode: true, byCode: {}, dated: [{ concur: 'V', erp: '1', to: '2026-06-30' }] },
    };
    const after = {
      rules: [rule('b', 'DE'), rule('a', 'IT')],
      vendors: { sameCode: false, byCode: {}, dated: [{ concur: 'V', erp: '1', to: '2026-07-31' }] },
    };
    assert.deepEqual(changes(before, after), [
      ['vendors', 'sameCode', 'true', 'false'],
      ['vendors', 'V until 2026-06-30', '1', undefined],
      ["rule 'a'", 'conditions', '{"country":{"in":["FR"]}}', '{"country":{"in":["IT"]}}'],
      ['rules', 'order', 'a, b', 'b, a'],
      ['vendors', 'V until 2026-07-31', undefined, '1'],
    ]);
    const none = { ...rulesFor(foMapping), companies: [] };
    assert.ok(mappingChanges(none, rulesFor(foMapping)).every((change) => change.before === undefined));
    assert.deepEqual(mappingChanges(rulesFor(foMapping), rulesFor(foMapping)), []);
  });

  it('B8, B32: whatever decides a posting is a change where it changes, and the order of rows and members is none', () => {
    const liability = (target: { ledger: string } | { vendor: string }) => ({
      cardPrograms: { byCode: { AMX: target } },
      cardLiabilities: { CBCP: target },
    });
    assert.deepEqual(changes(liability({ ledger: '1' }), liability({ vendor: '1' })), [
      ['cardPrograms', 'AMX', 'ledger 1', 'vendor 1'],
      ['cardLiabilities', 'CBCP', 'ledger 1', 'vendor 1'],
    ]);
    const rule = (account: string, taxAccount: string) => ({
      rules: [{ name: 'a', when: { country: { in: ['FR'] } }, set: { account, taxAccount } }],
    });
    assert.deepEqual(changes(rule('1', '9'), rule('2', '9')), [["rule 'a'", 'account', '1', '2']]);
    assert.deepEqual(changes(rule('1', '9'), rule('1', '8')), [["rule 'a'", 'taxAccount', '9', '8']]);
    const categories = (unit: string) => ({ procurementCategories: { hierarchy: 'H', unit, byCode: {} } });
    assert.deepEqual(changes(categories('ea'), categories('pcs')), [
      ['procurementCategories', 'hierarchy and unit', 'H, ea', 'H, pcs'],
    ]);
    assert.deepEqual(changes({ dimensions: foMapping.dimensions }, { dimensions: foMapping.dimensions.toReversed() }), [
      ['dimensions', 'order', 'BusinessUnit, Department', 'Department, BusinessUnit'],
    ]);
    const [one, other] = [
      { country: { in: ['FR'] }, expenseType: { in: ['X'] } },
      { expenseType: { in: ['X'] }, country: { in: ['FR'] } },
    ];
    const named = (when: typeof one) => ({ rules: [{ name: 'a', when, set: { account: '1' } }] });
    assert.deepEqual(changes(named(one), named(other)), []);
    const names = (journalNames: CompanyMapping['journalNames']) => ({ journalNames });
    assert.deepEqual(changes(names({ expense: 'E', invoice: 'I' }), names({ invoice: 'I', expense: 'E' })), []);
  });

  it('B32: the order of the rules that choose a company is told', () => {
    const rules = rulesFor(foMapping);
    const found = mappingChanges(rules, { ...rules, legalEntity: rules.legalEntity.toReversed() });
    assert.deepEqual(
      found.map(({ company, table, row }) => [company, table, row]),
      [['rules', 'legalEntity', 'order']],
    );
  });

  it('B8: every code of the ERP that a mapping can name is an entry, with its place', () => {
    const place = { file: 'demf.yaml', line: 7 };
    const entries = mappingEntries({
      ...foMapping,
      places: { 'advance.1620': place },
      accounts: { ...foMapping.accounts, default: '699999' },
      expenseTypes: { byCode: { LODNG: '610500' } },
      cardPrograms: { byCode: { AMX: { vendor: 'AMEX' } } },
      intercompany: [{ partner: { erp: 'fo', company: 'usmf' }, dueFrom: '140000', dueTo: '240000' }],
      payrollClearing: '224000',
      rules: [
        { name: 'r', when: {}, set: { vendor: 'V', liability: { ledger: 'L' }, dimensions: { Department: 'D1' } } },
      ],
    });
    const named = entries.map(({ erp }) => erp);
    for (const code of [
      'E-001',
      '610000',
      '699999',
      '610500',
      'AMEX',
      '140000',
      '240000',
      '224000',
      '162000',
      '210000',
      '157600',
      'D410',
      'V',
      'L',
      'D1',
    ]) {
      assert.ok(named.includes(code), code);
    }
    assert.deepEqual(entries.find(({ table }) => table === 'advance')?.place, place);
  });
});

describe('mapping check, live', () => {
  const { erp, kind, company, ...codes } = foMapping;

  async function judged(
    answer: (request: MasterDataRequest) => MasterDataFinding[],
    changed: Partial<CompanyMapping> = {},
  ) {
    const asked: MasterDataRequest[] = [];
    const port = {
      checkMasterData: (request: MasterDataRequest) => {
        asked.push(request);
        return Promise.resolve(answer(request));
      },
    } as unknown as ErpPort;
    const examined = { erp, kind, company, codes: { ...codes, ...changed } };
    const faults = await judgeLive(examined, port, '2026-02-03', AbortSignal.timeout(5_000));
    return { asked, faults };
  }

  it('B8: all codes are asked for in bulk, those of rows that are over are not', async () => {
    const byCode = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`C${index}`, `${100_000 + index}`]));
    const dated = [{ concur: 'old', erp: '999999', to: '2026-02-02' }];
    const { asked } = await judged(() => [], { accounts: { sameCode: false, byCode, dated } });
    const accounts = asked.filter(({ lines }) => lines === undefined).flatMap(({ accounts: some }) => some);
    assert.equal(new Set(accounts).size, accounts.length);
    assert.ok(accounts.includes('101199') && !accounts.includes('999999'));
    assert.ok(asked.length < 12, `${asked.length} calls`);
  });

  it('B8: a finding is told at each row that names the code, once, and a missing dimension where it is declared', async () => {
    const place = (line: number) => ({ file: 'accounts.csv', line });
    const { faults } = await judged(
      ({ accounts, dimensions }) => [
        ...(accounts.includes('610000')
          ? [{ kind: 'account-blocked' as const, code: '610000', message: 'Blocked.' }]
          : []),
        ...(dimensions.length > 0
          ? [{ kind: 'setup' as const, code: 'Department', message: 'Not in the format.' }]
          : []),
      ],
      {
        accounts: { sameCode: false, byCode: { a: '610000', b: '610000' }, places: { a: place(2), b: place(3) } },
        places: { 'dimensions.Department': { file: 'demf.yaml', line: 9 } },
      },
    );
    assert.deepEqual(
      faults.map(({ file, line, message }) => `${file}:${line} ${message}`),
      ['accounts.csv:2 Blocked.', 'accounts.csv:3 Blocked.', 'demf.yaml:9 Not in the format.'],
    );
  });

  it('B8: what an account demands of its dimensions is told only where no document could meet it', async () => {
    const demand =
      (dimension: string) =>
      ({ lines = [] }: MasterDataRequest): MasterDataFinding[] =>
        lines
          .filter(
            ({ account, dimensions }) =>
              account === '610000' && !dimensions.some((each) => each.dimension === dimension),
          )
          .map(() => ({ kind: 'dimension-missing', code: `610000/${dimension}`, message: `requires ${dimension}` }));
    const missing = await judged(demand('Project'));
    assert.deepEqual(
      missing.faults.map(({ severity, message }) => [severity, message]),
      [['warning', 'requires Project']],
    );
    // Whether a document has an optional dimension nobody knows yet.
    assert.deepEqual((await judged(demand('Department'))).faults, []);
  });
});

describe('Names that are alike', () => {
  it('B8: order, case, accents and punctuation of names do not count', () => {
    assert.equal(similarity('Müller, Anna', 'anna MULLER'), 1);
    assert.ok(similarity('First Supplies GmbH', 'First Supplies') > 0.7);
    assert.ok(similarity('First Supplies GmbH', 'Second Hand KG') < 0.3);
    assert.equal(similarity('', 'x'), 0);
  });

  it('B8: the most alike come first, and names that are not alike are not suggested', () => {
    const names = ['Ben Bauer', 'Adah Albrechts', 'Ada Albrecht'];
    const found = mostSimilar('Albrecht, Ada', names, (name) => name);
    assert.deepEqual(
      found.map(({ candidate }) => candidate),
      ['Ada Albrecht', 'Adah Albrechts'],
    );
  });
});
