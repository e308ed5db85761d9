import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * What operators filter on in the Temporal UI. SQL visibility offers ten Keyword attributes; nine are used. Values are codes,
 * never names of people (decisions 25).
 */
export const searchAttributes = {
  documentStage: defineSearchAttributeKey('DocumentStage', 'KEYWORD'),
  holdReason: defineSearchAttributeKey('HoldReason', 'KEYWORD'),
  documentType: defineSearchAttributeKey('DocumentType', 'KEYWORD'),
  documentNumber: defineSearchAttributeKey('DocumentNumber', 'KEYWORD'),
  concurCompany: defineSearchAttributeKey('ConcurCompany', 'KEYWORD'),
  erp: defineSearchAttributeKey('Erp', 'KEYWORD'),
  legalEntity: defineSearchAttributeKey('LegalEntity', 'KEYWORD'),
  erpNumber: defineSearchAttributeKey('ErpNumber', 'KEYWORD'),
  payee: defineSearchAttributeKey('Payee', 'KEYWORD'),
  documentAmount: defineSearchAttributeKey('DocumentAmount', 'DOUBLE'),
  postingDate: defineSearchAttributeKey('PostingDate', 'DATETIME'),
} as const;

/** Name → type as `temporal operator search-attribute create` and the dev server want them. */
export const searchAttributeTypes: Record<string, string> = {
  DocumentStage: 'Keyword',
  HoldReason: 'Keyword',
  DocumentType: 'Keyword',
  DocumentNumber: 'Keyword',
  ConcurCompany: 'Keyword',
  Erp: 'Keyword',
  LegalEntity: 'Keyword',
  ErpNumber: 'Keyword',
  Payee: 'Keyword',
  DocumentAmount: 'Double',
  PostingDate: 'Datetime',
};
