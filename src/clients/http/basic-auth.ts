import type { CallAuth } from './types.js';

/**
 * Authorizes calls to one base URL by user and password or web service access key (NAV spec 3). There is nothing to renew: a
 * 401 stays a 401. The base URL must be https or a loopback address, as `assertAllowedBaseUrl` demands.
 */
export function createBasicAuth(baseUrl: string, user: string, key: () => string): CallAuth {
  return {
    authorize() {
      const authorization = `Basic ${Buffer.from(`${user}:${key()}`, 'utf8').toString('base64')}`;
      return Promise.resolve({ baseUrl, headers: { authorization } });
    },
    renew: () => Promise.resolve(),
  };
}
