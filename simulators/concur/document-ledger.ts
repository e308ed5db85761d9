import { Decimal } from 'decimal.js';
import { parse } from 'lossless-json';
import type { ConcurLedgerLine, SettledBy } from '../harness/ledger-types.js';
import { rowsAt, textAt } from './document-reading.js';
import type { ConcurContext, DocumentRecord } from './state.js';

/**
 * The journal that a financial document stands for, in Concur's codes (concur-financial-integration.md 10.1): signed, debit
 * positive, not summed. Zero amounts are left out. Read from the raw JSON text by the simulator's own rules.
 */
export function documentLedger(docType: string, rawDocument: string): ConcurLedgerLine[] {
  const document = parse(rawDocument);
  return linesOf(docType, document).filter(({ amount }) => !new Decimal(amount).isZero());
}

function linesOf(docType: string, document: unknown): ConcurLedgerLine[] {
  switch (docType) {
    case 'expense':
      return expenseLines(document);
    case 'invoice':
      return invoiceLines(document);
    case 'cashadvance':
      return advanceLines(document);
    default:
      throw new Error(`unknown docType ${docType}`);
  }
}

/** One journal line of a report with all that surrounds it. */
interface Spot {
  document: unknown;
  entry: unknown;
  allocation: unknown;
  line: unknown;
}

function expenseLines(document: unknown): ConcurLedgerLine[] {
  const spots: Spot[] = rowsAt(document, 'expenseEntry').flatMap((entry) =>
    rowsAt(entry, 'allocation').flatMap((allocation) =>
      rowsAt(allocation, 'journal').map((line) => ({ document, entry, allocation, line })),
    ),
  );
  return [
    ...spots.flatMap((spot) => [costLine(spot), ...taxLines(spot), partyLine(spot)]),
    ...rowsAt(document, 'cashAdvanceApplication').flatMap((row) => appliedAdvance(document, row, spots)),
  ];
}

function costLine({ entry, allocation, line }: Spot): ConcurLedgerLine {
  const own = textAt(line, 'journalAccountCode');
  const fallback = textAt(entry, 'entryIsPersonal') === 'Y' ? textAt(entry, 'clearingAccountCode') : undefined;
  return {
    kind: 'cost',
    code: own ?? fallback ?? '',
    customs: customsOf(allocation),
    amount: plain(amountAt(line, 'amountNetOfReclaim')),
  };
}

/** What is reclaimed, split over the tax rows of the line as they are reclaimed; the last one takes the rounding. */
function taxLines({ document, allocation, line }: Spot): ConcurLedgerLine[] {
  const reclaimed = amountAt(line, 'amountGross').minus(amountAt(line, 'amountNetOfReclaim'));
  if (reclaimed.isZero()) return [];
  const named = (line as Record<string, unknown>)['taxGuid'];
  const rows = rowsAt(allocation, 'tax')
    .filter((row) => (Array.isArray(named) ? named.includes(textAt(row, 'taxGuid')) : true))
    .filter((row) => !amountAt(row, 'amountReclaim').isZero());
  if (rows.length === 0) return [{ kind: 'tax', authority: '', codes: [], amount: plain(reclaimed) }];
  const places = decimalsOf(textAt(document, 'report', 'employeeCurrencyAlphaCode') ?? 'USD');
  const inAll = sum(rows.map((row) => amountAt(row, 'amountReclaim')));
  let rest = reclaimed;
  return rows.map((row, index) => {
    const part = amountAt(row, 'amountReclaim').times(reclaimed).div(inAll).toDecimalPlaces(places);
    const amount = index === rows.length - 1 ? rest : part;
    rest = rest.minus(amount);
    const codes = [textAt(row, 'taxReclaimCode'), textAt(row, 'taxCode')].filter((code) => code !== undefined);
    return { kind: 'tax', authority: textAt(row, 'taxAuthorityLabel') ?? '', codes, amount: plain(amount) };
  });
}

function partyLine(spot: Spot): ConcurLedgerLine {
  const party = partyOf(spot.line);
  const amount = plain(amountAt(spot.line, 'amountGross').negated());
  const id = party === 'EMPL' ? textAt(spot.document, 'employee', 'employeeId') : undefined;
  return { kind: 'party', party, ...(id === undefined ? {} : { id }), ...settlementOf(spot), amount };
}

function partyOf(line: unknown): string {
  const payee = textAt(line, 'journalPayee') ?? '';
  return payee === 'COMP' ? (textAt(line, 'journalPayer') ?? '') : payee;
}

type Settlement = { settledBy: SettledBy; account?: string };

