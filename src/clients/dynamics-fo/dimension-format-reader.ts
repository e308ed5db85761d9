import type { MasterDataFinding } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import { delimiterOf, formatInWords, isMainAccount, segmentNames, type DimensionFormat } from './dimension-format.js';
import type { ODataClient } from './odata.js';
import { sameCode } from './odata-literals.js';
import { dimensionParametersColumns, dimensionParametersSchema, formatColumns, formatSchema } from './schemas.js';

/** The environment's format, or what stands in the way of having one. */
export type FormatReading = { format: DimensionFormat } | { problem: MasterDataFinding };

/**
 * Reads the dimension set-up of an environment. The first set-up that it reads counts until the process ends: whoever reorders a
 * format gives every string another meaning, so that nothing is written or compared any more until somebody has looked at the
 * mapping and restarted the workers (F&O spec 11).
 */
export interface DimensionFormatReader {
  /** The set-up, remembered for an hour. One with a problem is never remembered. */
  read(signal: AbortSignal): Promise<FormatReading>;
  /** Asks again whatever is remembered: before postings are proven, and before a document is held for what the set-up lacks. */
  readAgain(signal: AbortSignal): Promise<FormatReading>;
  /** The format of this minute for a write. Throws `Rejected` where the set-up has a problem. */
  required(signal: AbortSignal): Promise<DimensionFormat>;
}

const REMEMBER_MS = 60 * 60_000;
/**
 * A document costs a handful of calls, and two more for each would be a third of them. What is written within a minute of a change
 * is stopped at its proof, which asks again.
 */
const CURRENT_MS = 60_000;

/** Makes the reader; one per adapter, because formats hold for all companies of an environment. */
export function createDimensionFormatReader(odata: ODataClient, now: () => number): DimensionFormatReader {
  let remembered: { reading: { format: DimensionFormat }; at: number } | undefined;
  let asking: Promise<FormatReading> | undefined;
  let first: DimensionFormat | undefined;

  async function readAgain(signal: AbortSignal): Promise<FormatReading> {
    const setup = await readSetup(odata, signal);
    const reading = 'format' in setup ? unchanged(setup) : setup;
    remembered = 'format' in reading ? { reading, at: now() } : undefined;
    return reading;
  }

  function unchanged(setup: { format: DimensionFormat }): FormatReading {
    const { format } = setup;
    if (first !== undefined && !readsAlike(first, format)) return changed(formatInWords(first), formatInWords(format));
    first = format;
    return setup;
  }

  function rememberedFor(milliseconds: number): FormatReading | undefined {
    return remembered !== undefined && now() - remembered.at < milliseconds ? remembered.reading : undefined;
  }

  /** One question for all who ask at once; whose question was broken off or failed, asks for himself. */
  async function shared(signal: AbortSignal): Promise<FormatReading> {
    if (asking !== undefined) {
      const others = await asking.catch(() => undefined);
      if (others !== undefined) return others;
    }
    const own = readAgain(signal);
    asking = own;
    try {
      return await own;
    } finally {
      if (asking === own) asking = undefined;
    }
  }

  return {
    read: async (signal) => rememberedFor(REMEMBER_MS) ?? (await shared(signal)),
    readAgain,
    async required(signal) {
      const reading = rememberedFor(CURRENT_MS) ?? (await shared(signal));
      if ('format' in reading) return reading.format;
      const call = { system: odata.system, operation: 'dimension-format' };
      throw new Rejected(reading.problem.message, call, 'dimension-unusable');
    },
  };
}

/** Dimensions that are added at the end leave every string its meaning: positions that are left out count as empty. */
function readsAlike(before: DimensionFormat, now: DimensionFormat): boolean {
  const extended = (old: readonly string[], names: readonly string[]): boolean =>
    old.every((name, at) => sameCode(name, names[at] ?? ''));
  return (
    before.delimiter === now.delimiter &&
    extended(before.ledger, now.ledger) &&
    extended(before.defaults ?? [], now.defaults ?? [])
  );
}

/** The same words for every document, so that people get one alert for the connection. */
function changed(before: string, after: string): FormatReading {
  return problem(
    'dimension-format',
    `The dimension formats for integrating applications were changed while the connector was running. Before: ${before}. Now: ${after}. ` +
      'See that every mapped dimension is still part of them, then restart the workers; until then nothing is written and no posting is proven.',
  );
}

async function readSetup(odata: ODataClient, signal: AbortSignal): Promise<FormatReading> {
  const [formats, parameters] = await Promise.all([
    odata.read({ set: 'DimensionIntegrationFormats', select: formatColumns, row: formatSchema, signal }),
    odata.read({
      set: 'DimensionParameters',
      select: dimensionParametersColumns,
      row: dimensionParametersSchema,
      signal,
    }),
  ]);
  const member = parameters[0]?.DimensionSegmentDelimiter ?? '';
  const delimiter = delimiterOf(member);
  if (delimiter === undefined) {
    return problem(
      'DimensionSegmentDelimiter',
      `The dimension delimiter "${member}" of this environment is not known.`,
    );
  }
  const active = (type: string): string[] | undefined => {
    const found = formats.find((format) => format.IsActive && format.DimensionFormatType === type);
    return found === undefined ? undefined : segmentNames(found.FinancialDimensionFormat, delimiter);
  };
  const ledger = active('DataEntityLedgerDimensionFormat');
  if (ledger === undefined) {
    return problem(
      'DataEntityLedgerDimensionFormat',
      'No ledger dimension format is active for integrating applications.',
    );
  }
  if (!ledger.some(isMainAccount)) {
    return problem('MainAccount', 'The active ledger dimension format does not contain the main account.');
  }
  const defaults = active('DataEntityDefaultDimensionFormat');
  return { format: { system: odata.system, delimiter, ledger, defaults } };
}

function problem(code: string, message: string): FormatReading {
  return { problem: { kind: 'setup', code, message } };
}
