import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { WriteResult } from '../../contracts/erp-port.js';
import { asCode, sumOf } from '../dynamics-nav/wire-text.js';
import { Conflict, ExternalSystemError, Rejected, Unavailable } from '../http/errors.js';
import { batchDescription, isBlank, isMarked, isOwnLine, readBatches, readLines } from './journal-batches.js';
import { judgeJournals, journalProof, postedElsewhere } from './journal-postings.js';
import type { JournalEvidence } from './ledger.js';
import {
  alone,
  beating,
  carries,
  currencyCode,
  navRefused,
  requireOpenDate,
  shortcutValues,
  type NavWrite,
} from './parts.js';
import { batchSchema, journalLineSchema, type LedgerSetup, type NavJournalLine } from './schemas.js';

type JournalWrite = NavWrite<BcGeneralJournal>;
type Ours = Extract<JournalEvidence, { is: 'ours' }>;
const lineTextLimit = 50;

/**
 * Route A (NAV spec 10) through pages 251 and 39: a batch of its own, lines one by one, read back and compared, posted by the
 * codeunit, or left to a person. The ledger is asked before everything else and again before posting.
 */
export async function writeNavJournal(write: JournalWrite): Promise<WriteResult> {
  const { document } = write;
  const earlier = await postedEntries(write);
  if (earlier !== undefined) return finish(write, earlier, true);
  await requirePostable(write);
  await ensureBatch(write);
  const lines = await ensureLines(write);
  const keys = { journal: document.batchCode };
  if (write.parts.codeunit === undefined) {
    const posted = await postedEntries(write);
    if (posted !== undefined) return finish(write, posted, true);
    const reason = `A person posts journal batch ${document.batchCode} of template ${write.company.settings.journalTemplate}.`;
    return { keys, adopted: lines.adopted, posting: { state: 'waiting', part: document.part, reason } };
  }
  const post = await ensurePosted(write);
  const evidence = await postedEntries(write);
  if (evidence !== undefined) return finish(write, evidence, lines.adopted || post.adopted);
  const reason = 'NAV accepted the posting but shows no ledger entries yet.';
  return { keys, adopted: lines.adopted, posting: { state: 'waiting', part: document.part, reason } };
}

async function finish(write: JournalWrite, evidence: Ours, adopted: boolean): Promise<WriteResult> {
  const { parts, company, document, context } = write;
  const proof = await journalProof(parts, company, document, evidence, context.signal);
  await tidy(write);
  return { keys: { journal: document.batchCode }, adopted, posting: { state: 'posted', part: document.part, proof } };
}

/** Our posted entries; undefined where there are none at all. Throws where the number is taken by anything else. */
async function postedEntries({ parts, company, document, context }: JournalWrite): Promise<Ours | undefined> {
  const evidence = (await judgeJournals(parts, company, [document], context.signal)).get(document);
  if (evidence === undefined || evidence.is === 'none') return undefined;
  if (evidence.is === 'ours') return evidence;
  if (evidence.is === 'reversed') {
    const message = `Journal ${document.documentNumber} was posted and then reversed.`;
    throw navRefused(parts, 'nav.ledger.read', message, 'erp-document-changed');
  }
  const message = `The ledger of ${company.name} holds other entries under document number ${document.documentNumber}.`;
  throw new Conflict(message, { system: parts.odata.system, operation: 'nav.ledger.read' });
}

async function requirePostable({ parts, company, document, context }: JournalWrite): Promise<void> {
  const balance = sumOf(document.lines.map(({ amount }) => amount));
  if (!balance.isZero()) {
    const message = `Journal ${document.documentNumber} is out of balance by ${balance.toFixed()}.`;
    throw navRefused(parts, 'nav.journals.check', message, 'document-inconsistent');
  }
  const setup = await parts.facts.setup(company, context.signal);
  requireOpenDate(parts, company, setup, document.postingOn);
  for (const { dimensions } of document.lines) shortcutValues(parts, company, setup, dimensions);
  const isLocal = currencyCode(setup, document.currency) === '';
  if (!isLocal && !document.lines.some(({ accountType }) => accountType === 'Vendor')) {
    const message =
      `A journal in ${document.currency} without a vendor cannot be proven: ledger entries of ${company.name} state ` +
      `${setup.LCY_Code} alone.`;
    throw navRefused(parts, 'nav.journals.check', message, 'unsupported-document');
  }
}

