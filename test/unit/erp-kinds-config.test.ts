import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilitiesOf, capabilitySentences } from '../../src/contracts/erp-capabilities.js';
import { configFiles, validEnvironment } from './config-files.js';

const entra = `    tenant: contoso.example
    environment: production
    clientId: bc-app
    clientSecret: { env: BC_SECRET }
`;
const byKey = `    deployment: on-premises
    baseUrl: https://bc.contoso.example:7048/BC
    hostAllow: ['^https://bc[.]contoso[.]example:7048']
    auth: { type: web-service-key, user: CONCUR, key: { env: BC_SECRET } }
`;
const navHead = `    odataUrl: https://nav.contoso.example:7048/DynamicsNAV110/ODataV4
    auth: { user: CONCUR, key: { env: BC_SECRET } }
`;

test('S50: Business Central stays online and signed in by Entra ID where the file says nothing else', (t) => {
  const [, bc] = configFiles(t).load().file.erp;
  assert.ok(bc?.kind === 'business-central');
  assert.deepEqual([bc.deployment, bc.auth.type], ['online', 'entra']);
});

test('S51: an on-premises server has its own host, port and path, and signs in by a web service access key', (t) => {
  const { file, clientSecrets } = configFiles(t, [[entra, byKey]]).load();
  const [, bc] = file.erp;
  assert.ok(bc?.kind === 'business-central');
  assert.deepEqual([bc.auth.type, bc.auth.user], ['web-service-key', 'CONCUR']);
  assert.equal(clientSecrets['bc']?.reveal(), 'bc-secret-value');
});

test('S51: what does not belong together is refused with its line and what to do', (t) => {
  const faultsOf = (to: string): string[] =>
    configFiles(t, [[entra, to]])
      .faults()
      .map((fault) => fault.replace(/^\d+: erp\.1\.?/, ''));
  assert.deepEqual(faultsOf(byKey.replace('    deployment: on-premises\n', '').replace('/BC', '')), [
    'environment: name the environment, for example production',
    'auth.type: Business Central online takes no user and key; sign in by entra',
  ]);
  assert.deepEqual(faultsOf(byKey.replace(':7048/BC\n', ':7048\n')), [
    'baseUrl: needs host, port and server instance, for example https://bc.example.com:7048/BC',
  ]);
  assert.deepEqual(faultsOf(`${byKey.replace(', user: CONCUR', '')}    tenant: contoso.example\n`), [
    'auth.user: is needed to sign in by a web service access key',
    'tenant: belongs to auth type entra; remove it',
  ]);
  assert.deepEqual(faultsOf(entra.replace('    clientId: bc-app\n', '')), [
    'clientId: is needed to sign in by Entra ID',
  ]);
});

test('C18: classic NAV is a kind of its own; without a codeunit it writes drafts', (t) => {
  const replacements: [string, string][] = [
    ['kind: business-central', 'kind: dynamics-nav'],
    [entra, navHead],
  ];
  const { file, clientSecrets, rules } = configFiles(t, replacements).load();
  const [, nav] = file.erp;
  assert.ok(nav?.kind === 'dynamics-nav');
  assert.deepEqual(
    [nav.services.purchaseInvoiceLines, nav.codeunit, nav.companies[0]?.paymentSource],
    ['PurchInvLines', undefined, 'pages'],
  );
  assert.equal(clientSecrets['bc']?.reveal(), validEnvironment.BC_SECRET);
  assert.equal(rules.companies[1]?.kind, 'dynamics-nav');
  assert.equal(capabilitiesOf(nav).posting, 'person');
});

test('C22: a posting codeunit needs the address of the SOAP service', (t) => {
  const { faults } = configFiles(t, [
    ['kind: business-central', 'kind: dynamics-nav'],
    [entra, `${navHead}    codeunit: ConcurConnector\n`],
  ]);
  assert.deepEqual(
    faults().map((fault) => fault.replace(/^\d+: /, '')),
    ['erp.1.soapUrl: is needed to call the codeunit'],
  );
});

test('C18: OData V3 and an address without its service are refused with what is spoken instead', (t) => {
  for (const url of ['https://nav.contoso.example:7048/DynamicsNAV80/OData', 'https://nav.contoso.example:7048']) {
    const { faults } = configFiles(t, [
      ['kind: business-central', 'kind: dynamics-nav'],
      [entra, navHead.replace(/https:\S+/, url)],
    ]);
    assert.match(faults().join(), /odataUrl: needs server instance and ODataV4 at its end; OData V3 .* not supported/);
  }
});

test('C18: purchase orders are refused where the kind of connection cannot write them', () => {
  assert.equal(capabilitiesOf({ kind: 'dynamics-nav' }).purchaseOrders, false);
  assert.equal(capabilitiesOf({ kind: 'business-central' }).purchaseOrders, true);
});

test('C18: each kind says in sentences what it cannot do', () => {
  const online = capabilitySentences(capabilitiesOf({ kind: 'business-central' }));
  assert.ok(online.some((each) => /local currency only/.test(each)));
  assert.ok(online.some((each) => /Dimension values cannot be created/.test(each)));
  const classic = capabilitySentences(capabilitiesOf({ kind: 'dynamics-nav' }));
  assert.ok(classic.some((each) => /no notifications/.test(each)));
  assert.match(classic[0] ?? '', /^Draft mode/);
  const posting = capabilitiesOf({ kind: 'dynamics-nav', codeunit: 'ConcurConnector' });
  assert.match(capabilitySentences(posting)[0] ?? '', /codeunit/);
});
