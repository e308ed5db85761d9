/** One attempt to connect: let in with the function that ends it, or told when to come again. */
export type Attempt = { leave: () => void } | { retryAfterSeconds: number };

const windowMs = 60_000;
const mostInWindow = 5;
/** One attempt takes a few seconds. */
const underWaySeconds = 10;

/**
 * Lets in one attempt at a time, and five in a minute, for each connection and process: the address of the landing page is open
 * to everybody, and each attempt is a call to Concur that would help in guessing a request token.
 */
export function createConnectAdmission(now: () => number): (connection: string) => Attempt {
  const beganAt = new Map<string, number[]>();
  const underWay = new Set<string>();
  return (connection) => {
    const at = now();
    const recent = (beganAt.get(connection) ?? []).filter((each) => at - each < windowMs);
    const [oldest = at] = recent;
    if (recent.length >= mostInWindow) return { retryAfterSeconds: Math.ceil((oldest + windowMs - at) / 1_000) };
    if (underWay.has(connection)) return { retryAfterSeconds: underWaySeconds };
    beganAt.set(connection, [...recent, at]);
    underWay.add(connection);
    return { leave: () => void underWay.delete(connection) };
  };
}
