import type { DimensionValue } from '../contracts/erp-documents.js';
import { erpCodeOf } from '../contracts/list-item-codes.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import type { Decided } from './code-lookup.js';
import { declaredDefault, noRowWhy, ownRow, rowOf } from './code-lookup.js';
import type { CodedDocument, CostLeg, Missing } from './code-resolver.js';
import { factsOf, ruled } from './rule-match.js';

/** How one dimension is found, with its table under the dimension's name. */
export type DimensionTable = CompanyMapping['dimensions'][number] & { name: string };

export const dimensionTables = ({ dimensions }: CompanyMapping): DimensionTable[] =>
  dimensions.map((rule) => ({ ...rule, name: rule.dimension }));

/** The dimension values of one cost line, each with what has decided it; what has no mapping is refused. */
export function dimensionsOf(
  mapping: CompanyMapping,
  tables: readonly DimensionTable[],
  document: CodedDocument,
  leg: CostLeg,
  missing: Missing,
): Decided<DimensionValue>[] {
  const rules = leg.leg === 'expense' ? (mapping.rules ?? []).filter(({ set }) => set.dimensions !== undefined) : [];
  const facts = rules.length === 0 ? {} : factsOf(document, leg);
  return tables.flatMap((rule) => {
    const { dimension } = rule;
    const found =
      ruled(
        rules,
        () => facts,
        document.documentOn,
        ({ set }) => ownRow(set.dimensions ?? {}, dimension),
      ) ?? dimensionOf(rule, leg, document, missing);
    return found === undefined
      ? []
      : [{ value: { dimension, value: found.value }, why: `${dimension}: ${found.value}, ${found.why}` }];
  });
}

/**
 * The first filled field decides; if its code has no mapping the document holds, it never falls on to the next field or to the
 * employee's own cost centre (S98). Fields of the employee count for a dimension that is declared as the employee's own
 * (decisions 17, S96). Personal items have no cost objects, so nothing is required of them.
 */
function dimensionOf(
  rule: DimensionTable,
  leg: CostLeg,
  document: CodedDocument,
  missing: Missing,
): Decided | undefined {
  const { dimension, fromEmployee = [] } = rule;
  const field =
    rule.from.find((name) => !name.startsWith('employee') && Object.hasOwn(leg.fields, name)) ??
    fromEmployee.find((name) => Object.hasOwn(document.employeeFields ?? {}, name));
  const code = field === undefined ? undefined : (leg.fields[field] ?? document.employeeFields?.[field]);
  if (field === undefined || code === undefined) return emptyDimension(rule, leg, document, missing);
  const own = rule.listCodes === true ? erpCodeOf(code) : code;
  const found = rowOf(rule, code, document.documentOn) ?? rowOf(rule, own, document.documentOn);
  if (found !== undefined) return { ...found, why: `${field} ${code}, ${found.why}` };
  if (rule.sameCode) return { value: own, why: `${field} ${code}, sameCode` };
  return missing({
    code: 'dimension-unmapped',
    field,
    message: `${dimension}: the code ${code} of ${field} has no mapping.`,
    why: noRowWhy(rule, code, document.documentOn),
    unmapped: { kind: 'dimension', code, dimension },
  });
}

function emptyDimension(
  rule: DimensionTable,
  leg: CostLeg,
  { businessId }: CodedDocument,
  missing: Missing,
): Decided | undefined {
  if (leg.leg !== 'expense') return undefined;
  const fields = [...rule.from, ...(rule.fromEmployee ?? [])].join(', ');
  const declared = declaredDefault(rule, `${fields} are empty`);
  if (declared !== undefined || !rule.required) return declared;
  return missing({
    code: 'dimension-empty',
    field: fields,
    message: `${rule.dimension} is required, but ${fields} are empty (${businessId}, ${leg.text}).`,
    why: `${rule.dimension} is required and no default is declared`,
    unmapped: { kind: 'dimension', code: '', dimension: rule.dimension },
  });
}
