import type { ErpDocument } from '../../contracts/erp-documents.js';
import type { ErpPort, PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { Sharing } from '../http/shared-calls.js';
import type { HttpClient } from '../http/types.js';
import { createDimensionFormatReader } from './dimension-format-reader.js';
import type { EntitySetOverrides } from './entity-sets.js';
import { isFoJournal, type FoJournal } from './journal-kinds.js';
import type { WriteMode } from './journal-header.js';
import { withdrawJournal } from './journal-withdrawal.js';
import { postJournalAgain, writeJournal } from './journal-writer.js';
import { createMasterDataCheck } from './master-data.js';
import type { RoutesOfJournalName } from './master-data-lookups.js';
import { createODataClient } from './odata.js';
import { foldCode } from './odata-literals.js';
import { createOpenPeriodsReader } from './open-periods.js';
import { findPostedInvoices, isTrackedInvoice } from './pending-postings.js';
import { withdrawPendingInvoice } from './pending-withdrawal.js';
import { writePendingInvoice } from './pending-writer.js';
import { findPaymentObstacles } from './payment-obstacles.js';
import { createPostingService, type PostingService, type PostingServiceAddress } from './posting-service.js';
import { findPostings } from './postings.js';
import { findSettlements } from './settlements.js';
import { readVendors } from './vendors.js';

/** How documents are written in one company. */
export interface FoCompanyOptions {
  mode: WriteMode;
  /** Routes that write under each journal name: its type must fit them. Not judged where it is left out. */
  journalNames?: Readonly<Record<string, readonly FoJournal['route'][]>>;
  /** The customer's service that posts a journal at once; left out, it is never called and F&O posts by its own means. */
  postingService?: PostingServiceAddress;
}

/** One Finance & Operations environment as the connections file describes it. */
export interface FoAdapterOptions {
  /** Name of the connection; stands in errors and in the audit trail. */
  name: string;
  /** Companies that differ from `defaultMode`; compared without case. */
  companies: Record<string, FoCompanyOptions>;
  /**
   * Strong mode needs a journal number sequence that permits the client's own numbers (F&O spec 10).
   * @default 'recovery'
   */
  defaultMode?: WriteMode;
  /** Entity sets that this environment publishes under other names. */
  entitySets?: EntitySetOverrides;
  /** How long a read waits for others that it can be joined with; none is joined unless given. */
  sharing?: Sharing;
  /** The clock, in milliseconds; for caches and for dates of validity. */
  now?: () => number;
}

/**
 * Makes the adapter for general journals, vendor invoice journals and pending vendor invoices of Finance & Operations. The
 * base URL of `http` is the environment (scheme and host); all paths are below `/data` (S37). F&O posts by its own means;
 * the adapter writes, reads back, and watches (F&O spec 7).
 */
export function createFoAdapter(options: FoAdapterOptions, http: HttpClient): ErpPort {
  const now = options.now ?? Date.now;
  const odata = createODataClient(options.name, http, options.entitySets ?? {}, options.sharing);
  const formats = createDimensionFormatReader(odata, now);
  const modes = new Map(Object.entries(options.companies).map(([company, { mode }]) => [foldCode(company), mode]));

  const journalRoutes = new Map(
    Object.entries(options.companies).flatMap(([company, { journalNames = {} }]) =>
      Object.entries(journalNames).map(([name, routes]) => [foldCode(`${company}/${name}`), routes] as const),
    ),
  );
  const routesOf: RoutesOfJournalName = (company, name) => journalRoutes.get(foldCode(`${company}/${name}`)) ?? [];

  const services = new Map(
    Object.entries(options.companies).flatMap(([company, { postingService: address }]) =>
      address === undefined ? [] : [[foldCode(company), createPostingService(options.name, http, address)] as const],
    ),
  );
  const postingService = (company: string): PostingService | undefined => services.get(foldCode(company));
  const postsOnCall = (company: string): boolean => services.has(foldCode(company));

  const statesOf: ErpPort['findPostings'] = async (company, documents, signal) => {
    const invoices = documents.filter(isTrackedInvoice);
    const journals = documents.filter((tracked) => !isTrackedInvoice(tracked));
    // Side by side, so that they ask in the same moments.
    const states = await Promise.all([
      findPostings({ odata, formats, postsOnCall }, company, journals, signal),
      findPostedInvoices({ odata, formats }, company, invoices, signal),
    ]);
    return states.flat();
  };

  async function postingOf(tracked: TrackedErpDocument, signal: AbortSignal): Promise<PostingState> {
    const [state] = await statesOf(tracked.document.company, [tracked], signal);
    if (state === undefined) return { state: 'waiting', part: tracked.document.part };
    const { documentId: _, ...posting } = state;
    return posting;
  }
  const postAgain: NonNullable<ErpPort['postAgain']> = async (tracked, context) => {
    const { document, keys } = tracked;
    if (!postsOnCall(document.company) || !isFoJournal(document) || keys.journal === undefined) {
      return postingOf(tracked, context.signal);
    }
    return postJournalAgain(parts, { ...tracked, document }, keys.journal, context);
  };
  const unsupported = ({ route }: ErpDocument, operation: string): Rejected =>
    new Rejected(
      `Finance & Operations has no route ${route}.`,
      { system: options.name, operation },
      'unsupported-document',
    );
  const parts = {
    odata,
    formats,
    postingOf,
    postingService,
    mode: (company: string): WriteMode => modes.get(foldCode(company)) ?? options.defaultMode ?? 'recovery',
  };

  return {
    name: options.name,
    kind: 'dynamics-fo',
    checkMasterData: createMasterDataCheck(odata, formats, now, routesOf),
    async write(document, context) {
      if (isFoJournal(document)) return writeJournal(parts, document, context);
      if (document.route === 'fo-pending-invoice') return writePendingInvoice(parts, document, context);
      throw unsupported(document, 'write');
    },
    async withdraw(tracked, context) {
      const { document } = tracked;
      if (isFoJournal(document)) return withdrawJournal(parts, { ...tracked, document }, context);
      if (isTrackedInvoice(tracked)) return withdrawPendingInvoice(parts, tracked, context);
      throw unsupported(document, 'withdraw');
    },
    findPostings: statesOf,
    ...(services.size === 0 ? {} : { postAgain }),
    findPaymentObstacles: (company, documents, signal) =>
      findPaymentObstacles({ odata, now }, company, documents, signal),
    findSettlements: (company, documents, changedSince, signal) =>
      findSettlements(odata, company, documents, changedSince, signal),
    readOpenSpans: createOpenPeriodsReader(odata, now),
    readVendors: (company, signal, heartbeat, expected) =>
      readVendors({ odata, now }, company, signal, heartbeat, expected),
  };
}
