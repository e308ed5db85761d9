import type { Company, World } from './company.js';
import type { Row } from './values.js';

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'] as const;
const lateMonths = ['October', 'November', 'December'] as const;

/** The months of last year, this one and the next; a fiscal year begins in January, and last year's is closed. */
export function accountingPeriodRows(_company: Company, world: World): Row[] {
  if (world.faults['no-accounting-periods'] === true) return [];
  const year = Number(world.today().slice(0, 4));
  return [year - 1, year, year + 1].flatMap((one) =>
    [...months, ...lateMonths].map((name, index) => ({
      Starting_Date: `${one}-${String(index + 1).padStart(2, '0')}-01`,
      Name: name,
      New_Fiscal_Year: index === 0,
      Closed: one < year,
      Date_Locked: one < year,
    })),
  );
}
