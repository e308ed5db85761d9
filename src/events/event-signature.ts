import { constants, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { EventKey, SignatureAlgorithm } from '../contracts/events.js';

/** What is known about the sender of an event. */
export type SignatureResult =
  | { verified: true; algorithm: SignatureAlgorithm; keyId: string }
  | { verified: false; reason: 'no signature' | 'no key is configured' | 'the signature fits no configured key' };

/** Checks one body; the same for every event of a connection. */
export type SignatureCheck = (rawBody: Buffer, header: string | undefined) => SignatureResult;

/**
 * Makes the check of `Concur-Signature` (platform spec 2.5): base64 of an RSA signature over the bytes of the body exactly as
 * received. Every algorithm is tried with every key, so that two generations of keys are accepted during a change (B26).
 * Never throws on what a sender may send.
 * @throws TypeError for a key that is no public key; the connections file is checked for that before
 */
export function createSignatureCheck(
  algorithms: readonly SignatureAlgorithm[],
  keys: readonly EventKey[],
): SignatureCheck {
  const candidates = keys.map(({ id, pem }) => ({ id, key: createPublicKey(pem) }));
  return (rawBody, header) => {
    if (header === undefined || header.trim() === '') return { verified: false, reason: 'no signature' };
    if (candidates.length === 0) return { verified: false, reason: 'no key is configured' };
    const signature = Buffer.from(header.trim(), 'base64');
    for (const { id, key } of candidates) {
      const algorithm = algorithms.find((each) => fits(each, rawBody, key, signature));
      if (algorithm !== undefined) return { verified: true, algorithm, keyId: id };
    }
    return { verified: false, reason: 'the signature fits no configured key' };
  };
}

function fits(algorithm: SignatureAlgorithm, rawBody: Buffer, key: KeyObject, signature: Buffer): boolean {
  const [padding, hash] = algorithm.split('-');
  const options =
    padding === 'pss'
      ? // Any salt length: the documented listener uses the maximum, other signers the length of the hash.
        { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : { padding: constants.RSA_PKCS1_PADDING };
  try {
    return verify(hash, rawBody, { key, ...options }, signature);
  } catch {
    // A signature that cannot belong to this kind of key is a wrong one.
    return false;
  }
}
