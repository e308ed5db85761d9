import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEmployeeClient } from '../../src/clients/concur/employee-client.js';
import { createExpenseReportClient } from '../../src/clients/concur/expense-report-client.js';
import { createFisClient } from '../../src/clients/concur/fis-client.js';
import { createInvoiceDigestClient } from '../../src/clients/concur/invoice-digest-client.js';
import { createLocalizedDataClient } from '../../src/clients/concur/localized-data-client.js';
import { createPaymentRequestClient } from '../../src/clients/concur/payment-request-client.js';
import { createPurchaseOrderClient } from '../../src/clients/concur/purchase-order-client.js';
import { createPurchaseRequestClient } from '../../src/clients/concur/purchase-request-client.js';
import { createVendorClient } from '../../src/clients/concur/vendor-client.js';
import { mergedForUpdate } from '../../src/clients/concur/vendor-values.js';
import type { HttpClient } from '../../src/clients/http/types.js';
import {
  contractsArePresent,
  openContractJudge,
  type ContractJudge,
  type Objection,
} from '../support/contract-judge.js';
import { startJudgingProxy, type JudgingProxy } from '../support/judging-proxy.js';
import { expense, invoice, newId, openStage, type ConcurStage } from '../simulators/concur-stage.js';
import { harness } from './http-support.js';

const systemId = 'ml-d365';
const skip = contractsArePresent ? false : 'the contract files at ../shared/contracts are not here';

/** What the specification says is wrong with a contract file. Each must be met at least once, or it may go. */
const exceptions: { contract: string; message: RegExp; because: string }[] = [
  {
    contract: 'concur-financial-integration.2022.swagger2.json',
    message: /messageLongText must be array/,
    because: 'every published example is a string (FIS spec 5.1, trap 13)',
  },
  {
    contract: 'concur-financial-integration.2022.swagger2.json',
    message: /(receiver|clearingReference) must be array/,
    because: 'objects in every example and in public client code (FIS spec 5.3, 12)',
  },
  {
    contract: 'concur-financial-integration.2022.swagger2.json',
    message: /additional properties \(additionalMessage\)/,
    because: 'documented in prose only: the reason of a reversal (FIS spec 5.3)',
  },
  {
    contract: 'concur-vendors-v3.1.swagger2.json',
    message: /Vendor must be object|property 'CurrenyCode'/,
    because: 'collections are typed as one object, and the currency is misspelt (platform spec 9)',
  },
  {
    contract: 'concur-payment-request-v3.swagger2.json',
    message: /VendorRemitAddress .*\((VendorCode|AddressCode)\)/,
    because: 'public client code reads both there (platform spec 4.1)',
  },
  {
    contract: 'concur-purchase-request-v4.swagger2.json',
    message: /required property 'user(Id|Email)'/,
    because: 'exactly one of the three ways to name the requester (platform spec 4.4)',
  },
  {
    contract: 'concur-purchase-request-v4.swagger2.json',
    message: /query parameter mode/,
    because: 'its place is written `in: parameter`, which is no place (platform spec 9)',
  },
  {
    contract: 'concur-identity-v4.1.openapi3.json',
    message: /additional properties \(schemas\)/,
    because: "the guide's search requests carry it (platform spec 6.2)",
  },
];

