import { z } from 'zod';
import { Rejected } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur, type ConcurRequest } from './legacy-answers.js';
import { defined, listOf, optionalText, optionalTruth, wireObject, type WireObject } from './legacy-answers-fields.js';

/** An attribute that Concur left out, and the scope that shows it. */
export interface MissingAttribute {
  attribute: string;
  scope: string;
}

/** An employee of the company (platform spec 6.2). */
export interface Employee {
  /** UUID; stays when the employee number changes. */
  id: string;
  userName?: string;
  displayName?: string;
  active?: boolean;
  /** `employeeId` of FIS documents. */
  employeeNumber?: string;
  costCenter?: string;
  companyId?: string;
  /**
   * Attributes that are not there at all: scopes act per attribute, so that a missing scope is no error (trap 35). An
   * attribute that is there without a value is not among them.
   */
  missing: MissingAttribute[];
}

/**
 * Employees from Identity v4.1, with the company's token only. Throws as `FisClient`. An empty answer may also mean that
 * the scope of the attribute is missing by which employees are looked for.
 */
export interface EmployeeClient {
  /** All employees with this number or this login name: none, or one. */
  find(query: ({ employeeNumber: string } | { userName: string }) & { signal?: AbortSignal }): Promise<Employee[]>;
  /** One employee by UUID; undefined where Concur does not know it, or it belongs to another company. */
  read(query: { id: string; signal?: AbortSignal }): Promise<Employee | undefined>;
  /** A page of all employees; `next` is handed back as `cursor`. There are no page numbers (trap 31). */
  list(query?: { count?: number; cursor?: string; signal?: AbortSignal }): Promise<{
    employees: Employee[];
    next?: string;
  }>;
}

const PATH = '/profile/identity/v4.1/Users';
const SEARCH_SCHEMA = 'urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const MAXIMUM_COUNT = 1000;

/** Attributes that the connector uses, with the scopes that show them. */
const SCOPES = {
  userName: 'identity.user.core.read',
  active: 'identity.user.core.read',
  employeeNumber: 'identity.user.enterprise.read',
  costCenter: 'identity.user.enterprise.read',
} as const;

const pageSchema = z.object({ Resources: z.unknown().optional(), nextCursor: optionalText });
const userSchema = z.object({
  id: z.string().min(1),
  userName: optionalText,
  displayName: optionalText,
  active: optionalTruth,
});
const enterpriseSchema = z.object({ employeeNumber: optionalText, costCenter: optionalText, companyId: optionalText });

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createEmployeeClient(http: HttpClient): EmployeeClient {
  async function page(request: Pick<ConcurRequest, 'operation' | 'method' | 'path' | 'query' | 'json' | 'signal'>) {
    const { response, call } = await callConcur(http, { ...request, kind: 'read', resolves: [200, 404] });
    if (response.status === 404) return { employees: [] };
    const answer = parseAnswer(pageSchema, response.json(), call);
    const users = parseAnswer(z.array(wireObject), listOf(answer.Resources), call);
    const employees = users.map((user) => readEmployee(parseAnswer(userSchema, user, call), user));
    return { employees, ...defined({ next: employees.length === 0 ? undefined : answer.nextCursor }) };
  }

  return {
    async find({ signal, ...key }) {
      const [attribute, value] =
        'employeeNumber' in key ? [`${ENTERPRISE}:employeeNumber`, key.employeeNumber] : ['userName', key.userName];
      // Quotes and backslashes are escaped as in JSON (RFC 7644, 3.4.2.2).
      const json = { schemas: [SEARCH_SCHEMA], filter: `${attribute} eq ${JSON.stringify(value)}`, count: 100 };
      const search = { operation: 'employee.find', method: 'POST', path: `${PATH}/.search`, json, signal } as const;
      const { employees } = await page(search);
      return employees;
    },
    async read({ id, signal }) {
      try {
        const { response, call } = await callConcur(http, {
          operation: 'employee.read',
          method: 'GET',
          path: `${PATH}/${encodeURIComponent(id)}`,
          kind: 'read',
          absent: `Concur knows no employee ${id}.`,
          signal,
        });
        const user = parseAnswer(wireObject, response.json(), call);
        return readEmployee(parseAnswer(userSchema, user, call), user);
      } catch (error) {
        if (error instanceof Rejected && error.code === '404') return undefined;
        throw error;
      }
    },
    async list({ count = MAXIMUM_COUNT, cursor, signal } = {}) {
      if (!Number.isInteger(count) || count < 1 || count > MAXIMUM_COUNT) {
        throw new RangeError(`a page of employees has 1 to ${MAXIMUM_COUNT} rows`);
      }
      const query = { count: String(count), ...defined({ cursor }) };
      const found = await page({ operation: 'employee.list', method: 'GET', path: PATH, query, signal });
      // A cursor that leads to itself would never end.
      return found.next === cursor ? { employees: found.employees } : found;
    },
  };
}

function readEmployee(user: z.output<typeof userSchema>, attributes: WireObject): Employee {
  const shown = wireObject.safeParse(attributes[ENTERPRISE]).data ?? {};
  const { employeeNumber, costCenter, companyId } = enterpriseSchema.parse(shown);
  const { id, userName, displayName, active } = user;
  const missing = Object.entries(SCOPES)
    .filter(([attribute]) => !(attribute in attributes) && !(attribute in shown))
    .map(([attribute, scope]) => ({ attribute, scope }));
  return { id, ...defined({ userName, displayName, active, employeeNumber, costCenter, companyId }), missing };
}
