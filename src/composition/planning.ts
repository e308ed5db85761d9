import type { PlanningDependencies } from '../activities/stored-plan.js';
import type { Connections } from '../config/load-connections.js';

/** What plans are made of besides documents and the store, as the connections file says it. */
export function planningSettings({
  file,
  rules,
}: Pick<Connections, 'file' | 'rules'>): Pick<PlanningDependencies, 'rules' | 'timeZones' | 'openFrom'> {
  const companies = file.erp.flatMap((erp) =>
    erp.companies.map((company) => ({ key: `${erp.name}/${company.company}`, company })),
  );
  return {
    rules,
    timeZones: Object.fromEntries(companies.map(({ key, company }) => [key, company.timeZone])),
    openFrom: Object.fromEntries(
      companies.flatMap(({ key, company }) => (company.openFrom === undefined ? [] : [[key, company.openFrom]])),
    ),
  };
}
