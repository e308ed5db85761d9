import type { DocType } from '../contracts/documents.js';
import type { DimensionValue, ErpDocument, ErpRoute } from '../contracts/erp-documents.js';
import type { MasterDataRequest } from '../contracts/erp-port.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, PlanFacts } from '../contracts/mapping-rules.js';
import { codeResolver } from './code-resolver.js';
import { documentToFo } from './document-to-fo.js';
import { documentToPending } from './document-to-pending.js';
import { documentToNav } from './document-to-nav.js';
import type { ErpDraft } from './erp-draft.js';
import { unsupported } from './erp-draft.js';
import { documentKeys } from './erp-keys.js';
import type { LegalEntityPart } from './intercompany.js';
import { amountOf, sumOf } from './money.js';
import type { Plan, Refusals } from './plan-types.js';
import { plannedLines } from './planned-lines.js';
import type { PlannedLine } from './planned-lines.js';
import { postingDate } from './posting-date.js';

/** Resolves everything that one company needs for its part of a document; what has no answer is refused. */
export function draftOf(
  { part, role, document }: LegalEntityPart,
  mapping: CompanyMapping,
  facts: PlanFacts,
  refusals: Refusals,
  warnings: Plan['warnings'],
): ErpDraft {
  refuseTestDocument(document, mapping, refusals);
  const route = role === 'bearing' ? journalRoutes[mapping.kind] : partRoute(document, mapping, refusals, warnings);
  const costs = route === 'fo-pending-invoice' ? 'goods' : 'accounts';
  const journalName = journalNameOf(document, mapping, role, route);
  return {
    part,
    role,
    document,
    mapping,
    route,
    ...(journalName === undefined ? {} : { journalName }),
    keys: documentKeys({ fiId: facts.fiId, erp: mapping.erp, company: mapping.company, part }),
    lines: plannedLines(document, codeResolver(mapping, facts, document, refusals), costs),
    postingOn: postingDate(document, mapping, facts, refusals, warnings),
    refusals,
    warnings,
  };
}

/** The ERP document of a draft; undefined when it is refused. */
export function erpDocumentOf(draft: ErpDraft): ErpDocument | undefined {
  const { mapping, route } = draft;
  if (mapping.kind !== 'dynamics-fo') return documentToNav(draft);
  return route === 'fo-pending-invoice' ? documentToPending(draft) : documentToFo(draft);
}

function refuseTestDocument(document: NeutralDocument, mapping: CompanyMapping, refusals: Refusals): void {
  if (!document.isTest || mapping.isTest) return;
  refusals.add({
    hold: 'test-document',
    code: 'test-document',
    field: 'isTest',
    message: `The document belongs to a Concur test user; ${mapping.erp}/${mapping.company} is not marked as a test company.`,
    remedy: 'Withdraw the document in Concur, or mark the company with isTest if it is one.',
  });
}

/** Says whether a document has no amount at all: there is nothing that an ERP could post. */
export function isWithoutAmounts({ legs }: NeutralDocument): boolean {
  return legs.every((leg) => amountOf(leg.amount).isZero());
}

/** A document without amounts, which no ERP can post; a person decides, unless rules.zeroDocuments does. */
export function refuseEmpty(refusals: Refusals): void {
  const message = 'The document has no amounts: there is nothing to post.';
  const remedy =
    'Send it back to Concur, end it with ignoreDocument, or set rules.zeroDocuments to confirm: then Concur is told that such documents are done.';
  refusals.add(unsupported('nothing-to-post', message, remedy));
}

/** Costs that another company pays have no vendor: they are always a general journal. */
const journalRoutes: Record<CompanyMapping['kind'], ErpRoute> = {
  'dynamics-fo': 'fo-general-journal',
  'business-central': 'bc-general-journal',
  'dynamics-nav': 'bc-general-journal',
};

/**
 * The route of the document's type; where the ERP owes nobody anything by it (Concur pays, a company card, all given back), an
 * invoice would have no vendor, and it becomes a general journal where there is one.
 */
function partRoute(
  document: NeutralDocument,
  mapping: CompanyMapping,
  refusals: Refusals,
  warnings: Plan['warnings'],
): ErpRoute {
  const chosen = routeOf(document, mapping, refusals);
  const general = journalRoutes[mapping.kind];
  const hasJournal = mapping.kind !== 'dynamics-fo' || mapping.journalNames.general !== undefined;
  if (chosen === general || !hasJournal || isWithoutAmounts(document) || owesSomebody(document)) return chosen;
  const message = `The ERP owes nobody anything by ${document.humanNumber}: it becomes a general journal instead of ${chosen} in ${mapping.erp}/${mapping.company}.`;
  warnings.push({ code: 'general-journal', message, field: 'routes' });
  return general;
}

/** Whether employee or supplier is owed something by the ERP, or owes it something. */
function owesSomebody({ legs }: NeutralDocument): boolean {
  const open = legs.filter(
    (leg) => leg.leg === 'party' && leg.settledBy === 'erp' && (leg.party === 'EMPL' || leg.party === 'VENDOR'),
  );
  return !sumOf(open.map(({ amount }) => amount)).isZero();
}

/** A journal name belongs to one kind of journal: that of invoices is of another kind than a general journal needs. */
function journalNameOf(
  { docType }: NeutralDocument,
  { kind, routes: chosen, journalNames }: CompanyMapping,
  role: LegalEntityPart['role'],
  route: ErpRoute,
): string | undefined {
  if (kind !== 'dynamics-fo' || route === 'fo-pending-invoice') return undefined;
  const own = (chosen[docType] ?? defaultRoutes[kind][docType]) === route ? journalNames[docType] : undefined;
  return role === 'bearing' ? (journalNames.general ?? own) : (own ?? journalNames.general);
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

/** What the ERP company must have, as far as it is known. */
export function masterDataOf({ lines, mapping, journalName }: ErpDraft): MasterDataRequest & { erp: string } {
  const all: PlannedLine[] = [...lines.details, ...lines.parties];
  const accountsOf = (type: PlannedLine['accountType']): string[] =>
    [...new Set(all.filter((line) => line.accountType === type).map((line) => line.account))].sort();
  const dimensions = new Map<string, DimensionValue>();
  for (const value of all.flatMap((line) => line.dimensions)) {
    dimensions.set(`${value.dimension}\n${value.value}`, value);
  }
  return {
    erp: mapping.erp,
    company: mapping.company,
    vendors: accountsOf('vendor'),
    accounts: accountsOf('ledger'),
    dimensions: [...dimensions.values()],
    journalNames: journalName === undefined ? [] : [journalName],
  };
}
