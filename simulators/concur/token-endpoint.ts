import type { SimRequest, SimResponse } from '../harness/server.js';
import { livesElsewhere, originOf } from './admission.js';
import type { ConcurContext } from './state.js';
import { appScopes, registeredScopes, type AccessToken } from './token-state.js';

/** A refusal of the token endpoint. `bug` marks those that only a wrong program causes: they count as violations. */
interface Refusal {
  code: number;
  error: string;
  description: string;
  status?: number;
  bug?: boolean;
  /** With code 16 only: where the company lives. */
  geolocation?: string;
}

const operation = 'token';
const requestTokenHours = 24;
const refreshTokenDays = 180;

/** `POST /oauth2/v0/token` (concur-platform.md 1.1, 1.3, 1.6). */
export function issueToken(context: ConcurContext, request: SimRequest): SimResponse {
  const origin = context.state.tokens.switches.home ?? originOf(request);
  if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return refuse(context, bug(135, 'unsupported request format'));
  }
  const form = new URLSearchParams(request.body);
  const clientRefusal = checkClient(context, form);
  if (clientRefusal !== undefined) return refuse(context, clientRefusal);
  const scopes = requestedScopes(form);
  if (scopes === undefined) {
    return refuse(context, { code: 54, error: 'invalid_scope', description: 'requested scope exceeds granted scope' });
  }
  switch (form.get('grant_type')) {
    case 'password':
    case 'refresh_token': {
      const refusal = companyRefusal(context, request);
      if (refusal !== undefined) return refuse(context, refusal);
      const grant = form.get('grant_type') === 'password' ? grantByRequestToken : grantByRefreshToken;
      return grant(context, form, scopes, origin);
    }
    case 'client_credentials':
      return granted(context, { kind: 'app', scopes: appScopes.filter((scope) => scopes.includes(scope)) }, origin);
    case null:
    case '':
      return refuse(context, bug(65, 'grant_type is missing'));
    default:
      return refuse(context, {
        code: 60,
        error: 'invalid_grant',
        description: 'grant type not enabled for this client',
      });
  }
}

/** What stands in the way of every grant to the company, whatever was sent. */
function companyRefusal(context: ConcurContext, request: SimRequest): Refusal | undefined {
  const { maintenance, home } = context.state.tokens.switches;
  if (maintenance) {
    return { code: 134, error: 'invalid_request', description: 'company is under scheduled maintenance' };
  }
  if (home === undefined || !livesElsewhere(context, request)) return undefined;
  return { code: 16, error: 'invalid_request', description: 'user lives elsewhere', geolocation: home };
}

/** Forgets tokens that have been dead for a while, so that the state does not grow with each refresh. */
function forgetDeadTokens(context: ConcurContext): void {
  const { access } = context.state.tokens;
  const horizon = context.desk.now().getTime() - 3_600_000;
  context.state.tokens.access = Object.fromEntries(
    Object.entries(access).filter(([, { expiresAt }]) => expiresAt > horizon),
  );
}

function checkClient(context: ConcurContext, form: URLSearchParams): Refusal | undefined {
  const { masterData } = context.state;
  if (!form.get('client_id')) return bug(62, 'client_id is missing');
  if (!form.get('client_secret')) return bug(63, 'client_secret is missing');
  if (form.get('client_id') !== masterData?.clientId) {
    return { code: 61, error: 'invalid_client', description: 'client_id is unknown', status: 401 };
  }
  if (form.get('client_secret') !== masterData.clientSecret) {
    return { code: 64, error: 'invalid_client', description: 'client_secret is wrong', status: 401 };
  }
  return undefined;
}

/** Registered scopes, narrowed by the request; undefined if it asks for more. */
function requestedScopes(form: URLSearchParams): string[] | undefined {
  const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (asked.length === 0) return [...registeredScopes];
  return asked.every((scope) => registeredScopes.includes(scope)) ? asked : undefined;
}

function grantByRequestToken(
  context: ConcurContext,
  form: URLSearchParams,
  scopes: string[],
  origin: string,
): SimResponse {
  const { masterData, requestTokenAt } = context.state;
  if (!form.get('username')) return refuse(context, bug(51, 'username is missing'));
  if (!form.get('password')) return refuse(context, bug(52, 'password is missing'));
  const isCompany = form.get('username') === masterData?.companyUuid;
  const isRequestToken = form.get('password') === masterData?.requestToken;
  const credentialType = form.get('credtype') ?? 'password';
  if (credentialType === 'password') {
    // The default of credtype: the company signs on by SSO only, a request token is not a password.
    return refuse(
      context,
      isCompany ? bug(21, 'company is SSO only; password login is not allowed') : wrongCredentials(),
    );
  }
  if (credentialType !== 'authtoken') return refuse(context, bug(120, 'credtype is invalid'));
  const age = context.desk.now().getTime() - new Date(requestTokenAt ?? 0).getTime();
  if (!isCompany || !isRequestToken || age > requestTokenHours * 3_600_000) return refuse(context, wrongCredentials());
  if (context.state.tokens.switches.level === 'company') context.events.companyConnected(masterData.companyUuid);
  return grantedToCompany(context, scopes, undefined, origin);
}

