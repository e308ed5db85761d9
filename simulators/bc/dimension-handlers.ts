import type { Call } from './calls.js';
import { addedDimension, withOtherValue } from './dimension-lines.js';
import { businessError, notFound } from './errors.js';
import { journalOfLine, replaceLine as replaceJournalLine } from './journal-lines.js';
import { refuseClosed } from './purchase-documents.js';
import { purchaseKinds, type PurchaseKind } from './purchase-kinds.js';
import { documentOfLine, replaceLine } from './purchase-lines.js';
import type { DimensionPair, JournalLineRow, PurchaseDocumentRow, PurchaseLineRow, Stored } from './records.js';
import type { Target } from './resolve.js';
import type { DimensionLineRow } from './sets-dimensions.js';
import type { WriteHandlers } from './write-handlers.js';

/** Writes of dimension lines; those of posted entries are read-only. */
export const dimensionHandlers: WriteHandlers = {
  create: (call, target, json) => {
    const { pair, dimensions } = addedDimension(call, dimensionsOf(target), json);
    const parent = setDimensions(call, target, dimensions, pair.code);
    return dimensionRow(call, target, { ...parent, dimensions: [pair] }, pair.code);
  },
  update: (call, target, row, json) => {
    const { code } = (row as DimensionLineRow).pair;
    const parent = setDimensions(call, target, withOtherValue(call, dimensionsOf(target), code, json), code);
    return dimensionRow(call, target, parent, code);
  },
  remove: (call, target, row) => {
    const { code } = (row as DimensionLineRow).pair;
    const others = dimensionsOf(target).filter((pair) => pair.code !== code);
    setDimensions(call, target, others, code);
  },
};

type DimensionParent = Stored & { dimensions: DimensionPair[] };

/** All sets with a `dimensionSetLines` part keep their dimensions under this name. */
function parentOf(target: Target): DimensionParent {
  if (target.parent === undefined) {
    throw businessError('You must get to the parent first to create a dimension set line.');
  }
  return target.parent.row as DimensionParent;
}

function dimensionsOf(target: Target): DimensionPair[] {
  return parentOf(target).dimensions;
}

function setDimensions(call: Call, target: Target, dimensions: DimensionPair[], code: string): DimensionParent {
  const parent = parentOf(target);
  const set = target.parent?.set.name ?? '';
  if (set === 'journalLines') {
    const line = parent as JournalLineRow;
    call.key = `${call.company.name}/${journalOfLine(call.company, line).code}/${line.lineNumber}/${code}`;
    return replaceJournalLine(call, line, { dimensions });
  }
  const kinds: PurchaseKind[] = Object.values(purchaseKinds);
  if (kinds.some((kind) => kind.lines.name === set)) {
    const line = parent as PurchaseLineRow;
    const { kind, document } = documentOfLine(call.company, line);
    call.key = `${kind.key(call.company, document)}/${line.sequence}/${code}`;
    refuseClosed(call, document);
    return replaceLine(call, line, { dimensions });
  }
  const kind = kinds.find((each) => each.set.name === set);
  if (kind !== undefined) {
    const document = parent as PurchaseDocumentRow;
    call.key = `${kind.key(call.company, document)}/${code}`;
    refuseClosed(call, document);
    return kind.table(call.company).update(document, { dimensions });
  }
  call.world.desk.violation(call.operation, `dimensions of posted entries changed: ${code}`);
  throw businessError(
    `Parent with ID ${parent.id} does not exist or dimension set lines are read only for parent type ${target.parent?.set.type}.`,
  );
}

function dimensionRow(call: Call, target: Target, parent: DimensionParent, code: string): DimensionLineRow {
  const part = target.parent?.set.parts['dimensionSetLines'];
  const shown = part?.rows(parent, call.view) as DimensionLineRow[] | undefined;
  const row = shown?.find((candidate) => candidate.pair.code === code);
  if (row === undefined) throw notFound('dimensionSetLines');
  return row;
}
