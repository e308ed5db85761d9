import type { DocType } from '../../contracts/documents.js';
import type { ReportFrame } from '../generated-report.js';
import type { SampleEntity } from '../sample-firm.js';

/** What the making of one document is given. The same order makes the same document. */
export interface CaseOrder extends ReportFrame {
  dueOn: string;
  supplier: { code: string; name: string };
  /** The cash advance that the advance cases of one round share: one issues it, the others use it up. */
  advance: { cashAdvanceId: string; cents: number };
}

/** One case of accounting, with documents of its own. */
export interface DocumentCase {
  /** Lower case with hyphens: what `--cases` takes, and the name of its fixture and golden files. */
  name: string;
  /** One sentence for a person. */
  says: string;
  docType: DocType;
  /** The company that it needs; any unless given. */
  entity?: SampleEntity;
  make: (order: CaseOrder) => Record<string, unknown>;
}
