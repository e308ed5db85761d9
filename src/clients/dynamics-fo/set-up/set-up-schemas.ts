import { z } from 'zod';
import { journalNameColumns, journalNameSchema, text, yes } from '../schemas.js';

export const legalEntityColumns = ['LegalEntityId'] as const;
export const legalEntitySchema = z.object({ LegalEntityId: text });

export const ledgerSetUpColumns = ['Name', 'AccountingCurrency', 'FiscalCalendar'] as const;
/** A company's ledger as the set-up check reads it. */
export const ledgerSetUpSchema = z.object({
  LegalEntityId: text,
  ChartOfAccounts: text,
  Name: text,
  AccountingCurrency: text,
  FiscalCalendar: text,
});
export type LedgerSetUp = z.infer<typeof ledgerSetUpSchema>;

export const dimensionAttributeColumns = ['DimensionName'] as const;
export const dimensionAttributeSchema = z.object({ DimensionName: text });

export const journalNameSetUpColumns = [
  ...journalNameColumns,
  'VoucherSeriesCode',
  'IsWorkflowApprovalActive',
  'AmountsIncludeSalesTax',
] as const;
/** A journal name with what is worth a word besides what stops documents. */
export const journalNameSetUpSchema = journalNameSchema.extend({
  VoucherSeriesCode: text,
  IsWorkflowApprovalActive: yes,
  AmountsIncludeSalesTax: yes,
});
export type JournalNameSetUp = z.infer<typeof journalNameSetUpSchema>;

export const vendorParameterColumns = [
  'dataAreaId',
  'IsCheckInvoiceNumberUsed',
  'AutomationWorkflowSubmission',
  'AutomationTotalsReqForWorkflowSubmission',
  'RequireDocumentDateOnVendorInvoice',
] as const;
export const vendorParameterSchema = z.object({
  IsCheckInvoiceNumberUsed: text,
  AutomationWorkflowSubmission: yes,
  AutomationTotalsReqForWorkflowSubmission: yes,
  RequireDocumentDateOnVendorInvoice: text,
});

export const journalStateColumns = [
  'dataAreaId',
  'JournalNum',
  'JournalName',
  'Posted',
  'PostedDateTime',
  'WorkflowApprovalStatus',
  'Log',
] as const;
export const journalStateSchema = z.object({
  JournalNum: text,
  JournalName: text,
  Posted: yes,
  PostedDateTime: text,
  WorkflowApprovalStatus: text,
  Log: text,
});
export type JournalStateRow = z.infer<typeof journalStateSchema>;

export const batchJobColumns = ['JobDescription', 'Status'] as const;
export const batchJobSchema = z.object({ JobDescription: text, Status: text });
