import type { Withdrawal } from '../../contracts/erp-port.js';
import { blocked, ChangedMeanwhile, gone, lookingAgain, refusalIn } from '../dynamics-nav/withdrawing.js';
import { asCode } from '../dynamics-nav/wire-text.js';
import { isBlank, isMarked, isOwnLine, readBatches, readLines } from './journal-batches.js';
import { findJournalPostings, postedElsewhere, type TrackedJournal } from './journal-postings.js';
import type { NavCompany } from './options.js';
import type { NavWrite } from './parts.js';
import type { Batch, NavJournalLine } from './schemas.js';
import { removeUnder } from './withdrawing.js';

type JournalWithdrawal = Omit<NavWrite<TrackedJournal['document']>, 'document'> & { tracked: TrackedJournal };

interface Standing {
  batch: Batch;
  isMarked: boolean;
  own: NavJournalLine[];
  foreign: NavJournalLine[];
}

/**
 * Takes the lines of an unposted journal and its batch out of NAV again, and reads back that nothing is left (FIS spec 5.1).
 * What is posted, and lines of others, stay as they are; a journal that a person has reversed counts as taken out.
 */
export function withdrawNavJournal(withdrawal: JournalWithdrawal): Promise<Withdrawal> {
  return lookingAgain(async () => {
    const before = await standing(withdrawal);
    const forbidden = await whatForbids(withdrawal, before);
    if (forbidden !== undefined) return forbidden;
    const refusal = before === undefined ? undefined : await refusalIn(() => takeOut(withdrawal, before));
    const left = await standing(withdrawal);
    const then = await whatForbids(withdrawal, left);
    if (then !== undefined) return then;
    if (left === undefined) return { state: 'gone' };
    if (left.own.length === 0 && left.foreign.length > 0) {
      return blocked(
        `Journal batch ${left.batch.Name} also holds lines that the connector did not write. The connector's own lines are out ` +
          'of it. Delete the batch, or change its description if the other lines are to be posted.',
      );
    }
    return blocked(`Journal batch ${left.batch.Name} cannot be deleted. ${refusal?.message ?? ''} Delete it in NAV.`);
  });
}

async function standing({ parts, company, tracked, context }: JournalWithdrawal): Promise<Standing | undefined> {
  const { document } = tracked;
  const [batch] = await readBatches(parts, company, [document.batchCode], context.signal);
  if (batch === undefined) return undefined;
  const lines = (await readLines(parts, company, [document.batchCode], context.signal)).filter(
    (line) => !isBlank(line),
  );
  const found: Standing = {
    batch,
    isMarked: isMarked(document, batch),
    own: lines.filter((line) => isOwnLine(document, line)),
    foreign: lines.filter((line) => !isOwnLine(document, line)),
  };
  // Somebody else's batch with nothing of ours in it.
  return found.isMarked || found.own.length > 0 ? found : undefined;
}

/** The ledger is asked after the batch, because whatever leaves a batch by posting shows in the ledger from then on. */
async function whatForbids(
  { parts, company, tracked, context }: JournalWithdrawal,
  batch: Standing | undefined,
): Promise<Withdrawal | undefined> {
  const [state] = await findJournalPostings(parts, company, [tracked], context.signal);
  if (state?.state === 'posted') return { state: 'posted', proof: state.proof };
  if (state?.state === 'refused') {
    return blocked(`${state.reason} Somebody changed journal ${tracked.document.documentNumber} before it was posted.`);
  }
  if (batch !== undefined && !batch.isMarked && batch.own.length > 0) {
    return blocked(
      `Journal batch ${batch.batch.Name} holds ${batch.own.length} lines of the connector, but its description does not say that ` +
        'it is a batch of the connector. Delete these lines.',
    );
  }
  if (state?.state !== 'missing' || (batch?.own.length ?? 0) > 0) return undefined;
  const elsewhere = await postedElsewhere(parts, company, tracked.document, context.signal);
  return elsewhere === undefined ? undefined : blocked(elsewhere);
}

async function takeOut(
  withdrawal: JournalWithdrawal,
  { batch, own, foreign, isMarked: marked }: Standing,
): Promise<void> {
  if (!marked) return;
  for (const line of own) await removeLine(withdrawal, Number(line.Line_No));
  if (foreign.length === 0) await removeBatch(withdrawal, batch.Name);
}

const templateOf = ({ settings }: NavCompany): string => asCode(settings.journalTemplate);

async function removeLine(withdrawal: JournalWithdrawal, number: number): Promise<void> {
  const { parts, company, tracked, context } = withdrawal;
  const { document } = tracked;
  const key = { Journal_Template_Name: templateOf(company), Journal_Batch_Name: document.batchCode, Line_No: number };
  let etag = '';
  await context.writes.create({
    operation: 'nav.withdraw-line',
    key: `${document.documentNumber}/${number}`,
    payload: key,
    look: async () => {
      const lines = await readLines(parts, company, [document.batchCode], context.signal);
      const line = lines.find((one) => Number(one.Line_No) === number && isOwnLine(document, one));
      if (line === undefined || isBlank(line)) return gone;
      etag = line['@odata.etag'];
      return undefined;
    },
    create: () => {
      const call = { operation: 'nav.journal-lines.withdraw', company: company.name, service: 'journal' as const };
      return removeUnder(parts, { ...call, key, etag, signal: context.signal });
    },
  });
  context.heartbeat();
}

/** Deleting a batch deletes every line in it, so it must hold none but the empty one of a posting. */
async function removeBatch(withdrawal: JournalWithdrawal, name: string): Promise<void> {
  const { parts, company, tracked, context } = withdrawal;
  const key = { Journal_Template_Name: templateOf(company), Name: name };
  let etag = '';
  await context.writes.create({
    operation: 'nav.withdraw-batch',
    key: `${key.Journal_Template_Name}/${name}`,
    payload: key,
    look: async () => {
      const [batch] = await readBatches(parts, company, [name], context.signal);
      if (batch === undefined || !isMarked(tracked.document, batch)) return gone;
      etag = batch['@odata.etag'];
      return undefined;
    },
    create: async () => {
      const call = { operation: 'nav.batches.withdraw', company: company.name, service: 'journalBatches' as const };
      if (!(await readLines(parts, company, [name], context.signal)).every(isBlank)) {
        const message = 'The journal batch got a line while it was withdrawn.';
        throw new ChangedMeanwhile(message, { system: parts.odata.system, operation: call.operation });
      }
      return removeUnder(parts, { ...call, key, etag, signal: context.signal });
    },
  });
  context.heartbeat();
}
