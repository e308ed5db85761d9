import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNavCodeunit } from '../../src/clients/dynamics-nav-classic/codeunit.js';
import { Conflict, OutcomeUnknown, Rejected } from '../../src/clients/http/errors.js';
import type { BcGeneralJournal, BcPurchaseInvoice, ErpDocument } from '../../src/contracts/erp-documents.js';
import type { ErpPort, TrackedErpDocument } from '../../src/contracts/erp-port.js';
import { NavStage, num } from '../simulators/nav-stage.js';
import { documents } from './bc-simulated.js';
import { MemoryWrites, respond } from './fo-memory.js';
import { simulatedNav } from './nav-simulated.js';

const seed = '6D0A1F3C9E7B4A52';
const signal = new AbortController().signal;
const named = { erp: 'nav', company: new NavStage().company };
const invoiceOf = (key = seed): BcPurchaseInvoice => ({
  ...(documents['bc-purchase-invoice']!(key) as BcPurchaseInvoice),
  ...named,
});
const journalOf = (key = seed): BcGeneralJournal => ({
  ...(documents['bc-general-journal']!(key) as BcGeneralJournal),
  ...named,
});

function write(port: ErpPort, document: ErpDocument) {
  const writes = new MemoryWrites();
  writes.patience = true;
  return port.write(document, writes.context);
}

async function posted(port: ErpPort, document: ErpDocument): Promise<TrackedErpDocument> {
  const { keys, posting } = await write(port, document);
  assert.ok(posting.state === 'posted', JSON.stringify(posting));
  assert.equal(posting.proof.differences, undefined, 'what was posted as it was meant differs in nothing');
  return { documentId: 'doc', document, keys, proof: posting.proof };
}

