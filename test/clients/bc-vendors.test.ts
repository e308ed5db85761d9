import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rejected } from '../../src/clients/http/errors.js';
import { stage, type Stage } from './bc-stage.js';

const full = (number: string, fields: object = {}) => ({
  number,
  displayName: `Supplier ${number}`,
  addressLine1: '1 Example Street',
  addressLine2: 'Unit 2',
  city: 'Leeds',
  state: '',
  country: 'GB',
  postalCode: 'LS1 1AA',
  email: 'ana@example.test',
  taxRegistrationNumber: 'GB1',
  currencyCode: 'GBP',
  blocked: '_x0020_',
  balance: 12.5,
  ...fields,
});

function stageWith(...rows: Record<string, unknown>[]): Stage {
  const at = stage();
  at.bc.vendors = rows;
  return at;
}

async function read({ bc, erp, signal }: Stage, company = bc.companyName) {
  let beats = 0;
  const reading = await erp.readVendors(company, signal, () => void (beats += 1));
  return { ...reading, beats };
}

test('S17: a vendor of Business Central comes in the same form as one of F&O', async () => {
  const { vendors, unreadable } = await read(stageWith(full(' v-1 ')));
  assert.deepEqual(unreadable, []);
  assert.deepEqual(vendors, [
    {
      account: 'V-1',
      name: 'Supplier  v-1',
      currency: 'GBP',
      taxId: 'GB1',
      email: 'ana@example.test',
      street: '1 Example Street, Unit 2',
      city: 'Leeds',
      postalCode: 'LS1 1AA',
      countryCode: 'GB',
      offered: true,
      hold: '',
    },
  ]);
});

test('S14: blocked has three values: free, without payments, and for everything; an unknown one counts as blocked', async () => {
  const at = stageWith(
    ...[full('1'), full('2', { blocked: ' ' }), full('3', { blocked: 'Payment' }), full('4', { blocked: 'All' })],
    ...[full('5', { blocked: 'Privacy_x0020_Blocked' }), full('6', { blocked: undefined })],
  );
  const { vendors } = await read(at);
  const states = vendors.map(({ account, offered, hold }) => [account, offered, hold]);
  assert.deepEqual(states, [
    ['1', true, ''],
    ['2', true, ''],
    ['3', true, 'Payment'],
    ['4', false, 'All'],
    ['5', false, 'Privacy Blocked'],
    ['6', true, ''],
  ]);
});

test('S126: all pages of the company are read from the primary database, with a sign of life after each', async () => {
  const at = stageWith(...['1', '2', '3'].map((number) => full(number)));
  at.bc.pageSize = 2;
  const { vendors, beats } = await read(at);
  assert.deepEqual([vendors.length, beats], [3, 2]);
  const pages = at.bc.calls.filter(({ operation }) => operation === 'bc.vendors.read');
  assert.equal(pages.length, 2);
  assert.ok(pages.every(({ headers }) => headers?.['Data-Access-Intent'] === 'ReadWrite'));
  assert.ok(pages.every(({ path }) => path.endsWith(`/companies(${at.bc.companyId})/vendors`)));
});

test('a row that cannot be read is told by its number, and hides no other', async () => {
  const reading = await read(stageWith(full('1'), full('2', { city: true }), full('3', { number: null })));
  assert.deepEqual(
    reading.vendors.map(({ account }) => account),
    ['1'],
  );
  assert.deepEqual(
    reading.unreadable.map(({ account }) => account),
    ['2', undefined],
  );
  assert.match(
    reading.unreadable[0]?.message ?? '',
    /^Vendor 2 of .* from Business Central: unexpected values in city\.$/,
  );
});

test('S50, S126: a company that is not configured gives no empty list, but a refusal', async () => {
  await assert.rejects(read(stageWith(full('1')), 'CRONUS AG'), Rejected);
});
