import { z } from 'zod';
import { defaultVendorSyncRules } from '../contracts/vendor-master.js';
import type { VendorSyncRules } from '../contracts/vendor-master.js';
import type { ConnectionsFile } from './connections-schema.js';
import type { Report } from './settings-error.js';

const textSchema = z.string().min(1);
const { addressCode, paymentMethodType, maximumSharePercent, minimumChanges } = defaultVendorSyncRules;
const placeholders = ['{COMPANY}', '{company}', '{account}'];

/** The vendors of an ERP company go to Concur only where this section stands (S17, S18). */
export const vendorSyncSchema = z
  .strictObject({
    concur: textSchema.describe('Name of the Concur connection that is told of the vendors.'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write hours and minutes, for example "02:00"')
      .optional()
      .describe(
        'Time of the day by the wall clock of the company, `HH:MM`; 02:00 where neither this nor `everyHours` is given.',
      ),
    everyHours: z
      .number()
      .positive()
      .max(168)
      .optional()
      .describe('So many hours from one run to the next, instead of `at`.'),
    addressCode: z
      .string()
      .max(64)
      .refine(
        (code) => !/[{}]/.test(placeholders.reduce((rest, each) => rest.replaceAll(each, ''), code)),
        `knows only ${placeholders.join(', ')} in braces`,
      )
      .default(addressCode)
      .describe(
        'Address code of a vendor that is new to Concur: `{COMPANY}` is the company in upper case, `{company}` as it is written, `{account}` the vendor account.',
      ),
    group: textSchema
      .max(255)
      .optional()
      .describe('Vendor group in Concur that the vendors of this company belong to; it must exist there.'),
    paymentMethodType: z
      .enum(['CLIENT', 'CARD', 'WIRE'])
      .default(paymentMethodType)
      .describe(
        'Payment method of a vendor that is new to Concur; never one by which Concur pays. That of others stays.',
      ),
    vendorGroups: z
      .array(textSchema)
      .min(1)
      .optional()
      .describe(
        'Vendor groups of the ERP that are told; all where it is left out. A vendor that leaves them is blocked in Concur. Not for Business Central, whose API does not tell groups.',
      ),
    fromConcur: z
      .enum(['off', 'propose', 'create'])
      .default('propose')
      .describe(
        'Vendors that Concur knows and the ERP does not: `propose` asks a person, `create` creates those of which the ERP has none alike, blocked for payment (Business Central only), `off` leaves them alone.',
      ),
    maximumSharePercent: z
      .number()
      .min(0)
      .max(100)
      .default(maximumSharePercent)
      .describe(
        'Percent of the vendors that Concur knows which one run may change or block; more is held back for a person.',
      ),
    minimumChanges: z
      .number()
      .int()
      .min(0)
      .default(minimumChanges)
      .describe('Up to so many may change or be blocked in one run, whatever share that is.'),
  })
  .refine(
    ({ at, everyHours }) => at === undefined || everyHours === undefined,
    'give either at or everyHours, not both',
  )
  .optional()
  .describe('Tells Concur of the vendors of this company; nothing is created in Concur where it is left out.');
export type VendorSync = NonNullable<z.output<typeof vendorSyncSchema>>;

/** What the comparison of vendors has to know. */
export function vendorSyncRules(section: VendorSync): VendorSyncRules {
  const {
    group,
    vendorGroups,
    concur: _concur,
    at: _at,
    everyHours: _everyHours,
    fromConcur: _from,
    ...rest
  } = section;
  return {
    ...rest,
    ...(group === undefined ? {} : { group }),
    ...(vendorGroups === undefined ? {} : { vendorGroups }),
  };
}

/**
 * Vendors can only be told to a Concur connection that the file describes, and chosen by group only where the ERP tells groups:
 * API v2.0 of Business Central does not, so that every vendor would seem to have left them (NAV spec 8).
 */
export function reportVendorSyncFaults({ concur, erp }: Pick<ConnectionsFile, 'concur' | 'erp'>, report: Report): void {
  const known = concur.map(({ name }) => name);
  for (const [index, { kind, companies }] of erp.entries()) {
    for (const [position, { company, vendorSync }] of companies.entries()) {
      if (vendorSync === undefined) continue;
      const at = ['erp', index, 'companies', position, 'vendorSync'];
      if (!known.includes(vendorSync.concur)) {
        const names = known.join(', ');
        report(
          [...at, 'concur'],
          `${vendorSync.concur} is no Concur connection of this file; name one of them (${names})`,
        );
      }
      if (kind !== 'business-central' && vendorSync.fromConcur === 'create') {
        report(
          [...at, 'fromConcur'],
          `The connector creates vendors in Business Central only; write propose, so that a person enters them in ${company}`,
        );
      }
      if (kind === 'business-central' && vendorSync.vendorGroups !== undefined) {
        report(
          [...at, 'vendorGroups'],
          `Business Central does not tell the groups of its vendors, so that every vendor of ${company} would be blocked in Concur; remove vendorGroups`,
        );
      }
    }
  }
}
