import { z } from 'zod';
import type { ErpDimensionValue } from '../../contracts/dimension-sync.js';
import { Rejected } from '../http/errors.js';
import type { BcOData } from './odata.js';
import type { BcCompany } from './options.js';
import { dimensionSchema } from './schemas.js';
import { asCode, quoted } from './wire-text.js';

const valueRow = z.object({ code: z.string().min(1), displayName: z.string().default('') });

/**
 * All values of one dimension. The API shows neither which are blocked nor which only structure the others, so that all of them
 * are offered (NAV spec 9). Throws `Rejected` for a dimension that the company does not have: nothing may be concluded from that.
 */
export async function readDimensionValues(
  odata: BcOData,
  company: BcCompany,
  dimension: string,
  signal: AbortSignal,
  heartbeat: () => void,
): Promise<ErpDimensionValue[]> {
  const read = { fresh: true, signal, onPage: heartbeat };
  const [found] = await odata.list(
    {
      ...read,
      operation: 'bc.dimensions.find',
      path: `${company.path}/dimensions`,
      query: { $filter: `code eq ${quoted(asCode(dimension))}` },
    },
    dimensionSchema,
  );
  if (found === undefined) {
    throw new Rejected(
      `Dimension ${dimension} does not exist in ${company.name}.`,
      { system: odata.system, operation: 'bc.dimensions.find' },
      'dimension-unusable',
    );
  }
  const rows = await odata.list(
    {
      ...read,
      operation: 'bc.dimension-values.read',
      path: `${company.path}/dimensions(${found.id})/dimensionValues`,
      query: { $orderby: 'code' },
    },
    valueRow,
  );
  return rows.map(({ code, displayName }) => ({ code: asCode(code), name: displayName.trim(), offered: true }));
}
