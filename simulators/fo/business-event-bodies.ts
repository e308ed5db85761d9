/** Something that the environment tells about: identifiers only, everything else is read over OData (section 13). */
export interface BusinessEvent {
  /** Id of the catalogue. */
  id: string;
  company: string;
  payload: Readonly<Record<string, string>>;
}

const noGuid = '00000000-0000-0000-0000-000000000000';
const serviceUser = '{3F6B5B0E-7A51-4C0B-9A55-6C2D0C1E7F10}';

/** A GUID of the given randomness, in upper case as F&O writes it. */
export function eventGuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)];
  return parts.join('-').toUpperCase();
}

/** Seven fractional digits, as the newer envelope has them. */
const withTicks = (at: Date): string => at.toISOString().replace('Z', '0000Z');

/** Body of an event: the envelope and beside its members those of the payload. */
export function eventBody(
  event: BusinessEvent,
  envelope: { eventId: string; controlNumber: number; at: Date; hasParents: boolean },
): string {
  const { eventId, controlNumber, at, hasParents } = envelope;
  return JSON.stringify({
    BusinessEventId: event.id,
    BusinessEventLegalEntity: event.company,
    ContextRecordSubject: '',
    ControlNumber: controlNumber,
    EventId: eventId,
    EventTime: `/Date(${String(at.getTime())})/`,
    EventTimeIso8601: withTicks(at),
    InitiatingUserAADObjectId: serviceUser,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: hasParents ? [] : null,
    ...event.payload,
  });
}

/** Body of the test message: an example object with empty defaults, which no consumer may act on. */
export function testBody(): string {
  const epoch = new Date('1900-01-01T00:00:00Z');
  return JSON.stringify({
    BusinessEventId: '',
    BusinessEventLegalEntity: '',
    ContextRecordSubject: '',
    ControlNumber: 0,
    EventId: '',
    EventTime: `/Date(${String(epoch.getTime())})/`,
    EventTimeIso8601: '1900-01-01T00:00:00Z',
    InitiatingUserAADObjectId: `{${noGuid}}`,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: null,
  });
}
