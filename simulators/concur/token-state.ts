/** An access token that was issued. */
export interface AccessToken {
  kind: 'company' | 'app';
  scopes: string[];
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Tokens of the one company and the one app that the simulator serves. */
export interface TokenState {
  access: Record<string, AccessToken>;
  refresh?: {
    current: string;
    /** The one before; accepted once more until the access token that came with the current one is used. */
    previous?: string;
    /** Access token that came together with `current`. */
    newest: string;
    /** Epoch seconds. */
    expiresAt: number;
  };
}

export function emptyTokens(): TokenState {
  return { access: {} };
}

/** All scopes that the app was registered with. */
export const registeredScopes: readonly string[] = [
  'FISVC',
  'INVVEN',
  'INVPMT',
  'invoice.paymentconfirmation.write',
  'invoice.paymentconfirmation.read',
  'events.topic.read',
  'openid',
];
