import { z } from 'zod';
import { unapply } from './applications.js';
import { cancelInvoice } from './credit-memo-posting.js';
import { actOnOrder } from './order-events.js';
import { orderMark } from './purchase-kinds.js';
import type { InvoiceRow, VendorEntryRow } from './records.js';
import type { Company, World } from './world.js';

const orderSchema = z.strictObject({
  company: z.string(),
  number: z.string(),
  act: z.enum(['release', 'reopen', 'receive', 'invoice', 'delete']),
  /** Share of what is still to come, for `receive`. */
  share: z
    .string()
    .regex(/^(?:0?\.\d+|1)$/)
    .default('1'),
});
const entrySchema = z.strictObject({
  company: z.string(),
  /** Number of a posted invoice, credit memo or payment. */
  number: z.string(),
  act: z.enum(['cancel', 'unapply']),
});

/** An order as a person sees it. */
export interface OrderReport {
  company: string;
  number: string;
  vendor: string;
  /** Text of the first comment line. */
  mark: string;
  released: boolean;
}

/** All orders that are not yet invoiced in full. */
export function openOrders(world: World): OrderReport[] {
  return world.companies.flatMap(({ name, orders }) =>
    orders.all().map((order) => {
      const { draftNumber: number, vendorNumber: vendor, released } = order;
      return { company: name, number, vendor, mark: orderMark(order), released };
    }),
  );
}

/** What a person of the company does with an order, behind the connector's back. Throws for what does not exist. */
export function clerkOnOrder(world: World, body: unknown): void {
  const { company: name, number, act, share } = orderSchema.parse(body);
  const company = companyNamed(world, name);
  const order = company.orders.find((row) => row.draftNumber === number);
  if (order === undefined) throw new Error(`Unknown order: ${number}`);
  done(world, () => {
    actOnOrder(world, company, order, act, share);
  });
}

/**
 * What a person does with posted documents: `cancel` takes an invoice back by a corrective credit memo, `unapply` takes back
 * every application of an entry, so that what was paid or credited is open again. Throws for what does not exist.
 */
export function clerkOnEntry(world: World, body: unknown): void {
  const { company: name, number, act } = entrySchema.parse(body);
  const company = companyNamed(world, name);
  done(world, () => {
    if (act === 'cancel') cancelInvoice(world, company, invoiceNumbered(company, number));
    else unapply(world, company, entryNumbered(company, number));
  });
}

function done(world: World, work: () => void): void {
  const mark = world.undo.mark();
  try {
    work();
  } catch (error) {
    world.undo.rollBackTo(mark);
    throw error;
  }
  world.undo.commit();
  world.desk.changed();
}

function companyNamed(world: World, name: string): Company {
  const company = world.company(name);
  if (company === undefined) throw new Error(`Unknown Business Central company: ${name}`);
  return company;
}

function invoiceNumbered(company: Company, number: string): InvoiceRow {
  const invoice = company.invoices.find((row) => row.postedNumber === number);
  if (invoice === undefined) throw new Error(`Unknown posted invoice: ${number}`);
  return invoice;
}

function entryNumbered(company: Company, number: string): VendorEntryRow {
  const entry = company.vendorEntries.find((row) => row.documentNumber === number);
  if (entry === undefined) throw new Error(`Unknown vendor ledger entry: ${number}`);
  return entry;
}
