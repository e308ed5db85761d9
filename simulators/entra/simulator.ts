import type { Desk, SimRequest, SimResponse, Simulator } from '../harness/server.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import { tokenError, tokenResponse, type TokenError } from './token-answers.js';
import { TokenBook, type TokenBookState } from './token-book.js';

/** Life of an access token, as Entra states it. */
export const tokenSeconds = 3599;

/** The simulated Entra ID: one token endpoint for F&O and Business Central. */
export interface EntraSimulator extends Simulator {
  snapshot(): TokenBookState;
  /** Whether the token was issued here for this audience, and neither its time nor a fault has ended it. */
  isValidToken(token: string, audience: string): boolean;
  /** Makes a token worthless at once. */
  expire(token: string): void;
  faultBody(status: number): unknown;
}

interface EntraOptions {
  desk: Desk;
  settings: SimulatorSettings;
  /** Snapshot of an earlier run, or undefined. */
  state: unknown;
}

const tokenPath = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const scopeEnd = '/.default';
const loopbackOrigin = /^http:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?$/;

/** A resource that tokens are issued for, and who may ask. */
interface Registration {
  tenant: string;
  clientId: string;
  clientSecret: string;
  /** Whether a scope without `/.default` names a resource of this registration. */
  owns: (audience: string) => boolean;
}

function registrationsOf(settings: SimulatorSettings): Registration[] {
  const { fo, bc } = settings;
  const bcAudience = bc.scope.endsWith(scopeEnd) ? bc.scope.slice(0, -scopeEnd.length) : bc.scope;
  return [
    // The audience is the environment's URL: lower case and without a trailing slash (F&O specification, section 1).
    {
      tenant: fo.tenant,
      clientId: fo.clientId,
      clientSecret: fo.clientSecret,
      owns: (audience) => loopbackOrigin.test(audience),
    },
    {
      tenant: bc.tenant,
      clientId: bc.clientId,
      clientSecret: bc.clientSecret,
      owns: (audience) => audience === bcAudience,
    },
  ];
}

type Outcome = { audience: string } | { error: TokenError };

function required(form: URLSearchParams): TokenError | undefined {
  const missing = ['grant_type', 'client_id', 'client_secret', 'scope'].find((name) => (form.get(name) ?? '') === '');
  if (missing !== undefined) {
    const description = `The request body must contain the following parameter: '${missing}'.`;
    return { status: 400, error: 'invalid_request', code: 900144, description };
  }
  if (form.get('grant_type') === 'client_credentials') return undefined;
  const description = 'The app requested an unsupported grant type.';
  return { status: 400, error: 'unsupported_grant_type', code: 70003, description };
}

/** Checks tenant, client, secret and scope in the order in which Entra complains. */
function judge(registrations: readonly Registration[], tenant: string, form: URLSearchParams): Outcome {
  const incomplete = required(form);
  if (incomplete !== undefined) return { error: incomplete };
  const inTenant = registrations.filter((registration) => registration.tenant.toLowerCase() === tenant.toLowerCase());
  if (inTenant.length === 0) {
    const description = `Tenant '${tenant}' not found.`;
    return { error: { status: 400, error: 'invalid_request', code: 90002, description } };
  }
  const clientId = form.get('client_id') ?? '';
  const ofClient = inTenant.filter((registration) => registration.clientId === clientId);
  if (ofClient.length === 0) {
    const description = `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`;
    return { error: { status: 400, error: 'unauthorized_client', code: 700016, description } };
  }
  const known = ofClient.filter((registration) => registration.clientSecret === form.get('client_secret'));
  if (known.length === 0) {
    const description = `Invalid client secret provided for app '${clientId}'.`;
    return { error: { status: 401, error: 'invalid_client', code: 7000215, description } };
  }
  const scope = form.get('scope') ?? '';
  const audience = scope.slice(0, -scopeEnd.length);
  if (scope.endsWith(scopeEnd) && known.some((registration) => registration.owns(audience))) return { audience };
  const description = `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`;
  return { error: { status: 400, error: 'invalid_scope', code: 70011, description } };
}

function isForm(request: SimRequest): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
}

/** Creates the simulated token endpoint, `POST /{tenant}/oauth2/v2.0/token` with a form body. */
export function createEntraSimulator({ desk, settings, state }: EntraOptions): EntraSimulator {
  const book = new TokenBook(state);
  const registrations = registrationsOf(settings);
  const issue = (tenant: string, request: SimRequest): SimResponse => {
    // A JSON body is no form: Entra finds no parameter in it.
    const form = new URLSearchParams(isForm(request) ? request.body : '');
    const outcome = judge(registrations, tenant, form);
    if ('error' in outcome) return tokenError(outcome.error, desk.now());
    const token = book.issue(outcome.audience, desk.now(), tokenSeconds, desk.random());
    desk.changed();
    return tokenResponse(token, tokenSeconds);
  };
  return {
    system: 'entra',
    route(request) {
      const tenant = tokenPath.exec(request.path)?.[1];
      if (request.method !== 'POST' || tenant === undefined) {
        return { name: 'unknown', kind: 'read', execute: () => ({ status: 404, body: '' }) };
      }
      return { name: 'token', kind: 'read', execute: () => issue(tenant, request) };
    },
    snapshot: () => book.snapshot(),
    isValidToken: (token, audience) => book.isValid(token, audience, desk.now()),
    expire(token) {
      book.expire(token);
      desk.changed();
    },
    faultBody: (status) => ({
      error: status === 429 ? 'temporarily_throttled' : 'temporarily_unavailable',
      error_description: 'The service is temporarily unavailable. Please retry later.',
    }),
  };
}
