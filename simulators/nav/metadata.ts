import type { SimResponse } from '../harness/server.js';
import { optionFormat, publishedPages } from './access.js';
import type { World } from './company.js';
import type { Field, FieldKind } from './fields.js';
import { partProperty } from './odata-list.js';
import type { OptionFormat } from './options.js';
import type { Page } from './page-definition.js';

const edmTypes: Record<FieldKind, string> = {
  code: 'Edm.String',
  text: 'Edm.String',
  option: 'Edm.String',
  date: 'Edm.Date',
  decimal: 'Edm.Decimal',
  integer: 'Edm.Int32',
  flag: 'Edm.Boolean',
};

/** `$metadata` of the published pages. */
export function metadataAnswer(world: World): SimResponse {
  const pages = publishedPages(world);
  const format = optionFormat(world);
  const refused = world.faults['property-refused'];
  const types = pages.map((page) => entityType(page, format, refused));
  const sets = pages.map(({ service }) => `<EntitySet Name="${service}" EntityType="NAV.${service}"/>`).join('');
  const company =
    '<EntityType Name="Company"><Key><PropertyRef Name="Name"/></Key><Property Name="Name" Type="Edm.String"/></EntityType>';
  const schema = `<Schema Namespace="NAV" xmlns="http://docs.oasis-open.org/odata/ns/edm">${company}${types.join('')}<EntityContainer Name="NAV"><EntitySet Name="Company" EntityType="NAV.Company"/>${sets}</EntityContainer></Schema>`;
  const body = `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>${schema}</edmx:DataServices></edmx:Edmx>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function entityType(page: Page, format: OptionFormat, refused: string | false | undefined): string {
  const { service, table, fields } = page;
  const keys = table.keys.map((key) => `<PropertyRef Name="${key}"/>`).join('');
  const properties = fields.map((name) => property(name, table.fields[name], format)).join('');
  const part = partProperty(page);
  const navigation =
    part === undefined || refused === `${service}.${part}`
      ? ''
      : `<NavigationProperty Name="${part}" Type="Collection(NAV.${page.part?.service ?? ''})"/>`;
  return `<EntityType Name="${service}"><Key>${keys}</Key>${properties}${navigation}</EntityType>`;
}

function property(name: string, field: Field | undefined, format: OptionFormat): string {
  if (field === undefined) return '';
  const type = field.kind === 'option' && format.ordinals ? 'Edm.Int32' : edmTypes[field.kind];
  const length = field.maxLength === undefined ? '' : ` MaxLength="${field.maxLength}"`;
  return `<Property Name="${name}" Type="${type}"${length}/>`;
}
