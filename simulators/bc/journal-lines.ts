import { Decimal } from 'decimal.js';
import type { Call } from './calls.js';
import { checkAccount, checkVendor } from './checks.js';
import { withDimensions } from './dimension-lines.js';
import { withDefaults, type DefaultsOf } from './dimension-rules.js';
import type { BcError } from './errors.js';
import { businessError, fieldError, notFound, sameKey } from './errors.js';
import { checkedBody, type Body } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import type { JournalLineRow, JournalRow } from './records.js';
import { journalLines } from './sets-journals.js';
import type { Company } from './world.js';

/** Lines that hold anything; posting leaves a blank one behind. */
export function realLines(journal: JournalRow): JournalLineRow[] {
  return journal.lines.filter((line) => line.accountNumber !== '' || !new Decimal(line.amount).isZero());
}

/** The journal that a line of this id belongs to. */
export function journalOfLine(company: Company, line: JournalLineRow): JournalRow {
  const journal = company.journals.get(line.journalId);
  if (journal === undefined) throw notFound('journals');
  return journal;
}

/** POST of one line; the batch comes from the URL or from `journalId`. */
export function createJournalLine(call: Call, parent: JournalRow | undefined, json: unknown): JournalLineRow {
  const body = checkedBody(journalLines, json);
  const { values } = body;
  const journal = parent ?? call.company.journals.get(String(values['journalId'] ?? ''));
  if (journal === undefined) throw businessError('You must specify a journal batch ID or a journal ID.');
  const highest = Math.max(0, ...journal.lines.map((line) => line.lineNumber));
  const lineNumber = Number(values['lineNumber'] ?? highest + 10_000);
  call.key = `${call.company.name}/${journal.code}/${lineNumber}`;
  if (values['journalId'] !== undefined && values['journalId'] !== journal.id) {
    throw businessError("The Journal Batch Id isn't editable.");
  }
  if (journal.lines.some((line) => line.lineNumber === lineNumber)) {
    throw sameKey(
      `The record in table Gen. Journal Line already exists. Identification fields and values: Journal Batch Name='${journal.code}',Line No.='${lineNumber}'`,
    );
  }
  const line = newLine(call, journal, lineNumber, body);
  call.company.journals.update(journal, { lines: [...journal.lines, line] });
  return line;
}

/** PATCH of one line: everything but its batch and number. */
export function updateJournalLine(call: Call, line: JournalLineRow, json: unknown): JournalLineRow {
  const journal = journalOfLine(call.company, line);
  call.key = `${call.company.name}/${journal.code}/${line.lineNumber}`;
  const { values } = checkedBody(journalLines, json);
  if (values['lineNumber'] !== undefined && values['lineNumber'] !== line.lineNumber) {
    throw businessError('The value for lineNumber cannot be modified. Delete and insert the line again.');
  }
  if (values['journalId'] !== undefined) throw businessError("The Journal Batch Id isn't editable.");
  return replaceLine(call, line, changedLine(call, line, values));
}

/** DELETE of one line. */
export function deleteJournalLine(call: Call, line: JournalLineRow): void {
  const journal = journalOfLine(call.company, line);
  call.key = `${call.company.name}/${journal.code}/${line.lineNumber}`;
  call.company.journals.update(journal, { lines: journal.lines.filter((other) => other.id !== line.id) });
}

/** Puts a changed line in the place of the old one, with a new etag. */
export function replaceLine(call: Call, line: JournalLineRow, patch: Partial<JournalLineRow>): JournalLineRow {
  const journal = journalOfLine(call.company, line);
  const modifiedAt = call.world.desk.now().toISOString();
  const changed: JournalLineRow = { ...line, ...patch, version: line.version + 1, modifiedAt };
  call.company.journals.update(journal, {
    lines: journal.lines.map((other) => (other.id === line.id ? changed : other)),
  });
  return changed;
}

