import type { SeededRandom } from './seeded-random.js';

/** The invented firm whose documents the sandbox generates: companies, people, suppliers, accounts and cost objects. */
export type SampleEntities = readonly [SampleEntity, ...SampleEntity[]];

export interface SampleEntity {
  companyCode: string;
  currency: string;
  /** Digits after the point of its currency; 2 unless given. */
  decimals?: 0 | 3;
  country: string;
  /** Authority, reclaim code, tax code and rate in percent; amounts of several taxes are each of the same net. */
  taxes: readonly SampleTax[];
}

export interface SampleTax {
  authority: string;
  reclaimCode: string;
  taxCode: string | null;
  rate: number;
}

export const entities: readonly [SampleEntity, SampleEntity, SampleEntity, SampleEntity] = [
  { companyCode: 'US01', currency: 'USD', country: 'US', taxes: [] },
  {
    companyCode: 'DE01',
    currency: 'EUR',
    country: 'DE',
    taxes: [{ authority: 'DEVAT', reclaimCode: 'V1', taxCode: null, rate: 19 }],
  },
  {
    companyCode: 'GB01',
    currency: 'GBP',
    country: 'GB',
    taxes: [{ authority: 'GBVAT', reclaimCode: 'SR', taxCode: 'S20', rate: 20 }],
  },
  {
    companyCode: 'CA01',
    currency: 'CAD',
    country: 'CA',
    taxes: [
      { authority: 'CAGST', reclaimCode: 'GR', taxCode: 'G5', rate: 5 },
      { authority: 'CAPSK', reclaimCode: 'PR', taxCode: 'P6', rate: 6 },
    ],
  },
];

/** Companies whose currencies have no or three digits after the point; only the single cases have them. */
export const oddEntities = {
  yen: {
    companyCode: 'JP01',
    currency: 'JPY',
    decimals: 0,
    country: 'JP',
    taxes: [{ authority: 'JPCTX', reclaimCode: 'CT', taxCode: 'C10', rate: 10 }],
  },
  dinar: { companyCode: 'KW01', currency: 'KWD', decimals: 3, country: 'KW', taxes: [] },
} as const satisfies Record<string, SampleEntity>;

export const expenseTypes = [
  { code: 'LODNG', name: 'Hotel', account: '6100' },
  { code: 'AIRFR', name: 'Airfare', account: '6110' },
  { code: 'TRAIN', name: 'Train', account: '6115' },
  { code: 'TAXIX', name: 'Taxi', account: '6120' },
  { code: 'BUSML', name: 'Business meal', account: '6130' },
  { code: 'CARRT', name: 'Car rental', account: '6140' },
  { code: 'PARKG', name: 'Parking', account: '6145' },
  { code: 'OFSUP', name: 'Office supplies', account: '6300' },
] as const;

export const invoiceTypes = [
  { code: '2000   ', name: 'Material', account: '7100', text: 'Printed circuit boards' },
  { code: '2100   ', name: 'Consulting', account: '7200', text: 'Consulting hours' },
  { code: '2200   ', name: 'Marketing', account: '7300', text: 'Trade fair stand' },
  { code: '2300   ', name: 'Hardware', account: '7400', text: 'Docking stations' },
  { code: '2400   ', name: 'Facility', account: '7500', text: 'Cleaning of the offices' },
] as const;

export const balanceAccounts = { advance: '1620', personalCard: '1910', payroll: '2240', expensePay: '2250' } as const;

const businessUnits = ['BU-10', 'BU-20', 'BU-30'] as const;
const departments = ['410', '420', '430', '440', '450'] as const;
const costCenters = ['CC-1001', 'CC-1002', 'CC-2001', 'CC-2002', 'CC-3001'] as const;
const projects = ['P-0101', 'P-0102', 'P-0203'] as const;

export interface SamplePerson {
  id: string;
  first: string;
  last: string;
  entity: SampleEntity;
}

const firstNames = [
  'Ada',
  'Bruno',
  'Chiara',
  'Dorit',
  'Emil',
  'Farah',
  'Goran',
  'Hanna',
  'Ivo',
  'Jutta',
  'Kofi',
  'Lene',
];
const lastNames = [
  'Albrecht',
  'Brandt',
  'Castell',
  'Dorn',
  'Ebner',
  'Falk',
  'Gruber',
  'Hollis',
  'Iversen',
  'Jansen',
  'Kessler',
];
const supplierNames = [
  'Nordlicht Print',
  'Baker & Oak',
  'Solvent Cloud',
  'Alpenblick Catering',
  'Harbour Legal',
  'Quill Paper',
];

/** The n-th employee; every seventh has an e-mail address as id, as in many Concur companies. */
export function samplePerson(index: number, companies: SampleEntities): SamplePerson {
  const first = firstNames[index % firstNames.length] ?? 'Ada';
  const last = lastNames[Math.floor(index / 3) % lastNames.length] ?? 'Dorn';
  const entity = companies[index % companies.length] ?? companies[0];
  const number = String(10_001 + index);
  const id = index % 7 === 6 ? `${first}.${last}.${number}@firm.example`.toLowerCase() : `KX${number}`;
  return { id, first, last, entity };
}

export function sampleSupplier(index: number): { code: string; name: string } {
  const name = supplierNames[index % supplierNames.length] ?? 'Quill Paper';
  return { code: `S-${20_001 + index}`, name: `${name} ${index + 1}` };
}

/** Cost objects as free codes with their display values; a project only now and then. */
export function sampleCostObjects(random: SeededRandom): Record<string, string | null> {
  const project = random.chance(40) ? random.pick(projects) : null;
  return {
    allocationCustom1Code: random.pick(businessUnits),
    allocationCustom1Value: 'Business unit',
    allocationCustom2Code: random.pick(departments),
    allocationCustom2Value: 'Department',
    allocationCustom3Code: random.pick(costCenters),
    allocationCustom3Value: 'Cost centre',
    allocationCustom4Code: project,
    allocationCustom4Value: null,
    allocationCustom5Code: null,
  };
}
