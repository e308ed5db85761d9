import { z } from 'zod';
import { capabilitiesOf } from '../contracts/erp-capabilities.js';
import type { PurchaseOrderRules } from '../contracts/purchase-orders.js';
import type { ConnectionsFile } from './connections-schema.js';
import { codeMapSchema, secondsSchema } from './setting-schemas.js';
import type { Report } from './settings-error.js';

const textSchema = z.string().min(1);
const orderField = /^(ledgerCode|policyExternalId|vendorCode|custom([1-9]|1\d|2[0-4]))$/;

/** Purchase orders of Concur reach an ERP company only where this section stands (NAV spec 13). */
export const purchaseRequestsSchema = z
  .strictObject({
    concur: textSchema.describe('Name of the Concur connection whose purchase orders come to this company.'),
    when: z
      .strictObject({
        field: z
          .string()
          .regex(orderField, 'is ledgerCode, policyExternalId, vendorCode or custom1 to custom24')
          .describe(
            'Field of the order in Concur that tells the company: `ledgerCode`, `policyExternalId`, `vendorCode` or `custom1` to `custom24`.',
          ),
        codes: z.array(textSchema).min(1).describe('Its codes that mean this company.'),
      })
      .optional()
      .describe(
        'Needed where several companies take orders of one connection; without it this company takes all of them.',
      ),
    expenseTypes: codeMapSchema.describe(
      'Expense type of an order line to ledger account; account codes go through `mapping.accounts`.',
    ),
    shippingAccount: textSchema
      .max(20)
      .optional()
      .describe(
        'Ledger account of shipping costs, which Concur keeps in the header; without it such an order is held.',
      ),
    markerField: z
      .enum(['shipToContact', 'none'])
      .default('shipToContact')
      .describe(
        'Header field of the order that repeats the request id, so that the order is found by it; `none` where people need the field.',
      ),
    removedInErp: z
      .enum(['raise', 'close'])
      .default('raise')
      .describe(
        'What happens when a person removes the order in the ERP: a change record for a person, or Concur is told to close its order. Nothing is deleted.',
      ),
    checkSeconds: secondsSchema
      .default(86_400)
      .describe('Seconds between two looks at Concur and the ERP, for changes of an order that stands there.'),
  })
  .optional()
  .describe(
    'Takes purchase orders of Concur, for requests whose ids were imported; switched off where it is left out.',
  );

type ErpCompanies = Pick<ConnectionsFile, 'erp'>;

const sectionsOf = ({ erp }: ErpCompanies) =>
  erp.flatMap((connection, index) =>
    connection.companies.flatMap((company, position) => {
      const section = 'purchaseRequests' in company ? company.purchaseRequests : undefined;
      return section === undefined
        ? []
        : [{ connection, company: company.company, section, at: ['erp', index, 'companies', position] }];
    }),
  );

/** How orders of all Concur connections reach ERP companies; empty where no company has the section. */
export function purchaseOrderRules(file: ErpCompanies): PurchaseOrderRules[] {
  return sectionsOf(file).map(({ connection, company, section }) => {
    const { when, shippingAccount, checkSeconds: _checkSeconds, ...rest } = section;
    return {
      ...rest,
      erp: connection.name,
      company,
      ...(when === undefined ? {} : { when }),
      ...(shippingAccount === undefined ? {} : { shippingAccount }),
    };
  });
}

/** Seconds between two looks at the requests of a Concur connection: the shortest of its companies. */
export function purchaseCheckSeconds(file: ErpCompanies, concur: string): number {
  const sections = sectionsOf(file).filter(({ section }) => section.concur === concur);
  return Math.min(86_400 * 7, ...sections.map(({ section }) => section.checkSeconds));
}

/** Orders need a known connection, an ERP that takes them, and one company each. */
export function reportPurchaseFaults(file: Pick<ConnectionsFile, 'concur' | 'erp'>, report: Report): void {
  const known = file.concur.map(({ name }) => name);
  const sections = sectionsOf(file);
  for (const { connection, section, at } of sections) {
    const place = [...at, 'purchaseRequests'];
    if (!capabilitiesOf(connection).purchaseOrders) {
      report(
        place,
        `the connector cannot write purchase orders to ${connection.name} (${connection.kind}); remove the section`,
      );
    }
    if (!known.includes(section.concur)) {
      report(
        [...place, 'concur'],
        `${section.concur} is no Concur connection of this file; name one of them (${known.join(', ')})`,
      );
    }
    const others = sections.filter((each) => each.section !== section && each.section.concur === section.concur);
    if (section.when === undefined && others.length > 0) {
      report(
        place,
        `several companies take orders of ${section.concur}: say with \`when\` which orders are of this one`,
      );
    }
  }
}
