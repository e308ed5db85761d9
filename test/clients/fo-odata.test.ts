import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { buildChangeset } from '../../src/clients/dynamics-fo/batch.js';
import { createODataClient } from '../../src/clients/dynamics-fo/odata.js';
import { accountantsSentence } from '../../src/clients/dynamics-fo/odata-errors.js';
import { dayOf, noon, since, textLiteral } from '../../src/clients/dynamics-fo/odata-literals.js';
import { ContractViolation, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { environment, signal, vendor } from './fo-fixtures.js';
import { respond, type MemoryFo } from './fo-memory.js';

const row = z.object({ VendorAccountNumber: z.string() });
const select = ['dataAreaId', 'VendorAccountNumber'];

function client(fo: MemoryFo, overrides = {}) {
  return createODataClient('fo', fo, overrides);
}

function answering(status: number, body: unknown): MemoryFo {
  const fo = environment();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  fo.faults.push({ operation: 'VendorsV3.read', when: 'before', answers: { status, text } });
  return fo;
}

const readVendors = (fo: MemoryFo) => client(fo).read({ set: 'VendorsV3', company: 'USMF', select, row, signal });

describe('reading', () => {
  it('S37, S40, C16: every read of a company set is below /data, crosses companies and names the company', async () => {
    const fo = environment();
    fo.rows('VendorsV3').push(vendor('DE-001', { dataAreaId: 'demf' }));
    const german = await client(fo).read({ set: 'VendorsV3', company: 'DEMF', select, row, signal });
    assert.deepEqual(german, [{ VendorAccountNumber: 'DE-001' }]);
    const [request] = fo.requests;
    assert.equal(request!.path, '/data/VendorsV3');
    assert.equal(request!.query!['cross-company'], 'true');
    assert.equal(request!.query!['$filter'], "dataAreaId eq 'demf'");
    assert.equal(request!.headers!['OData-Version'], '4.0');
  });

  it('C16: a row of another company, or without one, is refused whatever the filter said', async () => {
    for (const dataAreaId of ['demf', null]) {
      const fo = answering(200, { value: [{ dataAreaId, VendorAccountNumber: 'X' }] });
      await assert.rejects(readVendors(fo), ContractViolation);
    }
    const rows = await readVendors(answering(200, { value: [{ dataAreaId: 'USMF', VendorAccountNumber: 'X' }] }));
    assert.equal(rows.length, 1);
  });

  it('all pages are read, and only the query of a next link is used, so that no link leads the token elsewhere', async () => {
    const fo = environment();
    fo.pageSize = 1;
    fo.linkHost = 'https://elsewhere.example';
    assert.equal((await readVendors(fo)).length, 2);
    assert.deepEqual(
      fo.requests.map((request) => request.path),
      ['/data/VendorsV3', '/data/VendorsV3'],
    );
    assert.equal(fo.requests[1]!.query!['$skiptoken'], '1');
  });

  it('a next link to another set is refused', async () => {
    for (const link of ['https://fo.example/data/Workers?$skiptoken=1', 'Workers', 'https://fo.example/elsewhere']) {
      const fo = answering(200, { value: [], '@odata.nextLink': link });
      await assert.rejects(readVendors(fo), ContractViolation);
    }
  });

  it('long or chains are cut into several reads, repeated terms asked once, and an empty chain asks nothing', async () => {
    const fo = environment();
    const terms = Array.from({ length: 60 }, (_, index) => `VendorAccountNumber eq 'V${index % 55}'`);
    await client(fo).read({ set: 'VendorsV3', company: 'usmf', anyOf: terms, select, row, signal });
    assert.equal(fo.requests.length, 3);
    await client(fo).read({ set: 'VendorsV3', company: 'usmf', anyOf: [], select, row, signal });
    assert.equal(fo.requests.length, 3);
    assert.equal(
      fo.requests.some((request) => request.query!['$filter']!.includes(' in ')),
      false,
    );
  });

  it('an unexpected shape is named by its path, without values', async () => {
    const fo = answering(200, { value: [{ dataAreaId: 'usmf', VendorAccountNumber: { secret: 'S3CRET' } }] });
    await assert.rejects(readVendors(fo), (error: unknown) => {
      assert.ok(error instanceof ContractViolation);
      assert.match(error.message, /VendorAccountNumber/);
      assert.doesNotMatch(error.message, /S3CRET/);
      return true;
    });
  });

  it('a set may have another name in an environment', async () => {
    const fo = environment();
    fo.rows('MyVendors').push(vendor('X'));
    const rows = await client(fo, { VendorsV3: 'MyVendors' }).read({
      set: 'VendorsV3',
      company: 'usmf',
      select,
      row,
      signal,
    });
    assert.deepEqual(rows, [{ VendorAccountNumber: 'X' }]);
  });
});

describe('refusals', () => {
  const cases: [string, number, unknown, new (...args: never[]) => Error, RegExp][] = [
    [
      'a 404 with a capital Message is a wrong address and not "absent", and the host stays private',
      404,
      { Message: "No HTTP resource was found that matches the request URI 'https://secret-host.example/data/X'." },
      ContractViolation,
      /^(?!.*secret-host).*entity set/,
    ],
    [
      'a set that is not there',
      400,
      { error: { code: '', message: 'Entity set not found.' } },
      ContractViolation,
      /entity set/,
    ],
    [
      'a field that is not there',
      400,
      { error: { innererror: { message: "Could not find a property named 'Foo' on type 'Microsoft.X'." } } },
      ContractViolation,
      /field Foo/,
    ],
    ['a missing role is asked again', 403, { error: { message: 'Forbidden' } }, Unavailable, /security role/],
    [
      'a read that is refused for security reasons lacks a role, whatever the type',
      403,
      { error: { innererror: { message: 'Zugriff verweigert', type: 'X.ODataSecurityException' } } },
      Unavailable,
      /security role/,
    ],
    [
      'a field that may not be changed is no missing role',
      403,
      {
        error: {
          innererror: {
            message: "update not allowed for field 'JournalName'",
            type: 'Microsoft.X.ODataSecurityException',
          },
        },
      },
      Rejected,
      /JournalName/,
    ],
    ['a conflict of versions is retried', 412, '', Unavailable, /same moment/],
    ['an unknown 400 is permanent', 400, '<html>Bad</html>', Rejected, /refused VendorsV3.read \(400\)/],
  ];
  for (const [name, status, body, kind, text] of cases) {
    it(name, async () => {
      await assert.rejects(readVendors(answering(status, body)), (error: unknown) => {
        assert.ok(error instanceof kind, String(error));
        assert.match(error.message, text);
        return true;
      });
    });
  }

  it('an Infolog is cut to what an accountant needs', () => {
    const text =
      "Write failed for table row of type 'E'. Infolog: Warning: Item 'L; 1' is blocked.; Warning: validateWrite failed on data source 'PurchLine (PurchLine)'.; Error: Update has been canceled.; Info: Cannot create a record.\nThe record already exists..";
    assert.equal(
      accountantsSentence(text),
      "Item 'L; 1' is blocked. Cannot create a record. The record already exists.",
    );
    assert.equal(
      accountantsSentence("Write returned RecId 0. Infolog: Error: Mandatory field 'X' not set."),
      "Mandatory field 'X' not set.",
    );
  });
});

describe('literals', () => {
  it('quotes are doubled and an asterisk is refused', () => {
    assert.equal(textLiteral("O'Neil"), "'O''Neil'");
    assert.throws(() => textLiteral('A*'), Rejected);
  });

  it('dates are sent at noon, and any moment of 1900 is empty', () => {
    assert.equal(noon('2026-03-31'), '2026-03-31T12:00:00Z');
    assert.equal(dayOf('2026-03-31T12:00:00Z'), '2026-03-31');
    assert.equal(dayOf('1900-01-01T12:00:00Z'), undefined);
    assert.equal(dayOf('1900-01-01T00:00:00Z'), undefined);
    assert.equal(dayOf(''), undefined);
    assert.equal(
      since('SysModifiedDateTime', '2026-01-01T00:00:00.900Z'),
      'SysModifiedDateTime ge 2026-01-01T00:00:00Z',
    );
  });
});

describe('changesets', () => {
  it('have one changeset, CRLF lines, and the same bytes for the same document', () => {
    const rows = [
      { path: 'A', body: { N: 1 } },
      { path: 'B', body: { T: 'x' } },
    ];
    const batch = buildChangeset(rows, 'CQ0000ABCD');
    assert.deepEqual(batch, buildChangeset(rows, 'CQ0000ABCD'));
    assert.equal(batch.text.replaceAll('\r\n', '').includes('\n'), false);
    assert.match(
      batch.text,
      /^--batch_CQ0000ABCD\r\nContent-Type: multipart\/mixed; boundary=changeset_CQ0000ABCD\r\n\r\n--changeset_/,
    );
    assert.match(batch.text, /Content-ID: 2\r\n\r\nPOST B HTTP\/1\.1\r\n/);
    assert.match(batch.text, /--changeset_CQ0000ABCD--\r\n\r\n--batch_CQ0000ABCD--\r\n$/);
  });

  it('a created row that cannot be read is a breach of contract', async () => {
    const fo = environment();
    const send = fo.send.bind(fo);
    fo.send = async (request) =>
      request.operation === 'batch'
        ? respond(200, '--b\r\n\r\nHTTP/1.1 201 Created\r\n\r\n{oops\r\n--b--')
        : send(request);
    await assert.rejects(
      client(fo).createTogether([{ set: 'VendInvoiceJournalHeaders', body: {} }], 'K', signal),
      ContractViolation,
    );
  });
});
