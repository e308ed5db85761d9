import { Decimal } from 'decimal.js';
import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import { asCode, equalsAny, inChunks, quoted } from '../dynamics-nav/wire-text.js';
import type { NavCompany } from './options.js';
import type { NavParts } from './parts.js';
import { batchSchema, journalLineSchema, type Batch, type NavJournalLine } from './schemas.js';

/** Longest description of a batch (NAV spec 19). */
const descriptionLimit = 50;

/** Description by which the connector knows its own batch. */
export function batchDescription({ batchDisplayName }: BcGeneralJournal): string {
  return batchDisplayName.trim().slice(0, descriptionLimit);
}

/** The batch is ours where its description is the planned one or carries our document number. */
export function isMarked(document: BcGeneralJournal, { Description }: Batch): boolean {
  return (
    Description === batchDescription(document) ||
    Description.toUpperCase().includes(document.documentNumber.toUpperCase())
  );
}

/** The batches of the connector's template with these codes. */
export async function readBatches(
  { odata }: NavParts,
  company: NavCompany,
  codes: readonly string[],
  signal: AbortSignal,
): Promise<Batch[]> {
  const rows: Batch[] = [];
  for (const chunk of inChunks([...new Set(codes.map(asCode))])) {
    const filter = `${template(company)} and (${equalsAny('Name', chunk)})`;
    const call = {
      operation: 'nav.batches.find',
      company: company.name,
      service: 'journalBatches' as const,
      filter,
      signal,
    };
    rows.push(...(await odata.list(call, batchSchema)));
  }
  return rows;
}

/** The lines of these batches, blank ones included. */
export async function readLines(
  { odata }: NavParts,
  company: NavCompany,
  codes: readonly string[],
  signal: AbortSignal,
): Promise<NavJournalLine[]> {
  const rows: NavJournalLine[] = [];
  for (const chunk of inChunks([...new Set(codes.map(asCode))])) {
    const filter = `${template(company)} and (${equalsAny('Journal_Batch_Name', chunk)})`;
    const call = { operation: 'nav.journal-lines.read', company: company.name, service: 'journal' as const, signal };
    rows.push(...(await odata.list({ ...call, filter }, journalLineSchema)));
  }
  return rows;
}

const template = ({ settings }: NavCompany): string =>
  `Journal_Template_Name eq ${quoted(asCode(settings.journalTemplate))}`;

/** The empty line that a posting leaves behind, or a person has begun (NAV spec 10, step 9). */
export function isBlank({ Account_No, Amount }: NavJournalLine): boolean {
  return Account_No === '' && new Decimal(Amount).isZero();
}

/** The connector's lines carry the document number that was made for them alone. */
export function isOwnLine({ documentNumber }: BcGeneralJournal, { Document_No }: NavJournalLine): boolean {
  return asCode(Document_No) === asCode(documentNumber);
}
