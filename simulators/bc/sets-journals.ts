import {
  byText,
  code,
  fixed,
  idField,
  modifiedField,
  option,
  plainField,
  text,
  type EntitySet,
} from './odata-fields.js';
import type { JournalLineRow, JournalRow } from './records.js';
import { dimensionPart } from './sets-dimensions.js';
import { EMPTY_GUID, type Company } from './world.js';

/** Id of the account or vendor that a line names. */
export function accountId(company: Company, accountType: string, number: string): string {
  const table = accountType === 'Vendor' ? company.vendors : company.accounts;
  return table.find((row: { number: string }) => row.number === number)?.id ?? EMPTY_GUID;
}

/** Account types of journal lines; only G/L accounts and vendors exist in the simulated companies. */
export const JOURNAL_ACCOUNT_TYPES = ['G/L Account', 'Customer', 'Vendor', 'Bank Account', 'Employee'] as const;

/** Lines of general journal batches: no currency, no document guard. */
export const journalLines: EntitySet<JournalLineRow> = {
  name: 'journalLines',
  type: 'journalLine',
  fields: {
    id: idField(),
    journalId: plainField('guid', (row) => row.journalId),
    journalDisplayName: fixed(text(100, (row, view) => view.company.journals.get(row.journalId)?.code ?? '')),
    lineNumber: plainField('integer', (row) => row.lineNumber),
    accountType: option(JOURNAL_ACCOUNT_TYPES, (row) => row.accountType),
    accountId: plainField('guid', (row, view) => accountId(view.company, row.accountType, row.accountNumber)),
    accountNumber: code(20, (row) => row.accountNumber),
    postingDate: plainField('date', (row) => row.postingDate),
    documentNumber: code(20, (row) => row.documentNumber),
    externalDocumentNumber: code(35, (row) => row.externalDocumentNumber),
    amount: plainField('decimal', (row) => row.amount),
    description: text(100, (row) => row.description),
    comment: text(250, (row) => row.comment),
    taxCode: code(20, (row) => row.taxCode),
    balanceAccountType: option(JOURNAL_ACCOUNT_TYPES, (row) => row.balanceAccountType),
    balancingAccountId: plainField('guid', (row, view) =>
      accountId(view.company, row.balanceAccountType, row.balancingAccountNumber),
    ),
    balancingAccountNumber: code(20, (row) => row.balancingAccountNumber),
    lastModifiedDateTime: modifiedField(),
  },
  parts: { dimensionSetLines: dimensionPart('Journal Line') },
  order: (left, right) => byText(left.journalId, right.journalId) || left.lineNumber - right.lineNumber,
  lagging: true,
  parent: { field: 'journalId', message: 'You must specify a journal batch ID or a journal ID to get a journal line.' },
};

/** General journal batches. */
export const journals: EntitySet<JournalRow> = {
  name: 'journals',
  type: 'journal',
  fields: {
    id: idField(),
    code: code(10, (row) => row.code),
    displayName: text(100, (row) => row.displayName),
    templateDisplayName: code(10, (row) => row.templateDisplayName),
    lastModifiedDateTime: modifiedField(),
    balancingAccountId: fixed(plainField('guid', () => EMPTY_GUID)),
    balancingAccountNumber: fixed(code(20, () => '')),
  },
  parts: { journalLines: { set: journalLines, rows: (row) => row.lines } },
  order: (left, right) => byText(left.code, right.code),
  lagging: true,
};