function grantByRefreshToken(
  context: ConcurContext,
  form: URLSearchParams,
  scopes: string[],
  origin: string,
): SimResponse {
  const sent = form.get('refresh_token');
  if (!sent) return refuse(context, bug(106, 'refresh_token is missing'));
  const { refresh, switches, counts } = context.state.tokens;
  if (switches.disconnected && counts.disconnects % 2 === 1) {
    return { status: 403, body: { error: 'access_denied', error_description: 'the connection was ended' } };
  }
  const alive = refresh !== undefined && refresh.expiresAt * 1_000 > context.desk.now().getTime();
  if (alive && sent === refresh.current) return grantedToCompany(context, scopes, sent, origin);
  // A lost answer may be asked for once more with the token that the client still has; after that it is worthless.
  if (alive && sent === refresh.previous) return grantedToCompany(context, scopes, undefined, origin);
  return refuse(context, { code: 108, error: 'invalid_grant', description: 'refresh token is bad or expired' });
}

function grantedToCompany(
  context: ConcurContext,
  scopes: string[],
  previous: string | undefined,
  origin: string,
): SimResponse {
  const { level, keepRefreshToken } = context.state.tokens.switches;
  const isKept = keepRefreshToken && previous !== undefined;
  const current = isKept ? previous : opaque(context, 'rt');
  const expiresAt = Math.floor(context.desk.now().getTime() / 1_000) + refreshTokenDays * 86_400;
  const response = granted(context, { kind: level, scopes }, origin, { token: current, expiresAt });
  const newest = (response.body as { access_token: string }).access_token;
  context.state.tokens.refresh = {
    current,
    newest,
    expiresAt,
    ...(previous === undefined || isKept ? {} : { previous }),
  };
  return response;
}

function granted(
  context: ConcurContext,
  token: Pick<AccessToken, 'kind' | 'scopes'>,
  origin: string,
  refresh?: { token: string; expiresAt: number },
): SimResponse {
  forgetDeadTokens(context);
  const { switches, counts } = context.state.tokens;
  counts.grants += 1;
  const scopes = token.scopes.filter((scope) => !switches.withheldScopes.includes(scope));
  const accessToken = opaque(context, 'at');
  const expiresAt = context.desk.now().getTime() + context.accessTokenSeconds * 1_000;
  context.state.tokens.access[accessToken] = { ...token, scopes, expiresAt };
  context.desk.changed();
  return {
    status: 200,
    body: {
      // Both forms are documented (concur-platform.md 1.1).
      expires_in: counts.grants % 2 === 1 ? String(context.accessTokenSeconds) : context.accessTokenSeconds,
      scope: scopes.join(' '),
      token_type: 'Bearer',
      access_token: accessToken,
      ...(refresh === undefined ? {} : { refresh_token: refresh.token, refresh_expires_in: refresh.expiresAt }),
      // One page of the documentation shows it with the path of the token endpoint.
      geolocation: counts.grants % 3 === 0 ? `${origin}/oauth2/v0/token` : origin,
      ...(token.kind === 'user' ? { id_token: userToken(context) } : {}),
    },
  };
}

/** What tells a user's token from a company's: the claim `concur.type` (concur-platform.md 1.5). */
function userToken(context: ConcurContext): string {
  const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: context.state.masterData?.companyUuid, 'concur.type': 'user', 'concur.version': 3 };
  return `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}.${encoded('not signed')}`;
}

/** Opaque on purpose: a client that reads a token as JWT fails here. */
function opaque(context: ConcurContext, prefix: string): string {
  const part = (): string => Math.floor(context.desk.random() * 2 ** 48).toString(36);
  return `${prefix}~${part()}${part()}${part()}`;
}

function wrongCredentials(): Refusal {
  return { code: 5, error: 'invalid_grant', description: 'incorrect credentials' };
}

function bug(code: number, description: string): Refusal {
  return { code, error: 'invalid_request', description, bug: true };
}

function refuse(context: ConcurContext, refusal: Refusal): SimResponse {
  const { code, error, description, status = 400, bug: isBug = false, geolocation } = refusal;
  if (isBug) context.desk.violation(operation, `token request refused with code ${String(code)}: ${description}`);
  const where = geolocation === undefined ? {} : { geolocation };
  return { status, body: { code, error, error_description: description, ...where } };
}
