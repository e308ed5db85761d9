import type { Command } from 'commander';
import { z } from 'zod';
import { connectionsFileSchema } from '../config/connections-schema.js';
import { loadApprovedConnections } from '../config/load-connections.js';

/** The JSON schema of the connections file, for editors; `schemas/connections.schema.json` is its committed copy. */
export function connectionsJsonSchema(): unknown {
  return z.toJSONSchema(connectionsFileSchema, { io: 'input' });
}

export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('Check the connections file, or print its JSON schema.');
  config
    .command('check')
    .description(
      'Reads the connections file with its secrets and tables and lists every fault with file, line and remedy.',
    )
    .requiredOption('--config <file>', 'connections file')
    .action((options: { config: string }) => {
      // A file without a database is whole: the launcher then starts its own.
      const { file, rules } = loadApprovedConnections(options.config, {
        DATABASE_URL: 'postgres://embedded',
        ...process.env,
      });
      const companies = file.erp.flatMap((erp) => erp.companies.map((company) => `${erp.name}/${company.company}`));
      console.log(
        `${options.config} is valid: ${file.concur.length} Concur companies, ${companies.length} ERP companies (${companies.join(', ')}), mapping version ${rules.version}.`,
      );
    });
  config
    .command('schema')
    .description('Prints the JSON schema of the connections file.')
    .action(() => {
      console.log(JSON.stringify(connectionsJsonSchema(), null, 2));
    });
}
