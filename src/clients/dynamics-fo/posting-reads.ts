import type { FoJournal, JournalKind } from './journal-kinds.js';
import { lineColumns } from './journal-kinds.js';
import { groupedBy } from './grouped.js';
import type { ODataClient } from './odata.js';
import { allOf, anyOf, foldCode, sameCode, textEquals } from './odata-literals.js';
import {
  headerColumns,
  headerSchema,
  journalDetailColumns,
  journalDetailSchema,
  vendTransColumns,
  vendTransSchema,
  type JournalDetail,
  type JournalHeader,
  type VendTrans,
  type WrittenLine,
} from './schemas.js';

/** One bulk question about the journals of one kind in one company. */
export interface PostingScope {
  odata: ODataClient;
  company: string;
  kind: JournalKind;
  signal: AbortSignal;
}

/** A document with the journal in which its lines stand. */
export interface JournalOfDocument {
  documentId: string;
  document: FoJournal;
  journal: string;
  /** Why the ERP refused to post it, as it was last told. */
  refusal?: string;
  /** What the log said before the journal was complete. */
  earlierLog?: string;
}

/** Headers by folded journal number. */
export async function readHeaders(
  { odata, company, kind, signal }: PostingScope,
  journals: readonly string[],
): Promise<Map<string, JournalHeader>> {
  const headers = await odata.read({
    set: kind.headers,
    company,
    anyOf: journals.map((journal) => textEquals('JournalBatchNumber', journal)),
    select: headerColumns,
    orderBy: 'JournalBatchNumber',
    row: headerSchema,
    signal,
  });
  return new Map(headers.map((header) => [foldCode(header.journal), header]));
}

/** Lines of journals by folded journal number. */
export async function readLines(scope: PostingScope, journals: readonly string[]): Promise<Map<string, WrittenLine[]>> {
  const terms = journals.map((journal) => textEquals('JournalBatchNumber', journal));
  return groupedBy(await linesWhere(scope, terms), ({ journal }) => foldCode(journal));
}

/** Lines of any journal that carry one of the key seeds as their reference, by folded key seed. */
export async function readReferringLines(
  scope: PostingScope,
  keySeeds: readonly string[],
): Promise<Map<string, WrittenLine[]>> {
  const terms = keySeeds.map((keySeed) => textEquals('Document', keySeed));
  return groupedBy(await linesWhere(scope, terms), ({ document }) => foldCode(document));
}

function linesWhere({ odata, company, kind, signal }: PostingScope, anyOf: string[]): Promise<WrittenLine[]> {
  return odata.read({
    set: kind.lines,
    company,
    anyOf,
    select: lineColumns(kind),
    orderBy: 'JournalBatchNumber,LineNumber',
    row: kind.line,
    signal,
  });
}

/** Status columns that the public header hides, by folded journal number. */
export async function readDetails(
  { odata, company, signal }: PostingScope,
  journals: readonly string[],
): Promise<Map<string, JournalDetail>> {
  const rows = await odata.read({
    set: 'LedgerJournalTableBiEntities',
    company,
    anyOf: journals.map((journal) => textEquals('JournalNum', journal)),
    select: journalDetailColumns,
    row: journalDetailSchema,
    signal,
  });
  return new Map(rows.map((row) => [foldCode(row.JournalNum), row]));
}

/** The vendor's line that posting turns into an entry which payments settle; undefined where nobody is credited or debited. */
export function vendorLine({ lines, payable }: FoJournal): FoJournal['lines'][number] | undefined {
  const vendors = lines.filter(({ accountType }) => accountType === 'Vend');
  return vendors.find(({ account }) => account === payable?.vendorAccount) ?? vendors[0];
}

/** Vendor entries under the invoice number, or under the voucher, of documents that owe a vendor; reversals among them. */
export async function readVendorEntries(
  { odata, company, signal }: PostingScope,
  documents: readonly { document: FoJournal; voucher: string }[],
): Promise<VendTrans[]> {
  const terms = documents.flatMap(({ document, voucher }) => {
    const vendor = vendorLine(document);
    if (vendor === undefined) return [];
    const keys = [
      ...(vendor.invoice === undefined ? [] : [textEquals('Invoice', vendor.invoice)]),
      ...(voucher === '' ? [] : [textEquals('Voucher', voucher)]),
    ];
    return keys.length === 0 ? [] : [`(${allOf(textEquals('AccountNum', vendor.account), anyOf(keys))})`];
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

/** Entries of one vendor. */
export const ofVendor = (entries: readonly VendTrans[], account: string): VendTrans[] =>
  entries.filter((row) => sameCode(row.AccountNum, account));
