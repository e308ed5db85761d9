import type { PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import type { DimensionFormatReader, FormatReading } from './dimension-format-reader.js';
import { isFoJournal, journalKinds } from './journal-kinds.js';
import { reversalsInLedger } from './ledger-reversals.js';
import { findMoved, partKey, type Moved } from './moved-journals.js';
import type { ODataClient } from './odata.js';
import { foldCode } from './odata-literals.js';
import { statesByLedger } from './posted-ledger.js';
import { postedLines, provenState } from './posted-proof.js';
import {
  readDetails,
  readHeaders,
  readLines,
  readVendorEntries,
  vendorLine,
  type JournalOfDocument,
  type PostingScope,
} from './posting-reads.js';
import { unpostedState } from './unposted-journals.js';
import type { JournalHeader, WrittenLine } from './schemas.js';

type State = PostingState & { documentId: string };

/** What a bulk question about postings needs of the adapter. */
export interface PostingParts {
  odata: ODataClient;
  formats: Pick<DimensionFormatReader, 'readAgain'>;
  /** Whether journals of a company are posted on call: what the call was answered stands until the journal says something else. */
  postsOnCall: (company: string) => boolean;
}

/**
 * Asks in bulk which journals of a company are posted, and proves each posting from posted entries: the voucher as it is
 * after posting (trap 13), the lines compared with the plan (B9, S43), and the vendor's entry where somebody is owed money (S100, C15).
 */
export async function findPostings(
  { odata, formats, postsOnCall }: PostingParts,
  company: string,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<State[]> {
  const unnumbered: State[] = documents.flatMap(({ documentId, document, keys }) =>
    isFoJournal(document) && keys.journal === undefined
      ? [{ documentId, part: document.part, state: 'missing', reason: 'The document has no journal number.' }]
      : [],
  );
  const answersStand = postsOnCall(company);
  const ofKinds = Object.entries(journalKinds).map(([route, kind]): Promise<State[]> => {
    const tracked = documents.flatMap(({ documentId, document, keys, refusal }): JournalOfDocument[] =>
      isFoJournal(document) && document.route === route && keys.journal !== undefined
        ? [
            {
              documentId,
              document,
              journal: keys.journal,
              ...(answersStand && refusal !== undefined ? { refusal } : {}),
              ...(keys.earlierLog === undefined ? {} : { earlierLog: keys.earlierLog }),
            },
          ]
        : [],
    );
    if (tracked.length === 0) return Promise.resolve([]);
    return statesOfKind({ odata, company, kind, signal }, formats, tracked, 'look');
  });
  return [...unnumbered, ...(await Promise.all(ofKinds)).flat()];
}

/** @param strays whether the lines of a journal that lacks them are looked for elsewhere; once is enough */
async function statesOfKind(
  scope: PostingScope,
  formats: PostingParts['formats'],
  tracked: readonly JournalOfDocument[],
  strays: 'look' | 'accept',
): Promise<State[]> {
  const headers = await readHeaders(
    scope,
    tracked.map(({ journal }) => journal),
  );
  const headerOf = ({ journal }: JournalOfDocument): JournalHeader | undefined => headers.get(foldCode(journal));
  const posted = tracked.filter((one) => headerOf(one)?.posted === true);
  const unposted = tracked.filter((one) => headerOf(one)?.posted === false);
  const gone = tracked.filter((one) => headerOf(one) === undefined);
  const numbersOf = (each: readonly JournalOfDocument[]): string[] => each.map(({ journal }) => journal);
  // Asked in one moment, all of it travels in one request.
  const [details, ofPosted, reading] = await Promise.all([
    readDetails(scope, numbersOf(unposted)),
    readLines(scope, numbersOf(posted)),
    posted.length === 0 ? undefined : formats.readAgain(scope.signal),
  ]);
  const detailOf = ({ journal }: JournalOfDocument) => details.get(foldCode(journal));
  // The line counter is not documented for lines that came over OData: a zero is checked against the lines.
  const suspects = unposted.filter((one) => Number(detailOf(one)?.NumOfLines ?? '1') === 0);
  const ofSuspects = await readLines(scope, numbersOf(suspects));
  const isEmpty = ({ journal }: JournalOfDocument): boolean =>
    !ofPosted.has(foldCode(journal)) && !ofSuspects.has(foldCode(journal));
  const emptied = suspects.filter(isEmpty);
  const lost = [...gone, ...emptied, ...posted.filter(isEmpty)];
  const moved = strays === 'look' ? await findMoved(scope, lost) : new Map<string, Moved>();
  const stays = ({ documentId, document }: JournalOfDocument): boolean =>
    !moved.has(partKey(documentId, document.part));
  return [
    ...(await movedStates(scope, formats, lost, moved)),
    ...gone.filter(stays).map((one) => missing(one, 'is no longer in Finance & Operations; a person removed it.')),
    ...emptied.filter(stays).map((one) => missing(one, 'holds no lines any more; a person removed them.')),
    ...unposted
      .filter((one) => !emptied.includes(one))
      .map((one) => {
        const { documentId, document, journal, refusal, earlierLog } = one;
        return { documentId, ...unpostedState(document.part, journal, detailOf(one), refusal, earlierLog) };
      }),
    ...(await postedStates(scope, posted.filter(stays), reading, ofPosted)),
  ];
}

function missing({ documentId, document, journal }: JournalOfDocument, what: string): State {
  return { documentId, part: document.part, state: 'missing', reason: `Journal ${journal} ${what}` };
}

/** A voucher that *Post and transfer* has moved is followed into its new journal; lines that a person has moved are named. */
async function movedStates(
  scope: PostingScope,
  formats: PostingParts['formats'],
  lost: readonly JournalOfDocument[],
  moved: ReadonlyMap<string, Moved>,
): Promise<State[]> {
  const placeOf = ({ documentId, document }: JournalOfDocument) => moved.get(partKey(documentId, document.part));
  const followed = lost.flatMap((one) => {
    const place = placeOf(one);
    return place?.byTransfer === true ? [{ ...one, journal: place.journal }] : [];
  });
  const states = followed.length === 0 ? [] : await statesOfKind(scope, formats, followed, 'accept');
  const journalOf = new Map(lost.map((one) => [partKey(one.documentId, one.document.part), one.journal]));
  return [
    ...states.map((state): State => {
      if (state.state === 'posted') return state;
      const reason = `Journal ${journalOf.get(partKey(state.documentId, state.part)) ?? ''} was posted, and this voucher, which failed, was transferred to another journal. ${state.reason ?? ''}`;
      return { ...state, reason: reason.trim() };
    }),
    ...lost.flatMap((one): State[] => {
      const place = placeOf(one);
      if (place === undefined || place.byTransfer) return [];
      return [missing(one, `does not hold the document's lines any more; they stand in journal ${place.journal}.`)];
    }),
  ];
}

async function postedStates(
  scope: PostingScope,
  tracked: readonly JournalOfDocument[],
  reading: FormatReading | undefined,
  lines: ReadonlyMap<string, WrittenLine[]>,
): Promise<State[]> {
  if (tracked.length === 0 || reading === undefined) return [];
  if ('problem' in reading) {
    const reason = `It is posted, but cannot be compared with what was meant. ${reading.problem.message}`;
    return tracked.map(({ documentId, document }) => ({ documentId, part: document.part, state: 'waiting', reason }));
  }
  const linesOf = ({ journal }: JournalOfDocument): WrittenLine[] => lines.get(foldCode(journal)) ?? [];
  const voucherOf = (one: JournalOfDocument): string => linesOf(one)[0]?.voucher ?? '';
  const bare = tracked.filter((one) => linesOf(one).length === 0);
  const complete = tracked.filter((one) => !bare.includes(one));
  const vendorless = complete.filter(({ document }) => vendorLine(document) === undefined);
  const [entries, reversals] = await Promise.all([
    readVendorEntries(
      scope,
      tracked.map((one) => ({ document: one.document, voucher: voucherOf(one) })),
    ),
    reversalsInLedger(
      scope,
      vendorless.map((one) => ({ one, voucher: voucherOf(one) })),
    ),
  ]);
  return [
    ...complete.map((one) => {
      const posted = postedLines(one.document, scope.kind, reading.format, linesOf(one));
      const reversedBy = reversals.get(one);
      const found = { ...posted, ...(reversedBy === undefined ? {} : { reversedBy }) };
      return { documentId: one.documentId, ...provenState(one, found, entries) };
    }),
    ...(await statesByLedger(scope, bare, entries, reading.format)),
  ];
}
