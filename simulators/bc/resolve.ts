import type { Segment } from './address.js';
import { notFound } from './errors.js';
import { sees, type EntitySet, type View } from './odata-fields.js';
import type { Stored } from './records.js';
import type { RootSet } from './root-sets.js';

/** What a path below a company names: a list, a record, or an action on a record. */
export interface Target {
  set: EntitySet;
  rows: Stored[];
  /** The list hangs below a record. */
  parent?: { set: EntitySet; row: Stored };
  /** The record itself, if a key was given. */
  row?: Stored;
  /** Lower-case name of a bound action, without namespace. */
  action?: string;
}

const ACTION = /^microsoft\.nav\.(\w+)$/i;

/** Lower-case action name of a segment; letter case of actions does not matter. */
export function actionName(segment: Segment): string | undefined {
  return segment.key === undefined ? ACTION.exec(segment.name)?.[1]?.toLowerCase() : undefined;
}

/** Walks a path; a missing record and a missing set are the same 404. */
export function resolveTarget(view: View, roots: Record<string, RootSet>, segments: readonly Segment[]): Target {
  const [first, ...rest] = segments;
  const root = first !== undefined && Object.hasOwn(roots, first.name) ? roots[first.name] : undefined;
  const isMissing = first !== undefined && view.world.setUpFaults['entity-set-missing'] === first.name;
  if (first === undefined || root === undefined || isMissing) throw notFound(first?.name ?? '');
  let target = keyed({ set: root.set, rows: root.rows(view) }, first, view);
  for (const segment of rest) {
    const { row, set } = target;
    const action = actionName(segment);
    if (row === undefined || target.action !== undefined) throw notFound(segment.name);
    if (action !== undefined) {
      target = { ...target, action };
      continue;
    }
    const part = Object.hasOwn(set.parts, segment.name) ? set.parts[segment.name] : undefined;
    if (part === undefined) throw notFound(segment.name);
    target = keyed({ set: part.set, rows: part.rows(row, view), parent: { set, row } }, segment, view);
  }
  return target;
}

function keyed(list: Omit<Target, 'row' | 'action'>, segment: Segment, view: View): Target {
  if (segment.key === undefined) return list;
  const id = segment.key.replace(/^id=/, '').toLowerCase();
  const row = list.rows.find((candidate) => candidate.id === id);
  const visible = row !== undefined && list.set.keyless !== true && (!list.set.lagging || sees(view, row.createdAt));
  if (!visible) throw notFound(segment.name);
  return { ...list, row };
}
