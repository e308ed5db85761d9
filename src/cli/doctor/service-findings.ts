import {
  ContractViolation,
  ExternalSystemError,
  RateLimited,
  Unauthorized,
  Unavailable,
} from '../../clients/http/errors.js';
import type { HttpClient } from '../../clients/http/types.js';
import { concurScopes, type ConcurFeature } from '../../contracts/concur-scopes.js';
import type { DocType } from '../../contracts/documents.js';
import { clockFinding } from './clock-finding.js';
import type { Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, reasonOf, warn } from './findings.js';
import type { Exchange } from './probe-http.js';
import { readOnly } from './probe-http.js';
import type { ServiceProbe } from './service-probes.js';
import { serviceProbes, switchedOffWithout, unaskedServices } from './service-probes.js';

/** What the services of Concur are asked with. */
export interface ServiceQuestions {
  connection: string;
  http: HttpClient;
  documentTypes: readonly DocType[];
  /** Scopes of the token; empty where Concur names none. */
  granted: readonly string[];
  /** What the configuration depends on; anything else that fails is a warning. */
  used: ReadonlySet<ConcurFeature>;
  limitMs?: number;
}

/** Makes one read of each service (S77, S127), all at the same time, and compares the clocks. Nothing else leaves. */
export async function serviceFindings(questions: ServiceQuestions): Promise<Finding[]> {
  const { used, granted } = questions;
  const aheadMs: number[] = [];
  const asked = serviceProbes(questions.documentTypes).map((probe) => {
    const lacking = granted.length === 0 ? [] : probe.scopes.filter((scope) => !granted.includes(scope));
    if (lacking.length === 0 || used.has(probe.feature)) return ask(probe, questions, aheadMs);
    const found = `Not asked: this configuration does not use it, and the app has not been given ${lacking.join(', ')}.`;
    return Promise.resolve([ok(probe.service, found)]);
  });
  const findings = (await Promise.all(asked)).flat();
  const unasked = unaskedServices.map(({ service, feature, because }) =>
    ok(service, `Not asked, because ${because}. Scopes: ${scopesOf(feature)}; see above whether they were granted.`),
  );
  return [...findings, ...unasked, clockFinding(aheadMs)];
}

const scopesOf = (feature: ConcurFeature): string =>
  concurScopes
    .filter((row) => row.feature === feature)
    .map(({ scope }) => scope)
    .join(', ');

async function ask(probe: ServiceProbe, questions: ServiceQuestions, aheadMs: number[]): Promise<Finding[]> {
  const { http, used, limitMs = checkLimitMs } = questions;
  let exchange: Exchange | undefined;
  const watched = readOnly(http, (told) => {
    exchange = told;
    if (told.aheadMs !== undefined) aheadMs.push(told.aheadMs);
  });
  const isUsed = used.has(probe.feature);
  const findings = await examine(
    probe.service,
    async (signal) => {
      try {
        const remark = await probe.ask(watched, signal);
        return remark === undefined ? answers(probe, isUsed) : warn(probe.service, remark);
      } catch (error) {
        return judge(probe, { error, exchange, isUsed, connection: questions.connection });
      }
    },
    limitMs,
  );
  return findings.map((finding) => (isUsed ? finding : milder(finding)));
}

const answers = (probe: ServiceProbe, isUsed: boolean): Finding =>
  ok(
    probe.service,
    `Answers (scope ${probe.scopes.join(', ')})${isUsed ? '' : '; this configuration does not use it'}.`,
  );

const absent = ({ feature }: ServiceProbe): { switchesOff: string } => ({ switchesOff: switchedOffWithout(feature) });

/** What is not used may be out of order. */
const milder = (finding: Finding): Finding =>
  finding.status === 'fail'
    ? { ...finding, status: 'warn', found: `${finding.found} This configuration does not use it.` }
    : finding;

interface Failed {
  error: unknown;
  exchange: Exchange | undefined;
  isUsed: boolean;
  connection: string;
}

/** Judged by status and kind of error alone: words of Concur may name people and records (S127, platform spec 7). */
function judge(probe: ServiceProbe, { error, exchange, isUsed, connection }: Failed): Finding {
  const { service, scopes } = probe;
  const status = exchange?.status ?? (error instanceof ExternalSystemError ? error.call.status : undefined);
  if (exchange?.isCompanyUnknown === true)
    return elsewhere(probe, connection, 'Concur says that the company does not exist at this data centre');
  if (probe.isMissExpected && [200, 400, 404].includes(status ?? 0)) return answers(probe, isUsed);
  if (status === 401) {
    return fail(service, 'Concur refuses the stored access token (401): it has ended early, or was revoked.', {
      ...absent(probe),
      remedy:
        'The token keeper renews it when the next call of a worker is refused; look whether it is parked afterwards.',
    });
  }
  if (error instanceof Unauthorized) {
    return fail(
      service,
      `Refused (403): the scope ${scopes.join(', ')} or the product is missing, or the company is not allowed for the app.`,
      {
        ...absent(probe),
        remedy: `Have SAP Concur add ${scopes.join(', ')} to the app and switch the product on; then enter a new company request token.`,
      },
    );
  }
  if (status === 404)
    return elsewhere(
      probe,
      connection,
      'Not found (404): another data centre, or the service is not switched on for the company',
    );
  if (error instanceof RateLimited)
    return warn(service, `Not answered now: ${error.message}`, { remedy: 'Ask again later.' });
  if (status === 400) {
    const found = 'Refused (400), which can pass: over a limit, or a deadlock.';
    return warn(service, found, { remedy: 'Ask again; if it stays, ask SAP Concur.' });
  }
  if (error instanceof ContractViolation) {
    return fail(service, 'It answers in a form that Concur does not document.', {
      remedy: 'Tell the support of the connector.',
    });
  }
  const found = error instanceof Unavailable && status === undefined ? error.message : statusOrReason(status, error);
  return fail(service, found, {
    ...absent(probe),
    remedy: 'Look for an outage on the status page of SAP Concur, and ask again.',
  });
}

const statusOrReason = (status: number | undefined, error: unknown): string =>
  status === undefined ? reasonOf(error) : `It answers ${status}.`;

const elsewhere = (probe: ServiceProbe, connection: string, problem: string): Finding =>
  fail(probe.service, `${problem}.`, {
    ...absent(probe),
    remedy: `If the company has moved, enter a new company request token: \`concur-dynamics credentials concur --connection ${connection}\`; else have SAP Concur switch the service on.`,
  });
