import { Decimal } from 'decimal.js';
import type { FoJournalLine } from '../../contracts/erp-documents.js';
import { accountDisplay, defaultDimensionDisplay, ledgerDisplay, type DimensionFormat } from './dimension-format.js';
import type { FoJournal, JournalKind } from './journal-kinds.js';
import { companyId, decimalNumber, noon, sameCode } from './odata-literals.js';
import type { WrittenLine } from './schemas.js';

/** One line as it shall stand in F&O. Amounts are decimal strings, zero on the other side. */
export interface PlannedLine {
  /** Position in the document from 1; the wire's line number where the client chooses it. */
  number: number;
  accountType: FoJournalLine['accountType'];
  account: string;
  defaultDimensions?: string;
  debit: string;
  credit: string;
  currency: string;
  postingOn: string;
  /** Document, invoice and due date are sent on the vendor line, whose entry they describe. */
  documentOn?: string;
  dueOn?: string;
  invoice?: string;
  document: string;
  text: string;
}

/** Builds every line before anything is written; throws `Rejected` where a display value cannot be built. */
export function planLines(document: FoJournal, format: DimensionFormat): PlannedLine[] {
  return document.lines.map((line, index) => {
    const isVendor = line.accountType === 'Vend';
    return {
      number: 'lineNumber' in line ? line.lineNumber : index + 1,
      accountType: line.accountType,
      account: isVendor ? accountDisplay(format, line.account) : ledgerDisplay(format, line.account, line.dimensions),
      // On a ledger line this field is accepted and ignored (trap 5).
      ...(isVendor && line.dimensions.length > 0
        ? { defaultDimensions: defaultDimensionDisplay(format, line.dimensions) }
        : {}),
      debit: line.debit ?? '0',
      credit: line.credit ?? '0',
      currency: document.currency,
      postingOn: document.postingOn,
      ...(isVendor ? { documentOn: document.documentOn } : {}),
      ...(isVendor && document.dueOn !== undefined ? { dueOn: document.dueOn } : {}),
      ...(isVendor && line.invoice !== undefined ? { invoice: line.invoice } : {}),
      document: line.document,
      text: line.text,
    };
  });
}

/** The JSON of a line. Only what is meant is sent, never the voucher (F&O spec 6.2, 6.3). */
export function lineBody(
  kind: JournalKind,
  company: string,
  journal: string,
  line: PlannedLine,
): Record<string, unknown> {
  const { fields } = kind;
  const side = new Decimal(line.debit).isZero()
    ? { [fields.credit]: decimalNumber(line.credit) }
    : { [fields.debit]: decimalNumber(line.debit) };
  return {
    dataAreaId: companyId(company),
    JournalBatchNumber: journal,
    ...(kind.clientLineNumbers ? { LineNumber: line.number } : {}),
    AccountType: line.accountType,
    AccountDisplayValue: line.account,
    ...(line.defaultDimensions === undefined ? {} : { DefaultDimensionDisplayValue: line.defaultDimensions }),
    ...side,
    [fields.currency]: line.currency,
    [fields.postingDate]: noon(line.postingOn),
    ...(line.documentOn === undefined ? {} : { [fields.documentDate]: noon(line.documentOn) }),
    ...(line.dueOn === undefined ? {} : { DueDate: noon(line.dueOn) }),
    ...(line.invoice === undefined ? {} : { Invoice: line.invoice }),
    Document: line.document,
    [fields.text]: line.text,
  };
}

/** Written lines laid beside the plan. */
export interface Pairing {
  pairs: { planned: PlannedLine; written: WrittenLine }[];
  missing: PlannedLine[];
  /** Lines of the journal that the plan does not know. */
  extra: WrittenLine[];
}

/**
 * Finds each planned line among the written ones: by line number where it is ours, else by the fingerprint account +
 * debit + credit + currency + text (F&O spec 10). What then remains is paired by text alone, so that a line which F&O or
 * a person altered is seen as altered and is not written a second time.
 */
export function pairLines(
  kind: JournalKind,
  planned: readonly PlannedLine[],
  written: readonly WrittenLine[],
): Pairing {
  return paired(kind.clientLineNumbers ? [sameNumber] : [sameFingerprint, sameText], planned, written);
}

/**
 * The same for a posted journal, which nobody completes any more: a line whose text a person has rewritten is found by what it
 * books, so that it can be said what is different about it.
 */
export function pairPostedLines(
  kind: JournalKind,
  planned: readonly PlannedLine[],
  written: readonly WrittenLine[],
): Pairing {
  const rules = kind.clientLineNumbers ? [sameNumber] : [sameFingerprint, sameText];
  return paired([...rules, sameBooking, sameAmounts], planned, written);
}

type Rule = (planned: PlannedLine, written: WrittenLine) => boolean;

/** Applies the rules one after the other to whatever is left over. */
function paired(rules: readonly Rule[], planned: readonly PlannedLine[], written: readonly WrittenLine[]): Pairing {
  const pairing: Pairing = { pairs: [], missing: [...planned], extra: [...written] };
  for (const matches of rules) {
    for (const line of [...pairing.missing]) {
      const at = pairing.extra.findIndex((candidate) => matches(line, candidate));
      const found = pairing.extra[at];
      if (found === undefined) continue;
      pairing.extra.splice(at, 1);
      pairing.missing.splice(pairing.missing.indexOf(line), 1);
      pairing.pairs.push({ planned: line, written: found });
    }
  }
  return pairing;
}

function sameNumber(planned: PlannedLine, written: WrittenLine): boolean {
  return new Decimal(written.lineNumber).equals(planned.number);
}

function sameFingerprint(planned: PlannedLine, written: WrittenLine): boolean {
  return sameBooking(planned, written) && written.text.trimEnd() === planned.text.trimEnd();
}

function sameBooking(planned: PlannedLine, written: WrittenLine): boolean {
  return sameAmounts(planned, written) && sameCode(written.account, planned.account);
}

function sameAmounts(planned: PlannedLine, written: WrittenLine): boolean {
  return (
    written.accountType === planned.accountType &&
    new Decimal(written.debit).equals(planned.debit) &&
    new Decimal(written.credit).equals(planned.credit) &&
    sameCode(written.currency, planned.currency)
  );
}

/** A text that F&O has cut still begins like the planned one (trap 23). */
function sameText(planned: PlannedLine, written: WrittenLine): boolean {
  const text = written.text.trimEnd();
  return text !== '' && planned.text.startsWith(text);
}
