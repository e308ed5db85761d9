import { z } from 'zod';

const serviceNameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'write the name as it stands in the AOT');

/** The X++ service by which a customer lets the connector post a journal at once (F&O spec 7). */
export const postingServiceSchema = z.strictObject({
  group: serviceNameSchema
    .default('ConcurPostingServiceGroup')
    .describe(
      'Service group of the X++ service that you have deployed to post one journal at once. `postingService: {}` calls it under the suggested names; without this section nothing is called, and F&O posts by its own means.',
    ),
  service: serviceNameSchema.default('ConcurPostingService').describe('Service in the group.'),
  operation: serviceNameSchema
    .default('postJournal')
    .describe(
      'Operation of the service. It takes `_dataAreaId`, `_journalBatchNumber` and `_correlationId`, answers `Posted`, `AlreadyPosted` and `Infolog`, and changes nothing when it is called again.',
    ),
});
