import type { SandboxVendors } from './sandbox-companies.js';
import type { FoSandboxData } from './sandbox-types.js';

/** Vendor group of suppliers in the simulated F&O: only they are told to Concur, where employees are no vendors. */
export const supplierGroup = '10';
const employeeGroup = 'EMPL';

/** Concur takes no vendor without a country; here it is that of the company's currency. */
const germany = { country: 'DEU', countryIso: 'DE', city: 'Kiel', zip: '24103' };
const places: Record<string, typeof germany> = {
  USD: { country: 'USA', countryIso: 'US', city: 'Chicago', zip: '60601' },
  GBP: { country: 'GBR', countryIso: 'GB', city: 'Leeds', zip: 'LS1 4AP' },
  CHF: { country: 'CHE', countryIso: 'CH', city: 'Bern', zip: '3011' },
  CAD: { country: 'CAN', countryIso: 'CA', city: 'Halifax', zip: 'B3J 1A1' },
};

/** The vendors of one company as its F&O is given them. */
export function foVendors(
  { vendors, employees }: SandboxVendors,
  currency: string,
): FoSandboxData['companies'][number]['vendors'] {
  const ofEmployees = new Set(Object.values(employees));
  return vendors.map(({ code, name, isBlocked }) => ({
    account: code,
    name,
    group: ofEmployees.has(code) ? employeeGroup : supplierGroup,
    address: { street: '4 Harbour Street', ...(places[currency] ?? germany) },
    ...(isBlocked ? { onHold: 'Invoice' } : {}),
  }));
}
