import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BcCompanyUse } from '../../src/clients/dynamics-nav/set-up/bc-set-up.js';
import { createBcSetUpCheck } from '../../src/clients/dynamics-nav/set-up/set-up-check.js';
import type { SetUpFinding } from '../../src/clients/set-up-finding.js';
import { capabilitiesOf, capabilitySentences } from '../../src/contracts/erp-capabilities.js';
import type { FakeBc } from './bc-fake.js';
import { journal, stage } from './bc-stage.js';

const signal = new AbortController().signal;
const use = (bc: FakeBc, changes: Partial<BcCompanyUse> = {}): BcCompanyUse => ({
  company: bc.companyName,
  currency: 'EUR',
  today: '2026-08-21',
  routes: { expense: 'bc-general-journal', invoice: 'bc-purchase-invoice' },
  dimensions: ['Department'],
  paymentSource: 'analytics',
  ledgerPages: bc.pages,
  ...changes,
});

async function findings(bc: FakeBc, changes: Partial<BcCompanyUse> = {}): Promise<SetUpFinding[]> {
  const address = { tenant: 'contoso.example', environment: 'Sandbox-1' };
  const capabilities = capabilitySentences(capabilitiesOf({ kind: 'business-central' }));
  const { access, others } = createBcSetUpCheck(
    { name: 'bc', ...address, capabilities, companies: [use(bc, changes)] },
    bc,
  );
  const found = [];
  for (const { look } of [access, ...others]) found.push(...(await look(signal)));
  return found;
}

/** A company that has posted something. */
async function healthy(): Promise<FakeBc> {
  const { bc, write } = stage();
  await write(journal(bc));
  bc.journals.push({ id: 'default', code: 'DEFAULT', displayName: '', templateDisplayName: 'GENERAL' });
  bc.calls.length = 0;
  return bc;
}

const of = (found: SetUpFinding[], check: RegExp): SetUpFinding[] => found.filter((one) => check.test(one.check));

describe('The set-up of Business Central', () => {
  it('S53, S127: a healthy company fails nowhere, each of the nine entities is told, and only reads leave', async () => {
    const bc = await healthy();
    const found = await findings(bc);
    assert.deepEqual(
      found.filter(({ status }) => status === 'fail'),
      [],
    );
    for (const entity of [
      'vendors',
      'purchaseOrders',
      'purchaseInvoices',
      'salesInvoices',
      'generalLedgerEntries',
      'dimensions',
      'employees',
      'accounts',
      'journals',
    ]) {
      assert.equal(of(found, new RegExp(`^${entity}, `)).length, 1, entity);
    }
    assert.ok(bc.calls.every(({ method }) => method === 'GET'));
    assert.match(of(found, /^capabilities/)[0]!.found, /local currency only/);
    assert.match(of(found, /^number series/)[0]!.found, /must be empty/);
  });

  it('S53: a right that is missing is named with its permission set; it fails only where documents need it', async () => {
    const bc = await healthy();
    const message =
      'Sorry, the current permissions prevented the action. You do not have the following permissions on TableData Vendor: Read.';
    bc.faults.push({ operation: 'bc.set-up.vendors', as: { status: 400, code: 'Internal_ServerError', message } });
    bc.faults.push({ operation: 'bc.set-up.employees', as: { status: 400, code: 'Internal_ServerError', message } });
    const found = await findings(bc);
    const [vendors] = of(found, /^vendors, /);
    assert.equal(vendors!.status, 'fail');
    assert.match(vendors!.remedy!, /D365 VENDOR, EDIT/);
    assert.equal(of(found, /^employees, /)[0]!.status, 'warn');
  });

  it('S50: a company whose name is written otherwise is not taken for another one', async () => {
    const bc = await healthy();
    const check = createBcSetUpCheck(
      {
        name: 'bc',
        tenant: 'contoso.example',
        environment: 'Sandbox-1',
        capabilities: [],
        companies: [use(bc, { company: 'Cronus' })],
      },
      bc,
    );
    const [missing] = await check.access.look(signal);
    assert.equal(missing!.status, 'fail');
    assert.match(missing!.remedy!, /not Display Name/);
  });

  it('S95, S101: another currency, a closed posting range, an unknown dimension and a missing app each stop documents', async () => {
    const bc = await healthy();
    Object.assign(bc, { currency: 'GBP', allowPostingTo: '2026-07-31' });
    const gone = { status: 404, code: 'BadRequest_NotFound', message: 'No route.' };
    bc.faults.push({ operation: 'bc.set-up.payments', as: gone });
    const found = await findings(bc, { dimensions: ['Department', 'Project'] });
    const told = (check: RegExp) => of(found, check).map(({ status, found: text }) => `${status} ${text}`)[0]!;
    assert.match(told(/^ledger/), /^fail .*kept in GBP/);
    assert.match(told(/^posting range/), /^fail .*to 2026-07-31; today, 2026-08-21/);
    assert.match(told(/^dimensions of/), /^fail Project does not exist/);
    assert.match(told(/^payment source/), /^fail There is no analytics API/);
  });

  it('NAV spec 7: an API without the action to post is told before anything is written', async () => {
    const bc = await healthy();
    bc.postable = ['journal'];
    const [actions] = of(await findings(bc), /^posting actions/);
    assert.equal(actions!.status, 'fail');
    assert.match(actions!.found, /purchaseInvoice, purchaseCreditMemo/);
    const [journals] = of(await findings(bc, { routes: { expense: 'bc-general-journal' } }), /^posting actions/);
    assert.equal(journals!.status, 'ok');
  });

  it('NAV spec 10: a configured template without batches is doubtful', async () => {
    const bc = await healthy();
    const [template] = of(await findings(bc, { journalTemplate: 'CONCUR' }), /^journal template/);
    assert.equal(template!.status, 'warn');
  });
});
