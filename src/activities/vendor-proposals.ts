import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ConcurVendor, VendorClient } from '../clients/concur/vendor-client.js';
import { vendorKey } from '../contracts/mapping-rules.js';
import type { FindVendorProposalsInput, FromConcur, ProposalPlace, ProposedVendor } from '../contracts/proposals.js';
import { proposalKey, unknownVendors } from '../mapping/vendor-master/unknown-vendors.js';
import { clearAlertCause } from '../store/alert-store.js';
import { appendAudit } from '../store/audit-store.js';
import { answerProposal, listProposals, storeProposals } from '../store/proposal-store.js';
import { toldCodes } from '../store/told-vendors.js';
import { readResolutions } from '../store/vendor-store.js';
import { readVendorReading } from '../store/vendor-reading-store.js';
import type { SharedDependencies } from './dependencies.js';
import { alert, runUnattended } from './run-step.js';

/** What is done with the vendors that Concur knows and one company does not. */
export interface ProposalRules {
  fromConcur: FromConcur;
  /** Vendor codes that the mapping of the company leads to accounts. */
  mappedCodes: readonly string[];
  /** Vendor group of the company in Concur; left out where companies share their vendors. */
  group?: string;
  /** So many may be created without a person in one run; more wait for one. */
  maximumCreated: number;
}

export interface VendorProposalDependencies extends SharedDependencies {
  connection: string;
  vendors: VendorClient;
  /** By `erp/company`. */
  proposalRules: Record<string, ProposalRules>;
}

/** The part of the vendor sync that asks Concur for vendors which the ERP does not know; on the queue of the connection. */
export function createVendorProposalActivities(deps: VendorProposalDependencies) {
  return {
    /**
     * Compares all vendors of Concur with what the run has read from the ERP, and stores those that the ERP does not know for a
     * person (C9). Where the company is set to `create`, a few of which nothing in the ERP is alike are accepted at once.
     */
    async findVendorProposals(input: FindVendorProposalsInput): Promise<{ open: number; toCreate: number }> {
      const { erp, company } = input;
      const rules = deps.proposalRules[`${erp}/${company}`];
      if (rules === undefined || rules.fromConcur === 'off') return { open: 0, toCreate: 0 };
      return runUnattended(deps, `vendors of Concur connection ${deps.connection}`, async () => {
        const reading = await readVendorReading(deps.db, input.run);
        // From a read that is gone or empty nobody may conclude that the ERP knows no vendor.
        if (reading.vendors.length === 0) return { open: 0, toCreate: 0 };
        const vendors = await allVendors(deps);
        const told = await toldCodes(deps.db, deps.connection);
        const mapped = new Set([...rules.mappedCodes, ...(await resolvedCodes(deps, erp, company))]);
        const scope = rules.group === undefined ? {} : { group: rules.group };
        const unknown = unknownVendors({ vendors, reading, told, mapped, ...scope });
        const found = unknown.map((facts) => ({ key: proposalKey(facts), facts }));
        await storeProposals(deps.db, 'vendor', input, found);
        if (rules.fromConcur === 'create') await acceptByRule(deps, input, rules.maximumCreated);
        const all = await listProposals(deps.db, 'vendor', input, ['open', 'accepted', 'creating']);
        const open = all.filter(({ state }) => state === 'open').length;
        await tellOpen(deps, input, open);
        return { open, toCreate: all.length - open };
      });
    },
  };
}

/** Suppliers of which a person has said which account they are (S89). */
async function resolvedCodes({ db }: VendorProposalDependencies, erp: string, company: string): Promise<string[]> {
  const prefix = vendorKey(erp, company, 'supplier', '');
  const keys = Object.keys(await readResolutions(db));
  return keys.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
}

/** There is no filter by change: all pages (platform spec 3). */
async function allVendors({ vendors }: VendorProposalDependencies): Promise<ConcurVendor[]> {
  const found: ConcurVendor[] = [];
  let offset: string | undefined;
  do {
    const page = await vendors.list({ signal: cancellationSignal(), ...(offset === undefined ? {} : { offset }) });
    found.push(...page.vendors);
    offset = page.next;
    heartbeat();
  } while (offset !== undefined);
  return found;
}

/** A vendor that may be one of the ERP's, or that was refused before, is a person's question; so are too many at once. */
async function acceptByRule(
  { db }: VendorProposalDependencies,
  place: ProposalPlace,
  maximumCreated: number,
): Promise<void> {
  const open = await listProposals<ProposedVendor>(db, 'vendor', place, ['open']);
  const clear = open.filter(({ facts, message }) => facts.candidates === undefined && message === undefined);
  if (clear.length > maximumCreated) return;
  for (const { id, facts } of clear) {
    const { erp, company } = place;
    await answerProposal(db, id, { answer: 'accept', by: 'vendorSync.fromConcur' });
    const data = { vendorProposal: id, answer: 'accept', by: 'vendorSync.fromConcur', erp, company, ...facts };
    await appendAudit(db, { documentId: undefined, kind: 'message', actor: 'connector', data });
  }
}

/** Once per cause; the alert ends when nothing is left to judge (S87). */
export async function tellOpen(deps: SharedDependencies, place: ProposalPlace, open: number): Promise<void> {
  const { concur, erp, company } = place;
  const cause = `vendor-proposals: ${concur}: ${erp}/${company}`;
  if (open === 0) {
    await clearAlertCause(deps.db, cause);
    return;
  }
  const message = `${open} vendors of Concur company ${concur} are unknown in ${erp}/${company}. Accept or reject each of them: \`concur-dynamics vendors proposals\` shows them.`;
  await alert(deps, cause, message, undefined);
}
