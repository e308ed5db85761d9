import { allEntities, findEntity } from './entity-catalogue.js';
import type { EntityDefinition } from './entity-definition.js';
import { namedBy, type SetUpFaults } from './set-up-faults.js';

function withoutField(definition: EntityDefinition, place: string | undefined): EntityDefinition {
  const [set, missing] = place?.split('.') ?? [];
  if (missing === undefined || set !== definition.set) return definition;
  const fields = Object.fromEntries(Object.entries(definition.fields).filter(([field]) => field !== missing));
  return { ...definition, fields };
}

/** The set as this environment serves it; undefined for one that it does not have. */
export function servedEntity(faults: SetUpFaults, set: string): EntityDefinition | undefined {
  const definition = set === namedBy(faults['entity-set-missing']) ? undefined : findEntity(set);
  return definition === undefined ? undefined : withoutField(definition, namedBy(faults['field-missing']));
}

/** All sets that this environment serves. */
export function servedEntities(faults: SetUpFaults): EntityDefinition[] {
  return allEntities().flatMap(({ set }) => servedEntity(faults, set) ?? []);
}
