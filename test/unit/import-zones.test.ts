import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** One row of import-zones.json: what the files of one folder may import besides their own folder. */
interface Zone {
  ours: string[];
  /** Other folders of ours of which only types may be imported. */
  types: string[];
  /** All packages that may be used, if limited. */
  packages?: string[];
  builtins?: string[];
  forbiddenPackages?: string[];
}

interface Import {
  from: string;
  to: string;
  typesOnly: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const zones = JSON.parse(readFileSync(join(root, 'import-zones.json'), 'utf8')) as Record<string, Zone>;

const sourceFiles = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?ts$/.test(name))
    .map((name) => join(folder, name));

const importsTypesOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  const named = clause.namedBindings;
  const onlyTypeNames =
    named !== undefined && ts.isNamedImports(named) && named.elements.every((name) => name.isTypeOnly);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (clause.name === undefined && onlyTypeNames);
};

/** Every static and dynamic import of a file; relative ones as paths of the TypeScript source, from the project's root. */
const importsOf = (file: string): Import[] => {
  const found: Import[] = [];
  const add = (specifier: string, typesOnly: boolean): void => {
    const to = specifier.startsWith('.')
      ? normalize(join(dirname(file), specifier)).replace(/\.(c?)js$/, '.$1ts')
      : specifier;
    found.push({ from: file, to, typesOnly });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      add((node.moduleSpecifier as ts.StringLiteral).text, importsTypesOnly(node));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest));
  return found;
};

const zoneOf = (path: string): string | undefined => {
  const [top, second] = path.split('/');
  if (top === 'simulators') return 'simulators';
  return top === 'src' ? second : undefined;
};

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);
const belongsTo = (specifier: string, name: string): boolean => specifier === name || specifier.startsWith(`${name}/`);

/** What is wrong with one import, or nothing. */
const fault = ({ from, to, typesOnly }: Import): string | undefined => {
  const own = zoneOf(from) ?? '';
  const zone = zones[own];
  if (zone === undefined) return `${from}: import-zones.json has no row for the folder ${own}`;
  const isOurs = to.startsWith('src/') || to.startsWith('simulators/') || to.startsWith('test/') || !/^[@a-z]/.test(to);
  if (isOurs) {
    const target = zoneOf(to);
    if (target === undefined) return `${from} imports ${to}, which is outside src and simulators`;
    const allowed = target === own || zone.ours.includes(target) || (typesOnly && zone.types.includes(target));
    return allowed ? undefined : `${from} imports ${typesOnly ? 'types of ' : ''}${to}; ${own} may not`;
  }
  if (isBuiltin(to)) {
    return zone.builtins === undefined || zone.builtins.includes(to)
      ? undefined
      : `${from} imports ${to}; ${own} may not`;
  }
  const barred = !typesOnly && (zone.forbiddenPackages ?? []).some((name) => belongsTo(to, name));
  const unlisted = zone.packages !== undefined && !zone.packages.some((name) => belongsTo(to, name));
  return barred || unlisted ? `${from} imports ${to}; ${own} may not` : undefined;
};

/** Cycles of the graph, each as its path; found by depth-first search. */
const cyclesIn = (graph: ReadonlyMap<string, readonly string[]>): string[] => {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file].join(' → '));
      return;
    }
    if (finished.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
};

const files = [...sourceFiles('src'), ...sourceFiles('simulators')];
const imports = files.flatMap(importsOf);

describe('who may import whom (house-style B2)', () => {
  it('every import of src and simulators keeps to import-zones.json', () => {
    assert.ok(imports.length > 100, 'the walk found hardly any import');
    assert.deepEqual(
      imports.map(fault).filter((text) => text !== undefined),
      [],
    );
  });

  it('the value imports of src and simulators form no cycle', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        imports
          .filter(({ from, to, typesOnly }) => from === file && !typesOnly && files.includes(to))
          .map(({ to }) => to),
      ]),
    );
    assert.deepEqual(cyclesIn(graph), []);
  });

  it('the judge itself sees forbidden folders, packages, built-ins and cycles', () => {
    const wrong: Import[] = [
      { from: 'src/workflows/a.ts', to: 'src/store/b.ts', typesOnly: true },
      { from: 'src/workflows/a.ts', to: 'src/activities/b.ts', typesOnly: false },
      { from: 'src/workflows/a.ts', to: 'node:fs', typesOnly: false },
      { from: 'src/contracts/a.ts', to: 'zod', typesOnly: false },
      { from: 'src/store/a.ts', to: '@temporalio/client', typesOnly: false },
      { from: 'simulators/a.ts', to: 'src/contracts/b.ts', typesOnly: true },
      { from: 'src/cli/a.ts', to: 'simulators/b.ts', typesOnly: false },
      { from: 'src/elsewhere/a.ts', to: 'zod', typesOnly: false },
    ];
    assert.deepEqual(
      wrong.filter((candidate) => fault(candidate) === undefined),
      [],
    );
    assert.equal(fault({ from: 'src/workflows/a.ts', to: 'src/activities/b.ts', typesOnly: true }), undefined);
    assert.deepEqual(
      cyclesIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
      ['a → b → c → a'],
    );
  });
});
