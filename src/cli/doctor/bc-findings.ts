import { todayByCompany } from '../../activities/stored-plan.js';
import { createBcSetUpCheck, type BcSetUpLook } from '../../clients/dynamics-nav/set-up/set-up-check.js';
import type { BcUse } from '../../clients/dynamics-nav/set-up/bc-set-up.js';
import { isRefusal } from '../../clients/dynamics-nav/refusals.js';
import { GrantRevoked, RateLimited, Rejected, Unauthorized } from '../../clients/http/errors.js';
import { HostNotAllowed } from '../../clients/http/hosts.js';
import type { HttpClient } from '../../clients/http/types.js';
import { bcAddress } from '../../composition/bc-connection.js';
import type { Parts } from '../../composition/parts.js';
import type { BcConnection } from '../../config/bc-schema.js';
import { capabilitiesOf, capabilitySentences } from '../../contracts/erp-capabilities.js';
import { clockFinding } from './clock-finding.js';
import type { Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, reasonOf, warn } from './findings.js';
import { probeErpHttp } from './probe-erp-http.js';
import { webhookFindings } from './webhook-findings.js';

/** The description of the API is large. */
const longLook = 4;
const everything = 'all documents and payments of this connection';

/**
 * Looks at one connection to Business Central: sign-in, companies, capabilities, entities and rights, posting actions, ledger
 * set-up, journal template, dimensions, payment source, webhooks, clock (NAV spec 7, 18, S53). Only reads leave (S127), and no
 * finding names the host.
 */
export function bcFindings(parts: Parts, bc: BcConnection, limitMs = checkLimitMs): Promise<Finding[]> {
  return examine('connection', () => looksAt(parts, bc, limitMs), (longLook + 2) * limitMs);
}

async function looksAt(parts: Parts, bc: BcConnection, limitMs: number): Promise<Finding[]> {
  const aheadMs: number[] = [];
  const http = openHttp(parts, bc, (ahead) => aheadMs.push(ahead));
  if ('refused' in http) return [http.refused];
  const { access, others } = createBcSetUpCheck(useOf(parts, bc), http);
  const accepted = ok('sign-in', signIn(bc));
  const look = async (signal: AbortSignal): Promise<Finding[]> => [accepted, ...(await access.look(signal))];
  const first = await take({ ...access, look }, bc, limitMs);
  if (!first.includes(accepted)) return [...first, warn('everything else', 'Not asked, because nothing is answered.')];
  const webhooks = webhookFindings(parts, bc, http, limitMs);
  const asked = await Promise.all([...others.map((one) => take(one, bc, limitMs)), webhooks]);
  return [...first, ...asked.flat(), clockFinding(aheadMs, 'Business Central')];
}

const signIn = ({ auth, deployment }: BcConnection): string =>
  auth.type === 'entra'
    ? `Microsoft Entra ID issues tokens, and Business Central ${deployment} takes them.`
    : 'Business Central on-premises takes user and web service access key.';

/** A host that is not allowed gets no secret, and so no question. */
function openHttp(parts: Parts, bc: BcConnection, tell: (aheadMs: number) => void): HttpClient | { refused: Finding } {
  try {
    return probeErpHttp(parts, bc, tell);
  } catch (error) {
    if (!(error instanceof HostNotAllowed)) throw error;
    return { refused: fail('host', error.message, { switchesOff: everything, remedy: error.remedy }) };
  }
}

const take = ({ check, isLong, look }: BcSetUpLook, bc: BcConnection, limitMs: number): Promise<Finding[]> =>
  examine(
    check,
    (signal) => look(signal).catch((error: unknown) => judge(check, bc, error)),
    isLong === true ? longLook * limitMs : limitMs,
  );

/** Judged by the kind of error alone: words of Business Central may name people and records. */
function judge(check: string, { auth, deployment }: BcConnection, error: unknown): Finding {
  if (error instanceof GrantRevoked) {
    return fail('sign-in', error.message, {
      switchesOff: everything,
      remedy:
        'Correct tenant, clientId or clientSecret of this connection; the application is under App registrations in the Microsoft Entra admin center.',
    });
  }
  if (error instanceof Unauthorized) {
    const remedy =
      auth.type === 'entra'
        ? 'Give the application the permission API.ReadWrite.All with admin consent, and enter its client id on the page Microsoft Entra Applications in Business Central with State Enabled.'
        : 'Correct user and key: make a new web service access key on the user card; the server must use NavUserPassword.';
    return fail('sign-in', `Business Central ${deployment} refuses the sign-in (401).`, {
      switchesOff: everything,
      remedy,
    });
  }
  if (error instanceof RateLimited)
    return warn(check, `Not answered now: ${error.message}`, { remedy: 'Ask again later.' });
  if (isRefusal(error, 'not-found', 'not-offered')) {
    return fail(check, 'Business Central does not offer its API v2.0 at this address.', {
      switchesOff: everything,
      remedy:
        deployment === 'online'
          ? 'Correct tenant and environment of this connection.'
          : 'Switch on Enable API Services of the server instance, and correct host, port and instance in baseUrl; servers older than version 17 need kind: dynamics-nav.',
    });
  }
  if (error instanceof Rejected && error.code === 'company-missing')
    return warn(check, 'Not looked at: the company is not there.');
  return fail(check, reasonOf(error), {
    remedy: 'Ask again; if it stays, see that the environment runs and that this machine reaches it.',
  });
}

function useOf(parts: Parts, bc: BcConnection): BcUse {
  const { concur } = parts.connections.file;
  const types = [...new Set(concur.flatMap(({ documentTypes }) => documentTypes))];
  const today = todayByCompany(
    parts.shared.now(),
    Object.fromEntries(bc.companies.map(({ company, timeZone }) => [company, timeZone])),
  );
  return {
    name: bc.name,
    ...bcAddress(bc),
    capabilities: capabilitySentences(capabilitiesOf(bc)),
    companies: bc.companies.map(
      ({ company, currency, routes, mapping, paymentSource, journalTemplate, purchaseRequests }) => ({
        company,
        currency,
        today: today[company] ?? '',
        routes: Object.fromEntries(types.map((docType) => [docType, routes[docType]])),
        dimensions: mapping.dimensions.map(({ dimension }) => dimension),
        paymentSource,
        ledgerPages: bc.ledgerPages,
        ...(journalTemplate === undefined ? {} : { journalTemplate }),
        ...(purchaseRequests === undefined ? {} : { takesOrders: true as const }),
      }),
    ),
  };
}
