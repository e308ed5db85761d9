import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { envelopeOf } from '../sandbox/cases/case-envelope.js';
import type { DocumentCase } from '../sandbox/cases/case-types.js';
import { documentCases } from '../sandbox/cases/document-cases.js';
import { generateCases } from '../sandbox/cases/generate-cases.js';
import { UsageError } from './failure.js';
import { wholeNumber } from './whole-number.js';

interface GenerateOptions {
  count?: number;
  seed: number;
  cases?: string;
  out: string;
}

/** Adds `documents generate` to the given command. */
export function addGenerateCommand(documents: Command): void {
  documents
    .command('generate')
    .description(
      'Writes made-up documents as FIS delivers them, for each case of accounting; the same seed writes the same ones.',
    )
    .option('--count <n>', 'how many; one of each case where it is left out', wholeNumber(1, 100_000))
    .option('--seed <n>', 'seed of the generator', wholeNumber(0), 1)
    .option('--cases <names>', 'names with commas between them, or `list` to see them all')
    .option('--out <file>', 'file to write; - is the output', '-')
    .action(generate);
}

function generate({ count, seed, cases: names, out }: GenerateOptions): void {
  if (names === 'list') {
    for (const { name, docType, says } of documentCases) console.log(`${name.padEnd(26)}${docType.padEnd(13)}${says}`);
    return;
  }
  const cases = names === undefined ? documentCases : casesNamed(names);
  const documents = generateCases({ count: count ?? cases.length, seed, cases });
  const text = `${JSON.stringify(envelopeOf(documents), null, 1)}\n`;
  if (out === '-') {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(out, text);
  } catch {
    throw new UsageError(`${out} cannot be written.`);
  }
  console.log(`${documents.length} documents in ${out}; see what becomes of them: preview --document ${out}`);
}

function casesNamed(names: string): DocumentCase[] {
  const wanted = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = wanted.filter((name) => documentCases.every((each) => each.name !== name));
  if (unknown.length > 0 || wanted.length === 0) {
    throw new UsageError(`No such case: ${unknown.join(', ') || '(none given)'}. --cases list shows them all.`);
  }
  return documentCases.filter(({ name }) => wanted.includes(name));
}
