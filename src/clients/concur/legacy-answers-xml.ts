const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Answers of this kind have a few lines; what is longer is a page for people, read as far as that. */
const LONGEST = 100_000;

/**
 * The texts of all elements of a name, whatever their prefix and case, in order. Enough for the flat XML answers of the
 * older services and no parser: elements inside the found ones are dropped, comments are not seen, and nothing is ever
 * resolved from outside. A text with an entity that XML does not define by itself is left out.
 */
export function elementTexts(markup: string, name: string): string[] {
  const pattern = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^<>]*)?>([\\s\\S]*?)</(?:[\\w.-]+:)?${name}\\s*>`, 'gi');
  const visible = markup.slice(0, LONGEST).replace(/<!--[\s\S]*?-->/g, '');
  return [...visible.matchAll(pattern)].flatMap(([, inner = '']) => {
    const text = plainText(inner);
    return text === undefined ? [] : [text.trim()];
  });
}

/** Character data as meant: CDATA literally, everything else without tags and with its entities. */
function plainText(inner: string): string | undefined {
  const parts = inner.split(/(<!\[CDATA\[[\s\S]*?\]\]>)/);
  const texts = parts.map((part) =>
    part.startsWith('<![CDATA[') ? part.slice(9, -3) : decoded(part.replace(/<[^>]*>/g, '')),
  );
  return texts.includes(undefined) ? undefined : texts.join('');
}

function decoded(text: string): string | undefined {
  // Every second part is the name of an entity.
  const parts = text
    .split(/&(#x[0-9a-f]+|#\d+|\w+);/i)
    .map((part, index) => (index % 2 === 0 ? part : characterOf(part)));
  return parts.includes(undefined) ? undefined : parts.join('');
}

function characterOf(entity: string): string | undefined {
  if (!entity.startsWith('#')) return Object.hasOwn(ENTITIES, entity) ? ENTITIES[entity] : undefined;
  const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
