import type { FoMasterData } from '../harness/master-data.js';
import { namedBy, type SetUpFaults } from './set-up-faults.js';
import { toDay } from './values.js';

type Dimension = FoMasterData['dimensions'][number];

/** Master data of the environment together with what its set-up makes of them. */
export interface FoSetUp extends FoMasterData {
  /** Dimensions of the active formats in order; a format that is not active is absent (section 11). */
  formats: { ledger?: readonly Dimension[]; default?: readonly Dimension[] };
  /** Name of the dimension that nobody activated, if any. */
  inactiveDimension?: string;
}

const isCalled = (dimension: Dimension, name: string | undefined): boolean =>
  dimension.name.toLowerCase() === name?.toLowerCase();

/** Throws for a fault that names a dimension or a journal name that the master data do not have. */
export function checkNames(master: FoMasterData, faults: SetUpFaults): void {
  const dimensions = master.dimensions.map(({ name }) => name);
  const journalNames = master.companies.flatMap((company) => company.journalNames.map(({ name }) => name));
  const known = {
    'dimension-not-in-format': dimensions,
    'dimension-not-activated': dimensions,
    'journal-name-missing': journalNames,
    'journal-name-wrong-type': journalNames,
  } as const;
  for (const [fault, names] of Object.entries(known)) {
    const wanted = namedBy(faults[fault as keyof typeof known])?.toLowerCase();
    if (wanted !== undefined && !names.some((name) => name.toLowerCase() === wanted))
      throw new Error(`${fault}: the master data have no ${wanted}`);
  }
}

/** The set-up as the faults leave it; the month of today is the one that a closed period closes. */
export function setUpOf(master: FoMasterData, faults: SetUpFaults, today: Date): FoSetUp {
  const unlisted = namedBy(faults['dimension-not-in-format']);
  const inactiveDimension = master.dimensions.find((one) =>
    isCalled(one, namedBy(faults['dimension-not-activated'])),
  )?.name;
  const ledger = master.dimensions.filter((one) => !isCalled(one, unlisted));
  return {
    ...master,
    companies: master.companies.map((company) => ({
      ...company,
      ...(faults['duplicates-accepted'] === true ? { invoiceNumberCheck: 'AcceptDuplicate' as const } : {}),
      ...(faults['period-closed'] === true ? { closedMonth: toDay(today).slice(0, 7) } : {}),
      ...(faults['automation-off'] === true ? { invoiceAutomation: false } : {}),
    })),
    formats: {
      ...(faults['no-ledger-format'] === true ? {} : { ledger }),
      ...(faults['no-default-format'] === true ? {} : { default: master.dimensions }),
    },
    ...(inactiveDimension === undefined ? {} : { inactiveDimension }),
  };
}
