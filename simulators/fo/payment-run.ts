import { Decimal } from 'decimal.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import { announcePayment } from './announcements.js';
import { completeRow } from './entity-definition.js';
import { isChosen } from '../harness/content-chance.js';
import type { JournalContext } from './journal-context.js';
import { escapeSegment, delimiterOf } from './display-values.js';
import { vendorPaymentJournalLines, vendTransBiEntities } from './posted-entities.js';
import { insertSettlement } from './settlement-rows.js';
import { emptyDay, sum, text, toDay, toInstant, type Row } from './values.js';

/** When and how the ERP pays. */
export type PaymentSettings = Pick<SimulatorSettings['fo'], 'paymentDelayMs' | 'partShare' | 'reverseShare'>;

/** What one run pays on one vendor transaction; positive. */
interface Share {
  invoice: Row;
  amount: Decimal;
}

const electronic = 'ELEC';
/** Only cheques can be reversed (section 8). */
const cheque = 'CHECK';

function openAmount(invoice: Row): Decimal {
  return new Decimal(text(invoice, 'AmountCur')).minus(text(invoice, 'SettleAmountCur')).abs();
}

/** Only credits are payable: an employee who owes money has a debit, which no payment run touches. */
export function isPayable(context: JournalContext, row: Row, delayMs: number): boolean {
  if (row['Closed'] !== emptyDay || row['TransType'] === 'Payment' || row['Approved'] !== 'Yes') return false;
  if (!text(row, 'AmountCur').startsWith('-')) return false;
  if (context.desk.now().getTime() - Number(row['$paidAt'] ?? row['$postedAt'] ?? '0') < delayMs) return false;
  const company = context.store.findCompany(text(row, 'dataAreaId'));
  const vendor = company?.vendors.find((candidate) => candidate.account === row['AccountNum']);
  return vendor?.onHold !== 'Payment' && vendor?.onHold !== 'All';
}

/** Half at first for a seeded share of the transactions, all that is open otherwise. */
function shareOf(context: JournalContext, invoice: Row, partShare: number): Share {
  const open = openAmount(invoice);
  const isFirst = text(invoice, 'SettleAmountCur') === '0';
  const half = open.dividedBy(2).toDecimalPlaces(2, Decimal.ROUND_DOWN);
  if (!isFirst || half.isZero() || context.desk.random() >= partShare) return { invoice, amount: open };
  return { invoice, amount: half };
}

/** Whether this payment will bounce: never one that pays again what a reversal has opened. */
function isToBeReversed(shares: readonly Share[], reverseShare: number | undefined): boolean {
  const first = shares[0]?.invoice ?? {};
  const content = `${text(first, 'AccountNum')}/${text(first, 'Invoice')}`;
  return isChosen(content, reverseShare) && shares.every(({ invoice }) => invoice['$reversed'] !== 'Yes');
}

function insertPayment(context: JournalContext, shares: readonly Share[], bounces: boolean): Row {
  const { store, desk } = context;
  const first = shares[0]?.invoice ?? {};
  const dataAreaId = text(first, 'dataAreaId');
  const number = String(store.nextNumber(`${dataAreaId}/voucher/APPM`)).padStart(6, '0');
  const total = sum(shares.map(({ amount }) => amount.toFixed())).toFixed();
  const [day, instant] = [toDay(desk.now()), toInstant(desk.now())];
  const recId = store.nextRecId();
  const cells: Row = {
    dataAreaId,
    SourceKey: recId,
    AccountNum: text(first, 'AccountNum'),
    Voucher: `APPM${number}`,
    TransType: 'Payment',
    TransDate: day,
    CurrencyCode: text(first, 'CurrencyCode'),
    AmountCur: total,
    AmountMST: total,
    SettleAmountCur: total,
    SettleAmountMST: total,
    ExchRate: '100',
    Closed: day,
    LastSettleDate: day,
    LastSettleVoucher: text(shares.at(-1)?.invoice ?? {}, 'Voucher'),
    LastSettleAccountNum: text(first, 'AccountNum'),
    LastSettleCompany: dataAreaId,
    JournalNum: `PM${number}`,
    PaymMode: bounces ? cheque : electronic,
    PaymReference: `${dataAreaId.toUpperCase()}-${number}`,
    CompanyBankAccountId: `${dataAreaId.toUpperCase()} OPER`,
    Approved: 'Yes',
    SysDataAreaId: dataAreaId,
    SysModifiedDateTime: instant,
    CreatedOn: instant,
    $recId: recId,
    $postedAt: String(desk.now().getTime()),
    $bounces: bounces ? 'Yes' : 'No',
  };
  insertPaymentLine(context, cells);
  return store.table(vendTransBiEntities.set).insert(completeRow(vendTransBiEntities, cells));
}

