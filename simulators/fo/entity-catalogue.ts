import type { EntityDefinition } from './entity-definition.js';
import {
  ledgerJournalHeaders,
  ledgerJournalLines,
  ledgerJournalTableBiEntities,
  vendInvoiceJournalHeaders,
  vendInvoiceJournalLines,
} from './journal-entities.js';
import { masterEntities } from './master-entities.js';
import {
  vendInvoiceInfoTableBiEntities,
  vendInvoiceJourBiEntities,
  vendInvoiceTransBiEntities,
  vendorInvoiceDocumentAttachments,
  vendorInvoiceHeaders,
  vendorInvoiceLines,
} from './pending-entities.js';
import {
  generalJournalAccountEntryBiEntities,
  generalJournalEntryBiEntities,
  vendorPaymentJournalLines,
  vendSettlementBiEntities,
  vendTransBiEntities,
} from './posted-entities.js';
import { referenceEntities } from './reference-entities.js';

/** Sets whose rows arise from calls and batches, and are therefore part of the saved state. */
export const transactionEntities: readonly EntityDefinition[] = [
  ledgerJournalHeaders,
  ledgerJournalLines,
  vendInvoiceJournalHeaders,
  vendInvoiceJournalLines,
  ledgerJournalTableBiEntities,
  vendTransBiEntities,
  vendSettlementBiEntities,
  generalJournalEntryBiEntities,
  generalJournalAccountEntryBiEntities,
  vendorPaymentJournalLines,
  vendorInvoiceHeaders,
  vendorInvoiceLines,
  vendorInvoiceDocumentAttachments,
  vendInvoiceInfoTableBiEntities,
  vendInvoiceJourBiEntities,
  vendInvoiceTransBiEntities,
];

const bySet = new Map(
  [...transactionEntities, ...masterEntities, ...referenceEntities].map((definition) => [definition.set, definition]),
);

/** Definition of a set by its exact wire name. */
export function findEntity(set: string): EntityDefinition | undefined {
  return bySet.get(set);
}

/** All simulated sets. */
export function allEntities(): EntityDefinition[] {
  return [...bySet.values()];
}
