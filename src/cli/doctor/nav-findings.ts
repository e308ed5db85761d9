import { todayByCompany } from '../../activities/stored-plan.js';
import type { NavUse } from '../../clients/dynamics-nav-classic/set-up/nav-set-up.js';
import { createNavSetUpCheck, type NavSetUpLook } from '../../clients/dynamics-nav-classic/set-up/set-up-check.js';
import { isNavRefusal } from '../../clients/dynamics-nav-classic/refusals.js';
import { RateLimited, Rejected, Unauthorized } from '../../clients/http/errors.js';
import { HostNotAllowed } from '../../clients/http/hosts.js';
import type { HttpClient } from '../../clients/http/types.js';
import { navOptions } from '../../composition/nav-connection.js';
import type { Parts } from '../../composition/parts.js';
import type { NavConnection } from '../../config/nav-schema.js';
import { capabilitiesOf, capabilitySentences } from '../../contracts/erp-capabilities.js';
import { clockFinding } from './clock-finding.js';
import type { Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, reasonOf, warn } from './findings.js';
import { probeNavHttp } from './probe-erp-http.js';

/** A page has many reads, and NAV wakes slowly. */
const longLook = 6;
const everything = 'all documents and payments of this connection';
const serverTool = 'NAV Server Administration';

/**
 * Looks at one connection to classic NAV: sign-in, companies, capabilities, published pages with their fields and rights, option
 * captions, ledger set-up, periods, dimensions, journal template, number series, codeunit, clock (NAV spec 19, B7). Only reads
 * leave (S127), and no finding names the host.
 */
export function navFindings(parts: Parts, nav: NavConnection, limitMs = checkLimitMs): Promise<Finding[]> {
  return examine('connection', () => looksAt(parts, nav, limitMs), (2 * longLook + 1) * limitMs);
}

async function looksAt(parts: Parts, nav: NavConnection, limitMs: number): Promise<Finding[]> {
  const aheadMs: number[] = [];
  const clients = openHttp(parts, nav, (ahead) => aheadMs.push(ahead));
  if ('refused' in clients) return [clients.refused];
  const { access, others } = createNavSetUpCheck(useOf(parts, nav), clients);
  const accepted = ok('sign-in', 'NAV takes user and web service access key.');
  const look = async (signal: AbortSignal): Promise<Finding[]> => [accepted, ...(await access.look(signal))];
  const first = await take({ ...access, look }, limitMs);
  if (!first.includes(accepted)) return [...first, warn('everything else', 'Not asked, because nothing is answered.')];
  const asked = await Promise.all(others().map((one) => take(one, limitMs)));
  return [...first, ...asked.flat(), clockFinding(aheadMs, 'NAV')];
}

type Clients = { odata: HttpClient; soap?: HttpClient };

/** A host that is not allowed gets no key, and so no question. */
function openHttp(parts: Parts, nav: NavConnection, tell: (aheadMs: number) => void): Clients | { refused: Finding } {
  try {
    return {
      odata: probeNavHttp(parts, nav, nav.odataUrl, tell),
      ...(nav.soapUrl === undefined ? {} : { soap: probeNavHttp(parts, nav, nav.soapUrl, tell) }),
    };
  } catch (error) {
    if (!(error instanceof HostNotAllowed)) throw error;
    return { refused: fail('host', error.message, { switchesOff: everything, remedy: error.remedy }) };
  }
}

const take = ({ check, isLong, look }: NavSetUpLook, limitMs: number): Promise<Finding[]> =>
  examine(
    check,
    (signal) => look(signal).catch((error: unknown) => judge(check, error)),
    isLong === true ? longLook * limitMs : limitMs,
  );

/** Judged by the kind of error alone: words of NAV may name people and records. */
function judge(check: string, error: unknown): Finding {
  if (error instanceof Unauthorized) {
    return fail('sign-in', 'NAV refuses the sign-in (401).', {
      switchesOff: everything,
      remedy: `On the page Users, open the user of the connector and make a new Web Service Access Key (action Change Web Service Key); enter it as auth.key. In ${serverTool}, Credential Type of the instance must be NavUserPassword.`,
    });
  }
  if (error instanceof RateLimited) {
    return warn(check, `Not answered now: ${error.message}`, { remedy: 'Ask again later.' });
  }
  if (check === 'companies' && error instanceof Rejected) {
    return fail(check, 'There is no OData service of NAV at this address.', {
      switchesOff: everything,
      remedy: `In ${serverTool}, see that Enable OData Services is on for the instance and restart it; correct host, port and instance in odataUrl.`,
    });
  }
  if (isNavRefusal(error, 'not-found', 'permission')) {
    return warn(check, 'Not looked at: the page it is read from is not published, or may not be read; see above.');
  }
  return fail(check, reasonOf(error), {
    remedy: 'Ask again; if it stays, see that the instance of NAV runs and that this machine reaches it.',
  });
}

function useOf(parts: Parts, nav: NavConnection): NavUse {
  const { concur } = parts.connections.file;
  const types = [...new Set(concur.flatMap(({ documentTypes }) => documentTypes))];
  const today = todayByCompany(
    parts.shared.now(),
    Object.fromEntries(nav.companies.map(({ company, timeZone }) => [company, timeZone])),
  );
  const { name, odataPath, codeunit, serverTenant, services } = navOptions(parts, nav);
  return {
    ...{ name, odataPath, services, capabilities: capabilitySentences(capabilitiesOf(nav)) },
    ...(codeunit === undefined ? {} : { codeunit }),
    ...(serverTenant === undefined ? {} : { serverTenant }),
    companies: nav.companies.map(
      ({ company, currency, routes, mapping, paymentSource, journalTemplate, vendorSync }) => ({
        ...{ company, currency, paymentSource, journalTemplate },
        today: today[company] ?? '',
        routes: Object.fromEntries(types.map((docType) => [docType, routes[docType]])),
        dimensions: mapping.dimensions.map(({ dimension }) => dimension),
        tellsVendors: vendorSync !== undefined,
      }),
    ),
  };
}
