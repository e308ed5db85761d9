import type { CompanyMapping, MappingPlace, MappingRules } from '../contracts/mapping-rules.js';
import { daysText } from './code-lookup.js';
import { mappingEntries } from './mapping-entries.js';

/** One difference between two versions of a mapping. */
export interface MappingChange {
  /** `erp/company`; `rules` for what holds for all of them. */
  company: string;
  table: string;
  /** Code of Concur with its days, or the name of what has changed. */
  row: string;
  /** Absent where the row is new. */
  before?: string;
  /** Absent where the row is gone. */
  after?: string;
  /** In the newer version, or in the older one where the row is gone. */
  place?: MappingPlace;
}

interface Fact {
  table: string;
  row: string;
  value: string;
  place?: MappingPlace;
}

/** What has changed from one version to another, company by company, table by table, row by row. Moved rows have not changed. */
export function mappingChanges(before: MappingRules, after: MappingRules): MappingChange[] {
  const nameOf = ({ erp, company }: CompanyMapping): string => `${erp}/${company}`;
  const names = [...new Set([...before.companies, ...after.companies].map(nameOf))];
  const companyIn = (rules: MappingRules, name: string): CompanyMapping | undefined =>
    rules.companies.find((each) => nameOf(each) === name);
  return [
    ...changesOf('rules', shared(before), shared(after)),
    ...names.flatMap((name) => changesOf(name, factsOf(companyIn(before, name)), factsOf(companyIn(after, name)))),
  ];
}

function changesOf(company: string, before: readonly Fact[], after: readonly Fact[]): MappingChange[] {
  const keyOf = ({ table, row }: Fact): string => JSON.stringify([table, row]);
  const [old, now] = [
    new Map(before.map((fact) => [keyOf(fact), fact])),
    new Map(after.map((fact) => [keyOf(fact), fact])),
  ];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): MappingChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    const fact = is ?? was;
    if (fact === undefined || was?.value === is?.value) return [];
    const { table, row, place } = fact;
    return [
      {
        ...{ company, table, row },
        ...(was === undefined ? {} : { before: was.value }),
        ...(is === undefined ? {} : { after: is.value }),
        ...(place === undefined ? {} : { place }),
      },
    ];
  });
}

/** Everything that decides in one company, as rows that can be compared. */
function factsOf(mapping: CompanyMapping | undefined): Fact[] {
  if (mapping === undefined) return [];
  const { currency, isTest, postingDate, routes, journalNames, vendors, employees, accounts, rules = [] } = mapping;
  const settings = { currency, isTest, postingDate, routes, journalNames };
  const same = { vendors, employees, accounts };
  return [
    ...Object.entries(settings).map(([row, value]) => ({ table: 'company', row, value: text(value) })),
    ...Object.entries(same).map(([table, { sameCode }]) => ({ table, row: 'sameCode', value: text(sameCode) })),
    ...mappingEntries(mapping).map(({ table, concur, erp, dimension, place, from, to }) => {
      const days =
        from === undefined && to === undefined ? [] : [daysText({ ...(from && { from }), ...(to && { to }) })];
      const target = table.startsWith('rule ') && dimension !== undefined ? [dimension] : [];
      const row = [concur, ...target, ...days].filter((part) => part !== '').join(' ');
      return { table, row, value: erp, ...(place === undefined ? {} : { place }) };
    }),
    ...mapping.dimensions.map(({ dimension, from, fromEmployee = [], required, sameCode }) => ({
      table: `dimension ${dimension}`,
      row: 'fields',
      value: text({ from, fromEmployee, required, sameCode }),
    })),
    ...rules.map(({ name, when, place }) => ({
      ...{ table: `rule '${name}'`, row: 'conditions', value: text(when) },
      ...(place === undefined ? {} : { place }),
    })),
    ...(rules.length === 0 ? [] : [{ table: 'rules', row: 'order', value: rules.map(({ name }) => name).join(', ') }]),
  ];
}

/** What holds for all companies. */
function shared({ legalEntity, payingEntity = [], inputTaxIn, zeroDocuments }: MappingRules): Fact[] {
  const ofRules = (table: string, list: MappingRules['legalEntity']): Fact[] =>
    list.flatMap(({ path, docTypes = [], codes }) =>
      Object.entries(codes).map(([code, { erp, company }]) => ({
        ...{ table, value: `${erp}/${company}` },
        row: [path, ...docTypes, code].join(' '),
      })),
    );
  return [
    ...ofRules('legalEntity', legalEntity),
    ...ofRules('payingEntity', payingEntity),
    ...Object.entries({ inputTaxIn, zeroDocuments }).flatMap(([row, value]) =>
      value === undefined ? [] : [{ table: 'rules', row, value }],
    ),
  ];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
