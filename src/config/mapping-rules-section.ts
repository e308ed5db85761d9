import type { RuleTarget } from '../contracts/mapping-conditions.js';
import type { MappingPlace, MappingRule, RuleCondition } from '../contracts/mapping-rules.js';
import { areUsable, codeFault, daysOf, type MappingContext } from './mapping-rows.js';
import { tellConditionFaults } from './mapping-rule-faults.js';
import { didYouMean } from './similar-text.js';
import type { RuleSection } from './mapping-schema.js';

/** What the rules of one company may name. */
export interface RuleSurroundings {
  /** Dimensions of the mapping, by name. */
  dimensions: readonly string[];
  /** Longest code of a dimension value. */
  valueLimit: number;
}

/** Reads the rules in their order. Faults are told, each with its line; a faulty rule is left out. */
export function readRules(
  sections: readonly RuleSection[],
  surroundings: RuleSurroundings,
  context: MappingContext,
): MappingRule[] {
  const names = new Map<string, MappingPlace>();
  const rules = sections.flatMap((section, index): MappingRule[] => {
    const place = context.locate(['rules', index]);
    const rule = ruleOf(section, place);
    const other = names.get(rule.name);
    if (other !== undefined) {
      const message = `there are two rules named '${rule.name}' (the other is ${other.file}:${other.line})`;
      context.tell(place, message, 'give each rule a name of its own: it is told wherever the rule decides');
    }
    names.set(rule.name, place);
    const at = (path: PropertyKey[]): MappingPlace => context.locate(['rules', index, ...path]);
    const isWhole = [
      tellConditionFaults(rule, at, context.tell),
      areUsable(rule, place, context.tell),
      areSettable(rule, surroundings, at, context),
    ];
    return isWhole.every(Boolean) ? [rule] : [];
  });
  tellCovered(rules, context);
  return rules;
}

function ruleOf({ name, from, to, when, set }: RuleSection, place: MappingPlace): MappingRule {
  const { account, vendor, liability, taxAccount, dimensions } = set;
  return {
    name,
    ...daysOf({ from, to }),
    when: Object.fromEntries(Object.entries(when).map(([field, value]) => [field, conditionOf(value)])),
    set: {
      ...(account === undefined ? {} : { account }),
      ...(vendor === undefined ? {} : { vendor }),
      ...(liability === undefined ? {} : { liability }),
      ...(taxAccount === undefined ? {} : { taxAccount }),
      ...(dimensions === undefined ? {} : { dimensions }),
    },
    place,
  };
}

function conditionOf(value: RuleSection['when'][string]): RuleCondition {
  if (typeof value === 'string') return { in: [value] };
  // One of them must be met: their order says nothing, and no difference of two versions.
  return Array.isArray(value) ? { in: [...value].sort() } : { prefix: value.prefix };
}

/** Codes and dimensions that a rule sets. */
function areSettable(
  { name, set }: MappingRule,
  { dimensions, valueLimit }: RuleSurroundings,
  at: (path: PropertyKey[]) => MappingPlace,
  { tell }: MappingContext,
): boolean {
  const { account, vendor, liability, taxAccount } = set;
  const codes = {
    account,
    vendor,
    liability: liability && ('ledger' in liability ? liability.ledger : liability.vendor),
    taxAccount,
  };
  let isWhole = true;
  const refuse = (path: PropertyKey[], message: string, remedy: string): void => {
    isWhole = false;
    tell(at(path), `rule '${name}': ${message}`, remedy);
  };
  for (const [target, code] of Object.entries(codes)) {
    const fault = code === undefined ? undefined : codeFault(code, { what: target, limit: 20 });
    if (fault !== undefined) refuse(['set', target], fault.message, fault.remedy);
  }
  for (const [dimension, value] of Object.entries(set.dimensions ?? {})) {
    const path = ['set', 'dimensions', dimension];
    if (!dimensions.includes(dimension)) {
      const hint = didYouMean(dimension, dimensions);
      const remedy = hint === '' ? 'add the dimension to `dimensions`, or correct its name' : hint;
      refuse(path, `${dimension} is no dimension of this mapping`, remedy);
    }
    const fault = codeFault(value, { what: `value of ${dimension}`, limit: valueLimit });
    if (fault !== undefined) refuse(path, fault.message, fault.remedy);
  }
  return isWhole;
}

/** What a rule decides, each for itself: an earlier rule may take one and leave the other. */
function decisions({ set }: MappingRule): string[] {
  const targets = Object.keys(set).filter((target) => target !== ('dimensions' satisfies RuleTarget));
  return [...targets, ...Object.keys(set.dimensions ?? {}).map((dimension) => `dimension ${dimension}`)];
}

/** A rule that can never decide, since an earlier one holds whenever it does. */
function tellCovered(rules: readonly MappingRule[], { tell }: MappingContext): void {
  for (const [index, rule] of rules.entries()) {
    const before = rules.slice(0, index);
    const lost = decisions(rule).flatMap((decision) => {
      const other = before.find((each) => decisions(each).includes(decision) && covers(each, rule));
      return other === undefined ? [] : [{ decision, other: other.name }];
    });
    const [first] = lost;
    if (first === undefined || rule.place === undefined) continue;
    const what = lost.map(({ decision }) => decision).join(', ');
    const message = `rule '${rule.name}' never decides about ${what}: rule '${first.other}' stands before it and holds whenever it does`;
    tell(rule.place, message, 'put the special rule before the general one, or remove it', 'warning');
  }
}

function covers(general: MappingRule, special: MappingRule): boolean {
  const isLonger =
    (general.from ?? '') <= (special.from ?? '') && (general.to ?? '9999-12-31') >= (special.to ?? '9999-12-31');
  return (
    isLonger &&
    Object.entries(general.when).every(([name, condition]) => {
      const own = special.when[name];
      return own !== undefined && isNarrower(own, condition);
    })
  );
}

function isNarrower(own: RuleCondition, general: RuleCondition): boolean {
  const values = 'in' in own ? own.in : undefined;
  if ('in' in general) return values?.every((value) => general.in.includes(value)) === true;
  return (values ?? ('prefix' in own ? [own.prefix] : [])).every((value) => value.startsWith(general.prefix));
}
