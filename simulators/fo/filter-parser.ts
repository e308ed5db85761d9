import { queryInvalid } from './odata-errors.js';

/** A literal of a filter or a key, with its kind as written. */
export type Literal =
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: string }
  | { kind: 'instant'; value: string }
  | { kind: 'enumeration'; type: string; value: string }
  | { kind: 'null' };

/** Comparison operators of section 2. */
export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** Syntax tree of a filter. */
export type FilterNode =
  | { kind: 'and' | 'or'; left: FilterNode; right: FilterNode }
  | { kind: 'not'; operand: FilterNode }
  | { kind: 'comparison'; field: string; operator: ComparisonOperator; literal: Literal };

type Token =
  | { kind: 'open' | 'close' | 'comma' | 'assign' }
  | { kind: 'word'; value: string }
  | { kind: 'literal'; literal: Literal };

const blank = /^\s+/;
const quoted = /^'((?:[^']|'')*)'/;
const enumeration = /^((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)'((?:[^']|'')*)'/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})/;
const number = /^-?\d+(?:\.\d+)?(?![\w-])/;
const word = /^[A-Za-z_]\w*/;

function nextToken(rest: string): { token: Token; length: number } | undefined {
  const single = { '(': 'open', ')': 'close', ',': 'comma', '=': 'assign' } as const;
  const first = rest[0] ?? '';
  if (first in single) return { token: { kind: single[first as keyof typeof single] }, length: 1 };
  const enumerationMatch = enumeration.exec(rest);
  if (enumerationMatch !== null) {
    const [whole, type = '', value = ''] = enumerationMatch;
    return {
      token: { kind: 'literal', literal: { kind: 'enumeration', type, value: unquote(value) } },
      length: whole.length,
    };
  }
  const quotedMatch = quoted.exec(rest);
  if (quotedMatch !== null) {
    const [whole, value = ''] = quotedMatch;
    return { token: { kind: 'literal', literal: { kind: 'string', value: unquote(value) } }, length: whole.length };
  }
  const instantMatch = instant.exec(rest)?.[0];
  if (instantMatch !== undefined && !Number.isNaN(Date.parse(instantMatch))) {
    return {
      token: { kind: 'literal', literal: { kind: 'instant', value: instantMatch } },
      length: instantMatch.length,
    };
  }
  const numberMatch = number.exec(rest)?.[0];
  if (numberMatch !== undefined) {
    return { token: { kind: 'literal', literal: { kind: 'number', value: numberMatch } }, length: numberMatch.length };
  }
  const wordMatch = word.exec(rest)?.[0];
  if (wordMatch === 'null') return { token: { kind: 'literal', literal: { kind: 'null' } }, length: 4 };
  return wordMatch === undefined ? undefined : { token: { kind: 'word', value: wordMatch }, length: wordMatch.length };
}

const unquote = (value: string): string => value.replaceAll("''", "'");

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const gap = blank.exec(source.slice(at))?.[0].length ?? 0;
    at += gap;
    if (at >= source.length) break;
    const next = nextToken(source.slice(at));
    if (next === undefined) throw queryInvalid(`Syntax error at position ${String(at)} in '${source}'.`);
    tokens.push(next.token);
    at += next.length;
  }
  return tokens;
}

const comparisons: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] satisfies ComparisonOperator[];

/** Reads tokens one after the other; every surprise is OData's 400. */
class TokenReader {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly source: string,
  ) {}

  peek(): Token | undefined {
    return this.tokens[this.at];
  }

  isWord(value: string): boolean {
    const token = this.peek();
    return token?.kind === 'word' && token.value === value;
  }

  take(): Token {
    const token = this.tokens[this.at];
    if (token === undefined) throw this.refuse();
    this.at += 1;
    return token;
  }

  takeKind(kind: Token['kind']): Token {
    const token = this.take();
    if (token.kind !== kind) throw this.refuse();
    return token;
  }

  end(): void {
    if (this.at < this.tokens.length) throw this.refuse();
  }

  refuse(): Error {
    return queryInvalid(`Syntax error in '${this.source}' at token ${String(this.at)}.`);
  }
}

function parseOr(reader: TokenReader): FilterNode {
  let left = parseAnd(reader);
  while (reader.isWord('or')) {
    reader.take();
    left = { kind: 'or', left, right: parseAnd(reader) };
  }
  return left;
}

function parseAnd(reader: TokenReader): FilterNode {
  let left = parseUnary(reader);
  while (reader.isWord('and')) {
    reader.take();
    left = { kind: 'and', left, right: parseUnary(reader) };
  }
  return left;
}

function parseUnary(reader: TokenReader): FilterNode {
  if (reader.isWord('not')) {
    reader.take();
    return { kind: 'not', operand: parseUnary(reader) };
  }
  if (reader.peek()?.kind === 'open') {
    reader.take();
    const inner = parseOr(reader);
    reader.takeKind('close');
    return inner;
  }
  return parseComparison(reader);
}

function parseComparison(reader: TokenReader): FilterNode {
  const field = reader.take();
  if (field.kind !== 'word') throw reader.refuse();
  if (reader.peek()?.kind === 'open')
    throw queryInvalid(`The function '${field.value}' is not supported by this entity.`);
  const operator = reader.take();
  if (operator.kind !== 'word') throw reader.refuse();
  if (!comparisons.includes(operator.value)) throw queryInvalid(`The operator '${operator.value}' is not supported.`);
  const operand = reader.take();
  if (operand.kind !== 'literal') throw reader.refuse();
  const kind = 'comparison';
  return { kind, field: field.value, operator: operator.value as ComparisonOperator, literal: operand.literal };
}

/** Parses a `$filter`; throws OData's 400 for anything F&O does not do (`in`, `has`, functions). */
export function parseFilter(source: string): FilterNode {
  const reader = new TokenReader(tokenize(source), source);
  const node = parseOr(reader);
  reader.end();
  return node;
}

/** Parses the inside of a key predicate, `name=literal` pairs; undefined if it is malformed. */
export function parseKeyPairs(source: string): Map<string, Literal> | undefined {
  try {
    const reader = new TokenReader(tokenize(source), source);
    const pairs = new Map<string, Literal>();
    for (;;) {
      const name = reader.takeKind('word');
      reader.takeKind('assign');
      const value = reader.takeKind('literal');
      if (name.kind !== 'word' || value.kind !== 'literal') return undefined;
      pairs.set(name.value, value.literal);
      if (reader.peek() === undefined) return pairs;
      reader.takeKind('comma');
    }
  } catch {
    return undefined;
  }
}
