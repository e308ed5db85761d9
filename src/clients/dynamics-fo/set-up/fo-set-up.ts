import type { DocType } from '../../../contracts/documents.js';
import type { ErpRoute } from '../../../contracts/erp-documents.js';
import type { EntitySetOverrides } from '../entity-sets.js';
import type { FoJournal } from '../journal-kinds.js';
import type { WriteMode } from '../journal-header.js';

/** How one company of an environment shall be used, and what is known of its documents. */
export interface FoCompanyUse {
  /** Legal entity as the connections file writes it. */
  company: string;
  /** ISO 4217: the accounting currency that the connections file names. */
  currency: string;
  mode: WriteMode;
  /** Today in the company's time zone, `YYYY-MM-DD`. */
  today: string;
  /** Routes of the document types that are polled. */
  routes: Readonly<Partial<Record<DocType, ErpRoute>>>;
  /** Routes that write under each journal name. */
  journalNames: Readonly<Record<string, readonly FoJournal['route'][]>>;
  /** Names of the mapped dimensions. */
  dimensions: readonly string[];
  /** Whether a posting service of the customer posts each journal. */
  postsByService: boolean;
  /** Whether Concur is told of the vendors of this company. */
  tellsVendors: boolean;
  /** Journals that the connector has written and that it does not know to be posted, the oldest first. */
  unposted: readonly { journal: string; writtenAt: Date }[];
}

/** What a set-up check has to know of a connection. */
export interface FoUse {
  /** Name of the connection. */
  name: string;
  companies: readonly FoCompanyUse[];
  entitySets: EntitySetOverrides;
  /** How long a document may stay unposted, in hours. */
  postingDeadlineHours: number;
}
