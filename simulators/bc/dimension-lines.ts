import type { Call } from './calls.js';
import { businessError, readOnlyProperty } from './errors.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import type { DimensionPair, DimensionRow, DimensionValueRow } from './records.js';
import { dimensionSetLines } from './sets-dimensions.js';
import type { Company } from './world.js';

/** A dimension that was accepted, and what the parent has after it: one present already fails. */
export function addedDimension(
  call: Call,
  present: readonly DimensionPair[],
  body: unknown,
): { pair: DimensionPair; dimensions: DimensionPair[] } {
  const { values } = checkedBody(dimensionSetLines, body);
  const pair = resolvedPair(call.company, values);
  if (present.some((existing) => existing.code === pair.code)) {
    throw businessError(
      'The dimension set line already exists. Check existing dimension set lines and the default dimension set lines on the parent.',
    );
  }
  return { pair, dimensions: losesDimension(call) ? [...present] : [...present, pair] };
}

/** Accepted and silently dropped, when a test orders it. Not by chance: it would hold documents until a person acts. */
function losesDimension(call: Call): boolean {
  return call.world.orderedFaultsOnly && call.world.desk.itemFault('item-missing', 'dimensionSetLines.create');
}

/** Adds the deep-inserted dimensions of a new record one after the other. */
export function withDimensions(
  call: Call,
  present: readonly DimensionPair[],
  bodies: readonly unknown[],
): DimensionPair[] {
  return bodies.reduce<DimensionPair[]>((pairs, body) => addedDimension(call, pairs, body).dimensions, [...present]);
}

/** Another value for a dimension that is present; the dimension itself cannot be changed. */
export function withOtherValue(
  call: Call,
  present: readonly DimensionPair[],
  code: string,
  body: unknown,
): DimensionPair[] {
  const { values } = checkedBody(dimensionSetLines, body);
  if (values['id'] !== undefined || values['code'] !== undefined) {
    throw businessError('The "id" and "code" fields cannot be modified.');
  }
  const pair = resolvedPair(call.company, { ...values, code });
  return present.map((existing) => (existing.code === code ? pair : existing));
}

/** Value of a shortcut dimension in a header field; an empty value removes the dimension. */
export function withShortcut(
  company: Company,
  present: readonly DimensionPair[],
  shortcut: { property: string; code: string; value: string },
): DimensionPair[] {
  const { property, code, value } = shortcut;
  if (code === '') throw readOnlyProperty(property);
  const others = present.filter((pair) => pair.code !== code);
  return value === '' ? others : [...others, resolvedPair(company, { code, valueCode: value })];
}

function resolvedPair(company: Company, values: Record<string, Scalar>): DimensionPair {
  const dimension = resolvedDimension(company, values);
  return { code: dimension.code, value: resolvedValue(company, dimension, values).code };
}

function resolvedDimension(company: Company, values: Record<string, Scalar>): DimensionRow {
  const { id, code } = values;
  if (id === undefined && code === undefined) throw businessError('The "id" or "code" field must be filled in.');
  const byId = id === undefined ? undefined : company.dimensions.get(String(id));
  if (id !== undefined && byId === undefined) throw businessError('The "id" does not match to a Dimension.');
  const byCode = company.dimensions.find((row) => row.code === code);
  if (code !== undefined && byCode === undefined) throw businessError('The "code" does not match to a Dimension.');
  const found = byId ?? byCode;
  if (found === undefined || (byId !== undefined && byCode !== undefined && byId !== byCode)) {
    throw businessError('The dimension field values do not match to a specific Dimension.');
  }
  return found;
}

function resolvedValue(company: Company, dimension: DimensionRow, values: Record<string, Scalar>): DimensionValueRow {
  const { valueId, valueCode } = values;
  if (valueId === undefined && valueCode === undefined) {
    throw businessError('The "valueId" or "valueCode" field must be filled in.');
  }
  const found = company.dimensionValues.find(
    (row) =>
      row.dimensionId === dimension.id &&
      (valueId === undefined || row.id === valueId) &&
      (valueCode === undefined || row.code === valueCode),
  );
  if (found !== undefined) return found;
  throw businessError(
    valueCode === undefined
      ? 'The "valueId" does not match to a Dimension Value.'
      : 'The "valueCode" does not match to a Dimension Value.',
  );
}
