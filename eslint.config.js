import { readFileSync } from 'node:fs';
import eslint from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Who may import whom (house-style B2, decisions 30); test/unit/import-zones.test.ts judges by the same table. */
const zones = JSON.parse(readFileSync(new URL('./import-zones.json', import.meta.url), 'utf8'));

const folderOf = (zone) => (zone === 'simulators' ? './simulators' : `./src/${zone}`);

/** Imports between our own folders that are forbidden for values and types alike. */
const restrictedPaths = Object.entries(zones).flatMap(([zone, { ours, types }]) => [
  ...Object.keys(zones)
    .filter((other) => other !== zone && !ours.includes(other) && !types.includes(other))
    .map((other) => ({
      target: folderOf(zone),
      from: folderOf(other),
      message: `${zone} may not import from ${other} (house-style B2).`,
    })),
]);

/** Imports that a folder may use as types only, and packages that it may not use at all. */
const zoneRules = Object.entries(zones).map(([zone, { types, packages, forbiddenPackages = [], builtins }]) => ({
  files: [`${folderOf(zone).slice(2)}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          ...types.map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            allowTypeImports: true,
            message: `${zone} may import only types from ${other} (house-style B2).`,
          })),
          ...forbiddenPackages.map((name) => ({
            regex: `^${name}(/|$)`,
            allowTypeImports: true,
            message: `${zone} may not use ${name} (house-style B2).`,
          })),
          ...(packages === undefined
            ? []
            : [
                {
                  regex: `^(?!\\.|(${[...packages, ...builtins].join('|')})(/|$))`,
                  message: `${zone} may use only ${[...packages, ...builtins].join(', ')} (house-style B2).`,
                },
              ]),
        ],
      },
    ],
  },
}));

const environmentRead = {
  selector: "MemberExpression[object.object.name='process'][object.property.name='env']",
  message: 'Settings are read in src/config; entry points only hand `process.env` on (house-style B6).',
};
const environmentUse = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Settings are read in src/config and given as arguments (house-style B6).',
};

export default tseslint.config(
  globalIgnores(['dist', 'node_modules', '.cache', '.sandbox', 'coverage', 'test/replay/histories']),
  eslint.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts', '**/*.cts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'], '.cjs': ['.cts', '.cjs'] } }),
      ],
      'import-x/extensions': ['.ts', '.cts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.cts'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // A default branch is a decision, too: `default: return unknown(kind)`.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `while (true)` with its end inside is how a loop says that it ends only there.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // `[...text]` takes code points on purpose.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: restrictedPaths }],
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: ['test/**', 'scripts/**'] }],
      'no-console': 'error',
    },
  },
  ...zoneRules,
  {
    files: ['src/**/*.ts', 'worker.ts', 'receiver.ts', 'schedule.ts'],
    ignores: ['src/config/**', 'src/launcher/**', 'src/cli/**', 'worker.ts', 'receiver.ts', 'schedule.ts'],
    rules: { 'no-restricted-syntax': ['error', environmentUse] },
  },
  {
    files: ['src/cli/**/*.ts', 'worker.ts', 'receiver.ts', 'schedule.ts'],
    rules: { 'no-restricted-syntax': ['error', environmentRead] },
  },
  {
    files: ['src/cli/**/*.ts', 'scripts/**/*.ts', 'simulators/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `describe` and `it` of node:test return promises that the runner itself awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['it', 'test', 'describe', 'suite', 'before', 'after'] },
          ],
        },
      ],
      // Fakes implement asynchronous interfaces without having anything to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
);
