import type { Connections } from '../../config/load-connections.js';
import { desiredSchedules } from '../../temporal/bootstrap.js';
import { withTemporal } from '../installation.js';

/**
 * True once every poll of the installation has succeeded `times` times since the instant: time alone proves nothing while
 * Concur is slow, throttles or is away.
 */
export async function everyPollFinished(connections: Connections, since: Date, times: number): Promise<boolean> {
  const polls = desiredSchedules(connections.file).filter(({ action }) => action.workflowType === 'pollDocuments');
  return withTemporal(connections, async (client) => {
    for (const { scheduleId } of polls) {
      const { count } = await client.workflow.count(
        `TemporalScheduledById = "${scheduleId}" and ExecutionStatus = "Completed" and StartTime > "${since.toISOString()}"`,
      );
      if (count < times) return false;
    }
    return true;
  });
}
