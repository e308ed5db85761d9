import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulatorSettings } from '../../simulators/harness/settings-types.js';
import { FoStage, purchasingMaster, type Answer } from './fo-stage.js';

const infolog = (answer: Answer): string => answer.json.error.innererror.message;
const usmf = "dataAreaId eq 'usmf'";

function newStage(fo: Partial<SimulatorSettings['fo']> = {}, master = purchasingMaster): FoStage {
  return new FoStage({ fo, master });
}

const info = (stage: FoStage, number: string): any =>
  stage.rows('VendInvoiceInfoTableBiEntities', `${usmf} and Num eq '${number}'`)[0];
const header = (stage: FoStage, reference: string): any =>
  stage.rows('VendorInvoiceHeaders', `${usmf} and HeaderReference eq '${reference}'`)[0];
const states = (row: any): string[] => [row.RequestStatus, row.AutomationStatus, row.ParmJobStatus];
const path = (set: string, key: string): string => `/data/${set}(dataAreaId='usmf',${key})?cross-company=true`;

test('S3: a pending vendor invoice has header and lines, with the number, dates and dimensions that were sent', () => {
  const stage = newStage();
  const answer = stage.pendingHeader('a-1', { InvoiceAccount: 'us-101', DimensionDisplayValue: '001' });
  assert.equal(answer.status, 201);
  const { InvoiceAccount, InvoiceNumber, InvoiceDate, Date, DueDate, DimensionDisplayValue } = answer.json;
  assert.deepEqual(
    [InvoiceAccount, InvoiceNumber, InvoiceDate, Date, DueDate, DimensionDisplayValue],
    ['US-101', 'N-a-1', '2026-03-20T12:00:00Z', '2026-04-10T12:00:00Z', '1900-01-01T12:00:00Z', '001-'],
  );
  const line = stage.pendingLine('a-1', 1, { ReceiveNow: 3, UnitPrice: 33.335, DimensionDisplayValue: '001-024' });
  assert.equal(line.status, 201);
  assert.deepEqual([line.json.NetAmount, line.json.DimensionDisplayValue], ['100.01', '001-024']);
  assert.match(line.headers['Location'] ?? '', /HeaderReference='a-1',InvoiceLineNumber=1\)$/);
  assert.deepEqual(
    stage.seen.writes.map(({ operation, key, outcome }) => [operation, key, outcome]),
    [
      ['VendorInvoiceHeaders.create', 'usmf/a-1', 'applied'],
      ['VendorInvoiceLines.create', 'usmf/a-1/1', 'applied'],
    ],
  );
  assert.deepEqual(
    stage.simulator.unposted().map(({ company, mark }) => [company, mark]),
    [['usmf', 'DOC-a-1']],
  );
  assert.deepEqual(stage.seen.violations, []);
});

test('S3: header reference and line number are keys: a repeated write fails on them and changes nothing', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1');
  const again = stage.pendingHeader('A-1', { InvoiceNumber: 'other' });
  assert.equal(again.status, 400);
  assert.match(
    infolog(again),
    /^Write failed for table row of type 'VendorInvoiceHeaderEntity'\. Infolog: Info: Cannot/,
  );
  assert.match(infolog(again), /\nThe record already exists\.\.$/);
  assert.match(infolog(stage.pendingLine('a-1', 1)), /\nThe record already exists\.\.$/);
  assert.equal(
    stage.pendingHeader('a-1', { dataAreaId: 'demf', InvoiceAccount: 'DE-001', VendorAccount: '' }).status,
    201,
  );
  assert.equal(header(stage, 'a-1').InvoiceNumber, 'N-a-1');
  assert.deepEqual(stage.seen.repeats, []);
});

test('S3: account numbers are plain here: an escaped display value names no vendor', () => {
  const stage = newStage();
  const escaped = stage.pendingHeader('a-1', { InvoiceAccount: 'US\\-101' });
  assert.match(infolog(escaped), /'US\\-101' in field 'Invoice account' is not found in the related table 'Vendors'/);
  assert.match(infolog(stage.pendingHeader('a-1', { VendorAccount: 'DE-001' })), /'DE-001' in field 'Vendor account'/);
  assert.equal(stage.pendingHeader('a-1', { VendorAccount: '' }).json.VendorAccount, 'US-101');
});

