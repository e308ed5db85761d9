import type { Connection } from '@temporalio/client';
import { LauncherError } from './launcher-error.js';

/** Numbers of `IndexedValueType` in Temporal's API, by the names that its command line uses. */
const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/**
 * Registers what is not registered yet. The dev server takes `--search-attribute` only when it creates its database; an
 * attribute that a later release adds would stay unknown, and every upsert of it would fail its workflow task for ever.
 *
 * @throws LauncherError for a type that Temporal does not have
 */
export const registerMissingSearchAttributes = async (
  connection: Connection,
  wanted: Readonly<Record<string, string>>,
): Promise<void> => {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  const missing = Object.entries(wanted)
    .filter(([name]) => !(name in customAttributes))
    .map(([name, type]) => {
      const number = TYPE_NUMBERS[type];
      if (number === undefined) throw new LauncherError(`search attribute ${name}: there is no type ${type}`);
      return [name, number] as const;
    });
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(missing),
  });
};
