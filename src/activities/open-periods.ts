import type { ErpPort } from '../contracts/erp-port.js';
import { describeSpans, isOpenDay } from '../contracts/posting-periods.js';
import type { Hold } from '../contracts/steps.js';
import type { Queryable } from '../store/database.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { rememberOpenSpans } from '../store/open-period-store.js';
import { hold } from './run-step.js';

/**
 * Asks the ERP on which days it takes postings before anything is written (B10). A planned document whose day is closed holds; the
 * next plan knows the open days and moves the date where the company's policy says so.
 */
export async function closedPeriodHold(
  { db, port }: { db: Queryable; port: ErpPort },
  rows: readonly PlannedErpDocument[],
  signal: AbortSignal,
): Promise<Hold | undefined> {
  const sentences: string[] = [];
  for (const company of new Set(rows.map((row) => row.company))) {
    const spans = await port.readOpenSpans?.(company, signal);
    if (spans === undefined) continue;
    await rememberOpenSpans(db, { erp: port.name, company }, spans);
    const closed = rows.find((row) => row.company === company && !isOpenDay(row.document.postingOn, spans));
    if (closed === undefined) continue;
    const { postingOn, documentOn } = closed.document;
    sentences.push(
      `The posting date ${postingOn} (document date ${documentOn}) lies in a closed period: ${port.name}/${company} takes postings ${describeSpans(spans)}. Open the period in the ERP, or choose a posting date policy that moves to the next open day (next-open).`,
    );
  }
  return sentences.length === 0 ? undefined : hold('period-closed', sentences.join(' '));
}