test('Missing mandatory fields, unknown values and fields of the server are refused', () => {
  const stage = newStage();
  for (const [field, label] of [
    ['HeaderReference', 'Header reference'],
    ['InvoiceAccount', 'Invoice account'],
    ['InvoiceNumber', 'Invoice number'],
  ] as const) {
    const refused = stage.pendingHeader('a-1', { [field]: undefined });
    assert.equal(infolog(refused), `Write returned RecId 0. Infolog: Error: Mandatory field '${label}' not set.`);
  }
  for (const more of [
    { Currency: 'ZZZ' },
    { DimensionDisplayValue: '777' },
    { PurchaseOrderNumber: 'PO-9' },
    { VendorInvoiceReviewStatus: 'Approved' },
    { Log: 'x' },
    { Remark: 'x' },
  ])
    assert.equal(stage.pendingHeader('a-1', more).status, 400, JSON.stringify(more));
  assert.deepEqual(stage.simulator.unposted(), []);
  stage.pendingInvoice('a-1', {}, []);
  for (const more of [
    { Currency: undefined },
    { Currency: 'EUR' },
    { InvoiceLineNumber: undefined },
    { HeaderReference: 'a-2' },
    { ReceiveNow: undefined },
    { NetAmount: 1.005 },
    { VendorAccount: 'US-101' },
    { DimensionDisplayValue: '024' },
  ])
    assert.equal(stage.pendingLine('a-1', 1, more).status, 400, JSON.stringify(more));
  assert.equal(stage.rows('VendorInvoiceLines', usmf).length, 0);
});

test('S3: a line needs a category of its hierarchy, an item that is not stocked, or an order line; a main account is none', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1', {}, []);
  const none = { ProcurementCategoryName: undefined, ProcurementCategoryHierarchyName: undefined };
  const mainAccount = stage.pendingLine('a-1', 1, { ...none, MainAccountDisplayValue: '618160-001-024' });
  assert.match(
    infolog(mainAccount),
    /^Write validation failed for table row of type 'VendorInvoiceLineEntity'\. Infolog: Warning: An item number or a procurement category/,
  );
  const unknown = stage.pendingLine('a-1', 1, { ProcurementCategoryName: 'Cleaning' });
  assert.match(infolog(unknown), /'Cleaning' in field 'Procurement category'/);
  assert.equal(stage.pendingLine('a-1', 1, { ProcurementCategoryHierarchyName: '' }).status, 400);
  assert.match(infolog(stage.pendingLine('a-1', 1, { ...none, ItemNumber: 'X-1' })), /'X-1' in field 'Item number'/);
  const stocked = stage.pendingLine('a-1', 1, { ...none, ItemNumber: 'D-1' });
  assert.match(infolog(stocked), /inventory model policy must be not stocked/);
  assert.equal(stage.pendingLine('a-1', 1, { ...none, ItemNumber: 'S-1' }).status, 201);
  assert.equal(stage.pendingLine('a-1', 2).status, 201);
});

test('S3: an order line brings its category and price, and takes no more than is left of it', () => {
  const stage = newStage();
  const order = {
    ...{ ProcurementCategoryName: undefined, ProcurementCategoryHierarchyName: undefined, UnitPrice: undefined },
    ...{ PurchaseOrder: 'PO-1', PurchLineNumber: 1 },
  };
  stage.pendingInvoice('other', { InvoiceAccount: 'EMP-00042', VendorAccount: 'EMP-00042' }, []);
  assert.match(infolog(stage.pendingLine('other', 1, order)), /not an order to this vendor/);
  stage.pendingInvoice('a-1', { PurchaseOrderNumber: 'PO-1' }, []);
  assert.equal(stage.pendingLine('a-1', 1, { ...order, PurchaseOrder: 'PO-2' }).status, 400);
  assert.equal(stage.pendingLine('a-1', 1, { ...order, PurchLineNumber: 3 }).status, 400);
  assert.match(infolog(stage.pendingLine('a-1', 1, { ...order, ReceiveNow: 11 })), /exceeds the remaining quantity 10/);
  const line = stage.pendingLine('a-1', 1, { ...order, ReceiveNow: 6 });
  assert.deepEqual([line.json.ProcurementCategoryName, line.json.NetAmount], ['Catering', '75']);
  stage.run(2_500);
  stage.pendingInvoice('a-2', {}, []);
  assert.match(infolog(stage.pendingLine('a-2', 1, { ...order, ReceiveNow: 5 })), /exceeds the remaining quantity 4/);
  assert.equal(stage.pendingLine('a-2', 1, { ...order, ReceiveNow: 4 }).status, 201);
});

