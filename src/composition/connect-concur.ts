import { Client, Connection } from '@temporalio/client';
import { keepFresh } from '../activities/tokens.js';
import type { MissingScope } from '../contracts/concur-scopes.js';
import { missingScopes } from '../contracts/concur-scopes.js';
import { messageNames } from '../contracts/messages.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';
import { createSealer } from '../store/envelope-encryption.js';
import { createTokenStore } from '../store/token-store.js';
import type { RefreshRequest } from './concur-auth.js';
import { tokenDependencies } from './concur-connection.js';
import type { Parts } from './parts.js';

/** What became of a company request token. Holds no secret. */
export type ConnectResult =
  | {
      status: 'connected';
      /** Origin that every later call goes to (S25). */
      dataCentre: string;
      /** Empty where Concur names none. */
      grantedScopes: string[];
      /** Required ones first; without `FISVC` the connection is stored, but of no use (S31). */
      missingScopes: MissingScope[];
      /** ISO instant. */
      refreshExpiresAt: string;
      /** Whether tokens of another encryption key stood there, which nobody could read any more. */
      replacedUnreadable: boolean;
      /** Whether the token keeper has been told; it is not where it does not run yet. */
      keeperTold: boolean;
    }
  | { status: 'refused'; code: string; reason: string; remedy: string };

/** The connections file names no such Concur connection. */
export class UnknownConnection extends Error {
  override readonly name = 'UnknownConnection';
}

const longestExchangeMs = 120_000;
const temporalConnectMs = 5_000;

/**
 * Connects a Concur company: stores the request token encrypted, exchanges it at once as the only writer of the connection
 * (S21, S24), and tells the token keeper. A failure that may pass leaves the request token stored, for the keeper to try
 * again. For the command line and for the App Center landing page alike.
 * @throws UnknownConnection, ExternalSystemError
 */
export async function connectConcurCompany(
  parts: Parts,
  name: string,
  requestToken: string,
  signalKeeper: RefreshRequest = signalOverTemporal(parts),
): Promise<ConnectResult> {
  const concur = parts.connections.file.concur.find((candidate) => candidate.name === name);
  if (!concur) {
    const known = parts.connections.file.concur.map((candidate) => candidate.name).join(', ');
    throw new UnknownConnection(`There is no Concur connection ${name}; the file names ${known}.`);
  }
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  const dependencies = tokenDependencies(parts, concur, tokens);
  const before = await tokens.facts(name);
  await tokens.enterRequestToken(name, requestToken, parts.shared.now());
  const state = await keepFresh(dependencies, AbortSignal.timeout(longestExchangeMs));
  const refused = (await tokens.requestToken(name))?.refused;
  if (refused) {
    const remedy = state.status === 'parked' ? state.remedy : 'The tokens that were stored before stay in use.';
    return { status: 'refused', code: refused.code, reason: refused.reason, remedy };
  }
  if (state.status === 'parked') {
    return { status: 'refused', code: state.code ?? 'parked', reason: state.reason, remedy: state.remedy };
  }
  const granted = (await tokens.facts(name))?.scopes ?? [];
  return {
    status: 'connected',
    dataCentre: state.dataCentre,
    grantedScopes: granted,
    missingScopes: missingScopes(granted, dependencies.usedFeatures),
    refreshExpiresAt: state.refreshExpiresAt,
    replacedUnreadable: before?.isReadable === false,
    keeperTold: await signalKeeper(name).then(
      () => true,
      () => false,
    ),
  };
}

/** The keeper would learn of the new tokens by itself, when it next looks; the signal only saves that time. */
function signalOverTemporal({ connections }: Parts): RefreshRequest {
  return async (name) => {
    const { temporalAddress: address, file } = connections;
    const connection = await Connection.connect({ address, connectTimeout: temporalConnectMs });
    try {
      const client = new Client({ connection, namespace: file.operation.namespace });
      await client.workflow.getHandle(tokenKeeperWorkflowId(name)).signal(messageNames.refreshNow);
    } finally {
      await connection.close();
    }
  };
}
