import { z } from 'zod';
import { eventIdByDigest } from '../store/event-store.js';
import { bodyDigest } from './event-envelope.js';
import { parsedJson, storable } from './outside-text.js';

/** What came in at the endpoint of business events (F&O spec 13). */
export type BusinessEventReading =
  | { kind: 'event'; event: BusinessEvent }
  /** What F&O sends when somebody saves the endpoint. */
  | { kind: 'test' }
  | { kind: 'unreadable'; eventId: string; reason: string };

/** All that is read of a business event: enough to know where to look, and nothing to act on (S46). */
export interface BusinessEvent {
  /** `EventId` in lower case without braces, else `sha256:` and the digest of the body. */
  eventId: string;
  /** Id of the catalogue. */
  businessEventId: string;
  /** In lower case; null where the event names none. */
  company: string | null;
  happenedAt: Date | null;
}

const idLimit = 200;
/** Longest `dataAreaId`; a longer text is no company. */
const companyLimit = 4;
/** Empty dates are of this year, or of the first one. */
const lastEmptyYear = 1900;
const noGuid = '00000000-0000-0000-0000-000000000000';

const text = z.string().nullable().catch(null).default(null);

/**
 * Members by name in lower case: those of the envelope, and two by which payloads name the company. `ControlNumber` is left
 * unread on purpose: it has gaps, is of no entity, and the state is read over OData whatever the order of the events is.
 */
const eventSchema = z.object({
  businesseventid: z.string().nullable(),
  eventid: text,
  eventtime: text,
  eventtimeiso8601: text,
  businesseventlegalentity: text,
  legalentity: text,
  dataareaid: text,
});

/** Reads a body, whatever its content type was. Never throws: nobody sends it again who was told that it is bad. */
export function readBusinessEvent(body: Buffer): BusinessEventReading {
  const byDigest = eventIdByDigest(bodyDigest(body));
  const unreadable = (reason: string): BusinessEventReading => ({ kind: 'unreadable', eventId: byDigest, reason });
  const members = z.record(z.string(), z.unknown()).safeParse(parsedJson(new TextDecoder().decode(body)));
  if (!members.success) return unreadable('it is no JSON object');
  const lowerCase = Object.entries(members.data).map(([name, value]) => [name.toLowerCase(), value] as const);
  const parsed = eventSchema.safeParse(Object.fromEntries(lowerCase));
  if (!parsed.success) return unreadable('it has no BusinessEventId');
  const given = parsed.data;
  const businessEventId = storable(given.businesseventid)?.slice(0, idLimit);
  const times = [given.eventtime, given.eventtimeiso8601].map(instantOf).filter((time) => time !== undefined);
  const happenedAt = times.find((time) => !isEmptyDate(time)) ?? null;
  if (businessEventId === undefined || (times.length > 0 && happenedAt === null)) return { kind: 'test' };
  const company = [given.businesseventlegalentity, given.legalentity, given.dataareaid].map(companyOf).find(Boolean);
  return {
    kind: 'event',
    event: { eventId: ownId(given.eventid) ?? byDigest, businessEventId, company: company ?? null, happenedAt },
  };
}

/** Braces and case of a GUID mean nothing; an empty GUID is the same in all events and therefore none. */
function ownId(given: string | null): string | undefined {
  const id = storable(given)
    ?.replace(/^\{(.*)\}$/, '$1')
    .toLowerCase();
  const isOwn = id !== undefined && id !== '' && id !== noGuid && id.length <= idLimit;
  return isOwn && !id.startsWith(eventIdByDigest('')) ? id : undefined;
}

function companyOf(given: string | null): string | undefined {
  const company = storable(given)?.toLowerCase();
  return company !== undefined && company.length <= companyLimit ? company : undefined;
}

/** `/Date(milliseconds)/`, or ISO 8601 with any number of fractional digits; without a zone it is UTC. */
function instantOf(given: string | null): Date | undefined {
  const time = given?.trim() ?? '';
  const milliseconds = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(time)?.[1];
  const isIso = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?$/.exec(time);
  if (milliseconds === undefined && !isIso) return undefined;
  const instant = new Date(
    milliseconds === undefined ? time + (isIso?.[1] === undefined ? 'Z' : '') : Number(milliseconds),
  );
  return instant.getUTCFullYear() <= 9_999 ? instant : undefined;
}

const isEmptyDate = (time: Date): boolean => time.getUTCFullYear() <= lastEmptyYear;
