import { assertAllowedBaseUrl, HostNotAllowed } from '../../clients/http/hosts.js';
import type { ConcurConnection } from '../../config/connections-schema.js';
import type { Finding } from './findings.js';
import { fail, ok, warn } from './findings.js';

/** What the first label of a host tells (platform spec 1.4). There is no list of hosts: new data centres may come any day. */
interface Place {
  label: string;
  region: string | undefined;
  isImplementation: boolean;
  isLoopback: boolean;
}

const regions: readonly [pattern: RegExp, region: string][] = [
  [/^usg/, 'the data centre of the US government'],
  [/^us/, 'North America'],
  [/^(eu|emea)/, 'EMEA'],
  [/^apj/, 'Asia Pacific'],
  [/^cn/, 'China'],
];

/** Where SAP documents the Financial Integration Service (FIS spec 2). */
const financialRegions: ReadonlySet<string> = new Set(['North America', 'EMEA']);
/** Data centres for which the event service is stated (platform spec 1.4). */
const eventLabels: ReadonlySet<string> = new Set(['us2', 'eu2']);

function placeOf(origin: string): Place {
  const { hostname } = new URL(origin);
  const label = (hostname.split('.')[0] ?? '').replace(/^www-/, '');
  return {
    label,
    region: regions.find(([pattern]) => pattern.test(label))?.[1],
    isImplementation: label.endsWith('-impl') || label === 'implementation',
    isLoopback: /^127\.|^\[::1\]$/.test(hostname),
  };
}

/** Judges the host that Concur has named for all calls, and says what SAP does not offer there (C4). Calls nobody. */
export function dataCentreFindings(geolocation: string, concur: ConcurConnection): Finding[] {
  const check = 'data centre';
  const refused = hostProblem(geolocation, concur.geolocationAllow);
  if (refused !== undefined) return [refused];
  const place = placeOf(geolocation);
  if (place.isLoopback) return [ok(check, `${geolocation} is this machine: a simulator or a proxy.`)];
  if (place.label === 'glz') {
    const found = `${geolocation} only issues tokens; no service of a company is there.`;
    return [fail(check, found, { remedy: 'Connect the company again: Concur then names its data centre.' })];
  }
  const kind = place.isImplementation ? 'implementation' : 'production';
  const where = place.region === undefined ? 'its name tells no region' : place.region;
  return [ok(check, `${geolocation} (${where}, ${kind}).`), ...lacks(place, concur), ...eventPlace(place, concur)];
}

/** The stored host was allowed once; the patterns of today decide whether a token goes there. */
function hostProblem(geolocation: string, allowed: readonly string[]): Finding | undefined {
  try {
    assertAllowedBaseUrl(geolocation, allowed);
    return undefined;
  } catch (error) {
    if (!(error instanceof HostNotAllowed)) throw error;
    return fail('data centre', error.message, { switchesOff: 'no call is made to Concur', remedy: error.remedy });
  }
}

function lacks({ label, region }: Place, { documentTypes, events }: ConcurConnection): Finding[] {
  const where = region ?? `the data centre ${label}`;
  const ask = 'Ask SAP Concur before you rely on it; the check of the service itself tells what answers today.';
  const findings: Finding[] = [];
  if (region === undefined || !financialRegions.has(region)) {
    const found = `SAP documents Financial Integration for North America and EMEA only, and not for ${where}.`;
    findings.push(warn('financial integration here', found, { switchesOff: 'perhaps all documents', remedy: ask }));
  }
  if (region === 'China' && documentTypes.includes('invoice')) {
    const found = 'SAP does not offer Invoice Payment Confirmation in China.';
    findings.push(
      warn('invoice payments here', found, { switchesOff: 'paid invoices never become Paid in Concur', remedy: ask }),
    );
  }
  if (events !== undefined && !eventLabels.has(label)) {
    const found = `SAP states its event service for US2 and EU2, and says nothing of ${where}.`;
    findings.push(
      warn('events here', found, { switchesOff: 'perhaps all events; the poll finds documents', remedy: ask }),
    );
  }
  return findings;
}

/** App tokens and subscriptions belong to the data centre of the company (platform spec 2.1). */
function eventPlace({ label }: Place, { events }: ConcurConnection): Finding[] {
  if (events === undefined || placeOf(events.dataCenter).label === label) return [];
  const found = `events.dataCenter is another data centre (${placeOf(events.dataCenter).label}) than that of the company (${label}).`;
  return [
    warn('events.dataCenter', found, {
      switchesOff: 'perhaps all events; the poll finds documents',
      remedy: 'Write the base URL of the data centre of the company, and run `concur-dynamics events subscribe`.',
    }),
  ];
}
