import { businessError, type BcError } from './errors.js';
import type { DefaultDimensionRow, DimensionPair } from './records.js';
import { guidOf, type Company, type World } from './world.js';

/** Whose default dimensions are meant. */
export type DefaultsOf = Pick<DefaultDimensionRow, 'parentType' | 'parentId'>;

/** Default dimensions of an account or a vendor. */
export function defaultsOf(
  world: World,
  company: Company,
  { parentType, parentId }: DefaultsOf,
): DefaultDimensionRow[] {
  const kept = company.defaultDimensions.all();
  return [...kept, ...rulesOfFault(world, company)].filter(
    (row) => row.parentType === parentType && row.parentId === parentId,
  );
}

function rulesOfFault(world: World, company: Company): DefaultDimensionRow[] {
  const number = world.setUpFaults['dimension-mandatory'];
  const account = company.accounts.find((row) => row.number === number);
  const [dimension] = company.dimensions.all();
  if (account === undefined || dimension === undefined) return [];
  const { version, createdAt, modifiedAt } = account;
  return [
    {
      ...{ id: guidOf(`mandatory:${account.id}`), version, createdAt, modifiedAt },
      ...{ parentType: 'Account', parentId: account.id, dimensionCode: dimension.code, valueCode: '' },
      postingValidation: 'Code Mandatory',
    },
  ];
}

/** The dimensions with the defaults of an account or a vendor, which win over those that were inherited (section 9). */
export function withDefaults(
  world: World,
  company: Company,
  inherited: readonly DimensionPair[],
  parent: DefaultsOf | undefined,
): DimensionPair[] {
  const rows = parent === undefined ? [] : defaultsOf(world, company, parent);
  const given = rows
    .filter(({ valueCode }) => valueCode !== '')
    .map(({ dimensionCode, valueCode }) => ({ code: dimensionCode, value: valueCode }));
  return [...inherited.filter(({ code }) => given.every((pair) => pair.code !== code)), ...given];
}

/** One entry that is about to be posted: its dimensions, and the account or vendor whose rules they have to keep. */
export interface CheckedEntry {
  /** `Purchase Invoice 1001, line no. 10000`. */
  place: string;
  dimensions: readonly DimensionPair[];
  /** `G/L Account` or `Vendor`, with its number. */
  party: { name: string; number: string; of: DefaultsOf };
}

/** Refuses what no earlier call has refused: blocks, headings, combinations and the rules of default dimensions. */
export function checkDimensions(world: World, company: Company, entry: CheckedEntry): void {
  for (const pair of entry.dimensions) checkUsable(company, entry, pair);
  checkCombinations(company, entry);
  for (const rule of defaultsOf(world, company, entry.party.of)) checkRule(entry, rule);
}

function refused({ place }: CheckedEntry, message: string): BcError {
  return businessError(`A dimension used in ${place} has caused an error. ${message}`);
}

function checkUsable(company: Company, entry: CheckedEntry, { code, value }: DimensionPair): void {
  const dimension = company.dimensions.find((row) => row.code === code);
  if (dimension?.blocked === true) throw refused(entry, `Dimension ${code} is blocked.`);
  const row = company.dimensionValues.find((each) => each.dimensionCode === code && each.code === value);
  if (row?.blocked === true) throw refused(entry, `Dimension Value ${code} - ${value} is blocked.`);
  const valueType = row?.valueType ?? 'Standard';
  if (valueType !== 'Standard') {
    throw refused(entry, `Dimension Value Type for Dimension Value ${code} - ${value} must not be ${valueType}.`);
  }
}

function checkCombinations(company: Company, { place, dimensions }: CheckedEntry): void {
  for (const [left, right] of company.blockedCombinations ?? []) {
    if (![left, right].every((code) => dimensions.some((pair) => pair.code === code))) continue;
    throw businessError(
      `The combination of dimensions used in ${place} is blocked. Dimensions ${left} and ${right} can't be used concurrently.`,
    );
  }
}

function checkRule(entry: CheckedEntry, rule: DefaultDimensionRow): void {
  const { dimensionCode, valueCode, postingValidation } = rule;
  const { name, number } = entry.party;
  const found = entry.dimensions.find((pair) => pair.code === dimensionCode)?.value ?? '';
  const place = `the Dimension Code ${dimensionCode} for ${name} ${number}`;
  if (postingValidation === 'Code Mandatory' && found === '') {
    throw refused(entry, `Select a Dimension Value Code for ${place}.`);
  }
  if (postingValidation === 'Same Code' && found !== valueCode) {
    throw refused(entry, `The Dimension Value Code must be ${valueCode === '' ? 'blank' : valueCode} for ${place}.`);
  }
  if (postingValidation === 'No Code' && found !== '') {
    throw refused(entry, `The Dimension Code ${dimensionCode} must not be mentioned for ${name} ${number}.`);
  }
}
