import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify as toYaml } from 'yaml';
import { supplierGroup } from '../../sandbox/fo-vendors.js';
import type { ConnectionFragments } from '../../sandbox/sandbox-types.js';
import type { ErpChoice } from './options.js';
import type { SandboxEvents } from './start-receiver.js';

/** Addresses of the simulated services. */
export interface SimulatorUrls {
  concur: string;
  entra: string;
  fo: string;
  bc: string;
  nav: string;
  control: string;
}

/** Credentials of the simulated services; made once per state folder. */
export interface SandboxSecrets {
  concurClientSecret: string;
  requestToken: string;
  foClientSecret: string;
  bcClientSecret: string;
  navKey: string;
}

export const sandboxNames = {
  concur: 'sandbox',
  /** The ERP connections. */
  fo: 'fo',
  bc: 'bc',
  nav: 'nav',
  companyUuid: '7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11',
  concurClientId: 'sandbox-concur-app',
  tenant: 'sandbox.example',
  environment: 'sandbox',
  foClientId: 'sandbox-fo-app',
  bcClientId: 'sandbox-bc-app',
  navInstance: 'DynamicsNAV110',
  navUser: 'CONCUR',
  navCodeunit: 'ConcurConnector',
  bcScope: 'https://api.businesscentral.dynamics.com/.default',
} as const;

/** Secrets stand in files that only the owner reads; the connections file names them. */
export function sandboxSecrets(stateFolder: string): SandboxSecrets {
  const folder = join(stateFolder, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secret = (name: string, make: () => string): string => {
    const path = join(folder, name);
    if (!existsSync(path)) writeFileSync(path, `${make()}\n`, { mode: 0o600 });
    return readFileSync(path, 'utf8').trim();
  };
  const token = () => randomBytes(24).toString('base64url');
  secret('encryption-key', () => randomBytes(32).toString('base64'));
  // In the address to which the simulated F&O sends business events.
  secret('fo-event-path-secret', token);
  return {
    concurClientSecret: secret('concur-client-secret', token),
    foClientSecret: secret('fo-client-secret', token),
    bcClientSecret: secret('bc-client-secret', token),
    navKey: secret('nav-web-service-key', token),
    // Concur takes a request token for 24 hours; every start asks for a new one.
    requestToken: token(),
  };
}

/**
 * Writes the connections file for the simulated services; returns its path. Documents that contradict themselves are returned to
 * Concur only where `returns` says that they come back corrected; else they are held for a person.
 */
export function writeSandboxConnections(
  stateFolder: string,
  urls: SimulatorUrls,
  rules: ConnectionFragments,
  {
    erp,
    returns = false,
    release = 'automatic',
    events,
  }: { erp: ErpChoice; returns?: boolean; release?: 'automatic' | 'manual'; events?: SandboxEvents },
): string {
  const { fo, bc, nav, legalEntity } = rules;
  const file = {
    operation: {
      stateFolder: '.',
      encryptionKey: secretFile('encryption-key'),
      ...(events && { receiver: events.receiver }),
    },
    concur: [
      {
        name: sandboxNames.concur,
        tokenUrl: urls.concur,
        companyUuid: sandboxNames.companyUuid,
        clientId: sandboxNames.concurClientId,
        clientSecret: secretFile('concur-client-secret'),
        systemId: 'concur-dynamics-sandbox',
        ...(events && { events: events.section }),
        ...(returns ? { returnToConcur: { reasons: ['document-inconsistent'] } } : {}),
      },
    ],
    erp: [
      ...(fo.length === 0 ? [] : [foConnection(urls, fo, events !== undefined)]),
      ...(bc.length === 0 ? [] : [bcConnection(urls, bc, events)]),
      ...(nav.length === 0 ? [] : [navConnection(urls, nav, erp)]),
    ].map((connection) => ({ ...connection, release })),
    rules: { legalEntity },
    timings: sandboxTimings,
  };
  const path = join(stateFolder, 'connections.yaml');
  const heading = '# Written by `npm start` for its simulated services; made anew at every start.';
  writeFileSync(path, `${heading}\n${toYaml(file, { aliasDuplicateObjects: false })}`);
  return path;
}

/** Seconds instead of minutes, so that a person can watch. */
const sandboxTimings = {
  pollSeconds: 4,
  postingWatchSeconds: 4,
  paymentWatchSeconds: 5,
  paymentOverlapSeconds: 120,
  vendorRecheckSeconds: 10,
  selfCheckSeconds: 3_600,
  webhookCheckSeconds: 10,
  holdReminderSeconds: 3_600,
  foLookAgainSeconds: [1, 2, 3],
  bcLookAgainSeconds: [1, 2, 3],
  concurLookAgainSeconds: [1],
  throttledWaitSeconds: 1,
  retryMaximumSeconds: 10,
};

const secretFile = (name: string) => ({ file: `secrets/${name}` });

/** Employees have vendor accounts, too; Concur knows them as employees. */
const vendorSync = { concur: sandboxNames.concur, vendorGroups: [supplierGroup] };

/** As the simulated catalogue calls them. */
export const foEventIds = {
  postings: ['VendorInvoiceJournalPostedBusinessEvent', 'VendorInvoicePostedBusinessEvent'],
  payments: ['VendorPaymentJournalPostedBusinessEvent'],
} as const;

const businessEvents = { pathSecret: secretFile('fo-event-path-secret'), paymentEventIds: foEventIds.payments };

function foConnection(urls: SimulatorUrls, companies: ConnectionFragments['fo'], hasReceiver: boolean) {
  return {
    name: sandboxNames.fo,
    kind: 'dynamics-fo',
    baseUrl: urls.fo,
    authority: urls.entra,
    tenant: sandboxNames.tenant,
    clientId: sandboxNames.foClientId,
    clientSecret: secretFile('fo-client-secret'),
    ...(hasReceiver ? { businessEvents } : {}),
    companies: companies.map((company) => ({ ...company, vendorSync })),
  };
}

function bcConnection(urls: SimulatorUrls, companies: ConnectionFragments['bc'], events: SandboxEvents | undefined) {
  return {
    name: sandboxNames.bc,
    kind: 'business-central',
    baseUrl: urls.bc,
    authority: urls.entra,
    scope: sandboxNames.bcScope,
    tenant: sandboxNames.tenant,
    environment: sandboxNames.environment,
    clientId: sandboxNames.bcClientId,
    clientSecret: secretFile('bc-client-secret'),
    ...(events && { webhooks: { publicUrl: `http://127.0.0.1:${events.receiver.port}` } }),
    companies: companies.map((company) => ({ ...company, paymentSource: 'analytics' })),
  };
}

function navConnection(urls: SimulatorUrls, companies: ConnectionFragments['nav'], erp: ErpChoice) {
  const server = `${urls.nav}/${sandboxNames.navInstance}`;
  return {
    name: sandboxNames.nav,
    kind: 'dynamics-nav',
    odataUrl: `${server}/ODataV4`,
    soapUrl: `${server}/WS`,
    auth: { user: sandboxNames.navUser, key: secretFile('nav-web-service-key') },
    ...(erp === 'nav-classic-drafts' ? {} : { codeunit: sandboxNames.navCodeunit }),
    companies: companies.map((company) => ({ ...company, paymentSource: 'pages' })),
  };
}
