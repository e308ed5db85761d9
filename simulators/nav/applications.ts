import type { Company, World } from './company.js';
import { businessError } from './errors.js';
import { applyEntries, remainingOf } from './ledger-entries.js';
import { subledgerOf, type Subledger } from './tables-ledger.js';
import { text, type Row } from './values.js';

/**
 * Applies a new entry to the open one that its document or line names in `Applies_to_Doc_No`, up to what is open on both.
 * Nothing happens where it names none. Throws NavError if there is no such open entry.
 */
export function applyNamed(
  world: World,
  company: Company,
  { kind, entry }: { kind: Subledger['party']; entry: Row },
  source: Row,
): void {
  const [type, number] = [text(source, 'Applies_to_Doc_Type'), text(source, 'Applies_to_Doc_No')];
  if (number === '') return;
  const ledger = subledgerOf(kind);
  const older = company
    .table(ledger.entries)
    .find(
      (one) =>
        one['Document_Type'] === type &&
        one['Document_No'] === number &&
        one[ledger.number] === entry[ledger.number] &&
        one['Open'] === true,
    );
  if (older === undefined) {
    throw businessError(`There is no open ${kind} Ledger Entry with Document Type ${type} and Document No. ${number}.`);
  }
  if (older['Currency_Code'] !== entry['Currency_Code']) {
    throw businessError('You cannot apply and post an entry to an entry in another currency.');
  }
  const [has, owes] = [remainingOf(entry), remainingOf(older)];
  const isWhole = owes.amount.abs().lte(has.amount.abs());
  const amount = isWhole ? owes.amount.neg() : has.amount;
  if (amount.isZero() || has.amount.times(owes.amount).gte(0)) {
    throw businessError('The entry that you apply to has an amount with the same sign.');
  }
  const lcy = isWhole ? owes.lcy.neg() : has.lcy;
  applyEntries(world, company, ledger, { newer: entry, older, money: { amount, lcy } });
}
