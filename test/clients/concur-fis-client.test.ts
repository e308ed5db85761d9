import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFisClient } from '../../src/clients/concur/fis-client.js';
import {
  ContractViolation,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unauthorized,
  Unavailable,
} from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const ID = '0f3c5b7a9d1e4f60a2b4c6d8e0f21436';
const BASE = '/financialintegration/fi/v4/companies/transactiontypes';
const DOCUMENT =
  '{"report":{"total":50.00000000,"zero":0E-8,"key":12345678901234567890,"text":"5"},"new":[1,null,true]}';

function itemJson(members: string): string {
  return `{"id":"${ID}","docType":"expense","companyId":"100200","entityId":null,"companyUuid":null,"erpSystemId":"","docStatus":"READY",${members},"links":[]}`;
}

test('S60, S61, S62: a list is one page of one type by page and limit, through FIS only', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    const page = '{"size":2,"totalElements":3,"totalPages":2,"number":0}';
    answer(response, 200, `{"content":[${itemJson(`"document":${DOCUMENT}`)}],"page":${page}}`);
  });
  const fis = createFisClient(harness(origin).http);
  const page = await fis.listReady({ docType: 'expense', page: 0, limit: 2 });
  assert.deepEqual(page, {
    documents: [{ id: ID, docType: 'expense', status: 'READY', companyId: '100200', documentText: DOCUMENT }],
    unreadable: [],
    totalPages: 2,
    isLast: false,
  });
  assert.equal(received[0]?.url, `${BASE}/expense/transactions?page=0&limit=2`);
  assert.equal(received[0].headers.documentformatas, 'json');
  assert.equal(received[0].headers.accept, 'application/json');
  assert.match(String(received[0].headers['concur-correlationid']), /^[0-9a-f-]{36}$/);
});

test('S28: a foreign host in the links is not followed; the next page is read from the same host by its number', async (t) => {
  const foreign: string[] = [];
  const elsewhere = await serve(t, (request, response) => {
    foreign.push(request.url);
    answer(response, 200, '{"content":[]}');
  });
  const { origin, received } = await serve(t, (_request, response) => {
    const links = `[{"rel":"next","href":"${elsewhere.origin}${BASE}/expense/transactions?page=7&limit=2"}]`;
    const page = '{"size":2,"totalElements":3,"totalPages":2,"number":0}';
    answer(response, 200, `{"content":[${itemJson(`"document":${DOCUMENT}`)}],"links":${links},"page":${page}}`);
  });
  const fis = createFisClient(harness(origin).http);
  assert.equal((await fis.listReady({ docType: 'expense', page: 0, limit: 2 })).isLast, false);
  assert.equal((await fis.listReady({ docType: 'expense', page: 1, limit: 2 })).isLast, true);
  assert.deepEqual(
    received.map(({ url }) => url),
    [0, 1].map((page) => `${BASE}/expense/transactions?page=${page}&limit=2`),
  );
  assert.deepEqual(foreign, []);
});

test('S60: number literals of a document keep every digit, in the object form and in the text form', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    const document = nth === 1 ? DOCUMENT : JSON.stringify(DOCUMENT);
    answer(response, 200, `{"content":[${itemJson(`"document":${document}`)}]}`);
  });
  const fis = createFisClient(harness(origin).http);
  for (let turn = 0; turn < 2; turn += 1) {
    const { documents } = await fis.listReady({ docType: 'expense', page: 0, limit: 25 });
    assert.equal(documents[0]?.documentText, DOCUMENT);
  }
});

test('S62: the older envelope, a missing list and unknown members are accepted', async (t) => {
  const bodies = [
    `{"fIDocuments":[${itemJson(`"document":{},"surprise":{"a":1}`)}],"offset":null,"nextPage":null,"numberReturned":1}`,
    '{"links":[]}',
    '{"content":null,"page":{"totalPages":0}}',
  ];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, 200, bodies[nth - 1]);
  });
  const fis = createFisClient(harness(origin).http);
  const query = { docType: 'expense', page: 0, limit: 1 } as const;
  const older = await fis.listReady(query);
  assert.equal(older.documents[0]?.documentText, '{}');
  assert.equal(older.isLast, false);
  assert.deepEqual(await fis.listReady(query), { documents: [], unreadable: [], isLast: true });
  assert.equal((await fis.listReady(query)).isLast, true);
});

test('S61: an item that cannot be read is named and does not hold up the others of its page', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    const good = itemJson(`"document":{"a":1}`);
    const foreign = good.replace('"expense"', '"requestobligation"');
    answer(response, 200, `{"content":[{"docType":"expense"},${foreign},${itemJson('"document":"{cut"')},7,${good}]}`);
  });
  const fis = createFisClient(harness(origin).http);
  const page = await fis.listReady({ docType: 'expense', page: 0, limit: 25 });
  assert.equal(page.documents.length, 1);
  assert.deepEqual(
    page.unreadable.map(({ index, id }) => [index, id]),
    [
      [0, undefined],
      [1, ID],
      [2, ID],
      [3, undefined],
    ],
  );
});

