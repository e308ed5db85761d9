import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { createODataClient, type ODataClient } from '../../src/clients/dynamics-fo/odata.js';
import { decimalNumber, noon, numberEquals, since, textEquals } from '../../src/clients/dynamics-fo/odata-literals.js';
import { decimal, text, wholeNumber } from '../../src/clients/dynamics-fo/schemas.js';
import { ExternalSystemError } from '../../src/clients/http/errors.js';
import { foreignPackages, pageSize, startForeignOData } from './foreign-odata-server.js';
import { harness } from './http-support.js';

const packages = foreignPackages();
const skip = 'missing' in packages ? packages.missing : false;
const { signal } = new AbortController();

/** What an accountant may have written into a name or a number; an asterisk is refused before it is sent. */
const names = [
  ...[
    "O'Neil & Sons",
    "''",
    '100% + 5%25',
    'a=b;c#d?e',
    'Söhne ÄÖÜ ß',
    '東京 ✓',
    'x/y:z\\w',
    '"quoted" (and)',
    '+49 1',
  ],
];
/**
 * Beyond 2^32, as record ids are. This server keeps and sends numbers as floats, so that none may have more than fifteen digits;
 * that no digit is lost beyond them is shown against our own simulator.
 */
const firstKey = 35_637_149_876_123n;
const amountOf = (index: number): string => `-123456789${index}.123456`;
const transaction = z.object({
  ...{ SourceKey: wholeNumber, AccountNum: text, Invoice: text, AmountCur: decimal, SysModifiedDateTime: text },
});
const select = ['dataAreaId', 'SourceKey', 'AccountNum', 'Invoice', 'AmountCur', 'SysModifiedDateTime'];
const line = z.object({ LineNumber: decimal, DebitAmount: decimal, TransDate: text, Text: text });
const lineColumns = ['dataAreaId', 'LineNumber', 'DebitAmount', 'TransDate', 'Text'];
const header = z.object({ JournalBatchNumber: z.string(), Description: text });

