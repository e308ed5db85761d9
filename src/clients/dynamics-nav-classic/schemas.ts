import { z } from 'zod';
import { vendorText as text } from '../vendor-rows.js';

/** Numbers arrive as their literals, so that no amount passes through a float. */
const digits = z.string().regex(/^-?\d+(\.\d+)?$/);
const whole = z.string().regex(/^-?\d+$/);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);
const etag = { '@odata.etag': z.string().default('') };

/** Shortcut dimensions of a line, by position; pages show them under two kinds of names (NAV spec 19). */
export const shortcutFields = [
  'Shortcut_Dimension_1_Code',
  'Shortcut_Dimension_2_Code',
  'ShortcutDimCode3',
  'ShortcutDimCode4',
  'ShortcutDimCode5',
  'ShortcutDimCode6',
  'ShortcutDimCode7',
  'ShortcutDimCode8',
] as const;
export type ShortcutField = (typeof shortcutFields)[number];
const shortcuts = Object.fromEntries(shortcutFields.map((field) => [field, text])) as Record<
  ShortcutField,
  typeof text
>;

export const ledgerSetupSchema = z.object({
  LCY_Code: text,
  Allow_Posting_From: text,
  Allow_Posting_To: text,
  Shortcut_Dimension_1_Code: text,
  Shortcut_Dimension_2_Code: text,
  Shortcut_Dimension_3_Code: text,
  Shortcut_Dimension_4_Code: text,
  Shortcut_Dimension_5_Code: text,
  Shortcut_Dimension_6_Code: text,
  Shortcut_Dimension_7_Code: text,
  Shortcut_Dimension_8_Code: text,
});
export type LedgerSetup = z.infer<typeof ledgerSetupSchema>;
export const periodSchema = z.object({ Starting_Date: date, New_Fiscal_Year: flag });

export const vendorCheckSchema = z.object({
  No: z.string(),
  Blocked: text,
  Vendor_Posting_Group: text,
  Currency_Code: text,
});
export const accountSchema = z.object({ No: z.string(), Account_Type: text, Direct_Posting: flag, Blocked: flag });
export const dimensionValueSchema = z.object({
  Dimension_Code: z.string(),
  Code: z.string(),
  Blocked: flag,
  Dimension_Value_Type: text,
});

export const batchSchema = z.object({
  ...etag,
  Name: z.string(),
  Description: text,
  Posting_No_Series: text,
  No_Series: text,
});
export type Batch = z.infer<typeof batchSchema>;
export const journalLineSchema = z.object({
  ...etag,
  ...shortcuts,
  Journal_Batch_Name: z.string(),
  Line_No: whole,
  Posting_Date: text,
  Document_Date: text,
  Document_No: text,
  External_Document_No: text,
  Account_Type: text,
  Account_No: text,
  Currency_Code: text,
  Amount: digits,
});
export type NavJournalLine = z.infer<typeof journalLineSchema>;

/** Draft of an invoice or credit memo; what only one of the two pages shows is blank on the other. */
export const draftSchema = z.object({
  ...etag,
  No: z.string().min(1),
  Buy_from_Vendor_No: text,
  Posting_Date: text,
  Document_Date: text,
  Due_Date: text,
  Vendor_Invoice_No: text,
  Vendor_Cr_Memo_No: text,
  Currency_Code: text,
  Status: text,
  Posting_Description: text,
});
export type Draft = z.infer<typeof draftSchema>;
export const draftLineSchema = z.object({
  ...shortcuts,
  Line_No: whole,
  Type: text,
  No: text,
  Description: text,
  Line_Amount: digits,
});
export type DraftLine = z.infer<typeof draftLineSchema>;
export const postedHeaderSchema = z.object({ No: z.string(), Buy_from_Vendor_No: text, Cancelled: flag });

export const ledgerEntrySchema = z.object({
  Posting_Date: date,
  Document_No: text,
  External_Document_No: text,
  G_L_Account_No: text,
  Debit_Amount: digits,
  Credit_Amount: digits,
  Reversed: flag,
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;
export const vendorEntrySchema = z.object({
  Entry_No: whole,
  Posting_Date: date,
  Document_Date: text,
  Document_Type: text,
  Document_No: text,
  External_Document_No: text,
  Vendor_No: text,
  Description: text,
  Currency_Code: text,
  Original_Amount: digits,
  Reversed: flag,
});
export type VendorEntry = z.infer<typeof vendorEntrySchema>;
export const vendorDetailSchema = z.object({
  Entry_No: whole,
  Vendor_Ledger_Entry_No: whole,
  Entry_Type: text,
  Document_Type: text,
  Document_No: text,
  Posting_Date: date,
  Amount: digits,
});
export type VendorDetail = z.infer<typeof vendorDetailSchema>;
