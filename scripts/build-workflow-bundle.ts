/**
 * Bundles the compiled workflows into `dist/workflow-bundle.js`, which production workers and replay tests load
 * (temporal-practices section 1). Run from `dist/scripts` by the build; a workflow that imports what it must not fails it.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../src/workflows/index.js', import.meta.url)),
  logger: new DefaultLogger('WARN'),
});
await writeFile(new URL('../workflow-bundle.js', import.meta.url), code);
