import { z } from 'zod';
import type { CompanyCodes } from '../harness/ledger-types.js';
import { faultKinds } from '../harness/fault-types.js';
import { type ConcurMasterData } from '../harness/master-data.js';
import { bcRoutes } from './bc-routes.js';
import { eventRoutes } from './event-routes.js';
import { foRoutes } from './fo-routes.js';
import { navRoutes } from './nav-routes.js';
import { tokenRoutes } from './token-routes.js';
import { journalOf, type SimulatedWorld } from './simulated-world.js';

/** One request to the control API. */
export interface ControlCall {
  world: SimulatedWorld;
  body: string;
  params: Record<string, string>;
}

/** Path parts that begin with a colon are parameters. `run` answers the JSON body; undefined means 404, throwing 400. */
export interface ControlRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  run: (call: ControlCall) => unknown;
}

const done = { ok: true };
const system = z.enum(['concur', 'entra', 'fo', 'bc', 'nav']);
const erp = z.enum(['fo', 'bc', 'nav']);
const fault = z.object({
  system,
  operation: z.string().min(1),
  kind: z.enum(faultKinds),
  times: z.int().min(1).default(1),
  retryAfter: z.string().optional(),
});
const stall = z.object({
  system,
  operation: z.string().min(1),
  when: z.enum(['before', 'commit']),
  times: z.int().min(1).optional(),
});
const concurMasterData = z.object({
  companyUuid: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  requestToken: z.string(),
}) satisfies z.ZodType<ConcurMasterData>;
const codeTable = z.record(z.string(), z.string());
const companyCodes = z.object({
  legalEntity: z.string(),
  accounts: codeTable,
  advances: codeTable,
  inputTax: z.array(z.object({ authority: z.string(), code: z.string(), account: z.string() })),
  cards: codeTable,
  clearing: codeTable,
  employees: codeTable,
  suppliers: codeTable,
  dimensions: z.array(z.object({ dimension: z.string(), from: z.string(), values: codeTable })),
}) satisfies z.ZodType<CompanyCodes>;
const concurVendors = z.object({
  vendors: z.array(z.record(z.string(), z.string()).refine((one) => one['VendorCode'] && one['AddressCode'])),
  loneRows: z.enum(['object', 'array']).optional(),
});
const purchaseRequestApproval = z.object({
  id: z.string(),
  purchaseOrderNumbers: z.array(z.string().min(1)).default([]),
});

const documentRoutes: ControlRoute[] = [
  { method: 'POST', path: '/control/master-data', run: loadMasterData },
  {
    method: 'POST',
    path: '/control/concur/documents',
    run: ({ world, body }) => world.concur.loadDocuments(body),
  },
  { method: 'GET', path: '/control/concur/documents', run: ({ world }) => world.concur.processor() },
  {
    method: 'POST',
    path: '/control/concur/recall',
    run: ({ world, body }) => {
      world.concur.recall(read(z.object({ id: z.string() }), body).id);
      return done;
    },
  },
  {
    method: 'POST',
    path: '/control/concur/acknowledge',
    run: ({ world, body }) => {
      const { id, systemId } = read(z.object({ id: z.string(), systemId: z.string().min(1) }), body);
      world.concur.acknowledgeAs(id, systemId);
      return done;
    },
  },
  {
    method: 'POST',
    path: '/control/concur/vendors',
    run: ({ world, body }) => {
      const { vendors, loneRows } = read(concurVendors, body);
      return world.concur.company.seedVendors(vendors, loneRows);
    },
  },
  {
    method: 'GET',
    path: '/control/concur/vendors',
    run: ({ world }) => ({ vendors: world.concur.company.vendors() }),
  },
  {
    method: 'POST',
    path: '/control/concur/purchase-requests',
    run: ({ world, body }) => {
      const { id, purchaseOrderNumbers } = read(purchaseRequestApproval, body);
      return { id, purchaseOrderNumbers: world.concur.company.approvePurchaseRequest(id, purchaseOrderNumbers) };
    },
  },
  {
    method: 'POST',
    path: '/control/vendors',
    run: ({ world, body }) => {
      const order = read(z.object({ erp, company: z.string(), vendor: z.unknown() }), body);
      const created = world[order.erp].createVendor?.(order.company, order.vendor);
      return { ...done, created };
    },
  },
  {
    method: 'POST',
    path: '/control/tamper',
    run: ({ world, body }) => ({ tampered: world[read(z.object({ erp }), body).erp].tamper?.() ?? null }),
  },
];

