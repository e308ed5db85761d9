import type { DocType } from '../contracts/documents.js';
import type { LegPosition } from '../contracts/ledger.js';
import type { ErpTarget, LegalEntityRule, MappingRules } from '../contracts/mapping-rules.js';
import { ownRow } from './code-lookup.js';
import { filled } from './coded-fields.js';
import { isJsonObject } from './concur-json.js';
import type { PlanRefusal } from './plan-types.js';

/** The ERP companies of one document (decisions 14 and 18). */
export interface LegalEntities {
  /** Owes employee, supplier and card, and bears what belongs to no allocation: personal items and cash advances. */
  paying: ErpTarget;
  /** The company that bears an allocation. */
  bearing: (at: LegPosition) => ErpTarget;
}

/** `erp/company`. */
export const nameOfTarget = ({ erp, company }: ErpTarget): string => `${erp}/${company}`;

/** A code that a rule's path leads to, and the part of the document that it speaks for. */
interface FoundCode {
  code: string | undefined;
  target: ErpTarget | undefined;
  item?: number;
  allocation?: number;
  /** Personal entries are never allocated: they belong to the company that pays. */
  isPersonal?: true;
}

const remedy =
  'Add the code to the rules of legal entities in the connections file, or send the document back to Concur.';

/**
 * Finds the ERP companies by the declared rules: the first rule of which a code is listed decides. A path through allocations
 * is read for each of them, and none may be left over; where they lead to several companies, rules of the paying one must say
 * which of them owes the money (decisions 14 and 18, trap 33).
 * @param fisDocument the parsed FIS document, codes as strings
 */
export function resolveLegalEntities(
  rules: Pick<MappingRules, 'legalEntity' | 'payingEntity'>,
  docType: DocType,
  fisDocument: unknown,
): { entities: LegalEntities } | { refusal: PlanRefusal } {
  const payingRules = rulesFor(rules.payingEntity ?? [], docType);
  // Advances, personal items and returned advances are the paying company's: no allocation is there to be asked.
  const isAllocated = payingRules.length === 0 || hasAllocations(docType, fisDocument);
  const found: DecidingCodes = isAllocated
    ? decidingCodes(rules.legalEntity, docType, fisDocument, 'leads to an ERP company')
    : { codes: [], path: '' };
  if ('refusal' in found) return found;
  const { codes, path } = found;
  const counted = payingRules.length === 0 ? codes : codes.filter(({ isPersonal }) => isPersonal !== true);
  if (counted.some(({ target, isPersonal }) => target === undefined && isPersonal !== true)) {
    return { refusal: unresolved(`The parts of the document belong to different companies: ${shown(codes)}.`, path) };
  }
  if (payingRules.length === 0) {
    const only = onlyTarget(codes);
    return only === undefined ? { refusal: withoutPayer(codes, path) } : { entities: entitiesOf(only, []) };
  }
  const payer = decidingCodes(payingRules, docType, fisDocument, 'says which company pays');
  if ('refusal' in payer) return payer;
  const paying = payer.codes.some(({ target }) => target === undefined) ? undefined : onlyTarget(payer.codes);
  if (paying === undefined) {
    const message = `More than one company would pay the document: ${shown(payer.codes)}.`;
    return { refusal: unresolved(message, payer.path) };
  }
  return { entities: entitiesOf(paying, counted) };
}

/** Says whether anything of a document is borne by allocations, and may so belong to another company than the one that pays. */
function hasAllocations(docType: DocType, fisDocument: unknown): boolean {
  if (docType !== 'expense') return docType === 'invoice';
  const entries = isJsonObject(fisDocument) ? listOf(fisDocument['expenseEntry']) : [];
  return entries.some(
    (entry) => isJsonObject(entry) && !isPersonalEntry(entry) && listOf(entry['allocation']).length > 0,
  );
}

function entitiesOf({ erp, company }: ErpTarget, codes: FoundCode[]): LegalEntities {
  const paying = { erp, company };
  return {
    paying,
    bearing: ({ item, allocation }) => {
      const own = codes.find(
        (each) =>
          (each.item === undefined || each.item === item) &&
          (each.allocation === undefined || each.allocation === allocation),
      );
      return own?.target === undefined ? paying : { erp: own.target.erp, company: own.target.company };
    },
  };
}