describe('classic NAV, invoices', () => {
  it('S82, S80: a number that somebody else has drafted is a conflict, and nothing is written', async () => {
    const { simulated, http, posting } = simulatedNav();
    simulated.draft(invoiceOf().vendorInvoiceNumber, '1250');
    await assert.rejects(
      write(posting, invoiceOf()),
      (error) => error instanceof Conflict && /duplicate/.test(error.message),
    );
    assert.equal(http.writes, 0);
  });

  it('S78, S81: an empty draft that a lost answer has left is taken, and one that a person has begun is not', async () => {
    const { simulated, posting } = simulatedNav();
    const left = simulated.post('PurchaseInvoice', {}).body.No as string;
    const begun = simulated.post('PurchaseInvoice', { Buy_from_Vendor_No: '20000' }).body.No as string;
    const { keys } = await posted(posting, invoiceOf());
    assert.equal(keys.id, left);
    assert.deepEqual(
      simulated.list('PurchaseInvoice').map(({ No }) => No as string),
      [begun],
    );
  });

  it('S84, S85: a header that NAV refuses to fill is taken away again', async () => {
    const { simulated, posting } = simulatedNav();
    const document = { ...invoiceOf(), vendorNumber: 'STOP' };
    await assert.rejects(
      write(posting, document),
      (error) => error instanceof Rejected && error.code === 'vendor-blocked',
    );
    assert.deepEqual(simulated.nav.unposted(), []);
  });

  it('S93, S94: dimensions stand on the lines, and local currency is written blank', async () => {
    const { simulated, drafting } = simulatedNav();
    const { keys } = await write(drafting, invoiceOf());
    const [header] = simulated.list(`PurchaseInvoice?$filter=No eq '${keys.id ?? ''}'`);
    assert.deepEqual([header.Currency_Code, header.Due_Date], ['', invoiceOf().dueOn]);
    const lines = simulated.list(`PurchInvLines?$filter=Document_No eq '${keys.id ?? ''}' and No eq '8420'`);
    assert.equal(lines[0].Shortcut_Dimension_1_Code, 'SALES');
  });

  it('B9: a draft that a person has changed is not posted over his head', async () => {
    const { simulated, posting, drafting } = simulatedNav();
    const { keys } = await write(drafting, invoiceOf());
    const line = `PurchInvLines(Document_Type='Invoice',Document_No='${keys.id ?? ''}',Line_No=20000)`;
    assert.equal(simulated.patch(line, { Direct_Unit_Cost: num('999') }).status, 200);
    await assert.rejects(
      write(posting, invoiceOf()),
      (error) =>
        error instanceof Rejected && error.code === 'erp-document-changed' && /another amount/.test(error.message),
    );
    assert.deepEqual(simulated.nav.posted(), []);
  });

  it('B9, M2: a credit memo that is posted as it was meant differs in nothing', async () => {
    const { posting } = simulatedNav();
    await posted(posting, { ...documents['bc-purchase-credit-memo']!(seed), ...named });
  });

  it('B9, S43: what a person has posted on other accounts is told, though the total of the invoice is the same', async () => {
    const { simulated, drafting } = simulatedNav(new NavStage({ codeunit: false, personDelayMs: 1_000 }));
    const { keys } = await write(drafting, invoiceOf());
    const [first] = invoiceOf().lines;
    assert.ok(first);
    const other = first.accountNumber === '8420' ? '8430' : '8420';
    const line = `PurchInvLines(Document_Type='Invoice',Document_No='${keys.id ?? ''}',Line_No=20000)`;
    const changed = { No: other, Quantity: num('1'), Direct_Unit_Cost: num(first.amount) };
    assert.equal(simulated.patch(line, changed).status, 200);
    simulated.nowMs += 2_000;
    simulated.nav.tick();
    const tracked = { documentId: 'doc', document: invoiceOf(), keys };
    const [state] = await drafting.findPostings(named.company, [tracked], signal);
    assert.ok(state?.state === 'posted', JSON.stringify(state));
    assert.match(
      (state.proof.differences ?? []).join('; '),
      new RegExp(`instead of .* on account ${first.accountNumber}`),
    );
  });

  it('S100: what NAV refuses when it posts is a reason, and the draft stays for the next attempt', async () => {
    const { simulated, posting } = simulatedNav(
      new NavStage({}, (data) => {
        data.companies[0]!.accounts.find(({ number }) => number === '8430')!.defaultDimensions = [
          { dimension: 'PROJECT', validation: 'Code Mandatory' },
        ];
      }),
    );
    await assert.rejects(
      write(posting, invoiceOf()),
      (error) => error instanceof Rejected && error.code === 'dimension-unusable' && /NAV says/.test(error.message),
    );
    assert.deepEqual([simulated.nav.posted().length, simulated.nav.unposted().length], [0, 1]);
  });
});

