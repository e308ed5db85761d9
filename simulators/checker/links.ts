import type { ConcurDocumentState, Journal, PostedErpDocument } from '../harness/types.js';
import { groupBy } from './grouping.js';

/** One line of a Concur posting confirmation with the posted ERP document that it names, if there is one. */
export interface Claim {
  document: ConcurDocumentState;
  companyId: string;
  documentNumber: string;
  posted?: PostedErpDocument;
}

/** Which Concur document claims which posted ERP document. */
export interface Links {
  /** Concur documents whose posting was confirmed as a success, with their claims. */
  confirmed: { document: ConcurDocumentState; claims: Claim[] }[];
  claimsOf: (posted: PostedErpDocument) => Claim[];
  /** `erp/company` of a company id as Concur was told. */
  entityOf: (claim: Pick<Claim, 'companyId' | 'posted' | 'document'>) => string;
}

/** Statuses at and after the confirmed posting success. */
const postedStatuses = new Set([
  'POSTING_CONFIRMED_SUCCESS',
  'PAYMENT_CONFIRMED_SUCCESS',
  'PAYMENT_CONFIRMED_REVERSED',
  'PAYMENT_CONFIRMED_OBSOLETE',
  'PAID',
]);

/** Links both sides by company and document number. Company codes are compared without regard to case, as F&O does. */
export function linkDocuments(journal: Journal): Links {
  const byNumber = groupBy(journal.posted, ({ company, documentNumber }) => numberKey(company, documentNumber));
  const confirmed = journal.concur
    .filter(({ status }) => postedStatuses.has(status))
    .map((document) => ({ document, claims: claimsOfDocument(document, byNumber) }));
  const claimsByPosted = groupBy(
    confirmed.flatMap(({ claims }) => claims),
    ({ posted }) => posted,
  );
  const entities = new Map(journal.posted.map((posted) => [posted.company.toLowerCase(), entityOfPosted(posted)]));
  return {
    confirmed,
    claimsOf: (posted) => claimsByPosted.get(posted) ?? [],
    entityOf: ({ companyId, posted, document }) =>
      posted === undefined
        ? (entities.get(companyId.toLowerCase()) ?? expectedWith(document, companyId) ?? `?/${companyId}`)
        : entityOfPosted(posted),
  };
}

/** `erp/company` of an ERP document. */
export function entityOfPosted(posted: Pick<PostedErpDocument, 'erp' | 'company'>): string {
  return `${posted.erp}/${posted.company}`;
}

/** Readable name of a posted ERP document. */
export function nameOfPosted(posted: PostedErpDocument): string {
  return `${entityOfPosted(posted)} ${posted.documentNumber}`;
}

function claimsOfDocument(document: ConcurDocumentState, byNumber: Map<string, PostedErpDocument[]>): Claim[] {
  return document.postingDocs.map(({ companyId, documentNumber }) => {
    const candidates = byNumber.get(numberKey(companyId, documentNumber)) ?? [];
    // Two ERPs may have a company of the same name; then the expected legal entity decides.
    const posted = candidates.find((one) => entityOfPosted(one) === document.expected) ?? candidates[0];
    return { document, companyId, documentNumber, ...(posted === undefined ? {} : { posted }) };
  });
}

function expectedWith(document: ConcurDocumentState, companyId: string): string | undefined {
  const { expected } = document;
  return expected?.toLowerCase().endsWith(`/${companyId.toLowerCase()}`) === true ? expected : undefined;
}

function numberKey(company: string, documentNumber: string): string {
  return `${company.toLowerCase()}\n${documentNumber}`;
}
