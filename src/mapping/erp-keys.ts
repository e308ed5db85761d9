import { hash } from 'node:crypto';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** All keys of one planned ERP document: a pure function of FI document id, ERP company and part (decisions 2). */
export interface DocumentKeys {
  /** 16 upper-case hex characters. */
  keySeed: string;
  /** F&O strong mode: `CQ` + 8 base-36 characters, 10 in all. */
  readonly journalBatchNumber: string;
  /** Business Central: `CX` + 13 base-32 characters. */
  readonly documentNumber: string;
  /** Business Central: `C` + the first 9 of the same. */
  readonly batchCode: string;
  /** F&O pending invoice: the digest in the shape of a UUID version 5, lower case. */
  readonly headerReference: string;
  /** Number of a vendor entry that has no number of its own: `EXP-` or `ADV-` + 12 characters of the seed. */
  derivedInvoiceNumber: (prefix: string) => string;
}

export function documentKeys(of: { fiId: string; erp: string; company: string; part: number }): DocumentKeys {
  const digest = hash('sha256', `${of.fiId}|${of.erp}|${of.company}|${of.part}`, 'hex').toUpperCase();
  const keySeed = digest.slice(0, 16);
  // Each ERP and route needs one of them only.
  return {
    keySeed,
    get journalBatchNumber() {
      return `CQ${base36Of(digest, 8)}`;
    },
    get documentNumber() {
      return `CX${base32Of(digest, 13)}`;
    },
    get batchCode() {
      return `C${base32Of(digest, 9)}`;
    },
    get headerReference() {
      return uuidOf(digest);
    },
    derivedInvoiceNumber: (prefix) => `${prefix}-${keySeed.slice(0, 12)}`,
  };
}

/** 122 bits of the digest between the version and variant marks of RFC 9562. */
function uuidOf(digest: string): string {
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 3) | 8).toString(16);
  const hex = `${digest.slice(0, 12)}5${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`.toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The first 128 bits, as far as so many base-36 characters can say them. */
function base36Of(hex: string, length: number): string {
  const number = BigInt(`0x${hex.slice(0, 32)}`) % 36n ** BigInt(length);
  return number.toString(36).toUpperCase().padStart(length, '0');
}

/** Five hex digits are four letters. */
function base32Of(hex: string, length: number): string {
  let letters = '';
  for (let start = 0; letters.length < length; start += 5) {
    const bits = Number.parseInt(hex.slice(start, start + 5), 16);
    for (const shift of [15, 10, 5, 0]) letters += base32.charAt((bits >> shift) & 31);
  }
  return letters.slice(0, length);
}

/**
 * A supplier's invoice number that fits: a longer one keeps its end and gets six characters of a hash of the whole number,
 * so that equal numbers stay equal and different ones differ (NAV spec 12 step 1).
 */
export function fittedNumber(number: string, limit: number): string {
  if (number.length <= limit) {
    return number;
  }
  const mark = hash('sha256', number, 'hex').toUpperCase().slice(0, 6);
  return `${number.slice(-(limit - 7))}-${mark}`;
}
