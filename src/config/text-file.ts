import { readFileSync } from 'node:fs';

/** What is wrong with the bytes of a file, in words for the person who has saved it. */
export interface WrongEncoding {
  message: string;
  remedy: string;
}

/**
 * Reads a text file as UTF-8, with or without a byte order mark. Spreadsheets also save UTF-16 (“Unicode text”), which would
 * otherwise be read as a table of no known columns.
 * @returns undefined where there is no such file
 */
export function readTextFile(path: string): { text: string } | WrongEncoding | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  // Every other byte of Western text in UTF-16 is zero; no text in UTF-8 holds one.
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isDoubled =
    bytes.length > 3 && bytes.subarray(0, 64).filter((byte) => byte === 0).length * 3 > Math.min(bytes.length, 64);
  if (!hasMark && !isDoubled) return { text: bytes.toString('utf8') };
  return { message: 'the file is saved as UTF-16', remedy: 'save it as UTF-8 (Excel: CSV UTF-8)' };
}
