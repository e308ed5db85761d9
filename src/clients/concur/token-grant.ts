import { z } from 'zod';
import { ContractViolation, Rejected, type FailedCall } from '../http/errors.js';
import { assertAllowedBaseUrl, HostNotAllowed } from '../http/hosts.js';
import type { HttpResponse } from '../http/types.js';

/** What Concur hands out for a company: store all of it at once, before the access token is used (spec 1.3). */
export interface TokenGrant {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
  /** ISO instant; assumed (`ASSUMED_REFRESH_DAYS`) where Concur names none. */
  refreshExpiresAt: string;
  /** Origin for every later call, checked against the allow patterns. */
  geolocation: string;
  /**
   * Why the host that the answer names may not be used, in a sentence for people; `geolocation` is then the host that
   * answered. Only after a refresh: its tokens must be stored all the same, because they may have replaced the former ones.
   */
  hostProblem?: string;
  /** Empty where Concur names none. */
  scopes: string[];
}

/** Six months less two weeks: the life of a refresh token whose answer names no end. */
export const ASSUMED_REFRESH_DAYS = 168;

const DAY_MS = 86_400_000;

/** Anything below is a duration: as seconds since 1970 it would lie before the year 2002. */
const FIRST_EPOCH_SECONDS = 1_000_000_000;

const seconds = z.union([z.string(), z.number()]).transform(Number).pipe(z.number().positive());

const grantSchema = z.object({
  access_token: z.string().min(1),
  expires_in: seconds,
  refresh_token: z.string().min(1).nullish(),
  refresh_expires_in: seconds.nullish().catch(undefined),
  geolocation: z.string().min(1),
  scope: z.string().nullish(),
  id_token: z.string().nullish(),
});

/** What the answer is judged by. */
export interface GrantReading {
  /** Patterns of origins that may receive secrets. */
  allow: readonly string[];
  now: Date;
  /** Origin that answered a refresh; absent for the exchange of a request token, which can be repeated. */
  refreshedAt?: string;
}

/**
 * Reads a successful token answer. Throws `ContractViolation` for another shape, `Rejected` with code
 * `NOT_COMPANY_LEVEL` for a token that is not a company's (S33), and for the exchange of a request token `HostNotAllowed`
 * for a foreign geolocation.
 */
export function readTokenGrant(response: HttpResponse, reading: GrantReading, call: FailedCall): TokenGrant {
  const parsed = grantSchema.safeParse(response.json());
  if (!parsed.success) {
    const paths = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new ContractViolation(`The token answer of Concur does not have the promised shape at: ${paths}.`, call);
  }
  const grant = parsed.data;
  const foreign = [grant.id_token, grant.access_token].map(tokenKind).find((kind) => kind === 'user' || kind === 'app');
  if (foreign !== undefined) throw notCompanyLevel(`The token is a ${foreign} token`, call);
  if (grant.refresh_token === null || grant.refresh_token === undefined) {
    throw notCompanyLevel('The grant has no refresh token', call);
  }
  return {
    accessToken: grant.access_token,
    expiresInSeconds: Math.floor(grant.expires_in),
    refreshToken: grant.refresh_token,
    refreshExpiresAt: refreshExpiry(grant.refresh_expires_in ?? undefined, reading.now),
    ...hostOf(grant.geolocation, reading, call),
    scopes: (grant.scope ?? '').split(/\s+/).filter((scope) => scope !== ''),
  };
}

function hostOf(
  geolocation: string,
  { allow, refreshedAt }: GrantReading,
  call: FailedCall,
): Pick<TokenGrant, 'geolocation' | 'hostProblem'> {
  try {
    return { geolocation: assertAllowedBaseUrl(geolocation, allow, call) };
  } catch (error) {
    if (!(error instanceof HostNotAllowed) || refreshedAt === undefined) throw error;
    return { geolocation: refreshedAt, hostProblem: error.message };
  }
}

function notCompanyLevel(problem: string, call: FailedCall): Rejected {
  const message = `${problem}; financial integration needs company-level access. Connect with the company UUID and a company request token.`;
  return new Rejected(message, call, 'NOT_COMPANY_LEVEL');
}

/** Concur sends the instant of expiry in epoch seconds, although the name promises a duration. */
function refreshExpiry(value: number | undefined, now: Date): string {
  if (value === undefined) return new Date(now.getTime() + ASSUMED_REFRESH_DAYS * DAY_MS).toISOString();
  const epochMs = value < FIRST_EPOCH_SECONDS ? now.getTime() + value * 1_000 : value * 1_000;
  return new Date(epochMs).toISOString();
}

/** The `concur.type` claim, where the token is a JWT that has one; access tokens are otherwise opaque (spec 1.5). */
function tokenKind(token: string | null | undefined): string | undefined {
  const payload = token?.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const kind = z.object({ 'concur.type': z.string() }).safeParse(claims);
    return kind.success ? kind.data['concur.type'].toLowerCase() : undefined;
  } catch {
    // Not a JWT: nothing can be told about it.
    return undefined;
  }
}
