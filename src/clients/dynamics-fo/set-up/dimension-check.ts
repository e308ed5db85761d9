import type { DimensionFormat } from '../dimension-format.js';
import { dimensionsMissingFrom } from '../dimension-format.js';
import type { DimensionFormatReader } from '../dimension-format-reader.js';
import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import { foldCode } from '../odata-literals.js';
import type { FoUse } from './fo-set-up.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import { dimensionAttributeColumns, dimensionAttributeSchema } from './set-up-schemas.js';

const switchesOff = 'all documents of this connection: dimensions would be lost, or stand where they do not belong';

const formatRemedy = (type: string): string =>
  `In ${menu.dimensionFormats}, add a format of the type ${type} with all mapped dimensions and set it to active; it holds for all companies.`;

/**
 * Whether the environment can take the mapped dimensions at all: active formats, a known delimiter, every mapped dimension in
 * them (S42). Pending invoices need the format of default dimensions too; for journals its lack is only worth a word.
 */
export async function dimensionFormatFindings(
  formats: DimensionFormatReader,
  use: FoUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = 'ledger dimension format';
  const reading = await formats.readAgain(signal);
  if ('problem' in reading) {
    return [fault(check, reading.problem.message, { switchesOff, remedy: formatRemedy('Ledger dimension format') })];
  }
  const { format } = reading;
  const missing = dimensionsMissingFrom(format, mapped(use));
  const ledger =
    missing.length === 0
      ? fine(check, `Active: ${format.ledger.join(format.delimiter)}.`)
      : fault(
          check,
          `${missing.join(', ')} is not part of the active format ${format.ledger.join(format.delimiter)}.`,
          {
            switchesOff,
            remedy: formatRemedy('Ledger dimension format'),
          },
        );
  return [ledger, defaultFormatFinding(format, use)];
}

function defaultFormatFinding({ defaults, delimiter }: DimensionFormat, use: FoUse): SetUpFinding {
  const check = 'default dimension format';
  const needed = use.companies.filter(({ routes }) => routes.invoice === 'fo-pending-invoice');
  const wanted = needed.flatMap(({ dimensions }) => dimensions);
  const held = new Set((defaults ?? []).map(foldCode));
  const missing = [...new Set(wanted)].filter((dimension) => !held.has(foldCode(dimension)));
  const remedy = formatRemedy('Default dimension format');
  if (missing.length > 0) {
    const found = `${missing.join(', ')} is not part of an active format, and pending invoices carry it.`;
    return fault(check, found, { switchesOff: 'pending invoices with dimensions', remedy });
  }
  if (defaults !== undefined) return fine(check, `Active: ${defaults.join(delimiter)}.`);
  return doubt(check, 'None is active. The configured journals do not need it; other routes and integrations do.', {
    remedy,
  });
}

/** Whether each mapped dimension exists in the environment under its name. */
export async function dimensionNamesFinding(
  odata: ODataClient,
  use: FoUse,
  signal: AbortSignal,
): Promise<SetUpFinding> {
  const check = 'financial dimensions';
  const names = mapped(use);
  if (names.length === 0) return fine(check, 'No dimension is mapped.');
  const rows = await odata.read({
    set: 'DimensionAttributes',
    select: dimensionAttributeColumns,
    row: dimensionAttributeSchema,
    signal,
  });
  const known = new Set(rows.map(({ DimensionName }) => foldCode(DimensionName)));
  const missing = names.filter((name) => !known.has(foldCode(name)));
  if (missing.length === 0) return fine(check, `All there: ${names.join(', ')}.`);
  return fault(check, `There is no active financial dimension ${missing.join(', ')}.`, {
    switchesOff,
    remedy: `Create it in ${menu.dimensions} and choose Activate there, or correct mapping.dimensions in the connections file.`,
  });
}

const mapped = ({ companies }: FoUse): string[] => [...new Set(companies.flatMap(({ dimensions }) => dimensions))];
