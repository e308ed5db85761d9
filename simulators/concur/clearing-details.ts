import { Decimal } from 'decimal.js';
import { decimalOf, isObject, isText } from './post-body.js';

/** One clearing detail of a payment confirmation. */
export interface Clearing {
  /** As sent, in one of the two allowed forms. */
  date: string;
  amount: Decimal;
  currency: string;
  paymentRef: string;
  receiverId?: string;
}

const exactTimestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const plainDate = /^\d{8}$/;

/** What is wrong with a clearing detail (concur-financial-integration.md 5.3), or undefined. */
export function clearingFault(detail: unknown): string | undefined {
  if (!isObject(detail)) return 'a clearing detail must be an object';
  const { clearingDate, clearingAmount, clearingCurrency, receiver, clearingReference } = detail;
  if (typeof clearingDate !== 'string' || !(exactTimestamp.test(clearingDate) || plainDate.test(clearingDate))) {
    return 'clearingDate must be yyyy-MM-ddTHH:mm:ss.SSSZ or yyyyMMdd';
  }
  const amount = decimalOf(clearingAmount);
  if (amount === undefined || amount.lte(0)) return 'clearingAmount must be a positive number';
  if (typeof clearingCurrency !== 'string' || !/^[A-Z]{3}$/.test(clearingCurrency)) {
    return 'clearingCurrency must be an ISO code';
  }
  if (!isObject(receiver)) return 'receiver must be an object';
  if (!isObject(clearingReference)) return 'clearingReference must be an object';
  const { paymentRef, paymentMethod } = clearingReference;
  if (!isText(paymentRef, 128) || paymentRef === '') return 'paymentRef may not be blank';
  return paymentMethod === 'E' || paymentMethod === 'C' ? undefined : 'paymentMethod must be E or C';
}

/** Reads a detail that `clearingFault` found nothing wrong with. */
export function readClearing(detail: unknown): Clearing {
  const { clearingDate, clearingAmount, clearingCurrency, receiver, clearingReference } = detail as Record<
    string,
    unknown
  >;
  const receiverId = (receiver as Record<string, unknown>)['receiverId'];
  return {
    date: String(clearingDate),
    amount: decimalOf(clearingAmount) ?? new Decimal(0),
    currency: String(clearingCurrency),
    paymentRef: String((clearingReference as Record<string, unknown>)['paymentRef']),
    ...(typeof receiverId === 'string' ? { receiverId } : {}),
  };
}
