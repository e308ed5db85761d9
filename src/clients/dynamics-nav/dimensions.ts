import type { DimensionValue } from '../../contracts/erp-documents.js';
import type { BcOData } from './odata.js';
import type { BcCompany } from './options.js';
import { dimensionSetLineSchema, type DimensionSetLine } from './schemas.js';
import { asCode } from './wire-text.js';

/** The record that carries dimension set lines. */
export interface DimensionParent {
  set: 'journalLines' | 'purchaseInvoiceLines' | 'purchaseCreditMemoLines' | 'purchaseOrderLines';
  id: string;
  /** Present where the read expanded them. */
  dimensionSetLines?: DimensionSetLine[] | undefined;
}

/** Deep-insert form of dimensions: the fast path (NAV spec 9). */
export function dimensionsJson(dimensions: readonly DimensionValue[]): object {
  if (dimensions.length === 0) return {};
  return {
    dimensionSetLines: dimensions.map(({ dimension, value }) => ({
      code: asCode(dimension),
      valueCode: asCode(value),
    })),
  };
}

/** Planned dimensions that the record does not carry with our value. */
export function lostDimensions(
  planned: readonly DimensionValue[],
  actual: readonly DimensionSetLine[],
): DimensionValue[] {
  const carried = new Map(actual.map(({ code, valueCode }) => [asCode(code), asCode(valueCode)]));
  return planned.filter(({ dimension, value }) => carried.get(asCode(dimension)) !== asCode(value));
}

/** The dimensions of a draft line: as expanded, else asked for from the primary database. */
export async function dimensionsOf(
  odata: BcOData,
  company: BcCompany,
  parent: DimensionParent,
  signal: AbortSignal,
): Promise<DimensionSetLine[]> {
  if (parent.dimensionSetLines !== undefined) return parent.dimensionSetLines;
  const path = `${company.path}/${parent.set}(${parent.id})/dimensionSetLines`;
  return odata.list({ operation: 'bc.dimension-set.list', path, fresh: true, signal }, dimensionSetLineSchema);
}

/**
 * The safe order of NAV spec 9 on a line that exists: leaves equal values, PATCHes others, POSTs missing ones. May be
 * repeated: every step is keyed by the dimension.
 */
export async function settleDimensions(
  odata: BcOData,
  company: BcCompany,
  parent: DimensionParent,
  planned: readonly DimensionValue[],
  signal: AbortSignal,
): Promise<void> {
  const actual = await dimensionsOf(odata, company, { set: parent.set, id: parent.id }, signal);
  const path = `${company.path}/${parent.set}(${parent.id})/dimensionSetLines`;
  for (const { dimension, value } of lostDimensions(planned, actual)) {
    const present = actual.find(({ code }) => asCode(code) === asCode(dimension));
    const valueCode = asCode(value);
    if (present === undefined) {
      const call = { operation: 'bc.dimension-set.add', path, json: { code: asCode(dimension), valueCode }, signal };
      await odata.act('POST', call);
    } else {
      const one = `${path}(${present.id})`;
      await odata.act('PATCH', {
        operation: 'bc.dimension-set.change',
        path: one,
        ifMatch: '*',
        json: { valueCode },
        signal,
      });
    }
  }
}
