import type { z } from 'zod';
import type { MappingPlace } from '../contracts/mapping-rules.js';

/** One fault of a mapping: where it stands, what is wrong, what to do. */
export interface MappingFault extends MappingPlace {
  /** A warning does not keep the connector from starting. */
  severity: 'fault' | 'warning';
  message: string;
  remedy: string;
}

/** Notes a fault. */
export type TellFault = (
  place: MappingPlace,
  message: string,
  remedy: string,
  severity?: MappingFault['severity'],
) => void;

/** Collects faults in the order in which they are found; that of a table which several companies read is told once. */
export function newFaults(): { list: MappingFault[]; tell: TellFault } {
  const list: MappingFault[] = [];
  const told = new Set<string>();
  return {
    list,
    tell: ({ file, line }, message, remedy, severity = 'fault') => {
      const fault = JSON.stringify([file, line, message, severity]);
      if (told.has(fault)) return;
      told.add(fault);
      list.push({ file, line, severity, message, remedy });
    },
  };
}

/** A fault as a line of text: `file:line: message; remedy`. */
export const faultText = ({ file, line, message, remedy }: MappingFault): string =>
  `${file}:${line}: ${message}; ${remedy}`;

/** Tells what the schema refuses, with a remedy that fits. */
export function tellIssue(
  issue: z.core.$ZodIssue,
  at: (path: readonly PropertyKey[]) => MappingPlace,
  tell: TellFault,
): void {
  const path = issue.path.map(String).join('.') || 'the file';
  const place = at(issue.path);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const remedy =
        key === 'default'
          ? 'nothing is posted to a default here: map the code, or write a rule with a condition'
          : 'correct its spelling or remove it';
      tell(at([...issue.path, key]), `${path} has no setting ${key}`, remedy);
    }
    return;
  }
  if (issue.code === 'invalid_type' && /received undefined/.test(issue.message)) {
    tell(place, `${path} is missing`, 'add it');
    return;
  }
  if (issue.code === 'invalid_type') {
    const isUnquoted = issue.expected === 'string' && /number|boolean/.test(issue.message);
    const kind = issue.expected === 'record' || issue.expected === 'object' ? 'settings' : `a ${issue.expected}`;
    const remedy = isUnquoted ? 'put the value in quotes' : `write ${kind}`;
    tell(place, `${path} has a value of the wrong kind (${issue.message.toLowerCase()})`, remedy);
    return;
  }
  tell(place, `${path} has a value that is not allowed`, remedyOf(issue));
}

/** The parser's own words say what is wrong; a person wants to be told what to write. */
function remedyOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_format' && issue.format === 'date') {
    return 'write year, month and day, for example 2026-01-31';
  }
  if (issue.code === 'too_small' && issue.minimum === 1) return 'write at least one, or remove the setting';
  if (issue.code === 'invalid_value') return `write ${issue.values.map(String).join(', or ')}`;
  return issue.message;
}
