import { completeRow } from './entity-definition.js';
import { headerOf, linesOf, statusOf, touchJournal, type JournalContext } from './journal-context.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import type { JournalKind } from './journal-kinds.js';
import { journalNameRow, waitsForWorkflow } from './journal-set-up.js';
import {
  duplicateKey,
  fieldRefused,
  mandatoryFieldMissing,
  notRelated,
  updateNotAllowed,
  writeFailed,
  writeRefusal,
} from './odata-errors.js';
import type { Company, FoStore } from './store.js';
import { text, type Row } from './values.js';

/** Characters that Description keeps; more are cut without a word (trap 23). */
export const descriptionLength = 60;
const journalNumberLength = 10;

/** Company of a body, with a ledger; omitted, the row lands in the default company, which the connector must not rely on. */
export function companyOfBody(context: JournalContext, aotName: string, operation: string, sent: Row): Company {
  const named = sent['dataAreaId'] ?? '';
  if (named === '') context.desk.violation(operation, 'dataAreaId was not sent: the row lands in the default company');
  const company = context.store.findCompany(named === '' ? context.store.defaultCompany : named);
  if (company === undefined) throw notRelated(aotName, 'dataAreaId', 'Company', named, 'Legal entities');
  const dataAreaId = company.company.toLowerCase();
  if (context.store.table('Ledgers').byKey([dataAreaId]) === undefined)
    throw writeFailed(aotName, [`Error: The ledger of company ${dataAreaId} is not set up.`]);
  return company;
}

function journalNumber(context: JournalContext, kind: JournalKind, company: Company, sent: Row): string {
  const { store } = context;
  const id = company.company.toLowerCase();
  const given = sent['JournalBatchNumber'] ?? '';
  if (given === '') {
    for (;;) {
      const next = String(store.nextNumber(`${id}/journal`)).padStart(5, '0');
      if (statusOf(store, id, next) === undefined) return next;
    }
  }
  const { aotName } = kind.headers;
  if (!company.manualJournalNumbers) {
    throw fieldRefused(
      aotName,
      'JournalBatchNumber',
      `The number sequence does not allow the number '${given}' to be entered.`,
    );
  }
  if (given.length > journalNumberLength) {
    throw fieldRefused(
      aotName,
      'JournalBatchNumber',
      `The value '${given}' is longer than ${String(journalNumberLength)}.`,
    );
  }
  if (statusOf(store, id, given) !== undefined) {
    const table = 'Ledger journal table (LedgerJournalTable)';
    throw duplicateKey(aotName, table, `Journal batch number: ${given}, ${sent['JournalName'] ?? ''}`);
  }
  return given;
}

function journalNameOf(store: FoStore, kind: JournalKind, company: Company, sent: Row): string {
  const wanted = sent['JournalName'] ?? '';
  if (wanted === '') throw mandatoryFieldMissing('Name');
  const found = journalNameRow(store, company.company.toLowerCase(), wanted);
  if (found?.['Type'] !== kind.journalType)
    throw notRelated(kind.headers.aotName, 'JournalName', 'Name', wanted, 'Journal names');
  return text(found, 'Name');
}

/** Key under which writes of a header are recorded: company and mark. */
export function headerKey(company: string, description: string): string {
  return `${company.toLowerCase()}/${description}`;
}

/**
 * Creates a journal header (section 6.1). F&O does not guard against a second journal with the same description, so neither
 * does this; it is recorded as a repeat.
 */
