import type { EntityDefinition } from './entity-definition.js';
import { dataEntitiesNamespace, enumerations, ordinalOf, type EnumerationName } from './enumerations.js';
import { enumerationOf, type FieldType } from './values.js';

const annotationNamespace = 'Microsoft.Dynamics.OData.Core.V1';

function edmType(type: FieldType): string {
  const enumeration = enumerationOf(type);
  if (enumeration !== undefined) return `${dataEntitiesNamespace}.${enumeration}`;
  switch (type) {
    case 'decimal':
      return 'Edm.Decimal';
    case 'int64':
      return 'Edm.Int64';
    case 'int32':
      return 'Edm.Int32';
    case 'binary':
      return 'Edm.Binary';
    case 'date':
    case 'datetime':
      return 'Edm.DateTimeOffset';
    default:
      return 'Edm.String';
  }
}

/** Both date kinds look alike in EDM; only AXType tells a date-only field (section 2). */
function axTypeOf(type: FieldType): string | undefined {
  if (enumerationOf(type) !== undefined) return 'Enum';
  const axTypes: Partial<Record<FieldType, string>> = {
    string: 'String',
    decimal: 'Real',
    int64: 'Int64',
    date: 'Date',
    datetime: 'UtcDateTime',
  };
  return axTypes[type];
}

function flag(term: string, value: boolean): string {
  return `<Annotation Term="${annotationNamespace}.${term}" Bool="${String(value)}"/>`;
}

function annotationsOf(definition: EntityDefinition, name: string, type: FieldType): string {
  const isReadOnly = definition.readOnly.includes(name);
  const axType = axTypeOf(type);
  const member = `<EnumMember>${annotationNamespace}.AXType/${axType ?? ''}</EnumMember>`;
  return [
    definition.required.includes(name) ? flag('IsRequired', true) : '',
    isReadOnly || definition.createOnly.includes(name) ? flag('AllowEdit', false) : '',
    isReadOnly ? flag('AllowEditOnCreate', false) : '',
    axType === undefined ? '' : `<Annotation Term="${annotationNamespace}.AXType">${member}</Annotation>`,
  ].join('');
}

function propertyXml(definition: EntityDefinition, name: string, type: FieldType): string {
  const mayBeNull = type === 'string' || type === 'binary' || enumerationOf(type) !== undefined;
  const nullable = definition.keys.includes(name) || !mayBeNull ? ' Nullable="false"' : '';
  const start = `<Property Name="${name}" Type="${edmType(type)}"${nullable}`;
  const annotations = annotationsOf(definition, name, type);
  return annotations === '' ? `${start}/>` : `${start}>${annotations}</Property>`;
}

function entityXml(definition: EntityDefinition): string {
  const keys = definition.keys.map((key) => `<PropertyRef Name="${key}"/>`).join('');
  const properties = Object.entries(definition.fields).map(([name, type]) => propertyXml(definition, name, type));
  return `<EntityType Name="${definition.entityType}"><Key>${keys}</Key>${properties.join('')}</EntityType>`;
}

function enumerationXml([name, members]: [string, readonly string[]]): string {
  const memberXml = members.map((member) => {
    const ordinal = ordinalOf(name as EnumerationName, member);
    return `<Member Name="${member}" Value="${String(ordinal)}"/>`;
  });
  return `<EnumType Name="${name}">${memberXml.join('')}</EnumType>`;
}

/** `$metadata` of the simulated sets: EDMX without maximum lengths, as the real one (trap 23). */
export function metadataDocument(entities: readonly EntityDefinition[]): string {
  const sets = entities.map(
    ({ set, entityType }) => `<EntitySet Name="${set}" EntityType="${dataEntitiesNamespace}.${entityType}"/>`,
  );
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
    `<Schema Namespace="${dataEntitiesNamespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">`,
    ...Object.entries(enumerations).map(enumerationXml),
    ...entities.map(entityXml),
    `<EntityContainer Name="Resources">${sets.join('')}</EntityContainer>`,
    '</Schema></edmx:DataServices></edmx:Edmx>',
  ].join('\n');
}
