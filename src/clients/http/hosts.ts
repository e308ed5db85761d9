import { Rejected, type FailedCall } from './errors.js';

/** A base URL to which no secret may be sent (decisions 9). The message never names the host; `remedy` says what to do. */
export class HostNotAllowed extends Rejected {
  readonly remedy: string;
  constructor(problem: string, remedy: string, call: FailedCall) {
    super(`${problem} ${remedy}`, call, 'HOST_NOT_ALLOWED');
    this.remedy = remedy;
  }
}

const CONFIGURED: FailedCall = { system: 'connections file', operation: 'check base URL' };

/**
 * Returns the origin of a base URL to which secrets may be sent, or throws `HostNotAllowed`. Origins must be https and
 * match one of the patterns (regular expressions for the whole origin); 127.0.0.0/8 and ::1 pass with http and any port.
 * Path and query are dropped: one page of Concur shows the geolocation with the token path appended.
 */
export function assertAllowedBaseUrl(url: string, allowPatterns: readonly string[], call = CONFIGURED): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.hostname === '') {
    throw new HostNotAllowed('The base URL is not a URL.', 'Write it as https://host in the connections file.', call);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new HostNotAllowed('The base URL holds a user name.', 'Remove everything between // and the host.', call);
  }
  if (isLoopback(parsed.hostname) && /^https?:$/.test(parsed.protocol)) return parsed.origin;
  if (parsed.protocol !== 'https:') {
    throw new HostNotAllowed('The base URL is not https.', 'Use https; http is for 127.0.0.0/8 and ::1 only.', call);
  }
  if (!allowPatterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(parsed.origin))) {
    const remedy =
      'If the host is right, add its pattern to the allow list of this connection in the connections file.';
    throw new HostNotAllowed('The host matches no allowed pattern, so no secret was sent to it.', remedy, call);
  }
  return parsed.origin;
}

/** URL parsing has already brought IPv4 short forms (`127.1`) and IPv6 into their normal form. */
function isLoopback(hostname: string): boolean {
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname) || hostname === '[::1]';
}
