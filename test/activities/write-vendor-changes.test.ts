import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApplicationFailure } from '@temporalio/common';
import { createVendorMasterActivities } from '../../src/activities/write-vendor-changes.js';
import type { ConcurVendor } from '../../src/clients/concur/vendor-client.js';
import { createVendorClient } from '../../src/clients/concur/vendor-client.js';
import type { HttpClient } from '../../src/clients/http/types.js';
import { RateLimited, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import type { ToldVendor, VendorChange, VendorRecord } from '../../src/contracts/vendor-master.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { vendorReport } from '../../src/store/vendor-master-store.js';
import { planVendorRun } from '../../src/store/vendor-plan-store.js';
import { beginVendorReading, storeVendorReading } from '../../src/store/vendor-reading-store.js';
import { listToldVendors } from '../../src/store/told-vendors.js';
import { fakeVendors, type Fate } from './fake-vendors.js';
import { inActivity, openStage, type Stage } from './stage.js';

const place = { concur: 'acme', erp: 'fo', company: 'usmf' };
const call = { system: 'concur', operation: 'vendor.find' };
const lookAgainSeconds = [300];

function change(
  account: string,
  changes: Partial<Omit<VendorChange, 'record'>> & { record?: Partial<VendorRecord> } = {},
): VendorChange {
  const { record, ...rest } = changes;
  return {
    kind: 'create',
    account,
    hash: `hash of ${account}`,
    changed: ['vendorName'],
    ...rest,
    record: {
      vendorCode: account,
      addressCode: `USMF-${account}`,
      vendorName: `Vendor ${account}`,
      countryCode: 'US',
      currencyCode: 'USD',
      paymentMethodType: 'CLIENT',
      approved: true,
      ...record,
    },
  };
}

/** The same vendor as Concur would hold it. */
const standing = (account: string, changes: Partial<ConcurVendor> = {}): ConcurVendor => ({
  vendorCode: account,
  addressCode: `USMF-${account}`,
  vendorName: `Vendor ${account}`,
  countryCode: 'US',
  currencyCode: 'USD',
  paymentMethodType: 'CLIENT',
  approved: true,
  groups: [],
  ...changes,
});

describe('writing vendor changes to Concur', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  /** A planned run with these changes; `write` is one call of the activity. */
  async function planned(changes: VendorChange[], vendors = fakeVendors(), company = crypto.randomUUID().slice(0, 8)) {
    const run = crypto.randomUUID();
    // Unless it is given, each run has a company of its own: an earlier one's changes are not taken over.
    const where = { ...place, company, run };
    let known: ToldVendor[] = [];
    await storeVendorReading(stage.db, where, { vendors: [], unreadable: [] }, await beginVendorReading(stage.db));
    await planVendorRun(stage.db, { ...where, dryRun: false, force: false }, ({ told }) => {
      known = told;
      return { read: changes.length, unchanged: 0, changes, refusals: [] };
    });
    const activities = createVendorMasterActivities({
      ...{ ...stage, connection: place.concur, vendors: vendors.client, lookAgainSeconds },
    });
    const write = (attempt = 1) =>
      inActivity(() => activities.writeVendorChanges({ concur: place.concur, run }), { attempt });
    const told = () => listToldVendors(stage.db, place.concur, place.erp, where.company);
    const lines = async () => (await vendorReport(stage.db, place.concur, place.erp, where.company)).lines;
    const audit = async () => {
      const { rows } = await stage.db.query<{ data: Record<string, unknown> }>(
        `select data from audit where data->>'run' = $1 order by id`,
        [run],
      );
      return rows.map(({ data }) => data);
    };
    return { run, company, vendors, write, told, lines, audit, known };
  }

  const failureOf = async (work: Promise<unknown>): Promise<ApplicationFailure> =>
    work.then(
      () => assert.fail('it did not fail'),
      (error: unknown) => error as ApplicationFailure,
    );

  it('S13, S17: a new vendor is created, a changed one replaced as a whole, one that stands so causes no write', async () => {
    const vendors = fakeVendors([standing('V2', { vendorName: 'Old name' }), standing('V3')]);
    const { write, told } = await planned([change('V1'), change('V2', { kind: 'update' }), change('V3')], vendors);
    const { remaining, done, refused, result } = await write();
    assert.deepEqual([remaining, done, refused], [0, 3, 0]);
    assert.deepEqual([result.created, result.updated, result.refused], [2, 1, 0]);
    assert.deepEqual(vendors.calls, ['create V1/USMF-V1', 'update V2/USMF-V2']);
    assert.equal(vendors.record('V2/USMF-V2')?.vendorName, 'Vendor V2');
    assert.deepEqual(
      (await told()).map(({ account, state, record }) => [account, state, record?.vendorName]),
      [
        ['V1', 'synced', 'Vendor V1'],
        ['V2', 'synced', 'Vendor V2'],
        ['V3', 'synced', 'Vendor V3'],
      ],
    );
  });

  it('S13: an update keeps the payment method, and what the connector does not know (trap 15)', async () => {
    const before = standing('V1', { vendorName: 'Old', paymentMethodType: 'WIRE', custom3: 'X', rest: { Odd: 7 } });
    const vendors = fakeVendors([before]);
    const { write } = await planned([change('V1', { kind: 'update' })], vendors);
    await write();
    assert.deepEqual(vendors.record('V1/USMF-V1'), { ...before, vendorName: 'Vendor V1' });
  });

  it('S19: the name of the ERP wins, and old and new value stand in the audit trail before anything is written', async () => {
    const vendors = fakeVendors([standing('V1', { vendorName: 'As Concur spelled it', city: 'Kiel' })]);
    vendors.fates.set('V1/USMF-V1', [{ lost: 'taken' }]);
    const adopted = change('V1', { record: { taxId: 'DE1' } });
    const { write, audit } = await planned([adopted], vendors);
    await failureOf(write());
    const overwrites = {
      vendorName: { old: 'As Concur spelled it', new: 'Vendor V1' },
      taxId: { new: 'DE1' },
    };
    assert.deepEqual(
      (await audit()).map((data) => data['overwrites']),
      [overwrites],
    );
    const { remaining } = await write(2);
    assert.equal(remaining, 0);
    assert.equal(vendors.calls.length, 1, 'what was lost is found, not written again');
    assert.equal(vendors.record('V1/USMF-V1')?.city, 'Kiel', 'the ERP says nothing of the city');
    const [result] = (await audit()).slice(-1);
    assert.deepEqual([result?.['outcome'], result?.['vendor'], result?.['kind']], ['unchanged', 'V1', 'create']);
  });

  it('S19: what the ERP has dropped is cleared where it stands as it was told; what people entered there stays', async () => {
    const vendors = fakeVendors([standing('V1', { postalCode: '24103' })]);
    const told = { contactEmail: 'old@example.com', taxId: 'T1', city: 'Kiel' };
    const { company, write } = await planned([change('V1', { record: told })], vendors);
    await write();
    vendors.put({ ...standing('V1'), ...told, postalCode: '24103', taxId: 'entered in Concur since' });
    const dropped = change('V1', { kind: 'update', hash: 'later', changed: ['city', 'contactEmail', 'taxId'] });
    const later = await planned([dropped], vendors, company);
    await later.write();
    const { contactEmail, city, taxId, postalCode } = vendors.record('V1/USMF-V1') ?? {};
    assert.deepEqual([contactEmail, city], ['', '']);
    assert.deepEqual([taxId, postalCode], ['entered in Concur since', '24103']);
    const [written] = (await later.audit()).filter((data) => 'overwrites' in data);
    assert.deepEqual(written?.['overwrites'], { contactEmail: { old: 'old@example.com' }, city: { old: 'Kiel' } });
  });

  it('S13, S126: what became of a change nobody knows: what was told before does not count as known any more', async () => {
    const fates: Fate[][] = [
      // Never answered, in the end refused; the call fails; and the worker dies before anything is stored.
      Array.from({ length: 5 }, () => ({ silent: 'not-taken' as const })),
      [{ lost: 'taken' }],
    ];
    for (const fate of fates) {
      const { company, write, vendors } = await planned([change('V1')]);
      await write();
      vendors.fates.set('V1/USMF-V1', fate);
      const renamed = change('V1', { kind: 'update', hash: 'later', record: { vendorName: 'Renamed' } });
      const later = await planned([renamed], vendors, company);
      assert.equal(later.known[0]?.hash, 'hash of V1');
      await later.write(5).catch(() => undefined);
      const { known } = await planned([], vendors, company);
      assert.deepEqual([known[0]?.record?.vendorName, known[0]?.hash], ['Vendor V1', undefined]);
    }
  });

  it('S14: a blocked vendor loses approval and group, whatever else is wrong with it; a second look writes nothing', async () => {
    const vendors = fakeVendors([
      standing('V1', { groups: ['USMF', 'VIP'], vendorName: 'Other', paymentMethodType: 'ACH' }),
    ]);
    const block = change('V1', {
      kind: 'block',
      record: { approved: false, group: 'USMF', vendorName: 'x'.repeat(300) },
    });
    const { write } = await planned([block], vendors);
    await write();
    const { approved, groups, vendorName, paymentMethodType } = vendors.record('V1/USMF-V1') ?? {};
    assert.deepEqual([approved, groups, vendorName, paymentMethodType], [false, ['VIP'], 'Other', 'ACH']);
    const again = await planned([block], vendors);
    assert.equal((await again.write()).done, 1);
    assert.deepEqual(vendors.calls, ['update V1/USMF-V1', 'remove V1/USMF-V1']);
  });

  it('S14: a blocked vendor that Concur does not hold is not created', async () => {
    const { write, vendors, told } = await planned([change('V1', { kind: 'block', record: { approved: false } })]);
    assert.deepEqual((await write()).done, 1);
    assert.deepEqual(vendors.calls, []);
    assert.equal((await told())[0]?.state, 'synced');
  });

  it('S13: a vendor is put into the group of its company once', async () => {
    const vendors = fakeVendors([standing('V2', { groups: ['USMF'] }), standing('V3')]);
    const grouped = ['V1', 'V2', 'V3'].map((account) => change(account, { record: { group: 'USMF' } }));
    const { write } = await planned(grouped, vendors);
    await write();
    assert.deepEqual(vendors.calls.sort(), ['add V1/USMF-V1', 'add V3/USMF-V3', 'create V1/USMF-V1']);
  });

  it('S13: Concur answers 200 and refuses one record: that one has its sentence, the others are written', async () => {
    const vendors = fakeVendors();
    vendors.fates.set('V2/USMF-V2', [{ refused: 'VendorCode V2 belongs to Somebody Else' }]);
    const { write, lines } = await planned(
      ['V1', 'V2', 'V3'].map((account) => change(account)),
      vendors,
    );
    const { remaining, done, refused, result } = await write();
    assert.deepEqual([remaining, done, refused, result.created, result.refused], [0, 2, 1, 2, 1]);
    const [line] = await lines();
    assert.ok(line);
    assert.equal(line.state, 'refused');
    assert.match(line.message, /did not take vendor V2 .*belongs to Somebody Else/);
  });

  it('S13: a record that our own check refuses is sent by nobody, and does not keep the rest of its call back', async () => {
    const sent: number[] = [];
    const http = {
      send: async ({ json }: { json?: { Vendor: { VendorCode: string; AddressCode: string }[] } }) => {
        if (json === undefined) return answered({ Vendor: [] });
        sent.push(json.Vendor.length);
        return answered({ Vendor: json.Vendor.map((row) => ({ ...row, StatusList: [{ Type: 'SUCCESS' }] })) });
      },
    } as unknown as HttpClient;
    const answered = (body: unknown) => ({ status: 200, headers: {}, text: JSON.stringify(body), json: () => body });
    const vendors = { ...fakeVendors(), client: createVendorClient(http) };
    const faulty = change('V3', { record: { countryCode: 'usa' } });
    const { write, lines } = await planned([change('V1'), change('V2'), faulty, change('V4')], vendors);
    const { done, refused } = await write();
    assert.deepEqual([done, refused, sent], [3, 1, [2, 1]]);
    assert.match((await lines())[0]?.message ?? '', /V3.*countryCode/);
  });

  it('S13: a record without a status is looked for before anything is repeated', async () => {
    const vendors = fakeVendors();
    vendors.fates.set('V1/USMF-V1', [{ silent: 'taken' }]);
    const { write } = await planned([change('V1')], vendors);
    assert.deepEqual((await write()).done, 1);
    assert.deepEqual(vendors.calls, ['create V1/USMF-V1']);
  });

  it('S13: what stays without a status and is not there is tried again after the wait, and refused in the end', async () => {
    const vendors = fakeVendors();
    const silent = { silent: 'not-taken' } as const;
    vendors.fates.set('V1/USMF-V1', [silent, silent, silent]);
    const { write, lines } = await planned([change('V1'), change('V2')], vendors);
    const failure = await failureOf(write());
    assert.deepEqual([failure.type, failure.nextRetryDelay], ['OutcomeUnknown', 300_000]);
    assert.equal((await lines()).length, 1, 'the other one is stored');
    await failureOf(write(2));
    const { remaining, refused } = await write(5);
    assert.deepEqual([remaining, refused], [0, 1]);
    assert.match((await lines())[0]?.message ?? '', /has not said what became of the record/);
  });

  it('S13: a create whose answer is lost is found by the next attempt and never doubled', async () => {
    const vendors = fakeVendors();
    vendors.fates.set('V2/USMF-V2', [{ lost: 'taken' }]);
    const { write } = await planned([change('V1'), change('V2')], vendors);
    assert.equal((await failureOf(write())).type, 'OutcomeUnknown');
    const { done, remaining } = await write(2);
    assert.deepEqual([done, remaining], [2, 0]);
    assert.deepEqual(vendors.calls, ['create V1/USMF-V1 V2/USMF-V2']);
  });

  it('S13: a create that is refused because an earlier attempt has come through counts as done', async () => {
    const vendors = fakeVendors();
    const { client } = vendors;
    let looks = 0;
    const late = {
      ...client,
      find: async (query: Parameters<typeof client.find>[0]) => (looks++ === 0 ? [] : client.find(query)),
    };
    vendors.put(standing('V1'));
    const { write } = await planned([change('V1')], { ...vendors, client: late });
    assert.deepEqual((await write()).done, 1);
    assert.deepEqual(vendors.calls, ['create V1/USMF-V1']);
  });

  it('S120: a read that fails keeps no other vendor back; what is left is told to Temporal once nothing moves', async () => {
    const vendors = fakeVendors();
    const outage = () => new Unavailable('Concur is away.', call);
    vendors.findFailures.set('V2', [outage(), outage()]);
    const { write } = await planned(
      ['V1', 'V2', 'V3'].map((account) => change(account)),
      vendors,
    );
    const first = await write();
    assert.deepEqual([first.done, first.remaining], [2, 1]);
    assert.equal((await failureOf(write())).type, 'Unavailable');
    assert.equal((await write(2)).remaining, 0);
  });

  it('S120: a throttled Concur is asked nothing more in this attempt', async () => {
    const vendors = fakeVendors();
    let asked = 0;
    const client = {
      ...vendors.client,
      find: () => {
        asked += 1;
        return Promise.reject(new RateLimited('Slow down.', call, 7_000));
      },
    };
    const changes = Array.from({ length: 20 }, (_, index) => change(`V${10 + index}`));
    const { write } = await planned(changes, { ...vendors, client });
    const failure = await failureOf(write());
    assert.deepEqual([failure.type, failure.nextRetryDelay], ['RateLimited', 7_000]);
    assert.ok(asked <= 4, `${asked} calls`);
    assert.deepEqual(vendors.calls, []);
  });

  it('S13: a service that is not there fails the run with an alert, and marks no vendor as refused', async () => {
    const vendors = fakeVendors();
    const gone = new Rejected('Concur vendor.find was not found (404).', { ...call, status: 404 }, '404');
    vendors.findFailures.set('V1', [gone]);
    const { write, lines } = await planned([change('V1')], vendors);
    const failure = await failureOf(write());
    assert.equal(failure.nonRetryable, true);
    assert.equal((await lines())[0]?.state, 'waiting');
    const alerts = async () =>
      (await openAlerts(stage.db)).filter(({ cause }) => cause === 'vendor-sync-failing: acme');
    assert.equal((await alerts()).length, 1);
    await write();
    assert.equal((await alerts()).length, 0);
  });

  it('S13: fifty at a time, and nobody else writes vendors to the same connection meanwhile', async () => {
    const changes = (letter: string) => Array.from({ length: 60 }, (_, index) => change(`${letter}${100 + index}`));
    const vendors = fakeVendors();
    const runs = [await planned(changes('A'), vendors), await planned(changes('B'), vendors)];
    const first = await Promise.all(runs.map(({ write }) => write()));
    assert.deepEqual(
      first.map(({ remaining, done }) => [remaining, done]),
      [
        [10, 50],
        [10, 50],
      ],
    );
    assert.equal(vendors.mostWriters(), 1);
    for (const { write } of runs) assert.equal((await write()).remaining, 0);
    assert.deepEqual(vendors.calls.map((each) => each.split(' ').length - 1).sort(), [10, 10, 50, 50]);
  });
});
