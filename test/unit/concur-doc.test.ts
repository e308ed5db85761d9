import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { meaningOf, type FisPhase } from '../../src/clients/concur/fis-codes.js';
import { isCuredBySetup, tokenFailure } from '../../src/clients/concur/token-errors.js';
import { GrantRevoked, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { concurScopes } from '../../src/contracts/concur-scopes.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const root = projectRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/concur.md');

/** Cells of all rows below a heading, without the rows of headings and rules. */
function rowsBelow(heading: string): string[][] {
  const [, section = ''] = new RegExp(`^#+ ${heading}\\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, 'm').exec(page) ?? [];
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((line, index) => !/^\| -/.test(line) && !/^\| -/.test(lines[index + 1] ?? ''))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

/** Every number and every quoted word that the source of a file uses as a key, or in a list of codes. */
const numbersIn = (text: string): number[] => [...text.matchAll(/\b\d{1,3}\b/g)].map(([digits]) => Number(digits));

test('S31: each scope of the table of scopes stands on the page, with what is missed without it', () => {
  const rows = new Map(rowsBelow('Scopes').map(([scope = '', effect = '']) => [scope, effect]));
  assert.deepEqual([...rows.keys()].sort(), concurScopes.map(({ scope }) => scope).sort());
  for (const [scope, effect] of rows) assert.ok(effect.length > 10, scope);
});

const phases: readonly FisPhase[] = ['acknowledge', 'posting', 'payment'];
const codesRows = rowsBelow('Financial Integration: the codes of each document');

test('S104: each code of FIS means on the page what it means in the code, in each phase', () => {
  const codes = codesRows.filter(([code = '']) => /^\d+$/.test(code));
  for (const [code, ...meanings] of codes) {
    const word = code === '0' ? 'SUCCESS' : 'FAILURE';
    assert.deepEqual(
      meanings,
      phases.map((phase) => meaningOf(phase, Number(code), word)),
      code,
    );
  }
  const source = read('src/clients/concur/fis-codes.ts');
  const tables = /const ANY_PHASE[\s\S]*?};[\s\S]*?const ALREADY_DONE[\s\S]*?};/
    .exec(source)?.[0]
    .replace(/\/\*\*.*\*\//g, '');
  const handled = new Set([0, ...numbersIn(tables ?? '')]);
  assert.ok(handled.size > 15);
  assert.deepEqual(
    codes.map(([code]) => Number(code)),
    [...handled].sort((one, other) => one - other),
  );
});

test('S104: each result word of FIS means on the page what it means in the code', () => {
  const words = codesRows.filter(([word = '']) => /^[A-Z_]+$/.test(word));
  for (const [word = '', ...meanings] of words) {
    assert.deepEqual(
      meanings,
      phases.map((phase) => meaningOf(phase, 777, word)),
      word,
    );
  }
  const source = read('src/clients/concur/fis-codes.ts');
  const known = [...source.matchAll(/^ {2}([A-Z_]{6,}):|word === '([A-Z_]+)'/gm)].map(
    ([, key, compared]) => key ?? compared,
  );
  for (const word of known) {
    if (word !== 'SUCCESS')
      assert.ok(
        words.some(([first]) => first === word),
        word,
      );
  }
});

test('S104: each meaning of FIS says what happens then, and holds are named by their published reasons', () => {
  const rows = rowsBelow('What then happens');
  const source = read('src/clients/concur/fis-codes.ts');
  const meanings = [...(/type FisMeaning =([\s\S]*?);/.exec(source)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)];
  assert.deepEqual(rows.map(([meaning]) => meaning).sort(), meanings.map(([, meaning]) => meaning).sort());
  const reasons = read('src/contracts/hold-reasons.ts');
  for (const [, reason = ''] of page.matchAll(/\bhold `([a-z-]+)`/g))
    assert.ok(reasons.includes(`'${reason}'`), reason);
});

test('S22: each code of the token endpoint stands in the class by which it is treated', () => {
  const rows = new Map(
    rowsBelow('Token endpoint').map(([name = '', codes = '']) => [name, numbersIn(codes).map(String)]),
  );
  const call = { system: 'concur', operation: 'token' };
  const failure = (code: string) => tokenFailure('refresh-token', 400, { code }, call);
  const of = (name: string): string[] => rows.get(name) ?? assert.fail(name);
  for (const code of of('passing')) assert.ok(failure(code) instanceof Unavailable, code);
  for (const code of of('cured by a new token')) {
    assert.ok(failure(code) instanceof GrantRevoked && !isCuredBySetup(code), code);
  }
  for (const code of of('cured by a change of set-up')) {
    assert.ok(failure(code) instanceof GrantRevoked && isCuredBySetup(code), code);
  }
  for (const code of of('defect of the request')) assert.ok(failure(code) instanceof Rejected, code);
  const source = read('src/clients/concur/token-errors.ts');
  const keys = [...source.matchAll(/^ {2}'(\d+)':/gm)].map(([, code = '']) => code);
  const lists = [...source.matchAll(/new Set\(\s*\[([\d, ]+)\]/g)].flatMap(([, list = '']) =>
    numbersIn(list).map(String),
  );
  const told = new Set([...rows.values()].flat());
  assert.ok(keys.length > 15 && lists.length > 30);
  for (const code of [...keys, ...lists, '5', '19', '134'])
    assert.ok(told.has(code), `code ${code} is not on the page`);
});

test('S77: each path that a client of Concur uses stands on the page, and each client of it', () => {
  const folder = 'src/clients/concur';
  const operations = rowsBelow('Operations').map(([path = '', client = '']) => ({ path, client }));
  let paths = 0;
  for (const name of readdirSync(join(root, folder))) {
    const source = read(`${folder}/${name}`);
    const absolute =
      /[`'](\/(?:api|events|financialintegration|oauth2|profile|invoice|purchaserequest|expensereports)\/[^`']+)[`']/g;
    const below = /`\$\{(?:PATH|V3_PATH|base|owner|transactionsPath\([^)]*\))\}(\/[^`]+)`/g;
    for (const [, path = ''] of [...source.matchAll(absolute), ...source.matchAll(below)]) {
      paths += 1;
      const pattern = new RegExp(
        `${path
          .split(/\$\{[^}]*\}/)
          .map(escaped)
          .join('[^/]+')}(?![\\w.])`,
      );
      const rows = operations.filter((row) => row.client === name);
      assert.ok(rows.length > 0, `${name} is not on the page`);
      assert.ok(
        rows.some((row) => pattern.test(row.path)),
        `${name} uses ${path}, which is not on the page`,
      );
    }
  }
  assert.ok(paths > 20);
  for (const { client } of operations) assert.ok(existsSync(join(root, folder, client)), client);
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

test('S104: each fault of a contract file that the judge excuses stands on the page', () => {
  const source = read('test/clients/concur-contracts.test.ts');
  const [, list = ''] = /^const exceptions[^=]*= \[([\s\S]*?)^\];/m.exec(source) ?? [];
  const excused = [...list.matchAll(/contract: '([^']+)'/g)].map(([, file]) => file);
  assert.ok(excused.length > 5);
  assert.deepEqual(
    rowsBelow('Contract files')
      .map(([file]) => file)
      .sort(),
    excused.sort(),
  );
});

test('every setting that the page names as a switch exists', () => {
  const settings = read('docs/configuration.md');
  const code = ['src/clients', 'src/activities', 'src/contracts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`${folder}/${name}`)),
  );
  for (const [point = '', , switches = ''] of rowsBelow('What SAP does not confirm')) assert.ok(switches !== '', point);
  const [, section = ''] = /## What SAP does not confirm([\s\S]*?)^## /m.exec(page) ?? [];
  const last = section.split('\n').map((line) => line.split('|').at(-2) ?? '');
  const named = last.flatMap((cell) =>
    [...cell.matchAll(/`([A-Za-z]+(?:\.[A-Za-z]+)?)[`:]/g)].map(([, name = '']) => name),
  );
  assert.ok(named.length > 15);
  for (const name of named) {
    const word = name.split('.').at(-1) ?? name;
    assert.ok(settings.includes(word) || code.some((text) => text.includes(word)), `${name} does not exist`);
  }
});
