import type { SimResponse } from '../harness/server.js';

/** A refusal in Entra's words. */
export interface TokenError {
  status: number;
  error: string;
  /** Number of the AADSTS code. */
  code: number;
  description: string;
}

const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store, no-cache' };
const noId = '00000000-0000-0000-0000-000000000000';

/** The answer to a refused token request. */
export function tokenError(refusal: TokenError, now: Date): SimResponse {
  const body = {
    error: refusal.error,
    error_description: `AADSTS${String(refusal.code)}: ${refusal.description}`,
    error_codes: [refusal.code],
    timestamp: `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`,
    trace_id: noId,
    correlation_id: noId,
    error_uri: `https://login.microsoftonline.com/error?code=${String(refusal.code)}`,
  };
  return { status: refusal.status, headers, body };
}

/** The answer with a token. */
export function tokenResponse(token: string, seconds: number): SimResponse {
  return {
    status: 200,
    headers,
    body: { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: token },
  };
}
