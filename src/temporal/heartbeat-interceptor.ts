import { heartbeat } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const everyMs = 4_000;

/**
 * Heartbeats while an activity runs, so that the death of a worker is noticed within the heartbeat timeout instead of the
 * much longer start-to-close limit. How long one remote call may take is limited by the HTTP client.
 */
export const heartbeatWhileRunning: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      const timer = setInterval(() => {
        heartbeat();
      }, everyMs);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
