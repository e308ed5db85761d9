import assert from 'node:assert/strict';
import { test } from 'node:test';
import { legacyProblem } from '../../src/clients/concur/legacy-answers.js';
import { createVendorClient, mergedForUpdate, type ConcurVendor } from '../../src/clients/concur/vendor-client.js';
import { ContractViolation, OutcomeUnknown, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { answer, harness, published, serve } from './http-support.js';

const KEY = { vendorCode: 'V00045', addressCode: 'USMF-V00045' };
const VENDOR: ConcurVendor = {
  ...KEY,
  vendorName: 'Nordlicht Optik GmbH',
  countryCode: 'DE',
  currencyCode: 'EUR',
  paymentMethodType: 'WIRE',
  approved: true,
};
const ROW =
  '{"VendorCode":"V00045","AddressCode":"USMF-V00045","VendorName":"Nordlicht Optik GmbH","CountryCode":"DE","CurrencyCode":"EUR"}';

const collection = (vendor: string, nextPage = 'null'): string =>
  `{"Items":null,"NextPage":${nextPage},"RequestRunSummary":null,"TotalCount":1,"Vendor":${vendor}}`;

test('S67, C24: a vendor is found by its exact code on all pages, re-based from a legacy host, never with the default of 25', async (t) => {
  const foreign = await serve(t, (_request, response) => answer(response, 200, collection('[]')));
  const { origin, received } = await serve(t, (_request, response, nth) => {
    const next = `"${foreign.origin}/api/v3.1/invoice/vendors?limit=1&vendorCode=other&offset=b+z/E="`;
    if (nth === 1) answer(response, 200, collection(`[${ROW}]`, next));
    else
      answer(
        response,
        200,
        collection(`[${ROW.replace('USMF-V', 'DEMF-V')},${ROW.replace('V00045', 'V000451')}]`, '""'),
      );
  });
  const found = await createVendorClient(harness(origin).http).find({ vendorCode: 'V00045' });
  assert.deepEqual(
    found.map(({ addressCode }) => addressCode),
    ['USMF-V00045', 'DEMF-V00045'],
  );
  const urls = received.map(({ url }) => new URL(url, origin));
  assert.deepEqual(
    urls.map(({ pathname }) => pathname),
    ['/api/v3.1/invoice/vendors', '/api/v3.1/invoice/vendors'],
  );
  assert.deepEqual(Object.fromEntries(urls[0]!.searchParams), {
    limit: '1000',
    searchType: 'exact',
    vendorCode: 'V00045',
  });
  assert.deepEqual(Object.fromEntries(urls[1]!.searchParams), {
    limit: '1000',
    searchType: 'exact',
    vendorCode: 'V00045',
    offset: 'b+z/E=',
  });
  assert.equal(received[0]?.headers.accept, 'application/json');
  // The token must not leave for the host that NextPage names.
  assert.equal(foreign.received.length, 0);
});

test('S67: one row comes as a lone object, rows may stand under Items, and a missing address is no vendor', async (t) => {
  const bodies = [
    collection(ROW),
    `{"Items":[${ROW}],"Vendor":null,"NextPage":null}`,
    '{"Items":null,"Vendor":null,"TotalCount":0}',
  ];
  const { origin, received } = await serve(t, (_request, response, nth) => answer(response, 200, bodies[nth - 1]));
  const vendors = createVendorClient(harness(origin).http);
  assert.equal((await vendors.find(KEY)).length, 1);
  assert.equal(new URL(received[0]!.url, origin).searchParams.get('addressCode'), 'USMF-V00045');
  assert.equal((await vendors.find(KEY))[0]?.vendorName, 'Nordlicht Optik GmbH');
  assert.deepEqual(await vendors.find(KEY), []);
});

test('S67: a body that is no list is a contract violation: taken for empty, the vendor would be created twice', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 200, '{"Message":"hello"}');
    else answer(response, 200, collection('null', '"https://us.api.concursolutions.com/oauth2/v0/token"'));
  });
  const vendors = createVendorClient(harness(origin).http);
  await assert.rejects(vendors.find(KEY), ContractViolation);
  await assert.rejects(vendors.list(), ContractViolation);
});

test('S67: paging ends where NextPage repeats itself, leads to the same page, or to an empty one', async (t) => {
  const self = '"https://www.concursolutions.com/api/v3.1/invoice/vendors?limit=1000"';
  const answers: Record<string, string[]> = {
    'names the first page again': [collection(`[${ROW}]`, self)],
    'names the same offset for ever': [collection(`[${ROW}]`, '"A"'), collection(`[${ROW}]`, '"B"')],
    'ends with an empty page': [collection(`[${ROW}]`, '"A"'), collection('[]', '"B"')],
  };
  for (const [title, bodies] of Object.entries(answers)) {
    const { origin, received } = await serve(t, (_request, response, nth) => {
      if (nth > 5) answer(response, 404);
      else answer(response, 200, bodies[Math.min(nth, bodies.length) - 1]);
    });
    const found = await createVendorClient(harness(origin).http).find({ vendorCode: 'V00045' });
    assert.equal(found.length, 1, title);
    assert.equal(received.length, bodies.length, title);
  }
});

