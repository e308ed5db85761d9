import type { InvoicePayment } from '../clients/concur/invoice-payment-client.js';
import type { VendorClient } from '../clients/concur/vendor-client.js';
import { Rejected, Unauthorized } from '../clients/http/errors.js';
import type { InvoiceSupplier } from '../mapping/invoice-supplier.js';

/** A method under which the payment of an invoice may be confirmed to Concur. */
export type ConfirmableMethod = NonNullable<InvoicePayment['method']>;

/** Which method goes with the payment of an invoice, or why none does: a sentence with what to do. */
export type MethodAnswer = { method: ConfirmableMethod } | { refused: string };

export interface InvoicePaymentMethods {
  /**
   * The method of a supplier, asked of Concur once an hour unless `isFresh` wants it anew. Throws what the vendor client throws,
   * except where the supplier is unknown or the scope is missing.
   */
  methodOf(supplier: InvoiceSupplier, isFresh: boolean): Promise<MethodAnswer>;
}

const keptForMs = 3_600_000;
const paidByConcur = new Set(['ACH', 'CHECK', 'VCHER', 'PAYPVD']);

/**
 * Looks up how Concur pays a supplier (decisions 22, platform spec 4.3). A payment of the ERP is confirmed only under a method of
 * the list, and never where Concur itself pays: it would pay again.
 * @param given.fallback sent where Concur tells no method of the supplier
 */
export function createInvoicePaymentMethods(given: {
  connection: string;
  vendors: Pick<VendorClient, 'find'>;
  allowed: readonly ConfirmableMethod[];
  fallback: ConfirmableMethod | undefined;
  /** Whether the app lacks the scope for vendors; without it a 403 says nothing of a supplier, and a later try may succeed. */
  lacksScope: () => Promise<boolean>;
  now: () => Date;
}): InvoicePaymentMethods {
  const { connection, allowed, fallback } = given;
  const known = new Map<string, { at: number; methods: Promise<string[]> }>();

  function methodsOf(supplier: InvoiceSupplier, isFresh: boolean): Promise<string[]> {
    const key = JSON.stringify([supplier.vendorCode, supplier.addressCode]);
    const now = given.now().getTime();
    const kept = known.get(key);
    if (kept && !isFresh && now - kept.at < keptForMs) return kept.methods;
    const methods = lookUp(given, supplier);
    known.set(key, { at: now, methods });
    methods.catch(() => {
      if (known.get(key)?.methods === methods) known.delete(key);
    });
    return methods;
  }

  return {
    methodOf: async (supplier, isFresh) => {
      const methods = await methodsOf(supplier, isFresh);
      const forbidden = methods.find((method) => !allowed.some((each) => each === method));
      if (forbidden !== undefined) {
        return { refused: forbiddenText(supplier, forbidden, connection) };
      }
      const method = methods.length === 1 ? allowed.find((each) => each === methods[0]) : fallback;
      if (method !== undefined) return { method };
      return {
        refused: `Concur does not tell by which method the supplier ${supplier.vendorCode} is paid, so the payment was not confirmed. Give the connector's app the scope INVVEN and see that Concur knows the supplier, or set invoicePaymentMethod of connection ${connection}; then retry.`,
      };
    },
  };
}

/** The different methods of a supplier's addresses; none where Concur tells nothing about it. */
async function lookUp(
  { vendors, lacksScope }: { vendors: Pick<VendorClient, 'find'>; lacksScope: () => Promise<boolean> },
  supplier: InvoiceSupplier,
): Promise<string[]> {
  try {
    // Several documents wait for this answer: the cancellation of one of them must not end it.
    const found = await vendors.find(supplier);
    return [...new Set(found.map(({ paymentMethodType }) => paymentMethodType?.trim().toUpperCase() ?? ''))].filter(
      (method) => method !== '',
    );
  } catch (error) {
    // 403: the app has not the scope for vendors, or the token was revoked this minute; 404: Concur has no such vendor.
    if (error instanceof Unauthorized && error.call.status === 403 && (await lacksScope())) return [];
    if (error instanceof Rejected && error.call.status === 404) return [];
    throw error;
  }
}

function forbiddenText({ vendorCode }: InvoiceSupplier, method: string, connection: string): string {
  return paidByConcur.has(method)
    ? `Concur itself pays the supplier ${vendorCode} (payment method ${method}), but the ERP has paid this invoice. The payment was not confirmed: see that the supplier is not paid twice. If the ERP is to pay this supplier, set its payment method in Concur to CLIENT; then retry.`
    : `The supplier ${vendorCode} has the payment method ${method} in Concur, which is not on the list invoicePaymentMethods of connection ${connection}. The payment was not confirmed: add the method to the list or change it in Concur; then retry.`;
}
