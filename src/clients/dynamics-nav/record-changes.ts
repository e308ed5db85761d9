import { z } from 'zod';
import type { WebhookSet } from '../../contracts/webhooks.js';
import type { BcOData } from './odata.js';
import { equalsAny, inChunks } from './wire-text.js';

/** A record and the instant of its last change. */
export interface ChangedRecord {
  id: string;
  changedAt: Date;
}

/** When records of one company were changed last; always asks the primary database, for replicas lag (NAV spec 4). */
export interface BcRecordChanges {
  /** Those of the given records that exist. `ids` are GUIDs: nothing else may come here. */
  byIds(companyId: string, set: WebhookSet, ids: readonly string[], signal: AbortSignal): Promise<ChangedRecord[]>;
  /** All records that were changed after an instant, or all that there are; in the order of their change. */
  since(companyId: string, set: WebhookSet, at: Date | undefined, signal: AbortSignal): Promise<ChangedRecord[]>;
}

const rowSchema = z.object({ id: z.string().min(1), lastModifiedDateTime: z.coerce.date() });

export function createBcRecordChanges(odata: BcOData): BcRecordChanges {
  async function read(
    companyId: string,
    set: WebhookSet,
    query: Record<string, string>,
    signal: AbortSignal,
  ): Promise<ChangedRecord[]> {
    const call = {
      operation: `bc.changes.${set}`,
      path: `companies(${companyId})/${set}`,
      query: { $select: 'id,lastModifiedDateTime', ...query },
      fresh: true,
      signal,
    };
    const rows = await odata.list(call, rowSchema);
    return rows.map(({ id, lastModifiedDateTime }) => ({ id: id.toLowerCase(), changedAt: lastModifiedDateTime }));
  }

  return {
    async byIds(companyId, set, ids, signal) {
      const found: ChangedRecord[] = [];
      for (const chunk of inChunks(ids)) {
        const $filter = equalsAny('id', chunk, (id) => id);
        found.push(...(await read(companyId, set, { $filter }, signal)));
      }
      return found;
    },
    since: (companyId, set, at, signal) =>
      read(
        companyId,
        set,
        {
          ...(at === undefined ? {} : { $filter: `lastModifiedDateTime gt ${at.toISOString()}` }),
          $orderby: 'lastModifiedDateTime',
        },
        signal,
      ),
  };
}
