import { ContractViolation, Rejected } from '../../http/errors.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { NavCodeunit } from '../codeunit.js';
import { isNavRefusal } from '../refusals.js';
import { places, type NavUse } from './nav-set-up.js';

/** Versions of the codeunit that the connector works with: docs/nav/ConcurConnector.txt. */
const knownVersion = /^1\.\d+$/;

/** Whether the posting codeunit is installed, published and callable, and of a version that is known. It posts nothing. */
export async function codeunitFindings(
  use: NavUse,
  codeunit: NavCodeunit | undefined,
  company: string,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `codeunit, ${company}`;
  const service = use.codeunit?.service;
  if (codeunit === undefined || service === undefined) {
    return [fine(check, 'None is configured (draft mode): a person posts what the connector has written.')];
  }
  const switchesOff = 'posting of all documents';
  try {
    const version = await codeunit.version(company, signal);
    if (knownVersion.test(version)) return [fine(check, `${service} answers, version ${version}.`)];
    const remedy = 'Import docs/nav/ConcurConnector.txt of this release of the connector, and compile it.';
    return [
      fault(check, `${service} has version ${version}, which this connector does not know.`, { switchesOff, remedy }),
    ];
  } catch (error) {
    if (isNavRefusal(error, 'permission')) {
      const remedy = `On the page ${places.users}, give the user of the connector a permission set with Execute on codeunit ${service}, G/L-JOURNAL, POST and P&P-Q/O/I/R/C, POST.`;
      return [fault(check, `The connector's user may not run ${service}.`, { switchesOff, remedy })];
    }
    if (error instanceof ContractViolation) {
      const remedy = `Look on the page ${places.webServices} which object is published as ${service}; it must be the codeunit of docs/nav/ConcurConnector.txt.`;
      return [fault(check, `${service} is not the codeunit that the connector knows.`, { switchesOff, remedy })];
    }
    if (!(error instanceof Rejected)) throw error;
    // What is wrong with the company is told by itself.
    if (/does not know the company/.test(error.message))
      return [doubt(check, 'Not looked at: the company is not there.', {})];
    const remedy = `Have your partner import and compile docs/nav/ConcurConnector.txt, then on the page ${places.webServices} choose New, Object Type Codeunit, Service Name ${service}, Published; see that Enable SOAP Services is on and that soapUrl has the right port and instance. Without a codeunit take it out of the connection: then a person posts.`;
    return [fault(check, `${service} cannot be called: it is not published, or SOAP is off.`, { switchesOff, remedy })];
  }
}