describe('the OData client against an OData server that nobody here wrote', { skip }, () => {
  let client: ODataClient;
  let stop: () => Promise<void> = () => Promise.resolve();
  let http: ReturnType<typeof harness>;

  before(async () => {
    const server = await startForeignOData('folder' in packages ? packages.folder : '');
    ({ stop } = server);
    http = harness(server.url, { timeoutMs: 20_000 });
    client = createODataClient('foreign', http.http, {});
    for (const [index, name] of names.entries()) await addTransaction('usmf', index, name);
    await addTransaction('demf', 0, names[0] ?? '');
  });
  after(() => stop());

  const addTransaction = (company: string, index: number, name: string): Promise<unknown> =>
    http.http.send({
      ...{ operation: 'seed', method: 'POST', path: '/data/VendTransBiEntities', kind: 'write', signal },
      json: {
        ...{ dataAreaId: company, SourceKey: Number(firstKey) + index, AccountNum: name },
        ...{ Invoice: `RE-${index}`, AmountCur: decimalNumber(amountOf(index)) },
        SysModifiedDateTime: `2026-01-0${index + 1}T12:00:00Z`,
      },
    });
  const transactions = (query: { filter?: string; anyOf?: string[]; top?: number; complete?: boolean }) =>
    client.read({
      ...{ set: 'VendTransBiEntities', company: 'USMF', select, orderBy: 'SourceKey', row: transaction, signal },
      ...query,
    });
  const lines = (journal: string) =>
    client.read({
      ...{ set: 'LedgerJournalLines', company: 'usmf', filter: textEquals('JournalBatchNumber', journal), signal },
      ...{ select: lineColumns, orderBy: 'LineNumber', row: line },
    });
  const headers = (journal: string) =>
    client.read({
      ...{ set: 'LedgerJournalHeaders', company: 'usmf', filter: textEquals('JournalBatchNumber', journal), signal },
      ...{ select: ['dataAreaId', 'JournalBatchNumber', 'Description'], row: header },
    });
  const newHeader = (journal: string, more: Record<string, unknown> = {}) => ({
    set: 'LedgerJournalHeaders' as const,
    body: {
      dataAreaId: 'usmf',
      JournalBatchNumber: journal,
      JournalName: 'CNQREXP',
      Description: "O'Neil 50%",
      ...more,
    },
  });
  const newLine = (journal: string, number: number, amount = '0.1') => ({
    set: 'LedgerJournalLines' as const,
    body: {
      ...{ dataAreaId: 'usmf', JournalBatchNumber: journal, LineNumber: number, Text: names[number] ?? '' },
      ...{ DebitAmount: decimalNumber(amount), TransDate: noon('2026-03-31') },
    },
  });

  it('S37: every text finds exactly its own row: quotes, percent, plus, ampersand, hash and letters of all kinds', async () => {
    for (const [index, name] of names.entries()) {
      const found = await transactions({ filter: textEquals('AccountNum', name) });
      assert.deepEqual(
        found.map(({ Invoice, AccountNum }) => [Invoice, AccountNum]),
        [[`RE-${index}`, name]],
      );
    }
  });

  it('S37: an or chain of many texts finds all of them in order of the key, over all pages', async () => {
    const wanted = [...names, ...Array.from({ length: 60 }, (_, index) => `none-${index}`)];
    const found = await transactions({ anyOf: wanted.map((name) => textEquals('AccountNum', name)) });
    assert.deepEqual(
      found.map(({ AccountNum }) => AccountNum),
      names,
    );
  });

  it('S37: all pages are read by the links of the server, counted, and a limit is a limit on the whole', async () => {
    const before = http.records.length;
    const all = await transactions({ complete: true });
    assert.deepEqual(
      all.map(({ SourceKey }) => SourceKey),
      names.map((_, index) => String(firstKey + BigInt(index))),
    );
    assert.ok(http.records.length - before >= names.length / pageSize, 'there were several pages');
    assert.equal((await transactions({ top: 2 })).length, 2);
  });

  it('S40: rows of another company stay out, although it has a row with the same text', async () => {
    const found = await client.read({
      ...{ set: 'VendTransBiEntities', company: 'DEMF', select, row: transaction, signal },
      filter: textEquals('AccountNum', names[0] ?? ''),
    });
    assert.deepEqual(
      found.map(({ SourceKey }) => SourceKey),
      [String(firstKey)],
    );
  });

  it('S37: record ids beyond 2^32 and amounts are read and asked for digit by digit', async () => {
    const wanted = firstKey + 5n;
    const [found, ...more] = await transactions({ filter: numberEquals('SourceKey', String(wanted)) });
    assert.deepEqual([found?.SourceKey, found?.AmountCur, more.length], [String(wanted), amountOf(5), 0]);
  });

  it('S37: a window of time is asked for as F&O takes it', async () => {
    const found = await transactions({ filter: since('SysModifiedDateTime', '2026-01-08T12:00:00.500Z') });
    assert.deepEqual(
      found.map(({ Invoice }) => Invoice),
      ['RE-7', 'RE-8'],
    );
  });

  it('S39: a changeset creates header and lines, and its rows come back in their order with all digits', async () => {
    const amounts = ['0.1', '123456789.123456', '200'];
    const creates = [newHeader('C1'), ...amounts.map((amount, index) => newLine('C1', index + 1, amount))];
    const rows = await client.createTogether(creates, 'key-1', signal);
    assert.equal(rows.length, 4);
    const read = await lines('C1');
    assert.deepEqual(
      read.map(({ DebitAmount, LineNumber }) => [Number(LineNumber), DebitAmount]),
      amounts.map((amount, index) => [index + 1, amount]),
    );
    assert.deepEqual(
      read.map(({ Text }) => Text),
      names.slice(1, 4),
    );
    assert.ok(read.every(({ TransDate }) => TransDate.startsWith('2026-03-31T12:00:00')));
    assert.deepEqual(
      (await headers('C1')).map(({ Description }) => Description),
      ["O'Neil 50%"],
    );
  });

  it('B3: a changeset with one bad row fails inside an outer 200, and nothing of it is there', async () => {
    const creates = [newHeader('C2'), newLine('C2', 1), newLine('C2', 2), newLine('C2', 1)];
    await assert.rejects(client.createTogether(creates, 'key-2', signal), isNoSuccess);
    assert.deepEqual([await headers('C2'), await lines('C2')], [[], []]);
    await assert.rejects(client.createTogether([newHeader('C3', { JournalName: null })], 'key-3', signal), isNoSuccess);
    assert.deepEqual(await headers('C3'), []);
  });

  it('S83: a row with a key that exists is not created again, alone or in a changeset', async () => {
    const { set, body } = newHeader('K1');
    await client.create(set, body, header, signal);
    await assert.rejects(client.create(set, { ...body, Description: 'other' }, header, signal), isNoSuccess);
    await assert.rejects(client.createTogether([newHeader('K1'), newLine('K1', 1)], 'key-4', signal), isNoSuccess);
    assert.deepEqual(
      (await headers('K1')).map(({ Description }) => Description),
      ["O'Neil 50%"],
    );
    assert.deepEqual(await lines('K1'), []);
  });

  it('B3: rows are deleted by their whole key, also one with a quote and a percent sign, and no other row', async () => {
    const journal = "O'1%";
    await client.createTogether([newHeader(journal), newLine(journal, 1), newLine(journal, 2)], 'key-5', signal);
    await client.remove('LedgerJournalLines', { company: 'USMF', journal, lineNumber: '1' }, signal);
    assert.deepEqual(
      (await lines(journal)).map(({ LineNumber }) => Number(LineNumber)),
      [2],
    );
    await client.remove('LedgerJournalLines', { company: 'usmf', journal, lineNumber: '2.0' }, signal);
    await client.remove('LedgerJournalHeaders', { company: 'usmf', journal }, signal);
    assert.deepEqual([await headers(journal), await lines(journal)], [[], []]);
  });

  it('S37: a set and a field that the server does not have are failures, never "no such row"', async () => {
    const query = { set: 'VendorsV3' as const, company: 'usmf', select: ['dataAreaId'], row: transaction, signal };
    await assert.rejects(client.read(query), ExternalSystemError);
    await assert.rejects(transactions({ filter: textEquals('NoSuchField', 'x') }), ExternalSystemError);
  });
});

/** Refused or unknown, but never taken for done. */
function isNoSuccess(error: unknown): boolean {
  return error instanceof ExternalSystemError;
}
