import { Decimal } from 'decimal.js';
import type { Call } from './calls.js';
import { checkAccount } from './checks.js';
import { withDimensions } from './dimension-lines.js';
import { withDefaults } from './dimension-rules.js';
import { businessError, fieldError, notFound } from './errors.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import { kindOfDocument, type PurchaseKind } from './purchase-kinds.js';
import type { AccountRow, DimensionPair, PurchaseDocumentRow, PurchaseLineRow } from './records.js';
import type { Company } from './world.js';

/** The document that a line belongs to, with its kind. */
export function documentOfLine(
  company: Company,
  line: PurchaseLineRow,
): { kind: PurchaseKind; document: PurchaseDocumentRow } {
  const found = kindOfDocument(company, line.documentId);
  if (found === undefined) throw notFound('documentId');
  return found;
}

/**
 * Adds a line at the next sequence. It inherits the header's dimensions and the defaults of its account before its own are
 * added, so that one which is there already fails the whole insert.
 */
export function addLine(call: Call, kind: PurchaseKind, document: PurchaseDocumentRow, json: unknown): PurchaseLineRow {
  const { values, parts } = checkedBody(kind.lines, json);
  if (values['documentId'] !== undefined && values['documentId'] !== document.id) {
    throw businessError('The value for "documentId" cannot be modified.');
  }
  const highest = Math.max(0, ...document.lines.map((other) => other.sequence));
  const sequence = Number(values['sequence'] ?? highest + 10_000);
  const blank: PurchaseLineRow = {
    ...call.world.newRecord(),
    documentId: document.id,
    sequence,
    ...{ lineType: 'Comment', accountNumber: '', description: '', description2: '', taxCode: '' },
    ...{ unitCost: '0', quantity: '0', dimensions: [] },
  };
  const changed = { ...blank, ...changedLine(call, blank, values) };
  const inherited = changed.lineType === 'Comment' ? [] : inheritedBy(call, document.dimensions, changed);
  const line = { ...changed, dimensions: withDimensions(call, inherited, parts['dimensionSetLines'] ?? []) };
  kind.table(call.company).update(document, { lines: [...document.lines, line] });
  return line;
}

/** PATCH of a line of a draft. Another account brings its default dimensions. */
export function updateLine(call: Call, line: PurchaseLineRow, json: unknown): PurchaseLineRow {
  const { kind } = documentOfLine(call.company, line);
  const { values } = checkedBody(kind.lines, json);
  if (values['documentId'] !== undefined) throw businessError('The value for "documentId" cannot be modified.');
  if (values['sequence'] !== undefined && values['sequence'] !== line.sequence) {
    throw businessError('The value for sequence cannot be modified. Delete and insert the line again.');
  }
  const patch = changedLine(call, line, values);
  const hasNewAccount = patch.accountNumber !== undefined && patch.accountNumber !== line.accountNumber;
  const dimensions = hasNewAccount ? inheritedBy(call, line.dimensions, { ...line, ...patch }) : line.dimensions;
  return replaceLine(call, line, { ...patch, dimensions });
}

/** DELETE of a line of a draft. */
export function deleteLine(call: Call, line: PurchaseLineRow): void {
  const { kind, document } = documentOfLine(call.company, line);
  kind.table(call.company).update(document, { lines: document.lines.filter((other) => other.id !== line.id) });
}

/** Puts a changed line in the place of the old one, with a new etag. */
export function replaceLine(call: Call, line: PurchaseLineRow, patch: Partial<PurchaseLineRow>): PurchaseLineRow {
  const { kind, document } = documentOfLine(call.company, line);
  const modifiedAt = call.world.desk.now().toISOString();
  const changed: PurchaseLineRow = { ...line, ...patch, version: line.version + 1, modifiedAt };
  kind.table(call.company).update(document, {
    lines: document.lines.map((other) => (other.id === line.id ? changed : other)),
  });
  return changed;
}

function inheritedBy(
  { world, company }: Call,
  present: readonly DimensionPair[],
  { accountNumber }: PurchaseLineRow,
): DimensionPair[] {
  const account = company.accounts.find((row) => row.number === accountNumber);
  return withDefaults(world, company, present, account && { parentType: 'Account', parentId: account.id });
}

function changedLine(
  { world, company }: Call,
  line: PurchaseLineRow,
  values: Record<string, Scalar>,
): Partial<PurchaseLineRow> {
  const patch: Partial<PurchaseLineRow> = {};
  for (const name of ['description', 'description2', 'taxCode'] as const) {
    if (values[name] !== undefined) patch[name] = String(values[name]);
  }
  const price = values['unitCost'] ?? values['directUnitCost'];
  if (price !== undefined) patch.unitCost = decimal('Direct Unit Cost', String(price));
  if (values['quantity'] !== undefined) patch.quantity = decimal('Quantity', String(values['quantity']));
  const account = namedAccount(company, values);
  const implied = account === undefined ? line.lineType : 'Account';
  const lineType = String(values['lineType'] ?? implied);
  if (lineType !== 'Comment' && lineType !== 'Account') throw businessError(`${lineType} does not exist.`);
  if (account !== undefined) {
    if (lineType === 'Comment') throw fieldError('Type must not be Comment in Purchase Line with a No.');
    checkAccount(world, account);
    patch.accountNumber = account.number;
  }
  return { ...patch, lineType };
}

function namedAccount(company: Company, values: Record<string, Scalar>): AccountRow | undefined {
  const [number, id] = [values['lineObjectNumber'], values['accountId']];
  if ((number === undefined || number === '') && id === undefined) return undefined;
  const account = company.accounts.find(
    (row) => (number === undefined || row.number === number) && (id === undefined || row.id === id),
  );
  if (account === undefined) throw businessError('Account does not exist.');
  return account;
}

function decimal(name: string, text: string): string {
  const value = new Decimal(text);
  if (value.decimalPlaces() > 5) throw fieldError(`${name} must not have more than 5 decimal places: ${text}`);
  return value.toFixed();
}
