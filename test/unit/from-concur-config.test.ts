import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { usedFeatures } from '../../src/composition/concur-connection.js';
import { dimensionRulesOf } from '../../src/config/dimension-sync-schema.js';
import { desiredSchedules } from '../../src/temporal/bootstrap.js';
import { configFiles } from './config-files.js';

const bcWith = (t: TestContext, section: object) =>
  configFiles(t, [
    [
      "company: O'Brien & Söhne\n        currency: EUR\n        mapping: {}\n",
      `company: O'Brien & Söhne\n        currency: EUR\n        mapping: { dimensions: [{ dimension: Department, from: [allocationCustom1Code], values: { sameCode: true } }] }\n        ${JSON.stringify(section).slice(1, -1)}\n`
        .replace('"vendorSync":', 'vendorSync: ')
        .replace('"dimensionSync":', 'dimensionSync: '),
    ],
  ]);
const foWith = (t: TestContext, name: string, section: unknown) =>
  configFiles(t, [
    [
      '        timeZone: Europe/Berlin\n',
      `        timeZone: Europe/Berlin\n        ${name}: ${JSON.stringify(section)}\n`,
    ],
  ]);
const scheduled = (file: Parameters<typeof desiredSchedules>[0], type: string) =>
  desiredSchedules(file).filter(({ action }) => action.workflowType === type);
const inputOf = ({ action }: ReturnType<typeof desiredSchedules>[number]) =>
  action.args?.[0] as Record<string, unknown>;

test('C9: vendors of Concur are proposed where vendors are told to it; off says so to the schedule', (t) => {
  const [usual] = scheduled(bcWith(t, { vendorSync: { concur: 'emea' } }).load().file, 'syncVendors');
  assert.ok(usual);
  assert.equal(inputOf(usual)['fromConcur'], true);
  const [off] = scheduled(bcWith(t, { vendorSync: { concur: 'emea', fromConcur: 'off' } }).load().file, 'syncVendors');
  assert.ok(off);
  assert.ok(!('fromConcur' in inputOf(off)));
});

test('C9: only Business Central may be set to create vendors', (t) => {
  assert.deepEqual(bcWith(t, { vendorSync: { concur: 'emea', fromConcur: 'create' } }).faults(), []);
  const [fault] = foWith(t, 'vendorSync', { concur: 'emea', fromConcur: 'create' }).faults();
  assert.match(fault ?? '', /companies\.0\.vendorSync\.fromConcur: .*Business Central only; write propose/);
});

test('S16, S18: dimensions have a schedule, rules and a scope where the section stands, and nothing without it', (t) => {
  const section = { dimension: 'DEPARTMENT', concur: 'emea', list: 'l-1', below: 'IE', at: '03:15' };
  const { file, rules } = bcWith(t, { dimensionSync: [section] }).load();
  const [schedule, ...others] = scheduled(file, 'syncDimensions');
  assert.equal(others.length, 0);
  assert.equal(schedule?.scheduleId, "dimensions:emea:bc:O'Brien & Söhne");
  assert.deepEqual(inputOf(schedule)['dimensions'], [{ dimension: 'DEPARTMENT', list: 'l-1' }]);
  assert.deepEqual([schedule.spec.calendars?.[0]?.hour, schedule.spec.calendars?.[0]?.minute], [3, 15]);
  assert.deepEqual(Object.values(dimensionRulesOf(file, 'emea')), [
    { list: 'l-1', below: 'IE', fromConcur: 'propose', maximumSharePercent: 20, minimumChanges: 20 },
  ]);
  const [concur] = file.concur;
  assert.ok(concur);
  assert.ok(usedFeatures(concur, file).has('lists'));
  const bc = rules.companies.find(({ erp }) => erp === 'bc');
  assert.equal(bc?.dimensions[0]?.listCodes, true);

  const without = configFiles(t).load().file;
  assert.deepEqual(scheduled(without, 'syncDimensions'), []);
  assert.ok(!usedFeatures(concur, without).has('lists'));
});

test('S16: faults of the section are sentences with their place', (t) => {
  const one = { dimension: 'DEPARTMENT', concur: 'emea', list: 'l-1' };
  assert.match(
    bcWith(t, { dimensionSync: [{ ...one, concur: 'emae' }] }).faults()[0] ?? '',
    /emae is no Concur connection/,
  );
  const twice = bcWith(t, { dimensionSync: [one, { ...one, dimension: 'AREA' }] }).faults();
  assert.match(twice[0] ?? '', /AREA of .* and DEPARTMENT of .* would fill the same level of one list/);
  assert.deepEqual(bcWith(t, { dimensionSync: [one, { ...one, dimension: 'AREA', below: 'X' }] }).faults(), []);
  assert.match(foWith(t, 'dimensionSync', [one]).faults()[0] ?? '', /read from Business Central only/);
});
