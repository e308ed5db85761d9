import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { ApplicationFailure } from '@temporalio/common';
import type { FromConcur, ProposedVendor } from '../../src/contracts/proposals.js';
import { answerProposal, listProposals } from '../../src/store/proposal-store.js';
import { bothSides, company } from './both-sides.js';
import { inActivity, openStage, type Stage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const inConcur = (code: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...{ VendorCode: code, AddressCode: `ADR-${code}`, VendorName: `Firm ${code}`, CountryCode: 'GB' },
  ...{ CurrencyCode: 'GBP', Approved: 'Y', PaymentMethodType: 'CHECK', City: 'Leeds', TaxID: `GB-${code}` },
  ...more,
});

async function sides(t: TestContext, connection: string, fromConcur?: FromConcur) {
  const both = await bothSides(stage, connection, fromConcur);
  t.after(() => both.concur.close());
  // The vendors of the simulated company have no country, which Concur demands.
  for (const { id } of both.erp.list('vendors')) {
    both.erp.below('PATCH', `vendors(${id})`, { country: 'GB', city: 'Leeds' }, { 'if-match': '*' });
  }
  const proposals = () => listProposals<ProposedVendor>(stage.db, 'vendor', both.place);
  const accept = async (code: string, account?: string) => {
    const found = (await proposals()).find(({ facts }) => facts.vendorCode === code);
    assert.ok(found);
    const answer = { answer: 'accept' as const, by: 'A. Accountant', ...(account === undefined ? {} : { account }) };
    assert.equal(await answerProposal(stage.db, found.id, answer), true);
  };
  const erpVendors = (number: string) => both.erp.list(`vendors?$filter=number eq '${number}'`);
  return { ...both, proposals, accept, erpVendors };
}

test('C9, S15: a vendor that only Concur knows is proposed with its facts, alerted once, and created nowhere', async (t) => {
  const at = await sides(t, 'proposing');
  at.concur.concur.company.seedVendors([inConcur('NEW1'), inConcur('DECLINED', { Approved: 'N' })]);
  assert.equal((await at.syncVendors()).open, 1);
  at.writes();
  const second = await at.syncVendors();
  assert.deepEqual([second.open, second.created, at.writes()], [1, 0, []]);
  const [proposal, ...others] = await at.proposals();
  assert.equal(others.length, 0);
  assert.deepEqual(proposal?.facts, {
    ...{ vendorCode: 'NEW1', addressCode: 'ADR-NEW1', name: 'Firm NEW1', taxId: 'GB-NEW1', city: 'Leeds' },
    ...{ countryCode: 'GB', currencyCode: 'GBP' },
  });
  const alerts = stage.notified.filter((cause) => cause.startsWith('vendor-proposals: proposing'));
  assert.deepEqual(alerts, [`vendor-proposals: proposing: bc/${company}`]);
});

test('C9, S15: an accepted vendor is created once, blocked for payment, and does not bounce back to Concur', async (t) => {
  const at = await sides(t, 'accepted');
  at.concur.concur.company.seedVendors([inConcur('NEW1')]);
  await at.syncVendors();
  at.writes();
  await at.accept('NEW1');
  assert.equal((await at.syncVendors()).created, 1);
  // One write, and it is the ERP's: what Concur holds already is not told to it.
  const written = at.writes();
  assert.equal(written.length, 1, written.join('\n'));
  assert.match(written[0] ?? '', /^erp .*NEW1 applied$/);
  const [vendor] = at.erpVendors('NEW1');
  assert.deepEqual(
    [vendor.displayName, vendor.taxRegistrationNumber, vendor.city, vendor.country, vendor.blocked],
    ['Firm NEW1', 'GB-NEW1', 'Leeds', 'GB', 'Payment'],
  );
  for (let again = 0; again < 2; again += 1) {
    const { created, plan } = await at.syncVendors();
    assert.deepEqual([created, plan.pending, at.writes()], [0, 0, []]);
  }
  // A change in the ERP is told once, to the record that Concur has: no second address comes into being.
  at.erp.below('PATCH', `vendors(${vendor.id})`, { city: 'York' }, { 'if-match': '*' });
  at.writes();
  await at.syncVendors();
  assert.deepEqual(at.writes(), ['concur vendorUpdate NEW1/ADR-NEW1 applied']);
  await at.syncVendors();
  assert.deepEqual(at.writes(), []);
  const records = at.concur.concur.company.vendors().filter(({ fields }) => fields['VendorCode'] === 'NEW1');
  assert.deepEqual(
    records.map(({ fields }) => [fields['AddressCode'], fields['City'], fields['PaymentMethodType']]),
    [['ADR-NEW1', 'York', 'CHECK']],
  );
});

test('C9, S15: a vendor that an employee asked for is bound under the number that the ERP has given', async (t) => {
  const at = await sides(t, 'requested');
  const code = 'C0FFEE00C0FFEE00C0FFEE00C0FFEE00';
  at.concur.concur.company.seedVendors([inConcur(code, { Approved: 'N', AddressImportSyncID: 'REQ-7' })]);
  await at.syncVendors();
  await at.accept(code);
  at.writes();
  assert.equal((await at.syncVendors()).created, 1);
  const [vendor] = at.erp.list(`vendors?$filter=displayName eq 'Firm ${code}'`);
  assert.notEqual(vendor.number, code);
  const bound = at.concur.concur.company
    .vendors()
    .filter(({ fields }) => fields['VendorName'] === `Firm ${code}`)
    .map(({ fields }) => [fields['VendorCode'], fields['AddressImportSyncID'], fields['Approved']]);
  assert.deepEqual(bound, [[vendor.number, 'REQ-7', 'Y']]);
  at.writes();
  await at.syncVendors();
  assert.deepEqual(at.writes(), []);
  assert.deepEqual(at.concur.violations(), []);
});

