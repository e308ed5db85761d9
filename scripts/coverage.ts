// Writes docs/coverage.md: which test covers which check of the requirements, read from the titles of the tests.
// `npx tsx scripts/coverage.ts`; a unit test fails while the committed page is another one.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One test whose title names checks. */
export interface NamedTest {
  file: string;
  title: string;
  ids: string[];
}

/** The checks by their letters: seeds S, mission M, corrections C, beyond the seeds B, with the highest number of each. */
const families = { S: 130, M: 5, C: 25, B: 38 } as const;
const testFunctions = new Set(['test', 'it', 'describe', 'suite']);

export const coveragePath = (): string => join(root, 'docs', 'coverage.md');

/** Every test of the tree whose title names at least one check, by file and in the order of the file. */
export function namedTests(folder = join(root, 'test')): NamedTest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => titlesOf(name, readFileSync(join(folder, name), 'utf8')));
}

/** Titles of one file; the parts of a template that are computed appear as `…`. */
export function titlesOf(file: string, text: string): NamedTest[] {
  const found: NamedTest[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && testFunctions.has(calledName(node.expression))) {
      const title = titleOf(node.arguments[0]);
      const ids = title === undefined ? [] : checkIds(title);
      if (title !== undefined && ids.length > 0) found.push({ file, title, ids });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function calledName(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? calledName(expression.expression) : '';
}

function titleOf(argument: ts.Expression | undefined): string | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (!ts.isTemplateExpression(argument)) return undefined;
  return argument.head.text + argument.templateSpans.map((span) => `…${span.literal.text}`).join('');
}

/** Ids stand before the colon or in brackets at the end: in between is a sentence, in which B1 may be a cell. */
function checkIds(title: string): string[] {
  const head = title.includes(':') ? title.slice(0, title.indexOf(':')) : '';
  const tail = /\(([SMCB\d, ]+)\)$/.exec(title)?.[1] ?? '';
  return [...new Set(`${head} ${tail}`.match(/\b[SMCB]\d{1,3}\b/g) ?? [])];
}

/** The page as it should be, in the format of the repository. */
export async function coveragePage(tests: readonly NamedTest[]): Promise<string> {
  const lines = [
    '# Which test covers which check',
    '',
    'Written by `npx tsx scripts/coverage.ts` from the titles of the tests. S are the checks of the two seed documents, M those of the mission, C the corrections, B what operators want beyond. A check without a line has no test that names it yet.',
  ];
  for (const [letter, highest] of Object.entries(families)) {
    const ids = Array.from({ length: highest }, (_, index) => `${letter}${index + 1}`);
    const covered = ids.filter((id) => tests.some((each) => each.ids.includes(id)));
    lines.push('', `## ${letter}: ${covered.length} of ${highest}`, '');
    for (const id of covered) {
      lines.push(`- **${id}**`, ...tests.filter((each) => each.ids.includes(id)).map(lineOf));
    }
    const missing = ids.filter((id) => !covered.includes(id));
    if (missing.length > 0) lines.push('', `Without a test of that name: ${missing.join(', ')}.`);
  }
  const options = await resolveConfig(coveragePath());
  return format(`${lines.join('\n')}\n`, { ...options, parser: 'markdown' });
}

const lineOf = ({ file, title }: NamedTest): string => `  - \`test/${file}\` ${title.replace(/[<>*_`|]/g, '\\$&')}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(coveragePath(), await coveragePage(namedTests()));
}