test('S3: a pending invoice takes one attachment on its header, which goes with it', () => {
  const stage = newStage();
  const attach = (more: object): Answer =>
    stage.post('VendorInvoiceDocumentAttachments', {
      ...{ dataAreaId: 'usmf', HeaderReference: 'a-1', TypeId: 'File', Name: 'Receipt', FileName: 'receipt.pdf' },
      ...{ FileType: 'pdf', FileContents: 'JVBERi0=', ...more },
    });
  assert.match(infolog(attach({})), /'a-1' in field 'Header reference' is not found/);
  stage.pendingInvoice('a-1');
  assert.equal(attach({ FileContents: 'no base64!' }).status, 400);
  assert.equal(attach({ TypeId: undefined }).status, 400);
  const created = attach({});
  assert.deepEqual(
    [created.status, created.json.FileContents, created.json.Restriction],
    [201, 'JVBERi0=', 'Internal'],
  );
  assert.match(infolog(attach({})), /The record already exists\.\.$/);
  stage.run(2_000);
  assert.equal(stage.rows('VendorInvoiceDocumentAttachments', usmf).length, 0);
});

test('Two invoices that together take more than was ordered: the second is refused when it is posted', () => {
  const stage = newStage();
  const order = { PurchaseOrder: 'PO-1', PurchLineNumber: 1, ReceiveNow: 6, UnitPrice: 12.5 };
  stage.pendingInvoice('a-1', {}, [order]);
  stage.pendingInvoice('a-2', {}, [order]);
  stage.run(5_000);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark }) => mark),
    ['DOC-a-1'],
  );
  assert.match(
    info(stage, 'N-a-2').Log,
    /quantity 6 exceeds the remaining quantity 4 on line 1 of purchase order PO-1/,
  );
});

test('More than the product receipts cover is a matching discrepancy at posting, not at the write', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1', {}, [{ PurchaseOrder: 'PO-1', PurchLineNumber: 2, ReceiveNow: 4, UnitPrice: 100 }]);
  stage.run(5_000);
  assert.deepEqual(states(info(stage, 'N-a-1')), ['Approved', 'Paused', 'ContainErrors']);
  assert.match(info(stage, 'N-a-1').Log, /exceeds the received quantity 3/);
});

test('C15: a created invoice is only pending: it is submitted, approved and posted in steps that can be seen', () => {
  const stage = newStage({ workflowDelayMs: 1_000 });
  stage.pendingInvoice('a-1');
  const { IncludeInAutomatedProcessing, VendInvoiceSaveStatus, Hold, DocumentNum } = info(stage, 'N-a-1');
  assert.deepEqual(
    [IncludeInAutomatedProcessing, VendInvoiceSaveStatus, Hold, DocumentNum],
    ['Yes', 'Pending', 'No', 'DOC-a-1'],
  );
  assert.deepEqual(states(info(stage, 'N-a-1')), ['Draft', 'Included', 'Waiting']);
  stage.run(1_000);
  assert.deepEqual(states(info(stage, 'N-a-1')), ['InReview', 'InWorkflow', 'Waiting']);
  assert.equal(header(stage, 'a-1').VendorInvoiceReviewStatus, 'InReview');
  stage.run(1_000);
  assert.deepEqual(states(info(stage, 'N-a-1')), ['Approved', 'WorkflowCompleted', 'Waiting']);
  assert.deepEqual(stage.simulator.posted(), []);
  assert.equal(stage.rows('VendInvoiceJourBiEntities', usmf).length, 0);
  stage.run(500);
  assert.equal(stage.simulator.posted().length, 1);
});

