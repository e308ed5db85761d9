import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** Official contract files as a judge between client and simulator; read at ../shared where present, never copied. */
const folder = fileURLToPath(new URL('../../../shared/contracts', import.meta.url));

/** Contract file → what stands before its paths in reality (`concur-platform.md` 9, FIS spec 12). */
const contractFiles: Readonly<Record<string, string>> = {
  'concur-financial-integration.2022.swagger2.json': '',
  'concur-event-subscription-service-v4.swagger2.json': '/events',
  'concur-vendors-v3.1.swagger2.json': '/api/v3.1',
  'concur-vendor-group-v3.1.swagger2.json': '/api/v3.1',
  'concur-payment-request-v3.swagger2.json': '/api/v3.0',
  'concur-payment-request-digest-v3.swagger2.json': '/api/v3.0',
  'concur-localized-data-v3.swagger2.json': '/api/v3.0',
  'concur-purchase-order-v3.swagger2.json': '/api/v3.0',
  'concur-purchase-request-v4.swagger2.json': '',
  'concur-expense-reports-v3.swagger2.json': '/api/v3.0',
  'concur-expense-reports-v4.openapi3.json': '',
  'concur-identity-v4.1.openapi3.json': '/profile/identity/v4.1',
};

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Json;
}

interface Operation {
  contract: string;
  method: string;
  path: string;
  pattern: RegExp;
  parameters: Parameter[];
  body?: ValidateFunction;
  answer?: ValidateFunction;
}

/** One thing in which a request or an answer differs from the contract file. */
export interface Objection {
  contract: string;
  /** `METHOD /path` of the contract. */
  operation: string;
  on: 'request' | 'answer';
  /** Names fields, never values. */
  message: string;
}

export interface ContractJudge {
  /** Operations that were judged at least once, as `METHOD /path`. */
  seen: Set<string>;
  /** Undefined where no contract describes the address. */
  judge(exchange: {
    method: string;
    url: string;
    requestBody: string;
    status: number;
    answerBody: string;
  }): Objection[] | undefined;
}

/** True where the files are present; tests say visibly when they skip. */
export const contractsArePresent = existsSync(join(folder, 'concur-financial-integration.2022.swagger2.json'));

/** Reads and compiles the contract files. */
export function openContractJudge(): ContractJudge {
  const operations = Object.entries(contractFiles).flatMap(([file, prefix]) => operationsOf(file, prefix));
  const seen = new Set<string>();
  return {
    seen,
    judge: ({ method, url, requestBody, status, answerBody }) => {
      const { pathname, searchParams } = new URL(url, 'http://judge');
      const found = operations.find((each) => each.method === method && each.pattern.test(pathname));
      if (found === undefined) return undefined;
      const operation = `${found.method} ${found.path}`;
      seen.add(operation);
      const objection = (on: Objection['on']) => (message: string) => ({
        contract: found.contract,
        operation,
        on,
        message,
      });
      return [
        ...queryFaults(found, searchParams).map(objection('request')),
        ...(requestBody === '' ? [] : faultsOf(found.body, requestBody)).map(objection('request')),
        ...(status === 200 ? faultsOf(found.answer, answerBody) : []).map(objection('answer')),
      ];
    },
  };
}

function operationsOf(file: string, prefix: string): Operation[] {
  const contract = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
  addFormats.default(ajv);
  ajv.addSchema(closed(contract) as Json, file);
  const compile = (schema: unknown): ValidateFunction | undefined =>
    schema === undefined ? undefined : ajv.compile(closed(absolute(schema, file)) as Json);
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(contract['paths'] as Record<string, Json>)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const described = item[method] as Json | undefined;
      if (described === undefined) continue;
      const parameters = (described['parameters'] ?? []) as Parameter[];
      const body = compile(
        parameters.find((each) => each.in === 'body')?.schema ?? contentSchema(described['requestBody']),
      );
      const answer = compile(answerSchema(described));
      const [plainPath = ''] = `${prefix}${path}`.split('?');
      const pattern = new RegExp(`^${plainPath.replace(/\/$/, '').replace(/\{[^}]+\}/g, '[^/]+')}$`);
      operations.push({
        contract: file,
        method: method.toUpperCase(),
        path: plainPath,
        pattern,
        parameters,
        ...(body === undefined ? {} : { body }),
        ...(answer === undefined ? {} : { answer }),
      });
    }
  }
  return operations;
}

function contentSchema(holder: unknown): unknown {
  const content = (holder as Json | undefined)?.['content'] as Record<string, Json> | undefined;
  return Object.values(content ?? {})[0]?.['schema'];
}

function answerSchema(described: Json): unknown {
  const answer = ((described['responses'] ?? {}) as Record<string, Json>)['200'];
  return answer?.['schema'] ?? contentSchema(answer);
}

/** References of a part of the contract, made to point into the whole. */
function absolute(schema: unknown, file: string): unknown {
  return rewrite(schema, (key, value) => (key === '$ref' ? `${file}${String(value)}` : undefined));
}

/** Members that the contract does not name are objections: a misspelt field would otherwise pass every judge. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(
    ([key, value]) => [key, key === 'example' ? value : closed(value)] as const,
  );
  const result: Json = Object.fromEntries(entries);
  const isObjectSchema = typeof result['properties'] === 'object' && !('allOf' in result) && !('$ref' in result);
  if (isObjectSchema && result['additionalProperties'] === undefined && !('in' in result)) {
    result['additionalProperties'] = false;
  }
  // `required: true` on a property is a fault of some of the files (spec 9); `null` is Concur's usual "none".
  if (typeof result['required'] === 'boolean' && !('in' in result)) delete result['required'];
  // `type: date` stands in one of them.
  if (result['type'] === 'date') result['type'] = 'string';
  if (typeof result['type'] === 'string' && !('in' in result)) result['type'] = [result['type'], 'null'];
  if (Array.isArray(result['type']) && Array.isArray(result['enum']))
    result['enum'] = [...(result['enum'] as unknown[]), null];
  return result;
}

function rewrite(value: unknown, change: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => rewrite(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, change(key, each) ?? rewrite(each, change)]),
  );
}

function queryFaults({ parameters }: Operation, query: URLSearchParams): string[] {
  const named = parameters.filter((each) => each.in === 'query');
  const unknown = [...query.keys()].filter((name) => !named.some((each) => each.name === name));
  const missing = named.filter((each) => each.required === true && !query.has(each.name));
  return [
    ...unknown.map((name) => `query parameter ${name} is not described`),
    ...missing.map(({ name }) => `query parameter ${name} is missing`),
  ];
}

function faultsOf(validate: ValidateFunction | undefined, text: string): string[] {
  if (validate === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['the body is no JSON'];
  }
  if (validate(value)) return [];
  const faults = (validate.errors ?? []).map((error) => {
    const extra = error.keyword === 'additionalProperties' ? ` (${String(error.params['additionalProperty'])})` : '';
    return `${error.instancePath.replace(/\/\d+/g, '/*') || '(body)'} ${error.message ?? error.keyword}${extra}`;
  });
  return [...new Set(faults)];
}