describe('classic NAV, journals', () => {
  it('S130: a posting number series of the template does not replace the number of the connector', async () => {
    const stage = new NavStage({}, (data) => void (data.companies[0]!.journalPostingSeries = 'GJ'));
    const { posting } = simulatedNav(stage);
    const { proof } = await posted(posting, journalOf());
    assert.equal(proof?.documentNumber, journalOf().documentNumber);
  });

  it('S48: a journal in a foreign currency is proven by the entry of its vendor', async () => {
    const { posting } = simulatedNav();
    const { proof } = await posted(posting, { ...journalOf(), currency: 'EUR' });
    assert.deepEqual([proof?.currency, proof?.debitTotal, proof?.vendorAmount], ['EUR', '120.50', '120.50']);
  });

  it('B9, S43: what a person has posted on other accounts is told, though the total of the journal is the same', async () => {
    const { simulated, drafting } = simulatedNav(new NavStage({ codeunit: false, personDelayMs: 1_000 }));
    const [vendor, cost] = [...journalOf().lines].sort(({ accountType }) => (accountType === 'Vendor' ? -1 : 1));
    assert.ok(vendor?.accountType === 'Vendor' && cost);
    const document: BcGeneralJournal = {
      ...journalOf(),
      lines: [
        { ...vendor, lineNumber: 10_000, amount: '-120.50' },
        { ...cost, lineNumber: 20_000, accountNumber: '8420', amount: '100', dimensions: [] },
        { ...cost, lineNumber: 30_000, accountNumber: '8430', amount: '20.50', dimensions: [] },
      ],
    };
    const { keys } = await write(drafting, document);
    const line = (number: number): string =>
      `GeneralJournal(Journal_Template_Name='GENERAL',Journal_Batch_Name='${document.batchCode}',Line_No=${number})`;
    assert.equal(simulated.patch(line(20_000), { Amount: num('90') }).status, 200);
    assert.equal(simulated.patch(line(30_000), { Amount: num('30.50') }).status, 200);
    simulated.nowMs += 2_000;
    simulated.nav.tick();
    const [state] = await drafting.findPostings(named.company, [{ documentId: 'doc', document, keys }], signal);
    assert.ok(state?.state === 'posted', JSON.stringify(state));
    const differences = ['90.00 instead of 100.00 on account 8420', '30.50 instead of 20.50 on account 8430'];
    assert.deepEqual([state.proof.debitTotal, state.proof.differences], ['120.50', differences]);
    const { posting } = await write(drafting, document);
    assert.deepEqual(posting.state === 'posted' && posting.proof.differences, differences);
  });

  it('B3: lines of others in the batch keep it, and the lines of the connector leave it', async () => {
    const { simulated, drafting } = simulatedNav();
    const document = journalOf();
    const { keys } = await write(drafting, document);
    simulated.post('GeneralJournal', {
      ...{ Journal_Template_Name: 'GENERAL', Journal_Batch_Name: document.batchCode, Document_No: 'OTHER' },
      ...{ Account_Type: 'G/L Account', Account_No: '8420', Amount: num('5') },
    });
    const writes = new MemoryWrites();
    const left = await drafting.withdraw({ documentId: 'doc', document, keys }, writes.context);
    assert.equal(left.state, 'blocked');
    assert.deepEqual(
      simulated.list('GeneralJournal').map(({ Document_No }) => Document_No as string),
      ['OTHER'],
    );
  });
});

describe('classic NAV, payments', () => {
  async function settled(partShare: number, reverseShare: number) {
    const { simulated, posting } = simulatedNav(new NavStage({ partShare, reverseShare }));
    const tracked = [await posted(posting, invoiceOf()), await posted(posting, invoiceOf('7E0A1F3C9E7B4A53'))].map(
      (one, index) => ({ ...one, documentId: `doc-${index}` }),
    );
    for (let day = 0; day < 8; day += 1) {
      simulated.nowMs += 24 * 60 * 60_000;
      simulated.nav.tick();
    }
    return posting.findSettlements(named.company, tracked, undefined, signal);
  }
  const sum = (rows: { amount: string }[]): number => rows.reduce((total, { amount }) => total + Number(amount), 0);

  it('S101: each part of a payment is a settlement of its own, from whichever side it was applied', async () => {
    const rows = await settled(1, 0);
    for (const id of ['doc-0', 'doc-1']) {
      const own = rows.filter(({ documentId }) => documentId === id);
      assert.equal(own.length, 2);
      assert.equal(sum(own), 1250);
    }
    assert.ok(
      rows.every(({ kind }) => kind === 'payment'),
      JSON.stringify(rows),
    );
    assert.ok(
      rows.every(({ reference }) => !reference.startsWith('108')),
      'the reference is the payment, not the invoice',
    );
    assert.equal(new Set(rows.map(({ settlementKey }) => settlementKey)).size, rows.length);
  });

  it('S101: a payment that was taken back stays, with a row that takes it back', async () => {
    const rows = await settled(0, 1);
    assert.ok(
      rows.some(({ kind, amount }) => kind === 'payment' && Number(amount) < 0),
      JSON.stringify(rows),
    );
    // Paid, bounced, paid again.
    assert.equal(sum(rows), 2500);
  });
});

