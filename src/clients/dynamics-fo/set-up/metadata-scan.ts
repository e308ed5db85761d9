/** What a description of an environment says of one entity. */
export interface EntityFields {
  fields: ReadonlySet<string>;
  /** Fields that a create may not set. */
  notOnCreate: ReadonlySet<string>;
}

const ATTRIBUTES = String.raw`((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)`;
const COMMENT = String.raw`<!--[\s\S]*?-->`;
const annotationNamespace = 'Microsoft.Dynamics.OData.Core.V1.';

/**
 * Reads the wanted entity sets out of a `$metadata` document. The document of a real environment has tens of megabytes with
 * thousands of entities (F&O spec 1), so it is walked tag by tag, and only the wanted ones are looked into; no tree of it is
 * built. Sets that are not in it are not in the result; undefined for a text that describes no sets at all.
 */
export function scanMetadata(xml: string, sets: readonly string[]): Map<string, EntityFields> | undefined {
  const setsOfType = new Map<string, string[]>();
  let count = 0;
  for (const { set, type } of entitySets(xml)) {
    count += 1;
    if (sets.includes(set)) setsOfType.set(type, [...(setsOfType.get(type) ?? []), set]);
  }
  if (count === 0) return undefined;
  const found = new Map<string, EntityFields>();
  for (const { name, body } of entityTypes(xml, setsOfType)) {
    const fields = fieldsOf(body);
    for (const set of setsOfType.get(name) ?? []) found.set(set, fields);
  }
  return found;
}

function* entitySets(xml: string): Generator<{ set: string; type: string }> {
  for (const [, attributes] of xml.matchAll(new RegExp(`${COMMENT}|<EntitySet\\b${ATTRIBUTES}`, 'g'))) {
    if (attributes === undefined) continue;
    const type = attribute(attributes, 'EntityType') ?? '';
    yield { set: attribute(attributes, 'Name') ?? '', type: type.slice(type.lastIndexOf('.') + 1) };
  }
}

/** The wanted entity types with what stands between their tags; the others are jumped over. */
function* entityTypes(xml: string, wanted: ReadonlyMap<string, unknown>): Generator<{ name: string; body: string }> {
  const start = new RegExp(`${COMMENT}|<EntityType\\b${ATTRIBUTES}\\s*(/?)>`, 'g');
  for (let tag = start.exec(xml); tag !== null; tag = start.exec(xml)) {
    const [, attributes, isEmpty] = tag;
    if (attributes === undefined || isEmpty === '/') continue;
    const end = xml.indexOf('</EntityType>', start.lastIndex);
    if (end < 0) return;
    const name = attribute(attributes, 'Name') ?? '';
    if (wanted.has(name)) yield { name, body: xml.slice(start.lastIndex, end) };
    start.lastIndex = end;
  }
}

function fieldsOf(body: string): EntityFields {
  const fields = new Set<string>();
  const notOnCreate = new Set<string>();
  let current: string | undefined;
  const tags = new RegExp(`${COMMENT}|</Property>|<(Property|Annotation)\\b${ATTRIBUTES}\\s*(/?)>`, 'g');
  for (const [whole, tag, attributes = '', isEmpty] of body.matchAll(tags)) {
    if (tag === 'Property') {
      const name = attribute(attributes, 'Name') ?? '';
      fields.add(name);
      current = isEmpty === '/' ? undefined : name;
    } else if (tag === 'Annotation') {
      if (current !== undefined && forbidsCreate(attributes)) notOnCreate.add(current);
    } else if (whole === '</Property>') {
      current = undefined;
    }
  }
  return { fields, notOnCreate };
}

function forbidsCreate(attributes: string): boolean {
  const term = attribute(attributes, 'Term');
  const value = attribute(attributes, 'Bool');
  return (
    (term === `${annotationNamespace}AllowEditOnCreate` && value === 'false') ||
    (term === `${annotationNamespace}IsReadOnly` && value === 'true')
  );
}

/** Names of sets, types and fields hold no characters that XML would escape. */
function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return found?.[1] ?? found?.[2];
}