test('S64: a search by business id ignores the status and may find nothing', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, '{"content":[]}');
  });
  const fis = createFisClient(harness(origin).http);
  assert.deepEqual(await fis.findByBusinessId({ docType: 'invoice', businessId: 'R/1' }), []);
  const url = new URL(received[0]!.url, origin);
  assert.equal(url.pathname, `${BASE}/invoice/transactions`);
  assert.equal(url.searchParams.get('docId'), 'R/1');
  assert.equal(url.searchParams.get('ignoreDocumentStatus'), 'yes');
  assert.equal(url.searchParams.get('systemId'), null);
});

test('S64: a found document that cannot be read is a contract violation, not an absent document', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200, `{"content":[${itemJson('"document":[]')}]}`);
  });
  const fis = createFisClient(harness(origin).http);
  await assert.rejects(fis.findByBusinessId({ docType: 'expense', businessId: 'R1' }), ContractViolation);
});

test('S64: several documents of one business id come with status and system id', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    const failed = itemJson('"document":{}')
      .replace('READY', 'POSTING_CONFIRMED_FAILURE')
      .replace('"erpSystemId":""', '"erpSystemId":"ours"');
    answer(response, 200, `{"content":[${failed},${itemJson('"document":{}')}]}`);
  });
  const found = await createFisClient(harness(origin).http).findByBusinessId({ docType: 'expense', businessId: 'R1' });
  assert.deepEqual(
    found.map(({ status, erpSystemId }) => [status, erpSystemId]),
    [
      ['POSTING_CONFIRMED_FAILURE', 'ours'],
      ['READY', undefined],
    ],
  );
});

test('S63: acknowledgements carry our systemId and give one item per answered document, in any order', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(
      response,
      200,
      `[{"code":101,"docId":"b","systemId":null,"acknowledgeResult":"FAILURE","errorMessage":"Previously acknowledged by SystemId: null."},
        {"acknowledgeResult":"SUCCESS"},
        {"code":0,"docId":"a","systemId":"ours","acknowledgeResult":"SUCCESS","errorMessage":"","new":1}]`,
    );
  });
  const items = await createFisClient(harness(origin).http).acknowledge({
    docType: 'cashadvance',
    systemId: 'ours',
    ids: ['a', 'b', 'c'],
  });
  assert.equal(received[0]?.url, `${BASE}/cashadvance/transactions/acknowledgements`);
  assert.equal(received[0].body, '{"systemId":"ours","ids":["a","b","c"]}');
  assert.equal(received[0].headers['transfer-encoding'], undefined);
  assert.deepEqual(items, [
    { docId: 'b', code: 101, result: 'FAILURE', message: 'Previously acknowledged by SystemId: null.' },
    { docId: 'a', code: 0, result: 'SUCCESS', message: '', systemId: 'ours' },
  ]);
});

test('S104: a posting confirmation always has postingDocs, fiscalYear as text and messages for an error', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(
      response,
      200,
      '[{"code":116,"docId":"b","systemId":"","postingConfirmationResult":"FAILURE","errorMessage":null,"detailMessage":"no such"}]',
    );
  });
  const items = await createFisClient(harness(origin).http).confirmPosting({
    docType: 'expense',
    systemId: 'ours',
    confirmations: [
      {
        docId: 'a',
        status: 'success',
        postingDocs: [{ companyId: 'USMF', documentNumber: 'GNJL-1', fiscalYear: '2026', postingDate: '2026-09-03' }],
      },
      {
        docId: 'b',
        status: 'error',
        messages: [{ messageId: 'VENDOR-NOT-FOUND', text: 'é'.repeat(2_000), lineItemId: 'e1' }],
      },
    ],
  });
  assert.equal(received[0]?.url, `${BASE}/expense/transactions/postingconfirmations`);
  assert.deepEqual(JSON.parse(received[0].body), {
    systemId: 'ours',
    postingConfirmations: [
      {
        docId: 'a',
        overallPostingStatusCode: 'success',
        postingDocs: [
          {
            companyId: 'USMF',
            documentNumber: 'GNJL-1',
            fiscalYear: '2026',
            paymentRelevantLineItems: [],
            postingDate: '2026-09-03',
          },
        ],
        systemMessages: [],
      },
      {
        docId: 'b',
        overallPostingStatusCode: 'error',
        postingDocs: [],
        systemMessages: [
          {
            concurTransactionLineItemId: 'e1',
            messageId: 'VENDOR-NOT-FOUND',
            messageLanguage: 'EN',
            messageLongText: '',
            messageShortText: 'é'.repeat(1_300),
          },
        ],
      },
    ],
  });
  assert.deepEqual(items, [{ docId: 'b', code: 116, result: 'FAILURE', message: 'no such', systemId: '' }]);
});

