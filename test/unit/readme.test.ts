import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { addAlertsCommands } from '../../src/cli/alerts-commands.js';
import { addConcurCommands } from '../../src/cli/concur-commands.js';
import { addConfigCommands } from '../../src/cli/config-commands.js';
import { addCredentialsCommands } from '../../src/cli/credentials-commands.js';
import { addDimensionsCommands } from '../../src/cli/dimensions-commands.js';
import { addDoctorCommand } from '../../src/cli/doctor-command.js';
import { addDocumentsCommands } from '../../src/cli/documents-commands.js';
import { addEventsCommands } from '../../src/cli/events-commands.js';
import { addMappingCommands } from '../../src/cli/mapping-commands.js';
import { addPreviewCommand } from '../../src/cli/preview-command.js';
import { addPurchaseRequestsCommands } from '../../src/cli/purchase-requests-commands.js';
import { addSandboxCommand } from '../../src/cli/sandbox-command.js';
import { addVendorsCommands } from '../../src/cli/vendors-commands.js';
import { addWebhooksCommands } from '../../src/cli/webhooks-commands.js';
import { holdReasons } from '../../src/contracts/hold-reasons.js';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const root = projectRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const markdown = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const documents = ['README.md', 'CHANGELOG.md', ...markdown('docs')];

const program = new Command('concur-dynamics');
for (const add of [
  addSandboxCommand,
  addPreviewCommand,
  addDocumentsCommands,
  addConcurCommands,
  addVendorsCommands,
  addPurchaseRequestsCommands,
  addAlertsCommands,
  addCredentialsCommands,
  addEventsCommands,
  addConfigCommands,
  addMappingCommands,
  addDimensionsCommands,
  addDoctorCommand,
  addWebhooksCommands,
]) {
  add(program);
}

/** Commands as a reader would copy them: lines of shell blocks, and code within a sentence. */
function commandsOf(path: string): string[] {
  const text = read(path);
  const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline].map((line) => line.trim().replace(/^(?:[A-Z_]+=\S+ )+/, ''));
}

const shown = documents.flatMap((path) => commandsOf(path).map((line) => ({ path, line })));

/** Words of a command line without redirections; quoted words stay together. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/ <(?= ?[a-z.-]+$).*| < .*/, '').matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);

/** Follows the words down to the command that they name, and checks its options. */
function checkCommand(words: string[], from: Command, line: string): void {
  const [first, ...rest] = words;
  const next = from.commands.find((command) => command.name() === first);
  if (next !== undefined) {
    checkCommand(rest, next, line);
    return;
  }
  assert.equal(from.commands.length, 0, `${line}: ${from.name()} has no command ${first ?? '(none)'}`);
  for (const option of words.filter((word) => word.startsWith('--') && word !== '--help')) {
    assert.ok(
      from.options.some(({ long }) => long === option),
      `${line}: ${from.name()} has no option ${option}`,
    );
  }
}

describe('the documentation', () => {
  it('names the two commands before anything else that can be typed', () => {
    const [first, second] = commandsOf('README.md').filter((line) => line !== '');
    assert.deepEqual([first, second], ['npm start', 'npm test']);
  });

  it('shows only npm scripts and test layers that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const layers = [
      .../^const LAYERS = \{([\s\S]*?)^\};/m
        .exec(read('scripts/test.mjs'))!
        .at(1)!
        .matchAll(/^ {2}'?([\w-]+)'?:/gm),
    ];
    const layerNames = layers.map(([, name]) => name);
    assert.ok(layerNames.includes('unit'));
    const lines = shown.filter(({ line }) => line.startsWith('npm '));
    assert.ok(lines.length > 8);
    for (const { path, line } of lines) {
      const [verb = '', ...rest] = wordsOf(line).slice(1);
      const script = verb === 'run' ? rest[0] : verb;
      assert.ok(script !== undefined && Object.hasOwn(scripts, script), `${path}: ${line} names no script`);
      if (verb === 'test') for (const layer of rest) assert.ok(layerNames.includes(layer), `${path}: ${line}`);
      if (verb === 'start' && rest.length > 0) {
        assert.equal(rest[0], '--', `${path}: ${line} needs -- before its options`);
        checkCommand(['sandbox', ...rest.slice(1)], program, line);
      }
    }
  });

  it('shows only commands and options that the command line has', () => {
    const prefix = /(?:node dist\/src\/cli\/main\.js|npx concur-dynamics) (.+)$/;
    const lines = shown.flatMap(({ line }) => {
      const called = prefix.exec(line)?.[1];
      return called === undefined || called.includes('…') ? [] : [called];
    });
    assert.ok(lines.length > 12);
    for (const line of lines) checkCommand(wordsOf(line), program, line);
  });

  it('explains each option of npm start', () => {
    const readme = read('README.md');
    const sandbox = program.commands.find((command) => command.name() === 'sandbox');
    for (const { long } of sandbox?.options ?? [])
      assert.ok(readme.includes(`\`${long ?? ''}`), `${long ?? ''} is missing`);
  });

  it('leads nowhere else than to files and headings that exist', () => {
    for (const path of documents) {
      for (const [, link = ''] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(link)) continue;
        const [file = '', heading] = link.split('#');
        const target = file === '' ? join(root, path) : resolve(root, dirname(path), file);
        assert.ok(existsSync(target), `${path}: ${link} does not exist`);
        if (heading !== undefined) assert.ok(headingsOf(target).includes(heading), `${path}: ${link} has no heading`);
      }
    }
  });

  it('names only folders and files that exist in the folder table', () => {
    const table = /## Find your way around\n([\s\S]*?)\n## /.exec(read('README.md'))?.[1] ?? '';
    const names = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    assert.ok(names.length > 15);
    for (const name of names) assert.ok(existsSync(join(root, name)), `${name} does not exist`);
  });

  it('tells for each hold reason what to do, and for each search attribute when it is set', () => {
    const headings = headingsOf(join(root, 'docs/operator-runbook.md'));
    for (const reason of Object.keys(holdReasons)) assert.ok(headings.includes(reason), `${reason} is not explained`);
    for (const name of Object.keys(searchAttributeTypes)) assert.ok(read('README.md').includes(`\`${name}\``), name);
  });

  it('explains each table of the database', () => {
    const folder = 'src/store/migrations';
    const sql = readdirSync(join(root, folder)).map((name) => read(`${folder}/${name}`));
    const tables = [...sql.join('\n').matchAll(/^create table (\w+)/gm)].map(([, name = '']) => name);
    assert.ok(tables.length > 10);
    for (const name of tables)
      assert.ok(read('docs/architecture.md').includes(`\`${name}\``), `${name} is not explained`);
  });
  it('knows each activity and its queue', () => {
    const folder = 'src/activities';
    const sources = readdirSync(join(root, folder)).map((name) => read(`${folder}/${name}`));
    const activities = sources.flatMap((text) =>
      [...text.matchAll(/^ {4}async (\w+)\(/gm)].map(([, name = '']) => name),
    );
    assert.ok(activities.length > 15);
    for (const name of activities) {
      assert.ok(read('docs/architecture.md').includes(`\`${name}\``), `${name} is not named`);
    }
  });

  it('names no path of the machine on which it was written', () => {
    for (const path of documents) assert.doesNotMatch(read(path), /(^|[\s`"'(])\/(work|tmp|root|home)\//m, path);
  });
});

/** Anchors of a document's headings as GitHub makes them. */
function headingsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
