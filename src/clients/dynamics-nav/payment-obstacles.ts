import type { TrackedErpDocument } from '../../contracts/erp-port.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { asCode } from './wire-text.js';

/**
 * Posted documents that will not be paid because their vendor is blocked: `Payment` lets documents be posted and never pays them
 * (NAV spec 8, S85).
 */
export async function findPaymentObstacles(
  parts: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<{ documentId: string; part: number; reason: string }[]> {
  const owed = documents.flatMap(({ documentId, document: { part, payable } }) =>
    payable === undefined ? [] : [{ documentId, part, vendor: asCode(payable.vendorAccount) }],
  );
  const vendors = await parts.vendors.read(company, [...new Set(owed.map(({ vendor }) => vendor))], signal);
  return owed.flatMap(({ documentId, part, vendor }) => {
    const state = vendors.get(vendor)?.blocked ?? '';
    if (state === '') return [];
    const reason = `Vendor ${vendor} is blocked (${state}) in ${company.name}: Business Central does not pay it.`;
    return [{ documentId, part, reason }];
  });
}
