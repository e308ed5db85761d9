import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Connections } from '../../config/load-connections.js';
import { holdReasons } from '../../contracts/hold-reasons.js';
import { projectRoot } from '../../launcher/project-root.js';
import { listDocuments } from '../../store/document-store.js';
import { withDatabase } from '../installation.js';
import type { CountedErp, RouteCalls } from './calls-per-route.js';
import { callsPerRoute } from './calls-per-route.js';
import { tally } from './progress.js';
import { alertCauses, documentsByRoute } from './run-facts.js';
import type { Simulators } from './simulators.js';
import type { FollowedSet } from './webhook-watch.js';
import { wantedSubscriptions } from './webhook-watch.js';
import { sandboxNames } from './write-connections.js';

/** What the independent checker found; only the members that the report repeats. */
const checkSchema = z.looseObject({
  ok: z.boolean(),
  problems: z.array(z.string()),
  sums: z.unknown(),
  ledgers: z.unknown(),
  duplicates: z.array(z.unknown()),
  violations: z.array(z.unknown()),
  erpDocuments: z.record(z.string(), z.number()),
  credits: z.number(),
  concurDocuments: z.record(z.string(), z.number()),
  resubmitted: z.number(),
  paid: z.object({ confirmedInConcur: z.number(), fullyPaidInErp: z.number(), takenBack: z.number() }),
});
const trafficSchema = z.looseObject({
  calls: z.record(z.string(), z.record(z.string(), z.number())),
  batched: z.record(z.string(), z.record(z.string(), z.number())).default({}),
  faults: z.unknown(),
});
const tokensSchema = z.looseObject({
  accessRevocations: z.number(),
  refreshRevocations: z.number(),
  moves: z.number(),
});

const webhooksSchema = z.object({
  ...{ sent: z.number(), failed: z.number(), lost: z.number(), doubled: z.number(), late: z.number() },
  ...{ deletedByAnswer: z.number(), deletedByPeople: z.number() },
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
  /** Posted documents among them that take money back. */
  credits: number | null;
  /** Documents by their state in Concur. */
  concurDocuments: Record<string, number> | null;
  /** Corrected documents that came after a failed posting or a recall. */
  resubmitted: number | null;
  /** Recalled in Concur before the acknowledgement. */
  recalled: number | null;
  /** Posting confirmed as failed. */
  returned: number | null;
  /** Documents paid in Concur, fully paid in the ERP, and those of which the ERP took a payment back. */
  paid: { confirmedInConcur: number; fullyPaidInErp: number; takenBack: number } | null;
  /** Access tokens and refresh tokens that were revoked. */
  tokenRevocations: { access: number; refresh: number } | null;
  /** How often the company moved to another data center. */
  moves: number | null;
  /** What became of the events that Concur has published. */
  events: unknown;
  /** How Business Central has sent notifications, and how often its subscriptions were deleted. */
  webhooks: z.infer<typeof webhooksSchema> | null;
  sums: unknown;
  /** What the documents stand for by account and dimension against what was posted: counts of what was compared, and sums. */
  ledgers: unknown;
  duplicates: number | null;
  violations: number | null;
  calls: unknown;
  /** Reads inside the batch requests among the calls, by system and operation. */
  batchedReads: unknown;
  /** Calls per document and system, rounded; of Concur only those for documents: list, acknowledge, confirm, payment. */
  callsPerDocument: Record<string, number> | null;
  /** Calls to each ERP per document, by route, watchers included. */
  callsPerRoute: Partial<Record<CountedErp, Record<string, RouteCalls>>> | null;
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
  const { counts, listed, byRoute, alerts } = await withDatabase(connections, async (db) => ({
    counts: await tally(db),
    listed: await listDocuments(db, 100_000),
    byRoute: {
      fo: await documentsByRoute(db, sandboxNames.fo),
      bc: await documentsByRoute(db, sandboxNames.bc),
      nav: await documentsByRoute(db, sandboxNames.nav),
    },
    alerts: await alertCauses(db),
  }));
  const held = listed.flatMap(({ fiId, humanNumber, holdReason, holdMessage }) =>
    holdReason === null
      ? []
      : [{ documentId: fiId, number: humanNumber, reason: holdReason, message: holdMessage ?? '' }],
  );
  const named: Record<string, string> = {};
  for (const { fiId, holdReason, outcome } of listed) {
    const reason = holdReason ?? outcome;
    if (reason !== null) named[fiId] = reason;
  }
  const messages = Object.fromEntries(held.map(({ documentId, message }) => [documentId, message]));
  const told = { held: named, messages, alerts, wantedSubscriptions: wantedSubscriptions(connections) };
  const seen = simulators === undefined ? undefined : await lookAt(simulators, told, counts.total);
  const check = seen?.check;
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
    credits: check?.credits ?? null,
    concurDocuments: check?.concurDocuments ?? null,
    resubmitted: check?.resubmitted ?? null,
    recalled: check === undefined ? null : (check.concurDocuments['RECALLED'] ?? 0),
    returned: check === undefined ? null : (check.concurDocuments['POSTING_CONFIRMED_FAILURE'] ?? 0),
    paid: check?.paid ?? null,
    tokenRevocations: seen?.tokenRevocations ?? null,
    moves: seen?.moves ?? null,
    events: seen?.events ?? null,
    webhooks: seen?.webhooks ?? null,
    sums: check?.sums ?? null,
    ledgers: check?.ledgers ?? null,
    duplicates: check?.duplicates.length ?? null,
    violations: check?.violations.length ?? null,
    calls: seen?.calls ?? null,
    batchedReads: seen?.batched ?? null,
    callsPerDocument: seen?.callsPerDocument ?? null,
    callsPerRoute: seen === undefined ? null : routesOf(seen, byRoute),
    faults: seen?.faults ?? null,
    kills,
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    problems,
  };
}

