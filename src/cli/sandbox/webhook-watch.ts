import { z } from 'zod';
import type { Connections } from '../../config/load-connections.js';
import type { Simulators } from './simulators.js';

/** A set of records of a company whose changes are followed. */
export interface FollowedSet {
  company: string;
  set: string;
}

const subscribedSchema = z.object({ sets: z.array(z.object({ company: z.string(), set: z.string() })) });

/** What the connections file wants Business Central to tell. */
export function wantedSubscriptions({ file }: Connections): FollowedSet[] {
  return file.erp.flatMap((erp) => {
    if (erp.kind !== 'business-central') return [];
    const resources = erp.webhooks?.resources ?? [];
    return erp.companies.flatMap(({ company }) => resources.map((set) => ({ company, set })));
  });
}

/** True while Business Central tells everything that is wanted. */
export async function allSubscribed(connections: Connections, simulators: Pick<Simulators, 'get'>): Promise<boolean> {
  const wanted = wantedSubscriptions(connections);
  if (wanted.length === 0) return true;
  const { sets } = subscribedSchema.parse(await simulators.get('/control/bc/subscribed'));
  return wanted.every(({ company, set }) => sets.some((each) => each.company === company && each.set === set));
}