/** Party legs of section 10.1: Expense Pay and payroll pay by themselves, the ERP pays the rest. */
function settlementOf({ document, entry, line }: Pick<Spot, 'document' | 'entry' | 'line'>): Settlement {
  if (textAt(entry, 'expensePayIndicator') === 'Y') {
    return through('expense-pay', textAt(entry, 'liabilityAccountCode'));
  }
  if (partyOf(line) === 'EMPL' && textAt(document, 'report', 'payrollPayIndicator') === 'Y') {
    return through('payroll', textAt(document, 'report', 'payrollPaymentClearingAccountCode'));
  }
  return { settledBy: 'erp' };
}

function through(settledBy: SettledBy, account: string | undefined): Settlement {
  return { settledBy, ...(account === undefined ? {} : { account }) };
}

/** The clearing account is credited, and whoever pays the employee pays so much less. */
function appliedAdvance(document: unknown, row: unknown, spots: readonly Spot[]): ConcurLedgerLine[] {
  const amount = amountAt(row, 'cashAdvanceApplicationAmount');
  const ways = spots.filter(({ line }) => partyOf(line) === 'EMPL').map(settlementOf);
  const way = ways.find(({ settledBy }) => settledBy === 'erp') ?? ways[0] ?? { settledBy: 'erp' as const };
  const id = textAt(document, 'employee', 'employeeId');
  return [
    { kind: 'advance', code: textAt(row, 'cashAdvanceClearingAccountCode') ?? '', amount: plain(amount) },
    { kind: 'party', party: 'EMPL', ...(id === undefined ? {} : { id }), ...way, amount: plain(amount.negated()) },
  ];
}

const paidByConcur = ['ACH', 'CHECK', 'VCHER', 'PAYPVD'];

/** Each allocation's gross against the supplier (section 10.5). */
function invoiceLines(document: unknown): ConcurLedgerLine[] {
  const isPaidByConcur =
    textAt(document, 'requestHeader', 'invoicePayIndicator') === 'Y' ||
    paidByConcur.includes(textAt(document, 'requestHeader', 'payMethodType') ?? '');
  const id = textAt(document, 'vendor', 'vendorCode');
  return rowsAt(document, 'lineItem').flatMap((item) =>
    rowsAt(item, 'allocation').flatMap((allocation) =>
      rowsAt(allocation, 'journal').flatMap((line): ConcurLedgerLine[] => {
        const amount = amountAt(line, 'amountGross');
        const code = textAt(line, 'accountCode') ?? textAt(allocation, 'allocationAccountCode') ?? '';
        const settledBy = isPaidByConcur ? 'concur-invoice-pay' : 'erp';
        return [
          { kind: 'cost', code, customs: customsOf(allocation), amount: plain(amount) },
          {
            ...{ kind: 'party', party: 'VENDOR', settledBy, amount: plain(amount.negated()) },
            ...(id === undefined ? {} : { id }),
          },
        ];
      }),
    ),
  );
}

/** Advance account against the employee (section 10.3). */
function advanceLines(document: unknown): ConcurLedgerLine[] {
  const isExpensePay =
    textAt(document, 'cashAdvanceData', 'expensePayIndicator') === 'Y' ||
    textAt(document, 'cashAdvanceData', 'paymentMethod') === '1';
  const id = textAt(document, 'employeeData', 'employeeId');
  return rowsAt(document, 'journalData').flatMap((line): ConcurLedgerLine[] => {
    const amount = amountAt(line, 'amount');
    const settledBy = isExpensePay ? 'expense-pay' : 'erp';
    return [
      { kind: 'advance', code: textAt(line, 'accountCode') ?? '', amount: plain(amount) },
      {
        ...{ kind: 'party', party: 'EMPL', settledBy, amount: plain(amount.negated()) },
        ...(id === undefined ? {} : { id }),
      },
    ];
  });
}

/** Filled `allocationCustomNCode` fields. */
function customsOf(allocation: unknown): Record<string, string> {
  if (typeof allocation !== 'object' || allocation === null) return {};
  const fields = Object.keys(allocation).filter((name) => /^allocationCustom\d+Code$/.test(name));
  return Object.fromEntries(
    fields.flatMap((name): [string, string][] => {
      const code = textAt(allocation, name);
      return code === undefined ? [] : [[name, code]];
    }),
  );
}

function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

function amountAt(value: unknown, name: string): Decimal {
  return new Decimal(textAt(value, name) ?? '0');
}

function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((total, next) => total.plus(next), new Decimal(0));
}

const plain = (amount: Decimal): string => amount.toFixed();

/** The document with its journal once its posting is confirmed. Without it where the document has not the structure for one. */
export function withLedger({ bodies }: ConcurContext, document: DocumentRecord): DocumentRecord {
  const raw = bodies.get(document.id);
  if (document.postingDocs.length === 0 || raw === undefined) return { ...document };
  try {
    return { ...document, ledger: documentLedger(document.docType, raw) };
  } catch {
    return { ...document };
  }
}
