import type { Command } from 'commander';
import { createEmployeeClient, type Employee } from '../clients/concur/employee-client.js';
import { createExpenseReportClient } from '../clients/concur/expense-report-client.js';
import { createInvoiceDigestClient, type InvoiceDigest } from '../clients/concur/invoice-digest-client.js';
import { createPaymentRequestClient } from '../clients/concur/payment-request-client.js';
import { createReceiptImageClient } from '../clients/concur/receipt-image-client.js';
import { createVendorClient } from '../clients/concur/vendor-client.js';
import { ExternalSystemError, Rejected, Unauthorized } from '../clients/http/errors.js';
import type { HttpClient } from '../clients/http/types.js';
import { concurHttp } from '../composition/concur-connection.js';
import { assembleParts } from '../composition/parts.js';
import type { ConcurConnection } from '../config/connections-schema.js';
import type { Connections } from '../config/load-connections.js';
import { concurScopes, type ConcurFeature } from '../contracts/concur-scopes.js';
import { messageNames } from '../contracts/messages.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';
import { createLogger } from '../observability/logger.js';
import { createLeaseStore } from '../store/lease-store.js';
import { Unreachable, UsageError } from './failure.js';
import { findInstallation, withDatabase, withTemporal } from './installation.js';

interface Common {
  connection?: string;
  config?: string;
  json?: boolean;
}

