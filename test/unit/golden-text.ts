import { erpDocumentText } from '../../src/cli/preview/document-text.js';
import type { ErpRoute } from '../../src/contracts/erp-documents.js';
import { parseConcurJson } from '../../src/mapping/concur-json.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import type { CaseFixture } from './case-fixtures.js';
import { caseRules } from './case-fixtures.js';

/** Where the golden files stand: one folder per ERP, one text per fixture. */
export const goldenFolder = new URL('../golden/', import.meta.url);
export const goldenErps = ['fo', 'bc'] as const;
export type GoldenErp = (typeof goldenErps)[number];

/** Ways by which invoices can go into each ERP; reports and advances go into its general journal. */
const invoiceRoutes: Record<GoldenErp, [title: string, route: ErpRoute][]> = {
  fo: [
    ['invoice journal', 'fo-vendor-invoice-journal'],
    ['pending invoice', 'fo-pending-invoice'],
    ['general journal', 'fo-general-journal'],
  ],
  bc: [
    ['purchase invoice', 'bc-purchase-invoice'],
    ['general journal', 'bc-general-journal'],
  ],
};

/** The golden text of one fixture in one ERP: every ERP document as a table, or why there is none. */
export function goldenText(fixture: CaseFixture, erp: GoldenErp, says: string): string {
  const head = [`${fixture.name}: ${says}`, ''];
  const ways = fixture.docType === 'invoice' ? invoiceRoutes[erp] : invoiceRoutes[erp].slice(0, 1);
  const parts = ways.map(([title, route]) => {
    const way = fixture.docType === 'invoice' ? [`== as ${title} ==`, ''] : [];
    return [...way, ...planText(fixture, erp, route)];
  });
  return `${[...head, ...parts.flat()].join('\n').trimEnd()}\n`;
}

function planText({ docType, id, text }: CaseFixture, erp: GoldenErp, route: ErpRoute): string[] {
  const rules = caseRules(erp, route);
  const today = Object.fromEntries(rules.companies.map((each) => [`${each.erp}/${each.company}`, '2026-08-01']));
  const facts = { fiId: id, today, openFrom: {}, resolvedVendors: {} };
  const plan = planErpDocuments(readConcurDocument(docType, text), parseConcurJson(text), rules, facts);
  const told = (title: string, list: { code: string; message: string }[]): string[] =>
    list.length === 0 ? [] : [`${title}:`, ...list.map(({ code, message }) => `  ${code}: ${message}`), ''];
  return [
    ...plan.documents.flatMap((document) => [...erpDocumentText(document), '']),
    ...told('warnings', plan.warnings),
    ...told('refused', plan.refusals),
  ];
}

/** One row of a table of a golden file, read back. */
export interface GoldenRow {
  type: string;
  account: string;
  /** Signed, debit positive. */
  amount: string;
}

/** The tables of a golden text by their heading: the way of an invoice, or an empty text. */
export function goldenRows(text: string): Map<string, GoldenRow[]> {
  const found = new Map<string, GoldenRow[]>([['', []]]);
  let way = '';
  for (const line of text.split('\n')) {
    way = /^== as (.+) ==$/.exec(line)?.[1] ?? way;
    const [, number, type, account, debit, credit] = line.split('|').map((cell) => cell.trim());
    if (number === undefined || type === undefined || account === undefined || !/^\d+$/.test(number)) continue;
    const amount = debit === '' || debit === undefined ? `-${credit ?? ''}` : debit;
    found.set(way, [...(found.get(way) ?? []), { type, account, amount }]);
  }
  return found;
}
