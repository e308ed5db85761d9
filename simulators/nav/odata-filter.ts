import type { Company } from './company.js';
import { badRequest } from './errors.js';
import { readField, type Field } from './fields.js';
import { compareBy, fromLiteral } from './odata-values.js';
import type { OptionFormat } from './options.js';
import type { Page } from './page-definition.js';
import type { Row } from './values.js';

/** A part of a filter with the fields that it names. */
interface Condition {
  holds: (row: Row) => boolean;
  fields: ReadonlySet<string>;
}

const comparisons: Record<string, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};
const textTests: Record<string, (value: string, part: string) => boolean> = {
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
  contains: (value, part) => value.includes(part),
};

/** What a filter is compiled for. */
export interface FilterPlace {
  page: Page;
  company: Company;
  format: OptionFormat;
}

/**
 * Compiles a `$filter` with the limits of the server: `or` only between conditions on one and the same field, `any` and `all`
 * silently taken as true, values too long for their field refused (section 4). Throws NavError.
 */
export function compileFilter(place: FilterPlace, source: string): (row: Row) => boolean {
  const reader = new FilterReader(place, tokensOf(source));
  return reader.whole().holds;
}

function tokensOf(source: string): string[] {
  const tokens = [...source.matchAll(/\s*('(?:[^']|'')*'|[(),]|[^\s(),']+)/gy)].map(([, token = '']) => token);
  const read = tokens.join('').replace(/\s/g, '').length;
  if (read !== source.replace(/\s/g, '').length) throw badRequest(`Syntax error in the filter '${source}'.`);
  return tokens;
}

class FilterReader {
  readonly #place: FilterPlace;
  readonly #tokens: string[];

  constructor(place: FilterPlace, tokens: string[]) {
    this.#place = place;
    this.#tokens = tokens;
  }

  whole(): Condition {
    const condition = this.#either();
    if (this.#tokens.length > 0) throw badRequest(`Syntax error in the filter near '${this.#tokens.join(' ')}'.`);
    return condition;
  }

  #either(): Condition {
    return this.#joined('or', () =>
      this.#joined(
        'and',
        () => this.#condition(),
        (left, right) => left && right,
      ),
    );
  }

  #joined(
    operator: 'and' | 'or',
    part: () => Condition,
    join = (left: boolean, right: boolean): boolean => left || right,
  ): Condition {
    let joined = part();
    while (this.#tokens[0]?.toLowerCase() === operator) {
      this.#take();
      const [left, right] = [joined, part()];
      const fields = new Set([...left.fields, ...right.fields]);
      if (operator === 'or' && fields.size > 1) {
        throw badRequest("The 'OR' operator is not supported on distinct fields in an OData filter.");
      }
      joined = { fields, holds: (row) => join(left.holds(row), right.holds(row)) };
    }
    return joined;
  }

  #condition(): Condition {
    const token = this.#take();
    if (token === '(') {
      const inner = this.#either();
      this.#expect(')');
      return inner;
    }
    if (/\/(any|all)$/i.test(token)) return this.#lambda();
    const test = textTests[token.toLowerCase()];
    return test !== undefined && this.#tokens[0] === '(' ? this.#textTest(test) : this.#comparison(token);
  }

  #lambda(): Condition {
    let depth = 0;
    do {
      const token = this.#take();
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    } while (depth > 0);
    return { fields: new Set(), holds: () => true };
  }

  #textTest(test: (value: string, part: string) => boolean): Condition {
    this.#expect('(');
    const name = this.#take();
    const field = this.#field(name);
    this.#expect(',');
    const part = String(fromLiteral(name, field, this.#take(), this.#place.format));
    this.#expect(')');
    const { company } = this.#place;
    return { fields: new Set([name]), holds: (row) => test(String(readField(field, name, row, company)), part) };
  }

  #comparison(name: string): Condition {
    const field = this.#field(name);
    const operator = this.#take();
    const compare = comparisons[operator];
    if (compare === undefined) throw badRequest(`Unknown operator '${operator}' in the filter.`);
    const literal = fromLiteral(name, field, this.#take(), this.#place.format);
    const { company } = this.#place;
    return {
      fields: new Set([name]),
      holds: (row) => compare(compareBy(field, readField(field, name, row, company), literal)),
    };
  }

  #field(name: string): Field {
    return fieldOfPage(this.#place.page, name);
  }

  #take(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw badRequest('Syntax error: the filter ends too early.');
    return token;
  }

  #expect(token: string): void {
    const found = this.#take();
    if (found !== token) throw badRequest(`Syntax error in the filter: '${token}' expected, '${found}' found.`);
  }
}

/** A field that the page shows. Throws NavError for any other. */
export function fieldOfPage({ service, fields, table }: Page, name: string): Field {
  const field = fields.includes(name) ? table.fields[name] : undefined;
  if (field === undefined) throw badRequest(`Could not find a property named '${name}' on type 'NAV.${service}'.`);
  return field;
}
