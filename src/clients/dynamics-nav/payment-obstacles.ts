import type { TrackedErpDocument } from '../../contracts/erp-port.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { vendorSchema } from './schemas.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks } from './wire-text.js';

/**
 * Posted documents that will not be paid because their vendor is blocked: `Payment` lets documents be posted and never pays them
 * (NAV spec 8, S85).
 */
export async function findPaymentObstacles(
  { odata }: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<{ documentId: string; part: number; reason: string }[]> {
  const owed = documents.flatMap(({ documentId, document: { part, payable } }) =>
    payable === undefined ? [] : [{ documentId, part, vendor: asCode(payable.vendorAccount) }],
  );
  const numbers = [...new Set(owed.map(({ vendor }) => vendor))];
  const blocked = new Map<string, string>();
  for (const chunk of inChunks(numbers.filter((number) => canExist(number, fieldLengths.number)))) {
    const query = { $filter: equalsAny('number', chunk) };
    const call = { operation: 'bc.vendors.blocked', path: `${company.path}/vendors`, query, signal };
    for (const row of await odata.list(call, vendorSchema)) blocked.set(asCode(row.number), row.blocked);
  }
  return owed.flatMap(({ documentId, part, vendor }) => {
    const state = blocked.get(vendor) ?? '';
    if (state === '') return [];
    const reason = `Vendor ${vendor} is blocked (${state}) in ${company.name}: Business Central does not pay it.`;
    return [{ documentId, part, reason }];
  });
}
