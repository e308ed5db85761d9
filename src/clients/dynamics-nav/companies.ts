import { Rejected } from '../http/errors.js';
import { createKept } from '../http/kept.js';
import type { BcOData } from './odata.js';
import type { BcAdapterOptions, BcCompany } from './options.js';
import { companySchema } from './schemas.js';

export interface BcCompanies {
  /**
   * Finds a company by its exact name, whatever characters it has; the id is asked for once. Throws `Rejected` for a
   * company that is not configured or that Business Central does not list: nothing is ever defaulted (S50).
   */
  resolve(name: string, signal: AbortSignal): Promise<BcCompany>;
  /** Forgets the id, which changes when an environment is copied. */
  forget(name: string): void;
}

/** Resolves company names to ids over `GET companies`, matched here because names may hold any character. */
export function createCompanies(options: BcAdapterOptions, odata: BcOData): BcCompanies {
  const ids = createKept<string>(Infinity, { now: () => 0 });
  return {
    async resolve(name, signal) {
      const settings = Object.hasOwn(options.companies, name) ? options.companies[name] : undefined;
      const call = { operation: 'bc.companies.list', path: 'companies', signal };
      const facts = { system: odata.system, operation: call.operation };
      if (settings === undefined) {
        throw new Rejected(`The company “${name}” is not configured for this connection.`, facts, 'company-missing');
      }
      const id = await ids.get(name, async () => {
        const found = (await odata.list(call, companySchema)).find((company) => company.name === name)?.id;
        if (found === undefined) {
          throw new Rejected(`Business Central has no company “${name}”.`, facts, 'company-missing');
        }
        return found;
      });
      return { name, path: `companies(${id})`, settings };
    },
    forget(name) {
      ids.forget(name);
    },
  };
}