type DecidingCodes = { codes: FoundCode[]; path: string } | { refusal: PlanRefusal };

const rulesFor = (rules: LegalEntityRule[], docType: DocType): LegalEntityRule[] =>
  rules.filter((rule) => rule.docTypes === undefined || rule.docTypes.includes(docType));

/** The codes of the first rule of which one is listed. */
function decidingCodes(
  rules: LegalEntityRule[],
  docType: DocType,
  fisDocument: unknown,
  meaning: string,
): DecidingCodes {
  const applicable = rulesFor(rules, docType);
  const seen: string[] = [];
  for (const rule of applicable) {
    const codes = codesAt(fisDocument, rule.path.split('.'), rule.codes);
    if (codes.some(({ target }) => target !== undefined)) return { codes, path: rule.path };
    seen.push(`${rule.path} = ${[...new Set(codes.map(({ code }) => code ?? '(empty)'))].join(', ') || '(missing)'}`);
  }
  const message =
    seen.length === 0
      ? `No rule of legal entities applies to documents of type ${docType}.`
      : `No rule ${meaning}: ${seen.join('; ')}.`;
  return { refusal: unresolved(message, applicable.map(({ path }) => path).join(', ')) };
}

function onlyTarget(codes: FoundCode[]): ErpTarget | undefined {
  const targets = codes.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const [first] = targets;
  return first !== undefined && targets.every((target) => nameOfTarget(target) === nameOfTarget(first))
    ? first
    : undefined;
}

function withoutPayer(codes: FoundCode[], path: string): PlanRefusal {
  const message = `The parts of the document belong to different companies: ${shown(codes)}. No rule says which of them pays.`;
  const cure =
    'Say by rules.payingEntity in the connections file which company owes the money, or send the document back to Concur.';
  return { ...unresolved(message, path), code: 'paying-entity', remedy: cure };
}

const shown = (codes: FoundCode[]): string =>
  [
    ...new Set(
      codes.map(({ code, target }) => `${code ?? '(empty)'} → ${target ? nameOfTarget(target) : 'no company'}`),
    ),
  ].join('; ');

function unresolved(message: string, field: string): PlanRefusal {
  return { hold: 'legal-entity-unresolved', code: 'legal-entity', message, field, remedy };
}

type Position = Omit<FoundCode, 'code' | 'target'>;

/** All codes at a dotted path, lists flattened, with the position in the document; gaps of personal entries do not count. */
function codesAt(document: unknown, path: readonly string[], targets: LegalEntityRule['codes']): FoundCode[] {
  const found: FoundCode[] = [];
  const add = (code: string | undefined, at: Position): void => {
    if (code === undefined && at.isPersonal === true) return;
    found.push({ code, target: code === undefined ? undefined : ownRow(targets, code), ...at });
  };
  const follow = (value: unknown, depth: number, at: Position): void => {
    const field = path[depth];
    if (field === undefined) {
      add(filled(value), at);
    } else if (!isJsonObject(value)) {
      add(undefined, at);
    } else {
      const member = value[field];
      // An entry that has no allocation has no cost either; anything else that is missing is a gap.
      const members = field === 'allocation' || Array.isArray(member) ? listOf(member) : [member];
      members.forEach((each, index) => follow(each, depth + 1, step(at, field, index, each)));
    }
  };
  follow(document, 0, {});
  return found;
}

function step(at: Position, field: string, index: number, member: unknown): Position {
  if (field === 'allocation') return { ...at, allocation: index };
  if (field !== 'expenseEntry' && field !== 'lineItem') return at;
  return { ...at, item: index, ...(isPersonalEntry(member) ? { isPersonal: true } : {}) };
}

function isPersonalEntry(entry: unknown): boolean {
  const flag = isJsonObject(entry) ? entry['entryIsPersonal'] : undefined;
  return flag === true || (typeof flag === 'string' && flag.trim().toUpperCase() === 'Y');
}

/** A list that may be missing, or its only element. */
function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
