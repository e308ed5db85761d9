import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import { isUnreadable } from '../odata-errors.js';
import { foldCode, textEquals } from '../odata-literals.js';
import type { FoCompanyUse } from './fo-set-up.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import {
  batchJobColumns,
  batchJobSchema,
  journalStateColumns,
  journalStateSchema,
  type JournalStateRow,
} from './set-up-schemas.js';

/** Journals that are looked at, at most: enough to see whether anything is posted at all. */
const MOST_JOURNALS = 25;
const HOUR_MS = 3_600_000;
/** A number that only strong mode gives (F&O spec 10). */
const ownNumber = /^CQ[0-9A-Z]{8}$/;
const stopped: ReadonlySet<string> = new Set(['Hold', 'Error', 'Canceled', 'Cancelling', 'Finished', 'NotRun']);
const switchesOff = 'posting: journals are written and stay as they are';
const batchRemedy = `Have the recurring batch post the journals of the connector's journal names: ${menu.postJournals}, select with late selection on the journal names, recurrence every few minutes. It must not be on hold.`;
const serviceRemedy =
  'See in the held documents why the posting service refuses, and in the environment that it is deployed; or remove postingService and have the recurring batch Post journals post them.';

/**
 * Whether anything posts the journals of a company, and whether strong mode is known to work. An unposted journal shows no age
 * in Finance & Operations, so the age is that of our own record. Without evidence it says so.
 */
export async function postingFindings(
  odata: ODataClient,
  use: FoCompanyUse,
  deadlineHours: number,
  now: Date,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const journals = Object.keys(use.journalNames).length === 0 ? [] : await readJournals(odata, use, signal);
  const posting = await postingFinding(odata, { use, journals, deadlineHours, now, signal });
  return [...posting, ...strongFindings(use, journals)];
}

interface Evidence {
  use: FoCompanyUse;
  journals: readonly JournalStateRow[];
  deadlineHours: number;
  now: Date;
  signal: AbortSignal;
}

async function readJournals(odata: ODataClient, use: FoCompanyUse, signal: AbortSignal): Promise<JournalStateRow[]> {
  const shape = {
    set: 'LedgerJournalTableBiEntities',
    company: use.company,
    select: journalStateColumns,
    row: journalStateSchema,
    signal,
  } as const;
  const [latest, ours] = await Promise.all([
    odata.read({
      ...shape,
      anyOf: Object.keys(use.journalNames).map((name) => textEquals('JournalName', name)),
      orderBy: 'PostedDateTime desc',
      top: MOST_JOURNALS,
    }),
    odata.read({
      ...shape,
      anyOf: use.unposted.slice(0, MOST_JOURNALS).map(({ journal }) => textEquals('JournalNum', journal)),
    }),
  ]);
  return [...new Map([...latest, ...ours].map((row) => [foldCode(row.JournalNum), row])).values()];
}

async function postingFinding(odata: ODataClient, evidence: Evidence): Promise<SetUpFinding[]> {
  const { use, journals, now, deadlineHours, signal } = evidence;
  const { company, postsByService } = use;
  if (Object.keys(use.journalNames).length === 0) return [];
  const check = `posting of journals, ${company}`;
  const overdue = oldestOverdue(evidence);
  const last = lastPosted(journals);
  if (overdue !== undefined && (last === undefined || last < overdue.writtenAt)) {
    const hours = Math.floor((now.getTime() - overdue.writtenAt.getTime()) / HOUR_MS);
    const found = `Journal ${overdue.journal} is complete and has not been posted for ${hours} hours (limit ${deadlineHours}), and nothing of the connector has been posted since.`;
    return [fault(check, found, { switchesOff, remedy: postsByService ? serviceRemedy : batchRemedy })];
  }
  const job = postsByService ? undefined : await postingJob(odata, signal);
  if (job !== undefined && stopped.has(job.Status)) {
    const found = `The batch job "${job.JobDescription}" does not run (${job.Status}).`;
    return [fault(check, found, { switchesOff, remedy: batchRemedy })];
  }
  if (last !== undefined) return [fine(check, `Works: a journal was posted at ${last.toISOString()}.`)];
  const batch = job === undefined ? '' : ` The batch job "${job.JobDescription}" is ${job.Status}.`;
  return [
    fine(check, `Nothing has been posted yet under the connector's journal names, so it cannot be known yet.${batch}`),
  ];
}

/** The oldest journal of ours beyond the limit that nothing but the posting keeps open. */
function oldestOverdue({ use, journals, deadlineHours, now }: Evidence) {
  const states = new Map(journals.map((row) => [foldCode(row.JournalNum), row]));
  return use.unposted.find(({ journal, writtenAt }) => {
    const row = states.get(foldCode(journal));
    const isFree = row !== undefined && !row.Posted && row.Log === '' && isPostable(row.WorkflowApprovalStatus);
    return isFree && now.getTime() - writtenAt.getTime() > deadlineHours * HOUR_MS;
  });
}

const isPostable = (approval: string): boolean => ['', 'None', 'Approved'].includes(approval);

function lastPosted(journals: readonly JournalStateRow[]): Date | undefined {
  const posted = journals.filter((row) => row.Posted && row.PostedDateTime !== '');
  const times = posted.map((row) => Date.parse(row.PostedDateTime)).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

/** The batch job by its usual description; customers may call it otherwise, and the set is not promised. */
async function postingJob(odata: ODataClient, signal: AbortSignal) {
  try {
    const jobs = await odata.read({
      set: 'BatchJobs',
      // A wildcard on purpose: the description often names company or journal besides.
      filter: "JobDescription eq '*Post journals*'",
      select: batchJobColumns,
      row: batchJobSchema,
      signal,
    });
    return jobs.find(({ Status }) => !stopped.has(Status)) ?? jobs[0];
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

function strongFindings({ company, mode }: FoCompanyUse, journals: readonly JournalStateRow[]): SetUpFinding[] {
  if (mode !== 'strong') return [];
  const check = `strong mode, ${company}`;
  const proof = journals.find(({ JournalNum }) => ownNumber.test(JournalNum));
  if (proof !== undefined) return [fine(check, `Works: journal ${proof.JournalNum} has a number of the connector.`)];
  return [
    doubt(check, 'Whether F&O takes journal numbers of the connector shows only with the first document.', {
      switchesOff: 'documents of this company, if it does not',
      remedy: `In ${menu.ledgerParameters}, open the number sequence of Journal batch number, and on its page (${menu.numberSequences}) allow user changes to a lower and to a higher number; or set mode to recovery.`,
    }),
  ];
}
