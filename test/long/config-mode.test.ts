import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SimulatorSettings, SimulatorsReady } from '../../simulators/harness/settings-types.js';
import { loadBody } from '../../src/cli/sandbox/sandbox-documents.js';
import { sandboxNames, sandboxSecrets, writeSandboxConnections } from '../../src/cli/sandbox/write-connections.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';
import { check, runSandbox, startProgram, temporaryFolder, type Program } from '../e2e/sandbox-process.js';
import type { Journal } from '../../simulators/harness/types.js';

const count = 4;

/** Services that are there already, as far as `sandbox --config` can tell, and a connections file that names them. */
describe('sandbox --config with services that somebody else runs', () => {
  const folder = temporaryFolder();
  const secrets = sandboxSecrets(folder.path);
  const documents = generateDocuments({ count, seed: 5 });
  const plan = planSandbox(documents, { erp: 'both' });
  let simulators: Program | undefined;
  let urls: SimulatorsReady['urls'];
  let config = '';

  const control = async (path: string, body?: string): Promise<string> => {
    const response = await fetch(
      `${urls.control}/control${path}`,
      body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } },
    );
    const text = await response.text();
    assert.ok(response.ok, text);
    return text;
  };

  before(async () => {
    const settingsFile = join(folder.path, 'simulators.json');
    const stateFolder = join(folder.path, 'remote');
    mkdirSync(stateFolder);
    writeFileSync(settingsFile, JSON.stringify(simulatorSettings(stateFolder, secrets)));
    const started = startProgram('simulators/main.js', ['--config', settingsFile]);
    simulators = started;
    ({ urls } = await waitUntil(
      () => (started.output.stdout.endsWith('\n') ? (JSON.parse(started.output.stdout) as SimulatorsReady) : undefined),
      { limitMs: 60_000, onLimit: () => new Error(`the simulators did not start: ${started.output.stderr}`) },
    ));
    const { companyUuid, concurClientId: clientId } = sandboxNames;
    const { concurClientSecret: clientSecret, requestToken } = secrets;
    const concur = { companyUuid, clientId, clientSecret, requestToken };
    await control('/master-data', JSON.stringify({ ...plan.masterData, concur }));
    const texts = documents.map((each) => ({ ...each, documentText: JSON.stringify(each.document) }));
    await control('/concur/documents', loadBody(texts, plan.expected, plan.planted));
    config = writeSandboxConnections(folder.path, urls, plan.rules, { erp: 'both' });
  });
  after(async () => {
    simulators?.child.kill('SIGTERM');
    await simulators?.ended;
    folder.remove();
  });

  it('S21: the request token is taken from standard input before the first start, and appears nowhere', async () => {
    const args = ['credentials', 'concur', '--connection', sandboxNames.concur, '--config', config];
    const { code, stdout, stderr } = await startProgram('src/cli/main.js', args, `${secrets.requestToken}\n`).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^sandbox is connected\./);
    assert.ok(!`${stdout}${stderr}`.includes(secrets.requestToken));
  });

  it('S127: it runs to the end, also when Concur is away at first; what only simulators know is null', async () => {
    // Three tries of each of the three polls: longer than a run without news takes to count as settled.
    const away = { system: 'concur', operation: 'transactions', kind: 'unavailable', times: 9 };
    await control('/faults', JSON.stringify(away));
    const { code, report, stderr } = await runSandbox(['--config', config, '--until-settled']);
    assert.deepEqual(report.problems, [], stderr);
    assert.equal(report.documents, count);
    const { erpDocuments, sums, duplicates, violations, calls, faults } = report;
    const unknown = { erpDocuments, sums, duplicates, violations, calls, faults };
    assert.deepEqual(unknown, {
      erpDocuments: null,
      sums: null,
      duplicates: null,
      violations: null,
      calls: null,
      faults: null,
    });
    assert.equal(code, 0);
    const verdict = await check(JSON.parse(await control('/journal')) as Journal);
    assert.deepEqual(verdict.problems, []);
    assert.equal(verdict.erpDocuments.fo + verdict.erpDocuments.bc, count);
  });
});

function simulatorSettings(stateFolder: string, secrets: ReturnType<typeof sandboxSecrets>): SimulatorSettings {
  const { tenant, environment, bcScope: scope, foClientId, bcClientId } = sandboxNames;
  return {
    ports: { concur: 0, entra: 0, fo: 0, bc: 0, control: 0 },
    stateFolder,
    seed: 1,
    faults: 'none',
    fo: {
      ...{ clientId: foClientId, clientSecret: secrets.foClientSecret, tenant },
      ...{ postingDelayMs: 500, batchEveryMs: 500, paymentDelayMs: 500, partShare: 0 },
    },
    bc: {
      ...{ clientId: bcClientId, clientSecret: secrets.bcClientSecret, tenant, environment, scope },
      ...{ paymentDelayMs: 500, partShare: 0 },
    },
    concur: { accessTokenSeconds: 600 },
  };
}
