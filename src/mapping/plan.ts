import type { DocType } from '../contracts/documents.js';
import type { DimensionValue, ErpDocument, ErpRoute } from '../contracts/erp-documents.js';
import type { MasterDataRequest } from '../contracts/erp-port.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import { codeResolver } from './code-resolver.js';
import { parseConcurJson } from './concur-json.js';
import { documentToFo } from './document-to-fo.js';
import { documentToPending } from './document-to-pending.js';
import { documentToNav } from './document-to-nav.js';
import type { ErpDraft } from './erp-draft.js';
import { unsupported } from './erp-draft.js';
import { documentKeys } from './erp-keys.js';
import { resolveLegalEntity } from './legal-entity.js';
import { amountOf } from './money.js';
import type { Plan, Refusals } from './plan-types.js';
import { newRefusals } from './plan-types.js';
import { plannedLines } from './planned-lines.js';
import type { PlannedLine } from './planned-lines.js';
import { postingDate } from './posting-date.js';

/**
 * Plans the ERP documents of one Concur document: pure, the same input gives the same plan and the same keys. Nothing is
 * posted to a default: everything that has no declared answer is refused, all offenders at once (S92, S93, S97, S98).
 * @param fisDocument the document of which `document` is the reading: its JSON text, or parsed by `parseConcurJson`
 */
export function planErpDocuments(
  document: NeutralDocument,
  fisDocument: unknown,
  rules: MappingRules,
  facts: PlanFacts,
): Plan {
  const refusals = newRefusals();
  for (const finding of document.refusals) {
    refusals.add({ ...finding, hold: 'document-inconsistent' });
  }
  const warnings = [...document.warnings];
  const fis = typeof fisDocument === 'string' ? parseConcurJson(fisDocument) : fisDocument;
  const entity = resolveLegalEntity(rules.legalEntity, document.docType, fis);
  if ('refusal' in entity) {
    refusals.add(entity.refusal);
    return { documents: [], warnings, refusals: refusals.list };
  }
  const { target } = entity;
  const mapping = rules.companies.find(({ erp, company }) => erp === target.erp && company === target.company);
  if (mapping === undefined) {
    const message = `${target.erp}/${target.company} is named by a rule but is not a configured ERP company.`;
    refusals.add({ hold: 'legal-entity-unresolved', code: 'company-unknown', message, field: 'rules.legalEntity' });
    return { documents: [], target, warnings, refusals: refusals.list };
  }
  const draft = draftOf(document, mapping, facts, refusals, warnings);
  const planned = builderOf(draft)(draft);
  return {
    documents: planned === undefined || refusals.list.length > 0 ? [] : [planned],
    target,
    masterData: masterDataOf(draft),
    warnings,
    refusals: refusals.list,
  };
}

function draftOf(
  document: NeutralDocument,
  mapping: CompanyMapping,
  facts: PlanFacts,
  refusals: Refusals,
  warnings: Plan['warnings'],
): ErpDraft {
  checkDocument(document, mapping, refusals);
  const route = routeOf(document, mapping, refusals);
  const costs = route === 'fo-pending-invoice' ? 'goods' : 'accounts';
  return {
    document,
    mapping,
    route,
    keys: documentKeys({ fiId: facts.fiId, erp: mapping.erp, company: mapping.company, part: 1 }),
    lines: plannedLines(document, codeResolver(mapping, facts, document, refusals), costs),
    postingOn: postingDate(document, mapping, facts, refusals),
    refusals,
    warnings,
  };
}

function builderOf({ mapping, route }: ErpDraft): (draft: ErpDraft) => ErpDocument | undefined {
  if (mapping.kind !== 'dynamics-fo') return documentToNav;
  return route === 'fo-pending-invoice' ? documentToPending : documentToFo;
}

function checkDocument(document: NeutralDocument, mapping: CompanyMapping, refusals: Refusals): void {
  if (document.isTest && !mapping.isTest) {
    refusals.add({
      hold: 'test-document',
      code: 'test-document',
      field: 'isTest',
      message: `The document belongs to a Concur test user; ${mapping.erp}/${mapping.company} is not marked as a test company.`,
      remedy: 'Withdraw the document in Concur, or mark the company with isTest if it is one.',
    });
  }
  if (document.legs.every((leg) => amountOf(leg.amount).isZero())) {
    const message = 'The document has no amounts: there is nothing to post.';
    refusals.add(unsupported('nothing-to-post', message, 'Confirm the document in Concur by hand.'));
  }
}

/** Business Central and classic NAV are one family. A credit memo is what a negative invoice becomes, not a choice. */
const bcRoutes: Partial<Record<ErpRoute, DocType[]>> = {
  'bc-general-journal': ['expense', 'cashadvance', 'invoice'],
  'bc-purchase-invoice': ['invoice', 'expense'],
};

/** Routes of each ERP and the document types that they can post; which one is used is configuration (S2). */
const routes: Record<CompanyMapping['kind'], Partial<Record<ErpRoute, DocType[]>>> = {
  'dynamics-fo': {
    'fo-general-journal': ['expense', 'cashadvance', 'invoice'],
    'fo-vendor-invoice-journal': ['invoice', 'expense'],
    'fo-pending-invoice': ['invoice'],
  },
  'business-central': bcRoutes,
  'dynamics-nav': bcRoutes,
};

const bcDefaultRoutes: Record<DocType, ErpRoute> = {
  expense: 'bc-general-journal',
  cashadvance: 'bc-general-journal',
  invoice: 'bc-purchase-invoice',
};

const defaultRoutes: Record<CompanyMapping['kind'], Record<DocType, ErpRoute>> = {
  'dynamics-fo': {
    expense: 'fo-general-journal',
    cashadvance: 'fo-general-journal',
    invoice: 'fo-vendor-invoice-journal',
  },
  'business-central': bcDefaultRoutes,
  'dynamics-nav': bcDefaultRoutes,
};

function routeOf({ docType }: NeutralDocument, mapping: CompanyMapping, refusals: Refusals): ErpRoute {
  const route = mapping.routes[docType] ?? defaultRoutes[mapping.kind][docType];
  if (!routes[mapping.kind][route]?.includes(docType)) {
    const message = `The route ${route} cannot post documents of type ${docType} to ${mapping.erp}/${mapping.company}.`;
    refusals.add(unsupported('route', message, 'Choose another route for this document type in the connections file.'));
  }
  return route;
}

function masterDataOf({ lines, mapping, document, route }: ErpDraft): MasterDataRequest {
  const all: PlannedLine[] = [...lines.details, ...lines.parties];
  const accountsOf = (type: PlannedLine['accountType']): string[] =>
    [...new Set(all.filter((line) => line.accountType === type).map((line) => line.account))].sort();
  const dimensions = new Map<string, DimensionValue>();
  for (const value of all.flatMap((line) => line.dimensions)) {
    dimensions.set(JSON.stringify([value.dimension, value.value]), value);
  }
  const usesJournal = mapping.kind === 'dynamics-fo' && route !== 'fo-pending-invoice';
  const journalName = usesJournal ? mapping.journalNames[document.docType] : undefined;
  return {
    company: mapping.company,
    vendors: accountsOf('vendor'),
    accounts: accountsOf('ledger'),
    dimensions: [...dimensions.values()],
    journalNames: journalName === undefined ? [] : [journalName],
  };
}
