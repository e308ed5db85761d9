import { isCuredBySetup } from '../clients/concur/token-errors.js';
import { describeMissingScope, missingScopes } from '../contracts/concur-scopes.js';
import type { TokenState } from '../contracts/steps.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';
import { clearAlertCause } from '../store/alert-store.js';
import type { Refusal, TokenFacts } from '../store/token-store.js';
import { alert } from './run-step.js';
import type { TokenDependencies } from './tokens.js';

/** Renewed once this share of an access token's life has passed (platform spec 1.3). */
const renewAtShare = 0.8;
/** Renewed at least this often, so that the refresh token never ages, however long an access token lives (spec 1.3). */
const keepAliveMs = 24 * 3_600_000;
/**
 * A token that is younger is not renewed because it was asked for or refused: many workers ask for the same, and one that is
 * refused as soon as it is issued is not cured by the next one (S30).
 */
export const justRenewedMs = 60_000;
/** So many refused tokens in ten minutes are renewed at once; then no more than one a minute (S30: no loop). */
export const mostQuickRenewals = 10;
const dayMs = 86_400_000;
const warningDays = [30, 14, 7, 1];

/** When the keeper renews a pair; one that Concur has refused, as soon as it is old enough. */
export function renewAt({
  issuedAt,
  accessExpiresAt,
  rejected,
  quickRejections,
}: Pick<TokenFacts, 'issuedAt' | 'accessExpiresAt' | 'rejected' | 'quickRejections'>): Date {
  const lifeMs = accessExpiresAt.getTime() - issuedAt.getTime();
  const regularMs = Math.min(renewAtShare * lifeMs, keepAliveMs);
  if (!rejected) return new Date(issuedAt.getTime() + regularMs);
  // A refused token may have been revoked; where one after the other is refused, something else is wrong.
  const isPatient = quickRejections >= mostQuickRenewals;
  return new Date(issuedAt.getTime() + (isPatient ? Math.min(regularMs, justRenewedMs) : 0));
}

/** Tells how the stored credentials stand, raises and ends their alerts. Calls nobody. */
export async function reportTokens(deps: TokenDependencies): Promise<TokenState> {
  const facts = await deps.tokens.facts(deps.connection);
  const refused = (await deps.tokens.requestToken(deps.connection))?.refused ?? null;
  if (facts?.isReadable && !facts.parked) return active(deps, facts);
  return parked(deps, newest(facts?.parked ?? null, refused) ?? withoutGrant(deps, facts));
}

/** What cures a grant that Concur has ended. */
export const connectAnew = (connection: string): string =>
  `Create a company request token in Concur (Authentication Admin, Company Request Token) and run \`concur-dynamics credentials concur --connection ${connection}\` within 24 hours.`;

type Cause = Omit<Refusal, 'at'> & { at?: Date };

const newest = (one: Refusal | null, other: Refusal | null): Refusal | null =>
  one === null || (other !== null && other.at > one.at) ? other : one;

function withoutGrant({ connection }: TokenDependencies, facts: TokenFacts | undefined): Cause {
  return facts === undefined
    ? { code: 'not-connected', reason: `No credentials have been entered for Concur connection ${connection}.` }
    : {
        code: 'unreadable',
        reason: `The stored tokens of ${connection} cannot be read: operation.encryptionKey is not the key that sealed them. Put the former key back, or enter a new request token, which replaces them.`,
      };
}

async function active(deps: TokenDependencies, facts: TokenFacts): Promise<TokenState> {
  await clearAlertCause(deps.db, credentialCause(deps));
  await warnBeforeEnd(deps, facts);
  const missing = missingScopes(facts.scopes, deps.usedFeatures)
    .filter(({ isRequired }) => isRequired)
    .map(({ scope }) => scope);
  await reportScopes(deps, missing);
  return {
    status: 'active',
    version: facts.version,
    accessExpiresAt: facts.accessExpiresAt.toISOString(),
    refreshExpiresAt: facts.refreshExpiresAt.toISOString(),
    renewAt: renewAt(facts).toISOString(),
    dataCentre: facts.geolocation,
    missingScopes: missing,
  };
}

async function parked(deps: TokenDependencies, { code, reason, at }: Cause): Promise<TokenState> {
  const { connection } = deps;
  const anew = connectAnew(connection);
  const again = `Mend what the reason says, restart the workers if the connections file was changed, and send \`reauthorise\` to the workflow \`${tokenKeeperWorkflowId(connection)}\` with {"by": "your name"}. If Concur refuses again: ${anew}`;
  const remedy = isCuredBySetup(code) ? again : anew;
  await alert(deps, credentialCause(deps), `Concur connection ${connection} is parked: ${reason} ${remedy}`, undefined);
  return { status: 'parked', code, reason, remedy, ...(at === undefined ? {} : { since: at.toISOString() }) };
}

async function reportScopes(deps: TokenDependencies, missing: string[]): Promise<void> {
  const cause = `concur-scopes: ${deps.connection}`;
  if (missing.length === 0) {
    await clearAlertCause(deps.db, cause);
    return;
  }
  const lines = missing.map(describeMissingScope).join(' ');
  const message = `Concur connection ${deps.connection} lacks scopes that it is configured to use. ${lines} Scopes are fixed when the app is registered: have them added by SAP Concur, then enter a new company request token.`;
  await alert(deps, cause, message, undefined);
}

/** Each limit is told once, and told again only after the end has moved beyond it (S24). */
async function warnBeforeEnd(deps: TokenDependencies, facts: TokenFacts): Promise<void> {
  const { connection } = deps;
  const days = (facts.refreshExpiresAt.getTime() - deps.now().getTime()) / dayMs;
  const due = warningDays.findLast((limit) => days <= limit);
  for (const limit of warningDays.filter((each) => each !== due && facts.warnedDays === each)) {
    await clearAlertCause(deps.db, endCause(deps, limit));
  }
  if (due !== undefined && (facts.warnedDays === null || due < facts.warnedDays)) {
    const message = `The refresh token of Concur connection ${connection} ends in ${Math.max(0, Math.ceil(days))} days although it is renewed regularly. Enter a new company request token before that.`;
    await alert(deps, endCause(deps, due), message, undefined);
  }
  const warned = due ?? null;
  if (warned !== facts.warnedDays) await deps.tokens.rememberWarning(connection, warned);
}

const endCause = ({ connection }: TokenDependencies, days: number): string =>
  `refresh-token-ends: ${connection}, within ${days} days`;
const credentialCause = ({ connection }: TokenDependencies): string => `concur-credentials: ${connection}`;
