import { z } from 'zod';
import { ContractViolation, OutcomeUnknown } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import type { NavAdapterOptions } from './options.js';
import { navRefusal } from './refusals.js';

export interface CodeunitCall {
  operation: string;
  company: string;
  method: 'PostPurchaseInvoice' | 'PostCreditMemo' | 'PostJournalBatch';
  /** In the order of the codeunit's own declaration. */
  parameters: Record<string, string>;
  signal: AbortSignal;
}

/** The posting codeunit of the customer (NAV spec 19), called by SOAP. */
export interface NavCodeunit {
  /**
   * Posts, or finds posted what an earlier call has posted. The answer proves nothing; the ledger does. Throws `Rejected` for
   * what the codeunit or NAV refuses, `OutcomeUnknown` for an answer that says neither.
   */
  post(call: CodeunitCall): Promise<void>;
  /** Which version of the codeunit is installed; changes nothing. Throws as `post` does. */
  version(company: string, signal: AbortSignal): Promise<string>;
}

/** Name of the only call of the codeunit that reads. */
export const codeunitVersionOperation = 'nav.set-up.codeunit-version';

/** Longer than the server's own limit, so that the server decides (NAV spec 5). */
const postTimeoutMs = 660_000;
const readTimeoutMs = 60_000;
const envelope = 'http://schemas.xmlsoap.org/soap/envelope/';
const answerSchema = z.object({ status: z.enum(['posted', 'already', 'error']), message: z.string().default('') });

type Sent = Omit<CodeunitCall, 'method'> & { method: CodeunitCall['method'] | 'Version' };

/** Calls the codeunit through the SOAP service of the connection. */
export function createNavCodeunit(
  options: Pick<NavAdapterOptions, 'name' | 'serverTenant'>,
  { service, path }: { service: string; path: string },
  http: HttpClient,
): NavCodeunit {
  const namespace = `urn:microsoft-dynamics-schemas/codeunit/${service}`;

  /** What the function returns; undefined where the answer holds nothing of the kind. */
  async function send({ operation, company, method, parameters, signal }: Sent): Promise<string | undefined> {
    const facts = { system: options.name, operation };
    const isRead = method === 'Version';
    const response = await http.send({
      operation,
      method: 'POST',
      kind: isRead ? 'read' : 'write',
      path: `${path}/${encodeURIComponent(company)}/Codeunit/${service}`,
      ...(options.serverTenant === undefined ? {} : { query: { tenant: options.serverTenant } }),
      headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${namespace}:${method}"` },
      text: messageOf(namespace, method, parameters),
      timeoutMs: isRead ? readTimeoutMs : postTimeoutMs,
      signal,
      // A fault is a 500 whatever it says.
      acceptStatus: [500],
    });
    const { status, text } = response;
    const fault = contentOf(text, 'Fault');
    if (fault !== undefined) {
      throw navRefusal(
        contentOf(fault, 'faultcode') ?? '',
        plain(contentOf(fault, 'faultstring') ?? ''),
        facts,
        status,
      );
    }
    if (status >= 500)
      throw new OutcomeUnknown('NAV gave no answer to the call of the codeunit.', { ...facts, status });
    if (status >= 300) throw navRefusal('', '', facts, status);
    const result = contentOf(contentOf(text, `${method}_Result`) ?? '', 'return_value');
    return result === undefined ? undefined : plain(result);
  }

  const otherwise = (operation: string): ContractViolation =>
    new ContractViolation(`Codeunit ${service} answered otherwise than was agreed.`, {
      system: options.name,
      operation,
    });

  return {
    async post(call) {
      const answer = answerSchema.safeParse(jsonOf((await send(call)) ?? ''));
      if (!answer.success) throw otherwise(call.operation);
      if (answer.data.status === 'error') {
        throw navRefusal('', answer.data.message, { system: options.name, operation: call.operation });
      }
    },
    async version(company, signal) {
      const operation = codeunitVersionOperation;
      const version = await send({ operation, company, method: 'Version', parameters: {}, signal });
      if (version === undefined) throw otherwise(operation);
      return version;
    },
  };
}

function messageOf(namespace: string, method: string, parameters: Record<string, string>): string {
  const content = Object.entries(parameters).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${envelope}"><s:Body>` +
    `<${method} xmlns="${namespace}">${content.join('')}</${method}></s:Body></s:Envelope>`
  );
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\p{Cc}/gu, ' ');
}

/** Content of the first element of this name, whatever its prefix: the answers hold each of them once. */
function contentOf(xml: string, name: string): string | undefined {
  return new RegExp(`<((?:\\w+:)?${name})(?:\\s[^>]*)?>([\\s\\S]*?)</\\1>`).exec(xml)?.[2];
}

function plain(xml: string): string {
  return xml.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, digits?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const point = digits === undefined ? parseInt(hex ?? '', 16) : Number(digits);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
