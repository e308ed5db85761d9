import { canonicalJson } from '../contracts/canonical-json.js';
import type {
  CompanyMapping,
  EffectiveDays,
  LegalEntityRule,
  MappingPlace,
  MappingRule,
  MappingRules,
} from '../contracts/mapping-rules.js';
import { daysText } from './code-lookup.js';
import { mappingEntries, type MappingEntry } from './mapping-entries.js';

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
  const { kind, currency, isTest, postingDate, routes, journalNames, vendors, employees, accounts } = mapping;
  const { rules = [], procurementCategories: categories } = mapping;
  const settings = { kind, currency, isTest, postingDate, routes, journalNames };
  const same = { vendors, employees, accounts };
  return [
    ...Object.entries(settings).map(([row, value]) => ({ table: 'company', row, value: text(value) })),
    ...Object.entries(same).map(([table, { sameCode }]) => ({ table, row: 'sameCode', value: text(sameCode) })),
    ...(categories === undefined ? [] : [hierarchyOf(categories)]),
    ...mappingEntries({ ...mapping, rules: [] }).map((entry) => entryFact(entry)),
    ...mapping.dimensions.map(({ dimension, from, fromEmployee = [], required, sameCode, listCodes = false }) => ({
      table: `dimension ${dimension}`,
      row: 'fields',
      value: text({ from, fromEmployee, required, sameCode, listCodes }),
    })),
    ...(mapping.dimensions.length < 2
      ? []
      : [
          orderOf(
            'dimensions',
            mapping.dimensions.map((each) => each.dimension),
          ),
        ]),
    ...rules.flatMap(ruleFacts),
    ...(rules.length === 0
      ? []
      : [
          orderOf(
            'rules',
            rules.map(({ name }) => name),
          ),
        ]),
  ];
}

/** A ledger account and a vendor account of the same number are not the same. */
function entryFact({ table, concur, erp, kind, place, ...days }: MappingEntry): Fact {
  const isLiability = ['cardPrograms', 'paymentTypes', 'cardLiabilities'].includes(table);
  return {
    table,
    row: [concur, ...daysOf(days)].filter((part) => part !== '').join(' '),
    value: isLiability ? `${kind === 'vendor' ? 'vendor' : 'ledger'} ${erp}` : erp,
    ...(place === undefined ? {} : { place }),
  };
}

/** Each thing that a rule says by itself: it may set several. */
function ruleFacts({ name, when, set: { dimensions = {}, liability, ...codes }, place, ...days }: MappingRule): Fact[] {
  const said = {
    conditions: text(when),
    ...(daysOf(days).length === 0 ? {} : { days: daysOf(days).join() }),
    ...codes,
    ...(liability === undefined ? {} : { liability: Object.entries(liability).flat().join(' ') }),
    ...Object.fromEntries(Object.entries(dimensions).map(([dimension, value]) => [`dimension ${dimension}`, value])),
  };
  return Object.entries(said).map(([row, value]) => ({
    ...{ table: `rule '${name}'`, row, value },
    ...(place === undefined ? {} : { place }),
  }));
}

const daysOf = ({ from, to }: EffectiveDays): string[] =>
  from === undefined && to === undefined
    ? []
    : [daysText({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) })];

const orderOf = (table: string, names: readonly string[]): Fact => ({ table, row: 'order', value: names.join(', ') });

const hierarchyOf = ({ hierarchy, unit }: NonNullable<CompanyMapping['procurementCategories']>): Fact => ({
  ...{ table: 'procurementCategories', row: 'hierarchy and unit' },
  value: `${hierarchy}, ${unit}`,
});

/** What holds for all companies. */
function shared({ legalEntity, payingEntity = [], inputTaxIn, zeroDocuments }: MappingRules): Fact[] {
  const nameOf = ({ path, docTypes = [] }: LegalEntityRule): string => [path, ...docTypes].join(' ');
  const ofRules = (table: string, list: readonly LegalEntityRule[]): Fact[] => [
    ...list.flatMap((rule) =>
      Object.entries(rule.codes).map(([code, { erp, company }]) => ({
        ...{ table, value: `${erp}/${company}` },
        row: `${nameOf(rule)} ${code}`,
      })),
    ),
    ...(list.length < 2 ? [] : [orderOf(table, list.map(nameOf))]),
  ];
  return [
    ...ofRules('legalEntity', legalEntity),
    ...ofRules('payingEntity', payingEntity),
    ...Object.entries({ inputTaxIn, zeroDocuments }).flatMap(([row, value]) =>
      value === undefined ? [] : [{ table: 'rules', row, value }],
    ),
  ];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));
