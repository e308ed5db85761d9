import type { Connections } from '../../config/load-connections.js';
import { desiredSchedules } from '../../temporal/bootstrap.js';
import { withTemporal } from '../installation.js';

/** Does not wait for the night: the simulated Concur learns of the suppliers at the start of the sandbox. */
export async function syncVendorsOnce(connections: Connections): Promise<void> {
  const schedules = desiredSchedules(connections.file).filter(({ action }) => action.workflowType === 'syncVendors');
  await withTemporal(connections, async (client) => {
    for (const { scheduleId } of schedules) await client.schedule.getHandle(scheduleId).trigger();
  });
}
