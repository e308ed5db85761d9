import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { createODataClient, type ODataClient } from '../../src/clients/dynamics-fo/odata.js';
import type { ReadQuery } from '../../src/clients/dynamics-fo/odata-reads.js';
import { ContractViolation, RateLimited, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { account, adapter, environment, expense, invoice, post, signal, tracked, vendor } from './fo-fixtures.js';
import { MemoryWrites, type MemoryFo } from './fo-memory.js';
import { pendingEnvironment, pendingInvoice, reference } from './fo-pending-memory.js';
import { tracked as trackedInvoice } from './fo-pending-support.js';
import { recovery, strong } from './fo-write-support.js';

const unending = new AbortController().signal;
const vendorRow = z.object({ VendorAccountNumber: z.string() });
const accountRow = z.object({ MainAccountId: z.string() });

const vendors: ReadQuery<{ VendorAccountNumber: string }> = {
  set: 'VendorsV3',
  company: 'USMF',
  select: ['dataAreaId', 'VendorAccountNumber'],
  orderBy: 'VendorAccountNumber',
  row: vendorRow,
  signal,
};
const accounts: ReadQuery<{ MainAccountId: string }> = {
  set: 'MainAccounts',
  select: ['MainAccountId'],
  orderBy: 'MainAccountId',
  row: accountRow,
  signal,
};

function stage(): { fo: MemoryFo; odata: ODataClient; operations: () => string[] } {
  const fo = environment();
  fo.tables.set('VendorsV3', [vendor('A'), vendor('B')]);
  fo.tables.set('MainAccounts', [account('1'), account('2')]);
  const odata = createODataClient('fo', fo, {}, { waitMilliseconds: 5, stopping: unending });
  return { fo, odata, operations: () => fo.requests.map(({ operation }) => operation) };
}

const both = (odata: ODataClient) => Promise.all([odata.read(vendors), odata.read(accounts)]);
const rowsOfBoth = [
  [{ VendorAccountNumber: 'A' }, { VendorAccountNumber: 'B' }],
  [{ MainAccountId: '1' }, { MainAccountId: '2' }],
];
const refusal = { status: 400, text: JSON.stringify({ error: { message: 'Unreadable.' } }) };
/** The sets that a batch asks for, in its order. */
const asked = (fo: MemoryFo): string[] =>
  fo.calls('batch.read').flatMap(({ text = '' }) => [...text.matchAll(/^GET (\w+)/gm)].map(([, set]) => set!));

describe('reads of one moment', () => {
  it('S45: what is asked of several sets at once is one request, each question with the rows of its own', async () => {
    const { fo, odata, operations } = stage();
    assert.deepEqual(await both(odata), rowsOfBoth);
    assert.deepEqual(operations(), ['batch.read']);
    const [request] = fo.requests;
    assert.equal(request!.kind, 'read', 'a lost answer is repeated, nothing is unknown');
    assert.match(request!.text ?? '', /GET VendorsV3\?cross-company=true&\$filter=dataAreaId%20eq%20'usmf'&/);
  });

  it('S45: a read alone goes as it is', async () => {
    const { odata, operations } = stage();
    assert.deepEqual(await odata.read(vendors), rowsOfBoth[0]);
    assert.deepEqual(operations(), ['VendorsV3.read']);
  });

  it('S91: a read that is refused inside a batch fails for its own caller only, and what F&O then left out is asked for again', async () => {
    const { fo, odata, operations } = stage();
    fo.faults.push(
      { operation: 'VendorsV3.read', when: 'before', answers: refusal },
      { operation: 'VendorsV3.read', when: 'before', answers: refusal },
    );
    const [refused, others] = await Promise.allSettled([odata.read(vendors), odata.read(accounts)]);
    assert.ok(refused.status === 'rejected' && refused.reason instanceof Rejected);
    assert.deepEqual(others.status === 'fulfilled' && others.value, rowsOfBoth[1]);
    assert.deepEqual(operations(), ['batch.read', 'VendorsV3.read', 'MainAccounts.read']);
  });

  it('S80: the empty answer to another question is not taken for "no such row"', async () => {
    const context = (set: string) => `"@odata.context":"https://fo.example/data/$metadata#${set}"`;
    for (const swapped of [
      // Without a name, with the name of another part, and with the set of another question.
      { ids: ['', ''], bodies: ['{"value":[]}'] },
      { ids: ['Content-ID: 2', 'Content-ID: 2'], bodies: ['{"value":[]}', '{"value":[]}'] },
      {
        ids: ['Content-ID: 1', 'Content-ID: 2'],
        bodies: [`{${context('MainAccounts')},"value":[]}`, `{${context('VendorsV3(dataAreaId)')},"value":[]}`],
      },
      { ids: ['Content-ID: 1', 'Content-ID: 2'], bodies: ['{"value":[', '{"value"'] },
    ]) {
      const { fo, odata, operations } = stage();
      const parts = swapped.bodies.flatMap((body, at) => [
        '--b',
        'Content-Type: application/http',
        swapped.ids[at]!,
        '',
        'HTTP/1.1 200 OK',
        '',
        body,
      ]);
      const text = [...parts, '--b--', ''].join('\r\n');
      fo.faults.push({ operation: 'batch.read', when: 'before', answers: { status: 200, text } });
      assert.deepEqual(await both(odata), rowsOfBoth, JSON.stringify(swapped));
      assert.deepEqual(operations(), ['batch.read', 'VendorsV3.read', 'MainAccounts.read']);
    }
  });

  it('S45: an environment that takes no reads in batches is asked one by one from then on', async () => {
    const { fo, odata, operations } = stage();
    fo.faults.push({ operation: 'batch.read', when: 'before', answers: { status: 404, text: '{"Message":"No"}' } });
    assert.deepEqual(await both(odata), rowsOfBoth);
    assert.deepEqual(await both(odata), rowsOfBoth);
    const single = ['VendorsV3.read', 'MainAccounts.read'];
    assert.deepEqual(operations(), ['batch.read', ...single, ...single]);
  });

  it('S38: a set that the environment does not publish is left out of batches, or it would spoil every one of them', async () => {
    const { fo, odata, operations } = stage();
    const text = JSON.stringify({ Message: "No HTTP resource was found that matches the request URI 'https://x'." });
    for (let times = 0; times < 3; times += 1) {
      fo.faults.push({ operation: 'VendorsV3.read', when: 'before', answers: { status: 404, text } });
    }
    const three = () =>
      Promise.allSettled([
        odata.read(vendors),
        odata.read(accounts),
        odata.read({ ...accounts, filter: "MainAccountId eq '1'" }),
      ]);
    // Once it spoils a batch, of which nothing is answered; from then on it goes alone beside one of the others.
    for (const alone of [3, 1]) {
      fo.requests.length = 0;
      const [missing, ...others] = await three();
      assert.ok(missing.status === 'rejected' && missing.reason instanceof ContractViolation);
      assert.ok(others.every(({ status }) => status === 'fulfilled'));
      assert.equal(operations().filter((one) => one !== 'batch.read').length, alone);
    }
  });

  it('S45: a batch that F&O is too busy for is not taken apart into more calls', async () => {
    const { fo, odata, operations } = stage();
    const busy = new RateLimited('busy', { system: 'fo', operation: 'batch.read' }, 1_000);
    fo.faults.push({ operation: 'batch.read', when: 'before', throws: busy });
    const outcomes = await Promise.allSettled([odata.read(vendors), odata.read(accounts)]);
    assert.ok(outcomes.every((one) => one.status === 'rejected' && one.reason === busy));
    assert.deepEqual(operations(), ['batch.read']);
  });

  it('S37: an answer with further pages is read page by page', async () => {
    const { fo, odata, operations } = stage();
    fo.pageSize = 1;
    assert.deepEqual(await both(odata), rowsOfBoth);
    const pages = [...operations()].sort();
    assert.deepEqual(pages, [
      'MainAccounts.read',
      'MainAccounts.read',
      'VendorsV3.read',
      'VendorsV3.read',
      'batch.read',
    ]);
  });

  it('C16: a row of another company inside a batch reaches nobody', async () => {
    const { fo, odata } = stage();
    const text = JSON.stringify({ value: [{ dataAreaId: 'demf', VendorAccountNumber: 'X' }] });
    const foreign = { operation: 'VendorsV3.read', when: 'before' as const, answers: { status: 200, text } };
    fo.faults.push(foreign, { ...foreign });
    const [refused, others] = await Promise.allSettled([odata.read(vendors), odata.read(accounts)]);
    assert.match(refused.status === 'rejected' ? String(refused.reason) : '', /company USMF/);
    assert.equal(others.status, 'fulfilled');
  });

  it('more reads than one batch may hold go one batch after the other', async () => {
    const { fo, odata } = stage();
    const many = Array.from({ length: 20 }, (_, at) => ({ ...accounts, filter: `MainAccountId eq '${at}'` }));
    const found = await Promise.all(many.map((query) => odata.read(query)));
    assert.deepEqual([found[1], found[2], found[3]], [[{ MainAccountId: '1' }], [{ MainAccountId: '2' }], []]);
    assert.equal(fo.calls('batch.read').length, 2);
  });
});

describe('reads in an order', () => {
  const moves = (fo: MemoryFo) => () => {
    // The row goes from the first set to the second, as a pending invoice does when it is posted.
    fo.tables.set('VendorsV3', []);
    fo.tables.set('MainAccounts', [account('A')]);
  };

  it('S80: whoever else asks at the same moment, the first set is never answered after the second', async () => {
    const { fo, odata } = stage();
    const [, [first, second]] = await Promise.all([
      odata.read(accounts),
      odata.readInOrder([vendors, accounts], signal),
      odata.readInOrder([accounts, vendors], signal),
    ]);
    assert.deepEqual([first, second], rowsOfBoth);
    assert.deepEqual(asked(fo), ['MainAccounts', 'VendorsV3', 'MainAccounts', 'VendorsV3']);
  });

  it('S80: where the first has to be asked again, the second is asked again after it', async () => {
    const { fo, odata, operations } = stage();
    fo.tables.set('VendorsV3', [vendor('A')]);
    fo.tables.set('MainAccounts', []);
    // The batch answers both, the first with a page that is not the last: by the time that is read, the row has moved.
    const text = JSON.stringify({ value: [], '@odata.nextLink': 'https://fo.example/data/VendorsV3?x=1' });
    const meanwhile = moves(fo);
    fo.faults.push(
      { operation: 'VendorsV3.read', when: 'before', answers: { status: 200, text } },
      { operation: 'VendorsV3.read', when: 'before', meanwhile },
    );
    const [first, second] = await odata.readInOrder([vendors, accounts], signal);
    assert.deepEqual([first, second], [[], [{ MainAccountId: 'A' }]], 'seen once at least');
    assert.deepEqual(operations(), ['batch.read', 'VendorsV3.read', 'MainAccounts.read']);
  });

  it('without sharing they are asked one after the other', async () => {
    const { fo } = stage();
    const odata = createODataClient('fo', fo, {});
    assert.deepEqual(await odata.readInOrder([vendors, accounts], signal), rowsOfBoth);
    assert.deepEqual(
      fo.requests.map(({ operation }) => operation),
      ['VendorsV3.read', 'MainAccounts.read'],
    );
  });

  it('a failure of one of them is a failure of the question', async () => {
    const { fo, odata } = stage();
    const lost = new Unavailable('lost', { system: 'fo', operation: 'MainAccounts.read' });
    fo.faults.push(
      { operation: 'MainAccounts.read', when: 'before', answers: { status: 500, text: '' } },
      { operation: 'MainAccounts.read', when: 'before', throws: lost },
    );
    await assert.rejects(odata.readInOrder([vendors, accounts], signal), lost);
  });
});

describe('what a document costs', () => {
  const sharing = { waitMilliseconds: 5, stopping: unending };
  const cost = (fo: MemoryFo): string[] => fo.requests.map(({ operation }) => operation);

  for (const [route, document, headers] of [
    ['fo-general-journal', expense(), 'LedgerJournalHeaders'],
    ['fo-vendor-invoice-journal', invoice(), 'VendInvoiceJournalHeaders'],
  ] as const) {
    it(`B25, S80: ${route}, all alone: one request looks, one or two write, one reads back, three prove the posting`, async () => {
      for (const [mode, writes] of [
        [strong, ['batch']],
        [recovery, [`${headers}.create`, 'batch']],
      ] as const) {
        const fo = environment();
        const port = adapter(fo, { ...mode, sharing });
        await port.write(expense({ keySeed: 'WARM1F3C9E7B4A52', description: 'warm' }), new MemoryWrites().context);
        fo.requests.length = 0;
        const { keys } = await port.write(document, new MemoryWrites().context);
        assert.deepEqual(cost(fo), ['batch.read', ...writes, 'batch.read']);
        const looks = asked(fo).slice(0, -2);
        assert.ok(looks.includes(headers) && looks.includes('VendTransBiEntities'), looks.join());
        assert.ok(looks.includes('VendInvoiceJournalLines'), looks.join());
        assert.equal(looks.includes('VendorInvoiceHeaders'), route === 'fo-vendor-invoice-journal');
        post(fo, keys.journal!);
        fo.requests.length = 0;
        const [state] = await port.findPostings('USMF', [tracked(document, keys.journal!)], signal);
        assert.equal(state?.state, 'posted');
        assert.deepEqual(cost(fo), [`${headers}.read`, 'batch.read', 'VendTransBiEntities.read']);
      }
    });
  }

  it('B25, S80: fo-pending-invoice, all alone: one request looks, one writes, one reads back, three prove the posting', async () => {
    const fo = pendingEnvironment();
    const port = adapter(fo, { sharing });
    await port.checkMasterData(
      { company: 'USMF', vendors: [], accounts: [], dimensions: [], journalNames: [] },
      signal,
    );
    fo.requests.length = 0;
    const { posting } = await port.write(pendingInvoice(), new MemoryWrites().context);
    assert.equal(posting.state, 'waiting');
    assert.deepEqual(cost(fo), ['batch.read', 'batch', 'batch.read']);
    assert.deepEqual(asked(fo), [
      ...['VendorInvoiceHeaders', 'VendTransBiEntities', 'VendInvoiceJournalLines', 'LedgerJournalLines'],
      ...['VendInvoiceJourBiEntities', 'VendorInvoiceHeaders', 'VendInvoiceJourBiEntities', 'VendorInvoiceLines'],
    ]);
    fo.postInvoice(reference);
    fo.requests.length = 0;
    const [state] = await port.findPostings('USMF', [trackedInvoice()], signal);
    assert.equal(state?.state, 'posted');
    assert.deepEqual(cost(fo), ['batch.read', 'batch.read', 'GeneralJournalAccountEntryBiEntities.read']);
  });

  it('C15: the postings of a company cost as many requests for both kinds of journals and for invoices as for one', async () => {
    const fo = pendingEnvironment();
    const port = adapter(fo, { ...strong, sharing });
    const documents = [expense(), invoice({ keySeed: 'AAAA1F3C9E7B4A52', description: 'Concur INV AAAA1F3C9E7B4A52' })];
    const journals = [];
    for (const document of documents) {
      const { keys } = await port.write(document, new MemoryWrites().context);
      journals.push(tracked(document, keys.journal!));
      post(fo, keys.journal!, `V-${keys.journal!}`);
    }
    const seed = 'BBBB1F3C9E7B4A52';
    const unrelated = pendingInvoice({ keySeed: seed, documentNumber: seed, invoiceNumber: '48400' });
    await port.write(unrelated, new MemoryWrites().context);
    fo.postInvoice(reference);
    fo.requests.length = 0;
    const states = await port.findPostings('USMF', [...journals, trackedInvoice(unrelated)], signal);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['posted', 'posted', 'posted'],
    );
    assert.ok(fo.requests.length <= 3, cost(fo).join());
  });

  it('S80: a look that is lost ends the step with its own error, whatever becomes of the others', async () => {
    for (const [operation, document, fo] of [
      ['VendorInvoiceHeaders.read', pendingInvoice(), pendingEnvironment()],
      ['LedgerJournalHeaders.read', expense(), environment()],
    ] as const) {
      const lost = new Unavailable('lost', { system: 'fo', operation });
      fo.faults.push({ operation, when: 'before', throws: lost });
      const send = fo.send.bind(fo);
      // The other looks are answered only when the lost one is known.
      fo.send = async (request) => {
        if (request.operation !== operation) await new Promise((resolve) => setImmediate(resolve));
        return send(request);
      };
      await assert.rejects(adapter(fo).write(document, new MemoryWrites().context), lost);
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(fo.requests.filter(({ method }) => method !== 'GET').length, 0);
    }
  });

  it('S80: a pending invoice that a person posts while it is looked for is seen as the entry that it became', async () => {
    const fo = pendingEnvironment();
    await adapter(fo).write(
      pendingInvoice({ documentNumber: 'BY-HAND', invoiceNumber: '48399' }),
      new MemoryWrites().context,
    );
    const document = invoice();
    const line = document.lines.find(({ accountType }) => accountType === 'Vend')!;
    for (const row of fo.rows('VendorInvoiceHeaders')) {
      Object.assign(row, { InvoiceAccount: line.account, InvoiceNumber: line.invoice });
    }
    fo.requests.length = 0;
    fo.faults.push({
      operation: 'VendorInvoiceHeaders.read',
      when: 'before',
      meanwhile: () => fo.postInvoice(reference),
    });
    const port = adapter(fo, { ...strong, sharing });
    await assert.rejects(port.write(document, new MemoryWrites().context), /already holds invoice/);
  });
});
