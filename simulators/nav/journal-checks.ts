import type { Company } from './company.js';
import { checkPostingGroups, checkVendor } from './checks.js';
import { fieldError, missingValue } from './errors.js';
import { partyOf } from './logic-journal-line.js';
import { checkDuplicate } from './purchase-posting.js';
import { decimal, integer, text, type Row } from './values.js';

/** A journal line as messages name it. */
export function nameOfJournalLine(line: Row): string {
  return `Gen. Journal Line ${text(line, 'Journal_Template_Name')}, ${text(line, 'Journal_Batch_Name')}, ${integer(line, 'Line_No')}`;
}

/** What posting asks of one line, apart from date and dimensions. Throws NavError. */
export function checkJournalLine(company: Company, line: Row): void {
  const where = `Gen. Journal Line: Journal Batch Name=${text(line, 'Journal_Batch_Name')}, Line No.=${integer(line, 'Line_No')}`;
  if (text(line, 'Document_No') === '') throw missingValue('Document No.', where);
  if (text(line, 'Account_No') === '') throw missingValue('Account No.', where);
  if (decimal(line, 'Amount').isZero()) throw missingValue('Amount', where);
  for (const side of ['Account', 'Bal_Account'] as const) {
    const party = partyOf(company, line, side);
    if (party !== undefined && line[`${side}_Type`] === 'Vendor') checkVendorSide(company, line, party);
    if (party !== undefined && line[`${side}_Type`] === 'Employee') checkEmployeeSide(line, where);
  }
}

/** Only lines of a document type are checked for duplicates: a blank one has no guard (section 22, trap 8). */
function checkVendorSide(company: Company, line: Row, vendor: Row): void {
  checkVendor(vendor, 'post');
  checkPostingGroups(vendor);
  const type = text(line, 'Document_Type');
  if (type !== 'Invoice' && type !== 'Credit Memo') return;
  const reference = text(line, 'External_Document_No');
  if (reference === '') throw missingValue('External Document No.', nameOfJournalLine(line));
  checkDuplicate(company, { type, reference, vendor: text(vendor, 'No') });
}

function checkEmployeeSide(line: Row, where: string): void {
  if (![' ', 'Payment', ''].includes(text(line, 'Document_Type'))) {
    throw fieldError(`Document Type must be ' ' or Payment in ${where}.`);
  }
  if (text(line, 'Currency_Code') !== '') throw fieldError(`Currency Code must be empty in ${where}.`);
}
