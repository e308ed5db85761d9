import type { CompanyMapping, LegalEntityRule, MappingRules } from '../contracts/mapping-rules.js';
import type { ConnectionsSource } from './connections-source.js';
import type { ConnectionsFile } from './connections-schema.js';
import { contentDigest, decisiveParts } from './mapping-digest.js';
import type { TellFault } from './mapping-fault.js';
import { faultText, newFaults } from './mapping-fault.js';
import { companyMapping } from './company-mapping.js';
import { reportIntercompanyFaults } from './intercompany-schema.js';
import type { Report } from './settings-error.js';

/**
 * Resolves the mapping of every ERP company: rows in the files plus CSV tables. Faults of tables and rules of the mapping are
 * added to `problems`, other faults of rules go to `report`. The version is a digest over everything that decides a posting.
 */
export function loadMappingRules(
  { file, locate }: Pick<ConnectionsSource, 'file' | 'locate'>,
  folder: string,
  problems: string[],
  report: Report,
): MappingRules {
  const { list, tell } = newFaults();
  const companies = companyMappings({ file, locate }, folder, tell);
  problems.push(...list.filter(({ severity }) => severity === 'fault').map(faultText));
  reportCompanyFaults(file, report);
  const { inputTaxIn, zeroDocuments } = file.rules;
  const entities = {
    legalEntity: file.rules.legalEntity.map(entityRule),
    payingEntity: file.rules.payingEntity.map(entityRule),
    inputTaxIn,
    zeroDocuments,
  };
  const version = contentDigest({ ...entities, companies: companies.map(decisiveParts) }, 12);
  return { version, ...entities, companies };
}

/** The mappings of all companies, in the order of the file. */
export function companyMappings(
  { file, locate }: Pick<ConnectionsSource, 'file' | 'locate'>,
  folder: string,
  tell: TellFault,
): CompanyMapping[] {
  return file.erp.flatMap((erp, index) =>
    erp.companies.map((company, position): CompanyMapping => {
      const at = ['erp', index, 'companies', position, 'mapping'];
      const context = {
        folder,
        mappingFile: company.mapping.file,
        locate: (path: readonly PropertyKey[]) => locate([...at, ...path]),
        tell,
        tables: new Set<string>(),
      };
      return companyMapping(erp, company, context);
    }),
  );
}

function entityRule({ path, documentTypes, codes }: ConnectionsFile['rules']['legalEntity'][number]): LegalEntityRule {
  return { path, ...(documentTypes === undefined ? {} : { docTypes: documentTypes }), codes };
}

/** What is wrong between the companies of a file, and between their mappings and their other settings. */
export function reportCompanyFaults(file: ConnectionsFile, report: Report): void {
  reportUnknownCompanies(file, report);
  reportUnusableRoutes(file, report);
  reportIntercompanyFaults(file, report);
}

/** Companies that the rules of legal entities name and nobody describes. */
function reportUnknownCompanies(file: Pick<ConnectionsFile, 'erp' | 'rules'>, report: Report): void {
  const known = file.erp.flatMap((erp) => erp.companies.map(({ company }) => `${erp.name}/${company}`));
  for (const [index, rule] of file.rules.legalEntity.entries()) {
    for (const [code, target] of Object.entries(rule.codes)) {
      const named = `${target.erp}/${target.company}`;
      if (known.includes(named)) continue;
      const problem = `${named} is no ERP company of this file; correct the name or describe the company (${known.join(', ')})`;
      report(['rules', 'legalEntity', index, 'codes', code], problem);
    }
  }
}

/** Each route of Finance & Operations needs something of its own: a journal name, or categories. */
function reportUnusableRoutes(file: ConnectionsFile, report: Report): void {
  for (const [index, erp] of file.erp.entries()) {
    if (erp.kind !== 'dynamics-fo') continue;
    for (const [position, { routes, journalNames, mapping }] of erp.companies.entries()) {
      const at = ['erp', index, 'companies', position];
      const isPending = routes.invoice === 'fo-pending-invoice';
      if (isPending && mapping.procurementCategories === undefined) {
        report([...at, 'mapping'], 'the route fo-pending-invoice needs procurementCategories; add hierarchy and codes');
      }
      if (!isPending && journalNames.invoice === undefined) {
        report([...at, 'journalNames'], `the route ${routes.invoice} needs a journal name; add journalNames.invoice`);
      }
    }
  }
}
