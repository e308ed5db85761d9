import { constants, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { SignatureKind } from './ess-state.js';

/** ASCII code of the digit 0. */
const zero = 0x30;

/** An RSA-2048 key pair as PEM texts: SPKI and PKCS #8. */
export interface KeyPair {
  publicPem: string;
  privatePem: string;
}

/** The key that signs and those that signed before, the latest first. */
export interface SigningKeys {
  current: KeyPair;
  retired: KeyPair[];
}

/** Keys of a service that was rotated once already: two public keys are published, as in reality. */
export function newSigningKeys(): SigningKeys {
  return { current: newKeyPair(), retired: [newKeyPair()] };
}

/** The current key retires and a new one signs from now on. */
export function rotated(keys: SigningKeys): SigningKeys {
  return { current: newKeyPair(), retired: [keys.current, ...keys.retired] };
}

/**
 * The bytes to be sent and the value of `Concur-Signature`, undefined for none: RSASSA-PSS with SHA-256 and the longest
 * salt over the raw body, base64 (concur-platform.md 2.5).
 */
export function signedBody(
  keys: SigningKeys,
  body: string,
  kind: SignatureKind,
): { bytes: Buffer; signature: string | undefined } {
  const bytes = Buffer.from(body, 'utf8');
  switch (kind) {
    case 'valid':
      return { bytes, signature: signatureOver(bytes, keys.current) };
    case 'retired':
      return { bytes, signature: signatureOver(bytes, keys.retired[0] ?? keys.current) };
    case 'none':
      return { bytes, signature: undefined };
    case 'altered':
      return { bytes: withOneByteAltered(bytes), signature: signatureOver(bytes, keys.current) };
    case 'garbage':
      return { bytes, signature: randomBytes(256).toString('base64') };
  }
}

function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicPem: publicKey, privatePem: privateKey };
}

function signatureOver(bytes: Buffer, { privatePem }: KeyPair): string {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_MAX_SIGN;
  return sign('sha256', bytes, { key: privatePem, padding, saltLength }).toString('base64');
}

/** Another last digit, so that the JSON stays well formed and only the signature can tell. */
function withOneByteAltered(bytes: Buffer): Buffer {
  const altered = Buffer.from(bytes);
  const digit = altered.findLastIndex((byte) => byte >= zero && byte <= zero + 9);
  if (digit !== -1) altered.writeUInt8(zero + ((altered.readUInt8(digit) - zero + 1) % 10), digit);
  else if (altered.length > 0) altered.writeUInt8(altered.readUInt8(0) ^ 1, 0);
  return altered;
}
