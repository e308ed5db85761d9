import type { SimRequest, SimResponse } from '../harness/server.js';
import { hexIdOf } from './company-book.js';
import { itemByCode, levelOf, longCodeOf, type ListItemRecord, type ListRecord } from './list-records.js';
import { broken, listIn, refusal } from './lists.js';
import { isObject, isText, parsedBody, type JsonObject } from './post-body.js';
import type { ConcurContext } from './state.js';

const MOST_PARTS = 250;

/** Why a part was not taken. */
interface PartFault {
  id: string;
  message: string;
}

type PartWork = (list: ListRecord, part: JsonObject) => ListItemRecord | PartFault;

/** `POST /list/v4/lists/{listId}/bulk` (concur-platform.md 5): parts run in order, each for itself; 201, 206 or 400. */
export const createItems = (context: ConcurContext, request: SimRequest, [id = '']: string[]): SimResponse =>
  bulk(
    context,
    request,
    { id, operation: 'listItemCreate', fields: ['shortCode', 'value', 'parentCode'], ok: 201 },
    create,
  );

/** `PATCH` of the same: items are named by their long codes, changed, removed and taken back. */
export const changeItems = (context: ConcurContext, request: SimRequest, [id = '']: string[]): SimResponse =>
  bulk(context, request, { id, operation: 'listItemChange', fields: ['code', 'value', 'deleted'], ok: 200 }, change);

function bulk(
  context: ConcurContext,
  request: SimRequest,
  { id, operation, fields, ok }: { id: string; operation: string; fields: string[]; ok: number },
  work: PartWork,
): SimResponse {
  const list = listIn(context, operation, id);
  if (!('items' in list)) return list;
  if (list.isManagedByOther)
    return refusal(context, operation, 400, 'list.is.managed', 'The list is managed by an app');
  const body = parsedBody(request);
  const parts = isObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(parts) || parts.length === 0 || !parts.every(isObject)) {
    return broken(context, operation, 'the body is not { requests: [ … ] } with items in it');
  }
  if (parts.length > MOST_PARTS) return broken(context, operation, `more than ${MOST_PARTS} items in a call`);
  const strange = parts.flatMap((part) => Object.keys(part)).find((name) => !fields.includes(name));
  if (strange !== undefined) return broken(context, operation, `${strange} is not a field of this call`);
  const errors = parts.flatMap((part) => {
    const done = work(list, part);
    if (!('message' in done)) {
      context.desk.write({ operation, key: `${list.id}/${longCodeOf(list, done)}`, outcome: 'applied' });
      return [];
    }
    const key = `${list.id}/${String(part['code'] ?? part['shortCode'])}`;
    context.desk.write({ operation, key, outcome: 'refused', detail: done.id });
    return [{ id: done.id, message: done.message, listItem: part }];
  });
  context.desk.changed();
  const counts = { recordsSucceeded: parts.length - errors.length, recordsFailed: errors.length };
  if (errors.length === 0) return { status: ok, body: { status: 'SUCCESS', ...counts, errors } };
  if (errors.length === parts.length) return { status: 400, body: { status: 'FAILURE', ...counts, errors } };
  return { status: 206, body: { status: 'PARTIAL_SUCCESS', ...counts, errors } };
}

/** A hyphen inside of a code or a name may corrupt the whole list: the simulator takes none. */
function create(list: ListRecord, { shortCode, value, parentCode }: JsonObject): ListItemRecord | PartFault {
  if (!isText(shortCode, 32) || shortCode === '' || shortCode.includes('-')) {
    return { id: 'request.validation.error', message: 'shortCode is 1 to 32 characters without hyphens' };
  }
  if (!isText(value, 64) || value === '' || value.includes('-')) {
    return { id: 'request.validation.error', message: 'value is 1 to 64 characters without hyphens' };
  }
  const parent = parentCode === undefined ? undefined : itemByCode(list, isText(parentCode, 400) ? parentCode : '');
  if (parentCode !== undefined && parent === undefined) return fault('item.parent.not.found', shortCode);
  if (parent?.isDeleted === true) return fault('item.parent.deleted', shortCode);
  if ((parent === undefined ? 0 : levelOf(list, parent)) >= list.levelCount) {
    return fault('item.max.level.exceeded', shortCode);
  }
  const known = list.items.find((item) => item.parentId === parent?.id && item.shortCode === shortCode);
  if (known !== undefined) {
    return fault(known.isDeleted ? 'item.duplicate.code.deleted' : 'item.duplicate.code', shortCode);
  }
  const item: ListItemRecord = {
    id: hexIdOf(`${list.id}/${parent?.id ?? ''}/${shortCode}`),
    ...{ shortCode, value, isDeleted: false },
    ...(parent === undefined ? {} : { parentId: parent.id }),
  };
  list.items.push(item);
  return item;
}

/** Deleting a parent deletes its children. A deleted item is only taken back; nothing else of it can be changed. */
function change(list: ListRecord, { code, value, deleted }: JsonObject): ListItemRecord | PartFault {
  const item = itemByCode(list, String(code));
  if (item === undefined) return fault('item.not.found', String(code));
  if (item.isDeleted && deleted !== false) return fault('item.deleted', String(code));
  if (value !== undefined && (!isText(value, 64) || value === '' || value.includes('-'))) {
    return { id: 'request.validation.error', message: 'value is 1 to 64 characters without hyphens' };
  }
  item.isDeleted = deleted === true;
  if (value !== undefined) item.value = value;
  if (item.isDeleted) for (const child of below(list, item)) child.isDeleted = true;
  return item;
}

const below = (list: ListRecord, { id }: ListItemRecord): ListItemRecord[] =>
  list.items.filter(({ parentId }) => parentId === id).flatMap((child) => [child, ...below(list, child)]);

const fault = (id: string, code: string): PartFault => ({ id, message: `${id}: ${code}` });
