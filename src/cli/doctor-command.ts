import type { Command } from 'commander';
import { examineInstallation } from './doctor/doctor.js';
import { isHealthy, reportLines } from './doctor/report.js';

/** One look at everything that must be in order before documents can flow (B7). Reads only; exit code 1 if something failed. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'Checks configuration, database, Temporal, for each Concur company its credentials, scopes, data centre, services, events\n' +
        'and clock, and for each ERP its whole set-up, with the remedy in the menu words of the ERP. Reads only.\n' +
        'Exit code 0 where nothing failed, 1 otherwise.',
    )
    .option('--connection <name>', "only this connection of the connections file, Concur's or an ERP's")
    .option('--config <file>', 'connections file; the sandbox where it is left out')
    .option('--json', 'as JSON')
    .action(runDoctor);
}

async function runDoctor(options: { connection?: string; config?: string; json?: boolean }): Promise<void> {
  const { json, ...where } = options;
  const reports = await examineInstallation(where);
  const isOk = isHealthy(reports);
  if (json) console.log(JSON.stringify({ ok: isOk, areas: reports }, null, 2));
  else for (const line of reportLines(reports)) console.log(line);
  process.exitCode = isOk ? 0 : 1;
}
