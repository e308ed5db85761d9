import { createHash } from 'node:crypto';
import type { EventKey, SignatureAlgorithm } from '../contracts/events.js';
import type { EventVerdict } from '../store/event-store.js';
import type { CertificateRule } from './client-certificate.js';
import { isNamed } from './client-certificate.js';
import { createSignatureCheck } from './event-signature.js';

/** How the sender of events of one connection is recognised. */
export interface JudgeSettings {
  mode: 'off' | 'observe' | 'enforce';
  algorithms: readonly SignatureAlgorithm[];
  keys: readonly EventKey[];
  clientCertificate?: CertificateRule | undefined;
}

/** Judges events of one connection; the same event under the same settings always gets the same verdict. */
export interface EventJudge {
  /** Digest of mode, algorithms and keys: rows of the quarantine with another one are judged again. */
  keySet: string;
  /** @param rawBody undefined where it was too large to be kept */
  judge(
    rawBody: Buffer | undefined,
    signature: string | undefined,
    header: (name: string) => string | undefined,
  ): EventVerdict;
  /** Judges by the signature alone: the certificate was right when the event came. */
  judgeSignature(rawBody: Buffer | undefined, signature: string | undefined): EventVerdict;
}

const tooLarge = 'the body is too large to be verified';

/**
 * `off` checks no signature, `observe` notes what fits, `enforce` puts events that do not fit into quarantine. The name of the
 * client certificate is always enforced where it is configured. Quarantined events are stored and answered 2xx (decisions 11).
 */
export function createEventJudge({ mode, algorithms, keys, clientCertificate }: JudgeSettings): EventJudge {
  const check = createSignatureCheck(algorithms, keys);
  const keySet = createHash('sha256')
    .update(JSON.stringify([mode, algorithms, keys.map(({ id }) => id)]))
    .digest('hex')
    .slice(0, 16);

  function judgeSignature(rawBody: Buffer | undefined, signature: string | undefined): EventVerdict {
    if (mode === 'off') return { verdict: 'unverified', detail: 'signatures are not checked' };
    const result = rawBody && check(rawBody, signature);
    if (result?.verified === true) return { verdict: 'verified', detail: `${result.algorithm} ${result.keyId}` };
    const detail = result?.reason ?? tooLarge;
    return mode === 'enforce'
      ? { verdict: 'quarantined', detail, quarantinedFor: 'signature' }
      : { verdict: 'unverified', detail };
  }

  return {
    keySet,
    judgeSignature,
    judge: (rawBody, signature, header) => {
      if (clientCertificate && !isNamed(header(clientCertificate.header), clientCertificate.commonName)) {
        const detail = 'the client certificate is missing or has another name';
        return { verdict: 'quarantined', detail, quarantinedFor: 'certificate' };
      }
      return judgeSignature(rawBody, signature);
    },
  };
}
