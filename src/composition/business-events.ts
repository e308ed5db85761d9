import { createHash } from 'node:crypto';
import type { Connections } from '../config/load-connections.js';
import type { FoConnection } from '../config/fo-schema.js';
import { watchesHintedAt } from '../contracts/business-events.js';
import { watchScheduleName } from '../contracts/workflow-ids.js';
import type { BusinessEventEndpoint } from '../events/business-event-route.js';

/** The F&O connections of the file that take business events, each with the secret of its path. */
export function businessEventEndpoints({
  file,
  businessEventSecrets,
}: Pick<Connections, 'file' | 'businessEventSecrets'>): BusinessEventEndpoint[] {
  return file.erp.flatMap((erp) => {
    if (erp.kind !== 'dynamics-fo' || erp.businessEvents === undefined) return [];
    const secret = businessEventSecrets[erp.name];
    if (secret === undefined) throw new Error(`The secret of the business events of ${erp.name} has not been read.`);
    const { paymentEventIds } = erp.businessEvents;
    return [
      {
        connection: erp.name,
        secretSha256: createHash('sha256').update(secret.reveal()).digest(),
        watchesOf: ({ businessEventId, company }) =>
          followedCompanies(erp)
            .filter((each) => company === null || each.toLowerCase() === company)
            .flatMap((each) =>
              watchesHintedAt(businessEventId, paymentEventIds).map((kind) => watchScheduleName(kind, erp.name, each)),
            ),
      },
    ];
  });
}

/** Schedules, without the queue prefix, of all watches that business events may hint at. */
export function hintableWatches({ erp }: Pick<Connections['file'], 'erp'>): string[] {
  return erp.flatMap((each) =>
    each.kind !== 'dynamics-fo' || each.businessEvents === undefined
      ? []
      : followedCompanies(each).flatMap((company) =>
          (['postings', 'payments'] as const).map((kind) => watchScheduleName(kind, each.name, company)),
        ),
  );
}

/** As the companies are written in the file: so their Schedules are called. An event may write them otherwise. */
function followedCompanies({ businessEvents, companies }: FoConnection): string[] {
  const followed = businessEvents?.companies?.map((company) => company.toLowerCase());
  return companies
    .map(({ company }) => company)
    .filter((company) => followed === undefined || followed.includes(company.toLowerCase()));
}
