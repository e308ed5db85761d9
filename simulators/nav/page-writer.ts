import type { Call } from './calls.js';
import { badRequest, methodNotAllowed, notInTable, readOnlyField, refusedProperty } from './errors.js';
import { captionOfField } from './fields.js';
import type { Page } from './page-definition.js';
import { logicOf } from './table-logic.js';
import type { TableLogic } from './table-logic-types.js';
import type { Row, Scalar } from './values.js';

/** Values of a write in the order in which they were sent: that is the order in which they are validated. */
export type Assignments = readonly (readonly [field: string, value: Scalar])[];

/** Adds a record through a page: number first, then field by field. Throws NavError. */
export function createThroughPage(call: Call, page: Page, values: Assignments): Row {
  const logic = allowed(call, page, 'create');
  const keys = new Map(values.filter(([field]) => page.table.keys.includes(field)));
  for (const [field, value] of keys) {
    checkRelation(call, page, field, value);
    const limit = page.view[field];
    if (limit === undefined || limit === value) continue;
    throw badRequest(`The ${page.table.name} is not within the filter of the page: ${field}='${String(limit)}'.`);
  }
  const row = logic.begin(call, { ...Object.fromEntries(keys), ...page.view }, page);
  const rest = values.filter(([field]) => !keys.has(field));
  logic.beforeInsert?.(call, row, rest);
  const inserted = call.company.table(page.table).insert(row);
  const changed = assigned(call, page, logic, inserted, rest);
  const kept = call.company.table(page.table).update(inserted, changed);
  logic.written?.(call, kept);
  return kept;
}

/** Changes a record through a page, field by field; the key stays. Throws NavError. */
export function updateThroughPage(call: Call, page: Page, row: Row, values: Assignments): Row {
  const logic = allowed(call, page, 'update');
  call.key = logic.deskKey(call, row);
  for (const [field, value] of values) {
    if (!page.table.keys.includes(field) || row[field] === value) continue;
    call.world.desk.violation(call.operation, `${field} of ${call.key} is its number: changing it renames the record`);
    throw readOnlyField(field);
  }
  const rest = values.filter(([field]) => !page.table.keys.includes(field));
  const changed = assigned(call, page, logic, row, rest);
  const kept = call.company.table(page.table).update(row, changed);
  logic.written?.(call, kept);
  return kept;
}

/** Removes a record through a page, with what hangs below it. Throws NavError. */
export function removeThroughPage(call: Call, page: Page, row: Row): void {
  const logic = allowed(call, page, 'delete');
  call.key = logic.deskKey(call, row);
  logic.removed?.(call, row);
  call.company.table(page.table).remove(row);
}

/** Writing what cannot be written (posted entries, accounts …) breaks a rule. */
function allowed(call: Call, page: Page, verb: 'create' | 'update' | 'delete'): TableLogic {
  const logic = page.writes.has(verb) ? logicOf(page.table) : undefined;
  if (logic !== undefined) return logic;
  call.world.desk.violation(call.operation, `${verb} on ${page.service}, which takes no such thing`);
  throw methodNotAllowed(page.service);
}

function assigned(call: Call, page: Page, logic: TableLogic, row: Row, values: Assignments): Row {
  const draft = { ...row };
  for (const [field, value] of values) {
    if (call.world.faults['property-refused'] === `${page.service}.${field}`) throw refusedProperty();
    assign(call, page, logic, { draft, field, value });
  }
  return draft;
}

function assign(
  call: Call,
  page: Page,
  logic: TableLogic,
  { draft, field, value }: { draft: Row; field: string; value: Scalar },
): void {
  const definition = page.table.fields[field];
  if (definition === undefined || !page.fields.includes(field)) {
    throw badRequest(`The property '${field}' does not exist on type 'NAV.${page.service}'.`);
  }
  const validate = logic.validate[field];
  if (page.readOnly.has(field) || (definition.read !== undefined && validate === undefined)) throw readOnlyField(field);
  checkRelation(call, page, field, value);
  const before = draft[field];
  if (definition.read === undefined) draft[field] = value;
  validate?.(call, draft, { value, before });
}

/** Refuses a code that is not in the table that the field points to. */
function checkRelation({ company }: Call, { table }: Page, field: string, value: Scalar): void {
  const related = value === '' ? undefined : table.fields[field]?.relation?.();
  if (related === undefined || company.table(related).get(value) !== undefined) return;
  throw notInTable(captionOfField(field), table.name, String(value), related.name);
}