function newLine(call: Call, journal: JournalRow, lineNumber: number, body: Body): JournalLineRow {
  const blank: JournalLineRow = {
    ...call.world.newRecord(),
    journalId: journal.id,
    lineNumber,
    accountType: 'G/L Account',
    accountNumber: '',
    postingDate: call.world.today(),
    documentNumber: '',
    externalDocumentNumber: '',
    amount: '0',
    description: '',
    comment: '',
    taxCode: '',
    balanceAccountType: 'G/L Account',
    balancingAccountNumber: '',
    dimensions: [],
  };
  const filled = { ...blank, ...changedLine(call, blank, body.values) };
  const inherited = withDefaults(call.world, call.company, [], defaultsParent(call.company, filled));
  return { ...filled, dimensions: withDimensions(call, inherited, body.parts['dimensionSetLines'] ?? []) };
}

/** Whose default dimensions a line takes. */
export function defaultsParent(
  company: Company,
  { accountType, accountNumber: number }: Pick<JournalLineRow, 'accountType' | 'accountNumber'>,
): DefaultsOf | undefined {
  const isVendor = accountType === 'Vendor';
  const table = isVendor ? company.vendors : company.accounts;
  const row = table.find((each: { number: string }) => each.number === number);
  return row && { parentType: isVendor ? 'Vendor' : 'Account', parentId: row.id };
}

/** Empty line as posting leaves it at 10000. */
export function blankLine(call: Pick<Call, 'world'>, journal: JournalRow, template: JournalLineRow): JournalLineRow {
  return {
    ...template,
    ...call.world.newRecord(),
    journalId: journal.id,
    lineNumber: 10_000,
    accountType: 'G/L Account',
    accountNumber: '',
    documentNumber: '',
    externalDocumentNumber: '',
    amount: '0',
    description: '',
    comment: '',
    taxCode: '',
    balanceAccountType: 'G/L Account',
    balancingAccountNumber: '',
    dimensions: [],
  };
}

const COPIED = [
  'postingDate',
  'documentNumber',
  'externalDocumentNumber',
  'description',
  'comment',
  'taxCode',
] as const;

function changedLine(call: Call, line: JournalLineRow, values: Record<string, Scalar>): Partial<JournalLineRow> {
  const patch: Partial<JournalLineRow> = {};
  for (const name of COPIED) if (values[name] !== undefined) patch[name] = String(values[name]);
  if (values['amount'] !== undefined) patch.amount = checkedAmount(String(values['amount']));
  patch.accountType = String(values['accountType'] ?? line.accountType);
  patch.balanceAccountType = String(values['balanceAccountType'] ?? line.balanceAccountType);
  const account = accountNumber(call, patch.accountType, values, { id: 'accountId', number: 'accountNumber' });
  const balancing = { id: 'balancingAccountId', number: 'balancingAccountNumber' };
  const balance = accountNumber(call, patch.balanceAccountType, values, balancing);
  if (account !== undefined) patch.accountNumber = account;
  if (balance !== undefined) patch.balancingAccountNumber = balance;
  return patch;
}

function checkedAmount(amount: string): string {
  const value = new Decimal(amount);
  if (value.decimalPlaces() > 2) throw fieldError(`Amount must not have more than 2 decimal places: ${amount}`);
  return value.toFixed();
}

/** Number of the account or vendor that a body names by id or number; undefined if it names none. */
function accountNumber(
  { world, company }: Call,
  accountType: string,
  values: Record<string, Scalar>,
  names: { id: string; number: string },
): string | undefined {
  const [id, number] = [values[names.id], values[names.number]];
  if (id === undefined && (number === undefined || number === '')) return number === '' ? '' : undefined;
  const matches = (row: { id: string; number: string }): boolean =>
    (id === undefined || row.id === id) && (number === undefined || row.number === number);
  if (accountType === 'Vendor') {
    const vendor = company.vendors.find(matches);
    if (vendor === undefined) throw unknownAccount(names, id);
    checkVendor(vendor, 'create');
    return vendor.number;
  }
  const account = accountType === 'G/L Account' ? company.accounts.find(matches) : undefined;
  if (account === undefined) throw unknownAccount(names, id);
  checkAccount(world, account);
  return account.number;
}

function unknownAccount(names: { id: string; number: string }, id: Scalar | undefined): BcError {
  return businessError(`The "${id === undefined ? names.number : names.id}" does not match to an Account.`);
}
