import type { z } from 'zod';

/** A mapping of which parts were left out, so that the rest can be judged. */
export interface Pruned<Section> {
  section: Section;
  issues: z.core.$ZodIssue[];
  /** The path of a part as it stands in the file: items of lists move up when one before them is left out. */
  original: (path: readonly PropertyKey[]) => PropertyKey[];
}

/** Lists of which a faulty item is left out as a whole: a part of a rule would decide more than the whole rule. */
const wholeItems: readonly PropertyKey[] = ['rules', 'inputTax', 'rows'];
const mostRounds = 12;

/** Parses a mapping, leaving out what has the wrong shape; all issues are told with paths of the file as it is. */
export function parsePruned<Section>(
  schema: z.ZodType<Section>,
  data: unknown,
): Pruned<Section> | { issues: z.core.$ZodIssue[] } {
  const copy: unknown = structuredClone(data);
  const kept = new Map<string, number[]>();
  const original = (path: readonly PropertyKey[]): PropertyKey[] =>
    path.map((key, index) => {
      const numbers = kept.get(keyOf(path.slice(0, index)));
      return typeof key === 'number' && numbers !== undefined ? (numbers[key] ?? key) : key;
    });
  const issues: z.core.$ZodIssue[] = [];
  const left = new Set<string>();
  for (let round = 0; round < mostRounds; round += 1) {
    const parsed = schema.safeParse(copy);
    if (parsed.success) return { section: parsed.data, issues, original };
    for (const issue of parsed.error.issues) {
      const path = original(issue.path);
      // What is missing now may only be missing because it was left out.
      if (!left.has(keyOf(path))) issues.push({ ...issue, path });
    }
    const paths = parsed.error.issues.flatMap(partsOf).map((path) => wholeItem(path));
    if (paths.some((path) => path.length === 0)) break;
    for (const path of paths) left.add(keyOf(original(path)));
    remove(copy, paths, kept);
  }
  return { issues };
}

const keyOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

/** The parts of a mapping that an issue is about. */
function partsOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  const isMissing = issue.code === 'invalid_type' && /received undefined/.test(issue.message);
  return [isMissing ? issue.path.slice(0, -1) : issue.path];
}

function wholeItem(path: PropertyKey[]): PropertyKey[] {
  const list = path.findIndex((key, index) => wholeItems.includes(key) && typeof path[index + 1] === 'number');
  return list < 0 ? path : path.slice(0, list + 2);
}

/** Items of lists are taken out last to first, so that the others keep their numbers meanwhile. */
function remove(root: unknown, paths: PropertyKey[][], kept: Map<string, number[]>): void {
  const ordered = [...new Map(paths.map((path) => [keyOf(path), path])).values()].sort(
    (left, right) => Number(right.at(-1)) - Number(left.at(-1)) || right.length - left.length,
  );
  for (const path of ordered) {
    const last = path.at(-1);
    const parent = valueAt(root, path.slice(0, -1));
    if (Array.isArray(parent) && typeof last === 'number') {
      const key = keyOf(path.slice(0, -1));
      const numbers = kept.get(key) ?? parent.map((_, index) => index);
      parent.splice(last, 1);
      kept.set(
        key,
        numbers.filter((_, index) => index !== last),
      );
    } else if (typeof parent === 'object' && parent !== null && last !== undefined) {
      Reflect.deleteProperty(parent, last);
    }
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
