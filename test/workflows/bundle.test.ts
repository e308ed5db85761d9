import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleWorkflows, quietRuntime } from './support.js';

/** Names under which workflows are started and stored for years (house style B3). */
const workflowTypes = [
  'followChanges',
  'keepSubscriptions',
  'keepToken',
  'keepWebhooks',
  'pollDocuments',
  'pollOnHint',
  'processDocument',
  'processPurchaseRequest',
  'syncDimensions',
  'syncVendors',
  'watchHandOff',
  'watchPayments',
  'watchPostings',
  'watchVendors',
];

quietRuntime();

describe('the workflow bundle', () => {
  it('S106: is small and holds none of the packages that belong to activities', async () => {
    const { code } = await bundleWorkflows();
    const [program = ''] = code.split('//# sourceMappingURL=');
    assert.ok(program.length > 100_000 && program.length < 1_000_000, `${program.length} bytes`);
    for (const name of ['zod', 'undici', 'pg', 'pino', 'decimal.js', 'lossless-json', 'protobufjs']) {
      assert.ok(!program.includes(`node_modules/${name}/`), `${name} is in the bundle`);
    }
    for (const folder of ['activities', 'clients', 'config', 'mapping', 'store']) {
      assert.ok(!program.includes(`src/${folder}/`), `src/${folder} is in the bundle`);
    }
    assert.ok(program.includes('src/workflows/'), 'the bundle names its modules by path');
  });

  it('M3: refuses what is not deterministic, such as the HTTP client', async () => {
    const workflowsPath = fileURLToPath(new URL('../../src/clients/http/http-client.ts', import.meta.url));
    await assert.rejects(bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR', () => undefined) }));
  });

  it('M5: offers exactly the workflow types that schedules, histories and operators name', async () => {
    const workflows = await import('../../src/workflows/index.js');
    assert.deepEqual(Object.keys(workflows).sort(), workflowTypes);
  });
});