describe('the official contract files judge what client and simulator say to each other', { skip }, () => {
  let stage: ConcurStage;
  let judge: ContractJudge;
  let proxy: JudgingProxy;
  let http: HttpClient;

  before(async () => {
    stage = await openStage();
    judge = openContractJudge();
    proxy = await startJudgingProxy(stage.url, judge);
    const { access_token: token } = await stage.token();
    ({ http } = harness(proxy.url, {
      auth: {
        authorize: () => Promise.resolve({ baseUrl: proxy.url, headers: { authorization: `Bearer ${token}` } }),
        renew: () => Promise.resolve(),
      },
    }));
  });
  after(async () => {
    await proxy.close();
    await stage.close();
  });

  it('S104: Financial Integration: list, look up, acknowledge, confirm posting and payment', async () => {
    const [good, bad] = [newId(), newId()];
    stage.load(
      { docType: 'expense', id: good, document: expense({ reportId: 'A'.repeat(20) }) },
      { docType: 'expense', id: bad, document: expense({ reportId: 'B'.repeat(20) }) },
    );
    const fis = createFisClient(http);
    const { documents } = await fis.listReady({ docType: 'expense', page: 0, limit: 25 });
    assert.equal(documents.length, 2);
    await fis.findByBusinessId({ docType: 'expense', businessId: 'A'.repeat(20) });
    await fis.acknowledge({ docType: 'expense', systemId, ids: [good, bad] });
    const posted = { companyId: 'USMF', documentNumber: 'GNJL-1', fiscalYear: '2026', postingDate: '2026-09-03' };
    const items = await fis.confirmPosting({
      docType: 'expense',
      systemId,
      confirmations: [
        { docId: good, status: 'success', postingDocs: [posted] },
        {
          docId: bad,
          status: 'error',
          messages: [{ lineItemId: newId(), messageId: 'VENDOR-MISSING', text: 'No vendor.' }],
        },
      ],
    });
    assert.deepEqual(
      items.map(({ code }) => code),
      [0, 0],
    );
    const clearing = {
      clearedOn: '2026-09-10',
      amount: '50.00',
      currency: 'EUR',
      receiver: { id: 'E-100', name: 'A. Employee' },
      reference: {
        companyCode: 'USMF',
        financialDocumentId: 'PAY-1',
        fiscalYear: '2026',
        paymentRef: 'USMF/PAY-1/2026/1',
        paymentMethod: 'E' as const,
      },
    };
    const paid = await fis.confirmPayment({
      systemId,
      confirmations: [{ docId: good, status: 'CP', clearings: [clearing] }],
    });
    assert.deepEqual(
      paid.map(({ code }) => code),
      [0],
    );
  });

  it('S67, C24: Vendors: create, find, update and group', async () => {
    const vendors = createVendorClient(http);
    const vendor = {
      vendorCode: 'V00045',
      addressCode: 'USMF-V00045',
      vendorName: 'Nordlicht Optik GmbH',
      address1: 'Hafenstr. 4',
      city: 'Kiel',
      postalCode: '24103',
      countryCode: 'DE',
      currencyCode: 'EUR',
      approved: true,
      paymentTerms: '30',
      paymentMethodType: 'CLIENT',
      custom1: 'USMF',
    };
    assert.deepEqual(
      (await vendors.create({ vendors: [vendor] })).map(({ ok }) => ok),
      [true],
    );
    const [found] = await vendors.find({ vendorCode: 'V00045', addressCode: 'USMF-V00045' });
    assert.ok(found);
    const changed = mergedForUpdate(found, { vendorName: 'Nordlicht Optik AG' });
    assert.deepEqual(
      (await vendors.update({ vendors: [changed] })).map(({ ok }) => ok),
      [true],
    );
    await vendors.list({ limit: 1 });
    await vendors.addToGroup({ vendorCode: 'V00045', addressCode: 'USMF-V00045', groupName: 'DAT' });
    await vendors.removeFromGroup({ vendorCode: 'V00045', addressCode: 'USMF-V00045', groupName: 'DAT' });
  });

  it('S66: invoices: by id, by digest, and the words of the company for their states', async () => {
    const id = newId();
    stage.load({ docType: 'invoice', id, document: invoice('C'.repeat(20)) });
    await createPaymentRequestClient(http).read({ requestId: 'C'.repeat(20) });
    await createInvoiceDigestClient(http).search({ by: 'created', from: '2026-01-01', to: '2027-12-31' });
    await createLocalizedDataClient(http).read({ type: 'paymentStatus' });
  });

  it('C5: purchase requests and purchase orders', async () => {
    const requests = createPurchaseRequestClient(http);
    const line = { purchaseType: 'GOODS' as const, vendorCode: 'V00045', vendorAddressCode: 'USMF-V00045' };
    const { id } = await requests.create({
      request: {
        requester: { userLoginId: 'e-100@simulated.example' },
        currencyCode: 'EUR',
        lineItems: [{ ...line, description: 'Lens', quantity: '2', unitPrice: '500.00', uomCode: 'EA' }],
      },
    });
    await requests.read({ id });
    const orders = createPurchaseOrderClient(http);
    const address = {
      ...{ externalId: 'HQ', address1: 'Am Markt 1', city: 'Kiel' },
      ...{ stateProvince: 'SH', postalCode: '24103', countryCode: 'DE' },
    };
    const order = {
      purchaseOrderNumber: 'PO-77',
      name: 'PO-77',
      currencyCode: 'EUR',
      orderDate: '2026-09-01',
      policyExternalId: 'PO',
      vendorCode: 'V00045',
      vendorAddressCode: 'USMF-V00045',
      billTo: address,
      shipTo: address,
      lines: [
        {
          ...{ externalId: 'PO-77-10', lineNumber: '1', description: 'Lens', quantity: '2', unitPrice: '500.00' },
          ...{ accountCode: '610100', receiptType: 'QUANTITY_RECEIPT' },
        },
      ],
    };
    await orders.create({ order });
    await orders.update({ order: { ...(await orders.read({ number: 'PO-77' })), status: 'Closed' } });
  });

  it('S77: reports and employees', async () => {
    await createExpenseReportClient(http).list({ paymentStatusCodes: ['P_PROC'] });
    const employees = createEmployeeClient(http);
    await employees.find({ employeeNumber: 'E-100' });
    await employees.list({ count: 10 });
  });

  it('S104: nothing was said that a contract forbids, but for the faults of the files that are listed', () => {
    const unexplained = proxy.objections.filter((objection) => !exceptions.some((each) => explains(each, objection)));
    assert.deepEqual(unexplained, []);
    assert.deepEqual([...proxy.undescribed], []);
    for (const each of exceptions) {
      const isMet = proxy.objections.some((objection) => explains(each, objection));
      assert.ok(isMet, `no exchange needs this exception any more: ${each.contract} ${String(each.message)}`);
    }
  });
});

const explains = (exception: (typeof exceptions)[number], objection: Objection): boolean =>
  exception.contract === objection.contract && exception.message.test(objection.message);
