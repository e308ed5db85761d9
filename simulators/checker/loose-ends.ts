import type { ConcurDocumentState, Journal } from '../harness/types.js';

type Unposted = Journal['unposted'][number];

/** Statuses of documents that may have something unposted in the ERP, and of those whose remains are looked for elsewhere. */
const openStatuses = new Set(['READY', 'ACKNOWLEDGED']);
const deadStatuses = new Set(['POSTING_CONFIRMED_FAILURE', 'RECALLED']);

/**
 * What an ERP holds unposted must belong to one document that waits, have lines, and be unposted for the reason that people were
 * told; and no line is without its header. As sentences.
 */
export function findLooseEnds(journal: Journal): string[] {
  const owned = new Map<string, string>();
  return [
    ...(journal.strayLines ?? []),
    ...journal.unposted.flatMap((one) => {
      const name = `${one.erp}/${one.company} ${one.mark}`;
      const owners = journal.concur.filter((document) => isOf(one, document));
      const empty = one.lines === 0 ? [`${name} is unposted and has no lines.`] : [];
      if (owners.length === 0) return [...empty, `${name} is unposted and belongs to no document of Concur.`];
      const waiting = owners.filter((document) => isWaiting(document, journal));
      if (waiting.length === 0 && owners.some(({ status }) => deadStatuses.has(status))) return empty;
      if (waiting.length === 0) return [...empty, `${name} is unposted, but no document of it waits for anything.`];
      return [...empty, ...twice(owned, name, waiting), ...untoldReasons(one, name, waiting, journal)];
    }),
  ];
}

function isOf({ mark, text = '' }: Unposted, { businessId }: ConcurDocumentState): boolean {
  return mark.includes(businessId) || text.includes(businessId);
}

/** Whether the connector has been asked or not, a document that Concur shows as finished waits for nothing. */
function isWaiting({ id, status }: ConcurDocumentState, { held }: Journal): boolean {
  return openStatuses.has(status) && (held === undefined || held[id] !== undefined);
}

function twice(owned: Map<string, string>, name: string, waiting: readonly ConcurDocumentState[]): string[] {
  return waiting.flatMap(({ id, docType }) => {
    const other = owned.get(id);
    owned.set(id, name);
    return other === undefined ? [] : [`${docType} ${id} has two unposted documents in the ERP: ${other} and ${name}.`];
  });
}

/** The ERP's own words must reach people, whole. */
function untoldReasons(
  { log = '' }: Unposted,
  name: string,
  waiting: readonly ConcurDocumentState[],
  { messages }: Journal,
): string[] {
  if (log === '' || messages === undefined) return [];
  const reason = plain(log);
  const isTold = waiting.some(({ id }) => plain(messages[id] ?? '').includes(reason));
  return isTold ? [] : [`${name} is not posted because "${log}", but nobody was told so.`];
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