test('S100: after posting the pending rows are gone, and invoice, vendor transaction and ledger tell the same', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1', { DimensionDisplayValue: '001', InvoiceDescription: 'Concur INV 1' }, [
    { UnitPrice: 70, DimensionDisplayValue: '001-024' },
    { UnitPrice: 30.5, LineDescription: 'Drinks' },
  ]);
  stage.run(2_000);
  for (const set of ['VendorInvoiceHeaders', 'VendorInvoiceLines', 'VendInvoiceInfoTableBiEntities'])
    assert.deepEqual(stage.rows(set, usmf), [], set);
  const [invoice] = stage.rows(
    'VendInvoiceJourBiEntities',
    `${usmf} and InvoiceAccount eq 'US-101' and InvoiceId eq 'N-a-1'`,
  );
  assert.deepEqual(
    [invoice.LedgerVoucher, invoice.InvoiceAmount, invoice.CurrencyCode, invoice.DocumentNum, invoice.InvoiceDate],
    ['VINV000001', '100.5', 'USD', 'DOC-a-1', '2026-03-20T12:00:00Z'],
  );
  const [transaction] = stage.rows('VendTransBiEntities', `${usmf} and AccountNum eq 'US-101' and Invoice eq 'N-a-1'`);
  assert.deepEqual(
    [transaction.TransType, transaction.AmountCur, transaction.Voucher, transaction.DocumentNum, transaction.TransDate],
    ['Purch', '-100.5', 'VINV000001', 'DOC-a-1', '2026-04-10T12:00:00Z'],
  );
  const voucher = "SubledgerVoucher eq 'VINV000001' and SubledgerVoucherDataAreaId eq 'usmf'";
  const [entry] = stage.rows('GeneralJournalEntryBiEntities', voucher);
  assert.equal(
    stage.rows('GeneralJournalAccountEntryBiEntities', `GeneralJournalEntry eq ${String(entry.SourceKey)}`).length,
    3,
  );
  const [document] = stage.simulator.posted();
  assert.deepEqual(document, {
    erp: 'fo',
    company: 'usmf',
    currency: 'USD',
    documentNumber: 'VINV000001',
    mark: 'DOC-a-1',
    postedAt: new Date(stage.nowMs).toISOString(),
    entries: [
      { account: 'US-101', role: 'liability', vendor: true, dimensions: { BusinessUnit: '001' }, amount: '-100.50' },
      { account: '618160', role: 'cost', dimensions: { BusinessUnit: '001', CostCenter: '024' }, amount: '70.00' },
      { account: '618160', role: 'cost', dimensions: {}, amount: '30.50' },
    ],
    payable: '100.50',
    paid: '0.00',
  });
  assert.deepEqual(stage.simulator.unposted(), []);
});

test('S101: the payment run pays a posted vendor invoice like any other vendor transaction', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1');
  stage.pendingInvoice('credit', {}, [{ ReceiveNow: -1, UnitPrice: 40 }]);
  stage.run(5_000);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark, payable, paid }) => [mark, payable, paid]),
    [
      ['DOC-a-1', '100.00', '100.00'],
      ['DOC-credit', '0.00', '0.00'],
    ],
  );
  const [credit] = stage.rows('VendTransBiEntities', `${usmf} and Invoice eq 'N-credit'`);
  assert.equal(credit.AmountCur, '40');
});