test('S67, C24: a list goes page by page, keeps its filter, and follows the version that is set', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 200, collection(`[${ROW}]`, '"/api/v3.2/invoice/vendors?offset=bzE"'));
    else answer(response, 200, collection('[]', '"bzI"'));
  });
  const vendors = createVendorClient(harness(origin).http, { version: 'v3.2' });
  const first = await vendors.list({ limit: 100, approved: false });
  assert.equal(first.vendors.length, 1);
  const last = await vendors.list({ limit: 100, approved: false, offset: first.next! });
  assert.deepEqual(last, { vendors: [] });
  assert.deepEqual(
    received.map(({ url }) => url),
    [
      '/api/v3.2/invoice/vendors?limit=100&approved=False',
      '/api/v3.2/invoice/vendors?limit=100&approved=False&offset=bzE',
    ],
  );
  await assert.rejects(vendors.list({ limit: 1001 }), RangeError);
  assert.throws(() => createVendorClient(harness(origin).http, { version: '../x' }), RangeError);
});

test('S67: HTTP 200 is no success: each record is judged by its own statuses, and without one its outcome is unknown', async (t) => {
  const status = (type: string): string => `{"Code":1,"Message":"said ${type}","RecordNumber":1,"Type":"${type}"}`;
  const row = (code: string, statuses: string): string =>
    `{"VendorCode":"${code}","AddressCode":"USMF-V00045","StatusList":${statuses}}`;
  const rows = [
    row('A', `[${status('SUCCESS')}]`),
    row('B', status('WARNING')),
    row('C', `[${status('SUCCESS')},${status('ValidationFailed')}]`),
    row('D', '[]'),
    row('E', '[{"Code":0,"Message":"no type"}]'),
  ];
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, collection(`[${rows.join(',')}]`));
  });
  const vendors = ['A', 'B', 'C', 'D', 'E', 'F'].map((vendorCode) => ({ ...VENDOR, vendorCode }));
  const results = await createVendorClient(harness(origin).http).create({ vendors });
  const { addressCode } = KEY;
  assert.deepEqual(results, [
    { vendorCode: 'A', addressCode, ok: true, messages: ['said SUCCESS'] },
    { vendorCode: 'B', addressCode, ok: false, messages: ['said WARNING'] },
    { vendorCode: 'C', addressCode, ok: false, messages: ['said SUCCESS', 'said ValidationFailed'] },
  ]);
  assert.equal(received[0]?.method, 'POST');
  assert.equal(received[0].headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(received[0].body).Vendor[0], {
    VendorCode: 'A',
    AddressCode: addressCode,
    VendorName: 'Nordlicht Optik GmbH',
    CountryCode: 'DE',
    CurrencyCode: 'EUR',
    PaymentMethodType: 'WIRE',
    Approved: 'Y',
  });
});

test('S67: what was read goes back whole in an update: payment method, custom fields and members that we do not know', async (t) => {
  const stored = `{"VendorCode":"V00045","AddressCode":"USMF-V00045","VendorName":"Old","CountryCode":"DE","CurrencyCode":"EUR",
    "PaymentMethodType":"WIRE","Approved":"N","PaymentTerms":30,"Custom7":"CC100","IsLineItemVatIncld":"Y","Country":"GERMANY",
    "NewInTheNextRelease":{"a":["1"]},"State":null,"TaxID":"","ID":"gW","URI":"https://x","StatusList":null,
    "VendorGroupList":[{"Name":"DAT"}],"VendorBankList":null}`;
  const { origin, received } = await serve(t, (request, response) => {
    const taken = stored.replace('"StatusList":null', '"StatusList":{"Type":"SUCCESS"}');
    answer(response, 200, collection(request.method === 'GET' ? stored : taken));
  });
  const vendors = createVendorClient(harness(origin).http);
  const [current] = await vendors.find(KEY);
  assert.equal(current?.approved, false);
  assert.equal(current.custom7, 'CC100');
  assert.deepEqual(current.groups, ['DAT']);
  const results = await vendors.update({ vendors: [mergedForUpdate(current, { vendorName: 'New', approved: true })] });
  assert.equal(results[0]?.ok, true);
  assert.equal(received[1]?.method, 'PUT');
  assert.deepEqual(JSON.parse(received[1].body), {
    Vendor: [
      {
        VendorCode: 'V00045',
        AddressCode: 'USMF-V00045',
        VendorName: 'New',
        CountryCode: 'DE',
        CurrencyCode: 'EUR',
        PaymentMethodType: 'WIRE',
        Approved: 'Y',
        PaymentTerms: '30',
        Custom7: 'CC100',
        IsLineItemVatIncld: 'Y',
        NewInTheNextRelease: { a: ['1'] },
      },
    ],
  });
});

