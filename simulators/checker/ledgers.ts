import { Decimal } from 'decimal.js';
import type { CompanyCodes, ConcurLedgerLine } from '../harness/ledger-types.js';
import type { ConcurDocumentState, Journal, PostedErpDocument } from '../harness/types.js';
import { entityOfPosted, type Links } from './links.js';

/** One total of a legal entity on both sides, decimal strings: of an account, or of a dimension's value. */
export interface LedgerSum {
  /** `erp/company`. */
  legalEntity: string;
  currency: string;
  /** Account; `vendors` for all vendor accounts together. Or `Dimension=Value`. */
  of: string;
  concur: string;
  erp: string;
  agree: boolean;
}

/** What the documents of Concur stand for, account by account, against what the ERPs have posted. */
export interface LedgerComparison {
  /** Confirmed documents that were compared line by line. */
  documents: number;
  /** Lines of one account and one combination of dimensions that were compared. */
  lines: number;
  sums: LedgerSum[];
  problems: string[];
}

/** One account with one combination of dimensions. */
interface Place {
  account: string;
  /** Vendor accounts carry no dimensions that anybody asked for. */
  isVendor: boolean;
  dimensions: Record<string, string>;
  amount: Decimal;
}

/** All vendor accounts of a document as one: where a person has chosen the account, no table knows it. */
const anyVendor = '*';

/**
 * Compares each confirmed document with what was posted for it, by account and dimensions, and adds both sides up. Nothing is
 * compared where the sandbox told no code tables. The lines come from Concur's documents by the simulator's own reading.
 */
export function compareLedgers(journal: Journal, links: Links): LedgerComparison {
  const result: LedgerComparison = { documents: 0, lines: 0, sums: [], problems: [] };
  const codes = new Map(journal.codes?.map((company) => [company.legalEntity.toLowerCase(), company]));
  if (codes.size === 0) return result;
  const totals = new Totals();
  for (const posted of journal.posted) {
    const { currency } = posted;
    totals.add('erp', { legalEntity: entityOfPosted(posted), currency }, placesOf(posted, false));
  }
  for (const { document, claims } of links.confirmed) {
    const posted = claims.flatMap((claim) => (claim.posted === undefined ? [] : [claim.posted]));
    const company = codes.get((document.expected ?? posted.map(entityOfPosted)[0] ?? '').toLowerCase());
    const name = `${document.docType} ${document.id}`;
    if (company === undefined || document.ledger === undefined) {
      result.problems.push(`${name} was confirmed, but the checker cannot tell what it stands for.`);
      continue;
    }
    const hidesVendor = isVendorChosenByPerson(document, document.ledger, company);
    const expected = document.ledger.map((line) => placeOf(line, company, hidesVendor));
    const found = posted.flatMap((one) => placesOf(one, hidesVendor));
    totals.add('concur', { legalEntity: company.legalEntity, currency: document.currency }, expected);
    const differences = compared(expected, found);
    result.documents += 1;
    result.lines += differences.lines;
    result.problems.push(...differences.sentences.map((sentence) => `${name} in ${company.legalEntity}: ${sentence}`));
  }
  result.sums = totals.sums();
  const unequal = result.sums.filter(({ agree }) => !agree);
  result.problems.push(
    ...unequal.map(
      ({ legalEntity, currency, of, concur, erp }) =>
        `${legalEntity} in ${currency}, ${of}: the ledgers of Concur make ${concur}, the ERP posted ${erp}.`,
    ),
  );
  return result;
}

function isVendorChosenByPerson(
  document: ConcurDocumentState,
  ledger: ConcurLedgerLine[],
  company: CompanyCodes,
): boolean {
  if (document.planted?.startsWith('vendor-') === true) return true;
  return ledger.some((line) => line.kind === 'party' && paysVendor(line) && vendorOf(line, company) === undefined);
}

type PartyLine = Extract<ConcurLedgerLine, { kind: 'party' }>;

function paysVendor({ party, settledBy }: PartyLine): boolean {
  return settledBy === 'erp' && (party === 'EMPL' || party === 'VENDOR');
}

function vendorOf({ party, id = '' }: PartyLine, { employees, suppliers }: CompanyCodes): string | undefined {
  return (party === 'EMPL' ? employees : suppliers)[id];
}

