import type { DocType } from '../contracts/documents.js';
import type { ErpTarget, LegalEntityRule } from '../contracts/mapping-rules.js';
import { filled } from './coded-fields.js';
import { isJsonObject } from './concur-json.js';
import type { PlanRefusal } from './plan-types.js';

const remedy =
  'Add the code to the rules of legal entities in the connections file, or send the document back to Concur.';

/**
 * Finds the ERP company by the declared rules: the first rule of which a code is listed decides. A path through
 * allocations is read for each of them; all must lead to one company (decisions 14 and 18, trap 33).
 * @param fisDocument the parsed FIS document, codes as strings
 */
export function resolveLegalEntity(
  rules: LegalEntityRule[],
  docType: DocType,
  fisDocument: unknown,
): { target: ErpTarget } | { refusal: PlanRefusal } {
  const applicable = rules.filter((rule) => rule.docTypes === undefined || rule.docTypes.includes(docType));
  const seen: string[] = [];
  for (const rule of applicable) {
    const codes = codesAt(fisDocument, rule.path.split('.'));
    const targets = codes.map((code) =>
      code !== undefined && Object.hasOwn(rule.codes, code) ? rule.codes[code] : undefined,
    );
    if (targets.some((target) => target !== undefined)) {
      return oneTarget(rule.path, codes, targets);
    }
    seen.push(`${rule.path} = ${[...new Set(codes.map((code) => code ?? '(empty)'))].join(', ') || '(missing)'}`);
  }
  const message =
    seen.length === 0
      ? `No rule of legal entities applies to documents of type ${docType}.`
      : `No rule leads to an ERP company: ${seen.join('; ')}.`;
  return { refusal: unresolved(message, applicable.map(({ path }) => path).join(', ')) };
}

function oneTarget(
  path: string,
  codes: (string | undefined)[],
  targets: (ErpTarget | undefined)[],
): { target: ErpTarget } | { refusal: PlanRefusal } {
  const [first] = targets;
  const named = (target: ErpTarget | undefined): string => (target ? `${target.erp}/${target.company}` : 'no company');
  if (first !== undefined && targets.every((target) => named(target) === named(first))) {
    return { target: { erp: first.erp, company: first.company } };
  }
  const parts = new Set(codes.map((code, index) => `${code ?? '(empty)'} → ${named(targets[index])}`));
  const message = `The parts of the document belong to different companies: ${[...parts].join('; ')}.`;
  return { refusal: unresolved(message, path) };
}

function unresolved(message: string, field: string): PlanRefusal {
  return { hold: 'legal-entity-unresolved', code: 'legal-entity', message, field, remedy };
}

/** All codes at a dotted path, arrays flattened; personal entries are never allocated, so their gaps do not count. */
function codesAt(value: unknown, path: string[]): (string | undefined)[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => codesAt(item, path));
  }
  const [field, ...rest] = path;
  if (field === undefined) {
    return [filled(value)];
  }
  if (!isJsonObject(value)) {
    return [undefined];
  }
  const codes = codesAt(value[field], rest);
  return value.entryIsPersonal === 'Y' ? codes.filter((code) => code !== undefined) : codes;
}
