import { z } from 'zod';
import { GrantRevoked, Unavailable, type ExternalSystemError, type FailedCall } from '../http/errors.js';
import type { HttpResponse } from '../http/types.js';

const errorSchema = z.object({
  error: z.string().regex(/^[a-z_]{1,60}$/),
  error_codes: z.array(z.string()).optional(),
});

/** AADSTS codes that an administrator can repair, with what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  '700016': 'The application is not known in this tenant: check client id and tenant.',
  '7000112': 'The application is disabled in Microsoft Entra ID: enable it.',
  '7000215': 'The client secret is wrong: enter the value of the secret, not its id.',
  '7000222': 'The client secret has expired: create a new one in Microsoft Entra ID and enter it.',
  '90002': 'The tenant does not exist: check the tenant id.',
  '500011': 'The scope names a resource that is not known in this tenant: check environment URL and scope.',
  '70011': 'The scope is not valid: it must be the resource followed by /.default.',
  '1002012': 'The scope is not valid: it must be the resource followed by /.default.',
};

/** Entra's own words for "come back later". */
const TRANSIENT: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', '90033', '90055']);

/** What a refusal of the token endpoint means; its description is never passed on, because it names tenant and client. */
export function tokenRefusal(response: HttpResponse, call: FailedCall): ExternalSystemError {
  const parsed = errorSchema.safeParse(bodyOf(response));
  const where = `${call.system} ${call.operation}`;
  if (!parsed.success) {
    return new Unavailable(`${where} was refused (${response.status}) without a reason.`, call);
  }
  const codes = parsed.data.error_codes?.filter((code) => /^\d{4,8}$/.test(code)) ?? [];
  if ([parsed.data.error, ...codes].some((code) => TRANSIENT.has(code))) {
    return new Unavailable(`${where} is temporarily not available.`, call);
  }
  const known = codes.find((code) => code in REMEDIES);
  const remedy =
    (known === undefined ? undefined : REMEDIES[known]) ??
    'Check tenant, client id, client secret and scope of this connection.';
  const first = known ?? codes[0];
  const code = first === undefined ? parsed.data.error : `AADSTS${first}`;
  return new GrantRevoked(`Microsoft Entra ID refused the connection (${code}). ${remedy}`, call, code);
}

function bodyOf(response: HttpResponse): unknown {
  try {
    return response.json();
  } catch {
    // A proxy's page instead of Entra's JSON: there is no reason to read from it.
    return undefined;
  }
}
