import { z } from 'zod';
import { GrantRevoked, Rejected, Unavailable, type ExternalSystemError, type FailedCall } from '../http/errors.js';
import type { HttpResponse } from '../http/types.js';

/** Which of the two grants was asked for: the same code tells an administrator different things. */
export type TokenGrantKind = 'request-token' | 'refresh-token';

/** The error body of `concur-platform.md` 1.6; every member may be missing behind a gateway. */
const errorSchema = z.object({
  code: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^\d{1,4}$/))
    .optional()
    .catch(undefined),
  error: z
    .string()
    .regex(/^[a-z_]{1,60}$/)
    .optional()
    .catch(undefined),
  geolocation: z.string().optional().catch(undefined),
});

/** A refusal as far as it may be used; the description is left out, because it can name users. */
export type TokenRefusal = z.infer<typeof errorSchema>;

const NEW_REQUEST_TOKEN =
  'Create a new company request token in Concur (Authentication Admin, Company Request Token) and enter it within 24 hours.';

/** Codes that end the grant until a person acts, with what to do (`concur-platform.md` 1.3, 1.6). */
const REMEDIES: Readonly<Record<string, string>> = {
  '10': 'The Concur account is disabled: ask SAP Concur to enable it, then connect again.',
  '11': 'The Concur account is disabled: ask SAP Concur to enable it, then connect again.',
  '12': 'Logon is denied for the Concur account: ask SAP Concur, then connect again.',
  '13': 'Logon is denied for the Concur account: ask SAP Concur, then connect again.',
  '14': 'The Concur account is locked: ask SAP Concur to unlock it, then connect again.',
  '16': 'Concur says that this company lives at another host: check the token URL of this connection.',
  '20': 'Access was denied, usually by an IP restriction: allow the addresses of this connector in Concur.',
  '53': 'The Concur company is not enabled for this application: ask SAP Concur to enable it, then connect again.',
  '54': 'The application is not registered for the requested scopes: ask SAP Concur to add them, then connect again.',
  '55': 'Concur does not know this company: check the company UUID.',
  '59': 'The application is disabled in Concur: ask SAP Concur to enable it, then connect again.',
  '60': 'The application may not use this grant: ask SAP Concur to enable password and refresh_token for it.',
  '61': 'Concur does not know the client id: check it, and whether it belongs to this environment.',
  '64': 'The client secret is wrong: enter the current secret of the application.',
  '100': 'Concur does not know this company: check the company UUID.',
  '107':
    'The application may not refresh tokens: ask SAP Concur to enable the refresh_token grant, then connect again.',
  '108': `The refresh token is expired or revoked: ask for a new company request token. ${NEW_REQUEST_TOKEN}`,
  '123': 'The Concur account is disabled: ask SAP Concur to enable it, then connect again.',
  '136': `The request token was issued for another application: ask for a new company request token. ${NEW_REQUEST_TOKEN}`,
  '139': 'Concur asks for a new password: this connection must use a company request token, not a user.',
};

/**
 * Codes after which what is stored may be good still, once a person has mended something in Concur or in the settings; after
 * every other one only a new company request token helps.
 */
const CURED_BY_SETUP: ReadonlySet<string> = new Set(
  [10, 11, 12, 13, 14, 16, 20, 53, 54, 55, 59, 60, 61, 64, 100, 107, 123].map(String),
);

/** Faults of this program or its set-up: the request itself is wrong, and repeating or reconnecting changes nothing. */
const DEFECTS: ReadonlySet<string> = new Set(
  [21, 51, 52, 62, 63, 65, 101, 102, 103, 104, 105, 106, 109, 115, 117, 118, 119, 120, 121, 122, 124, 135].map(String),
);

/** Whether trying again with what is stored can help after this refusal, when its cause is mended (spec 1.6). */
export const isCuredBySetup = (code: string): boolean =>
  CURED_BY_SETUP.has(code) || DEFECTS.has(code) || code === 'HOST_NOT_ALLOWED' || code === '404';

/** Reads the error body; empty where there is none, for example behind a gateway. */
export function readTokenRefusal(response: HttpResponse): TokenRefusal {
  let body: unknown;
  try {
    body = response.json();
  } catch {
    // Concur answers 500 and 503 with text.
    return {};
  }
  const refusal = errorSchema.safeParse(body);
  return refusal.success ? refusal.data : {};
}

/** Classifies a refusal by its code, never by text; HTTP status decides only where there is no code (spec 1.6). */
export function tokenFailure(
  kind: TokenGrantKind,
  status: number,
  refusal: TokenRefusal,
  call: FailedCall,
): ExternalSystemError {
  const { code } = refusal;
  if (code === '134') return new Unavailable('The Concur company is under scheduled maintenance (code 134).', call);
  if (code === '5' || code === '19') return new GrantRevoked(credentialsRefused(kind, code), call, code);
  const remedy = code === undefined ? undefined : REMEDIES[code];
  if (code !== undefined && remedy !== undefined) {
    return new GrantRevoked(`Concur refused the connection (code ${code}). ${remedy}`, call, code);
  }
  if (code !== undefined && DEFECTS.has(code)) {
    return new Rejected(`Concur does not accept the token request itself (code ${code}).`, call, code);
  }
  if (status >= 500 || status < 400) return new Unavailable(`Concur could not issue a token (${status}).`, call);
  const reason = code ?? refusal.error ?? String(status);
  // A 400 without code is also "over the limit" or "deadlock": it may not end a grant (FIS spec 2.1).
  if (status === 400 && code === undefined && refusal.error === undefined) {
    return new Unavailable('Concur refused the token request (400) without a reason.', call);
  }
  if (status === 404 && code === undefined) {
    // The stored host has answered before: this comes from a gateway, and may not end a grant.
    if (kind === 'refresh-token') return new Unavailable('The token endpoint of Concur was not found (404).', call);
    return new Rejected('There is no token endpoint at this host: check the token URL.', call, reason);
  }
  return new GrantRevoked(
    `Concur refused the connection (${reason}): ask for a new company request token. ${NEW_REQUEST_TOKEN}`,
    call,
    reason,
  );
}

function credentialsRefused(kind: TokenGrantKind, code: string): string {
  return kind === 'request-token'
    ? `Concur refused the company request token (code ${code}): it is wrong or older than 24 hours; ask for a new company request token. ${NEW_REQUEST_TOKEN}`
    : `Concur refused the refresh token (code ${code}): ask for a new company request token. ${NEW_REQUEST_TOKEN}`;
}
