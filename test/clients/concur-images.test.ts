import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { createReceiptImageClient } from '../../src/clients/concur/receipt-image-client.js';
import { ContractViolation, Rejected } from '../../src/clients/http/errors.js';
import { answer, harness, published, serve } from './http-support.js';

const XML = { 'content-type': 'application/xml' };
const URL_TEXT = 'https://imaging.concursolutions.com/file/p1/ABC?id=2A5A&e=p1&t=AN';

test('S77: the address of an image is read from XML with any prefix, entities and CDATA, for invoices and reports', async (t) => {
  const bodies = [
    `<?xml version="1.0"?><Image xmlns="http://www.concursolutions.com/api/image/2011/02"><Id>2A5A</Id>\n <Url>\n${URL_TEXT.replaceAll('&', '&amp;')}\n</Url></Image>`,
    `<i:Image xmlns:i="x"><!-- <i:Url>https://evil.example/</i:Url> --><i:Url a="1"><![CDATA[${URL_TEXT}]]></i:Url></i:Image>`,
    '<Image><Url>http://127.0.0.1:8080/x?a=1&#38;b=2</Url></Image>',
  ];
  const { origin, received } = await serve(t, (_request, response, nth) => answer(response, 200, bodies[nth - 1], XML));
  const images = createReceiptImageClient(harness(origin).http);
  const first = await images.invoiceImage({ requestId: '9C41/1' });
  assert.equal(first.imageId, '2A5A');
  assert.equal(first.expiresInSeconds, 900);
  assert.equal(first.reveal(), URL_TEXT);
  assert.equal((await images.reportImage({ entryReceiptId: 'R1' })).reveal(), URL_TEXT);
  assert.equal((await images.reportImage({ entryReceiptId: 'R2' })).reveal(), 'http://127.0.0.1:8080/x?a=1&b=2');
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/api/image/v1.0/invoice/9C41%2F1', '/api/image/v1.0/report/R1', '/api/image/v1.0/report/R2'],
  );
  assert.equal(received[0]?.headers.accept, 'application/xml');
});

test('S77: the address is a secret: neither a log of the link nor the record of the call shows it', async (t) => {
  const { origin } = await serve(t, (_request, response) =>
    answer(response, 200, `<Image><Url>${URL_TEXT.slice(0, 50)}</Url></Image>`, XML),
  );
  const { http, records } = harness(origin);
  const link = await createReceiptImageClient(http).invoiceImage({ requestId: '9C41' });
  for (const shown of [JSON.stringify(link), inspect(link, { depth: 9, showHidden: true }), JSON.stringify(records)]) {
    assert.doesNotMatch(shown, /imaging/);
  }
});

test('S77: an address that is not https at Concur is refused without being named', async (t) => {
  const wrong = [
    'http://imaging.concursolutions.com/x',
    'https://concursolutions.com.evil.example/x',
    'https://evilconcursolutions.com/x',
    'https://user:pass@imaging.concursolutions.com/x',
    'https://evil.example/?https://imaging.concursolutions.com/',
    'javascript:alert(1)',
    'imaging.concursolutions.com/x',
    'https://imaging.concursolutions.com/&unknown;',
    '',
  ];
  const bodies = [
    ...wrong.map((url) => `<Image><Url>${url}</Url></Image>`),
    `<Image><Url>${URL_TEXT.slice(0, 40)}</Url><Url>${URL_TEXT.slice(0, 41)}</Url></Image>`,
    '<html><body>maintenance</body></html>',
  ];
  const { origin } = await serve(t, (_request, response, nth) => answer(response, 200, bodies[nth - 1], XML));
  const images = createReceiptImageClient(harness(origin).http);
  for (const body of bodies) {
    const error = await images.invoiceImage({ requestId: 'X' }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof ContractViolation, body);
    assert.doesNotMatch(published(error), /evil|imaging|javascript/, body);
  }
});

test('S77: a document without an image is a refusal with a sentence', async (t) => {
  const { origin } = await serve(t, (_request, response) =>
    answer(response, 404, '<Error><Message>no</Message></Error>', XML),
  );
  await assert.rejects(
    createReceiptImageClient(harness(origin).http).reportImage({ entryReceiptId: 'R1' }),
    (error) => error instanceof Rejected && error.code === '404' && /no image of report R1/.test(error.message),
  );
});