const CLEARING = {
  clearedOn: '2026-09-10',
  amount: '315.00',
  currency: 'GBP',
  receiver: { id: '1017001', name: 'A. Employee' },
  reference: {
    companyCode: 'GBSI',
    financialDocumentId: 'PAY-45',
    fiscalYear: '2026',
    paymentRef: 'GBSI/PAY-45/2026/1',
    paymentMethod: 'E' as const,
  },
};

test('S104: a payment confirmation has exactly three decimals in its time and the amount as a literal', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(
      response,
      200,
      '[{"code":298,"docId":"a","systemId":null,"paymentConfirmationResult":"NOOP","paymentRef":"GBSI/PAY-45/2026/1","errorMessage":null}]',
    );
  });
  const items = await createFisClient(harness(origin).http).confirmPayment({
    systemId: 'ours',
    confirmations: [{ docId: 'a', status: 'CP', clearings: [CLEARING] }],
  });
  assert.equal(received[0]?.url, `${BASE}/expense/transactions/paymentconfirmations`);
  assert.equal(
    received[0].body,
    '{"systemId":"ours","processingConfirmation":[{"docId":"a","processingStatusCode":"CP","additionalMessage":"","clearingDetails":[' +
      '{"clearingDate":"2026-09-10T00:00:00.000Z","clearingAmount":315.00,"clearingCurrency":"GBP",' +
      '"receiver":{"receiverId":"1017001","receiverName":"A. Employee","receiverType":"EMPLOYEE"},' +
      '"clearingReference":{"companyCode":"GBSI","financialDocumentId":"PAY-45","fiscalYear":"2026","paymentRef":"GBSI/PAY-45/2026/1","paymentMethod":"E"}}]}]}',
  );
  assert.deepEqual(items, [{ docId: 'a', code: 298, result: 'NOOP', message: '', paymentRef: 'GBSI/PAY-45/2026/1' }]);
});

test('what Concur would refuse or show wrongly never leaves', async () => {
  const { http, events } = harness('http://127.0.0.1:9');
  const fis = createFisClient(http);
  const pay = (clearing: object) =>
    fis.confirmPayment({
      systemId: 'ours',
      confirmations: [{ docId: 'a', status: 'CP', clearings: [{ ...CLEARING, ...clearing }] }],
    });
  await assert.rejects(pay({ amount: '-1.00' }), RangeError);
  await assert.rejects(pay({ amount: '1,5' }), RangeError);
  await assert.rejects(pay({ clearedOn: '2026-02-30' }), RangeError);
  await assert.rejects(pay({ clearedOn: '2026-09-10T00:00:00Z' }), RangeError);
  await assert.rejects(fis.acknowledge({ docType: 'expense', systemId: '', ids: ['a'] }), RangeError);
  await assert.rejects(
    () =>
      fis.confirmPosting({
        docType: 'expense',
        systemId: 'ours',
        confirmations: [{ docId: 'a', status: 'error', messages: [] }],
      }),
    RangeError,
  );
  assert.deepEqual(events, []);
});

test('B5: each refusal has its class, by read and write', async (t) => {
  const expected: [number, unknown, unknown][] = [
    [202, Unavailable, OutcomeUnknown],
    [400, Unavailable, Rejected],
    [403, Unauthorized, Unauthorized],
    [404, Rejected, Rejected],
    [405, Rejected, Rejected],
    [429, RateLimited, RateLimited],
    [500, Unavailable, OutcomeUnknown],
    [503, Unavailable, OutcomeUnknown],
  ];
  for (const [status, read, write] of expected) {
    const { origin } = await serve(t, (_request, response) => {
      answer(response, status, '{"message":"secret text"}');
    });
    const fis = createFisClient(harness(origin).http);
    const failures = [
      await fis.listReady({ docType: 'expense', page: 0, limit: 25 }).catch((error: unknown) => error),
      await fis.acknowledge({ docType: 'expense', systemId: 's', ids: ['a'] }).catch((error: unknown) => error),
    ];
    assert.deepEqual(
      failures.map((failure) => (failure as Error).constructor),
      [read, write],
      String(status),
    );
    for (const failure of failures) assert.doesNotMatch((failure as Error).message, /secret/);
  }
});

test('B5: another shape is a contract violation', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200, '{"content":"x"}');
  });
  const fis = createFisClient(harness(origin).http);
  await assert.rejects(fis.listReady({ docType: 'expense', page: 0, limit: 25 }), ContractViolation);
  await assert.rejects(fis.acknowledge({ docType: 'expense', systemId: 's', ids: ['a'] }), ContractViolation);
});
