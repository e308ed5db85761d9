import { randomUUID } from 'node:crypto';

/** What an event says, before it is written down untidily. */
export interface EventSource {
  eventType: string;
  /** `expense`, `invoice` or `cashadvance`; part of the link. */
  docType: string;
  /** Report id, request id or cash advance id; an event never tells the FI document id. */
  businessId: string;
  entityId: string;
  companyUuid: string;
  at: Date;
}

/** An event as it goes over the wire. */
export interface EventMessage {
  body: string;
  correlationId: string;
  /** Null sends no Content-Type header; none is documented. */
  contentType: string | null;
}

const topic = 'concur.financialintegration';
const linkPath = '/financialintegration/fi/v4/companies/transactiontypes';

/** Writes an event down in one of the many ways of the published samples (concur-platform.md 2.3). */
export function eventMessage(source: EventSource, random: () => number): EventMessage {
  const correlationId = arbitraryCorrelationId(random);
  const { eventType, docType, businessId, entityId } = source;
  const dataFirst = random() < 0.5;
  const event = {
    ...eventId(random),
    ...(dataFirst ? { data: null } : {}),
    correlationId,
    eventType,
    topic: random() < 0.75 ? `public.${topic}` : topic,
    subtopic: entityId,
    timeStamp: untidyInstant(source.at, random),
    route: 'stable',
    facts: {
      companyId: source.companyUuid,
      documentId: businessId,
      href: `${linkHost(random)}${linkPath}/${docType}/transactions?docId=${businessId}`,
      entityId,
    },
    ...(dataFirst ? {} : { data: null }),
  };
  // Who checks the signature over JSON that was parsed and written again fails on the indented half.
  const body = random() < 0.5 ? JSON.stringify(event) : JSON.stringify(event, null, 2);
  return { body, correlationId, contentType: contentType(random) };
}

/** An event that broke off in the middle. */
export function cutShort(message: EventMessage): EventMessage {
  return { ...message, body: message.body.slice(0, Math.floor(message.body.length * 0.6)) };
}

/** The correlation id inside a body, or a new one if there is none that a header could carry. */
export function correlationIdIn(body: string): string {
  const found = /"correlationId"\s*:\s*"([!-~]+?)"/.exec(body)?.[1];
  return found ?? randomUUID();
}

/** A UUID, something like it, another string, or nothing. */
function eventId(random: () => number): { id?: string } {
  const roll = random();
  if (roll < 0.08) return {};
  if (roll < 0.2) return { id: `created-${randomUUID()}-12345` };
  if (roll < 0.3) return { id: `ett${randomUUID().slice(3)}` };
  return { id: randomUUID() };
}

function arbitraryCorrelationId(random: () => number): string {
  return random() < 0.5 ? randomUUID() : `9t${randomUUID().replaceAll('-', '').slice(2)}`;
}

/** Zero to nine fraction digits, `Z` or `+0000`, and now and then a month that does not exist. */
function untidyInstant(at: Date, random: () => number): string {
  const [seconds = '', milliseconds = ''] = at.toISOString().slice(0, -1).split('.');
  const digits = Math.floor(random() * 10);
  const fraction = digits === 0 ? '' : `.${milliseconds.padEnd(9, '0').slice(0, digits)}`;
  const whole = random() < 0.03 ? `${seconds.slice(0, 5)}13${seconds.slice(7)}` : seconds;
  return `${whole}${fraction}${random() < 0.5 ? '+0000' : 'Z'}`;
}

/** Never the simulator: who follows the link instead of asking the company's own host goes astray. */
function linkHost(random: () => number): string {
  const roll = random();
  if (roll < 0.25) return 'https://us.api.concursolutions.com';
  return roll < 0.3 ? 'https:/us2.api.concursolutions.com' : 'https://us2.api.concursolutions.com';
}

function contentType(random: () => number): string | null {
  const roll = random();
  if (roll < 0.15) return null;
  return roll < 0.3 ? 'text/plain;charset=UTF-8' : 'application/json';
}