test('S67: an update never loses the payment method, clears with N where Concur wants it, and changes codes only for requested vendors', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 200, collection('[]')));
  const vendors = createVendorClient(harness(origin).http);
  const { paymentMethodType: _method, ...without } = VENDOR;
  await assert.rejects(vendors.update({ vendors: [without] }), /names the payment method/);
  assert.equal(mergedForUpdate(without, {}).paymentMethodType, 'CLIENT');
  assert.throws(() => mergedForUpdate(VENDOR, { vendorCode: 'V1' }), RangeError);
  const requested = { ...VENDOR, addressImportSyncId: 'SYNC-1', approved: false, accountNumber: 'old', city: 'Kiel' };
  const merged = mergedForUpdate(requested, { vendorCode: 'V1', approved: true, accountNumber: '', city: '' });
  await vendors.update({ vendors: [merged] });
  const [sent] = JSON.parse(received[0]!.body).Vendor;
  assert.equal(sent.VendorCode, 'V1');
  assert.equal(sent.AddressImportSyncID, 'SYNC-1');
  assert.equal(sent.AccountNumber, 'N');
  assert.equal(sent.City, '');
});

test('S67: a record that Concur would refuse never leaves, and the sentence names the vendor and the field', async () => {
  const { http, events } = harness('http://127.0.0.1:9');
  const vendors = createVendorClient(http);
  const wrong: [Partial<ConcurVendor>, RegExp][] = [
    [{ countryCode: 'de' }, /V00045\/USMF-V00045: countryCode is two upper-case letters/],
    [{ countryCode: 'UA' }, /UA has regions under sanctions/],
    [{ currencyCode: 'EURO' }, /currencyCode/],
    [{ vendorName: '' }, /name is missing/],
    [{ vendorCode: 'x'.repeat(33) }, /vendorCode has 1 to 32/],
    [{ addressCode: '' }, /addressCode has 1 to 32/],
    [{ custom20: 'x'.repeat(49) }, /custom20 has 49 characters/],
    [{ paymentMethodType: 'CASH' }, /paymentMethodType is one of/],
    [{ paymentMethodType: 'VCHER' }, /contactEmail/],
    [{ paymentMethodType: 'CHECK', address1: 'x'.repeat(51) }, /at most 50/],
    [{ paymentMethodType: 'CHECK', countryCode: 'US', state: 'Texas' }, /two letters/],
    [{ paymentTerms: '1000' }, /from 1 to 999/],
    [{ discountTermsDays: '999' }, /from 1 to 998/],
    [{ discountPercentage: '1.123456789' }, /8 of them decimals/],
    [{ taxType: 'VAT' }, /taxType/],
  ];
  for (const [change, sentence] of wrong) {
    await assert.rejects(
      vendors.create({ vendors: [{ ...VENDOR, ...change }] }),
      (error) => error instanceof RangeError && sentence.test(error.message),
      JSON.stringify(change),
    );
  }
  const many = Array.from({ length: 51 }, (_, index) => ({ ...VENDOR, addressCode: `A${index}` }));
  await assert.rejects(vendors.create({ vendors: many }), /1 to 50 vendor addresses/);
  await assert.rejects(vendors.create({ vendors: [] }), RangeError);
  await assert.rejects(vendors.create({ vendors: [VENDOR, VENDOR] }), /once in a call/);
  const other = { ...VENDOR, addressCode: 'B' };
  await assert.rejects(vendors.create({ vendors: [VENDOR, { ...other, vendorName: 'X' }] }), /same name/);
  const taxed = [VENDOR, { ...other, taxId: '1' }, { ...other, addressCode: 'C', taxId: '2' }];
  await assert.rejects(vendors.create({ vendors: [taxed[1]!, taxed[2]!] }), /same tax number/);
  await assert.rejects(vendors.remove({ vendorCode: 'V1', addressCode: '' }), RangeError);
  assert.deepEqual(events, []);
});

