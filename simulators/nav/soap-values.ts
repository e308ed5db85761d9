import { Decimal } from 'decimal.js';
import { brokerError, notEvaluated } from './errors.js';
import { readField, type Field } from './fields.js';
import type { ListPlace } from './odata-list.js';
import { fitting } from './odata-values.js';
import { soapMember } from './options.js';
import { codeOf, integer, isDate, type Row, type Scalar } from './values.js';
import { escapeXml, xmlElement, type XmlElement } from './xml.js';

/** Checked value of an element. Throws NavError for one that the field does not take. */
export function fromSoap(name: string, field: Field, text: string): Scalar {
  const wrong = (): Error => notEvaluated(`'${text}' is not a value of the type of ${name}.`);
  switch (field.kind) {
    case 'code':
    case 'text':
      return fitting(field, field.kind === 'code' ? codeOf(text) : text);
    case 'option': {
      const member = field.members?.find((one) => soapMember(one) === text);
      if (member === undefined) throw wrong();
      return member;
    }
    case 'date':
      if (!isDate(text)) throw wrong();
      return text;
    case 'flag':
      if (!['true', 'false', '1', '0'].includes(text)) throw wrong();
      return text === 'true' || text === '1';
    case 'decimal':
      if (!/^-?\d+(\.\d+)?$/.test(text)) throw wrong();
      return new Decimal(text).toFixed();
    default:
      if (!/^-?\d{1,10}$/.test(text)) throw wrong();
      return Number(text);
  }
}

/** A record as the element of its service, with the key that stands for this version of it. */
export function recordXml({ page, company }: ListPlace, row: Row): string {
  const fields = page.fields.map((name) => {
    const field = page.table.fields[name] ?? { kind: 'text' };
    return fieldXml(name, field, readField(field, name, row, company));
  });
  return xmlElement(page.service, `${xmlElement('Key', keyOf(page.table.keys, row))}${fields.join('')}`);
}

/** Texts that are empty are left out, as the server leaves them out. */
function fieldXml(name: string, field: Field, value: Scalar): string {
  if (field.kind === 'option') return xmlElement(name, soapMember(String(value)));
  return value === '' ? '' : xmlElement(name, escapeXml(String(value)));
}

/** The opaque key of a record, which changes with every update. */
export function keyOf(keys: readonly string[], row: Row): string {
  const values = Buffer.from(JSON.stringify(keys.map((key) => row[key] ?? ''))).toString('base64');
  return `${values.length};${values}8;${integer(row, '$version')};`;
}

/** Key values and version of an opaque key. Throws NavError for anything else. */
export function readKey(key: string): { values: Scalar[]; version: number } {
  const [, encoded = '', version = ''] = /^\d+;(.*)8;(\d+);$/.exec(key.trim()) ?? [];
  try {
    const values: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    if (Array.isArray(values)) return { values: values as Scalar[], version: Number(version) };
  } catch {
    // Falls through to the refusal.
  }
  throw brokerError(`The key '${key}' is not valid.`);
}

/** Values of a record's element in the order in which they stand there; the key is none of them. */
export function fieldsOf(element: XmlElement): { name: string; text: string }[] {
  return element.children.filter(({ name }) => name !== 'Key').map(({ name, text }) => ({ name, text }));
}
