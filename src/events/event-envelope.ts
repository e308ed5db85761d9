import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DocType } from '../contracts/documents.js';
import { docTypes } from '../contracts/documents.js';
import { readyEventType } from '../contracts/events.js';
import { eventIdByDigest } from '../store/event-store.js';
import { parsedJson, storable } from './outside-text.js';

/** What the connector reads of an event; everything but the id may be missing. */
export interface EventEnvelope {
  /** The sender's id, else `sha256:` and the digest of the body: an opaque string of at most 200 characters. */
  eventId: string;
  eventType: string | null;
  /** Set for the ready-for-integration events of types that the connector knows. */
  docType: DocType | null;
  /** Concur's business id (report id, request id), never the FI document id (FIS spec 8.1). */
  businessId: string | null;
  /** In lower case. */
  companyUuid: string | null;
  correlationId: string | null;
}

const idLimit = 200;
const text = z.string().nullable().catch(null);

/** `topic`, `timeStamp` and `href` are left unread on purpose: samples spell them in ways that nothing may depend on. */
const eventSchema = z.object({
  id: text.default(null),
  eventType: text.default(null),
  correlationId: text.default(null),
  facts: z
    .preprocess(
      (facts) => (typeof facts === 'string' ? parsedJson(facts) : facts),
      z.object({ companyId: text.default(null), documentId: text.default(null) }),
    )
    .catch({ companyId: null, documentId: null }),
});

/** Digest by which a body is known. */
export const bodyDigest = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

/** The envelope of a body that was not kept, or that is not an event at all. */
export function bareEnvelope(bodySha256: string): EventEnvelope {
  const unknown = { eventType: null, docType: null, businessId: null, companyUuid: null, correlationId: null };
  return { eventId: eventIdByDigest(bodySha256), ...unknown };
}

/**
 * Reads an event (platform spec 2.3), whatever its content type was. Never throws: an event that is not understood must still
 * be stored, because Concur never repeats one that it was refused (trap 9). The event type decides what it is.
 */
export function readEventEnvelope(body: Buffer): EventEnvelope {
  const bare = bareEnvelope(bodyDigest(body));
  const event = eventSchema.safeParse(parsedJson(new TextDecoder().decode(body)));
  if (!event.success) return bare;
  const { id, eventType, correlationId, facts } = event.data;
  return {
    eventId: ownId(storable(id)) ?? bare.eventId,
    eventType: storable(eventType),
    docType: docTypes.find((docType) => isSame(readyEventType(docType), eventType)) ?? null,
    businessId: storable(facts.documentId),
    companyUuid: storable(facts.companyId)?.toLowerCase() ?? null,
    correlationId: storable(correlationId),
  };
}

/** An id that looks like a digest is not taken from a sender: it could keep away the event whose body has that digest. */
const ownId = (id: string | null): string | null =>
  id === null || id.length > idLimit || id.startsWith(eventIdByDigest('')) ? null : id;

const isSame = (name: string, given: string | null): boolean => name.toLowerCase() === given?.trim().toLowerCase();
