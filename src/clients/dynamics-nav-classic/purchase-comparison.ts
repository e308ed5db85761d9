import { Decimal } from 'decimal.js';
import { supplierNumberOf, type PurchaseDocument } from '../dynamics-nav/purchase-kinds.js';
import { asCode } from '../dynamics-nav/wire-text.js';
import { carries, currencyCode, navRefused, shortcutValues, type NavWrite } from './parts.js';
import { navKindOf, type StandingDraft } from './purchases.js';
import type { LedgerSetup } from './schemas.js';

/** Number of a line by its place; 0 is the marker's. */
export function lineNumberAt(index: number): number {
  return (index + 1) * 10_000;
}

/** Throws `Rejected` with everything in which a draft differs from what was meant, dimensions included. */
export async function requireSame(
  { parts, company, document, context }: NavWrite<PurchaseDocument>,
  standing: StandingDraft,
): Promise<void> {
  const setup = await parts.facts.setup(company, context.signal);
  const { noun, calls } = navKindOf(document);
  const subject = `Draft purchase ${noun} ${standing.draft.No}`;
  const differences = differencesOf(document, setup, standing);
  if (differences.length > 0) {
    const message = `${subject} differs from what was meant: ${differences.join('; ')}.`;
    throw navRefused(parts, `${calls}.find`, message, 'erp-document-changed');
  }
  const lost = document.lines.filter(({ dimensions }, index) => {
    const line = lineOf(standing, index);
    return line === undefined || !carries(line, shortcutValues(parts, company, setup, dimensions));
  });
  if (lost.length === 0) return;
  const message = `${subject} lost dimensions of ${lost.length} lines in NAV.`;
  throw navRefused(parts, `${calls}.find`, message, 'dimension-unusable');
}

/** The account line that was written for the planned line at this place. */
function lineOf({ lines }: StandingDraft, index: number): StandingDraft['lines'][number] | undefined {
  return lines.find(({ Line_No }) => Number(Line_No) === lineNumberAt(index + 1));
}

function differencesOf(document: PurchaseDocument, setup: LedgerSetup, standing: StandingDraft): string[] {
  const { draft, lines } = standing;
  const { numberField, type } = navKindOf(document);
  const written = lines.filter(({ Type }) => Type !== '');
  const facts: [boolean, string][] = [
    [asCode(draft.Buy_from_Vendor_No) === asCode(document.vendorNumber), 'the vendor differs'],
    [asCode(draft[numberField]) === asCode(supplierNumberOf(document)), "the supplier's number differs"],
    [asCode(draft.Currency_Code) === currencyCode(setup, document.currency), 'the currency differs'],
    [draft.Posting_Date === document.postingOn, 'the posting date differs'],
    [draft.Document_Date === document.documentOn, 'the document date differs'],
    [type !== 'Invoice' || document.dueOn === undefined || draft.Due_Date === document.dueOn, 'the due date differs'],
    [written.length === document.lines.length, 'the number of lines differs'],
  ];
  const ofLines = document.lines.flatMap(({ accountNumber, amount }, index): [boolean, string][] => {
    const line = lineOf(standing, index);
    return [
      [asCode(line?.No ?? '') === asCode(accountNumber), `line ${index + 1} has another account`],
      [new Decimal(line?.Line_Amount ?? 0).eq(amount), `line ${index + 1} has another amount`],
    ];
  });
  return [...facts, ...ofLines].filter(([holds]) => !holds).map(([, sentence]) => sentence);
}
