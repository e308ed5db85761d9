import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { usedFeatures } from '../../src/composition/concur-connection.js';
import { purchaseCheckSeconds, purchaseOrderRules } from '../../src/config/purchase-requests-schema.js';
import { concurScopes } from '../../src/contracts/concur-scopes.js';
import { faultOfDecideChange, purchaseRequestWorkflowId } from '../../src/contracts/purchase-orders.js';
import { configFiles, type ConfigFiles } from './config-files.js';

const bc = '        currency: EUR\n        mapping: {}\n';

/** A file whose Business Central company has this section. */
const withSection = (t: TestContext, section: object, more = ''): ConfigFiles =>
  configFiles(t, [
    [bc, `        currency: EUR\n        mapping: {}\n        purchaseRequests: ${JSON.stringify(section)}\n${more}`],
  ]);

test('C5: without the section nothing is taken, and no scope of purchasing is required', (t) => {
  const { file } = configFiles(t).load();
  assert.deepEqual(purchaseOrderRules(file), []);
  assert.equal(usedFeatures(file.concur[0] ?? assert.fail(), file).has('purchase-orders'), false);
});

test('S6: a section with nothing but the connection takes all of its orders; the scopes to read them are required', (t) => {
  const { file } = withSection(t, { concur: 'emea' }).load();
  assert.deepEqual(purchaseOrderRules(file), [
    {
      concur: 'emea',
      erp: 'bc',
      company: "O'Brien & Söhne",
      expenseTypes: {},
      markerField: 'shipToContact',
      removedInErp: 'raise',
    },
  ]);
  assert.equal(purchaseCheckSeconds(file, 'emea'), 86_400);
  const used = usedFeatures(file.concur[0] ?? assert.fail(), file);
  const required = concurScopes.filter(({ feature }) => used.has(feature)).map(({ scope }) => scope);
  assert.ok(required.includes('purchaserequest.read') && required.includes('INVPO'));
  assert.ok(!required.includes('purchaserequest.write'), 'requests are only read (S11)');
});

test('S6: all settings of the section reach the mapping', (t) => {
  const given = {
    concur: 'emea',
    when: { field: 'custom3', codes: ['DE01'] },
    expenseTypes: { OFFIC: '8420' },
    shippingAccount: '6600',
    markerField: 'none' as const,
    removedInErp: 'close' as const,
  };
  const { file } = withSection(t, { ...given, checkSeconds: 3600 }).load();
  assert.deepEqual(purchaseOrderRules(file), [{ ...given, erp: 'bc', company: "O'Brien & Söhne" }]);
  assert.equal(purchaseCheckSeconds(file, 'emea'), 3600);
});

test('C5: faults of the section are sentences with their place', (t) => {
  const faultsOf = (section: object, more?: string) => withSection(t, section, more).faults().join('\n');
  assert.match(faultsOf({ concur: 'emae' }), /purchaseRequests\.concur: emae is no Concur connection .*\(emea\)/);
  assert.match(faultsOf({ concur: 'emea', when: { field: 'colour', codes: ['x'] } }), /when\.field: .*ledgerCode/);
  assert.match(faultsOf({ concur: 'emea', removedInErp: 'delete' }), /removedInErp/);
  const second = `      - company: Second\n        currency: EUR\n        mapping: {}\n        purchaseRequests: { concur: emea }\n`;
  assert.match(faultsOf({ concur: 'emea' }, second), /several companies take orders of emea: say with `when`/);
});

test('S6: the workflow id is the natural key of the request', () => {
  assert.equal(
    purchaseRequestWorkflowId({ connection: 'emea', requestId: '7c1d' }),
    'concur:emea:purchaserequest:7c1d',
  );
});

test('S113: a decision that is not one is refused with what it lacks', () => {
  const whole = { change: '12', decision: 'amended', by: 'A. Buyer', note: '' };
  assert.equal(faultOfDecideChange(whole), undefined);
  assert.match(faultOfDecideChange({ ...whole, by: '' }) ?? '', /by/);
  assert.match(faultOfDecideChange({ ...whole, change: 'twelve' }) ?? '', /number of its record/);
  assert.match(faultOfDecideChange({ ...whole, decision: 'edit' }) ?? '', /amended, replaced, dismissed/);
  assert.match(faultOfDecideChange('amended') ?? '', /JSON object/);
});