describe('classic NAV, codeunit', () => {
  const call = {
    ...{ operation: 'nav.invoice.post', company: 'A/B & C', method: 'PostPurchaseInvoice' as const, signal },
    parameters: { draftNo: '1001', externalNo: 'A<B&C' },
  };
  const options = { name: 'nav', odataPath: '', services: {}, companies: {} } as unknown as Parameters<
    typeof createNavCodeunit
  >[0];

  function answering(status: number, text: string) {
    const sent: { path: string; text?: string }[] = [];
    const http = {
      send: (request: { path: string; text?: string }) => {
        sent.push(request);
        return Promise.resolve(respond(status, text));
      },
    };
    return {
      sent,
      codeunit: createNavCodeunit(options, { service: 'ConcurConnector', path: '/DynamicsNAV110/WS' }, http),
    };
  }

  it('C22: texts go as XML, and the company stays one part of the path', async () => {
    const { sent, codeunit } = answering(500, '<html>500</html>');
    await assert.rejects(codeunit.post(call), OutcomeUnknown);
    assert.equal(sent[0]?.path, '/DynamicsNAV110/WS/A%2FB%20%26%20C/Codeunit/ConcurConnector');
    assert.match(sent[0].text!, /<externalNo>A&lt;B&amp;C<\/externalNo>/);
  });

  it('C22: a fault and an error of the codeunit are reasons; anything else of it is none', async () => {
    const fault =
      '<s:Envelope><s:Body><s:Fault><faultcode>a:NavNCLDialogException</faultcode><faultstring xml:lang="en-US">Purchase Invoice A&lt;B already exists for this vendor.</faultstring></s:Fault></s:Body></s:Envelope>';
    await assert.rejects(
      answering(500, fault).codeunit.post(call),
      (error) => error instanceof Rejected && error.code === 'possible-duplicate' && error.message.includes('A<B'),
    );
    const result = (json: string): string =>
      `<Soap:Envelope><Soap:Body><PostPurchaseInvoice_Result xmlns="x"><return_value>${json}</return_value></PostPurchaseInvoice_Result></Soap:Body></Soap:Envelope>`;
    await assert.rejects(
      answering(200, result('{"status":"error","number":"","message":"There is no invoice 1001."}')).codeunit.post(
        call,
      ),
      (error) => error instanceof Rejected && error.message.includes('no invoice 1001'),
    );
    await answering(200, result('{"status":"already","number":"108001","message":""}')).codeunit.post(call);
    await assert.rejects(answering(200, result('{"status":"maybe"}')).codeunit.post(call), /otherwise than was agreed/);
  });
});

describe('classic NAV, master data', () => {
  it('S85, S94, S95: blocked vendors and values, headings and missing posting groups are told before anything is written', async () => {
    const { http, posting } = simulatedNav();
    const findings = await posting.checkMasterData(
      {
        company: named.company,
        vendors: ['STOP', 'NOPAY', 'BARE', '20000'],
        accounts: ['8000', '8450', '8420'],
        dimensions: ['OLD', 'ALL', 'NONE', 'SALES'].map((value) => ({ dimension: 'DEPARTMENT', value })),
        journalNames: [],
      },
      signal,
    );
    assert.deepEqual(
      findings.map(({ kind, code }) => `${kind} ${code}`),
      [
        'vendor-blocked STOP',
        'setup BARE',
        'account-blocked 8000',
        'account-blocked 8450',
        'dimension-blocked DEPARTMENT=OLD',
        'dimension-blocked DEPARTMENT=ALL',
        'dimension-missing DEPARTMENT=NONE',
      ],
    );
    assert.equal(http.writes, 0);
  });

  it('S14, S17: all vendors are read with what Concur is told of them', async () => {
    const { posting } = simulatedNav();
    const { vendors, unreadable } = await posting.readVendors(named.company, signal, () => undefined);
    assert.deepEqual([vendors.length, unreadable], [7, []]);
    const offered = Object.fromEntries(vendors.map((vendor) => [vendor.account, vendor.offered]));
    assert.deepEqual([offered['STOP'], offered['NOPAY'], offered['CE01']], [false, true, true]);
    assert.equal(vendors.find(({ account }) => account === 'CE01')?.email, 'ana@example.test');
  });
});
