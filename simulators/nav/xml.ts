/** One element: local name and namespace are resolved, prefixes are gone. */
export interface XmlElement {
  name: string;
  namespace: string;
  children: XmlElement[];
  /** Text directly within, entities resolved. */
  text: string;
}

/** A document that is no well-formed XML, or uses what SOAP forbids (document types, processing instructions). */
export class XmlError extends Error {}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const name = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
const openTag = new RegExp(String.raw`<(${name})((?:\s+${name}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>`, 'y');
const closeTag = new RegExp(String.raw`</(${name})\s*>`, 'y');
const attribute = new RegExp(String.raw`(${name})\s*=\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const skipped = /<!--(?:(?!--)[\s\S])*-->/y;
const cdata = /<!\[CDATA\[([\s\S]*?)\]\]>/y;
const characters = /[^<]+/y;

interface Open extends XmlElement {
  tag: string;
  scope: Record<string, string>;
}

/** Reads one XML document strictly. Throws XmlError. */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '').replace(/^<\?xml\s[^?]*\?>/, '');
  const reader = new XmlReader(text);
  return reader.document();
}

class XmlReader {
  readonly #source: string;
  #position = 0;
  #open: Open[] = [];
  #root: XmlElement | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  document(): XmlElement {
    while (this.#position < this.#source.length) this.#step();
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw new XmlError(`the element ${unclosed.tag} is not closed`);
    if (this.#root === undefined) throw new XmlError('there is no root element');
    return this.#root;
  }

  #step(): void {
    const text = this.#match(characters)?.[0];
    const literal = text === undefined ? this.#match(cdata)?.[1] : undefined;
    if (text !== undefined) this.#add(unescaped(text), text.trim() === '');
    else if (literal !== undefined) this.#add(literal, false);
    else if (this.#match(skipped) === undefined) this.#tag();
  }

  #tag(): void {
    const opening = this.#match(openTag);
    const closing = opening === undefined ? this.#match(closeTag) : undefined;
    if (opening !== undefined) this.#begin(opening[1] ?? '', opening[2] ?? '', opening[3] === '/');
    else if (closing !== undefined) this.#end(closing[1] ?? '');
    else throw new XmlError(`position ${this.#position} cannot be read`);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#source);
    if (match !== null) this.#position += match[0].length;
    return match ?? undefined;
  }

  #add(text: string, isBlank: boolean): void {
    const current = this.#open.at(-1);
    if (current !== undefined) current.text += text;
    else if (!isBlank) throw new XmlError('there is text outside of the root element');
  }

  #begin(tag: string, attributes: string, isEmpty: boolean): void {
    const parent = this.#open.at(-1);
    const scope = { ...parent?.scope };
    for (const [, attributeName = '', double, single] of attributes.matchAll(attribute)) {
      const [prefix, local] = attributeName === 'xmlns' ? ['xmlns', ''] : attributeName.split(':');
      if (prefix === 'xmlns') scope[local ?? ''] = unescaped(double ?? single ?? '');
    }
    const [local = '', prefix = ''] = tag.split(':').reverse();
    const namespace = scope[prefix];
    if (prefix !== '' && namespace === undefined) throw new XmlError(`the prefix ${prefix} is not declared`);
    const element: Open = { name: local, namespace: namespace ?? '', children: [], text: '', tag, scope };
    if (parent !== undefined) parent.children.push(element);
    else if (this.#root === undefined) this.#root = element;
    else throw new XmlError('there is more than one root element');
    if (!isEmpty) this.#open.push(element);
  }

  #end(tag: string): void {
    const closed = this.#open.pop();
    if (closed?.tag !== tag) throw new XmlError(`the end of ${tag} has no beginning`);
  }
}

function unescaped(text: string): string {
  return text.replace(/&([^;&\s]*);?/g, (whole, entity: string) => {
    const code = /^#(?:x([0-9A-Fa-f]+)|(\d+))$/.exec(entity);
    const known =
      code === null
        ? entities[entity]
        : String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? '', code[1] === undefined ? 10 : 16));
    if (known === undefined || !whole.endsWith(';')) throw new XmlError(`the reference ${whole} is unknown`);
    return known;
  });
}

/** Text as the content of an element; quotes stay, so it is not for attributes that may hold any. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;' })[one] ?? '&gt;');
}

/** An element with its content, which is XML already. */
export function xmlElement(tag: string, content: string, attributes = ''): string {
  const opening = attributes === '' ? tag : `${tag} ${attributes}`;
  return content === '' ? `<${opening}/>` : `<${opening}>${content}</${tag}>`;
}
