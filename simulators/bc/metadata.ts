import type { SimResponse } from '../harness/server.js';
import type { FieldKind } from './odata-fields.js';
import { standardSets } from './root-sets.js';
import type { SetUpFaults } from './set-up-faults.js';
import { actionNames } from './write-handlers.js';

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

/** How the document spells the actions. */
const ACTION_NAMES: Record<string, string> = { receiveandinvoice: 'receiveAndInvoice' };

/** `$metadata` of the standard API, as far as it is simulated. */
export function metadataAnswer(faults: SetUpFaults): SimResponse {
  const served = Object.entries(standardSets).filter(([name]) => name !== faults['entity-set-missing']);
  const sets = served.map(([, { set }]) => set);
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
  const actions = sets.flatMap((set) =>
    actionNames(set.name)
      .filter((action) => action !== 'post' || faults['post-action-missing'] !== set.name)
      .map(
        (action) =>
          `<Action Name="${ACTION_NAMES[action] ?? action}" IsBound="true"><Parameter Name="bindingParameter" Type="Microsoft.NAV.${set.type}"/></Action>`,
      ),
  );
  const container = sets.map((set) => `<EntitySet Name="${set.name}" EntityType="Microsoft.NAV.${set.type}"/>`);
  const schema = `<Schema Namespace="Microsoft.NAV" xmlns="http://docs.oasis-open.org/odata/ns/edm">${types.join('')}${actions.join('')}<EntityContainer Name="NAV">${container.join('')}</EntityContainer></Schema>`;
  const body = `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>${schema}</edmx:DataServices></edmx:Edmx>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
