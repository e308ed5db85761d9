import type { SimRequest, SimResponse } from '../harness/server.js';
import { checkPermission, companyOf, optionFormat } from './access.js';
import { transact, type Call } from './calls.js';
import type { World } from './company.js';
import { brokerError, NavError, notFound } from './errors.js';
import { compileCriteria } from './nav-filter.js';
import { fieldOfPage } from './odata-filter.js';
import type { ListPlace } from './odata-list.js';
import type { Page } from './page-definition.js';
import { createThroughPage, removeThroughPage, updateThroughPage, type Assignments } from './page-writer.js';
import { findPage, rowsOf } from './pages.js';
import { childText, soapAnswer, soapMethod } from './soap-envelope.js';
import { fieldsOf, fromSoap, keyOf, readKey, recordXml } from './soap-values.js';
import { captionOfField } from './fields.js';
import { text, type Row } from './values.js';
import { xmlElement, type XmlElement } from './xml.js';

/** What each method of a page service does to records, by the word that operations are named with. */
export const pageMethods: Record<string, 'read' | 'create' | 'update' | 'delete'> = {
  Read: 'read',
  ReadMultiple: 'read',
  IsUpdated: 'read',
  Create: 'create',
  CreateMultiple: 'create',
  Update: 'update',
  UpdateMultiple: 'update',
  Delete: 'delete',
};

const verbs = { read: 'Read', create: 'Insert', update: 'Modify', delete: 'Delete' } as const;

type PagePlace = ListPlace & { call: Call; namespace: string; method: XmlElement };

/** Answers a call of a page service (section 19). Throws NavError for what becomes a fault. */
export function servePage(
  world: World,
  request: SimRequest,
  { company: name, service, operation }: { company: string; service: string; operation: string },
): SimResponse {
  const company = companyOf(world, name);
  const page = findPage(service);
  if (page === undefined || world.faults['service-unpublished'] === service) throw serviceNotFound(`Page/${service}`);
  const namespace = `urn:microsoft-dynamics-schemas/page/${service.toLowerCase()}`;
  const method = soapMethod(request, namespace);
  const kind = pageMethods[method.name];
  if (kind === undefined) throw methodNotFound(method.name, service);
  checkPermission(world, page, verbs[kind]);
  const call: Call = { world, company, operation, key: `${company.head.name}/${service}` };
  const place = { ...{ page, company, world, call, namespace, method }, format: optionFormat(world) };
  return soapAnswer(method.name, namespace, run(place));
}

/** What SOAP says of a service that is not published. */
export function serviceNotFound(service: string): NavError {
  const exception = 'Microsoft.Dynamics.Nav.Service.WebServices.ServiceNotFoundException';
  return new NavError(404, 'BadRequest_ResourceNotFound', exception, `Service "${service}" was not found!`);
}

/** What SOAP says of a method that the service does not have. */
export function methodNotFound(method: string, service: string): NavError {
  return brokerError(`Method ${method} in service ${service} was not found!`);
}

function run(place: PagePlace): string {
  const { page, method, call } = place;
  switch (method.name) {
    case 'Read':
      return readOne(place);
    case 'ReadMultiple':
      return xmlElement('ReadMultiple_Result', readMany(place));
    case 'IsUpdated': {
      const { version } = readKey(required(place, 'Key'));
      return xmlElement('IsUpdated_Result', String(rowOf(place, required(place, 'Key'))['$version'] !== version));
    }
    case 'Create':
      return transact(call, () => created(place, entity(method, page.service)));
    case 'CreateMultiple':
      return inList(place, (element) => created(place, element));
    case 'Update':
      return transact(call, () => updated(place, entity(method, page.service)));
    case 'UpdateMultiple':
      return inList(place, (element) => updated(place, element));
    default:
      return removed(place);
  }
}

