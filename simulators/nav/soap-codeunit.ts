import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf, hasCodeunit } from './access.js';
import { transact, type Call } from './calls.js';
import { codeunitFunctions, codeunitService, type CodeunitFunction } from './codeunit.js';
import type { World } from './company.js';
import { brokerError, noPermission } from './errors.js';
import { fitting } from './odata-values.js';
import { childText, soapAnswer, soapMethod } from './soap-envelope.js';
import { methodNotFound, serviceNotFound } from './soap-pages.js';
import { codeOf } from './values.js';
import { escapeXml, xmlElement, type XmlElement } from './xml.js';

/** Answers a call of the customer's codeunit. Throws NavError for what becomes a fault. */
export function serveCodeunit(
  world: World,
  request: SimRequest,
  called: { company: string; service: string; operation: string; isInstalled: boolean },
): SimResponse {
  const { service, operation } = called;
  const company = companyOf(world, called.company);
  if (service !== codeunitService || !hasCodeunit(world, called.isInstalled))
    throw serviceNotFound(`Codeunit/${service}`);
  const namespace = `urn:microsoft-dynamics-schemas/codeunit/${service}`;
  const method = soapMethod(request, namespace);
  const found = Object.hasOwn(codeunitFunctions, method.name) ? codeunitFunctions[method.name] : undefined;
  if (found === undefined) throw methodNotFound(method.name, service);
  if (world.faults['user-without-permission'] === service) throw noPermission(`CodeUnit ${service}: Execute`);
  const given = parametersOf(found, method, service);
  const call: Call = { world, company, operation, key: company.head.name };
  const result = found.kind === 'read' ? found.run(call, given) : transact(call, () => found.run(call, given));
  return soapAnswer(method.name, namespace, xmlElement('return_value', escapeXml(result)));
}

/** All parameters must be there, under their exact names; those of type Code are upper-cased and trimmed. */
function parametersOf({ parameters }: CodeunitFunction, method: XmlElement, service: string): Record<string, string> {
  const given = Object.entries(parameters).map(([name, { length, free }]): [string, string] => {
    const text = childText(method, name);
    if (text === undefined) {
      throw brokerError(`Parameter ${name} in method ${method.name} in service ${service} is null!`);
    }
    const value = free === true ? text : codeOf(text);
    return [name, fitting({ kind: 'code', maxLength: length }, value)];
  });
  return Object.fromEntries(given);
}
