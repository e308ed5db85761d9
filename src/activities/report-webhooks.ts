import { clearAlertCause } from '../store/alert-store.js';
import { countPutAside } from '../store/webhook-inbox.js';
import type { WantedWebhook } from '../store/webhook-store.js';
import { alert } from './run-step.js';
import { needsPerson } from './webhook-times.js';
import type { WebhookDependencies } from './webhooks.js';

/**
 * Raises and ends the alerts about webhooks of a connection: the receiver cannot be reached, a set is polled, notifications were
 * put aside. Without webhooks nothing is lost: each message says that polling goes on.
 */
export async function reportWebhooks(
  deps: WebhookDependencies,
  webhooks: readonly WantedWebhook[],
  unreached: string | undefined,
): Promise<void> {
  const { connection, publicUrl } = deps;
  await report(
    deps,
    `webhooks-unreached: ${connection}`,
    unreached === undefined
      ? undefined
      : `Business Central (${connection}) was asked to send its notifications to ${publicUrl}, and did not get through to the receiver. Look whether this public URL can be reached from the internet over TLS, with a certificate that is publicly trusted and without a redirect, and whether the receiver runs. Changes are found by polling until then. ${unreached}`,
  );
  const polled = webhooks.filter(needsPerson);
  await report(
    deps,
    `webhooks-polling: ${connection}`,
    polled.length === 0
      ? undefined
      : `These sets of Business Central (${connection}) cannot be followed, so that their changes are found by polling: ${polled.map(lineOf).join('; ')}. It is tried again every hour.`,
  );
  const aside = await countPutAside(deps.db, connection);
  await report(
    deps,
    `webhooks-put-aside: ${connection}`,
    aside.length === 0
      ? undefined
      : `Messages that claim to come from Business Central (${connection}) were put aside within 24 hours: ${aside.map(({ reason, count }) => `${reason} (${count})`).join('; ')}. Nothing was done about them; \`concur-dynamics webhooks renew\` gives every subscription a new client state.`,
  );
}

const lineOf = ({ company, set, trouble }: WantedWebhook): string => `${set} of ${company} (${trouble ?? 'no reason'})`;

async function report(deps: WebhookDependencies, cause: string, message: string | undefined): Promise<void> {
  if (message === undefined) await clearAlertCause(deps.db, cause);
  else await alert(deps, cause, message, undefined);
}
