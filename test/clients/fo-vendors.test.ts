import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ContractViolation, RateLimited, Unavailable } from '../../src/clients/http/errors.js';
import { adapter, environment, signal } from './fo-fixtures.js';
import { EMPTY, type MemoryFo } from './fo-memory.js';

const full = (account: string, fields: object = {}) => ({
  dataAreaId: 'usmf',
  VendorAccountNumber: account,
  VendorOrganizationName: ` Supplier ${account} `,
  VendorGroupId: '10',
  CurrencyCode: 'USD',
  DefaultPaymentTermsName: '30',
  DefaultVendorPaymentMethodName: 'CHECK',
  TaxExemptNumber: '',
  PrimaryEmailAddress: null,
  AddressStreet: '1 Main St',
  AddressCity: 'Boston',
  AddressStateId: 'MA',
  AddressZipCode: '02101',
  AddressCountryRegionISOCode: 'us',
  OnHoldStatus: 'No',
  VendorHoldReleaseDate: EMPTY,
  IsOneTimeVendor: 'No',
  ...fields,
});

function environmentWith(...rows: object[]): MemoryFo {
  const fo = environment();
  fo.rows('VendorsV3').length = 0;
  fo.rows('VendorsV3').push(...(rows as Record<string, unknown>[]));
  return fo;
}

async function read(fo: MemoryFo, company = 'USMF', expected: string[] = []) {
  let beats = 0;
  const reading = await adapter(fo).readVendors(company, signal, () => void (beats += 1), expected);
  return { ...reading, beats };
}
const accountsOf = ({ vendors }: { vendors: { account: string }[] }) => vendors.map(({ account }) => account);

/** An answer of one page instead of the environment's own. */
const answering = (body: object, fo = environmentWith()): MemoryFo => {
  fo.faults.push({
    operation: 'VendorsV3.read',
    when: 'before',
    answers: { status: 200, text: JSON.stringify(body) },
  });
  return fo;
};
const routeMissing = {
  status: 404,
  text: JSON.stringify({ Message: "No HTTP resource was found that matches the request URI 'https://fo.example'." }),
};

