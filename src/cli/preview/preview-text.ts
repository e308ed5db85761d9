import type { ExplainedRow } from '../../mapping/erp-document-rows.js';
import type { PlanPreview } from '../../mapping/preview.js';
import { erpDocumentText, ledgerText } from './document-text.js';

/** A preview as a person reads it: the neutral ledger, every ERP document with its reasons, warnings and refusals. */
export function previewText({ ledger, plan, erpDocuments, explained, warnings, refusals }: PlanPreview): string[] {
  return [
    ...(ledger === null ? [] : ledgerText(ledger)),
    ...(plan === null ? [] : [`plan ${plan}`]),
    ...erpDocuments.flatMap((document) => [
      ...erpDocumentText(document).map((line, index) => (index === 0 ? `→ ${document.erp}: ${line}` : line)),
      ...reasons(explained.find(({ part }) => part === document.part)?.rows ?? []),
    ]),
    ...warnings.map(({ code, message }) => `warning ${code}: ${message}`),
    ...refusals.map(({ hold, message, remedy, why }) =>
      [`REFUSED (${hold}) ${message}`, remedy, why === undefined ? undefined : `(${why})`].filter(Boolean).join(' '),
    ),
  ];
}

/** Why each row is what it is; rows that were decided alike share a line. */
function reasons(rows: readonly ExplainedRow[]): string[] {
  const numbers = new Map<string, number[]>();
  rows.forEach(({ why }, index) => numbers.set(why, [...(numbers.get(why) ?? []), index + 1]));
  return [...numbers].map(([why, of]) => `  why ${of.join(', ')}: ${why}`);
}
