import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expense, newId, openStage, requestToken, requestTokenForm, type ConcurStage } from './concur-stage.js';

const json = { accept: 'application/json' };
const users = '/profile/identity/v4.1/Users';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

async function read(stage: ConcurStage, path: string): Promise<any> {
  const response = await stage.call(path, { headers: json });
  assert.equal(response.status, 200, path);
  return response.json();
}

async function status(stage: ConcurStage, path: string): Promise<number> {
  return (await stage.call(path, { headers: json })).status;
}

/** Reports of three employees. */
async function openFirm(): Promise<ConcurStage> {
  const stage = await openStage();
  for (const employeeId of ['E-1', 'E-2', 'E-3']) {
    const document = { ...(expense({ reportId: `R-${employeeId}` }) as object), employee: { employeeId } };
    stage.load({ docType: 'expense', id: newId(), document });
  }
  return stage;
}

void test('S77: people are listed by cursor, searched by employee number and unknown beyond the company', async () => {
  const stage = await openFirm();
  const first = await read(stage, `${users}?count=2&attributes=id,${enterprise}:employeeNumber`);
  assert.deepEqual([first.itemsPerPage, Object.keys(first.Resources[0]).sort()], [2, ['id', enterprise].sort()]);
  const second = await read(stage, `${users}?count=2&cursor=${first.nextCursor as string}`);
  assert.deepEqual([second.Resources.length, second.nextCursor], [1, undefined]);
  const search = async (body: unknown): Promise<{ status: number; answer: any }> => {
    const response = await stage.call(`${users}/.search`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, answer: await response.json() };
  };
  const schemas = ['urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest'];
  const { answer } = await search({ schemas, filter: `${enterprise}:employeeNumber eq "E-2" and active eq true` });
  assert.deepEqual(
    answer.Resources.map((user: any) => [user[enterprise].employeeNumber, user.userName]),
    [['E-2', 'e-2@simulated.example']],
  );
  const [{ id }] = answer.Resources;
  assert.equal((await read(stage, `${users}/${id as string}`)).id, id);
  assert.equal(await status(stage, `${users}/00000000-0000-4000-a000-000000000000`), 404);
  assert.equal((await read(stage, `/profile/spend/v4.1/Users/${id as string}`)).id, id);
  assert.deepEqual(stage.violations(), []);
  assert.equal(await status(stage, `${users}?startIndex=2`), 400);
  assert.equal(await status(stage, `${users}?count=1001`), 400);
  assert.equal((await search({ filter: 'active eq true' })).status, 400);
  assert.equal((await search({ schemas, filter: 'active co true' })).status, 400);
  assert.equal(stage.violations().length, 4);
  await stage.close();
});

void test('S77: attributes whose scope is missing are left out without a word, other services refuse with 403', async () => {
  const stage = await openFirm();
  assert.deepEqual(Object.keys((await read(stage, users)).Resources[0]), [
    'id',
    'userName',
    'active',
    'displayName',
    'name',
    enterprise,
  ]);
  const { access_token: token } = await requestToken(stage.url, {
    ...requestTokenForm(),
    scope: 'identity.user.ids.read expense.report.read',
  });
  const authorization = `Bearer ${token}`;
  const narrow = async (path: string): Promise<Response> => stage.call(path, { headers: { ...json, authorization } });
  const listed = (await (await narrow(users)).json()) as { Resources: object[] };
  assert.deepEqual(Object.keys(listed.Resources[0]!), ['id']);
  assert.deepEqual(stage.violations(), []);
  const { id } = listed.Resources[0] as { id: string };
  const paths = [
    '/api/v3.1/invoice/vendors',
    '/api/v3.0/invoice/paymentrequestdigests',
    '/api/v3.0/invoice/purchaseorders/PO-1',
    '/purchaserequest/v4/purchaserequests/x?mode=COMPACT',
    '/api/v3.0/expense/reports?user=ALL',
    '/api/image/v1.0/invoice/INV-1',
    '/profile/spend/v4.1/Users',
    `/expensereports/v4/users/${id}/context/TRAVELER/reports/R-E-1`,
  ];
  for (const path of paths) assert.equal((await narrow(path)).status, 403, path);
  assert.equal(stage.violations().length, paths.length);
  await stage.close();
});
