import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { RunningSandbox } from './sandbox-process.js';

export interface SecretText {
  name: string;
  text: string;
}

/** Every secret of a sandbox: its own files, and all that the simulated Concur and Entra ID have ever given out. */
export function secretsOf(state: string): SecretText[] {
  const folder = join(state, 'secrets');
  const own = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8').trim() }));
  const concur = readState(state, 'concur') as {
    masterData: { requestToken: string };
    tokens: { access: Record<string, unknown>; refresh?: { current: string; previous?: string } };
  };
  const entra = readState(state, 'entra') as { tokens: Record<string, unknown> };
  const { access, refresh } = concur.tokens;
  const issued = [
    { name: 'request token', text: concur.masterData.requestToken },
    ...Object.keys(access).map((text) => ({ name: 'access token', text })),
    ...[refresh?.current, refresh?.previous].map((text) => ({ name: 'refresh token', text: text ?? '' })),
    ...Object.keys(entra.tokens).map((text) => ({ name: 'Entra ID token', text })),
  ];
  return [...own, ...issued].filter(({ text }) => text.length >= 16);
}

function readState(state: string, system: string): unknown {
  return JSON.parse(readFileSync(join(state, 'simulators', `${system}.json`), 'utf8'));
}

/** Looks for the secrets, plain, as base64 and as hex, in all workflow histories, all tables and all logs. */
export async function leaksIn(
  sandbox: RunningSandbox,
  client: Client,
  secrets: readonly SecretText[],
): Promise<{ leaks: string[]; searched: { histories: number; rows: number; logs: number } }> {
  const leaks: string[] = [];
  const search = (place: string, content: Buffer): void => {
    for (const { name, text } of secrets) {
      const forms = [text, Buffer.from(text).toString('base64').replace(/=+$/, ''), Buffer.from(text).toString('hex')];
      if (forms.some((form) => content.includes(form))) leaks.push(`${name} in ${place}`);
    }
  };
  const histories = await searchHistories(client, search);
  const rows = await searchTables(sandbox, search);
  const logs = readdirSync(sandbox.state).filter((name) => /\.(log|old)$|^ready\.json$|^connections\.yaml$/.test(name));
  for (const name of logs) search(name, readFileSync(join(sandbox.state, name)));
  return { leaks, searched: { histories, rows, logs: logs.length } };
}

async function searchHistories(client: Client, search: (place: string, content: Buffer) => void): Promise<number> {
  let count = 0;
  // Watches come by the hundred and are all alike: the newest of them stand for the others.
  const polls = "WorkflowType in ('pollDocuments', 'watchPostings', 'watchPayments', 'watchVendors')";
  for (const [query, most] of [
    [`not ${polls}`, Infinity],
    [polls, 40],
  ] as const) {
    let left: number = most;
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      if (left-- <= 0) break;
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      search(`history of ${workflowId}`, Buffer.from(textsIn(history).join('\n')));
      count += 1;
    }
  }
  return count;
}

/** All texts of a history, those inside encoded payloads included. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

async function searchTables(
  sandbox: RunningSandbox,
  search: (place: string, content: Buffer) => void,
): Promise<number> {
  const tables = await sandbox.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  let count = 0;
  for (const { name } of tables) {
    for (const { line } of await sandbox.query<{ line: string }>(`select t::text as line from "${name}" t`)) {
      search(`table ${name}`, Buffer.from(line));
      count += 1;
    }
  }
  return count;
}
