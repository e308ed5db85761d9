import { Decimal } from 'decimal.js';
import type { EntityDefinition } from './entity-definition.js';
import { dataEntitiesNamespace, hasMember } from './enumerations.js';
import type { ComparisonOperator, FilterNode, Literal } from './filter-parser.js';
import { queryInvalid, unknownProperty } from './odata-errors.js';
import type { Table } from './table.js';
import { enumerationOf, type FieldType, type Row } from './values.js';

/** Decides whether a row belongs to the result. */
export type RowTest = (row: Row) => boolean;

const holds: Record<ComparisonOperator, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const edmName = (type: FieldType): string => {
  const enumeration = enumerationOf(type);
  if (enumeration !== undefined) return `${dataEntitiesNamespace}.${enumeration}`;
  return (
    { string: 'Edm.String', decimal: 'Edm.Decimal', int64: 'Edm.Int64', int32: 'Edm.Int32', binary: 'Edm.Binary' }[
      type as string
    ] ?? 'Edm.DateTimeOffset'
  );
};

function incompatible(type: FieldType, literal: Literal): Error {
  const found = literal.kind === 'enumeration' ? literal.type : literal.kind;
  return queryInvalid(
    `A binary operator with incompatible types was detected. Found operand types '${edmName(type)}' and '${found}'.`,
  );
}

/** Text equality is without case; `*` matches anything (trap 20: also where the data meant a star). */
function textOrder(literal: string): (value: string) => number {
  const wanted = literal.toLowerCase();
  if (!literal.includes('*')) {
    return (value) => {
      const found = value.toLowerCase();
      return found === wanted ? 0 : found < wanted ? -1 : 1;
    };
  }
  const parts = wanted.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's');
  return (value) => (pattern.test(value.toLowerCase()) ? 0 : 1);
}

function orderAgainst(type: FieldType, literal: Literal, operator: ComparisonOperator): (value: string) => number {
  const enumeration = enumerationOf(type);
  if (enumeration !== undefined) {
    if (literal.kind !== 'enumeration' || literal.type !== `${dataEntitiesNamespace}.${enumeration}`)
      throw incompatible(type, literal);
    if (operator !== 'eq' && operator !== 'ne')
      throw queryInvalid(`Operator '${operator}' is not supported on enumerations.`);
    if (!hasMember(enumeration, literal.value))
      throw queryInvalid(`'${literal.value}' is no member of ${enumeration}.`);
    return (value) => (value === literal.value ? 0 : 1);
  }
  if (type === 'string' && literal.kind === 'string') return textOrder(literal.value);
  if ((type === 'decimal' || type === 'int64' || type === 'int32') && literal.kind === 'number') {
    const wanted = new Decimal(literal.value);
    return (value) => new Decimal(value).comparedTo(wanted);
  }
  if (type === 'date' && literal.kind === 'instant') {
    const day = new Date(literal.value).toISOString().slice(0, 10);
    return (value) => (value === day ? 0 : value < day ? -1 : 1);
  }
  if (type === 'datetime' && literal.kind === 'instant') {
    const wanted = new Date(literal.value).getTime();
    return (value) => Math.sign(new Date(value).getTime() - wanted);
  }
  throw incompatible(type, literal);
}

/** Turns the tree into a test; throws OData's 400 for unknown properties and operands of the wrong type. */
export function compileFilter(node: FilterNode, definition: EntityDefinition): RowTest {
  if (node.kind === 'not') {
    const operand = compileFilter(node.operand, definition);
    return (row) => !operand(row);
  }
  if (node.kind !== 'comparison') {
    const left = compileFilter(node.left, definition);
    const right = compileFilter(node.right, definition);
    return node.kind === 'and' ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
  }
  const type = definition.fields[node.field];
  if (type === undefined) throw unknownProperty(definition.entityType, node.field);
  const { field, operator, literal } = node;
  if (literal.kind === 'null') return (row) => (row[field] === null) === (operator === 'eq');
  const order = orderAgainst(type, literal, operator);
  return (row) => {
    const value = row[field];
    return value === null || value === undefined ? operator === 'ne' : holds[operator](order(value));
  };
}

/** A superset of the matching rows taken from an index, or undefined where only a scan will do. */
export function indexedCandidates(node: FilterNode, table: Table): ReadonlySet<Row> | undefined {
  if (node.kind === 'comparison') {
    if (node.operator !== 'eq' || (node.literal.kind !== 'string' && node.literal.kind !== 'number')) return undefined;
    return node.literal.value.includes('*') ? undefined : table.candidates(node.field, node.literal.value);
  }
  if (node.kind === 'not') return undefined;
  const left = indexedCandidates(node.left, table);
  const right = indexedCandidates(node.right, table);
  if (node.kind === 'or') return left !== undefined && right !== undefined ? new Set([...left, ...right]) : undefined;
  if (left === undefined || right === undefined) return left ?? right;
  return left.size <= right.size ? left : right;
}

/** Whether the filter speaks of the field at all. */
export function mentions(node: FilterNode, field: string): boolean {
  if (node.kind === 'comparison') return node.field === field;
  return node.kind === 'not'
    ? mentions(node.operand, field)
    : mentions(node.left, field) || mentions(node.right, field);
}
