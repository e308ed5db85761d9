import { Decimal } from 'decimal.js';
import type { PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { groupedBy } from './grouped.js';
import { isFoJournal, journalKinds, lineColumns, type FoJournal, type JournalKind } from './journal-kinds.js';
import type { ODataClient } from './odata.js';
import { allOf, dayOf, foldCode, sameCode, textEquals } from './odata-literals.js';
import { unpostedState } from './unposted-journals.js';
import {
  headerColumns,
  headerSchema,
  journalDetailColumns,
  journalDetailSchema,
  vendTransColumns,
  vendTransSchema,
  type JournalHeader,
  type VendTrans,
  type WrittenLine,
} from './schemas.js';

type State = PostingState & { documentId: string };
/** A tracked document with a journal number. */
interface Tracked {
  documentId: string;
  document: FoJournal;
  journal: string;
}

/**
 * Asks in bulk which journals of a company are posted, and proves each posting from posted entries: the voucher as it is
 * after posting (trap 13), the debit total of the lines, and the vendor's entry where somebody is owed money (S100, C15).
 */
export async function findPostings(
  odata: ODataClient,
  company: string,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<State[]> {
  const states: State[] = documents.flatMap(({ documentId, document, keys }) =>
    keys.journal === undefined
      ? [{ documentId, part: document.part, state: 'missing', reason: 'The document has no journal number.' }]
      : [],
  );
  for (const [route, kind] of Object.entries(journalKinds)) {
    const tracked = documents.flatMap(({ documentId, document, keys }): Tracked[] =>
      isFoJournal(document) && document.route === route && keys.journal !== undefined
        ? [{ documentId, document, journal: keys.journal }]
        : [],
    );
    if (tracked.length > 0) states.push(...(await statesOfKind({ odata, company, kind, signal }, tracked)));
  }
  return states;
}

interface Scope {
  odata: ODataClient;
  company: string;
  kind: JournalKind;
  signal: AbortSignal;
}

async function statesOfKind(scope: Scope, tracked: readonly Tracked[]): Promise<State[]> {
  const headers = new Map((await readHeaders(scope, tracked)).map((header) => [foldCode(header.journal), header]));
  const headerOf = ({ journal }: Tracked): JournalHeader | undefined => headers.get(foldCode(journal));
  const posted = tracked.filter((one) => headerOf(one)?.posted === true);
  const unposted = tracked.filter((one) => headerOf(one)?.posted === false);
  const gone = tracked.filter((one) => headerOf(one) === undefined);
  return [
    ...gone.map(({ documentId, document, journal }): State => {
      const reason = `Journal ${journal} is no longer in Finance & Operations; a person removed it.`;
      return { documentId, part: document.part, state: 'missing', reason };
    }),
    ...(await unpostedStates(scope, unposted)),
    ...(await postedStates(scope, posted)),
  ];
}

async function readHeaders({ odata, company, kind, signal }: Scope, tracked: readonly Tracked[]) {
  return odata.read({
    set: kind.headers,
    company,
    anyOf: tracked.map(({ journal }) => textEquals('JournalBatchNumber', journal)),
    select: headerColumns,
    orderBy: 'JournalBatchNumber',
    row: headerSchema,
    signal,
  });
}

async function readLines({ odata, company, kind, signal }: Scope, journals: readonly string[]) {
  const lines = await odata.read({
    set: kind.lines,
    company,
    anyOf: journals.map((journal) => textEquals('JournalBatchNumber', journal)),
    select: lineColumns(kind),
    orderBy: 'JournalBatchNumber,LineNumber',
    row: kind.line,
    signal,
  });
  return groupedBy(lines, ({ journal }) => foldCode(journal));
}

async function unpostedStates(scope: Scope, tracked: readonly Tracked[]): Promise<State[]> {
  const { odata, company, signal } = scope;
  const rows = await odata.read({
    set: 'LedgerJournalTableBiEntities',
    company,
    anyOf: tracked.map(({ journal }) => textEquals('JournalNum', journal)),
    select: journalDetailColumns,
    row: journalDetailSchema,
    signal,
  });
  const details = new Map(rows.map((row) => [foldCode(row.JournalNum), row]));
  // The line counter is not documented for lines that came over OData: a zero is checked against the lines.
  const suspects = tracked.filter(({ journal }) => Number(details.get(foldCode(journal))?.NumOfLines ?? '1') === 0);
  const filled = await readLines(
    scope,
    suspects.map(({ journal }) => journal),
  );
  return tracked.map(({ documentId, document, journal }) => {
    const key = foldCode(journal);
    const isEmpty = suspects.some((one) => foldCode(one.journal) === key) && !filled.has(key);
    return { documentId, ...unpostedState(document.part, journal, details.get(key), isEmpty) };
  });
}

async function postedStates(scope: Scope, tracked: readonly Tracked[]): Promise<State[]> {
  const lines = await readLines(
    scope,
    tracked.map(({ journal }) => journal),
  );
  const linesOf = ({ journal }: Tracked): WrittenLine[] => lines.get(foldCode(journal)) ?? [];
  const entries = await readVendorEntries(scope, tracked, linesOf);
  return tracked.map((one) => ({ documentId: one.documentId, ...postedState(one, linesOf(one), entries) }));
}

/** Vendor entries of all documents that owe a vendor, by account and invoice number, or voucher where none was given. */
async function readVendorEntries(
  { odata, company, signal }: Scope,
  tracked: readonly Tracked[],
  linesOf: (one: Tracked) => WrittenLine[],
): Promise<VendTrans[]> {
  const terms = tracked.flatMap((one) => {
    const vendor = vendorLine(one.document);
    if (vendor === undefined) return [];
    const voucher = linesOf(one)[0]?.voucher ?? '';
    if (vendor.invoice === undefined && voucher === '') return [];
    const key = vendor.invoice === undefined ? textEquals('Voucher', voucher) : textEquals('Invoice', vendor.invoice);
    return [`(${allOf(textEquals('AccountNum', vendor.account), key)})`];
  });
  return odata.read({
    set: 'VendTransBiEntities',
    company,
    anyOf: terms,
    select: vendTransColumns,
    row: vendTransSchema,
    signal,
  });
}

function vendorLine({ lines, payable }: FoJournal) {
  const vendors = lines.filter(({ accountType }) => accountType === 'Vend');
  return vendors.find(({ account }) => account === payable?.vendorAccount) ?? vendors[0];
}

function postedState(one: Tracked, lines: readonly WrittenLine[], entries: readonly VendTrans[]): PostingState {
  const { document, journal } = one;
  const { part } = document;
  const vendor = vendorLine(document);
  const first = lines[0];
  if (first === undefined) {
    const reason = `Journal ${journal} is posted, but its lines are gone: the journal name deletes them at posting.`;
    return { state: 'waiting', part, reason };
  }
  const entry = vendor && entries.find((row) => isEntryOf(row, vendor, first.voucher, journal));
  // Posted means "seen in the vendor's subledger" where somebody is owed money (F&O spec 7).
  if (vendor !== undefined && entry === undefined) {
    return {
      state: 'waiting',
      part,
      reason: `Journal ${journal} is posted; the entry of its vendor is not visible yet.`,
    };
  }
  const postedOn = dayOf(entry?.TransDate ?? first.postingOn) ?? document.postingOn;
  return {
    state: 'posted',
    part,
    proof: {
      part,
      documentNumber: entry?.Voucher ?? first.voucher,
      postedOn,
      fiscalYear: postedOn.slice(0, 4),
      debitTotal: Decimal.sum(...lines.map(({ debit }) => debit)).toFixed(),
      currency: first.currency,
      // Invoices are negative in the vendor subledger (trap 18): what is owed is positive here.
      ...(entry === undefined
        ? {}
        : { vendorEntryKey: entry.SourceKey, vendorAmount: new Decimal(entry.AmountCur).negated().toFixed() }),
    },
  };
}

/** Another posting of the same invoice number must not prove ours, so voucher or journal have to agree too. */
function isEntryOf(
  row: VendTrans,
  vendor: { account: string; invoice?: string },
  voucher: string,
  journal: string,
): boolean {
  return (
    sameCode(row.AccountNum, vendor.account) &&
    (vendor.invoice === undefined || sameCode(row.Invoice, vendor.invoice)) &&
    (voucher === '' ? sameCode(row.JournalNum, journal) : sameCode(row.Voucher, voucher))
  );
}
