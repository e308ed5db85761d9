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
}

/** Longer than the server's own limit, so that the server decides (NAV spec 5). */
const postTimeoutMs = 660_000;
const envelope = 'http://schemas.xmlsoap.org/soap/envelope/';
const answerSchema = z.object({ status: z.enum(['posted', 'already', 'error']), message: z.string().default('') });

/** Calls the codeunit through the SOAP service of the connection. */
export function createNavCodeunit(
  options: NavAdapterOptions,
  { service, path }: { service: string; path: string },
  http: HttpClient,
): NavCodeunit {
  const namespace = `urn:microsoft-dynamics-schemas/codeunit/${service}`;
  return {
    async post({ operation, company, method, parameters, signal }) {
      const facts = { system: options.name, operation };
      const response = await http.send({
        operation,
        method: 'POST',
        kind: 'write',
        path: `${path}/${encodeURIComponent(company)}/Codeunit/${service}`,
        ...(options.serverTenant === undefined ? {} : { query: { tenant: options.serverTenant } }),
        headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${namespace}:${method}"` },
        text: messageOf(namespace, method, parameters),
        timeoutMs: postTimeoutMs,
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
      if (status >= 500) throw new OutcomeUnknown('NAV gave no answer to the posting.', { ...facts, status });
      if (status >= 300) throw navRefusal('', '', facts, status);
      const result = contentOf(contentOf(text, `${method}_Result`) ?? '', 'return_value');
      const answer = answerSchema.safeParse(jsonOf(plain(result ?? '')));
      if (!answer.success) {
        throw new ContractViolation(`Codeunit ${service} answered otherwise than was agreed.`, { ...facts, status });
      }
      if (answer.data.status === 'error') throw navRefusal('', answer.data.message, facts);
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
