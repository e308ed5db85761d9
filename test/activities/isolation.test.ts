import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { planOfStored, readPlanFacts } from '../../src/activities/stored-plan.js';
import type { DocType } from '../../src/contracts/documents.js';
import type { CompanyMapping, MappingRules } from '../../src/contracts/mapping-rules.js';
import { vendorKey } from '../../src/contracts/mapping-rules.js';
import { storeDiscovered } from '../../src/store/document-store.js';
import { rememberResolution } from '../../src/store/vendor-store.js';
import { changed, fixtureText, foMapping, rulesFor, type Fixture } from '../unit/mapping-fixtures.js';
import type { Stage } from './stage.js';
import { discover, openStage } from './stage.js';

const trial: CompanyMapping = { ...foMapping, company: 'demo', isTest: true };

const fixtures: [DocType, Fixture][] = [
  ['expense', 'expense-split-with-tax'],
  ['invoice', 'invoice-two-lines'],
  ['cashadvance', 'cash-advance'],
];

/** The fixture as a document of a Concur test user. */
const ofTestUser = (fixture: Fixture): string => changed(fixture, ['"isTest": "N"', '"isTest": "Y"']);

describe('Companies and connections side by side', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  const plan = async (docType: DocType, payload: string, rules: MappingRules) => {
    const zones = { 'fo-test/demf': 'UTC', 'fo-test/demo': 'UTC' };
    const clock = { now: () => new Date('2026-04-01T12:00:00Z'), timeZones: zones, openFrom: {} };
    return planOfStored(
      rules,
      { docType, fiId: `${docType}-1`, payload },
      await readPlanFacts({ db: stage.db, ...clock }),
    );
  };

  for (const [docType, fixture] of fixtures) {
    it(`B20: ${docType}: a document of a test user reaches no production company, and a test company takes it`, async () => {
      const refused = await plan(docType, ofTestUser(fixture), rulesFor(foMapping));
      assert.ok(!('held' in refused));
      assert.deepEqual([refused.documents, refused.refusals.map(({ hold }) => hold)], [[], ['test-document']]);
      const taken = await plan(docType, ofTestUser(fixture), rulesFor(trial));
      assert.ok(!('held' in taken));
      assert.deepEqual([taken.refusals, taken.documents.map(({ company }) => company)], [[], ['demo']]);
      const real = await plan(docType, fixtureText(fixture), rulesFor(foMapping));
      assert.ok(!('held' in real) && real.documents.length === 1);
    });
  }

  it('B20: a report of a test user that a test company pays and a production company bears is posted in neither', async () => {
    const sharing = (mapping: CompanyMapping, other: string): CompanyMapping => ({
      ...mapping,
      intercompany: [{ partner: { erp: 'fo-test', company: other }, dueFrom: '155000', dueTo: '255000' }],
      journalNames: { ...mapping.journalNames, general: 'CNQRIC' },
    });
    const target = (company: string) => ({ erp: 'fo-test', company });
    const path = 'expenseEntry.allocation.allocationCustom1Code';
    const rules: MappingRules = {
      version: 'test',
      legalEntity: [{ path, codes: { 'BU-10': target('demo'), 'BU-20': target('demf') } }],
      payingEntity: [{ path: 'report.ledgerCode', codes: { DE01: target('demo') } }],
      companies: [sharing(foMapping, 'demo'), sharing(trial, 'demf')],
    };
    const refused = await plan('expense', ofTestUser('expense-split-with-tax'), rules);
    assert.ok(!('held' in refused));
    assert.deepEqual([refused.documents, refused.refusals.map(({ hold }) => hold)], [[], ['test-document']]);
    const real = await plan('expense', fixtureText('expense-split-with-tax'), rules);
    assert.ok(!('held' in real));
    assert.deepEqual(real.documents.map(({ company }) => company).sort(), ['demf', 'demo']);
  });

  it('B20: the same document of two Concur companies is two documents, and each is taken in once', async () => {
    const document = (connection: string) => ({
      ...{ id: `concur:${connection}:expense:same`, connection, docType: 'expense' as const, fiId: 'same' },
      ...{ businessId: 'SAME', revision: '', humanNumber: 'SAME', payload: fixtureText('expense-split-with-tax') },
      ...{ payloadSha256: 'same', payeeId: 'KX10001', payeeCode: 'KX10001', currency: 'EUR', amount: '100' },
    });
    for (const connection of ['eu', 'us', 'eu']) await storeDiscovered(stage.db, document(connection));
    const { rows } = await stage.db.query<{ connection: string }>(
      `select connection from documents where fi_id = 'same' order by connection`,
    );
    assert.deepEqual(rows, [{ connection: 'eu' }, { connection: 'us' }]);
  });

  it('B6, B20: a plan names who has resolved the vendor, and the answer counts in its own company only', async () => {
    const key = vendorKey('fo-test', 'demf', 'employee', 'KX10001');
    const { id } = await discover(stage.db, 'resolved');
    await rememberResolution(stage.db, id, { vendorKey: key, vendorNumber: 'E-777', by: 'Grace Hopper', note: '' });
    const text = fixtureText('expense-split-with-tax');
    const [own, other] = [
      await plan('expense', text, rulesFor(foMapping)),
      await plan('expense', text, rulesFor(trial)),
    ];
    assert.ok(!('held' in own) && !('held' in other));
    assert.equal(own.documents[0]?.payable?.vendorAccount, 'E-777');
    assert.match(own.explained[0]?.rows[0]?.why ?? '', /manual resolution by Grace Hopper: KX10001 → E-777/);
    assert.equal(other.documents[0]?.payable?.vendorAccount, 'E-001');
  });
});
