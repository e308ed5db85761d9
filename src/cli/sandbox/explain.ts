import type { Ready } from '../installation.js';

/** Tells a person what runs and three things to try. */
export function explain(ready: Ready, stateFolder: string): void {
  const ui = ready.temporalUi ?? '(the UI of your Temporal server)';
  const worker = ready.processes['worker'] ?? 0;
  process.stderr.write(`
Everything runs. Temporal UI: ${ui}/namespaces/default/workflows
Logs and state: ${stateFolder}

Three things to try
 1. Resolve a held document: filter the UI on  HoldReason = "vendor-missing", open one, More Actions → Send a Signal,
    name resolveVendor; the JSON to send stands under User Metadata. Or: npx concur-dynamics documents list
 2. Reset a closed document: open it, More Actions → Reset, choose the first workflow task. Nothing is posted twice.
 3. Kill the worker:  kill -9 ${worker}   It is started again and goes on where it was.

Ctrl-C ends everything; the next npm start goes on from here, --fresh starts over.

`);
}
