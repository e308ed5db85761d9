import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createFisClient } from '../../src/clients/concur/fis-client.js';
import type { HttpClient } from '../../src/clients/http/types.js';
import {
  contractsArePresent,
  openContractJudge,
  type ContractJudge,
  type Objection,
} from '../support/contract-judge.js';
import { startJudgingProxy, type JudgingProxy } from '../support/judging-proxy.js';
import { expense, newId, openStage, type ConcurStage } from '../simulators/concur-stage.js';
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
