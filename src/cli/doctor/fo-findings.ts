import { todayByCompany } from '../../activities/stored-plan.js';
import { isUnreadable } from '../../clients/dynamics-fo/odata-errors.js';
import { menu } from '../../clients/dynamics-fo/menu-paths.js';
import type { FoUse } from '../../clients/dynamics-fo/set-up/fo-set-up.js';
import { createFoSetUpCheck, type SetUpLook } from '../../clients/dynamics-fo/set-up/set-up-check.js';
import { GrantRevoked, RateLimited, Unauthorized } from '../../clients/http/errors.js';
import { HostNotAllowed } from '../../clients/http/hosts.js';
import type { HttpClient } from '../../clients/http/types.js';
import { assertKnownSets } from '../../composition/erp-connection.js';
import { journalRoutes } from '../../composition/fo-journal-names.js';
import type { Parts } from '../../composition/parts.js';
import type { FoConnection } from '../../config/fo-schema.js';
import { unpostedJournals } from '../../store/installation-reports.js';
import { clockFinding } from './clock-finding.js';
import type { Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, reasonOf, warn } from './findings.js';
import { probeErpHttp } from './probe-erp-http.js';

/** The description of an environment is large, and made anew for whoever asks. */
const longLook = 10;
const mostJournals = 100;
const everything = 'all documents and payments of this connection';

/**
 * Looks at one F&O environment: token, application, companies, entity sets and rights, dimensions, journal names, parameters,
 * periods, posting, clock (F&O spec 14, S38, S42). Only reads leave (S127), and no finding names the host (S36).
 */
export function foFindings(parts: Parts, fo: FoConnection, limitMs = checkLimitMs): Promise<Finding[]> {
  return examine('connection', () => looksAt(parts, fo, limitMs), (longLook + 2) * limitMs);
}

async function looksAt(parts: Parts, fo: FoConnection, limitMs: number): Promise<Finding[]> {
  assertKnownSets(fo);
  const aheadMs: number[] = [];
  const http = openHttp(parts, fo, (ahead) => aheadMs.push(ahead));
  if ('refused' in http) return [http.refused];
  const { access, others } = createFoSetUpCheck(await useOf(parts, fo), http, parts.shared.now);
  const look = async (signal: AbortSignal): Promise<Finding[]> => {
    const found = await access.look(signal).catch((error: unknown) => {
      if (!isUnreadable(error)) throw error;
      return [judge(access.check, error)];
    });
    return [tokenAccepted, ...found];
  };
  const first = await take({ ...access, look }, limitMs);
  if (!first.includes(tokenAccepted))
    return [...first, warn('everything else', 'Not asked, because nothing is answered.')];
  const asked = await Promise.all(others.map((one) => take(one, limitMs)));
  return [...first, ...asked.flat(), clockFinding(aheadMs, 'Finance & Operations')];
}

/** A host that is not allowed gets no secret, and so no question. */
function openHttp(parts: Parts, fo: FoConnection, tell: (aheadMs: number) => void): HttpClient | { refused: Finding } {
  try {
    return probeErpHttp(parts, fo, tell);
  } catch (error) {
    if (!(error instanceof HostNotAllowed)) throw error;
    return { refused: fail('host', error.message, { switchesOff: everything, remedy: error.remedy }) };
  }
}

const tokenAccepted = ok(
  'token',
  'Microsoft Entra ID issues tokens, and Finance & Operations takes them: the application has its user.',
);

const take = ({ check, isLong, look }: SetUpLook, limitMs: number): Promise<Finding[]> =>
  examine(
    check,
    (signal) => look(signal).catch((error: unknown) => judge(check, error)),
    isLong === true ? longLook * limitMs : limitMs,
  );

/** Judged by the kind of error alone: words of the environment may name people and records. */
function judge(check: string, error: unknown): Finding {
  if (isUnreadable(error)) {
    return warn(check, 'Not looked at: an entity set cannot be read; what is said of the set tells why.');
  }
  if (error instanceof GrantRevoked) {
    return fail('token', error.message, {
      switchesOff: everything,
      remedy:
        'Correct tenant, clientId or clientSecret of this connection, or baseUrl, from which the scope is made; the application is under App registrations in the Microsoft Entra admin center.',
    });
  }
  if (error instanceof Unauthorized) {
    return fail('application', 'Finance & Operations refuses the token (401) that Microsoft Entra ID has issued.', {
      switchesOff: everything,
      remedy: `Enter the client id with the connector's user in ${menu.applications}. If the row is there: baseUrl must be the URL of the environment as Entra ID knows it, lower case and without path, and tenant the environment's own.`,
    });
  }
  if (error instanceof RateLimited)
    return warn(check, `Not answered now: ${error.message}`, { remedy: 'Ask again later.' });
  return fail(check, reasonOf(error), {
    remedy: 'Ask again; if it stays, see that the environment runs and that this machine reaches it.',
  });
}

async function useOf(parts: Parts, fo: FoConnection): Promise<FoUse> {
  const { concur } = parts.connections.file;
  const types = [...new Set(concur.flatMap(({ documentTypes }) => documentTypes))];
  const today = todayByCompany(
    parts.shared.now(),
    Object.fromEntries(fo.companies.map(({ company, timeZone }) => [company, timeZone])),
  );
  const companies = fo.companies.map(async (company) => ({
    company: company.company,
    currency: company.currency,
    mode: company.mode,
    today: today[company.company] ?? '',
    routes: Object.fromEntries(types.map((docType) => [docType, company.routes[docType]])),
    journalNames: journalRoutes(company, types),
    dimensions: company.mapping.dimensions.map(({ dimension }) => dimension),
    postsByService: company.postingService !== undefined,
    tellsVendors: company.vendorSync !== undefined,
    unposted: await unpostedJournals(parts.db, fo.name, company.company, mostJournals),
  }));
  return {
    name: fo.name,
    companies: await Promise.all(companies),
    entitySets: fo.entitySets,
    postingDeadlineHours: fo.postingDeadlineHours,
  };
}
