import { dimensionValueLogic, vendorLogic } from './logic-master.js';
import { journalBatchLogic } from './logic-journal-batch.js';
import { journalLineLogic } from './logic-journal-line.js';
import { purchaseHeaderLogic } from './logic-purchase-header.js';
import { purchaseLineLogic } from './logic-purchase-line.js';
import type { TableDefinition } from './fields.js';
import { purchaseHeaders, purchaseLines } from './tables-documents.js';
import { journalBatches, journalLines } from './tables-journals.js';
import { dimensionValues, vendors } from './tables-master.js';
import type { TableLogic } from './table-logic-types.js';

const logic = new Map<TableDefinition, TableLogic>([
  [vendors, vendorLogic],
  [dimensionValues, dimensionValueLogic],
  [purchaseHeaders, purchaseHeaderLogic],
  [purchaseLines, purchaseLineLogic],
  [journalBatches, journalBatchLogic],
  [journalLines, journalLineLogic],
]);

/** What happens when records of a table are written; undefined for tables that nobody writes by a page. */
export function logicOf(table: TableDefinition): TableLogic | undefined {
  return logic.get(table);
}
