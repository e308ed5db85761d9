import type { Decimal } from 'decimal.js';
import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { vendSettlementBiEntities } from './posted-entities.js';
import { text, toDay, toInstant, type Row } from './values.js';

/** What one settlement row says of one transaction. */
export interface SettlementSide {
  side: Row;
  other: Row;
  /** With the sign of the side's transaction where it settles, with the other sign where it undoes. */
  amount: Decimal;
  /** Day on which the side was closed by it, or the empty day. */
  closed: string;
  canBeReversed: boolean;
}

/** Inserts one settlement row; each side has its own. */
export function insertSettlement(context: JournalContext, settlement: SettlementSide): void {
  const { store, desk } = context;
  const { side, other, closed } = settlement;
  const recId = store.nextRecId();
  const settled = settlement.amount.toFixed();
  store.table(vendSettlementBiEntities.set).insert(
    completeRow(vendSettlementBiEntities, {
      dataAreaId: text(side, 'dataAreaId'),
      SourceKey: recId,
      TransRecId: text(side, 'SourceKey'),
      OffsetRecid: text(other, 'SourceKey'),
      AccountNum: text(side, 'AccountNum'),
      OffsetAccountNum: text(other, 'AccountNum'),
      OffsetTransVoucher: text(other, 'Voucher'),
      TransCompany: text(side, 'dataAreaId'),
      OffsetCompany: text(other, 'dataAreaId').toUpperCase(),
      TransType: text(side, 'TransType'),
      TransDate: toDay(desk.now()),
      DueDate: text(side, 'DueDate'),
      ClosedDate: closed,
      SettleAmountCur: settled,
      SettleAmountMST: settled,
      SettlementVoucher: text(other, 'Voucher'),
      CanBeReversed: settlement.canBeReversed ? 'Yes' : 'No',
      SysDataAreaId: text(side, 'dataAreaId'),
      CreatedOn: toInstant(desk.now()),
      $recId: recId,
    }),
  );
}
