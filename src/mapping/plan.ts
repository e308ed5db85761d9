import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, ErpTarget, MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import { parseConcurJson } from './concur-json.js';
import { explainedRows } from './erp-document-rows.js';
import { splitByLegalEntity } from './intercompany.js';
import type { LegalEntityPart } from './intercompany.js';
import { nameOfTarget, resolveLegalEntities } from './legal-entity.js';
import { plain, sumOf } from './money.js';
import { draftOf, erpDocumentOf, isWithoutAmounts, masterDataOf, refuseEmpty } from './plan-part.js';
import type { Plan, Refusals } from './plan-types.js';
import { newRefusals } from './plan-types.js';

/**
 * Plans the ERP documents of one Concur document: pure, the same input gives the same plan and the same keys. Nothing is
 * posted to a default: everything that has no declared answer is refused, all offenders at once (S92, S93, S97, S98). It is
 * planned as a whole or not at all, also where it has parts in several companies (B37).
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
  const nothing: Plan = { documents: [], explained: [], masterData: [], warnings, refusals: refusals.list };
  if (isWithoutAmounts(document)) {
    if (rules.zeroDocuments === 'confirm') return { ...nothing, ...(isRefused(refusals) ? {} : { isEmpty: true }) };
    refuseEmpty(refusals);
  }
  const fis = typeof fisDocument === 'string' ? parseConcurJson(fisDocument) : fisDocument;
  const resolved = resolveLegalEntities(rules, document.docType, fis);
  if ('refusal' in resolved) {
    refusals.add(resolved.refusal);
    return nothing;
  }
  const { entities } = resolved;
  const drafts = splitByLegalEntity(document, entities, rules.inputTaxIn).flatMap((part) => {
    proveBalance(part, document, refusals);
    const mapping = companyOf(rules, part.target, refusals);
    return mapping === undefined ? [] : [draftOf(part, mapping, facts, refusals, warnings)];
  });
  const planned = drafts.flatMap((draft) => {
    const document = erpDocumentOf(draft);
    return document === undefined ? [] : [{ draft, document }];
  });
  const documents = isRefused(refusals) ? [] : planned;
  return {
    documents: documents.map(({ document }) => document),
    get explained() {
      return documents.map(({ draft, document }) => ({
        part: document.part,
        rows: explainedRows(document, [...draft.lines.details, ...draft.lines.parties]),
      }));
    },
    target: entities.paying,
    masterData: drafts.map(masterDataOf),
    warnings: [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()],
    refusals: refusals.list,
  };
}

const isRefused = ({ list }: Refusals): boolean => list.length > 0;

/** The ledger of each company must balance by itself after the split (decisions 14); what is refused already is not proved. */
function proveBalance({ target, document }: LegalEntityPart, whole: NeutralDocument, refusals: Refusals): void {
  const balance = sumOf(document.legs.map(({ amount }) => amount));
  if (balance.isZero() || whole.refusals.length > 0) return;
  const message = `The ledger of ${nameOfTarget(target)} does not balance: debit and credit differ by ${plain(balance)} ${document.currency}.`;
  refusals.add({ hold: 'document-inconsistent', code: 'B1', field: nameOfTarget(target), message });
}

function companyOf(rules: MappingRules, target: ErpTarget, refusals: Refusals): CompanyMapping | undefined {
  const found = rules.companies.find(({ erp, company }) => erp === target.erp && company === target.company);
  if (found === undefined) {
    const message = `${nameOfTarget(target)} is named by a rule but is not a configured ERP company.`;
    refusals.add({ hold: 'legal-entity-unresolved', code: 'company-unknown', message, field: 'rules.legalEntity' });
  }
  return found;
}
