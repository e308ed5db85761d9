import type { Company } from './company.js';
import { badFilter } from './errors.js';
import { readField, type Field } from './fields.js';
import { compareBy, filterText } from './odata-values.js';
import { meantMember, type OptionFormat } from './options.js';
import { codeOf, isDate, type Row, type Scalar } from './values.js';

/** A piece of a criterion: an operator, or text. Quoted text has no wildcards. */
type Token = { operator: string } | { value: string; quoted: boolean };

type Test = (value: Scalar) => boolean;

/**
 * Compiles a criterion of the NAV filter language for one field: `|` and `&`, ranges with `..`, `<`, `>`, `<=`, `>=`, `<>`,
 * `*` and `?`, `@` for any letter case, brackets, and single quotes around text that holds any of them (section 19). An empty
 * criterion filters nothing. Throws NavError.
 */
export function compileCriteria(
  name: string,
  field: Field,
  criteria: string,
  format: OptionFormat,
): (row: Row, company: Company) => boolean {
  if (criteria.trim() === '') return () => true;
  const reader = new CriteriaReader(name, field, criteria, format);
  const test = reader.whole();
  return (row, company) => test(readField(field, name, row, company));
}

function tokensOf(name: string, criteria: string): Token[] {
  const pattern = /\s*(?:'((?:[^']|'')*)'|(\.\.|<>|<=|>=|[|&<>=()])|((?:(?!\.\.)[^|&<>=()'])+))/gy;
  const tokens: Token[] = [];
  let end = 0;
  for (const match of criteria.matchAll(pattern)) {
    end = match.index + match[0].length;
    const [, quoted, operator, bare = ''] = match;
    if (quoted !== undefined) tokens.push({ value: quoted.replaceAll("''", "'"), quoted: true });
    else tokens.push(operator === undefined ? { value: bare.trim(), quoted: false } : { operator });
  }
  if (criteria.slice(end).trim() !== '') throw badFilter(name, criteria, 'The expression cannot be read.');
  return tokens.filter((token) => 'operator' in token || token.quoted || token.value !== '');
}

class CriteriaReader {
  readonly #name: string;
  readonly #field: Field;
  readonly #source: string;
  readonly #format: OptionFormat;
  readonly #tokens: Token[];

  constructor(name: string, field: Field, source: string, format: OptionFormat) {
    this.#name = name;
    this.#field = field;
    this.#source = source;
    this.#format = format;
    this.#tokens = tokensOf(name, source);
  }

  whole(): Test {
    const test = this.#either();
    if (this.#tokens.length > 0) throw this.#unreadable();
    return test;
  }

  #either(): Test {
    const tests = [this.#both()];
    while (this.#takes('|')) tests.push(this.#both());
    return (value) => tests.some((test) => test(value));
  }

  #both(): Test {
    const tests = [this.#one()];
    while (this.#takes('&')) tests.push(this.#one());
    return (value) => tests.every((test) => test(value));
  }

  #one(): Test {
    if (this.#takes('(')) {
      const inner = this.#either();
      if (!this.#takes(')')) throw this.#unreadable();
      return inner;
    }
    if (this.#takes('..')) return this.#compared(this.#operand(), (order) => order <= 0);
    for (const [operator, holds] of comparisons) {
      if (this.#takes(operator)) return this.#compared(this.#operand(), holds);
    }
    if (this.#takes('<>')) {
      const equal = this.#equal(this.#operand());
      return (value) => !equal(value);
    }
    this.#takes('=');
    const first = this.#operand();
    if (!this.#takes('..')) return this.#equal(first);
    const from = this.#compared(first, (order) => order >= 0);
    const next = this.#tokens[0];
    if (next === undefined || 'operator' in next) return from;
    const to = this.#compared(this.#operand(), (order) => order <= 0);
    return (value) => from(value) && to(value);
  }

  #compared({ value: text }: { value: string }, holds: (order: number) => boolean): Test {
    const limit = this.#typed(text);
    return (value) => holds(compareBy(this.#field, value, limit));
  }

  #equal({ value: text, quoted }: { value: string; quoted: boolean }): Test {
    const isText = this.#field.kind === 'code' || this.#field.kind === 'text';
    if (!isText || quoted || !/[*?@]/.test(text)) return this.#compared({ value: text }, (order) => order === 0);
    const anyCase = text.startsWith('@');
    const bare = this.#field.kind === 'code' ? codeOf(text) : text;
    const pattern = bare
      .replace(/^@/, '')
      .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '[^]*')
      .replaceAll('?', '[^]');
    const expression = new RegExp(`^${pattern}$`, anyCase ? 'i' : '');
    return (value) => expression.test(String(value));
  }

  /** Dates may stand as the service writes them or by American habit. */
  #typed(text: string): Scalar {
    const wrong = (): Error => badFilter(this.#name, text, 'The value does not fit the type of the field.');
    switch (this.#field.kind) {
      case 'code':
      case 'text':
        return filterText(this.#name, this.#field, text);
      case 'option': {
        const members = this.#field.members ?? [];
        const byOrdinal = /^\d+$/.test(text) ? members[Number(text)] : undefined;
        const meant = meantMember(members, text.trim() === '' ? ' ' : text, { ...this.#format, ordinals: false });
        if (byOrdinal === undefined && meant === undefined) throw wrong();
        return byOrdinal ?? meant ?? '';
      }
      case 'date': {
        const [, month = '', day = '', year = ''] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text) ?? [];
        const iso = year === '' ? text : `${year}-${month}-${day}`;
        if (!isDate(iso)) throw wrong();
        return iso;
      }
      case 'flag':
        if (!/^(yes|no|true|false|1|0)$/i.test(text)) throw wrong();
        return /^(yes|true|1)$/i.test(text);
      default:
        if (!/^-?\d+(\.\d+)?$/.test(text)) throw wrong();
        return text;
    }
  }

  #operand(): { value: string; quoted: boolean } {
    const token = this.#tokens.shift();
    if (token === undefined || 'operator' in token) throw this.#unreadable();
    return token;
  }

  #takes(operator: string): boolean {
    const [token] = this.#tokens;
    if (token === undefined || !('operator' in token) || token.operator !== operator) return false;
    this.#tokens.shift();
    return true;
  }

  #unreadable(): Error {
    return badFilter(this.#name, this.#source, 'The expression cannot be read.');
  }
}

const comparisons: [string, (order: number) => boolean][] = [
  ['<=', (order) => order <= 0],
  ['>=', (order) => order >= 0],
  ['<', (order) => order < 0],
  ['>', (order) => order > 0],
];
