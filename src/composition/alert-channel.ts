import type { Logger } from 'pino';
import { request } from 'undici';
import type { AlertChannel } from '../activities/dependencies.js';
import { safeCause } from '../clients/http/redaction.js';
import type { Secret } from '../config/secrets.js';

/**
 * Alerts go to the log and, where configured, as JSON to a webhook. Delivery never stops a document: the alert stands in the
 * database and in the Temporal UI anyway.
 */
export function createAlertChannel(webhookUrl: Secret | undefined, logger: Logger): AlertChannel {
  return {
    notify: async (alert) => {
      logger.warn(alert, 'alert');
      if (webhookUrl === undefined) return;
      try {
        const { statusCode, body } = await request(webhookUrl.reveal(), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: alert.message, ...alert }),
          headersTimeout: 5_000,
          bodyTimeout: 5_000,
        });
        await body.dump();
        if (statusCode >= 300) logger.error({ statusCode, cause: alert.cause }, 'the alert webhook refused an alert');
      } catch (error) {
        // The address of a webhook is often all that is needed to use it.
        logger.error({ err: safeCause(error), cause: alert.cause }, 'the alert webhook could not be reached');
      }
    },
  };
}
