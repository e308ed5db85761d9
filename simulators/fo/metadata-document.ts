import { allEntities } from './entity-catalogue.js';
import type { EntityDefinition } from './entity-definition.js';
import { dataEntitiesNamespace, enumerations } from './enumerations.js';
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
    case 'date':
    case 'datetime':
      return 'Edm.DateTimeOffset';
    default:
      return 'Edm.String';
  }
}

/** Both date kinds look alike in EDM; only the annotation tells a date-only field (section 2). */
function propertyXml(name: string, type: FieldType, isKey: boolean): string {
  const nullable = isKey || !(type === 'string' || enumerationOf(type) !== undefined) ? ' Nullable="false"' : '';
  const start = `<Property Name="${name}" Type="${edmType(type)}"${nullable}`;
  if (type !== 'date' && type !== 'datetime') return `${start}/>`;
  const axType = `${annotationNamespace}.AXType/${type === 'date' ? 'Date' : 'UtcDateTime'}`;
  const annotation = `<Annotation Term="${annotationNamespace}.AXType"><EnumMember>${axType}</EnumMember></Annotation>`;
  return `${start}>${annotation}</Property>`;
}

function entityXml(definition: EntityDefinition): string {
  const keys = definition.keys.map((key) => `<PropertyRef Name="${key}"/>`).join('');
  const properties = Object.entries(definition.fields).map(([name, type]) =>
    propertyXml(name, type, definition.keys.includes(name)),
  );
  return `<EntityType Name="${definition.entityType}"><Key>${keys}</Key>${properties.join('')}</EntityType>`;
}

function enumerationXml([name, members]: [string, readonly string[]]): string {
  const memberXml = members.map((member, value) => `<Member Name="${member}" Value="${String(value)}"/>`);
  return `<EnumType Name="${name}">${memberXml.join('')}</EnumType>`;
}

/** `$metadata` of the simulated sets: EDMX without maximum lengths, as the real one (trap 23). */
export function metadataDocument(): string {
  const sets = allEntities().map(
    ({ set, entityType }) => `<EntitySet Name="${set}" EntityType="${dataEntitiesNamespace}.${entityType}"/>`,
  );
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
    `<Schema Namespace="${dataEntitiesNamespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">`,
    ...Object.entries(enumerations).map(enumerationXml),
    ...allEntities().map(entityXml),
    `<EntityContainer Name="Resources">${sets.join('')}</EntityContainer>`,
    '</Schema></edmx:DataServices></edmx:Edmx>',
  ].join('\n');
}