/** What the connector says of its documents: hold or outcome, and message of the hold, by FI document id; causes of alerts. */
interface Told {
  held: Record<string, string>;
  messages: Record<string, string>;
  alerts: string[];
  wantedSubscriptions: FollowedSet[];
}

/** What the simulators have seen, and what the checker says to it and to what the connector tells. */
async function lookAt(simulators: Simulators, told: Told, documents: number) {
  const journal = await simulators.journal();
  const { calls, batched, faults } = trafficSchema.parse(JSON.parse(journal));
  const tokens = tokensSchema.parse(await simulators.get('/control/concur/tokens'));
  return {
    // The journal stays text: only the checker reads it.
    check: checkSchema.parse(JSON.parse(await runChecker(`${JSON.stringify(told).slice(0, -1)},${journal.slice(1)}`))),
    calls,
    batched,
    faults,
    callsPerDocument: callsPerDocument(calls, documents),
    tokenRevocations: { access: tokens.accessRevocations, refresh: tokens.refreshRevocations },
    moves: tokens.moves,
    events: await simulators.get('/control/concur/events'),
    webhooks: webhooksSchema.parse(await simulators.get('/control/bc/subscriptions')),
  };
}

/** Only ERPs that documents were written to. */
function routesOf(
  { calls, batched }: Pick<z.infer<typeof trafficSchema>, 'calls' | 'batched'>,
  byRoute: Record<CountedErp, Record<string, number>>,
): NonNullable<SandboxReport['callsPerRoute']> {
  const erps = (['fo', 'bc', 'nav'] as const).filter((erp) => Object.keys(byRoute[erp]).length > 0);
  return Object.fromEntries(erps.map((erp) => [erp, callsPerRoute(erp, calls[erp] ?? {}, byRoute[erp], batched[erp])]));
}

/** Operations of Concur that are made for documents; tokens, events and a doctor's look around are not. */
const documentCalls = new Set([
  'transactions',
  'acknowledgements',
  'postingconfirmations',
  'paymentconfirmations',
  'bulkUpdate',
  'paymentrequest',
]);

function callsPerDocument(calls: z.infer<typeof trafficSchema>['calls'], documents: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(calls).map(([system, byOperation]) => {
      const counted = Object.entries(byOperation).filter(
        ([operation]) => system !== 'concur' || documentCalls.has(operation),
      );
      const total = counted.reduce((sum, [, n]) => sum + n, 0);
      return [system, Math.round((total / Math.max(1, documents)) * 10) / 10];
    }),
  );
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
