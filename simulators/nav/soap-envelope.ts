import type { SimRequest, SimResponse } from '../harness/server.js';
import { badRequest, brokerError, NavError } from './errors.js';
import { escapeXml, parseXml, XmlError, xmlElement, type XmlElement } from './xml.js';

const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';

/** Method that the `SOAPAction` header names, which is known before the body is read; empty if there is none. */
export function actionMethod(request: SimRequest): string {
  return /:(\w+)"?$/.exec(String(request.headers['soapaction'] ?? ''))?.[1] ?? '';
}

/**
 * The one element of a SOAP body, in the namespace of the service. Throws NavError for anything but an envelope, for another
 * namespace, and for a `SOAPAction` header that is missing or names something else.
 */
export function soapMethod(request: SimRequest, namespace: string): XmlElement {
  if (!(request.headers['content-type'] ?? '').toLowerCase().includes('text/xml')) {
    throw badRequest('The message could not be processed: its content type is not text/xml.');
  }
  const [method, ...others] = bodyOf(request).children;
  if (method === undefined || others.length > 0) throw brokerError('The body of the message must hold one method.');
  if (method.namespace !== namespace) {
    throw brokerError(
      `Method '${method.name}' with namespace '${method.namespace}' is not found, '${namespace}' was expected.`,
    );
  }
  const action = String(request.headers['soapaction'] ?? '').replaceAll('"', '');
  if (action !== `${namespace}:${method.name}`) {
    throw brokerError(`The SOAP action '${action}' does not match the message '${namespace}:${method.name}'.`);
  }
  return method;
}

function bodyOf(request: SimRequest): XmlElement {
  let envelope: XmlElement;
  try {
    envelope = parseXml(request.body);
  } catch (error) {
    if (error instanceof XmlError) throw badRequest(`The message is not well-formed XML: ${error.message}.`);
    throw error;
  }
  const body = envelope.children.find((child) => child.name === 'Body' && child.namespace === envelopeNamespace);
  if (envelope.name !== 'Envelope' || envelope.namespace !== envelopeNamespace || body === undefined) {
    throw badRequest('The message is no SOAP 1.1 envelope.');
  }
  return body;
}

/** The text of the one child of this name; undefined if there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

/** A successful answer: the result element of the method. */
export function soapAnswer(method: string, namespace: string, content: string): SimResponse {
  const result = xmlElement(`${method}_Result`, content, `xmlns="${escapeXml(namespace)}"`);
  return envelope('Soap', 200, result);
}

/** The fault that an error becomes; its status is 500 whatever it says. Anything but a NavError is thrown on. */
export function soapFault(error: unknown): SimResponse {
  if (!(error instanceof NavError)) throw error;
  const code = xmlElement('faultcode', `a:${error.exception}`, 'xmlns:a="urn:microsoft-dynamics-schemas/error"');
  const text = xmlElement('faultstring', escapeXml(error.message), 'xml:lang="en-US"');
  return envelope('s', 500, xmlElement('s:Fault', `${code}${text}`));
}

function envelope(prefix: string, status: number, content: string): SimResponse {
  const body = xmlElement(`${prefix}:Body`, content);
  const whole = xmlElement(`${prefix}:Envelope`, body, `xmlns:${prefix}="${envelopeNamespace}"`);
  return { status, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: whole };
}
