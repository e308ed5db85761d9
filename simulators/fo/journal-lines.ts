import { Decimal } from 'decimal.js';
import { completeRow } from './entity-definition.js';
import { headerOf, linesOf, touchJournal, type JournalContext } from './journal-context.js';
import { companyOfBody, refuseIfPosted } from './journal-headers.js';
import type { JournalKind } from './journal-kinds.js';
import { journalNameRow, nextVoucher } from './journal-set-up.js';
import { settleLine } from './line-rules.js';
import {
  duplicateKey,
  fieldRefused,
  mandatoryFieldMissing,
  notRelated,
  updateConflict,
  updateNotAllowed,
  writeFailed,
} from './odata-errors.js';
import type { Company } from './store.js';
import { sum, text, toDay, type Row } from './values.js';

function lineNumber(kind: JournalKind, journal: string, lines: readonly Row[], sent: Row): string {
  if (!kind.clientNumbersLines) {
    const highest = lines.reduce((most, line) => Decimal.max(most, text(line, 'LineNumber')), new Decimal(0));
    return highest.plus(1).toFixed();
  }
  const given = sent['LineNumber'];
  if (given === undefined || given === null) throw mandatoryFieldMissing('Line number');
  if (lines.some((line) => line['LineNumber'] === given)) {
    const table = 'Journal lines (LedgerJournalTrans)';
    throw duplicateKey(kind.lines.aotName, table, `Journal batch number: ${journal}, Line number: ${given}`);
  }
  return given;
}

/**
 * One voucher for the journal, or a new one once the last one balances, as NewVoucher of the journal name says (sections 6.2
 * and 6.3); none where a person has to enter it.
 */
function voucherFor(context: JournalContext, kind: JournalKind, journal: Row, lines: readonly Row[]): string {
  const { store } = context;
  const company = text(journal, 'dataAreaId');
  const name = journalNameRow(store, company, text(journal, 'JournalName'));
  if (name?.['VoucherSeriesCode'] === '') {
    const problem = 'Error: The voucher cannot be assigned because a number sequence reference is missing.';
    throw writeFailed(kind.lines.aotName, [problem]);
  }
  if (name?.['NewVoucher'] === 'Manually') return '';
  const last = lines.at(-1);
  const current = last === undefined ? '' : text(last, 'Voucher');
  const stays = name?.['NewVoucher'] === 'OneVoucher' || !isBalanced(kind, lines, current);
  return current !== '' && stays ? current : nextVoucher(store, company, kind);
}

function isBalanced(kind: JournalKind, lines: readonly Row[], voucher: string): boolean {
  const open = lines.filter((line) => line['Voucher'] === voucher && text(line, 'OffsetAccountDisplayValue') === '');
  const debit = sum(open.map((line) => text(line, kind.fields.debit)));
  return debit.equals(sum(open.map((line) => text(line, kind.fields.credit))));
}

function defaultsOf(context: JournalContext, kind: JournalKind, company: Company): Row {
  const today = toDay(context.desk.now());
  const vendorDefaults = { Approved: 'Yes', TransactionType: 'Vend', TermsOfPayment: 'Net30', MethodOfPayment: 'ELEC' };
  return {
    [kind.fields.date]: today,
    ExchRate: '100',
    Company: company.company.toUpperCase(),
    OffsetCompany: company.company.toUpperCase(),
    ...(kind.clientNumbersLines ? vendorDefaults : { [kind.fields.currency]: company.currency }),
  };
}

/** Key under which writes of a line are recorded: company, journal, account, amounts and text. */
export function lineKey(kind: JournalKind, line: Row): string {
  const { debit, credit, text: textField } = kind.fields;
  const parts = ['dataAreaId', 'JournalBatchNumber', 'AccountDisplayValue', debit, credit, textField];
  return parts.map((field) => text(line, field)).join('/');
}

function checkSentFields(kind: JournalKind, sent: Row): void {
  const refused = kind.lines.readOnly.find((field) => field in sent);
  if (refused === undefined) return;
  throw fieldRefused(kind.lines.aotName, refused, `Field '${refused}' cannot be set.`);
}

function journalOfLine(context: JournalContext, kind: JournalKind, company: string, sent: Row): Row {
  const wanted = sent['JournalBatchNumber'] ?? '';
  if (wanted === '') throw mandatoryFieldMissing('Journal batch number');
  const header = headerOf(context.store, kind, company, wanted);
  if (header === undefined) {
    throw notRelated(kind.lines.aotName, 'JournalBatchNumber', 'Journal batch number', wanted, 'Ledger journal table');
  }
  if (header['IsPosted'] === 'Yes') {
    throw writeFailed(kind.lines.aotName, [`Error: Journal ${wanted} is posted and cannot be changed.`]);
  }
  return header;
}

/**
 * Creates a line (sections 6.2 and 6.3). In a general journal nothing guards against the same line twice; a line with equal
 * account, amounts and text in one journal is recorded as a repeat.
 */
export function createLine(context: JournalContext, kind: JournalKind, operation: string, sent: Row): Row {
  const { store, desk } = context;
  checkSentFields(kind, sent);
  const company = companyOfBody(context, kind.lines.aotName, operation, sent);
  const dataAreaId = company.company.toLowerCase();
  const header = journalOfLine(context, kind, dataAreaId, sent);
  const journal = text(header, 'JournalBatchNumber');
  if (desk.itemFault('item-failure', operation)) throw updateConflict(kind.lines.aotName);
  const lines = linesOf(store, kind, dataAreaId, journal);
  const line = settleLine(
    store.master,
    company,
    kind,
    completeRow(kind.lines, {
      ...defaultsOf(context, kind, company),
      ...sent,
      dataAreaId,
      JournalBatchNumber: journal,
      LineNumber: lineNumber(kind, journal, lines, sent),
      Voucher: voucherFor(context, kind, header, lines),
      $recId: store.nextRecId(),
    }),
  );
  const key = lineKey(kind, line);
  const repeated = lines.some((other) => lineKey(kind, other) === key);
  store.table(kind.lines.set).insert(line);
  touchJournal(context, kind, dataAreaId, journal);
  store.onCommit(() => {
    if (repeated) desk.repeat(operation, key, `journal ${journal} has this line already`);
    else desk.write({ operation, key, outcome: 'applied', detail: text(line, 'LineNumber') });
  });
  return line;
}

/** Changes a line; keys and what the server fills may not be sent. */
export function updateLine(context: JournalContext, kind: JournalKind, operation: string, row: Row, sent: Row): void {
  const locked = [...kind.lines.readOnly, ...kind.lines.keys].find((field) => field in sent);
  if (locked !== undefined) throw updateNotAllowed(locked);
  refuseIfPosted(context, kind, operation, row);
  const { store } = context;
  const company = store.findCompany(text(row, 'dataAreaId'));
  if (company === undefined)
    throw notRelated(kind.lines.aotName, 'dataAreaId', 'Company', text(row, 'dataAreaId'), 'Legal entities');
  store.table(kind.lines.set).update(row, settleLine(store.master, company, kind, { ...row, ...sent }));
  touchJournal(context, kind, text(row, 'dataAreaId'), text(row, 'JournalBatchNumber'));
}

/** Deletes a line of an unposted journal. */
export function deleteLine(context: JournalContext, kind: JournalKind, operation: string, row: Row): void {
  refuseIfPosted(context, kind, operation, row);
  context.store.table(kind.lines.set).remove(row);
  touchJournal(context, kind, text(row, 'dataAreaId'), text(row, 'JournalBatchNumber'));
}
