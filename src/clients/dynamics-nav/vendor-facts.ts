import { Rejected } from '../http/errors.js';
import type { BcClock, BcCompany } from './options.js';
import { vendorSchema, type DefaultDimension } from './schemas.js';
import type { ReadChain } from './shared-reads.js';
import { asCode, canExist, fieldLengths } from './wire-text.js';

/** What posting to a vendor depends on. */
export interface VendorFacts {
  /** Empty, `Payment` or `All` (NAV spec 8). */
  blocked: string;
  currency: string;
  /** Absent where the connector may not read them. */
  defaults?: DefaultDimension[];
}

export interface BcVendors {
  /**
   * Those of the vendors that exist, by number. One that may be posted to is kept for a minute, and Business Central itself refuses
   * to post to one that is blocked meanwhile; all others are asked for anew.
   */
  read(company: BcCompany, numbers: readonly string[], signal: AbortSignal): Promise<Map<string, VendorFacts>>;
}

const keptMs = 60_000;
/** How long a refusal of the default dimensions is remembered. */
const refusedMs = 60 * 60_000;

/** Vendors with their default dimensions in one read (NAV spec 8, 9); without them where Business Central refuses these. */
export function createVendors(readChain: ReadChain, clock: BcClock): BcVendors {
  const kept = new Map<string, { facts: VendorFacts; until: number }>();
  const plainUntil = new Map<string, number>();

  const ask = (company: BcCompany, values: readonly string[], query: Record<string, string>, signal: AbortSignal) =>
    readChain({
      operation: 'bc.vendors.check',
      path: `${company.path}/vendors`,
      field: 'number',
      values,
      query,
      fresh: true,
      row: vendorSchema,
      valueOf: ({ number }) => number,
      signal,
    });

  async function rowsOf(company: BcCompany, values: readonly string[], signal: AbortSignal) {
    if (values.length === 0) return [];
    if ((plainUntil.get(company.path) ?? 0) > clock.now()) return ask(company, values, {}, signal);
    try {
      return await ask(company, values, { $expand: 'defaultDimensions' }, signal);
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const rows = await ask(company, values, {}, signal);
      plainUntil.set(company.path, clock.now() + refusedMs);
      return rows;
    }
  }

  return {
    async read(company, numbers, signal) {
      const found = new Map<string, VendorFacts>();
      for (const [key, { until }] of kept) if (until <= clock.now()) kept.delete(key);
      const asked = [...new Set(numbers.map(asCode))].filter((number) => canExist(number, fieldLengths.number));
      for (const number of asked) {
        const known = kept.get(`${company.path}/${number}`);
        if (known !== undefined) found.set(number, known.facts);
      }
      const unknown = asked.filter((number) => !found.has(number));
      for (const { number, blocked, currencyCode: currency, defaultDimensions } of await rowsOf(
        company,
        unknown,
        signal,
      )) {
        const defaults = defaultDimensions === undefined ? {} : { defaults: defaultDimensions };
        const facts: VendorFacts = { blocked, currency, ...defaults };
        found.set(asCode(number), facts);
        // A rule about dimensions may be what a document waits for: it must count as soon as it is changed.
        const isPlain = blocked === '' && (defaultDimensions ?? []).length === 0;
        if (isPlain) kept.set(`${company.path}/${asCode(number)}`, { facts, until: clock.now() + keptMs });
      }
      return found;
    },
  };
}