const troubleRoutes: ControlRoute[] = [
  {
    method: 'POST',
    path: '/control/faults',
    run: ({ world, body }) => {
      for (const ordered of read(z.union([z.array(fault), fault.transform((one) => [one])]), body)) {
        const { retryAfter, ...rest } = ordered;
        world.harness.faults.order(retryAfter === undefined ? rest : { ...rest, retryAfter });
      }
      return { pending: world.harness.faults.pending };
    },
  },
  { method: 'GET', path: '/control/faults', run: ({ world }) => ({ pending: world.harness.faults.pending }) },
  {
    method: 'DELETE',
    path: '/control/faults',
    run: ({ world }) => {
      world.harness.faults.clear();
      return done;
    },
  },
  {
    method: 'POST',
    path: '/control/fault-level',
    run: ({ world, body }) => {
      const { level } = read(z.object({ level: z.enum(['none', 'realistic', 'brutal']) }), body);
      world.harness.faults.level = level;
      return { level };
    },
  },
  {
    method: 'POST',
    path: '/control/stalls',
    run: ({ world, body }) => world.harness.stalls.add(read(stall, body)),
  },
  { method: 'GET', path: '/control/stalls', run: ({ world }) => ({ stalls: world.harness.stalls.list() }) },
  {
    method: 'GET',
    path: '/control/stalls/:id',
    run: ({ world, params }) => world.harness.stalls.get(params['id'] ?? ''),
  },
  {
    method: 'POST',
    path: '/control/stalls/:id/release',
    run: ({ world, params }) => (world.harness.stalls.release(params['id'] ?? '') ? done : undefined),
  },
  {
    method: 'DELETE',
    path: '/control/stalls/:id',
    run: ({ world, params }) => (world.harness.stalls.remove(params['id'] ?? '') ? done : undefined),
  },
  {
    method: 'POST',
    path: '/control/pause',
    run: ({ world, body }) => {
      const { batch, payments } = read(
        z.object({ batch: z.boolean().optional(), payments: z.boolean().optional() }),
        body,
      );
      if (batch !== undefined) world.pauses.batch = batch;
      if (payments !== undefined) world.pauses.payments = payments;
      return { ...world.pauses };
    },
  },
];

const witnessRoutes: ControlRoute[] = [
  {
    method: 'GET',
    path: '/control/health',
    run: ({ world }) => ({ ...done, pid: process.pid, faults: world.harness.faults.level, ...world.pauses }),
  },
  {
    method: 'POST',
    path: '/control/kills',
    run: ({ world, body }) => {
      const { at } = read(z.object({ at: z.iso.datetime({ offset: true }) }), body);
      world.harness.book.kill(new Date(at).toISOString());
      world.harness.save();
      return done;
    },
  },
  { method: 'GET', path: '/control/journal', run: ({ world }) => journalOf(world) },
];

/** The whole control API. */
export const controlRoutes: readonly ControlRoute[] = [
  ...documentRoutes,
  ...tokenRoutes,
  ...eventRoutes,
  ...foRoutes,
  ...bcRoutes,
  ...navRoutes,
  ...troubleRoutes,
  ...witnessRoutes,
];

function loadMasterData({ world, body }: ControlCall): unknown {
  const data = read(
    z.object({
      fo: z.unknown().optional(),
      bc: z.unknown().optional(),
      nav: z.unknown().optional(),
      concur: concurMasterData.optional(),
      codes: z.array(companyCodes).optional(),
    }),
    body,
  );
  if (data.codes !== undefined) world.codes = data.codes;
  if (data.concur !== undefined) world.concur.loadMasterData(data.concur);
  if (data.fo !== undefined) world.fo.loadMasterData?.(data.fo);
  if (data.bc !== undefined) world.bc.loadMasterData?.(data.bc);
  if (data.nav !== undefined) world.nav.loadMasterData?.(data.nav);
  return done;
}

function read<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> {
  const parsed = schema.safeParse(JSON.parse(body));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