test('Trap 24: before posting header and lines may be changed or deleted, and what was submitted is a draft again', () => {
  const stage = newStage({ workflowDelayMs: 60_000 });
  stage.pendingInvoice('a-1', {}, [{}, {}]);
  stage.run(1_500);
  assert.equal(info(stage, 'N-a-1').RequestStatus, 'InReview');
  const line = path('VendorInvoiceLines', "HeaderReference='a-1',InvoiceLineNumber=1");
  const whole = path('VendorInvoiceHeaders', "HeaderReference='a-1'");
  assert.equal(stage.call('PATCH', line, '{"ReceiveNow":2}').status, 204);
  assert.equal(stage.call('GET', line).json.NetAmount, '200');
  assert.equal(stage.call('PATCH', line, '{"LineDescription":"x"}').status, 204);
  assert.equal(stage.call('GET', line).json.NetAmount, '200');
  assert.deepEqual(states(info(stage, 'N-a-1')), ['Draft', 'Included', 'Waiting']);
  assert.equal(stage.call('PATCH', whole, '{"InvoiceNumber":"N-2","IsOnHold":"Yes"}').status, 204);
  assert.equal(info(stage, 'N-2').Hold, 'Yes');
  assert.equal(stage.call('PATCH', whole, '{"Log":""}').status, 403);
  assert.equal(stage.call('PATCH', line, '{"InvoiceLineNumber":3}').status, 403);
  assert.match(infolog(stage.call('DELETE', whole)), /while dependent Vendor invoice lines exist/);
  for (const number of [1, 2]) {
    const one = path('VendorInvoiceLines', `HeaderReference='a-1',InvoiceLineNumber=${String(number)}`);
    assert.equal(stage.call('DELETE', one).status, 204);
  }
  assert.equal(stage.call('DELETE', whole).status, 204);
  assert.equal(stage.rows('VendInvoiceInfoTableBiEntities', usmf).length, 0);
});

test('C15: a posted invoice is no longer there to be changed, and its reference is free again, which is a repeat', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1');
  stage.run(2_000);
  assert.equal(stage.call('PATCH', path('VendorInvoiceHeaders', "HeaderReference='a-1'"), '{}').status, 404);
  assert.match(infolog(stage.pendingLine('a-1', 2)), /'a-1' in field 'Header reference' is not found/);
  assert.equal(stage.pendingHeader('a-1').status, 201);
  assert.deepEqual(stage.seen.repeats, ['VendorInvoiceHeaders.create usmf/a-1']);
});

test('S100: what posting refuses shows in status and log, and is posted once the reason is gone', () => {
  const stage = newStage();
  stage.pendingInvoice('held', { InvoiceAccount: 'US-999', VendorAccount: 'US-999' });
  stage.pendingInvoice('closed', { Date: '2025-12-31T12:00:00Z' });
  stage.pendingInvoice('stopped', { IsOnHold: 'Yes' });
  stage.pendingInvoice('empty', {}, []);
  stage.run(3_000);
  assert.deepEqual(stage.simulator.posted(), []);
  assert.deepEqual(states(info(stage, 'N-held')), ['Approved', 'Paused', 'ContainErrors']);
  assert.match(info(stage, 'N-held').Log, /US-999 is on hold/);
  assert.match(header(stage, 'held').Log, /US-999 is on hold/);
  assert.match(info(stage, 'N-closed').Log, /Fiscal period for 2025-12-31 is not open/);
  assert.deepEqual(states(info(stage, 'N-stopped')), ['Draft', 'Included', 'Waiting']);
  assert.deepEqual(states(info(stage, 'N-empty')), ['Draft', 'Paused', 'Waiting']);
  stage.simulator.createVendor('USMF', { account: 'US-999', name: 'Free again' });
  stage.run(500);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark }) => mark),
    ['DOC-held'],
  );
});

test('C15: without the automation of the company nothing is submitted until a person does it', () => {
  const companies = purchasingMaster.companies.map((company) => ({ ...company, invoiceAutomation: false }));
  const stage = newStage({}, { ...purchasingMaster, companies });
  stage.pendingInvoice('a-1');
  stage.run(5_000);
  assert.equal(stage.rows('VendorParameters', usmf)[0].AutomationWorkflowSubmission, 'No');
  assert.equal(info(stage, 'N-a-1').IncludeInAutomatedProcessing, 'No');
  assert.deepEqual(states(info(stage, 'N-a-1')), ['Draft', 'NotApplicable', 'Waiting']);
});

test('C15: the automation rests with the batch and goes on after a restart with all that is pending', () => {
  const stage = newStage();
  stage.pendingInvoice('a-1');
  stage.simulator.pause({ batch: true });
  stage.run(5_000);
  assert.equal(info(stage, 'N-a-1').RequestStatus, 'Draft');
  stage.restart();
  stage.run(1_500);
  assert.deepEqual(
    stage.simulator.posted().map(({ mark, documentNumber }) => [mark, documentNumber]),
    [['DOC-a-1', 'VINV000001']],
  );
});
