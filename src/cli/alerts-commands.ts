import type { Command } from 'commander';
import { openAlerts } from '../store/alert-store.js';
import { findInstallation, withDatabase } from './installation.js';

export function addAlertsCommands(program: Command): void {
  program
    .command('alerts')
    .description('What people have been told and what still needs them.')
    .command('list')
    .description('Lists the open alerts, oldest first: one per cause, with the documents that it concerns.')
    .option('--config <file>', 'connections file; the sandbox where it is left out')
    .option('--json', 'as JSON')
    .action(list);
}

async function list(options: { config?: string; json?: boolean }): Promise<void> {
  const { connections } = findInstallation(options.config);
  const alerts = await withDatabase(connections, openAlerts);
  if (options.json) {
    console.log(JSON.stringify(alerts, null, 2));
    return;
  }
  if (alerts.length === 0) console.log('No alert is open.');
  for (const { firstAt, cause, message, documentIds } of alerts) {
    console.log(`${firstAt.toISOString()}  ${cause}\n  ${message}`);
    for (const id of documentIds) console.log(`  ${id}`);
  }
}
