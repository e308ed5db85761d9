import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Seals small secrets with AES-256-GCM; the key id stands beside the ciphertext so that keys can be changed. */
export interface Envelope {
  keyId: string;
  /** 12 bytes nonce, 16 bytes tag, ciphertext. */
  sealed: Buffer;
}

export interface Sealer {
  seal: (plain: string, context: string) => Envelope;
  /** Throws when the key is another one or the row was altered or moved to another context. */
  open: (envelope: Envelope, context: string) => string;
}

/**
 * @param keyBase64 32 bytes in base64
 * @throws Error naming the remedy when the key has another length
 */
export function createSealer(keyBase64: string): Sealer {
  const key = Buffer.from(keyBase64, 'base64');
  if (key.length !== 32) {
    throw new Error(
      'The encryption key must be 32 random bytes in base64, for example from `openssl rand -base64 32`.',
    );
  }
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return {
    seal: (plain, context) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return { keyId, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]) };
    },
    open: (envelope, context) => {
      if (envelope.keyId !== keyId) {
        throw new Error(`The secret was sealed with key ${envelope.keyId}, but the configured key is ${keyId}.`);
      }
      const decipher = createDecipheriv('aes-256-gcm', key, envelope.sealed.subarray(0, 12))
        .setAAD(Buffer.from(context))
        .setAuthTag(envelope.sealed.subarray(12, 28));
      return Buffer.concat([decipher.update(envelope.sealed.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