function readOne(place: PagePlace): string {
  const { page, method, company, world } = place;
  const keys = page.table.keys.filter((key) => !(key in page.view));
  const wanted = keys.map((key) => [key, fromSoap(key, fieldOfPage(page, key), childText(method, key) ?? '')] as const);
  const row = rowsOf(page, company, world).find((one) => wanted.every(([key, value]) => one[key] === value));
  return row === undefined ? '' : recordXml(place, row);
}

/** Records that pass all filters, after the bookmark, no more than the set size; 0 means all. */
function readMany(place: PagePlace): string {
  const { page, method, company, world, format } = place;
  const tests = method.children
    .filter(({ name }) => name === 'filter')
    .map((filter) => {
      const name = childText(filter, 'Field') ?? '';
      return compileCriteria(name, fieldOfPage(page, name), childText(filter, 'Criteria') ?? '', format);
    });
  const found = rowsOf(page, company, world).filter((row) => tests.every((test) => test(row, company)));
  const bookmark = childText(method, 'bookmarkKey') ?? '';
  const from = bookmark === '' ? 0 : found.findIndex((row) => isAt(page, row, bookmark)) + 1;
  const size = Number(childText(method, 'setSize') ?? 0);
  const end = size === 0 ? found.length : from + Math.abs(size);
  return found
    .slice(from, end)
    .map((row) => recordXml(place, row))
    .join('');
}

function isAt(page: Page, row: Row, key: string): boolean {
  const { values } = readKey(key);
  return page.table.keys.every((field, index) => row[field] === values[index]);
}

function created(place: PagePlace, element: XmlElement): string {
  return recordXml(place, createThroughPage(place.call, place.page, assignments(place.page, element)));
}

/** An update names its record by the key that it was read with: any change since then refuses it. */
function updated(place: PagePlace, element: XmlElement): string {
  const { page, call } = place;
  const key = childText(element, 'Key') ?? '';
  const row = rowOf(place, key);
  if (readKey(key).version !== row['$version']) {
    const values = page.table.keys.map((field) => `${captionOfField(field)}=${text(row, field)}`).join(',');
    throw brokerError(`Other user has modified "${page.service} ${page.table.name}: '${values}'".`);
  }
  return recordXml(place, updateThroughPage(call, page, row, assignments(page, element)));
}

function removed(place: PagePlace): string {
  const { call, page } = place;
  const key = required(place, 'Key');
  return transact(call, () => {
    const row = rowOf(place, key);
    if (keyOf(page.table.keys, row) !== key.trim()) throw brokerError('Other user has modified the record.');
    removeThroughPage(call, page, row);
    return xmlElement('Delete_Result', 'true');
  });
}

/** All of a list or nothing: one transaction. */
function inList(place: PagePlace, each: (element: XmlElement) => string): string {
  const { page, method, call } = place;
  const list = entity(method, `${page.service}_List`);
  const done = transact(call, () => list.children.map(each).join(''));
  return xmlElement(`${page.service}_List`, done);
}

function entity(method: XmlElement, name: string): XmlElement {
  const found = method.children.find((child) => child.name === name);
  if (found === undefined) throw brokerError(`Parameter ${name} in method ${method.name} is null!`);
  return found;
}

function required({ method, page }: PagePlace, name: string): string {
  const given = childText(method, name);
  if (given === undefined)
    throw brokerError(`Parameter ${name} in method ${method.name} in service ${page.service} is null!`);
  return given;
}

function rowOf({ page, company, world }: PagePlace, key: string): Row {
  const { values } = readKey(key);
  const row = rowsOf(page, company, world).find((one) =>
    page.table.keys.every((field, index) => one[field] === values[index]),
  );
  if (row === undefined) throw notFound(page.service, `The ${page.table.name} does not exist.`);
  return row;
}

/** Absent elements stay untouched; those that stand there are validated in their order. */
function assignments(page: Page, element: XmlElement): Assignments {
  return fieldsOf(element).map(({ name, text: given }) => [name, fromSoap(name, fieldOfPage(page, name), given)]);
}
