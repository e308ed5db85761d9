import type { ConnectionsFile } from '../config/connections-schema.js';
import type { SyncDimensionsInput } from '../contracts/dimension-sync.js';

/** One sync for each ERP company and Concur connection that is told of its dimensions. */
export function dimensionSyncInputs({ erp, operation, timings }: ConnectionsFile): {
  at: string;
  timeZone: string;
  input: Omit<SyncDimensionsInput, 'dryRun' | 'force' | 'by'>;
}[] {
  return erp.flatMap(({ name, companies }) =>
    companies.flatMap(({ company, timeZone, dimensionSync = [] }) =>
      [...new Set(dimensionSync.map(({ concur }) => concur))].map((concur) => {
        const sections = dimensionSync.filter((section) => section.concur === concur);
        const { queuePrefix } = operation;
        const { retryMaximumSeconds } = timings;
        const dimensions = sections.map(({ dimension, list }) => ({ dimension, list }));
        const input = { concur, erp: name, company, dimensions, queuePrefix, retryMaximumSeconds };
        return { at: sections[0]?.at ?? '02:30', timeZone, input };
      }),
    ),
  );
}
