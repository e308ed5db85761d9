import type { Connections } from '../config/load-connections.js';
import type { BusinessEventCounts } from '../store/business-event-store.js';
import { countBusinessEvents } from '../store/business-event-store.js';
import { withDatabase } from './installation.js';

/** What `events status` shows of an F&O connection; the secret of its path is never shown. */
export interface BusinessEventStatus {
  connection: string;
  /** Behind the public host of the receiver. */
  path: string;
  companies: string;
  paymentEventIds: string;
  events: BusinessEventCounts;
}

/**
 * The F&O connection with business events that is meant: the one of this name, or where no name is given and Concur sends no
 * events, the only one.
 */
export function namedBusinessEvents({ file }: Pick<Connections, 'file'>, name: string | undefined): string | undefined {
  const known = file.erp
    .filter((erp) => erp.kind === 'dynamics-fo' && erp.businessEvents !== undefined)
    .map((erp) => erp.name);
  if (name !== undefined) return known.find((each) => each === name);
  return known.length === 1 && file.concur.every(({ events }) => events === undefined) ? known[0] : undefined;
}

/** Reads what came in at the endpoint of an F&O connection. Calls nobody: F&O tells of its endpoints to no integration. */
export async function businessEventStatus(connections: Connections, name: string): Promise<BusinessEventStatus> {
  const erp = connections.file.erp.find((each) => each.name === name);
  const section = erp?.kind === 'dynamics-fo' ? erp.businessEvents : undefined;
  const ids = section?.paymentEventIds ?? [];
  return {
    connection: name,
    path: `/dynamics/fo/events/${name}/…`,
    companies: section?.companies?.join(', ') ?? 'all',
    paymentEventIds: ids.length === 0 ? 'none' : ids.join(', '),
    events: await withDatabase(connections, (db) => countBusinessEvents(db, name)),
  };
}
