import { createListItemClient } from '../../src/clients/concur/list-item-client.js';
import { createVendorClient } from '../../src/clients/concur/vendor-client.js';
import type { HttpClient } from '../../src/clients/http/types.js';
import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import { createListItemActivities, createDimensionReadActivities } from '../../src/activities/list-items.js';
import { createVendorCreationActivities } from '../../src/activities/vendor-creation.js';
import { createVendorPlanActivities, createVendorReadActivities } from '../../src/activities/vendor-master.js';
import { createVendorProposalActivities } from '../../src/activities/vendor-proposals.js';
import { createVendorMasterActivities } from '../../src/activities/write-vendor-changes.js';
import type { DimensionSyncRules } from '../../src/contracts/dimension-sync.js';
import type { FromConcur } from '../../src/contracts/proposals.js';
import { company, simulatedBc } from '../clients/bc-simulated.js';
import { respond } from '../clients/fo-memory.js';
import { openStage as openConcur, type ConcurStage } from '../simulators/concur-stage.js';
import { inActivity, type Stage } from './stage.js';

export { company };
export const erpName = 'bc';

/** The simulated Concur behind the clients' own interface. */
export function concurHttp(concur: ConcurStage): HttpClient {
  return {
    send: async ({ method, path, query = {}, headers = {}, json }) => {
      const search = new URLSearchParams(query).toString();
      const sent = { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) };
      const response = await concur.call(search === '' ? path : `${path}?${search}`, sent);
      return respond(response.status, await response.text());
    },
  };
}

/** A simulated Concur and a simulated Business Central with all activities of the vendor and dimension sync between them. */
export async function bothSides(stage: Stage, connection: string, fromConcur: FromConcur = 'propose') {
  const concur = await openConcur();
  const { simulated, http, port } = simulatedBc();
  const place = { concur: connection, erp: erpName, company };
  const shared = { ...stage, connection };
  const client = concurHttp(concur);
  const vendors = createVendorClient(client);
  const section = { concur: connection, rules: defaultVendorSyncRules };
  const erp = { ...stage, port, lookAgainSeconds: [30], overlapSeconds: 0 };
  const dimensionRules: Record<string, DimensionSyncRules> = {};
  const activities = {
    ...createVendorReadActivities(erp),
    ...createVendorCreationActivities(erp),
    ...createDimensionReadActivities(erp),
    ...createVendorPlanActivities({ ...stage, vendorSync: { [`${erpName}/${company}`]: section } }),
    ...createVendorMasterActivities({ ...shared, vendors, lookAgainSeconds: [30] }),
    ...createVendorProposalActivities({
      ...{ ...shared, vendors },
      proposalRules: { [`${erpName}/${company}`]: { fromConcur, maximumCreated: 2, mappedCodes: ['MAPPED'] } },
    }),
    ...createListItemActivities({ ...shared, lists: createListItemClient(client), dimensionSync: dimensionRules }),
  };
  let runs = 0;

  /** One vendor sync as the workflow runs it. */
  async function syncVendors() {
    const run = `${connection}/${(runs += 1)}`;
    const reading = { erp: erpName, company, run };
    await inActivity(() => activities.readVendorMaster(reading));
    const { open, toCreate } = await inActivity(() => activities.findVendorProposals({ ...place, run }));
    const { created } = toCreate > 0 ? await inActivity(() => activities.createProposedVendors(place)) : { created: 0 };
    if (created > 0) await inActivity(() => activities.readVendorMaster(reading));
    const plan = await inActivity(() =>
      activities.planVendorSync({ ...reading, concur: connection, dryRun: false, force: false }),
    );
    for (let left = plan.pending; left > 0;) {
      const written = await inActivity(() => activities.writeVendorChanges({ concur: connection, run }));
      left = written.done + written.refused === 0 ? 0 : written.remaining;
    }
    return { open, created, plan };
  }

  /** One sync of one dimension as the workflow runs it. */
  async function syncDimension(
    dimension: string,
    rules: Partial<DimensionSyncRules> & { list: string },
    given: { dryRun?: boolean; force?: boolean } = {},
  ) {
    dimensionRules[`${erpName}/${company}/${dimension}/${rules.list}`] = {
      ...{ fromConcur: 'propose', maximumSharePercent: 20, minimumChanges: 1 },
      ...rules,
    };
    const question = { ...place, dimension, list: rules.list, run: `${connection}/${(runs += 1)}` };
    await inActivity(() => activities.readDimensionValues(question));
    return inActivity(() => activities.syncListItems({ ...question, dryRun: false, force: false, ...given }));
  }

  /** What was written since the last question, on both sides. */
  let seenConcur = 0;
  let seenErp = 0;
  function writes(): string[] {
    const concurWrites = concur.harness.book.kept.writes.slice(seenConcur);
    const erpWrites = simulated.writes.slice(seenErp);
    seenConcur += concurWrites.length;
    seenErp += erpWrites.length;
    const told = concurWrites.filter(({ operation }) => operation !== 'token');
    return [
      ...erpWrites.map(({ operation, key, outcome }) => `erp ${operation} ${key} ${outcome}`),
      ...told.map(({ operation, key, outcome }) => `concur ${operation} ${key} ${outcome}`),
    ];
  }

  return { place, concur, erp: simulated, erpHttp: http, activities, syncVendors, syncDimension, writes };
}
