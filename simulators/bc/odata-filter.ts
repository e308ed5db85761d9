import { badRequest } from './errors.js';
import type { EntitySet, Field, Scalar, View } from './odata-fields.js';
import { compareValues, filterLiteral } from './odata-values.js';
import type { Stored } from './records.js';

type Predicate = (row: Stored, view: View) => boolean;

/** A part of a filter with the fields that it names. */
interface Node {
  holds: Predicate;
  fields: Set<string>;
}

/** A compiled `$filter`. */
export type Filter = Node;

const TOKEN = /\s*('(?:[^']|'')*'|[(),]|[^\s(),']+)/y;
const COMPARISONS: Record<string, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};
const TEXT_TESTS: Record<string, (text: string, part: string) => boolean> = {
  startswith: (text, part) => text.startsWith(part),
  contains: (text, part) => text.includes(part),
};

/**
 * Compiles a `$filter` with the service's limits: `or` only between conditions on one and the same field, and lambda
 * expressions silently taken as true (dynamics-nav.md section 4).
 */
export function compileFilter(set: EntitySet, source: string): Filter {
  const reader = new FilterReader(set, tokensOf(source));
  const filter = reader.either();
  reader.end();
  return filter;
}

function tokensOf(source: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (source.slice(TOKEN.lastIndex).trim() !== '') {
    const position = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match?.[1] === undefined) throw badRequest(`Syntax error at position ${position} in '${source}'.`);
    tokens.push(match[1]);
  }
  return tokens;
}

class FilterReader {
  readonly #set: EntitySet;
  readonly #tokens: string[];

  constructor(set: EntitySet, tokens: string[]) {
    this.#set = set;
    this.#tokens = tokens;
  }

  end(): void {
    if (this.#tokens.length > 0) throw badRequest(`Syntax error in filter near '${this.#tokens.join(' ')}'.`);
  }

  either(): Node {
    let node = this.#both();
    while (this.#tokens[0]?.toLowerCase() === 'or') {
      this.#take();
      const [left, right] = [node, this.#both()];
      const fields = new Set([...left.fields, ...right.fields]);
      if (fields.size > 1) throw badRequest("Filtering with 'or' on distinct fields is not supported.");
      node = { fields, holds: (row, view) => left.holds(row, view) || right.holds(row, view) };
    }
    return node;
  }

  #both(): Node {
    let node = this.#condition();
    while (this.#tokens[0]?.toLowerCase() === 'and') {
      this.#take();
      const [left, right] = [node, this.#condition()];
      node = {
        fields: new Set([...left.fields, ...right.fields]),
        holds: (row, view) => left.holds(row, view) && right.holds(row, view),
      };
    }
    return node;
  }

  #condition(): Node {
    const token = this.#take();
    if (token === '(') {
      const inner = this.either();
      this.#expect(')');
      return inner;
    }
    if (/\/(any|all)$/i.test(token)) return this.#lambda();
    const test = TEXT_TESTS[token.toLowerCase()];
    return test !== undefined && this.#tokens[0] === '(' ? this.#textTest(test) : this.#comparison(token);
  }

  #lambda(): Node {
    let depth = 0;
    do {
      const token = this.#take();
      if (token === '(') depth += 1;
      if (token === ')') depth -= 1;
    } while (depth > 0);
    return { fields: new Set(), holds: () => true };
  }

  #textTest(test: (text: string, part: string) => boolean): Node {
    this.#expect('(');
    const name = this.#take();
    const field = this.#field(name);
    this.#expect(',');
    const part = String(filterLiteral(name, field, this.#take()));
    this.#expect(')');
    return { fields: new Set([name]), holds: (row, view) => test(String(field.read(row, view)), part) };
  }

  #comparison(name: string): Node {
    const field = this.#field(name);
    const operator = this.#take();
    const compare = COMPARISONS[operator];
    if (compare === undefined) throw badRequest(`Unknown operator '${operator}' in filter.`);
    const literal = filterLiteral(name, field, this.#take());
    if (operator === 'eq' && isWildcard(field, literal)) {
      const pattern = wildcardPattern(String(literal));
      return { fields: new Set([name]), holds: (row, view) => pattern.test(String(field.read(row, view))) };
    }
    const fits: Predicate = (row, view) => compare(compareValues(field, field.read(row, view), literal));
    return { fields: new Set([name]), holds: fits };
  }

  #field(name: string): Field<Stored> {
    const field = Object.hasOwn(this.#set.fields, name) ? this.#set.fields[name] : undefined;
    if (field === undefined) {
      throw badRequest(`Could not find a property named '${name}' on type 'Microsoft.NAV.${this.#set.type}'.`);
    }
    return field;
  }

  #take(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw badRequest('Syntax error: the filter ends too early.');
    return token;
  }

  #expect(token: string): void {
    const found = this.#take();
    if (found !== token) throw badRequest(`Syntax error in filter: '${token}' expected, '${found}' found.`);
  }
}

/** A text with asterisks is a filter of the application, not a text. */
function isWildcard({ kind }: Field<Stored>, literal: Scalar): boolean {
  return (kind === 'code' || kind === 'text') && String(literal).includes('*');
}

function wildcardPattern(literal: string): RegExp {
  const parts = literal.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