function placeOf(line: ConcurLedgerLine, company: CompanyCodes, hidesVendor: boolean): Place {
  const amount = new Decimal(line.amount);
  const ledger = (account: string | undefined, what: string, dimensions = {}): Place => ({
    account: account ?? `(no account for ${what})`,
    ...{ isVendor: false, dimensions, amount },
  });
  switch (line.kind) {
    case 'cost':
      return ledger(company.accounts[line.code], line.code, dimensionsOf(line.customs, company));
    case 'advance':
      return ledger(company.advances[line.code] ?? company.accounts[line.code], line.code);
    case 'tax':
      return ledger(taxAccount(line, company), `tax of ${line.authority}`);
    case 'party': {
      if (paysVendor(line)) {
        const account = hidesVendor ? anyVendor : (vendorOf(line, company) ?? anyVendor);
        return { account: account.toUpperCase(), isVendor: true, dimensions: {}, amount };
      }
      const card = line.party === 'EMPL' || line.party === 'VENDOR' ? undefined : company.cards[line.party];
      const own = line.account === undefined ? undefined : company.accounts[line.account];
      return ledger(card ?? own ?? company.clearing[line.settledBy], `${line.party} by ${line.settledBy}`);
    }
  }
}

function taxAccount(line: Extract<ConcurLedgerLine, { kind: 'tax' }>, { inputTax }: CompanyCodes): string | undefined {
  const rows = inputTax.filter(({ authority }) => authority === line.authority);
  return [...line.codes, '*'].map((wanted) => rows.find(({ code }) => code === wanted)).find(Boolean)?.account;
}

function dimensionsOf(customs: Record<string, string>, { dimensions }: CompanyCodes): Record<string, string> {
  return Object.fromEntries(
    dimensions.flatMap(({ dimension, from, values }): [string, string][] => {
      const code = customs[from];
      return code === undefined ? [] : [[dimension, values[code] ?? `(no value for ${code})`]];
    }),
  );
}

function placesOf(posted: PostedErpDocument, hidesVendor: boolean): Place[] {
  return posted.entries.map(({ account, vendor = false, dimensions, amount }) => ({
    account: vendor ? (hidesVendor ? anyVendor : account.toUpperCase()) : account,
    isVendor: vendor,
    dimensions: vendor ? {} : dimensions,
    amount: new Decimal(amount),
  }));
}

/** Both sides by account and dimensions; what is there on one side only counts as zero on the other. */
function compared(expected: readonly Place[], found: readonly Place[]): { lines: number; sentences: string[] } {
  const sides = new Map<string, { concur: Decimal; erp: Decimal }>();
  const side = (place: Place): { concur: Decimal; erp: Decimal } => {
    const name = nameOf(place);
    const known = sides.get(name) ?? { concur: new Decimal(0), erp: new Decimal(0) };
    sides.set(name, known);
    return known;
  };
  for (const place of expected) side(place).concur = side(place).concur.plus(place.amount);
  for (const place of found) side(place).erp = side(place).erp.plus(place.amount);
  const sentences = [...sides].flatMap(([name, { concur, erp }]) =>
    concur.eq(erp) ? [] : [`${name}: Concur says ${concur.toFixed()}, the ERP posted ${erp.toFixed()}.`],
  );
  return { lines: sides.size, sentences };
}

function nameOf({ account, isVendor, dimensions }: Place): string {
  const pairs = pairsOf(dimensions).sort().join(', ');
  return `${isVendor ? 'vendor' : 'account'} ${account}${pairs === '' ? '' : ` (${pairs})`}`;
}

function pairsOf(dimensions: Record<string, string>): string[] {
  return Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
}

/** Sums per legal entity, currency and account, and per value of a dimension. */
class Totals {
  readonly #sums = new Map<string, { concur: Decimal; erp: Decimal }>();

  add(
    side: 'concur' | 'erp',
    { legalEntity, currency }: Pick<LedgerSum, 'legalEntity' | 'currency'>,
    places: readonly Place[],
  ): void {
    for (const { account, isVendor, dimensions, amount } of places) {
      for (const of of [isVendor ? 'vendors' : account, ...pairsOf(dimensions)]) {
        const key = [legalEntity, currency, of].join('\n');
        const sum = this.#sums.get(key) ?? { concur: new Decimal(0), erp: new Decimal(0) };
        this.#sums.set(key, { ...sum, [side]: sum[side].plus(amount) });
      }
    }
  }

  sums(): LedgerSum[] {
    return [...this.#sums]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([key, { concur, erp }]) => {
        const [legalEntity = '', currency = '', of = ''] = key.split('\n');
        return { legalEntity, currency, of, concur: concur.toFixed(), erp: erp.toFixed(), agree: concur.eq(erp) };
      });
  }
}