test('S67: a state frees a vendor of a country with sanctioned regions, and the countries can be set', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 200, collection('[]')));
  const { http } = harness(origin);
  await createVendorClient(http).create({ vendors: [{ ...VENDOR, countryCode: 'UA', state: 'Lviv' }] });
  await createVendorClient(http, { stateRequiredIn: [] }).create({ vendors: [{ ...VENDOR, countryCode: 'UA' }] });
  await assert.rejects(createVendorClient(http, { stateRequiredIn: ['DE'] }).create({ vendors: [VENDOR] }), RangeError);
  assert.equal(received.length, 2);
});

test('S67: deletion and groups address code and address; a refusal is read from the status of HTTP or of the record', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 400, '{"Message":"Vendor is in use"}');
    else if (nth === 2) response.writeHead(204).end();
    else if (nth === 3) answer(response, 200, '{"VendorGroup":{"Name":"DAT","StatusList":[{"Type":"SUCCESS"}]}}');
    else answer(response, 200, '{"VendorGroup":[{"StatusList":[{"Type":"ERROR","Message":"no such group"}]}]}');
  });
  const vendors = createVendorClient(harness(origin).http);
  await assert.rejects(vendors.remove(KEY), (error) => error instanceof Rejected && /in use/.test(error.message));
  await vendors.remove(KEY);
  await vendors.addToGroup({ ...KEY, groupName: 'DAT' });
  await assert.rejects(
    vendors.removeFromGroup({ ...KEY, groupName: 'A B' }),
    (error) => error instanceof Rejected && error.code === 'ERROR' && /no such group/.test(error.message),
  );
  const query = 'vendorCode=V00045&addressCode=USMF-V00045';
  assert.deepEqual(
    received.map(({ method, url, body }) => [method, url, body]),
    [
      ['DELETE', `/api/v3.1/invoice/vendors?${query}`, ''],
      ['DELETE', `/api/v3.1/invoice/vendors?${query}`, ''],
      ['PUT', `/api/v3.1/invoice/vendor/groups?${query}`, '{"VendorGroup":[{"Name":"DAT"}]}'],
      ['DELETE', `/api/v3.1/invoice/vendor/groups?${query}&groupName=A%20B`, ''],
    ],
  );
});

test('S67: a lost answer to a write is an unknown outcome, a 400 is a refusal with the words of any error form', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 500, '<html></html>');
    else
      answer(response, 400, '<Error><Message>Bad &amp; worse</Message></Error>', { 'content-type': 'application/xml' });
  });
  const vendors = createVendorClient(harness(origin).http);
  await assert.rejects(vendors.update({ vendors: [VENDOR] }), OutcomeUnknown);
  await assert.rejects(
    vendors.update({ vendors: [VENDOR] }),
    (e) => e instanceof Rejected && /Bad & worse/.test(e.message),
  );
  await assert.rejects(vendors.find(KEY), (e) => e instanceof Unavailable && /Bad & worse/.test(e.message));
});

test('S67: the words of an error are found in JSON, XML, HTML and plain text, and never carry an address or a token', () => {
  const forms: [string, string | undefined][] = [
    ['{"StatusCode":400,"Content":{"Error":{"Message":"Wrong limit","Server-Time":"x","Id":"y"}}}', 'Wrong limit'],
    ['{"Message":"Bare"}', 'Bare'],
    ['{"errors":[{"errorCode":"x","errorMessage":"In a list"}]}', 'In a list'],
    ['{"timestamp":"x","error":{"id":"a","message":"In an object"}}', 'In an object'],
    ['{"schemas":[],"detail":"Scim says no","status":"400"}', 'Scim says no'],
    ['<?xml version="1.0"?><e:Error xmlns:e="x"><e:Message>Über &#228; &lt;b&gt;</e:Message></e:Error>', 'Über ä <b>'],
    ['<Error><!-- <Message>not this</Message> --><Message><![CDATA[a <b> & c]]></Message></Error>', 'a <b> & c'],
    ['<html><head><title>Service\n Unavailable</title></head><body>…</body></html>', 'Service Unavailable'],
    ['Company does not exist', 'Company does not exist'],
    ['{"broken":', undefined],
    ['<html><body>nothing</body></html>', undefined],
    ['  ', undefined],
    ['{"a":{"b":{"c":{"d":{"e":{"Message":"too deep"}}}}}}', undefined],
    ['see https://x.example/?token=abc for more', 'see (link) for more'],
    [`token ${'e'.repeat(60)} expired`, 'token … expired'],
  ];
  for (const [body, words] of forms) assert.equal(legacyProblem(body), words, body);
  assert.equal(legacyProblem('word '.repeat(100))?.length, 300);
});

test('S67: no error of the client publishes the token or the host', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 400, '{"Message":"Bearer secret-token-1 at https://secret.example/x"}');
  });
  const error = await createVendorClient(harness(origin).http)
    .find(KEY)
    .catch((thrown: unknown) => thrown);
  assert.doesNotMatch(published(error), /secret/);
});
