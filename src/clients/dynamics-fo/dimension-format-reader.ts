import type { MasterDataFinding } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import { delimiterOf, isMainAccount, segmentNames, type DimensionFormat } from './dimension-format.js';
import type { ODataClient } from './odata.js';
import { dimensionParametersColumns, dimensionParametersSchema, formatColumns, formatSchema } from './schemas.js';

/** The environment's format, or what stands in the way of having one. */
export type FormatReading = { format: DimensionFormat } | { problem: MasterDataFinding };

/** Reads the dimension set-up of an environment and remembers it for an hour. */
export interface DimensionFormatReader {
  /** The remembered set-up, or a fresh one. A set-up with a problem is never remembered. */
  read(signal: AbortSignal): Promise<FormatReading>;
  /** Asks again whatever is remembered: before a document is held because a dimension is missing. */
  readAgain(signal: AbortSignal): Promise<FormatReading>;
  /** The format for a write. Throws `Rejected` where the set-up has a problem. */
  required(signal: AbortSignal): Promise<DimensionFormat>;
}

const REMEMBER_MS = 60 * 60_000;

/** Makes the reader; one per adapter, because formats hold for all companies of an environment. */
export function createDimensionFormatReader(odata: ODataClient, now: () => number): DimensionFormatReader {
  let remembered: { reading: { format: DimensionFormat }; until: number } | undefined;

  async function readAgain(signal: AbortSignal): Promise<FormatReading> {
    const reading = await readSetup(odata, signal);
    remembered = 'format' in reading ? { reading, until: now() + REMEMBER_MS } : undefined;
    return reading;
  }

  async function read(signal: AbortSignal): Promise<FormatReading> {
    return remembered !== undefined && now() < remembered.until ? remembered.reading : readAgain(signal);
  }

  return {
    read,
    readAgain,
    async required(signal) {
      const reading = await read(signal);
      if ('format' in reading) return reading.format;
      const call = { system: odata.system, operation: 'dimension-format' };
      throw new Rejected(reading.problem.message, call, 'dimension-unusable');
    },
  };
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
