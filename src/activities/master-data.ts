import type { DimensionValue, ErpDocument } from '../contracts/erp-documents.js';
import type { MasterDataFinding, MasterDataLine, MasterDataRequest } from '../contracts/erp-port.js';
import type { DocType } from '../contracts/documents.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import { vendorKey } from '../contracts/mapping-rules.js';
import type { Hold } from '../contracts/steps.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';

/** What the planned documents of one Concur document need from each ERP company. */
export function masterDataNeeds(rows: readonly PlannedErpDocument[]): MasterDataRequest[] {
  const companies = [...new Set(rows.map((row) => row.company))];
  return companies.map((company) => {
    const documents = rows.filter((row) => row.company === company).map((row) => row.document);
    const lines = documents.flatMap(accountsOf);
    return {
      company,
      vendors: unique(lines.filter((line) => line.vendor).map((line) => line.account)),
      accounts: unique(lines.filter((line) => !line.vendor).map((line) => line.account)),
      dimensions: uniqueDimensions(lines.flatMap((line) => line.dimensions)),
      journalNames: unique(documents.flatMap((document) => ('journalName' in document ? [document.journalName] : []))),
      lines,
    };
  });
}

function accountsOf(document: ErpDocument): MasterDataLine[] {
  switch (document.route) {
    case 'fo-general-journal':
    case 'fo-vendor-invoice-journal':
      return document.lines.map(({ account, accountType, dimensions }) => ({
        account,
        vendor: accountType === 'Vend',
        dimensions,
      }));
    case 'fo-pending-invoice':
      // Categories and orders have no set that could be asked; F&O judges them when the invoice is written.
      return [
        {
          account: document.vendorAccount,
          vendor: true,
          dimensions: document.lines.flatMap((line) => line.dimensions),
        },
      ];
    case 'bc-general-journal':
      return document.lines.map((line) => ({
        account: line.accountNumber,
        vendor: line.accountType === 'Vendor',
        dimensions: line.dimensions,
      }));
    case 'bc-purchase-invoice':
    case 'bc-purchase-credit-memo':
      return [
        { account: document.vendorNumber, vendor: true, dimensions: [] },
        ...document.lines.map(({ accountNumber: account, dimensions }) => ({
          account,
          vendor: false,
          dimensions,
          inheritsFrom: document.vendorNumber,
        })),
      ];
  }
}

const unique = (values: string[]): string[] => [...new Set(values)];

function uniqueDimensions(values: DimensionValue[]): DimensionValue[] {
  return [...new Map(values.map((value) => [`${value.dimension}=${value.value}`, value])).values()];
}

const reasonOf: Record<MasterDataFinding['kind'], HoldReason> = {
  'vendor-missing': 'vendor-missing',
  'vendor-blocked': 'vendor-blocked',
  'account-missing': 'account-unusable',
  'account-blocked': 'account-unusable',
  'dimension-missing': 'dimension-unusable',
  'dimension-blocked': 'dimension-unusable',
  setup: 'erp-refused',
};

export type CompanyFinding = MasterDataFinding & { company: string };

/** Says in which ERP company something was found. */
export const inCompany =
  (company: string) =>
  (finding: MasterDataFinding): CompanyFinding => ({ ...finding, company });

/**
 * One hold that lists every offender at once (S93), and the vendors to wait for. Only the payee's own vendor is a question
 * that `resolveVendor` can answer; a card's vendor comes from the mapping, so that the document just waits until it appears.
 */
export function readFindings(
  erp: string,
  document: { docType: DocType; payeeId: string },
  rows: readonly PlannedErpDocument[],
  findings: readonly CompanyFinding[],
): { held: Hold | undefined; waits: { vendorKey: string; vendorAccount: string }[] } {
  const kind = document.docType === 'invoice' ? 'supplier' : 'employee';
  const payees = new Set(rows.flatMap(payeeVendors));
  const vendors = findings.filter(({ kind: found }) => found === 'vendor-missing' || found === 'vendor-blocked');
  const questions = vendors.filter(({ code }) => payees.has(code));
  const others = vendors.filter(({ code }) => !payees.has(code));
  const waits = [
    ...questions.map(({ company, code }) => [vendorKey(erp, company, kind, document.payeeId), code] as const),
    ...others.map(({ company, code }) => [vendorKey(erp, company, 'supplier', code), code] as const),
  ].map(([key, vendorAccount]) => ({ vendorKey: key, vendorAccount }));
  const keys = unique(waits.slice(0, questions.length).map((wait) => wait.vendorKey));
  return { held: holdOf(findings, keys), waits };
}

/** The account of employee or supplier: the one that is owed, else the one that owes; a card's vendor is credited. */
function payeeVendors({ document }: PlannedErpDocument): string[] {
  if (document.payable !== undefined) return [document.payable.vendorAccount];
  switch (document.route) {
    case 'bc-purchase-invoice':
    case 'bc-purchase-credit-memo':
      return [document.vendorNumber];
    case 'fo-pending-invoice':
      return [document.vendorAccount];
    case 'bc-general-journal':
      return document.lines
        .filter((line) => line.accountType === 'Vendor' && !line.amount.startsWith('-'))
        .map((line) => line.accountNumber);
    default:
      return document.lines
        .filter((line) => line.accountType === 'Vend' && line.debit !== undefined)
        .map((line) => line.account);
  }
}

/** The vendor comes first, since a person can answer that at once. */
export function holdOf(findings: readonly MasterDataFinding[], vendorKeys: string[]): Hold | undefined {
  const first = [...findings].sort((left, right) => rank(left) - rank(right))[0];
  if (!first) return undefined;
  const message = findings.map((finding) => finding.message).join(' ');
  // An account that is known and missing in the ERP is looked for by the vendor watch.
  return { reason: reasonOf[first.kind], message, vendorKeys, ...(vendorKeys.length > 0 ? { watched: true } : {}) };
}

const rank = (finding: MasterDataFinding): number => Object.keys(reasonOf).indexOf(finding.kind);
