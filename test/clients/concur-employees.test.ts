import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEmployeeClient } from '../../src/clients/concur/employee-client.js';
import { ContractViolation, Unavailable } from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const PATH = '/profile/identity/v4.1/Users';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const USER = `{"id":"5b0e","userName":"a.meyer@example.com","displayName":"A Meyer","active":true,"emails":[{"value":"x"}],
  "${ENTERPRISE}":{"employeeNumber":"E1001","costCenter":null,"companyId":"3f2a"}}`;
const EMPLOYEE = {
  id: '5b0e',
  userName: 'a.meyer@example.com',
  displayName: 'A Meyer',
  active: true,
  employeeNumber: 'E1001',
  companyId: '3f2a',
  missing: [],
};

const page = (users: string, more = ''): string => `{"schemas":["x"],"itemsPerPage":1${more},"Resources":[${users}]}`;

test('S77: an employee is searched by number or login name with a filter that no value can leave', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 200, page(USER)));
  const employees = createEmployeeClient(harness(origin).http);
  assert.deepEqual(await employees.find({ employeeNumber: 'E1001' }), [EMPLOYEE]);
  await employees.find({ userName: 'a" or active eq "true\\' });
  assert.deepEqual(
    received.map(({ method, url }) => [method, url]),
    [
      ['POST', `${PATH}/.search`],
      ['POST', `${PATH}/.search`],
    ],
  );
  assert.deepEqual(JSON.parse(received[0]!.body), {
    schemas: ['urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest'],
    filter: `${ENTERPRISE}:employeeNumber eq "E1001"`,
    count: 100,
  });
  assert.equal(JSON.parse(received[1]!.body).filter, 'userName eq "a\\" or active eq \\"true\\\\"');
});

test('S77, S31: an attribute that is not there names its scope; one that is there without a value does not', async (t) => {
  const bodies = [
    page('{"id":"5b0e","active":false}'),
    page(`{"id":"5b0e","userName":"a","active":true,"${ENTERPRISE}":{"costCenter":""}}`),
  ];
  const { origin } = await serve(t, (_request, response, nth) => answer(response, 200, bodies[nth - 1]));
  const employees = createEmployeeClient(harness(origin).http);
  assert.deepEqual(await employees.find({ userName: 'a' }), [
    {
      id: '5b0e',
      active: false,
      missing: [
        { attribute: 'userName', scope: 'identity.user.core.read' },
        { attribute: 'employeeNumber', scope: 'identity.user.enterprise.read' },
        { attribute: 'costCenter', scope: 'identity.user.enterprise.read' },
      ],
    },
  ]);
  const [second] = await employees.find({ userName: 'a' });
  assert.deepEqual(second?.missing, [{ attribute: 'employeeNumber', scope: 'identity.user.enterprise.read' }]);
});

test('S77: nobody found is an empty answer or a 404; a broken one is neither', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 200, '{"Resources":[],"itemsPerPage":0}');
    else if (nth === 2) answer(response, 200, '{"itemsPerPage":0}');
    else if (nth === 3 || nth === 4) answer(response, 404, '{"detail":"none","status":"404"}');
    else if (nth === 5) answer(response, 200, page('{"userName":"without id"}'));
    else answer(response, 400, '{"scimType":"invalidFilter","detail":"bad filter"}');
  });
  const employees = createEmployeeClient(harness(origin).http);
  for (let turn = 0; turn < 3; turn += 1) assert.deepEqual(await employees.find({ employeeNumber: 'X' }), []);
  assert.equal(await employees.read({ id: 'of another company' }), undefined);
  await assert.rejects(employees.find({ employeeNumber: 'X' }), ContractViolation);
  await assert.rejects(employees.read({ id: 'x' }), (e) => e instanceof Unavailable && /bad filter/.test(e.message));
});

test('S77: employees are listed by cursor and never by page number; the list ends without one, and where it turns in a circle', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 200, page(USER, ',"nextCursor":"MTAw+/="'));
    else if (nth === 2) answer(response, 200, page(USER, ',"nextCursor":"MTAw+/="'));
    else if (nth === 3) answer(response, 200, page('', ',"nextCursor":"more"'));
    else answer(response, 200, USER);
  });
  const employees = createEmployeeClient(harness(origin).http);
  const first = await employees.list({ count: 1 });
  assert.equal(first.next, 'MTAw+/=');
  assert.deepEqual(await employees.list({ count: 1, cursor: first.next }), { employees: [EMPLOYEE] });
  assert.deepEqual(await employees.list(), { employees: [] });
  assert.deepEqual(await employees.read({ id: '5b0e' }), EMPLOYEE);
  assert.deepEqual(
    received.map(({ url }) => url),
    [`${PATH}?count=1`, `${PATH}?count=1&cursor=MTAw%2B%2F%3D`, `${PATH}?count=1000`, `${PATH}/5b0e`],
  );
  await assert.rejects(employees.list({ count: 1001 }), RangeError);
});
