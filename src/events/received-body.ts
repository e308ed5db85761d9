import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** A request body exactly as its bytes came. */
export interface ReceivedBody {
  /** Undefined where it was larger than the cap. */
  bytes: Buffer | undefined;
  sha256: string;
  /** Bytes that were read; more may have followed where reading was given up. */
  size: number;
  /** More than anybody would send: reading was given up, and the connection is to be closed. */
  isAbandoned: boolean;
}

/** Of a body above the cap only the digest is made, up to this many times the cap. */
const digestedCaps = 64;

/** Reads a body; never holds more than the cap. Rejects only if the sender breaks off. */
export async function readReceivedBody(stream: Readable, capBytes: number): Promise<ReceivedBody> {
  const digest = createHash('sha256');
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    digest.update(bytes);
    if (size <= capBytes) kept.push(bytes);
    else kept.length = 0;
    if (size > capBytes * digestedCaps) break;
  }
  const isAbandoned = size > capBytes * digestedCaps;
  return { bytes: size <= capBytes ? Buffer.concat(kept) : undefined, sha256: digest.digest('hex'), size, isAbandoned };
}
