import { z } from 'zod';
import type { DimensionSyncRules } from '../contracts/dimension-sync.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import { defaultVendorSyncRules } from '../contracts/vendor-master.js';
import type { ConnectionsFile } from './connections-schema.js';
import type { Report } from './settings-error.js';

const textSchema = z.string().min(1);
const { maximumSharePercent, minimumChanges } = defaultVendorSyncRules;

/** The dimensions of an ERP company go to lists of Concur only where this section stands (S16, S18). */
export const dimensionSyncSchema = z
  .array(
    z.strictObject({
      dimension: textSchema.describe('Code of the dimension in the ERP.'),
      concur: textSchema.describe('Name of the Concur connection that is told of the values.'),
      list: textSchema.describe('Id of the list in Concur, as its address in List Management shows it.'),
      below: textSchema
        .optional()
        .describe('In a connected list: long code of the item below which the values stand, for example the company.'),
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write hours and minutes, for example "02:30"')
        .default('02:30')
        .describe('Time of the day by the wall clock of the company, `HH:MM`; the first one of the section counts.'),
      fromConcur: z
        .enum(['off', 'propose'])
        .default('propose')
        .describe('Items of the list that the ERP does not know: `propose` asks a person, `off` leaves them alone.'),
      maximumSharePercent: z
        .number()
        .min(0)
        .max(100)
        .default(maximumSharePercent)
        .describe('Percent of the items that Concur was told of which one run may change or remove.'),
      minimumChanges: z
        .number()
        .int()
        .min(0)
        .default(minimumChanges)
        .describe('Up to so many may change or be removed in one run, whatever share that is.'),
    }),
  )
  .optional()
  .describe('Tells Concur of the values of these dimensions; no list of Concur is changed where it is left out.');
export type DimensionSync = NonNullable<z.output<typeof dimensionSyncSchema>>[number];

/** What the comparison of a dimension has to know. */
export function dimensionSyncRules(section: DimensionSync): DimensionSyncRules {
  const { dimension: _dimension, concur: _concur, at: _at, below, ...rest } = section;
  return { ...rest, ...(below === undefined ? {} : { below }) };
}

/** Rules of all dimensions that one Concur connection is told of, by `erp/company/dimension/list`. */
export function dimensionRulesOf(
  { erp }: Pick<ConnectionsFile, 'erp'>,
  concur: string,
): Record<string, DimensionSyncRules> {
  return Object.fromEntries(
    erp.flatMap(({ name, companies }) =>
      companies.flatMap(({ company, dimensionSync = [] }) =>
        dimensionSync
          .filter((section) => section.concur === concur)
          .map((one) => [`${name}/${company}/${one.dimension}/${one.list}`, dimensionSyncRules(one)] as const),
      ),
    ),
  );
}

/** Marks the dimensions whose codes in documents are those of the list items that the connector has made. */
export function withListCodes<Rule extends CompanyMapping['dimensions'][number]>(
  dimensions: readonly Rule[],
  synced: readonly DimensionSync[] = [],
): Rule[] {
  const told = new Set(synced.map(({ dimension }) => dimension.toUpperCase()));
  return dimensions.map((rule) =>
    told.has(rule.dimension.toUpperCase()) ? { ...rule, listCodes: true as const } : rule,
  );
}

/** Values of dimensions are read from Business Central only; each list and level belongs to one dimension. */
export function reportDimensionSyncFaults(
  { concur, erp }: Pick<ConnectionsFile, 'concur' | 'erp'>,
  report: Report,
): void {
  const known = concur.map(({ name }) => name);
  const taken = new Map<string, string>();
  for (const [index, { kind, companies }] of erp.entries()) {
    for (const [position, { company, dimensionSync = [] }] of companies.entries()) {
      for (const [row, section] of dimensionSync.entries()) {
        const at = ['erp', index, 'companies', position, 'dimensionSync', row];
        if (kind !== 'business-central') {
          report(
            at,
            `The values of dimensions are read from Business Central only; remove dimensionSync of ${company}`,
          );
        }
        if (!known.includes(section.concur)) {
          report(
            [...at, 'concur'],
            `${section.concur} is no Concur connection of this file; name one of them (${known.join(', ')})`,
          );
        }
        const place = [section.concur, section.list, section.below ?? ''].join(' ');
        const other = taken.get(place);
        const mine = `${section.dimension} of ${company}`;
        if (other !== undefined) {
          report(
            [...at, 'list'],
            `${mine} and ${other} would fill the same level of one list, and each would propose the other's items; give each a list, or an item of a connected list in below`,
          );
        }
        taken.set(place, mine);
      }
    }
  }
}
