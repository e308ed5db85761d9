import { Decimal } from 'decimal.js';
import type { Call } from './calls.js';
import { postedOrNoted, refuseByChance } from './chance-refusals.js';
import { checkAccount, checkDialogs, checkPostingDate, checkPostingGroup, checkVendor } from './checks.js';
import { checkDimensions } from './dimension-rules.js';
import { businessError, fieldError } from './errors.js';
import { blankLine, defaultsParent, realLines } from './journal-lines.js';
import { exchangeRate } from './ledger-amounts.js';
import { postDocument, type Leg } from './ledger.js';
import { DEFAULT_BATCH } from './master-data.js';
import type { JournalLineRow, JournalRow } from './records.js';
import { schedule } from './scheduled-postings.js';
import { cents, plain } from './wire.js';
import { nextNumber, type Company, type World } from './world.js';

/**
 * The action `Microsoft.NAV.post`: posts every line of the batch, whoever wrote it. A batch that only has the blank line
 * of an earlier posting is answered like a success although nothing happens.
 */
export function postJournalAction(call: Call, journal: JournalRow): void {
  const { world, company } = call;
  call.key = `${company.name}/${journal.code}`;
  if (journal.code === DEFAULT_BATCH) world.desk.violation(call.operation, 'posted the batch DEFAULT of other people');
  if (call.enveloped) world.desk.violation(call.operation, 'posting action inside a $batch');
  if (wasPosted(company, journal)) call.repeatMessage = `journal batch ${journal.code} was posted before`;
  if (journal.lines.length === 0) throw businessError('There is nothing to post.');
  if (realLines(journal).length === 0) return;
  if (schedule(call, 'journal', journal.id)) return;
  postedOrNoted(world, journal.id, () => {
    postJournal(world, company, journal);
  });
}

function wasPosted(company: Company, journal: JournalRow): boolean {
  const numbers = new Set(realLines(journal).map((line) => line.documentNumber));
  return journal.postedAt > 0 || company.posted.find((row) => numbers.has(row.documentNumber)) !== undefined;
}

/** Checks and posts all lines: one ledger document per document number. */
export function postJournal(world: World, company: Company, journal: JournalRow): void {
  const lines = realLines(journal);
  for (const line of lines) checkLine(world, company, line);
  checkDialogs(world);
  for (const documentNumber of new Set(lines.map((line) => line.documentNumber))) {
    const members = lines.filter((line) => line.documentNumber === documentNumber);
    const legs = members.flatMap((line) => legsOf(company, line));
    checkBalance(documentNumber, legs);
    refuseByChance(world, { mark: documentNumber, place: `Gen. Journal Line ${documentNumber}`, legs });
    const postingDate = members[0]?.postingDate ?? world.today();
    const dates = { postingDate, documentDate: postingDate, dueDate: postingDate };
    const posted = postedNumberOf(world, company, documentNumber);
    const identity = { documentNumber: posted, documentType: ' ', mark: posted, currency: company.currency };
    postDocument(world, company, { ...identity, ...dates, invoiceId: '', legs });
  }
  const [template] = lines;
  company.journals.update(journal, {
    lines: template === undefined ? [] : [blankLine({ world }, journal, template)],
    postedAt: world.nowMs(),
  });
}

/** The number that a batch with a Posting No. Series gives; without one the document keeps its own. */
function postedNumberOf(world: World, company: Company, documentNumber: string): string {
  if (world.setUpFaults['journal-number-series'] !== true) return documentNumber;
  return `GJ${String(nextNumber(company, 'journalNumber')).padStart(6, '0')}`;
}

function checkLine(world: World, company: Company, line: JournalLineRow): void {
  const where = `in Gen. Journal Line: Line No.=${line.lineNumber}. It cannot be zero or empty.`;
  if (line.documentNumber === '') throw fieldError(`Document No. must have a value ${where}`);
  if (new Decimal(line.amount).isZero()) throw fieldError(`Amount must have a value ${where}`);
  if (line.accountNumber === '') throw fieldError(`Account No. must have a value ${where}`);
  checkPostingDate(world, company, line.postingDate);
  checkParty(world, company, line, { accountType: line.accountType, accountNumber: line.accountNumber });
  if (line.balancingAccountNumber === '') return;
  const { balanceAccountType: accountType, balancingAccountNumber: accountNumber } = line;
  checkParty(world, company, line, { accountType, accountNumber });
}

type Party = Pick<JournalLineRow, 'accountType' | 'accountNumber'>;

function checkParty(world: World, company: Company, line: JournalLineRow, party: Party): void {
  checkUsable(world, company, party);
  const of = defaultsParent(company, party);
  if (of === undefined) return;
  const { accountType, accountNumber: number } = party;
  checkDimensions(world, company, {
    place: `Gen. Journal Line ${line.documentNumber}, line no. ${line.lineNumber}`,
    dimensions: line.dimensions,
    party: { name: accountType, number, of },
  });
}

function checkUsable(world: World, company: Company, { accountType, accountNumber: number }: Party): void {
  if (accountType === 'Vendor') {
    const vendor = company.vendors.find((row) => row.number === number);
    if (vendor === undefined) throw businessError('The vendor cannot be found.');
    checkVendor(vendor, 'post');
    checkPostingGroup(world, vendor);
    return;
  }
  const account = company.accounts.find((row) => row.number === number);
  if (account === undefined) throw businessError(`The G/L Account ${number} cannot be found.`);
  checkAccount(world, account);
}

function legsOf(company: Company, line: JournalLineRow): Leg[] {
  const amount = new Decimal(line.amount);
  const leg = legOf(company, line, line.accountType, line.accountNumber, amount);
  if (line.balancingAccountNumber === '') return [leg];
  const opposite = legOf(company, line, line.balanceAccountType, line.balancingAccountNumber, amount.neg());
  return [leg, opposite];
}

/** A vendor with a foreign currency takes the amount as its own currency, silently: the line has no currency field. */
function legOf(company: Company, line: JournalLineRow, accountType: string, number: string, amount: Decimal): Leg {
  const isVendor = accountType === 'Vendor';
  const vendor = isVendor ? company.vendors.find((row) => row.number === number) : undefined;
  const currencyCode = vendor?.currencyCode ?? '';
  const amountLcy = cents(amount.times(exchangeRate(company, currencyCode)));
  return {
    accountNumber: isVendor ? '' : number,
    vendorNumber: isVendor ? number : '',
    ...{ currencyCode, amount, amountLcy, documentAmount: amountLcy },
    description: line.description,
    dimensions: line.dimensions,
  };
}

function checkBalance(documentNumber: string, legs: readonly Leg[]): void {
  const sum = Decimal.sum(0, ...legs.map((leg) => leg.amountLcy));
  if (sum.isZero()) return;
  throw businessError(
    `Document No. ${documentNumber} is out of balance by ${plain(sum)}. Please check that Posting Date, Document Type, Document No. and Amount are correct for each line.`,
  );
}