describe('reading the vendor master', () => {
  it('S13: a vendor comes with its texts trimmed, its country in two letters, and without what is empty', async () => {
    const { vendors, unreadable } = await read(environmentWith(full('US-101')));
    assert.deepEqual(unreadable, []);
    assert.deepEqual(vendors, [
      {
        account: 'US-101',
        name: 'Supplier US-101',
        group: '10',
        currency: 'USD',
        paymentTerms: '30',
        paymentMethod: 'CHECK',
        street: '1 Main St',
        city: 'Boston',
        state: 'MA',
        postalCode: '02101',
        countryCode: 'US',
        offered: true,
        hold: 'No',
      },
    ]);
  });

  it('S40: only vendors of the company are read, with its name in the filter, and a row of another one is refused', async () => {
    const fo = environmentWith(full('A'), full('B', { dataAreaId: 'demf' }));
    assert.deepEqual(accountsOf(await read(fo)), ['A']);
    const [request] = fo.requests;
    assert.equal(request!.query!['cross-company'], 'true');
    assert.equal(request!.query!['$filter'], "dataAreaId eq 'usmf'");
    assert.equal(request!.query!['$orderby'], 'VendorAccountNumber');
    assert.equal(request!.query!['$count'], 'true');
    await assert.rejects(read(answering({ value: [full('B', { dataAreaId: 'demf' })] })), ContractViolation);
  });

  it('all pages are read, with a sign of life after each, and a page that fails fails the read', async () => {
    const fo = environmentWith(...['C', 'A', 'B'].map((account) => full(account)));
    fo.pageSize = 2;
    const reading = await read(fo);
    assert.deepEqual([accountsOf(reading), reading.beats], [['A', 'B', 'C'], 2]);
    const call = { system: 'fo', operation: 'VendorsV3.read' };
    fo.faults.push({ ...call, when: 'before', skip: 1, throws: new RateLimited('slow down', call, 1_000) });
    await assert.rejects(read(fo), RateLimited);
  });

  it('S14: an answer with fewer rows than F&O counts is no complete read, since what is missing would be blocked', async () => {
    const body = { '@odata.count': 3, value: [full('A'), full('B')] };
    await assert.rejects(read(answering(body)), (error: unknown) => {
      assert.ok(error instanceof Unavailable);
      assert.match(error.message, /gave 2 of 3 rows/);
      return true;
    });
    assert.equal((await read(answering({ ...body, '@odata.count': 2 }))).vendors.length, 2);
  });

  it('S14: a vendor that the pages have lost is asked for by its number, where the rows are not counted', async () => {
    const fo = environmentWith(full('A'), full('B'), full("O'C"), full('Z', { dataAreaId: 'demf' }));
    const lossy = () => answering({ value: [full('A')] }, fo);
    assert.deepEqual(accountsOf(await read(lossy())), ['A'], 'nobody has asked for the others');
    assert.deepEqual(accountsOf(await read(lossy(), 'USMF', ['a', 'B', "O'C", 'Z', 'GONE', 'X*'])), ['A', 'B', "O'C"]);
    assert.equal(fo.requests.length, 3, 'one question for all of them, none where nothing is missing');
    await read(fo, 'USMF', ['A', 'b']);
    assert.equal(fo.requests.length, 4);
  });

  it('S14: the hold says whether Concur may offer the vendor; an unknown hold counts as blocked', async () => {
    const offered = {
      No: true,
      Never: true,
      Payment: true,
      Requisition: true,
      PurchOrder: true,
      Invoice: false,
      All: false,
    };
    const rows = Object.keys(offered).map((hold) => full(hold, { OnHoldStatus: hold }));
    const { vendors } = await read(environmentWith(...rows, full('Z', { OnHoldStatus: 'Quarantine' })));
    const found = Object.fromEntries(vendors.map(({ account, offered: is }) => [account, is]));
    assert.deepEqual(found, { ...offered, Z: false });
    const [unset] = (await read(environmentWith(full('A', { OnHoldStatus: null })))).vendors;
    assert.deepEqual([unset?.offered, unset?.hold], [true, '']);
  });

  it('a hold ends with the day of its release; the empty date of 1900 ends nothing', async () => {
    const held = (account: string, on: string) => full(account, { OnHoldStatus: 'All', VendorHoldReleaseDate: on });
    const { vendors } = await read(
      environmentWith(
        held('past', '2026-03-31T00:00:00Z'),
        held('today', '2026-04-01T00:00:00Z'),
        held('tomorrow', '2026-04-02T00:00:00Z'),
        held('never', '1900-01-01T00:00:00Z'),
      ),
    );
    const offered = vendors.filter((each) => each.offered).map(({ account }) => account);
    assert.deepEqual(offered, ['past', 'today']);
  });

  it('one-time vendors are left out', async () => {
    assert.deepEqual(accountsOf(await read(environmentWith(full('A'), full('B', { IsOneTimeVendor: 'Yes' })))), ['A']);
  });

  it('a row that cannot be read is told by its number, and hides no other', async () => {
    const reading = await read(environmentWith(full('A'), full('B', { AddressCity: { odd: true } }), full('')));
    assert.deepEqual(accountsOf(reading), ['A']);
    assert.deepEqual(reading.unreadable, [
      {
        message:
          'A vendor of USMF could not be read from Finance & Operations: unexpected values in VendorAccountNumber.',
      },
      {
        account: 'B',
        message: 'Vendor B of USMF could not be read from Finance & Operations: unexpected values in AddressCity.',
      },
    ]);
  });

  it('an environment without VendorsV3 is read by VendorsV2; any other failure is none of that', async () => {
    const fo = environmentWith();
    fo.rows('VendorsV2').push(full('OLD'));
    fo.faults.push({ operation: 'VendorsV3.read', when: 'before', answers: routeMissing });
    assert.deepEqual(accountsOf(await read(fo)), ['OLD']);
    const text = JSON.stringify({ error: { message: "Could not find a property named 'X' on type 'Y'." } });
    fo.faults.push({ operation: 'VendorsV3.read', when: 'before', answers: { status: 400, text } });
    await assert.rejects(read(fo), ContractViolation);
  });
});
