import type { Call } from './calls.js';
import { BcError } from './errors.js';
import type { Stored } from './records.js';
import { etagOf } from './wire.js';

/**
 * PATCH needs an etag or `*` in the header; on DELETE it is checked if sent, and the connector has to send it (dynamics-nav.md
 * sections 4 and 12).
 */
export function checkIfMatch({ request, operation, world }: Call, row: Stored): void {
  const header = request.headers['if-match'];
  if (header === undefined) {
    if (request.method !== 'PATCH') {
      world.desk.violation(operation, 'DELETE without If-Match: a record changed meanwhile would be lost');
      return;
    }
    throw new BcError(
      400,
      'BadRequest_InvalidToken',
      'Could not validate the client concurrency token required by the service. Please provide a valid token in the client request.',
    );
  }
  // In a busy tenant somebody changes the record between the client's look and its write; some proxies say so by 412.
  const isChanged = header !== '*' && world.desk.itemFault('entity-changed', operation);
  if (isChanged || (header !== '*' && header !== etagOf(row))) {
    const status = isChanged && world.desk.random() < 0.5 ? 412 : 409;
    throw new BcError(status, 'Request_EntityChanged', 'Another user has already changed the record.');
  }
}
