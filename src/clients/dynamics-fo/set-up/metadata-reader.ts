import { ContractViolation } from '../../http/errors.js';
import type { HttpClient } from '../../http/types.js';
import { toFailure } from '../odata-errors.js';
import { scanMetadata, type EntityFields } from './metadata-scan.js';

/** A real environment takes its time to describe itself. */
const ANSWER_LIMIT_MS = 180_000;

/**
 * Reads what the environment says of the given entity sets (wire names). Costs tens of megabytes on a real environment: made
 * for a set-up check, never for a run (F&O spec 1). Throws `ContractViolation` where the answer is no description.
 */
export async function readMetadata(
  http: HttpClient,
  system: string,
  sets: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, EntityFields>> {
  const call = { system, operation: 'metadata.read' };
  const response = await http.send({
    operation: call.operation,
    method: 'GET',
    path: '/data/$metadata',
    headers: { Accept: 'application/xml', 'OData-MaxVersion': '4.0' },
    kind: 'read',
    timeoutMs: ANSWER_LIMIT_MS,
    signal,
  });
  if (response.status !== 200) throw toFailure(response.status, response.text, call);
  const found = scanMetadata(response.text, sets);
  if (found === undefined) throw new ContractViolation('The environment does not describe its entity sets.', call);
  return found;
}
