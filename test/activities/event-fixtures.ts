import { constants, generateKeyPairSync, sign } from 'node:crypto';
import type { EventKey } from '../../src/contracts/events.js';
import { bodyDigest, readEventEnvelope } from '../../src/events/event-envelope.js';
import type { EventVerdict, ReceivedEvent } from '../../src/store/event-store.js';

export const companyUuid = '3f2a77d0-1111-4c3b-9a44-5b6c7d8e9f00';

/** An event of Concur as bytes; `changes` replace members, undefined takes them away. */
export function eventBody(changes: Record<string, unknown> = {}): Buffer {
  const event = {
    id: crypto.randomUUID(),
    correlationId: 'corr',
    eventType: 'expense.readyForIntegration',
    topic: 'public.concur.financialintegration',
    timeStamp: '2026-09-14T08:15:30.120+0000',
    data: null,
    facts: { companyId: companyUuid, documentId: '9C41D27A5E0B4F3E8A17' },
    ...changes,
  };
  return Buffer.from(JSON.stringify(event));
}

/** A key pair that signs as Concur is believed to. */
export function eventSigner(): { key: EventKey; sign: (body: Buffer) => string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_MAX_SIGN };
  return {
    key: { id: crypto.randomUUID(), pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    sign: (body) => sign('sha256', body, { key: privateKey, ...padding }).toString('base64'),
  };
}

export const verified: EventVerdict = { verdict: 'verified', detail: 'pss-sha256 key' };
export const unverified: EventVerdict = { verdict: 'unverified', detail: 'no signature' };
export const quarantined: EventVerdict = {
  verdict: 'quarantined',
  detail: 'the signature fits no configured key',
  quarantinedFor: 'signature',
};

/** The event as the receiver would store it. */
export function received(body: Buffer, changes: Partial<ReceivedEvent> = {}): ReceivedEvent {
  return {
    ...readEventEnvelope(body),
    connection: 'test',
    body,
    bodySha256: bodyDigest(body),
    signature: null,
    verdict: verified,
    keySet: 'set-1',
    ...changes,
  };
}