async function ensureBatch(write: JournalWrite): Promise<void> {
  const { parts, company, document, context } = write;
  const { journalTemplate } = company.settings;
  const call = { operation: 'nav.batches.create', company: company.name, service: 'journalBatches' as const };
  const { value: batch } = await context.writes.create({
    operation: 'nav.journal-batch',
    key: `${asCode(journalTemplate)}/${asCode(document.batchCode)}`,
    payload: { description: batchDescription(document) },
    look: async () => {
      const [found] = await readBatches(parts, company, [document.batchCode], context.signal);
      if (found === undefined || isMarked(document, found)) return found;
      const message = `Journal batch ${document.batchCode} of ${company.name} belongs to something else.`;
      throw new Conflict(message, { system: parts.odata.system, operation: 'nav.batches.find' });
    },
    create: () =>
      parts.odata.create(
        { ...call, signal: context.signal },
        {
          Journal_Template_Name: asCode(journalTemplate),
          Name: document.batchCode,
          Description: batchDescription(document),
          // A series that the template brings along would replace our number when the batch is posted (NAV spec trap 9).
          No_Series: '',
          Posting_No_Series: '',
        },
        batchSchema,
      ),
  });
  if (batch.Posting_No_Series === '' && batch.No_Series === '') return;
  const message = `Journal batch ${document.batchCode} has a number series, which replaces the connector's number. Remove it from the batch and from template ${journalTemplate}.`;
  throw navRefused(parts, call.operation, message, 'erp-refused');
}

function ensureLines(write: JournalWrite): Promise<{ value: object; adopted: boolean }> {
  const { parts, company, document, context } = write;
  const missing = async (): Promise<BcGeneralJournal['lines']> => {
    const present = new Set((await realLines(write)).map((line) => Number(line.Line_No)));
    return document.lines.filter(({ lineNumber }) => !present.has(lineNumber));
  };
  return context.writes.create<object>({
    operation: 'nav.journal-lines',
    key: document.documentNumber,
    payload: { lines: document.lines, currency: document.currency },
    look: async () => ((await missing()).length === 0 ? { written: true } : undefined),
    create: async () => {
      const setup = await parts.facts.setup(company, context.signal);
      for (const line of await missing()) {
        const call = { operation: 'nav.journal-lines.create', company: company.name, service: 'journal' as const };
        await parts.odata.create({ ...call, signal: context.signal }, lineJson(write, setup, line), journalLineSchema);
        context.heartbeat();
      }
      requireSame(write, setup, await realLines(write));
      return { written: true };
    },
  });
}

async function realLines({ parts, company, document, context }: JournalWrite): Promise<NavJournalLine[]> {
  return (await readLines(parts, company, [document.batchCode], context.signal)).filter((line) => !isBlank(line));
}

/** Properties take effect in their order: the account fills the line, what we mean comes after it. */
function lineJson(
  { parts, company, document }: JournalWrite,
  setup: LedgerSetup,
  line: BcGeneralJournal['lines'][number],
): object {
  // Amounts of Concur are final: an account's own tax treatment would split them again.
  const untaxed = {
    Gen_Posting_Type: ' ',
    Gen_Bus_Posting_Group: '',
    Gen_Prod_Posting_Group: '',
    VAT_Bus_Posting_Group: '',
    VAT_Prod_Posting_Group: '',
  };
  return {
    Journal_Template_Name: asCode(company.settings.journalTemplate),
    Journal_Batch_Name: document.batchCode,
    Line_No: line.lineNumber,
    Posting_Date: document.postingOn,
    Document_Date: document.documentOn,
    Document_No: document.documentNumber,
    External_Document_No: document.externalDocumentNumber,
    Account_Type: line.accountType,
    Account_No: line.accountNumber,
    Description: line.description.slice(0, lineTextLimit),
    ...(line.accountType === 'G/L Account' ? untaxed : {}),
    Currency_Code: currencyCode(setup, document.currency),
    Amount: new LosslessNumber(new Decimal(line.amount).toFixed()),
    ...shortcutValues(parts, company, setup, line.dimensions),
  };
}

