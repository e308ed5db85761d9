import type { SimRequest } from '../harness/server.js';
import { BcError } from './errors.js';
import type { Stored } from './records.js';
import { etagOf } from './wire.js';

/** PATCH needs an etag or `*` in the header; on DELETE it is checked if sent (dynamics-nav.md section 4). */
export function checkIfMatch(request: SimRequest, row: Stored): void {
  const header = request.headers['if-match'];
  if (header === undefined) {
    if (request.method !== 'PATCH') return;
    throw new BcError(
      400,
      'BadRequest_InvalidToken',
      'Could not validate the client concurrency token required by the service. Please provide a valid token in the client request.',
    );
  }
  if (header !== '*' && header !== etagOf(row)) {
    throw new BcError(409, 'Request_EntityChanged', 'Another user has already changed the record.');
  }
}
