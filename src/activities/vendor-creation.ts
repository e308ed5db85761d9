import { cancellationSignal } from '@temporalio/activity';
import { ContractViolation, OutcomeUnknown } from '../clients/http/errors.js';
import { RateLimited, Rejected, Unauthorized, Unavailable } from '../clients/http/errors.js';
import type { ErpVendorCreation } from '../contracts/erp-port.js';
import type { NewErpVendor, Proposal, ProposalPlace, ProposedVendor, SimilarVendor } from '../contracts/proposals.js';
import { newErpVendor } from '../mapping/vendor-master/unknown-vendors.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import { beginCreation, creationAgeMs, endCreation, listProposals, undoCreation } from '../store/proposal-store.js';
import { rememberProposed } from '../store/told-vendors.js';
import type { ErpDependencies } from './dependencies.js';
import { waitBeforeNextLook } from './guarded-writes.js';
import { runUnattended } from './run-step.js';
import { tellOpen } from './vendor-proposals.js';

/** The part of the vendor sync that creates vendors in the ERP; on its queue. */
export function createVendorCreationActivities(deps: ErpDependencies) {
  return {
    /**
     * Creates the vendors that were accepted, each once, blocked for payment (C9). Looks before it creates: what may be a vendor
     * of the ERP goes back to a person. After an unknown outcome it looks again until the waits have passed. What was created is
     * remembered as told, so that it does not go back to Concur as a change.
     */
    async createProposedVendors(place: ProposalPlace): Promise<{ created: number }> {
      const creation = deps.port.vendorCreation;
      if (creation === undefined) return { created: 0 };
      return runUnattended(deps, `${deps.port.name}/${place.company}`, async () => {
        const waiting = await listProposals<ProposedVendor>(deps.db, 'vendor', place, ['creating', 'accepted']);
        let created = 0;
        for (const proposal of waiting) if (await createOne(deps, creation, proposal)) created += 1;
        await tellOpen(deps, place, (await listProposals(deps.db, 'vendor', place, ['open'])).length);
        return { created };
      });
    },
  };
}

/** @returns whether the ERP holds the vendor now */
async function createOne(
  deps: ErpDependencies,
  creation: ErpVendorCreation,
  proposal: Proposal<ProposedVendor>,
): Promise<boolean> {
  const { id, company, facts, state } = proposal;
  const { vendor, problems } = newErpVendor(facts);
  if (problems.length > 0) return giveBack(deps, proposal, problems.join(' '));
  const similar = await creation.look(company, vendor, cancellationSignal());
  if (state === 'creating') {
    const ours = similar.find((one) => isSame(one, vendor));
    if (ours !== undefined) return settle(deps, proposal, ours.account);
    const waitMs = waitBeforeNextLook(deps.lookAgainSeconds, await creationAgeMs(deps.db, id));
    if (waitMs > 0) {
      const words = 'The answer to the creation of a vendor was lost and it is not there yet; it is looked for again.';
      throw new OutcomeUnknown(words, { system: deps.port.name, operation: 'vendor.create' }, waitMs);
    }
  }
  if (similar.length > 0) {
    const names = similar.map((one) => `${one.account} ${one.name}`).join(', ');
    return giveBack(deps, proposal, `The ERP may have it already: ${names}. Accept it with --account, or reject it.`);
  }
  await beginCreation(deps.db, id);
  try {
    const { account } = await creation.create(company, vendor, cancellationSignal());
    return await settle(deps, proposal, account);
  } catch (error) {
    return judge(deps, proposal, error);
  }
}

/** Adopted after a lost answer: the name and the tax number are ours, and the account where we gave one. */
const isSame = (found: SimilarVendor, { name, taxId = '' }: NewErpVendor): boolean =>
  found.name === name && found.taxId === taxId;

async function judge(deps: ErpDependencies, proposal: Proposal<ProposedVendor>, error: unknown): Promise<boolean> {
  if (error instanceof Rejected) return giveBack(deps, proposal, error.message);
  const notExecuted = error instanceof RateLimited || error instanceof Unauthorized || error instanceof Unavailable;
  if (notExecuted) await undoCreation(deps.db, proposal.id, 'accepted');
  // An answer that cannot be read is an unknown outcome as well: the vendor may stand there.
  if (error instanceof ContractViolation) {
    const call = { system: deps.port.name, operation: 'vendor.create', cause: error };
    throw new OutcomeUnknown(error.message, call, waitBeforeNextLook(deps.lookAgainSeconds, 0));
  }
  if (error instanceof OutcomeUnknown) {
    throw new OutcomeUnknown(error.message, error.call, waitBeforeNextLook(deps.lookAgainSeconds, 0));
  }
  throw error;
}

async function settle(
  { db }: ErpDependencies,
  { id, concur, erp, company, facts }: Proposal<ProposedVendor>,
  account: string,
): Promise<true> {
  await inTransaction(db, async (client) => {
    await endCreation(client, id, account);
    await rememberProposed(client, { concur, erp, company }, account, facts);
    const { vendorCode, addressCode, name } = facts;
    const data = { vendor: account, created: 'from Concur', concur, erp, company, vendorCode, addressCode, name };
    await appendAudit(client, { documentId: undefined, kind: 'write', actor: 'connector', data });
  });
  return true;
}

async function giveBack({ db }: ErpDependencies, { id }: Proposal<ProposedVendor>, message: string): Promise<false> {
  await undoCreation(db, id, 'open', message);
  return false;
}
