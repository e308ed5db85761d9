import type { Company } from './company.js';
import { subledgerOf } from './tables-ledger.js';
import { decimal, integer, plain, text, type Row } from './values.js';

/** What the codeunit tells of one vendor ledger entry; amounts are decimal strings, what is owed is negative. */
export interface VendorLedgerAnswer {
  entries: {
    number: string;
    documentType: string;
    currency: string;
    open: boolean;
    amount: string;
    remaining: string;
    /** `0001-01-01` while it is open. */
    closedAt: string;
    reversed: boolean;
    /** What was applied to it and stands. */
    payments: { documentType: string; number: string; date: string; amount: string }[];
  }[];
}

/** The entries of a vendor with one of his numbers, each with what has settled it. */
export function vendorLedger(company: Company, vendorNo: string, externalNo: string): VendorLedgerAnswer {
  const found = company
    .table(subledgerOf('Vendor').entries)
    .filter((row) => row['Vendor_No'] === vendorNo && row['External_Document_No'] === externalNo);
  return {
    entries: found.map((entry) => ({
      number: text(entry, 'Document_No'),
      documentType: text(entry, 'Document_Type').trim(),
      currency: text(entry, 'Currency_Code'),
      open: entry['Open'] === true,
      amount: plain(decimal(entry, 'Amount')),
      remaining: plain(decimal(entry, 'Remaining_Amount')),
      closedAt: text(entry, 'Closed_at_Date'),
      reversed: entry['Reversed'] === true,
      payments: paymentsOf(company, entry),
    })),
  };
}

function paymentsOf(company: Company, entry: Row): VendorLedgerAnswer['entries'][number]['payments'] {
  const { details, entries } = subledgerOf('Vendor');
  const rows = company.table(details);
  const own = rows.filter(
    (row) =>
      row['Vendor_Ledger_Entry_No'] === entry['Entry_No'] &&
      row['Entry_Type'] === 'Application' &&
      row['Unapplied'] !== true,
  );
  return own.flatMap((row) => {
    const other = rows.find(
      (one) =>
        one['$application'] === row['$application'] && one['Vendor_Ledger_Entry_No'] !== row['Vendor_Ledger_Entry_No'],
    );
    const counter = company.table(entries).get(integer(other ?? {}, 'Vendor_Ledger_Entry_No')) ?? {};
    return {
      documentType: text(counter, 'Document_Type'),
      number: text(counter, 'Document_No'),
      date: text(row, 'Posting_Date'),
      amount: plain(decimal(row, 'Amount')),
    };
  });
}
