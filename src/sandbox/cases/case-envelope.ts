import { createHash } from 'node:crypto';
import type { CaseDocument } from './generate-cases.js';

/** Documents in the form in which FIS lists them (FIS spec 3.3), all types in one page. `preview` and the sandbox read it. */
export function envelopeOf(documents: CaseDocument[]): Record<string, unknown> {
  const size = documents.length;
  return {
    content: documents.map(({ id, docType, companyCode, document }) => ({
      ...{ id, docType, companyId: '100200', entityId: 'p0000000test', companyUuid: uuidOf(companyCode) },
      ...{ erpSystemId: null, docStatus: 'READY', document, links: [] },
    })),
    links: [],
    page: { size, totalElements: size, totalPages: 1, number: 0 },
  };
}

function uuidOf(companyCode: string): string {
  const hex = createHash('sha256').update(companyCode).digest('hex');
  const variant = `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return [
    variant.slice(0, 8),
    variant.slice(8, 12),
    variant.slice(12, 16),
    variant.slice(16, 20),
    variant.slice(20),
  ].join('-');
}
