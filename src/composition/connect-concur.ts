import { Client, Connection } from '@temporalio/client';
import { isAccepted, takeUpNewRequestToken } from '../activities/take-up-request-token.js';
import { connectAnew } from '../activities/token-report.js';
import type { TokenDependencies } from '../activities/tokens.js';
import { keepFresh } from '../activities/tokens.js';
import { isCuredBySetup } from '../clients/concur/token-errors.js';
import type { MissingScope } from '../contracts/concur-scopes.js';
import { missingScopes } from '../contracts/concur-scopes.js';
import { messageNames } from '../contracts/messages.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';
import { createSealer } from '../store/envelope-encryption.js';
import type { Refusal, TokenFacts } from '../store/token-store.js';
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

/** What becomes of a request token that Concur has not judged, because it could not be reached. */
export type WhenAway =
  /** Stored for the keeper to try again, unless one that Concur has accepted would be lost (command line). */
  | 'keep'
  /** Forgotten: nobody knows who brought it (landing page). */
  | 'forget';

/**
 * Connects a Concur company: exchanges the request token, stores both the pair and the request token encrypted once Concur has
 * accepted it (S21, S24), and tells the token keeper. What Concur refuses changes nothing that is stored. For the command line
 * and for the App Center landing page alike.
 * @throws UnknownConnection, ExternalSystemError
 */
export async function connectConcurCompany(
  parts: Parts,
  name: string,
  requestToken: string,
  signalKeeper: RefreshRequest = signalOverTemporal(parts),
  whenAway: WhenAway = 'keep',
): Promise<ConnectResult> {
  const concur = parts.connections.file.concur.find((candidate) => candidate.name === name);
  if (!concur) {
    const known = parts.connections.file.concur.map((candidate) => candidate.name).join(', ');
    throw new UnknownConnection(`There is no Concur connection ${name}; the file names ${known}.`);
  }
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  const dependencies = tokenDependencies(parts, concur, tokens);
  const before = await tokens.facts(name);
  const signal = AbortSignal.timeout(longestExchangeMs);
  const refusal = await takeUpNewRequestToken(dependencies, requestToken, signal).catch(async (error: unknown) => {
    if (whenAway === 'keep') await keepForLater(dependencies, requestToken);
    throw error;
  });
  if (refusal !== undefined) return refused(name, refusal, before);
  const state = await keepFresh(dependencies, signal);
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

async function keepForLater({ tokens, connection, now }: TokenDependencies, requestToken: string): Promise<void> {
  const stored = await tokens.requestToken(connection);
  if (stored === undefined || !isAccepted({ now }, stored)) {
    await tokens.enterRequestToken(connection, requestToken, now());
  }
}

function refused(name: string, { code, reason }: Refusal, before: TokenFacts | undefined): ConnectResult {
  if (before?.isReadable && before.parked === null) {
    return { status: 'refused', code, reason, remedy: 'The tokens that were stored before stay in use.' };
  }
  const again = 'Mend what the reason says, and enter the same request token again within its 24 hours.';
  return { status: 'refused', code, reason, remedy: isCuredBySetup(code) ? again : connectAnew(name) };
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
