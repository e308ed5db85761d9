import { costFields, employeeFields } from '../contracts/mapping-conditions.js';
import type { MappingRule } from '../contracts/mapping-rules.js';
import type { MappingContext } from './mapping-rows.js';
import { codeFault } from './mapping-rows.js';
import type { MappingSection } from './mapping-schema.js';
import { didYouMean } from './similar-text.js';

/** Judges the dimensions of a mapping beyond their shape. */
export function tellDimensionFaults(
  { dimensions }: Pick<MappingSection, 'dimensions'>,
  valueLimit: number,
  { locate, tell }: MappingContext,
): void {
  const names = new Map<string, number>();
  for (const [index, { dimension, from, fromEmployee, required, ...rest }] of dimensions.entries()) {
    const at = ['dimensions', index];
    const name = codeFault(dimension, { what: 'name of the dimension', limit: 60 });
    if (name !== undefined) tell(locate([...at, 'dimension']), name.message, name.remedy);
    if (names.has(dimension))
      tell(locate(at), `the dimension ${dimension} is described twice`, 'remove one of the two');
    names.set(dimension, index);
    tellFieldFaults(index, { from, fromEmployee }, { locate, tell });
    for (const field of new Set(from.filter((each, position) => from.indexOf(each) !== position))) {
      tell(locate([...at, 'from']), `${dimension} names the field ${field} twice`, 'remove one of the two');
    }
    if (rest.default !== undefined) {
      const value = codeFault(rest.default, { what: `default of ${dimension}`, limit: valueLimit });
      if (value !== undefined) tell(locate([...at, 'default']), value.message, value.remedy);
      if (required) {
        const message = `${dimension} is required, but its default hides that it is missing`;
        tell(locate([...at, 'default']), message, 'remove the default, or required', 'warning');
      }
    }
    if (fromEmployee.length > 0) tellCostObjectsOf(index, dimensions, { locate, tell });
  }
}

/** A field that Concur does not have would leave the dimension empty without a word. */
function tellFieldFaults(
  index: number,
  fields: Pick<MappingSection['dimensions'][number], 'from' | 'fromEmployee'>,
  { locate, tell }: Pick<MappingContext, 'locate' | 'tell'>,
): void {
  const check = (name: 'from' | 'fromEmployee', known: readonly string[]): void => {
    for (const [position, field] of fields[name].entries()) {
      if (known.includes(field)) continue;
      const place = locate(['dimensions', index, name, position]);
      if (name === 'from' && field.startsWith('employee')) {
        const message = `${field} tells of the employee: cost objects never come from employee fields`;
        tell(
          place,
          message,
          'name a field of the allocation, or declare a dimension of the employee with fromEmployee',
        );
        continue;
      }
      const hint = didYouMean(field, known);
      tell(
        place,
        `Concur has no field ${field} for a dimension`,
        hint === '' ? `write for example ${known[0] ?? ''}` : hint,
      );
    }
  };
  check('from', costFields);
  check('fromEmployee', employeeFields);
}

/** The department of an employee is a dimension of its own; it must not stand in for a cost object (decisions 17, S98). */
function tellCostObjectsOf(
  index: number,
  dimensions: MappingSection['dimensions'],
  { locate, tell }: Pick<MappingContext, 'locate' | 'tell'>,
): void {
  const own = dimensions[index];
  for (const other of dimensions) {
    if (own === undefined || other === own || other.fromEmployee.length > 0) continue;
    const [shared] = own.from.filter((field) => other.from.includes(field));
    if (shared === undefined) continue;
    const message = `${own.dimension} would take the employee's own code where the cost object ${shared} of ${other.dimension} is missing`;
    tell(locate(['dimensions', index, 'fromEmployee']), message, `take ${shared} out of from, or remove fromEmployee`);
  }
}

/** Defaults that never count, and rules that make whole tables useless. */
export function tellHiddenDefaults(
  { accounts }: Pick<MappingSection, 'accounts'>,
  rules: readonly MappingRule[],
  { locate, tell }: MappingContext,
): void {
  if (accounts.default !== undefined && accounts.sameCode) {
    const message = 'accounts.default hardly ever counts: with sameCode each code without a row is its own account';
    tell(locate(['accounts', 'default']), message, 'remove sameCode or the default', 'warning');
  }
  for (const rule of rules) {
    const isAlways = Object.keys(rule.when).length === 0 && rule.from === undefined && rule.to === undefined;
    if (!isAlways || rule.place === undefined) continue;
    const what = Object.keys(rule.set).join(', ');
    const message = `rule '${rule.name}' holds for everything: it is a default for ${what} that hides each row and each missing code`;
    tell(rule.place, message, 'give it conditions, or declare a default where one is meant', 'warning');
  }
}
