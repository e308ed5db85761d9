import type { Connections } from '../../config/load-connections.js';
import { desiredSchedules } from '../../temporal/bootstrap.js';
import { withTemporal } from '../installation.js';

/**
 * True once every Schedule of the installation that starts this workflow has seen it succeed `times` times since the instant:
 * time alone proves nothing while the remote side is slow, throttles or is away.
 */
export async function everyRunFinished(
  connections: Connections,
  workflowType: 'pollDocuments' | 'watchPayments',
  since: Date,
  times: number,
): Promise<boolean> {
  const wanted = desiredSchedules(connections.file).filter(({ action }) => action.workflowType === workflowType);
  return withTemporal(connections, async (client) => {
    for (const { scheduleId } of wanted) {
      const { count } = await client.workflow.count(
        `TemporalScheduledById = "${scheduleId}" and ExecutionStatus = "Completed" and StartTime > "${since.toISOString()}"`,
      );
      if (count < times) return false;
    }
    return true;
  });
}
