import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import { hasCodeunit, publishedPages } from './access.js';
import { parseAddress, type Address } from './address.js';
import { codeunitFunctions, codeunitService } from './codeunit.js';
import type { World } from './company.js';
import { errorBody, NavError, notFound } from './errors.js';
import { metadataAnswer } from './metadata.js';
import { jsonText } from './odata-answers.js';
import { servePages } from './odata-service.js';
import { partProperty } from './odata-list.js';
import type { NavSettings } from './settings.js';
import { serveCodeunit } from './soap-codeunit.js';
import { actionMethod, soapAnswer, soapFault, soapMethod } from './soap-envelope.js';
import { pageMethods, servePage } from './soap-pages.js';
import { findPage } from './pages.js';
import { escapeXml, xmlElement } from './xml.js';

type ODataAddress = Extract<Address, { kind: 'odata' }>;
type SoapAddress = Extract<Address, { kind: 'soap' }>;

const verbs: Record<string, string> = { GET: 'read', POST: 'create', PATCH: 'update', DELETE: 'delete' };

/**
 * Names the operation of a request, the same for OData and SOAP: `Service.read`, `.create`, `.update`, `.delete`, or
 * `ConcurConnector.Function`. Nothing is looked up or done before `execute`.
 */
export function routeRequest(world: World, settings: NavSettings, request: SimRequest): Operation {
  const address = parseAddress(request.rawUrl, settings.instance);
  switch (address.kind) {
    case 'odata':
      return odataOperation(world, request, address);
    case 'soap':
      return soapOperation(world, settings, request, address);
    case 'soap-services':
      return soapRead('services.read', () => serviceDirectory(world, settings, request, address.company));
    case 'soap-system':
      return soapRead('system-service.read', () => companies(world, request));
    default:
      return {
        ...{ name: 'unknown', kind: request.method === 'GET' ? 'read' : 'write' },
        execute: () => odataAnswer(world, () => refuse(request.path)),
      };
  }
}

function refuse(path: string): never {
  throw notFound(path);
}

function odataOperation(world: World, request: SimRequest, { company, segments }: ODataAddress): Operation {
  const [first, second] = segments;
  if (first?.name === '$metadata') return { name: 'metadata.read', kind: 'read', execute: () => metadataAnswer(world) };
  const page = first === undefined ? undefined : findPage(first.name);
  const isPart = page !== undefined && second !== undefined && second.name === partProperty(page);
  const service = isPart ? (page.part?.service ?? '') : (first?.name ?? 'Company');
  const operation = `${service}.${verbs[request.method] ?? 'unknown'}`;
  const kind = request.method === 'GET' ? 'read' : 'write';
  const execute = (): SimResponse =>
    odataAnswer(world, () => servePages(world, request, { company, segments, operation }));
  return { name: operation, kind, execute };
}

function soapOperation(world: World, settings: NavSettings, request: SimRequest, address: SoapAddress): Operation {
  const { company, service, object } = address;
  const method = actionMethod(request);
  if (object === 'Page') {
    const verb = pageMethods[method] ?? 'unknown';
    const operation = `${service}.${verb}`;
    const execute = (): SimResponse => soapText(() => servePage(world, request, { company, service, operation }));
    return { name: operation, kind: verb === 'read' ? 'read' : 'write', execute };
  }
  const operation = `${service}.${method === '' ? 'unknown' : method}`;
  const isInstalled = settings.codeunit;
  const execute = (): SimResponse =>
    soapText(() => serveCodeunit(world, request, { company, service, operation, isInstalled }));
  const called = Object.hasOwn(codeunitFunctions, method) ? codeunitFunctions[method] : undefined;
  return { name: operation, kind: called?.kind ?? 'write', execute };
}

function soapRead(name: string, work: () => SimResponse): Operation {
  return { name, kind: 'read', execute: () => soapText(work) };
}

function soapText(work: () => SimResponse): SimResponse {
  try {
    return work();
  } catch (error) {
    return soapFault(error);
  }
}

/** Writes an answer of OData as text: numbers keep every digit, errors have the shape of V4. */
function odataAnswer(world: World, work: () => SimResponse): SimResponse {
  const response = answered(world, work);
  if (response.body === undefined || typeof response.body === 'string') return response;
  const headers = { 'content-type': 'application/json; odata.metadata=minimal', 'odata-version': '4.0' };
  return { ...response, headers: { ...headers, ...response.headers }, body: jsonText(response.body) };
}

function answered(world: World, work: () => SimResponse): SimResponse {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NavError)) throw error;
    const { status, code, message } = error;
    return { status, body: errorBody(code, message, world.faults['legacy-error-codes'] === true) };
  }
}

/** The list of published services, as the server gives it to a browser. */
function serviceDirectory(world: World, settings: NavSettings, request: SimRequest, company: string): SimResponse {
  const root = `http://${request.headers.host ?? 'localhost'}/${settings.instance}/WS/${encodeURIComponent(company)}`;
  const names = [
    ...publishedPages(world).map(({ service }) => `Page/${service}`),
    ...(hasCodeunit(world, settings.codeunit) ? [`Codeunit/${codeunitService}`] : []),
  ];
  const refs = names.map((name) => xmlElement('contractRef', '', `ref="${escapeXml(`${root}/${name}`)}"`)).join('');
  const body = xmlElement('discovery', refs, 'xmlns="http://schemas.xmlsoap.org/disco/"');
  return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body };
}

function companies(world: World, request: SimRequest): SimResponse {
  const namespace = 'urn:microsoft-dynamics-schemas/nav/system/';
  soapMethod(request, namespace);
  const names = world.visible().map(({ head }) => xmlElement('return_value', escapeXml(head.name)));
  return soapAnswer('Companies', namespace, names.join(''));
}
