import type { ErpDocument } from '../../contracts/erp-documents.js';
import type { ErpPort, PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import { createDimensionFormatReader } from './dimension-format-reader.js';
import type { EntitySetOverrides } from './entity-sets.js';
import { isFoJournal } from './journal-kinds.js';
import type { WriteMode } from './journal-header.js';
import { withdrawJournal } from './journal-withdrawal.js';
import { writeJournal } from './journal-writer.js';
import { createMasterDataCheck } from './master-data.js';
import { createODataClient } from './odata.js';
import { foldCode } from './odata-literals.js';
import { findPostings } from './postings.js';
import { findSettlements } from './settlements.js';

/** One Finance & Operations environment as the connections file describes it. */
export interface FoAdapterOptions {
  /** Name of the connection; stands in errors and in the audit trail. */
  name: string;
  /** Companies that differ from `defaultMode`; compared without case. */
  companies: Record<string, { mode: WriteMode }>;
  /**
   * Strong mode needs a journal number sequence that permits the client's own numbers (F&O spec 10).
   * @default 'recovery'
   */
  defaultMode?: WriteMode;
  /** Entity sets that this environment publishes under other names. */
  entitySets?: EntitySetOverrides;
  /** The clock, in milliseconds; for caches and for dates of validity. */
  now?: () => number;
}

/**
 * Makes the adapter for general journals and vendor invoice journals of Finance & Operations. The base URL of `http` is
 * the environment (scheme and host); all paths are below `/data` (S37). F&O posts by its own means; the adapter writes,
 * reads back, and watches (F&O spec 7).
 */
export function createFoAdapter(options: FoAdapterOptions, http: HttpClient): ErpPort {
  const now = options.now ?? Date.now;
  const odata = createODataClient(options.name, http, options.entitySets ?? {});
  const formats = createDimensionFormatReader(odata, now);
  const modes = new Map(Object.entries(options.companies).map(([company, { mode }]) => [foldCode(company), mode]));

  async function postingOf(tracked: TrackedErpDocument, signal: AbortSignal): Promise<PostingState> {
    const [state] = await findPostings(odata, tracked.document.company, [tracked], signal);
    if (state === undefined) return { state: 'waiting', part: tracked.document.part };
    const { documentId: _, ...posting } = state;
    return posting;
  }
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
    mode: (company: string): WriteMode => modes.get(foldCode(company)) ?? options.defaultMode ?? 'recovery',
  };

  return {
    name: options.name,
    kind: 'dynamics-fo',
    checkMasterData: createMasterDataCheck(odata, formats, now),
    async write(document, context) {
      if (isFoJournal(document)) return writeJournal(parts, document, context);
      throw unsupported(document, 'write');
    },
    async withdraw(tracked, context) {
      const { document } = tracked;
      if (isFoJournal(document)) return withdrawJournal(parts, { ...tracked, document }, context);
      throw unsupported(document, 'withdraw');
    },
    findPostings: (company, documents, signal) => findPostings(odata, company, documents, signal),
    findSettlements: (company, documents, changedSince, signal) =>
      findSettlements(odata, company, documents, changedSince, signal),
  };
}
