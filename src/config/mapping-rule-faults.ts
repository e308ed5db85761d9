import { conditionMeanings, conditionsOf, costFields, employeeFields } from '../contracts/mapping-conditions.js';
import type { RuleTarget } from '../contracts/mapping-conditions.js';
import { docTypes, type DocType } from '../contracts/documents.js';
import type { MappingPlace, MappingRule, RuleCondition } from '../contracts/mapping-rules.js';
import type { TellFault } from './mapping-fault.js';
import { codeFault } from './mapping-rows.js';
import { didYouMean } from './similar-text.js';

type At = (path: PropertyKey[]) => MappingPlace;

const codes = {
  documentType: { pattern: new RegExp(`^(${docTypes.join('|')})$`), form: docTypes.join(', ') },
  documentCurrency: { pattern: /^[A-Z]{3}$/, form: 'the three letters of ISO 4217, for example EUR' },
  currency: { pattern: /^[A-Z]{3}$/, form: 'the three letters of ISO 4217, for example EUR' },
  country: { pattern: /^[A-Z]{2}$/, form: 'the two letters of ISO 3166, for example DE' },
  billable: { pattern: /^[YN]$/, form: 'Y or N' },
  party: { pattern: /^(IBCP|CBCP|COPD)$/, form: 'IBCP, CBCP or COPD' },
} as const;

const known: readonly string[] = [...Object.keys(conditionMeanings), ...costFields];
const targetNames: Record<RuleTarget, string> = {
  account: 'an account',
  dimensions: 'a dimension',
  taxAccount: 'the account of a tax',
  vendor: 'a vendor',
  liability: 'the account of a card',
};

const isDocType = (type: string): boolean => docTypes.some((each) => each === type);

/** Documents that have such lines: a cash advance has no costs, and only reports have cards and taxes of their own. */
const typesOf: Record<RuleTarget, readonly DocType[]> = {
  account: ['expense', 'invoice'],
  dimensions: ['expense', 'invoice'],
  taxAccount: ['expense'],
  vendor: docTypes,
  liability: ['expense'],
};

/** Judges the conditions of a rule; says whether they can be used. */
export function tellConditionFaults(rule: MappingRule, at: At, tell: TellFault): boolean {
  const faults = [
    ...Object.entries(rule.when).flatMap(([name, condition]) => conditionFaults(rule, name, condition)),
    ...togetherFaults(rule),
  ];
  for (const { path, message, remedy } of faults) tell(at(path), `rule '${rule.name}': ${message}`, remedy);
  return faults.length === 0;
}

interface Fault {
  path: PropertyKey[];
  message: string;
  remedy: string;
}

function conditionFaults(rule: MappingRule, name: string, condition: RuleCondition): Fault[] {
  const path = ['when', name];
  if (employeeFields.includes(name)) {
    const message = `${name} tells of the employee, and nothing of a cost object`;
    return [{ path, message, remedy: 'declare a dimension of the employee with fromEmployee instead' }];
  }
  if (!known.includes(name)) {
    const hint = didYouMean(name, known);
    const remedy = hint === '' ? `take one of ${Object.keys(conditionMeanings).join(', ')} or a field of codes` : hint;
    return [{ path, message: `there is no condition ${name}`, remedy }];
  }
  const targets = targetsOf(rule).filter((target) => !conditionsOf[target].includes(name));
  const impossible = targets.map((target) => ({
    path,
    message: `the condition ${name} can never hold where ${targetNames[target]} is decided`,
    remedy: `remove it; there is ${conditionsOf[target].slice(0, 9).join(', ')}`,
  }));
  return [...impossible, ...valueFaults(name, condition).map((fault) => ({ path, ...fault }))];
}

const targetsOf = ({ set }: MappingRule): RuleTarget[] => Object.keys(set) as RuleTarget[];

function valueFaults(name: string, condition: RuleCondition): Pick<Fault, 'message' | 'remedy'>[] {
  const values = 'in' in condition ? condition.in : [condition.prefix];
  const form = Object.hasOwn(codes, name) ? codes[name as keyof typeof codes] : undefined;
  return values.flatMap((value) => {
    const fault = codeFault(value, { what: `value of ${name}`, limit: 64 });
    if (fault !== undefined) return [fault];
    if (form === undefined || 'prefix' in condition || form.pattern.test(value)) return [];
    return [{ message: `${name} is never ${value}`, remedy: `write ${form.form}` }];
  });
}

/** Conditions that cannot hold together, and vendors that would be a default in disguise (S92). */
function togetherFaults(rule: MappingRule): Fault[] {
  const names = Object.keys(rule.when);
  const types = rule.when['documentType'];
  const ofInvoices = names.filter((name) => /^(supplier$|lineItem|request)/.test(name));
  const ofExpenses = names.filter((name) =>
    /^(employee$|entry|report|country$|currency$|paymentType$|billable$)/.test(name),
  );
  const faults: Fault[] = [];
  const refuse = (name: string, message: string): void => {
    faults.push({ path: ['when', name], message, remedy: 'remove one of the two conditions, or write two rules' });
  };
  const [ofInvoice] = ofInvoices;
  const [ofExpense] = ofExpenses;
  if (ofInvoice !== undefined && ofExpense !== undefined) {
    refuse(ofExpense, `only invoices have ${ofInvoice}, and they have no ${ofExpense}`);
  } else if (types !== undefined && 'in' in types) {
    const isInvoiceOnly = types.in.every((type) => type === 'invoice');
    if (ofInvoice !== undefined && !types.in.includes('invoice')) refuse(ofInvoice, `only invoices have ${ofInvoice}`);
    if (ofExpense !== undefined && isInvoiceOnly) refuse(ofExpense, `invoices have no ${ofExpense}`);
    for (const target of targetsOf(rule)) {
      const bearing: readonly string[] = typesOf[target];
      if (types.in.some((type) => bearing.includes(type) || !isDocType(type))) continue;
      const message = `${targetNames[target]} is never decided for ${types.in.join(', ')}`;
      faults.push({ path: ['when', 'documentType'], message, remedy: `write ${bearing.join(' or ')}` });
    }
  }
  const isForSomebody = names.includes('employee') || names.includes('supplier');
  if (rule.set.vendor !== undefined && !isForSomebody) {
    const message = `the vendor ${rule.set.vendor} would be a default: the rule has no condition on employee or supplier`;
    faults.push({ path: ['set', 'vendor'], message, remedy: 'add a condition on employee or supplier' });
  }
  return faults;
}
