import { Decimal } from 'decimal.js';
import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { vendSettlementBiEntities, vendTransBiEntities } from './posted-entities.js';
import { insertSettlement } from './settlement-rows.js';
import { emptyDay, text, toDay, toInstant, type Row } from './values.js';

/** The mirror image of a cheque payment, already settled with it. */
function insertReversal(context: JournalContext, payment: Row): Row {
  const { store, desk } = context;
  const dataAreaId = text(payment, 'dataAreaId');
  const amount = new Decimal(text(payment, 'AmountCur')).negated().toFixed();
  const [day, instant] = [toDay(desk.now()), toInstant(desk.now())];
  const recId = store.nextRecId();
  return store.table(vendTransBiEntities.set).insert(
    completeRow(vendTransBiEntities, {
      ...payment,
      SourceKey: recId,
      Voucher: `APPM${String(store.nextNumber(`${dataAreaId}/voucher/APPM`)).padStart(6, '0')}`,
      TransDate: day,
      AmountCur: amount,
      AmountMST: amount,
      SettleAmountCur: amount,
      SettleAmountMST: amount,
      Closed: day,
      LastSettleDate: day,
      LastSettleVoucher: text(payment, 'Voucher'),
      JournalNum: '',
      SysModifiedDateTime: instant,
      CreatedOn: instant,
      $recId: recId,
      $version: '1',
      $bounces: 'No',
    }),
  );
}

/** The invoice is open again by what this payment had settled; earlier payments on it stay. */
function reopen(context: JournalContext, invoice: Row, share: Decimal): void {
  const { desk } = context;
  const settled = new Decimal(text(invoice, 'SettleAmountCur')).plus(share);
  const untouched = {
    LastSettleVoucher: '',
    LastSettleAccountNum: '',
    LastSettleCompany: '',
    LastSettleDate: emptyDay,
  };
  context.store.table(vendTransBiEntities.set).update(invoice, {
    SettleAmountCur: settled.toFixed(),
    SettleAmountMST: settled.toFixed(),
    Closed: emptyDay,
    ...(settled.isZero() ? untouched : {}),
    SysModifiedDateTime: toInstant(desk.now()),
    $paidAt: String(desk.now().getTime()),
    $reversed: 'Yes',
  });
}

/** Undoes one settled share: rows opposite to the settling ones, under the same transactions (net per OffsetRecid is zero). */
function undoShare(context: JournalContext, payment: Row, settlement: Row): void {
  const { store } = context;
  const invoice = store
    .table(vendTransBiEntities.set)
    .byKey([text(settlement, 'OffsetCompany'), text(settlement, 'OffsetRecid')]);
  if (invoice === undefined) throw new Error(`settlement ${text(settlement, 'SourceKey')} has no other side`);
  const share = new Decimal(text(settlement, 'SettleAmountCur'));
  const undone = { closed: emptyDay, canBeReversed: false };
  insertSettlement(context, { side: invoice, other: payment, amount: share, ...undone });
  insertSettlement(context, { side: payment, other: invoice, amount: share.negated(), ...undone });
  reopen(context, invoice, share);
}

function reverse(context: JournalContext, payment: Row): void {
  const { store, desk } = context;
  const settlements = store.table(vendSettlementBiEntities.set);
  const key = text(payment, 'SourceKey');
  const own = settlements.inOrder(settlements.candidates('TransRecId', key) ?? []);
  const others = settlements.inOrder(settlements.candidates('OffsetRecid', key) ?? []);
  for (const settlement of [...own, ...others]) settlements.update(settlement, { CanBeReversed: 'No' });
  for (const settlement of own) undoShare(context, payment, settlement);
  const reversal = insertReversal(context, payment);
  const amount = new Decimal(text(payment, 'AmountCur'));
  const closed = { closed: toDay(desk.now()), canBeReversed: false };
  insertSettlement(context, { side: payment, other: reversal, amount, ...closed });
  insertSettlement(context, { side: reversal, other: payment, amount: amount.negated(), ...closed });
  store.table(vendTransBiEntities.set).update(payment, {
    LastSettleVoucher: text(reversal, 'Voucher'),
    LastSettleDate: text(reversal, 'TransDate'),
    SysModifiedDateTime: toInstant(desk.now()),
    $bounces: 'No',
  });
}

/**
 * Reverses the cheques whose time has come (section 8): each invoice is open again, and the reversing row is settled with
 * the original payment. Answers whether anything was reversed.
 */
export function runReversals(context: JournalContext, reverseDelayMs: number): boolean {
  const now = context.desk.now().getTime();
  const due = [...context.store.table(vendTransBiEntities.set).rows()].filter(
    (row) => row['$bounces'] === 'Yes' && now - Number(row['$postedAt']) >= reverseDelayMs,
  );
  for (const payment of due) {
    context.store.transaction(() => {
      reverse(context, payment);
    });
  }
  return due.length > 0;
}
