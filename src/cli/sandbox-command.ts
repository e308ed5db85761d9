import type { Command } from 'commander';
import { Option } from 'commander';
import { erpChoices, faultChoices, type SandboxOptions } from './sandbox/options.js';
import { runSandbox } from './sandbox/run-sandbox.js';
import { wholeNumber } from './whole-number.js';

const count = wholeNumber(0);
const port = wholeNumber(1, 65_535);

/** `npm start` is this command. */
export function addSandboxCommand(program: Command): void {
  program
    .command('sandbox', { isDefault: false })
    .description(
      'Runs the whole connector on this machine: Temporal with its UI, PostgreSQL, simulated Concur, Entra ID, F&O,\n' +
        'Business Central and NAV, worker and schedules. Ends with Ctrl-C; what it did is still there at the next start.',
    )
    .option('--documents <n|dir>', 'generate n documents, or load FIS documents from the JSON files of a folder')
    .option('--seed <n>', 'seed of the generator and of the faults', count, 1)
    .addOption(new Option('--erp <which>', 'simulated ERPs to use').choices([...erpChoices]).default('both'))
    .addOption(
      new Option('--faults <level>', 'how badly the remote services behave')
        .choices(['none', 'realistic', 'brutal'])
        .default('none'),
    )
    .addOption(
      new Option('--faults-in <where>', 'which remote services misbehave')
        .choices([...faultChoices])
        .default('everywhere'),
    )
    .addOption(
      new Option('--release <how>', 'whether each document waits for a person after its preview')
        .choices(['automatic', 'manual'])
        .default('automatic'),
    )
    .option('--kill-worker <n>', 'kill the worker this many times while documents are under way', count, 0)
    .option('--until-settled', 'end when every document has reached an end or a hold')
    .option('--json', 'print the result as one JSON object on the last line of stdout')
    .option('--fresh', 'start over: forget everything that earlier runs left')
    .option('--config <file>', 'connections file of remote services that are there already; no simulator is started')
    .option('--ready-file <path>', 'write processes, ports and links there once everything runs')
    .option('--state <folder>', 'folder for state and logs', '.sandbox')
    .option('--temporal-port <n>', 'port of Temporal; a free one unless set', port)
    .option('--ui-port <n>', 'port of the Temporal UI; a free one unless set', port)
    .option('--postgres-port <n>', 'port of PostgreSQL; a free one unless set', port)
    .action(async (options: SandboxOptions) => {
      process.exitCode = await runSandbox(options, process.env);
    });
}
