import type { HoldReason } from '../contracts/hold-reasons.js';
import type { LedgerLeg, NeutralDocument } from '../contracts/ledger.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import { amountOf } from '../mapping/money.js';
import type { SandboxDocument } from './sandbox-types.js';

/** A sandbox document as the connector will read it; `neutral` is missing when it cannot be read. */
export interface SandboxReading {
  source: SandboxDocument;
  neutral?: NeutralDocument;
  trouble?: HoldReason;
}

export function readSandboxDocument(source: SandboxDocument): SandboxReading {
  const { planted } = source;
  try {
    const neutral = readConcurDocument(source.docType, source.documentText ?? JSON.stringify(source.document));
    const trouble = planted ?? (neutral.refusals.length > 0 ? 'document-inconsistent' : undefined);
    return { source, neutral, ...(trouble === undefined ? {} : { trouble }) };
  } catch (error) {
    if (error instanceof DocumentUnreadable) {
      return { source, trouble: error.hold };
    }
    throw error;
  }
}

/** Trouble that lies in the document and its ERP together: no mapping of the sandbox can remove it. */
export function troubleWith(neutral: NeutralDocument, erp: 'fo' | 'bc'): HoldReason | undefined {
  if (neutral.payee.kind === 'supplier' && neutral.payee.id.length > 20) {
    return 'vendor-missing';
  }
  if (neutral.legs.every((leg) => amountOf(leg.amount).isZero())) {
    return 'unsupported-document';
  }
  if (neutral.docType !== 'invoice') {
    return undefined;
  }
  const total = amountOf(neutral.total);
  const isPaidByConcur = partyLegs(neutral).some((leg) => leg.settledBy !== 'erp');
  const isPostable = !isPaidByConcur && !total.isZero() && (erp === 'fo' || total.isPositive());
  return isPostable ? undefined : 'unsupported-document';
}

export function partyLegs(neutral: NeutralDocument): Extract<LedgerLeg, { leg: 'party' }>[] {
  return neutral.legs.filter((leg) => leg.leg === 'party');
}
