import { z } from 'zod';

/** One notification as its sender wrote it (NAV spec 18). */
export interface HookItem {
  subscriptionId: string;
  /** A secret: it is compared and dropped. */
  clientState: string;
  /** Undefined where the resource names no set of a company. */
  resource: HookResource | undefined;
  changeType: string;
  /** Undefined where the sender gives no instant that can be read. */
  changedAt: Date | undefined;
}

export interface HookResource {
  /** GUID in lower case. */
  companyId: string;
  set: string;
  /** GUID in lower case; empty where the set itself is named. */
  recordId: string;
  /** Of a whole set: since when it has changed; undefined where nothing or nothing readable is said. */
  changedSince: Date | undefined;
}

const text = z.string().catch('');
const nothing = { subscriptionId: '', clientState: '', resource: '', changeType: '', lastModifiedDateTime: '' };
/** One that is no object takes none of the others with it: nobody knows its subscription. */
const itemSchema = z
  .object({
    subscriptionId: text,
    clientState: text,
    resource: text,
    changeType: text,
    lastModifiedDateTime: text,
  })
  .catch(nothing)
  .transform(({ subscriptionId, clientState, resource, changeType, lastModifiedDateTime }): HookItem => ({
    subscriptionId,
    clientState,
    resource: readHookResource(resource),
    changeType: changeType.slice(0, 20),
    changedAt: instantOf(lastModifiedDateTime),
  }));
const messageSchema = z.object({ value: z.array(itemSchema) });

/** The notifications of a message; undefined for a body that is none. Never throws on what a sender may send. */
export function readHookMessage(body: Buffer): HookItem[] | undefined {
  let parsed: unknown;
  try {
    // Drops a byte order mark, which older servers send.
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const message = messageSchema.safeParse(parsed);
  return message.success ? message.data.value : undefined;
}

const guid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const resourcePattern = new RegExp(
  String.raw`(?:^|/)api/(?:[\w.-]+/)*companies\((${guid})\)/(\w{1,60})(?:\((${guid})\))?(?:\?(.*))?$`,
  'i',
);

/**
 * Takes company, set and record out of a resource, with or without its leading slash, whatever the API version. Nothing else of
 * it is used: the address itself is never called (NAV spec trap 21).
 */
export function readHookResource(resource: string): HookResource | undefined {
  const [, companyId, set, recordId = '', query = ''] = resourcePattern.exec(decoded(resource)) ?? [];
  if (companyId === undefined || set === undefined) return undefined;
  return {
    companyId: companyId.toLowerCase(),
    set,
    recordId: recordId.toLowerCase(),
    // The name of the field is spelt in two ways.
    changedSince: instantOf(/\b(?:lastModifiedDateTime|lastDateTimeModified)[ +]+gt[ +]+(\S+)/i.exec(query)?.[1] ?? ''),
  };
}

function decoded(resource: string): string {
  try {
    return decodeURIComponent(resource);
  } catch {
    return resource;
  }
}

/** Instants far away from ours are none that a server has stamped, and may not fit into the database. */
function instantOf(value: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+Z?$/.test(value)) return undefined;
  const instant = new Date(value.endsWith('Z') ? value : `${value}Z`);
  return Number.isNaN(instant.getTime()) || instant.getUTCFullYear() < 2000 ? undefined : instant;
}
