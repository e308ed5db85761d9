import { z } from 'zod';
import type { ConnectionsFile } from './connections-schema.js';
import type { SecretRef } from './setting-schemas.js';
import { secretRefSchema } from './setting-schemas.js';
import type { Secret } from './secrets.js';
import type { Report } from './settings-error.js';

const textSchema = z.string().trim().min(1);

/** Business events of one F&O connection as hints (F&O spec 13). The section is left out where only the watches are wanted. */
export const businessEventsSchema = z
  .strictObject({
    pathSecret: secretRefSchema.describe(
      'Last part of the address, 32 to 100 characters: F&O signs nothing, so whoever knows the address may send hints. The address is `https://HOST/dynamics/fo/events/NAME/SECRET`, with the public host of the receiver and the name of this connection.',
    ),
    companies: z
      .array(textSchema)
      .min(1)
      .optional()
      .describe('Companies whose events are followed; all companies of the connection where it is left out.'),
    paymentEventIds: z
      .array(textSchema)
      .default([])
      .describe(
        'Ids of the events that tell of payments, as the business events catalog shows them. An id that is neither known nor listed here makes the connector look for both postings and payments.',
      ),
  })
  .optional()
  .describe('Takes business events as hints to look at once for postings and payments; nothing depends on them.');

/** What cannot be guessed, and needs no escaping in an address. */
const secretForm = /^[A-Za-z0-9._~-]{32,100}$/;

/**
 * Reads the secrets in the paths by name of the connection, and reports those that are none, and companies that the connection
 * does not have.
 */
export function readBusinessEventSecrets(
  { erp }: Pick<ConnectionsFile, 'erp'>,
  readSecret: (ref: SecretRef, at: PropertyKey[]) => Secret | undefined,
  report: Report,
): Record<string, Secret> {
  const secrets: Record<string, Secret> = {};
  for (const [index, connection] of erp.entries()) {
    if (connection.kind !== 'dynamics-fo' || connection.businessEvents === undefined) continue;
    const { pathSecret, companies = [] } = connection.businessEvents;
    const at = ['erp', index, 'businessEvents'];
    const secret = readSecret(pathSecret, [...at, 'pathSecret']);
    if (secret && secretForm.test(secret.reveal())) secrets[connection.name] = secret;
    else if (secret) report([...at, 'pathSecret'], problemOfForm);
    const known = connection.companies.map(({ company }) => company);
    for (const [position, company] of companies.entries()) {
      if (known.some((each) => each.toLowerCase() === company.toLowerCase())) continue;
      const problem = `${company} is no company of ${connection.name}; name one of them (${known.join(', ')})`;
      report([...at, 'companies', position], problem);
    }
  }
  return secrets;
}

const problemOfForm =
  'needs 32 to 100 letters, digits, dots, hyphens, underscores or tildes, for example from `openssl rand -hex 32`';