/** The posted payment journal line; MarkedInvoice is empty although the payment settles invoices (section 8). */
function insertPaymentLine(context: JournalContext, payment: Row): void {
  const { store } = context;
  const dataAreaId = text(payment, 'dataAreaId');
  const line: Row = {
    dataAreaId,
    JournalBatchNumber: text(payment, 'JournalNum'),
    LineNumber: '1',
    Voucher: text(payment, 'Voucher'),
    AccountType: 'Vend',
    AccountDisplayValue: escapeSegment(text(payment, 'AccountNum'), delimiterOf(store.master)),
    OffsetAccountType: 'Bank',
    OffsetAccountDisplayValue: text(payment, 'CompanyBankAccountId'),
    TransactionDate: text(payment, 'TransDate'),
    DebitAmount: text(payment, 'AmountCur'),
    CurrencyCode: text(payment, 'CurrencyCode'),
    ExchangeRate: '100',
    PaymentMethodName: text(payment, 'PaymMode'),
    PaymentReference: text(payment, 'PaymReference'),
    CheckNumber: payment['PaymMode'] === cheque ? text(payment, 'Voucher').slice(-6) : '',
    Company: dataAreaId,
    OffsetCompany: dataAreaId,
    $recId: store.nextRecId(),
  };
  store.table(vendorPaymentJournalLines.set).insert(completeRow(vendorPaymentJournalLines, line));
}

function settle(context: JournalContext, payment: Row, share: Share): void {
  const { store, desk } = context;
  const { invoice, amount } = share;
  const day = toDay(desk.now());
  const settled = new Decimal(text(invoice, 'SettleAmountCur')).minus(amount);
  const closed = settled.equals(text(invoice, 'AmountCur')) ? day : emptyDay;
  const canBeReversed = payment['$bounces'] === 'Yes';
  insertSettlement(context, { side: invoice, other: payment, amount: amount.negated(), closed, canBeReversed });
  insertSettlement(context, { side: payment, other: invoice, amount, closed: day, canBeReversed });
  store.table(vendTransBiEntities.set).update(invoice, {
    SettleAmountCur: settled.toFixed(),
    SettleAmountMST: settled.toFixed(),
    Closed: closed,
    LastSettleVoucher: text(payment, 'Voucher'),
    LastSettleDate: day,
    LastSettleCompany: text(payment, 'dataAreaId'),
    LastSettleAccountNum: text(payment, 'AccountNum'),
    SysModifiedDateTime: toInstant(desk.now()),
    $paidAt: String(desk.now().getTime()),
  });
}

/**
 * One payment run (section 8): one payment for all that is due to a vendor in a company and currency, so that its amount is
 * not one invoice's share (trap 15); each invoice gets its settlement rows. Answers whether anything was paid.
 */
export function runPayments(context: JournalContext, settings: PaymentSettings): boolean {
  const groups = new Map<string, Share[]>();
  for (const row of context.store.table(vendTransBiEntities.set).rows()) {
    if (!isPayable(context, row, settings.paymentDelayMs)) continue;
    const group = [row['dataAreaId'], row['AccountNum'], row['CurrencyCode']].join('/');
    groups.set(group, [...(groups.get(group) ?? []), shareOf(context, row, settings.partShare)]);
  }
  for (const shares of groups.values()) {
    context.store.transaction(() => {
      const payment = insertPayment(context, shares, isToBeReversed(shares, settings.reverseShare));
      for (const share of shares) settle(context, payment, share);
      announcePayment(context, payment);
    });
  }
  return groups.size > 0;
}
