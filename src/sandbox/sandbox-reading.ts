import type { HoldReason } from '../contracts/hold-reasons.js';
import type { ErpRoute } from '../contracts/erp-documents.js';
import type { LedgerLeg, NeutralDocument } from '../contracts/ledger.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import { amountOf, sumOf } from '../mapping/money.js';
import { isWithoutAmounts } from '../mapping/plan-part.js';
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

/** Trouble that lies in the document and its route together: no mapping of the sandbox can remove it. */
export function troubleWith(neutral: NeutralDocument, route: ErpRoute): HoldReason | undefined {
  if (neutral.payee.kind === 'supplier' && neutral.payee.id.length > 20) {
    return 'vendor-missing';
  }
  if (isWithoutAmounts(neutral)) {
    return 'unsupported-document';
  }
  // By which nobody is owed anything becomes a general journal; F&O has none for invoices in the sandbox.
  if (neutral.docType !== 'invoice' || route.startsWith('bc-')) {
    return route === 'bc-purchase-invoice' && vendorsOf(neutral).length > 1 ? 'unsupported-document' : undefined;
  }
  const isPaidByConcur = partyLegs(neutral).some((leg) => leg.settledBy !== 'erp');
  return isPaidByConcur || amountOf(neutral.total).isZero() ? 'unsupported-document' : undefined;
}

/** Employees or suppliers whom the ERP owes anything, or who owe it: a purchase invoice has exactly one vendor. */
function vendorsOf(neutral: NeutralDocument): string[] {
  const legs = partyLegs(neutral).filter(
    ({ party, settledBy }) => settledBy === 'erp' && (party === 'EMPL' || party === 'VENDOR'),
  );
  const idOf = ({ id }: (typeof legs)[number]): string => id ?? neutral.payee.id;
  return [...new Set(legs.map(idOf))].filter(
    (id) => !sumOf(legs.filter((leg) => idOf(leg) === id).map(({ amount }) => amount)).isZero(),
  );
}

export function partyLegs(neutral: NeutralDocument): Extract<LedgerLeg, { leg: 'party' }>[] {
  return neutral.legs.filter((leg) => leg.leg === 'party');
}
