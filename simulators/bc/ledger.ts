import type { Decimal } from 'decimal.js';
import { PAYABLES_ACCOUNT } from './master-data.js';
import type { DetailRow, DimensionPair, VendorEntryRow } from './records.js';
import { plain } from './wire.js';
import { EMPTY_DATE, nextNumber, type Company, type World } from './world.js';

/** One leg of a document to be posted; debit positive. */
export interface Leg {
  /** G/L account; for a vendor leg the payables account is taken. */
  accountNumber: string;
  vendorNumber: string;
  /** Currency of the leg's own amount; blank is local currency. */
  currencyCode: string;
  amount: Decimal;
  amountLcy: Decimal;
  /** Amount in the document's currency. */
  documentAmount: Decimal;
  description: string;
  dimensions: DimensionPair[];
}

/** A document that passed all checks. */
export interface Posting {
  documentNumber: string;
  documentType: string;
  postingDate: string;
  documentDate: string;
  dueDate: string;
  mark: string;
  /** Currency code of the document. */
  currency: string;
  /** Purchase invoice, or empty. */
  invoiceId: string;
  legs: Leg[];
}

/** Writes G/L entries and vendor ledger entries; gives the record id of the last vendor ledger entry, empty if there is none. */
export function postDocument(world: World, company: Company, posting: Posting): string {
  const { documentNumber, documentType, postingDate, mark, currency } = posting;
  const transaction = nextNumber(company, 'transaction');
  let vendorEntryId = '';
  for (const leg of posting.legs) {
    company.glEntries.insert({
      ...world.newRecord(),
      ...{ entryNumber: nextNumber(company, 'glEntry'), transaction, postingDate, documentNumber, documentType },
      accountNumber: leg.vendorNumber === '' ? leg.accountNumber : PAYABLES_ACCOUNT,
      description: leg.description,
      amount: plain(leg.amountLcy),
      documentAmount: plain(leg.documentAmount),
      vendorNumber: leg.vendorNumber,
      dimensions: leg.dimensions,
    });
    if (leg.vendorNumber !== '') vendorEntryId = openVendorEntry(world, company, posting, leg, transaction).id;
  }
  company.posted.insert({ ...world.newRecord(), transaction, documentNumber, mark, currency });
  return vendorEntryId;
}

function openVendorEntry(
  world: World,
  company: Company,
  posting: Posting,
  leg: Leg,
  transaction: number,
): VendorEntryRow {
  const { documentNumber, documentType, postingDate, documentDate, dueDate, invoiceId } = posting;
  return company.vendorEntries.insert({
    ...world.newRecord(),
    ...{ entryNo: nextNumber(company, 'vendorEntry'), transaction, vendorNumber: leg.vendorNumber },
    ...{ documentType, documentNumber, postingDate, documentDate, dueDate, invoiceId },
    open: true,
    closedAtDate: EMPTY_DATE,
    currencyCode: leg.currencyCode,
    movedAt: world.nowMs(),
    partsLeft: 0,
    details: [
      newDetail(world, company, {
        ...{ entryType: 'Initial Entry', postingDate, documentType, documentNo: documentNumber },
        ...{ amount: leg.amount, amountLcy: leg.amountLcy, applicationNo: 0, appliedEntryNo: 0 },
      }),
    ],
  });
}

/** A new detailed vendor ledger entry with its running number. */
export function newDetail(
  world: World,
  company: Company,
  detail: Omit<DetailRow, 'id' | 'version' | 'createdAt' | 'modifiedAt' | 'entryNo' | 'amount' | 'amountLcy'> & {
    amount: Decimal;
    amountLcy: Decimal;
  },
): DetailRow {
  const [amount, amountLcy] = [plain(detail.amount), plain(detail.amountLcy)];
  return { ...world.newRecord(), ...detail, entryNo: nextNumber(company, 'detail'), amount, amountLcy };
}
