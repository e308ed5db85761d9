#!/usr/bin/env node
import { Command } from 'commander';
import { addAlertsCommands } from './alerts-commands.js';
import { addConcurCommands } from './concur-commands.js';
import { addConfigCommands } from './config-commands.js';
import { addCredentialsCommands } from './credentials-commands.js';
import { addDoctorCommand } from './doctor-command.js';
import { addDimensionsCommands } from './dimensions-commands.js';
import { addDocumentsCommands } from './documents-commands.js';
import { addEventsCommands } from './events-commands.js';
import { reportFailure } from './failure.js';
import { addMappingCommands } from './mapping-commands.js';
import { addPreviewCommand } from './preview-command.js';
import { addPurchaseRequestsCommands } from './purchase-requests-commands.js';
import { addSandboxCommand } from './sandbox-command.js';
import { addVendorsCommands } from './vendors-commands.js';
import { addWebhooksCommands } from './webhooks-commands.js';

const program = new Command('concur-dynamics')
  .description(
    'Durable connector from SAP Concur to Microsoft Dynamics 365 Finance & Operations and Business Central.\n' +
      'Documents run as Temporal workflows; this command starts the sandbox, previews, inspects and answers documents.',
  )
  .showHelpAfterError('Ask any command for --help.')
  .addHelpText(
    'after',
    `
Exit codes: 0 done · 1 failed, or the sandbox's two sides disagree · 2 wrong arguments or configuration

Examples:
  concur-dynamics sandbox --documents 50
  concur-dynamics preview --document report.json --json
  concur-dynamics documents show 0EE74C75C9344DEA942F
  concur-dynamics credentials concur --connection acme < request-token.txt`,
  )
  .exitOverride((error) => {
    // Help and version are no errors; everything else that commander refuses is a wrong call.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

addSandboxCommand(program);
addPreviewCommand(program);
addDocumentsCommands(program);
addConcurCommands(program);
addVendorsCommands(program);
addDimensionsCommands(program);
addPurchaseRequestsCommands(program);
addAlertsCommands(program);
addCredentialsCommands(program);
addEventsCommands(program);
addWebhooksCommands(program);
addConfigCommands(program);
addMappingCommands(program);
addDoctorCommand(program);

// The reader of a pipe has seen enough (`… | head`): no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
