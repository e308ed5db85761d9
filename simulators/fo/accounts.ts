import type { FoMasterData } from '../harness/master-data.js';
import { delimiterOf, joinDisplayValue, splitDisplayValue } from './display-values.js';
import { fieldRefused, notRelated, writeRefusal } from './odata-errors.js';
import type { FoSetUp } from './set-up.js';
import type { Company } from './store.js';

/** An account of a journal line after its display value was read. */
export interface Account {
  kind: 'Ledger' | 'Vend';
  /** Main account or vendor account, unescaped. */
  number: string;
  /** Filled dimensions by name. */
  dimensions: Record<string, string>;
  /** The display value as F&O keeps it: all positions of the format, surplus ones gone. */
  display: string;
}

/** Where a display value stands, for the error text. */
export interface AccountPlace {
  aotName: string;
  field: string;
}

type Dimension = FoMasterData['dimensions'][number];

function dimensionValue(dimension: Dimension, value: string, place: AccountPlace): string {
  const found = dimension.values.find((candidate) => candidate.value.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw notRelated(place.aotName, place.field, dimension.name, value, 'Dimension values');
  if (found.suspended === true) {
    throw fieldRefused(place.aotName, place.field, `The dimension value '${value}' of ${dimension.name} is suspended.`);
  }
  return found.value;
}

/**
 * Reads segments in the order of the format; a surplus of them is dropped without a word (trap 6), missing ones are blank.
 * No format at all is an error, not silence (section 11).
 */
function readDimensions(
  setUp: FoSetUp,
  format: 'ledger' | 'default',
  segments: readonly string[],
  place: AccountPlace,
): Map<string, string> {
  const dimensions = setUp.formats[format];
  if (dimensions === undefined) throw writeRefusal('No active format for data entities has been set up.');
  const values = new Map<string, string>();
  dimensions.forEach((dimension, index) => {
    const segment = segments[index] ?? '';
    if (segment !== '' && dimension.name === setUp.inactiveDimension)
      throw fieldRefused(place.aotName, place.field, `Only active dimensions can be used: ${dimension.name}.`);
    values.set(dimension.name, segment === '' ? '' : dimensionValue(dimension, segment, place));
  });
  return values;
}

const filled = (values: Map<string, string>): Record<string, string> =>
  Object.fromEntries([...values].filter(([, value]) => value !== ''));

/** Reads a default-dimension string, which has no main account. Throws the Infolog refusal for unknown values. */
export function readDefaultDimensions(
  master: FoSetUp,
  display: string,
  place: AccountPlace,
): { dimensions: Record<string, string>; display: string } {
  if (display === '') return { dimensions: {}, display: '' };
  const delimiter = delimiterOf(master);
  const values = readDimensions(master, 'default', splitDisplayValue(display, delimiter), place);
  return { dimensions: filled(values), display: joinDisplayValue([...values.values()], delimiter) };
}

function readLedgerAccount(master: FoSetUp, segments: readonly string[], place: AccountPlace): Account {
  const [number = '', ...rest] = segments;
  const mainAccount = master.mainAccounts.find((candidate) => candidate.account.toLowerCase() === number.toLowerCase());
  if (mainAccount === undefined) throw notRelated(place.aotName, place.field, 'Main account', number, 'Main accounts');
  if (mainAccount.suspended === true) {
    throw fieldRefused(place.aotName, place.field, `Main account ${number} is suspended.`);
  }
  const values = readDimensions(master, 'ledger', rest, place);
  const display = joinDisplayValue([mainAccount.account, ...values.values()], delimiterOf(master));
  return { kind: 'Ledger', number: mainAccount.account, dimensions: filled(values), display };
}

function readVendorAccount(
  master: FoMasterData,
  company: Company,
  segments: readonly string[],
  place: AccountPlace,
): Account {
  const [number = ''] = segments;
  const vendor = company.vendors.find((candidate) => candidate.account.toLowerCase() === number.toLowerCase());
  if (vendor === undefined) throw notRelated(place.aotName, place.field, 'Account', number, 'Vendors');
  const display = joinDisplayValue([vendor.account], delimiterOf(master));
  return { kind: 'Vend', number: vendor.account, dimensions: {}, display };
}

/**
 * Reads an AccountDisplayValue of the given account type. An unescaped delimiter in a vendor account makes it account plus
 * segments (trap 7). Throws the Infolog refusal of section 4; types other than Ledger and Vend name nothing here.
 */
export function readAccount(
  master: FoSetUp,
  company: Company,
  type: string,
  display: string,
  place: AccountPlace,
): Account {
  const segments = splitDisplayValue(display, delimiterOf(master));
  if (type === 'Ledger') return readLedgerAccount(master, segments, place);
  if (type === 'Vend') return readVendorAccount(master, company, segments, place);
  throw notRelated(place.aotName, place.field, 'Account', display, `${type} accounts`);
}
