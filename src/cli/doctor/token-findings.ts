import { isCuredBySetup } from '../../clients/concur/token-errors.js';
import { renewAt } from '../../activities/token-report.js';
import type { ConcurFeature } from '../../contracts/concur-scopes.js';
import { missingScopes } from '../../contracts/concur-scopes.js';
import { tokenKeeperWorkflowId } from '../../contracts/workflow-ids.js';
import type { Refusal, RequestToken, TokenFacts } from '../../store/token-store.js';
import type { Finding } from './findings.js';
import { fail, ok, warn } from './findings.js';

/** What is known about the credentials of one connection, without any secret. */
export interface StoredCredentials {
  connection: string;
  facts: TokenFacts | undefined;
  request: Pick<RequestToken, 'refused'> | undefined;
  /** What the configuration depends on (S31). */
  used: ReadonlySet<ConcurFeature>;
  now: Date;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** The keeper renews within seconds; later than this it does not run, or cannot. */
const keeperLateMs = 5 * minuteMs;
const endWarningDays = [30, 14, 7, 1];

/** How the credentials of a connection stand, from the store alone: nobody is called. */
export function tokenFindings(given: StoredCredentials): Finding[] {
  const { facts, connection } = given;
  const refused = given.request?.refused ?? null;
  const entered = refused === null ? [] : [refusal(given, 'request token', refused)];
  if (facts === undefined) {
    const found = 'No credentials are stored: the Concur company has never been connected.';
    return [fail('credentials', found, { switchesOff: everything, remedy: connectAnew(connection) }), ...entered];
  }
  if (!facts.isReadable) {
    const remedy = `Put the former operation.encryptionKey back, or replace the tokens: ${connectAnew(connection)}`;
    return [
      fail('credentials', 'The configured key does not open the stored tokens.', { switchesOff: everything, remedy }),
      ...entered,
    ];
  }
  const stored =
    facts.parked === null
      ? [ok('credentials', 'Stored and readable, of a company; tokens of users are never stored (S33).')]
      : [refusal(given, 'credentials', facts.parked)];
  return [
    ...stored,
    ...entered,
    accessFinding(given, facts),
    refreshFinding(given, facts),
    ...scopeFindings(given, facts),
  ];
}

/** Whether calls can be made with what is stored. */
export const canCall = (facts: TokenFacts | undefined, now: Date): boolean =>
  facts !== undefined && facts.isReadable && !facts.rejected && facts.accessExpiresAt > now;

const everything = 'no document can be read, posted or confirmed';
const connectAnew = (connection: string): string =>
  `Create a company request token in Concur (Authentication Admin) and run \`concur-dynamics credentials concur --connection ${connection}\` within 24 hours.`;

/** A refusal ends the use of what it is about until a person acts (S22). */
function refusal({ connection }: StoredCredentials, check: string, { code, reason, at }: Refusal): Finding {
  const again = `Mend what the reason says, restart the workers if the connections file was changed, and send \`reauthorise\` to the workflow \`${tokenKeeperWorkflowId(connection)}\`.`;
  const what = code === 'NOT_COMPANY_LEVEL' ? 'Not of a company (S33)' : 'Refused';
  return fail(check, `${what} since ${at.toISOString()} (${code}): ${reason}`, {
    ...(check === 'credentials' ? { switchesOff: everything } : {}),
    remedy: isCuredBySetup(code) ? again : connectAnew(connection),
  });
}

function accessFinding({ connection, now }: StoredCredentials, facts: TokenFacts): Finding {
  const check = 'access token';
  const remedy = `See that workers run, and look at the workflow \`${tokenKeeperWorkflowId(connection)}\`.`;
  const leftMs = facts.accessExpiresAt.getTime() - now.getTime();
  if (leftMs <= 0) {
    const found = `It ended at ${facts.accessExpiresAt.toISOString()}, and nobody has renewed it.`;
    return fail(check, found, { switchesOff: everything, remedy });
  }
  if (facts.rejected) {
    return warn(check, 'Concur has answered 401 to it, and it has not been renewed yet.', { remedy });
  }
  const left = `Valid for another ${Math.floor(leftMs / minuteMs)} minutes`;
  const lateMs = now.getTime() - renewAt(facts).getTime();
  return lateMs <= keeperLateMs
    ? ok(check, `${left}, at ${facts.geolocation}.`)
    : warn(check, `${left}, but it should have been renewed ${Math.floor(lateMs / minuteMs)} minutes ago.`, { remedy });
}

function refreshFinding({ connection, now }: StoredCredentials, facts: TokenFacts): Finding {
  const check = 'refresh token';
  const end = facts.refreshExpiresAt.toISOString();
  const days = (facts.refreshExpiresAt.getTime() - now.getTime()) / dayMs;
  if (days <= 0)
    return fail(check, `It ended at ${end}.`, { switchesOff: everything, remedy: connectAnew(connection) });
  const limit = endWarningDays.findLast((each) => days <= each);
  if (limit === undefined) return ok(check, `Ends ${end}, and is renewed long before.`);
  const found = `Ends ${end}, within ${limit} ${limit === 1 ? 'day' : 'days'}, although it is renewed regularly.`;
  return warn(check, found, { remedy: connectAnew(connection) });
}

/** Scopes are fixed when the app is registered, so that the remedy is never a call (S31). */
function scopeFindings({ connection, used }: StoredCredentials, { scopes }: TokenFacts): Finding[] {
  if (scopes.length === 0) {
    return [warn('scopes', 'Concur did not tell which scopes were granted; the services below show what is open.')];
  }
  const remedy = `Have SAP Concur add it to the app; then: ${connectAnew(connection)}`;
  const missing = missingScopes(scopes, used);
  const findings = missing.map(({ scope, isRequired, operations, switchesOff }) => {
    const found = `Not granted: ${operations}.`;
    return isRequired
      ? fail(`scope ${scope}`, found, { switchesOff: effectOf(scope, switchesOff), remedy })
      : warn(`scope ${scope}`, `${found} This configuration does not depend on it.`, { switchesOff, remedy });
  });
  return missing.some(({ isRequired }) => isRequired)
    ? findings
    : [ok('scopes', 'Everything that this configuration depends on has been granted.'), ...findings];
}

/** Vendors are depended on for the payments of invoices, of which the table of scopes does not speak (decisions 22). */
const effectOf = (scope: string, switchesOff: string): string =>
  scope === 'INVVEN'
    ? `payments of invoices are held, because nobody can tell how Concur pays the supplier, unless invoicePaymentMethod says it; ${switchesOff}`
    : switchesOff;