test('C9: after a lost answer the vendor is looked for and adopted, never created a second time', async (t) => {
  const at = await sides(t, 'lost');
  at.concur.concur.company.seedVendors([inConcur('LOST1')]);
  await at.syncVendors();
  await at.accept('LOST1');
  at.erpHttp.lose = { at: at.erpHttp.writes, when: 'after' };
  await assert.rejects(at.syncVendors(), (error: ApplicationFailure) => error.type === 'OutcomeUnknown');
  assert.equal(at.erpVendors('LOST1').length, 1);
  assert.equal((await at.syncVendors()).created, 1);
  assert.equal(at.erpVendors('LOST1').length, 1);
  assert.deepEqual(at.erp.repeats, []);
});

test('C9: an unknown outcome that left nothing waits for its time before the vendor is created after all', async (t) => {
  const at = await sides(t, 'lost-before');
  at.concur.concur.company.seedVendors([inConcur('LOST2')]);
  await at.syncVendors();
  await at.accept('LOST2');
  at.erpHttp.lose = { at: at.erpHttp.writes, when: 'before' };
  await assert.rejects(at.syncVendors(), (error: ApplicationFailure) => error.type === 'OutcomeUnknown');
  const create = () => inActivity(() => at.activities.createProposedVendors(at.place));
  await assert.rejects(create(), /looked for again/);
  await stage.db.query(
    `update proposals set begun_at = begun_at - interval '31 seconds' where connection = 'lost-before'`,
  );
  assert.deepEqual(await create(), { created: 1 });
  assert.equal(at.erpVendors('LOST2').length, 1);
});

test('C9: a vendor that may be one of the ERP goes to a person, who says which one it is', async (t) => {
  const at = await sides(t, 'alike', 'create');
  at.concur.concur.company.seedVendors([inConcur('TWIN', { VendorName: 'First Supplies' })]);
  at.writes();
  const first = await at.syncVendors();
  assert.deepEqual([first.open, first.created], [1, 0]);
  assert.deepEqual((await at.proposals())[0]?.facts.candidates, ['20000']);
  await at.accept('TWIN');
  assert.equal((await at.syncVendors()).created, 0);
  const [refused] = await at.proposals();
  assert.equal(refused?.state, 'open');
  assert.match(refused.message ?? '', /may have it already: 20000 First Supplies/);
  await at.accept('TWIN', '20000');
  at.writes();
  const last = await at.syncVendors();
  assert.deepEqual([last.open, last.created, at.writes()], [0, 0, []]);
});

test('C9: with create, new vendors come by themselves; more than a few at once wait for a person', async (t) => {
  const at = await sides(t, 'creating', 'create');
  at.concur.concur.company.seedVendors([inConcur('AUTO1'), inConcur('AUTO2')]);
  assert.deepEqual((await at.syncVendors()).created, 2);
  at.concur.concur.company.seedVendors([inConcur('MANY1'), inConcur('MANY2'), inConcur('MANY3')]);
  const many = await at.syncVendors();
  assert.deepEqual([many.open, many.created], [3, 0]);
});

test('C9, S18: a rejected vendor is never proposed again, and with off nothing of Concur is even read', async (t) => {
  const at = await sides(t, 'rejected');
  at.concur.concur.company.seedVendors([inConcur('NO')]);
  await at.syncVendors();
  const [proposal] = await at.proposals();
  await answerProposal(stage.db, proposal?.id ?? '', { answer: 'reject', by: 'A. Accountant' });
  assert.equal((await at.syncVendors()).open, 0);
  assert.equal((await at.proposals())[0]?.state, 'rejected');

  const off = await sides(t, 'switched-off', 'off');
  off.concur.concur.company.seedVendors([inConcur('UNSEEN')]);
  assert.equal((await off.syncVendors()).open, 0);
  assert.deepEqual(await off.proposals(), []);
});

test('C9: a supplier that the mapping, or a person, leads to an account of the ERP is none that the ERP does not know', async (t) => {
  const at = await sides(t, 'mapped');
  await stage.db.query(
    `insert into vendor_resolutions (vendor_key, vendor_number, resolved_by, note) values ($1, '20000', 'A', '')`,
    [`bc/${company}/supplier/ANSWERED`],
  );
  at.concur.concur.company.seedVendors([inConcur('MAPPED'), inConcur('ANSWERED')]);
  assert.equal((await at.syncVendors()).open, 0);
});

test('C9: without manual numbers Business Central numbers the vendor, and what it refuses goes back to a person', async (t) => {
  const at = await sides(t, 'numbers');
  at.concur.concur.company.seedVendors([inConcur('OWN1'), inConcur('BAD1', { City: 'Llanfair'.repeat(6) })]);
  await at.syncVendors();
  await at.accept('OWN1');
  await at.accept('BAD1');
  at.erp.bc.changeSetUpFaults({ 'no-manual-vendor-numbers': true });
  assert.equal((await at.syncVendors()).created, 1);
  const found = new Map((await at.proposals()).map((one) => [one.facts.vendorCode, one]));
  assert.equal(found.get('OWN1')?.state, 'created');
  assert.match(found.get('OWN1')?.account ?? '', /^V\d+$/);
  assert.equal(found.get('BAD1')?.state, 'open');
  assert.match(found.get('BAD1')?.message ?? '', /Business Central says/);
});
