import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { mappingJsonSchema } from '../config/mapping-file-schema.js';
import { projectRoot } from '../launcher/project-root.js';
import { checkMapping } from './mapping-check.js';
import { diffMapping } from './mapping-diff.js';
import { exportMapping } from './mapping-export.js';
import { reportSeen } from './mapping-seen.js';
import { wholeNumber } from './whole-number.js';

const configOption = ['--config <file>', 'connections file; the sandbox where it is left out'] as const;

export function addMappingCommands(program: Command): void {
  const mapping = program
    .command('mapping')
    .description(
      'Check the mapping of codes, list what it does not know, compare two versions of it, write its tables as CSV.',
    );
  mapping
    .command('check')
    .description(
      'Lists every fault of the mapping files and their tables at once, with file, line and remedy, and asks the ERPs about every\n' +
        'account, vendor and dimension value that they name. Reads only. Exit code 0 where nothing is wrong, 2 where something is\n' +
        'wrong, 1 where an ERP could not be asked.',
    )
    .option(...configOption)
    .option('--offline', 'look at the files only and ask no ERP')
    .option('--json', 'as JSON')
    .action(checkMapping);
  mapping
    .command('seen')
    .description(
      'Lists the codes of stored documents that no row maps, with similar names from the ERP, and the employees who will fail next.',
    )
    .option(...configOption)
    .option('--days <n>', 'closed documents of the last so many days count, too', wholeNumber(0), 90)
    .option('--offline', 'suggest nothing and ask no ERP')
    .option('--json', 'as JSON')
    .action(reportSeen);
  mapping
    .command('diff <old> <new>')
    .description(
      'Compares the mappings of two connections files, row by row, and with --config tells which waiting documents are affected.',
    )
    .option('--config <file>', 'connections file of the installation whose waiting documents are looked at')
    .option('--json', 'as JSON')
    .action(diffMapping);
  mapping
    .command('export <erp/company>')
    .description(
      'Writes every table of a company as CSV, rows in place among them: to be looked through in a spreadsheet, or named as tables.',
    )
    .option(...configOption)
    .requiredOption('--out <folder>', 'where they are written; a file that is there already is left alone')
    .action(exportMapping);
  mapping
    .command('schema')
    .description('Writes the JSON schema of mapping files, by which an editor completes their settings.')
    .option('--out <file>', 'where it is written', join(projectRoot(), 'schemas', 'mapping.schema.json'))
    .action(({ out }: { out: string }) => {
      writeFileSync(out, `${JSON.stringify(mappingJsonSchema(), null, 2)}\n`);
      console.log(`${out} is written.`);
    });
}
