import type { Command } from 'commander';

/** Adds a command of a group that is about ERP companies: it may be narrowed to one, and answers as text or JSON. */
export function addCompanyCommand(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .option('--erp <name>', 'only this ERP connection')
    .option('--company <name>', 'only this ERP company')
    .option('--config <file>', 'connections file; the sandbox where it is left out')
    .option('--json', 'as JSON');
}
