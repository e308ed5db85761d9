import { z } from 'zod';
import type { ConnectionsFile } from './connections-schema.js';
import type { Report } from './settings-error.js';

const account = z.string().min(1).max(20);

/** Ledger accounts of one company for its dealings with others that share documents with it (decisions 14). */
export const intercompanySchema = z
  .array(
    z.strictObject({
      erp: z.string().optional().describe('ERP connection of the other company; this one where left out.'),
      company: z.string().min(1).describe('The other company.'),
      dueFrom: account.describe('Ledger account of this company for what the other one owes it.'),
      dueTo: account.describe('Ledger account of this company for what it owes the other one.'),
    }),
  )
  .default([]);

/** Lists whose members cannot speak for a document as a whole. */
const partsOfDocument = ['expenseEntry', 'lineItem', 'journalData', 'cashAdvanceApplication'];

/** Faults of everything that concerns several companies: who pays, and what they owe each other. */
export function reportIntercompanyFaults(file: Pick<ConnectionsFile, 'erp' | 'rules'>, report: Report): void {
  const known = file.erp.flatMap((erp) => erp.companies.map(({ company }) => `${erp.name}/${company}`));
  for (const [index, { path, codes }] of file.rules.payingEntity.entries()) {
    const at = ['rules', 'payingEntity', index];
    const [root = ''] = path.split('.');
    if (partsOfDocument.includes(root)) {
      report(
        [...at, 'path'],
        `${path} is read per part of a document, but one company pays; name a field of its header`,
      );
    }
    for (const [code, { erp, company }] of Object.entries(codes)) {
      if (!known.includes(`${erp}/${company}`)) report([...at, 'codes', code], unknown(`${erp}/${company}`, known));
    }
  }
  for (const [index, erp] of file.erp.entries()) {
    for (const [position, { company, mapping }] of erp.companies.entries()) {
      const seen = new Set<string>();
      for (const [row, other] of mapping.intercompany.entries()) {
        const at = ['erp', index, 'companies', position, 'mapping', 'intercompany', row];
        const partner = `${other.erp ?? erp.name}/${other.company}`;
        if (!known.includes(partner)) report([...at, 'company'], unknown(partner, known));
        if (partner === `${erp.name}/${company}`) report(at, `${company} owes nothing to itself; name another company`);
        if (seen.has(partner)) report(at, `the accounts for ${partner} stand twice; remove one of the two`);
        seen.add(partner);
      }
    }
  }
}

const unknown = (named: string, known: readonly string[]): string =>
  `${named} is no ERP company of this file; correct the name or describe the company (${known.join(', ')})`;
