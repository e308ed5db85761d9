import { parse } from 'lossless-json';

/** Parses JSON so that every number becomes the string of its literal; throws SyntaxError. */
export function parseLossless(text: string): unknown {
  return parse(text, null, (literal) => literal);
}

/** What can be told about a body that was read to its end. */
export type BodyState = 'complete' | 'truncated' | 'malformed';

/**
 * Tells whether a body is all that the service meant to send: its length is the announced one, and JSON, where promised
 * by a successful answer, ends properly. Bodies of refusals are not parsed, because gateways label HTML as JSON.
 */
export function bodyState(status: number, headers: Record<string, string>, bytes: Buffer): BodyState {
  const announced = headers['content-length'];
  if (announced !== undefined && Number(announced) !== bytes.byteLength) return 'truncated';
  const promisesJson = /^application\/([a-z0-9.+-]*\+)?json/i.test(headers['content-type'] ?? '');
  if (!promisesJson || status < 200 || status > 299 || status === 204 || status === 205) return 'complete';
  const text = bytes.toString('utf8').trim();
  if (text === '') return announced === undefined ? 'truncated' : 'complete';
  try {
    parseLossless(text);
    return 'complete';
  } catch (error) {
    return isCutJson(text, error) ? 'truncated' : 'malformed';
  }
}

/** A cut document begins like JSON and either stops where the parser wants more, or stops inside a literal. */
function isCutJson(text: string, error: unknown): boolean {
  if (!/^["[{]/.test(text)) return false;
  const wantsMore = error instanceof Error && error.message.includes('reached end of input');
  return wantsMore || !/["\]}]$/.test(text);
}
