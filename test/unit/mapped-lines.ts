import assert from 'node:assert/strict';
import type { CompanyMapping, MappingRule, PlanFacts } from '../../src/contracts/mapping-rules.js';
import { codeResolver } from '../../src/mapping/code-resolver.js';
import { newRefusals, type PlanRefusal } from '../../src/mapping/plan-types.js';
import { plannedLines, type PlannedLine } from '../../src/mapping/planned-lines.js';
import { facts, fixtureText, foMapping, read, type Fixture } from './mapping-fixtures.js';

/** What a mapping makes of a document. */
export interface Mapped {
  lines: PlannedLine[];
  refusals: PlanRefusal[];
  line: (text: RegExp) => PlannedLine;
}

/** Lines and refusals of a fixture under the mapping of the tests with some of it changed. */
export function mapped(
  changes: Partial<CompanyMapping>,
  {
    name = 'expense-split-with-tax',
    text,
    given = {},
  }: { name?: Fixture; text?: string; given?: Partial<PlanFacts> } = {},
): Mapped {
  const document = read(name, text ?? fixtureText(name));
  const refusals = newRefusals();
  const resolver = codeResolver({ ...foMapping, ...changes }, { ...facts, ...given }, document, refusals);
  const { details, parties } = plannedLines(document, resolver, 'accounts');
  const lines = [...details, ...parties];
  const line = (wanted: RegExp): PlannedLine => {
    const found = lines.find(({ text: written }) => wanted.test(written));
    assert.ok(found, `no line ${wanted.source}: ${lines.map(({ text: written }) => written).join('; ')}`);
    return found;
  };
  return { lines, refusals: refusals.list, line };
}

/** A rule that holds always, unless days are given. */
export const rule = (name: string, when: MappingRule['when'], set: MappingRule['set'], days = {}): MappingRule => ({
  name,
  ...days,
  when,
  set,
});
