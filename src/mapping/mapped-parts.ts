import type { LedgerLeg, NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, ErpTarget, MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import type { LegalEntityPart } from './intercompany.js';
import { splitByLegalEntity } from './intercompany.js';
import { resolveLegalEntities } from './legal-entity.js';
import { amountOf, plain, type Amount } from './money.js';
import { draftOf } from './plan-part.js';
import type { PlanRefusal, UnmappedCode } from './plan-types.js';
import { newRefusals } from './plan-types.js';
import type { PlannedLine } from './planned-lines.js';

/** What mapped parts are made of. */
export interface MappedInput {
  document: NeutralDocument;
  /** The parsed FIS document. */
  fis: unknown;
  rules: MappingRules;
  facts: PlanFacts;
}

/** A document as one mapping sees it: its lines per company, each with what has decided it, and what is refused. */
export interface MappedDocument {
  lines: (PlannedLine & { target: ErpTarget })[];
  refusals: PlanRefusal[];
}

/** Maps a document without writing it in the form of an ERP: for comparing two mappings. */
export function mappedDocument(input: MappedInput): MappedDocument {
  const refusals = newRefusals();
  const parts = partsOf(input);
  if ('refusal' in parts) return { lines: [], refusals: [parts.refusal] };
  const lines = parts.flatMap(({ part, mapping }) => {
    const { details, parties } = draftOf(part, mapping, input.facts, refusals, []).lines;
    return [...details, ...parties].map((line) => ({ ...line, target: part.target }));
  });
  return { lines, refusals: refusals.list };
}

/** A code of one leg that the mapping of its company does not know. */
export interface UnmappedLeg {
  target: ErpTarget;
  unmapped: UnmappedCode;
  /** Unsigned. */
  amount: Amount;
  currency: string;
  /** What a person calls it: the payee, or the text of the line. */
  name: string;
  why: string;
}

/** Every code of a document that no row maps, leg by leg: also of legs that would cancel each other out. */
export function unmappedLegs(input: MappedInput): UnmappedLeg[] {
  const parts = partsOf(input);
  if ('refusal' in parts) return [];
  return parts.flatMap(({ part, mapping }) =>
    part.document.legs.flatMap((leg) => {
      const refusals = newRefusals();
      draftOf({ ...part, document: { ...part.document, legs: [leg] } }, mapping, input.facts, refusals, []);
      return refusals.list.flatMap(({ unmapped, why = '' }): UnmappedLeg[] => {
        if (unmapped === undefined) return [];
        const { currency } = part.document;
        const name = nameOf(unmapped, leg, part.document);
        return [{ target: part.target, unmapped, amount: amountOf(leg.amount).abs(), currency, name, why }];
      });
    }),
  );
}

function nameOf({ kind }: UnmappedCode, leg: LedgerLeg, { payee }: NeutralDocument): string {
  if (kind === 'employee' || kind === 'supplier') return payee.name;
  return leg.text.replace(/ \d{4}-\d\d-\d\d$/, '');
}

/** Lines that are only in one of two mappings of a document, as a person reads them. */
export function lineTexts({ lines }: MappedDocument): string[] {
  return lines.map(({ target, accountType, account, amount, dimensions, text }) => {
    const values = dimensions.map(({ dimension, value }) => `${dimension} ${value}`).join(', ');
    const where = `${target.erp}/${target.company}`;
    return [where, plain(amount), accountType, account, ...(values === '' ? [] : [values]), text].join(' · ');
  });
}

function partsOf({
  document,
  fis,
  rules,
}: MappedInput): { part: LegalEntityPart; mapping: CompanyMapping }[] | { refusal: PlanRefusal } {
  const resolved = resolveLegalEntities(rules, document.docType, fis);
  if ('refusal' in resolved) return resolved;
  return splitByLegalEntity(document, resolved.entities, rules.inputTaxIn).flatMap((part) => {
    const { erp, company } = part.target;
    const mapping = rules.companies.find((each) => each.erp === erp && each.company === company);
    return mapping === undefined ? [] : [{ part, mapping }];
  });
}
