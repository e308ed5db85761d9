/** An access token that was issued. */
export interface AccessToken {
  /** `user` only while the control API has switched the level: no financial service takes it. */
  kind: 'company' | 'app' | 'user';
  scopes: string[];
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Set once it was revoked: the status that company services answer from then on. */
  revoked?: 401 | 403;
}

/** What the control API has changed about the company's connection. */
export interface TokenSwitches {
  /** A refresh gives back the refresh token that was sent, as Concur usually does; else a new one each time. */
  keepRefreshToken: boolean;
  /** Company grants are refused with code 134. */
  maintenance: boolean;
  /** Level of the tokens that company grants give. */
  level: 'company' | 'user';
  /** Scopes that grants leave out from now on. */
  withheldScopes: string[];
  /** The administrator has ended the connection; a new request token ends that. */
  disconnected: boolean;
  /** Origin at which the company lives since a move; absent: at whichever origin it is asked. */
  home?: string;
}

/** How often what has happened to the tokens. */
export interface TokenCounts {
  /** Grants of any kind; the form of an answer changes with them. */
  grants: number;
  accessRevocations: number;
  refreshRevocations: number;
  disconnects: number;
  requestTokens: number;
  moves: number;
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
  switches: TokenSwitches;
  counts: TokenCounts;
}

export function emptyTokens(): TokenState {
  return {
    access: {},
    switches: {
      keepRefreshToken: false,
      maintenance: false,
      level: 'company',
      withheldScopes: [],
      disconnected: false,
    },
    counts: {
      grants: 0,
      accessRevocations: 0,
      refreshRevocations: 0,
      disconnects: 0,
      requestTokens: 0,
      moves: 0,
    },
  };
}

/** What an app token may do: manage event subscriptions and subscribe to the financial-integration topic. */
export const appScopes: readonly string[] = ['events.topic.read', 'FISVC'];

/** All scopes that the app was registered with. */
export const registeredScopes: readonly string[] = [
  'FISVC',
  'INVVEN',
  'INVPMT',
  'invoice.paymentconfirmation.write',
  'invoice.paymentconfirmation.read',
  'events.topic.read',
  'purchaserequest.read',
  'purchaserequest.write',
  'INVPO',
  'EXPRPT',
  'expense.report.read',
  'user.read',
  'identity.user.ids.read',
  'identity.user.core.read',
  'identity.user.enterprise.read',
  'spend.user.general.read',
  'spend.listitem.read',
  'spend.listitem.write',
  'IMAGE',
  'openid',
];
