import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Connections } from '../../config/load-connections.js';
import { holdReasons } from '../../contracts/hold-reasons.js';
import { projectRoot } from '../../launcher/project-root.js';
import { listDocuments } from '../../store/document-store.js';
import { withDatabase } from '../installation.js';
import { tally } from './progress.js';
import type { Simulators } from './simulators.js';

/** What the independent checker found; only the members that the report repeats. */
const checkSchema = z.looseObject({
  ok: z.boolean(),
  problems: z.array(z.string()),
  sums: z.unknown(),
  duplicates: z.array(z.unknown()),
  violations: z.array(z.unknown()),
  erpDocuments: z.record(z.string(), z.number()),
});

/** The JSON object on the last line of stdout. What only simulators know is null where there are none. */
export interface SandboxReport {
  ok: boolean;
  documents: number;
  outcomes: Record<string, number>;
  holds: Record<string, number>;
  openStages: Record<string, number>;
  held: { documentId: string; number: string; reason: string; message: string }[];
  erpDocuments: Record<string, number> | null;
  sums: unknown;
  duplicates: number | null;
  violations: number | null;
  calls: unknown;
  faults: unknown;
  kills: number;
  seconds: number;
  problems: string[];
}

/** Adds up what the connector's store says, and lets the checker compare the simulators' two sides. */
export async function buildReport(
  connections: Connections,
  simulators: Simulators | undefined,
  kills: number,
  startedAt: number,
): Promise<SandboxReport> {
  const { counts, held } = await withDatabase(connections, async (db) => ({
    counts: await tally(db),
    held: (await listDocuments(db, 100_000)).flatMap(({ fiId, humanNumber, holdReason, holdMessage }) =>
      holdReason === null
        ? []
        : [{ documentId: fiId, number: humanNumber, reason: holdReason, message: holdMessage ?? '' }],
    ),
  }));
  const journal = await simulators?.journal();
  const check = journal === undefined ? undefined : checkSchema.parse(JSON.parse(await runChecker(journal)));
  const traffic =
    journal === undefined
      ? undefined
      : z.looseObject({ calls: z.unknown(), faults: z.unknown() }).parse(JSON.parse(journal));
  const unknownHolds = Object.keys(counts.holds).filter((reason) => !Object.hasOwn(holdReasons, reason));
  const open = Object.values(counts.stages).reduce((sum, n) => sum + n, 0);
  const problems = [
    ...(check?.problems ?? []),
    ...unknownHolds.map((reason) => `The hold reason ${reason} is not on the published list.`),
    ...(open > 0 ? [`${open} document(s) have reached neither an end nor a hold.`] : []),
  ];
  return {
    ok: problems.length === 0 && (check?.ok ?? true),
    documents: counts.total,
    outcomes: counts.outcomes,
    holds: counts.holds,
    openStages: counts.stages,
    held,
    erpDocuments: check?.erpDocuments ?? null,
    sums: check?.sums ?? null,
    duplicates: check?.duplicates.length ?? null,
    violations: check?.violations.length ?? null,
    calls: traffic?.calls ?? null,
    faults: traffic?.faults ?? null,
    kills,
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    problems,
  };
}

/** The checker is a program of its own, so that nothing of ours can colour what it sees. */
async function runChecker(journal: string): Promise<string> {
  const child = spawn(process.execPath, [join(projectRoot(), 'dist', 'simulators', 'check.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(journal);
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return output;
}