export function createHeader(context: JournalContext, kind: JournalKind, operation: string, sent: Row): Row {
  const { store, desk } = context;
  const { aotName } = kind.headers;
  for (const field of kind.headers.readOnly) {
    if (field in sent) throw fieldRefused(aotName, field, `Field '${field}' cannot be set.`);
  }
  const company = companyOfBody(context, aotName, operation, sent);
  const dataAreaId = company.company.toLowerCase();
  const name = journalNameOf(store, kind, company, sent);
  const number = journalNumber(context, kind, company, sent);
  if ((sent['Description'] ?? '') === '')
    desk.violation(operation, 'Description was not sent: the recovery mark is lost');
  const description = (sent['Description'] || name).slice(0, descriptionLength);
  const namesakes = [...(store.table(kind.headers.set).candidates('Description', description) ?? [])];
  const repeated = namesakes.some((row) => row['dataAreaId'] === dataAreaId && row['JournalName'] === name);
  const recId = store.nextRecId();
  const header = completeRow(kind.headers, {
    ...sent,
    dataAreaId,
    JournalBatchNumber: number,
    JournalName: name,
    Description: description,
    $recId: recId,
    ...('AccountingCurrency' in kind.headers.fields ? { AccountingCurrency: company.currency } : {}),
  });
  store.table(kind.headers.set).insert(header);
  insertStatus(context, kind, company, header, recId);
  const key = headerKey(dataAreaId, description);
  const message = `journal ${number}: ${dataAreaId} has a journal ${name} "${description}" already`;
  store.onCommit(() => {
    if (repeated) desk.repeat(operation, key, message);
    else desk.write({ operation, key, outcome: 'applied', detail: number });
  });
  return header;
}

function insertStatus(context: JournalContext, kind: JournalKind, company: Company, header: Row, recId: string): void {
  const now = String(context.desk.now().getTime());
  const status = completeRow(ledgerJournalTableBiEntities, {
    dataAreaId: text(header, 'dataAreaId'),
    JournalNum: text(header, 'JournalBatchNumber'),
    JournalName: text(header, 'JournalName'),
    Name: text(header, 'Description'),
    IntegrationKey: header['IntegrationKey'] ?? '',
    CurrencyCode: company.currency,
    JournalType: kind.journalType,
    SourceKey: recId,
    SysDataAreaId: text(header, 'dataAreaId'),
    $recId: recId,
    $createdAt: now,
    $touchedAt: now,
  });
  context.store.table(ledgerJournalTableBiEntities.set).insert(status);
  waitsForWorkflow(context, status);
}

/** Throws if the journal is posted; posted journals are immutable, and trying is a broken rule (section 9). */
export function refuseIfPosted(context: JournalContext, kind: JournalKind, operation: string, row: Row): void {
  const journal = text(row, 'JournalBatchNumber');
  const header = headerOf(context.store, kind, text(row, 'dataAreaId'), journal);
  if (header?.['IsPosted'] !== 'Yes') return;
  context.desk.violation(operation, `posted journal ${journal} was to be changed`);
  throw writeFailed(kind.headers.aotName, [`Error: Journal ${journal} is posted and cannot be changed.`]);
}

/** Changes a header; a read-only field refuses the whole PATCH with 403 (trap 9). */
export function updateHeader(context: JournalContext, kind: JournalKind, operation: string, row: Row, sent: Row): void {
  const { readOnly, createOnly, keys } = kind.headers;
  const locked = [...readOnly, ...createOnly, ...keys].find((field) => field in sent);
  if (locked !== undefined) throw updateNotAllowed(locked);
  refuseIfPosted(context, kind, operation, row);
  const description = sent['Description'];
  const changes =
    description === undefined ? sent : { ...sent, Description: (description ?? '').slice(0, descriptionLength) };
  context.store.table(kind.headers.set).update(row, changes);
  touchJournal(context, kind, text(row, 'dataAreaId'), text(row, 'JournalBatchNumber'));
}

/** Deletes an unposted header without lines (section 9). */
export function deleteHeader(context: JournalContext, kind: JournalKind, operation: string, row: Row): void {
  const { store } = context;
  refuseIfPosted(context, kind, operation, row);
  const [company, journal] = [text(row, 'dataAreaId'), text(row, 'JournalBatchNumber')];
  if (linesOf(store, kind, company, journal).length > 0) {
    throw writeRefusal('Ledger journal table cannot be deleted while dependent Journal lines exist.');
  }
  store.table(kind.headers.set).remove(row);
  const status = statusOf(store, company, journal);
  if (status !== undefined) store.table(ledgerJournalTableBiEntities.set).remove(status);
}
