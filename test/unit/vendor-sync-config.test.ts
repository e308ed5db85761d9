import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { chosenTargets } from '../../src/cli/vendors-commands.js';
import { UsageError } from '../../src/cli/failure.js';
import { usedFeatures } from '../../src/composition/concur-connection.js';
import type { ConnectionsFile } from '../../src/config/connections-schema.js';
import { vendorSyncRules } from '../../src/config/vendor-sync-schema.js';
import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import { desiredSchedules } from '../../src/temporal/bootstrap.js';
import { configFiles, type ConfigFiles } from './config-files.js';

/** A file whose F&O company has this section. */
const withSection = (t: TestContext, section: object): ConfigFiles =>
  configFiles(t, [
    [
      '        timeZone: Europe/Berlin\n',
      `        timeZone: Europe/Berlin\n        vendorSync: ${JSON.stringify(section)}\n`,
    ],
  ]);
const fileWith = (t: TestContext, section: object): ConnectionsFile => withSection(t, section).load().file;
const schedulesOf = (file: ConnectionsFile) =>
  desiredSchedules(file).filter(({ action }) => action.workflowType === 'syncVendors');

test('S17: a section with nothing but the connection has the rules that the comparison knows as its defaults', (t) => {
  const [erp] = fileWith(t, { concur: 'emea' }).erp;
  const section = erp?.companies[0]?.vendorSync;
  assert.ok(section);
  assert.deepEqual(vendorSyncRules(section), defaultVendorSyncRules);
});

test('S17: all rules of the section reach the comparison', (t) => {
  const rules = {
    ...{ addressCode: 'MAIN', group: 'DEMF', paymentMethodType: 'WIRE' as const, vendorGroups: ['10', '20'] },
    ...{ maximumSharePercent: 5, minimumChanges: 0 },
  };
  const [erp] = fileWith(t, { concur: 'emea', everyHours: 4, ...rules }).erp;
  const section = erp?.companies[0]?.vendorSync;
  assert.ok(section);
  assert.deepEqual(vendorSyncRules(section), rules);
});

test('S17: faults of the section are sentences with their place', (t) => {
  const faultsOf = (section: object) => withSection(t, section).faults().join('\n');
  assert.match(
    faultsOf({ concur: 'emae' }),
    /companies\.0\.vendorSync\.concur: emae is no Concur connection .*\(emea\)/,
  );
  assert.match(faultsOf({ concur: 'emea', at: '2:00' }), /vendorSync\.at: write hours and minutes/);
  assert.match(faultsOf({ concur: 'emea', at: '02:00', everyHours: 4 }), /either at or everyHours/);
  assert.match(faultsOf({ concur: 'emea', addressCode: '{COMPNAY}-{account}' }), /knows only .*\{COMPANY\}/);
  // Methods by which Concur would pay what the ERP pays.
  assert.match(faultsOf({ concur: 'emea', paymentMethodType: 'CHECK' }), /vendorSync\.paymentMethodType/);
});

test('S17, S126: vendors of Business Central cannot be chosen by groups that it does not tell', (t) => {
  const faultsOf = (section: object): string[] =>
    configFiles(t, [
      ["company: O'Brien & Söhne\n", `company: O'Brien & Söhne\n        vendorSync: ${JSON.stringify(section)}\n`],
    ]).faults();
  assert.deepEqual(faultsOf({ concur: 'emea' }), []);
  const [fault, ...others] = faultsOf({ concur: 'emea', vendorGroups: ['DOMESTIC'] });
  assert.equal(others.length, 0);
  assert.match(fault ?? '', /companies\.0\.vendorSync\.vendorGroups: .*does not tell the groups .*remove vendorGroups/);
});

test('S18: without the section there is no schedule, and Concur vendors are no required scope', (t) => {
  const { file } = configFiles(t).load();
  assert.deepEqual(schedulesOf(file), []);
  assert.throws(() => chosenTargets({ file }, {}), UsageError);
  assert.deepEqual(chosenTargets({ file }, { erp: 'fo' }), [{ erp: 'fo', company: 'demf', concur: undefined }]);
});

test('S13: the schedule runs in the night of the company, or every so many hours, and never twice at a time', (t) => {
  const [nightly] = schedulesOf(fileWith(t, { concur: 'emea' }));
  assert.equal(nightly?.scheduleId, 'vendors:emea:fo:demf');
  assert.equal(nightly.spec.timezone, 'Europe/Berlin');
  const [calendar] = nightly.spec.calendars ?? [];
  assert.deepEqual([calendar?.hour, calendar?.minute], [2, 0]);
  assert.equal(nightly.policies?.overlap, 'SKIP');
  const { args } = nightly.action as { args?: unknown[] };
  assert.deepEqual(args, [
    {
      ...{ concur: 'emea', erp: 'fo', company: 'demf', queuePrefix: '' },
      ...{ dryRun: false, force: false, fromConcur: true, retryMaximumSeconds: 600 },
    },
  ]);
  const [often] = schedulesOf(fileWith(t, { concur: 'emea', everyHours: 0.5 }));
  assert.equal(often?.spec.intervals?.[0]?.every, 1_800_000);
});

test('S31: the scope for vendors is required where vendors are told, whatever documents are polled', (t) => {
  const connection = { name: 'emea', documentTypes: ['expense' as const], invoicePaymentMethod: undefined };
  assert.equal(usedFeatures(connection, fileWith(t, { concur: 'emea' })).has('vendors'), true);
  assert.equal(usedFeatures({ ...connection, name: 'other' }, fileWith(t, { concur: 'emea' })).has('vendors'), false);
  assert.equal(usedFeatures(connection, configFiles(t).load().file).has('vendors'), false);
});

test('C24: the version of the vendor service is a setting, v3.1 unless given', (t) => {
  assert.equal(configFiles(t).load().file.concur[0]?.vendorsVersion, 'v3.1');
  const newer = configFiles(t, [['    systemId:', '    vendorsVersion: v4.0\n    systemId:']]).load();
  assert.equal(newer.file.concur[0]?.vendorsVersion, 'v4.0');
  const faulty = configFiles(t, [['    systemId:', '    vendorsVersion: "3"\n    systemId:']]);
  assert.match(faulty.faults()[0] ?? '', /vendorsVersion: write the version as in v3\.1/);
});
