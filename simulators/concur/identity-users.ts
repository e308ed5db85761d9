import type { UserRecord } from './company-state.js';
import type { JsonObject } from './post-body.js';

/** The enterprise extension: its attributes stand below this name. */
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What a user consists of, by the scope that shows it (concur-platform.md 6.2). */
const attributesByScope: Record<string, (user: UserRecord, companyUuid: string) => JsonObject> = {
  'identity.user.ids.read': ({ uuid }) => ({ id: uuid }),
  'identity.user.core.read': (user) => ({
    userName: user.userName,
    active: true,
    displayName: `${user.givenName} ${user.familyName}`,
    name: { familyName: user.familyName, givenName: user.givenName },
  }),
  'identity.user.coresensitive.read': ({ email }) => ({
    emails: [{ value: email.toLowerCase(), type: 'work', verified: false, notifications: true }],
  }),
  'identity.user.enterprise.read': (user, companyId) => ({
    [enterpriseSchema]: { companyId, employeeNumber: user.employeeNumber, costCenter: user.costCenter ?? null },
  }),
};

/** The user with the attributes that the scopes show; the others are left out without a word. */
export function visibleUser(user: UserRecord, scopes: readonly string[], companyUuid: string): JsonObject {
  const shown = Object.entries(attributesByScope).filter(([scope]) => scopes.includes(scope));
  return Object.assign({}, ...shown.map(([, attributes]) => attributes(user, companyUuid))) as JsonObject;
}

/** The named attributes only; those of an extension are named with its schema before them. `id` always stays. */
export function selectedAttributes(user: JsonObject, attributes: readonly string[]): JsonObject {
  if (attributes.length === 0) return user;
  const selected: JsonObject = user['id'] === undefined ? {} : { id: user['id'] };
  for (const path of attributes) {
    const { schema, name } = splitPath(path);
    if (schema === undefined) {
      if (user[name] !== undefined) selected[name] = user[name];
      continue;
    }
    const extension = user[schema] as JsonObject | undefined;
    if (extension?.[name] === undefined) continue;
    selected[schema] = { ...(selected[schema] as JsonObject | undefined), [name]: extension[name] };
  }
  return selected;
}

/** Texts that stand at the path of a filter. */
export function valuesAt(user: JsonObject, path: string): string[] {
  const { schema, name } = splitPath(path);
  const holder = schema === undefined ? user : ((user[schema] as JsonObject | undefined) ?? {});
  const [first = '', second] = name.split('.');
  const found = holder[first];
  const parts = Array.isArray(found) ? (found as unknown[]) : [found];
  const values = second === undefined ? parts : parts.map((part) => (part as JsonObject | undefined)?.[second]);
  return values
    .filter((value) => value !== undefined && value !== null)
    .map((value) => String(value as string | boolean));
}

function splitPath(path: string): { schema?: string; name: string } {
  const inExtension = path.startsWith(`${enterpriseSchema}:`);
  return inExtension ? { schema: enterpriseSchema, name: path.slice(enterpriseSchema.length + 1) } : { name: path };
}
