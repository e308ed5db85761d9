import type { SimResponse } from '../harness/server.js';
import type { FieldKind } from './odata-fields.js';
import { standardSets } from './root-sets.js';

const EDM_TYPES: Record<FieldKind, string> = {
  code: 'Edm.String',
  text: 'Edm.String',
  option: 'Edm.String',
  guid: 'Edm.Guid',
  date: 'Edm.Date',
  instant: 'Edm.DateTimeOffset',
  decimal: 'Edm.Decimal',
  integer: 'Edm.Int32',
  flag: 'Edm.Boolean',
};

/** Sets with the bound action `post`. */
const POSTABLE = ['journals', 'purchaseInvoices'];

/** `$metadata` of the standard API, as far as it is simulated. */
export function metadataAnswer(): SimResponse {
  const sets = Object.values(standardSets).map(({ set }) => set);
  const types = sets.map((set) => {
    const properties = Object.entries(set.fields).map(([name, field]) => {
      const length = field.maxLength === undefined ? '' : ` MaxLength="${field.maxLength}"`;
      return `<Property Name="${name}" Type="${EDM_TYPES[field.kind]}"${length}/>`;
    });
    const parts = Object.entries(set.parts).map(
      ([name, part]) => `<NavigationProperty Name="${name}" Type="Collection(Microsoft.NAV.${part.set.type})"/>`,
    );
    const key = '<Key><PropertyRef Name="id"/></Key>';
    return `<EntityType Name="${set.type}">${key}${properties.join('')}${parts.join('')}</EntityType>`;
  });
  const actions = sets
    .filter((set) => POSTABLE.includes(set.name))
    .map(
      (set) =>
        `<Action Name="post" IsBound="true"><Parameter Name="bindingParameter" Type="Microsoft.NAV.${set.type}"/></Action>`,
    );
  const container = sets.map((set) => `<EntitySet Name="${set.name}" EntityType="Microsoft.NAV.${set.type}"/>`);
  const schema = `<Schema Namespace="Microsoft.NAV" xmlns="http://docs.oasis-open.org/odata/ns/edm">${types.join('')}${actions.join('')}<EntityContainer Name="NAV">${container.join('')}</EntityContainer></Schema>`;
  const body = `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>${schema}</edmx:DataServices></edmx:Edmx>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