/** Reads of single records in Concur, for operators; nothing is changed there. */
export function addConcurCommands(program: Command): void {
  const concur = program.command('concur').description('Look into Concur. Nothing is changed there.');
  const add = (call: string, description: string): Command =>
    concur
      .command(call)
      .description(description)
      .option('--connection <name>', 'Concur connection of the connections file; needed where it names several')
      .option('--config <file>', 'connections file; the sandbox where it is left out')
      .option('--json', 'as JSON');
  add('invoice <requestId>', 'Shows an invoice: both statuses, amounts, vendor.').action(showInvoice);
  add('invoices', 'Lists the invoices that were created in a time.')
    .requiredOption('--from <day>', 'first day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'last day, YYYY-MM-DD')
    .option('--payment-status <code>', "only this payment status, the company's code")
    .option('--approval-status <code>', "only this approval status, the company's code")
    .action(listInvoices);
  add('report <reportId>', 'Shows the header of an expense report.').action(showReport);
  add('image <kind> <id>', 'Tells where an image can be opened; kind is invoice or report.').action(showImage);
  add('employee <employeeNumber>', 'Shows an employee, and which attributes a missing scope hides.').action(
    showEmployee,
  );
  add('vendor <vendorCode>', 'Shows all addresses of a vendor.').action(showVendor);
}

async function showInvoice(requestId: string, options: Common): Promise<void> {
  const invoice = await look(options, 'invoice-payments', (http) =>
    createPaymentRequestClient(http).read({ requestId }),
  );
  show(invoice, options, () => printFacts(invoice));
}

interface ListOptions extends Common {
  from: string;
  to: string;
  paymentStatus?: string;
  approvalStatus?: string;
}

async function listInvoices(options: ListOptions): Promise<void> {
  const { from, to, paymentStatus, approvalStatus } = options;
  const query = {
    from,
    to,
    ...(paymentStatus === undefined ? {} : { paymentStatus }),
    ...(approvalStatus === undefined ? {} : { approvalStatus }),
  };
  const found = await look(options, 'invoice-payments', (http) => createInvoiceDigestClient(http).search(query));
  show(found, options, () => {
    if (found.length === 0) console.log(`Concur has no such invoice from ${from} to ${to}.`);
    for (const invoice of found) console.log(lineOf(invoice));
  });
}

function lineOf(invoice: InvoiceDigest): string {
  const { requestId, invoiceNumber = '', total = '', currencyCode = '', vendorName = '' } = invoice;
  return [
    requestId.padEnd(20),
    (invoice.createdAt ?? '').slice(0, 10).padEnd(10),
    invoiceNumber.padEnd(24),
    `${total} ${currencyCode}`.padStart(18),
    (invoice.approvalStatusCode ?? '').padEnd(8),
    (invoice.paymentStatusCode ?? '').padEnd(8),
    vendorName,
  ].join('  ');
}

async function showReport(reportId: string, options: Common): Promise<void> {
  const report = await look(options, 'reconciliation', (http) =>
    createExpenseReportClient(http).readHeader({ reportId }),
  );
  show(report, options, () => printFacts(report));
}

async function showImage(kind: string, id: string, options: Common): Promise<void> {
  if (kind !== 'invoice' && kind !== 'report') throw new UsageError('An image belongs to an invoice or to a report.');
  const link = await look(options, 'images', (http) => {
    const images = createReceiptImageClient(http);
    return kind === 'invoice' ? images.invoiceImage({ requestId: id }) : images.reportImage({ entryReceiptId: id });
  });
  const url = link.reveal();
  show({ ...link, url }, options, () => console.log(url));
  const minutes = Math.round(link.expiresInSeconds / 60);
  console.error(`For ${minutes} minutes this address opens the image for anybody: do not pass it on.`);
}

async function showEmployee(employeeNumber: string, options: Common): Promise<void> {
  const found = await look(options, 'employees', (http) => createEmployeeClient(http).find({ employeeNumber }));
  if (found.length === 0) {
    throw new UsageError(
      `Concur has no employee with the number ${employeeNumber}, or the scope identity.user.enterprise.read is missing.`,
    );
  }
  show(found, options, () => found.forEach(printEmployee));
}

function printEmployee({ missing, ...facts }: Employee): void {
  printFacts(facts);
  for (const { attribute, scope } of missing) {
    console.log(`  ${attribute} is hidden: the app has not been given the scope ${scope}.`);
  }
}

async function showVendor(vendorCode: string, options: Common): Promise<void> {
  const found = await look(options, 'vendors', (http) => createVendorClient(http).find({ vendorCode }));
  if (found.length === 0) throw new UsageError(`Concur has no vendor with the code ${vendorCode}.`);
  show(found, options, () => found.forEach(({ rest: _rest, ...facts }) => printFacts(facts)));
}

/** Runs one read with the stored token of the connection; failures become sentences. */
async function look<T>(options: Common, feature: ConcurFeature, read: (http: HttpClient) => Promise<T>): Promise<T> {
  const { connections } = findInstallation(options.config);
  const concur = chosenConnection(connections.file.concur, options.connection);
  return withDatabase(connections, async (db) => {
    const leases = createLeaseStore(db);
    try {
      const logger = createLogger({ level: 'error', name: 'concur' });
      const parts = assembleParts({ connections, db, leases, logger, stopping: AbortSignal.timeout(120_000) });
      return await read(concurHttp(parts, concur, (name) => askKeeper(connections, name)));
    } catch (error) {
      throw explained(error, concur.name, feature);
    } finally {
      leases.close();
    }
  });
}

/**
 * The connection that is meant: the named one, or the only one.
 * @throws UsageError
 */
export function chosenConnection<Connection extends Pick<ConcurConnection, 'name'>>(
  known: readonly Connection[],
  name: string | undefined,
): Connection {
  const chosen = name === undefined && known.length === 1 ? known[0] : known.find((one) => one.name === name);
  if (chosen !== undefined) return chosen;
  const names = known.map((one) => one.name).join(', ');
  throw new UsageError(
    name === undefined
      ? `Say which Concur company is meant with --connection; the file names ${names}.`
      : `There is no Concur connection ${name}; the file names ${names}.`,
  );
}

/** What failed in a sentence, with what to do where that is known; defects stay what they are. */
export function explained(error: unknown, connection: string, feature: ConcurFeature): unknown {
  if (error instanceof RangeError) return new UsageError(`${error.message}.`);
  if (!(error instanceof ExternalSystemError)) return error;
  if (error instanceof Rejected && error.code === '404') return new UsageError(error.message);
  if (error.call.operation === 'authorize') {
    const remedy = `Try again in a minute. If the company was never connected, or is parked: concur-dynamics credentials concur --connection ${connection}`;
    return new Unreachable(`${error.message}\n${remedy}`);
  }
  if (!(error instanceof Unauthorized)) return new Unreachable(error.message);
  const scopes = concurScopes.filter((row) => row.feature === feature).map(({ scope }) => scope);
  return new Unreachable(`${error.message}\nThe app needs for this: ${scopes.join(', ')}.`);
}

/** The keeper is the one writer of tokens; here it is only asked. */
async function askKeeper(connections: Connections, name: string): Promise<void> {
  await withTemporal(connections, (client) =>
    client.workflow.getHandle(tokenKeeperWorkflowId(name)).signal(messageNames.refreshNow),
  );
}

function show(value: unknown, { json }: Common, print: () => void): void {
  if (json) console.log(JSON.stringify(value, null, 2));
  else print();
}

function printFacts(facts: object): void {
  for (const [name, value] of Object.entries(facts) as [string, unknown][]) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text !== '' && text !== '[]') console.log(`${labelOf(name).padEnd(26)}${text}`);
  }
}

/** `purchaseOrderNumber` → `purchase order number`. */
const labelOf = (name: string): string => name.replace(/[A-Z]|\d+$/g, (part) => ` ${part.toLowerCase()}`);
