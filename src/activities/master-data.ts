import type { DimensionValue, ErpDocument } from '../contracts/erp-documents.js';
import type { MasterDataFinding, MasterDataRequest } from '../contracts/erp-port.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
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
    };
  });
}

function accountsOf(document: ErpDocument): { account: string; vendor: boolean; dimensions: DimensionValue[] }[] {
  switch (document.route) {
    case 'fo-general-journal':
    case 'fo-vendor-invoice-journal':
      return document.lines.map((line) => ({ ...line, vendor: line.accountType === 'Vend' }));
    case 'bc-general-journal':
      return document.lines.map((line) => ({
        account: line.accountNumber,
        vendor: line.accountType === 'Vendor',
        dimensions: line.dimensions,
      }));
    case 'bc-purchase-invoice':
      return [
        { account: document.vendorNumber, vendor: true, dimensions: [] },
        ...document.lines.map((line) => ({ account: line.accountNumber, vendor: false, dimensions: line.dimensions })),
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

/** One hold that lists every offender at once (S93); the vendor comes first, since a person can answer that at once. */
export function findingsToHold(findings: readonly MasterDataFinding[], vendorKeys: string[]): Hold | undefined {
  const first = [...findings].sort((left, right) => rank(left) - rank(right))[0];
  if (!first) return undefined;
  return { reason: reasonOf[first.kind], message: findings.map((finding) => finding.message).join(' '), vendorKeys };
}

const rank = (finding: MasterDataFinding): number => Object.keys(reasonOf).indexOf(finding.kind);
