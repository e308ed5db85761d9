import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { documentCases } from '../src/sandbox/cases/document-cases.js';
import { caseFixtures } from '../test/unit/case-fixtures.js';
import { goldenErps, goldenFolder, goldenText } from '../test/unit/golden-text.js';

// `npx tsx scripts/golden.ts --replace` writes the golden files of the accounting cases anew: read the difference before you
// commit it.
if (process.argv[2] !== '--replace') {
  console.error('This replaces test/golden by what the mapping makes now: npx tsx scripts/golden.ts --replace');
  process.exit(2);
}
const fixtures = caseFixtures();
for (const erp of goldenErps) {
  const folder = new URL(`${erp}/`, goldenFolder);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) rmSync(new URL(file, folder));
  for (const fixture of fixtures) {
    const says = documentCases.find(({ name }) => name === fixture.name)?.says ?? '';
    writeFileSync(new URL(`${fixture.name}.txt`, folder), goldenText(fixture, erp, says));
  }
}
console.log(`${fixtures.length * goldenErps.length} golden files in test/golden`);
