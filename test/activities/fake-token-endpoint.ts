import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach } from 'node:test';
import type { TokenDependencies } from '../../src/activities/tokens.js';
import { keepFresh } from '../../src/activities/tokens.js';
import type { TokenGrant } from '../../src/clients/concur/token-client.js';
import type { ConcurFeature } from '../../src/contracts/concur-scopes.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { createTokenStore } from '../../src/store/token-store.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

/** Facts of a failed call, for errors that the endpoint is to throw. */
export const call = { system: 'concur', operation: 'concur.refresh-token' };
export const keyBase64 = randomBytes(32).toString('base64');
export const signal = new AbortController().signal;

/** Concur's token endpoint as it behaves: each refresh replaces the refresh token, the former one stays good. */
export function tokenEndpoint(
  given: { expiresInSeconds?: number; scopes?: string[]; answersLate?: () => Promise<void> } = {},
) {
  const calls: string[] = [];
  const faults: Error[] = [];
  const grant = (): TokenGrant => ({
    accessToken: `access-${calls.length}-plain`,
    refreshToken: `refresh-${calls.length}-plain`,
    expiresInSeconds: given.expiresInSeconds ?? 3_600,
    refreshExpiresAt: new Date(Date.now() + 180 * 86_400_000).toISOString(),
    geolocation: `https://dc${calls.length}.example`,
    scopes: given.scopes ?? ['FISVC'],
  });
  const answer = async (name: string, clientSecret: string): Promise<TokenGrant> => {
    calls.push(name);
    secrets.push(clientSecret);
    const fault = faults.shift();
    if (fault) throw fault;
    await given.answersLate?.();
    return { ...grant(), ...oddities.shift() };
  };
  const secrets: string[] = [];
  const oddities: Partial<TokenGrant>[] = [];
  return {
    calls,
    faults,
    secrets,
    /** What the next answers have besides. */
    oddities,
    client: {
      exchangeRequestToken: (given: { requestToken: string; clientSecret: string }) =>
        answer(`exchange ${given.requestToken}`, given.clientSecret),
      refreshToken: (given: { refreshToken: string; geolocation: string; clientSecret: string }) =>
        answer(`refresh ${given.refreshToken} at ${given.geolocation}`, given.clientSecret),
    },
  };
}

/** Concur refuses this version, which was issued more than a minute ago. */
export async function refuse({ db, tokens, connection }: TokenDependencies, version: number): Promise<void> {
  await db.query("update concur_tokens set issued_at = issued_at - interval '61 seconds' where connection = $1", [
    connection,
  ]);
  await tokens.reject(connection, version);
}

export type TokenEndpoint = ReturnType<typeof tokenEndpoint>;

/** A database for the tests of one file, and connections of their own for each of them. */
export interface TokenStage {
  stage: () => Stage;
  /** A connection without credentials. */
  keeper: (endpoint: TokenEndpoint) => TokenDependencies;
  /** A connection whose request token has been exchanged. */
  connected: (endpoint: TokenEndpoint) => Promise<TokenDependencies>;
}

/** Opens the stage before the tests of a file, and closes it after them. */
export function useTokenStage(): TokenStage {
  let opened: Stage | undefined;
  let count = 0;
  const stage = (): Stage => {
    assert.ok(opened, 'the stage is used before it is set');
    return opened;
  };
  before(async () => {
    opened = await openStage();
  });
  after(() => opened?.close());
  beforeEach(() => {
    stage().notified.length = 0;
  });
  const keeper = (endpoint: TokenEndpoint): TokenDependencies => {
    count += 1;
    return {
      ...stage(),
      connection: `company-${count}`,
      companyUuid: 'uuid',
      tokenUrl: 'https://glz.example',
      clientId: 'client',
      clientSecrets: () => ['secret'],
      usedFeatures: new Set<ConcurFeature>(['documents']),
      onSideFailure: assert.ifError,
      tokens: createTokenStore(stage().db, createSealer(keyBase64)),
      tokenClient: endpoint.client,
    };
  };
  return {
    stage,
    keeper,
    connected: async (endpoint) => {
      const deps = keeper(endpoint);
      await deps.tokens.enterRequestToken(deps.connection, 'request-token-plain', stage().now());
      assert.equal((await keepFresh(deps, signal)).status, 'active');
      return deps;
    },
  };
}