/** Refuses a batch that is not, line by line, what was meant. */
function requireSame(write: JournalWrite, setup: LedgerSetup, actual: readonly NavJournalLine[]): void {
  const { parts, company, document } = write;
  const refuse = (what: string, code: 'erp-document-changed' | 'dimension-unusable'): Rejected =>
    navRefused(parts, 'nav.journal-lines.read', `Journal batch ${document.batchCode} ${what}.`, code);
  if (actual.length !== document.lines.length)
    throw refuse('holds other lines than were written', 'erp-document-changed');
  for (const planned of document.lines) {
    const line = actual.find(({ Line_No }) => Number(Line_No) === planned.lineNumber);
    const isSame =
      line !== undefined &&
      isOwnLine(document, line) &&
      line.Account_Type === planned.accountType &&
      asCode(line.Account_No) === asCode(planned.accountNumber) &&
      new Decimal(line.Amount).eq(planned.amount) &&
      asCode(line.Currency_Code) === currencyCode(setup, document.currency) &&
      line.Posting_Date === document.postingOn;
    if (!isSame) throw refuse(`differs in line ${planned.lineNumber} from what was meant`, 'erp-document-changed');
    if (!carries(line, shortcutValues(parts, company, setup, planned.dimensions))) {
      throw refuse(`lost dimensions of line ${planned.lineNumber}`, 'dimension-unusable');
    }
  }
}

function ensurePosted(write: JournalWrite): Promise<{ value: object; adopted: boolean }> {
  const { company, document, context } = write;
  return context.writes.create<object>({
    operation: 'nav.journal-post',
    key: document.documentNumber,
    payload: { batch: document.batchCode, lines: document.lines.length },
    look: async () => ((await postedEntries(write)) === undefined ? undefined : { posted: true }),
    create: () => alone(company, () => postBatch(write)),
  });
}

/** Verifies and posts in one breath. A refusal is only believed once the ledger still holds nothing. */
async function postBatch(write: JournalWrite): Promise<object> {
  const { parts, company, document, context } = write;
  const { signal } = context;
  const lines = await realLines(write);
  if (lines.length === 0) {
    if ((await postedEntries(write)) !== undefined) return { posted: true };
    const elsewhere = await postedElsewhere(parts, company, document, signal);
    const message =
      elsewhere ?? `The lines of journal ${document.documentNumber} are neither in their batch nor posted.`;
    throw navRefused(parts, 'nav.journals.post', message, 'erp-document-changed');
  }
  requireSame(write, await parts.facts.setup(company, signal), lines);
  const parameters = {
    template: asCode(company.settings.journalTemplate),
    batch: document.batchCode,
    docNo: document.documentNumber,
  };
  const call = {
    operation: 'nav.journals.post',
    company: company.name,
    method: 'PostJournalBatch' as const,
    parameters,
  };
  try {
    await beating(context, async () => parts.codeunit?.post({ ...call, signal }));
  } catch (error) {
    if (!(error instanceof Rejected) && !(error instanceof Unavailable)) throw error;
    if ((await postedEntries(write)) === undefined) throw error;
  }
  return { posted: true };
}

/** The empty batch is of no use to anybody; one that cannot be removed harms nobody either. */
async function tidy({ parts, company, document, context }: JournalWrite): Promise<void> {
  const { signal } = context;
  try {
    const [batch] = await readBatches(parts, company, [document.batchCode], signal);
    if (batch === undefined || !isMarked(document, batch)) return;
    if (!(await readLines(parts, company, [document.batchCode], signal)).every(isBlank)) return;
    const key = { Journal_Template_Name: asCode(company.settings.journalTemplate), Name: batch.Name };
    const call = { operation: 'nav.batches.tidy', company: company.name, service: 'journalBatches' as const, signal };
    await parts.odata.remove({ ...call, key, etag: batch['@odata.etag'] });
  } catch (error) {
    if (!(error instanceof ExternalSystemError)) throw error;
  }
}
