import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { ErpWriteContext } from '../../contracts/erp-port.js';
import { Conflict } from '../http/errors.js';
import { lineJson } from './journal-lines.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { isRefusal } from './refusals.js';
import { createdSchema, journalSchema, type Journal } from './schemas.js';
import { batchesByCode, isMarked } from './standing-journals.js';

/** One journal on its way: what all steps share. */
export interface JournalWrite {
  parts: BcParts;
  company: BcCompany;
  document: BcGeneralJournal;
  context: ErpWriteContext;
}

/** Our batch. `isFilled`: this very call has created it with all of its lines. */
export interface BatchRef {
  id: string;
  isFilled: boolean;
}

/** The batch by its code, if it is ours: the display name must be the planned one or carry our document number. */
export async function findBatch(write: JournalWrite): Promise<Journal | undefined> {
  const { parts, company, document, context } = write;
  const [journal] = await parts.readChain({
    ...batchesByCode(company, [document.batchCode], context.signal),
    row: journalSchema,
    valueOf: ({ code }) => code,
  });
  return journal === undefined ? undefined : requireOurs(write, journal);
}

function requireOurs<T extends Journal>({ parts, company, document }: JournalWrite, journal: T): T {
  if (isMarked(document, journal)) return journal;
  const message = `Journal batch ${document.batchCode} of ${company.name} belongs to something else.`;
  throw new Conflict(message, { system: parts.odata.system, operation: 'bc.journals.find' });
}

/**
 * Our batch as it stands, else a new one with all of its lines. Throws `Conflict` where the code is somebody else's.
 * @param standing what `findBatch` has found a moment ago
 */
export function ensureBatch(
  write: JournalWrite,
  standing: Journal | undefined,
): Promise<{ value: BatchRef; adopted: boolean }> {
  const { document, context } = write;
  const adopt = (journal: Journal | undefined): BatchRef | undefined =>
    journal === undefined ? undefined : { id: journal.id, isFilled: false };
  return context.writes.create({
    operation: 'bc.journal-batch',
    key: document.documentNumber,
    payload: { ...batchJson(write), postingOn: document.postingOn, lines: document.lines },
    look: () => Promise.resolve(adopt(standing)),
    create: async () => {
      try {
        return await createBatch(write);
      } catch (error) {
        const winner = isRefusal(error, 'already-exists') ? adopt(await findBatch(write)) : undefined;
        if (winner === undefined) throw error;
        return winner;
      }
    },
  });
}

function batchJson({ company, document }: JournalWrite): object {
  const { journalTemplate } = company.settings;
  return {
    code: document.batchCode,
    displayName: document.batchDisplayName,
    ...(journalTemplate === undefined ? {} : { templateDisplayName: journalTemplate }),
  };
}

/**
 * Inserts the batch with its lines and their dimensions in one call. A line that already carries a default of one of the
 * dimensions refuses all of it: then the lines go without, and the safe order of section 9 follows. Where the service does not
 * take lines with a batch, they follow as well.
 */
async function createBatch(write: JournalWrite): Promise<BatchRef> {
  const { parts, company, document, context } = write;
  const call = { operation: 'bc.journals.create', path: `${company.path}/journals`, signal: context.signal };
  const create = async (isFilled: boolean, filling: object): Promise<BatchRef> => {
    const { id } = await parts.odata.create({ ...call, json: { ...batchJson(write), ...filling } }, createdSchema);
    return { id, isFilled };
  };
  try {
    return await create(true, { journalLines: document.lines.map((line) => lineJson(document, line, true)) });
  } catch (error) {
    // A refused insert leaves nothing behind.
    if (isRefusal(error, 'dimension-exists')) {
      return create(false, { journalLines: document.lines.map((line) => lineJson(document, line, false)) });
    }
    if (isRefusal(error, 'not-understood')) return create(false, {});
    throw error;
  }
}
