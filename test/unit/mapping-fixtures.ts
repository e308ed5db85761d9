import { readFileSync } from 'node:fs';
import type { DocType } from '../../src/contracts/documents.js';
import type { NeutralDocument } from '../../src/contracts/ledger.js';
import type { CompanyMapping, MappingRules, PlanFacts } from '../../src/contracts/mapping-rules.js';
import { parseConcurJson } from '../../src/mapping/concur-json.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import type { Plan } from '../../src/mapping/plan-types.js';

export type Fixture = 'expense-split-with-tax' | 'expense-with-advance' | 'invoice-two-lines' | 'cash-advance';

const docTypeOf: Record<Fixture, DocType> = {
  'expense-split-with-tax': 'expense',
  'expense-with-advance': 'expense',
  'invoice-two-lines': 'invoice',
  'cash-advance': 'cashadvance',
};

export function fixtureText(name: Fixture): string {
  return readFileSync(new URL(`../fixtures/fis/${name}.json`, import.meta.url), 'utf8');
}

/** The fixture as text, with some text replaced; every replacement must be found. */
export function changed(name: Fixture, ...replacements: [from: string, to: string][]): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`${name} does not hold ${from}`);
    }
    return text.replace(from, to);
  }, fixtureText(name));
}

export function read(name: Fixture, text = fixtureText(name)): NeutralDocument {
  return readConcurDocument(docTypeOf[name], text);
}

export const foMapping: CompanyMapping = {
  erp: 'fo-test',
  company: 'demf',
  kind: 'dynamics-fo',
  currency: 'EUR',
  isTest: false,
  postingDate: 'document',
  routes: {},
  journalNames: { expense: 'CNQREXP', cashadvance: 'CNQRADV', invoice: 'CNQRINV' },
  vendors: { sameCode: true, byCode: {} },
  employees: { sameCode: false, byId: { KX10001: 'E-001', KX10003: 'E-003' } },
  accounts: {
    sameCode: false,
    byCode: { 6100: '610000', 6110: '611000', 6140: '614000', 1910: '191000', 7100: '710000', 7200: '720000' },
  },
  cardLiabilities: { CBCP: { ledger: '210000' } },
  inputTax: [{ authority: 'DEVAT', code: '*', account: '157600' }],
  advance: { 1620: '162000' },
  dimensions: [
    { dimension: 'BusinessUnit', from: ['allocationCustom1Code'], required: false, sameCode: true, byCode: {} },
    {
      dimension: 'Department',
      from: ['allocationCustom2Code', 'lineItemCustom2Code', 'reportCustom2Code'],
      required: false,
      sameCode: false,
      byCode: { 410: 'D410', 420: 'D420', 430: 'D430', 'L-2': 'DL2' },
    },
  ],
};

export const bcMapping: CompanyMapping = {
  ...foMapping,
  erp: 'bc-test',
  company: "O'Brien & Söhne",
  kind: 'business-central',
  journalNames: {},
};

export function rulesFor(mapping: CompanyMapping, path = 'report.ledgerCode', code = 'DE01'): MappingRules {
  const target = { erp: mapping.erp, company: mapping.company };
  const codes = { [code]: target, GB01: target, GBP: target };
  const legalEntity = [path, 'requestHeader.ledgerCode', 'cashAdvanceData.employeeCurrencyAlphaCode'];
  return { version: 'test', legalEntity: legalEntity.map((each) => ({ path: each, codes })), companies: [mapping] };
}

export const facts: PlanFacts = {
  fiId: '0f3c5b7a9d1e4f60a2b4c6d8e0f21436',
  today: { 'fo-test/demf': '2026-04-01', "bc-test/O'Brien & Söhne": '2026-04-01' },
  openFrom: {},
  resolvedVendors: {},
};

export function plan(
  name: Fixture,
  mapping: CompanyMapping,
  text = fixtureText(name),
  given: Partial<PlanFacts> = {},
): Plan {
  const fisDocument = parseConcurJson(text);
  return planErpDocuments(read(name, text), fisDocument, rulesFor(mapping), { ...facts, ...given });
}
