import type { ConcurContext } from './state.js';
import type { TokenCounts, TokenSwitches } from './token-state.js';

/** Answer of `GET /control/concur/tokens`: never a token. */
export interface TokenReport extends TokenCounts, TokenSwitches {
  /** True while the company has a refresh token that works. */
  isConnected: boolean;
}

/** What an administrator, SAP or time does to the company's tokens behind the connector's back (concur-platform.md 1.1-1.6). */
export interface TokenEvents {
  /** Makes all access tokens worthless; company services answer 401 or 403, in turn from one revocation to the next. */
  revokeAccess(): void;
  /** Takes the grant back: the refresh token is worthless (108), and the request token that brought it; access tokens live on. */
  revokeRefresh(): void;
  /** Ends the connection as in App Center: nothing that was issued works, the next refresh gets 403 or 108 in turn. */
  disconnect(): void;
  /** Makes a company request token, good for 24 hours as often as it is used; the one before is void. Throws without master data. */
  newRequestToken(): { requestToken: string };
  /** Changes the switches that are given and leaves the others. */
  change(switches: Partial<Omit<TokenSwitches, 'disconnected' | 'home'>>): void;
  /** Moves the company to the next of the simulator's origins. Throws while there is one only. */
  move(): { geolocation: string };
  /** Told by the host: the origins at which the simulator listens. A move to an origin of an earlier run is forgotten. */
  servedAt(origins: readonly string[]): void;
  report(): TokenReport;
}

export function tokenEvents(context: ConcurContext): TokenEvents {
  const { state, desk } = context;
  let origins: readonly string[] = [];
  const { switches, counts } = state.tokens;

  function revokeAccess(): void {
    const revoked = counts.accessRevocations % 2 === 0 ? 401 : 403;
    for (const token of Object.values(state.tokens.access)) if (token.kind !== 'app') token.revoked ??= revoked;
    counts.accessRevocations += 1;
    desk.changed();
  }

  return {
    revokeAccess,
    revokeRefresh: () => {
      delete state.tokens.refresh;
      state.requestTokenAt = undefined;
      counts.refreshRevocations += 1;
      desk.changed();
    },
    disconnect: () => {
      revokeAccess();
      delete state.tokens.refresh;
      state.requestTokenAt = undefined;
      switches.disconnected = true;
      counts.disconnects += 1;
    },
    newRequestToken: () => {
      if (state.masterData === undefined) throw new Error('no company has been loaded yet');
      const requestToken = `request~${Math.floor(desk.random() * 2 ** 48).toString(36)}`;
      state.masterData = { ...state.masterData, requestToken };
      state.requestTokenAt = desk.now().toISOString();
      counts.requestTokens += 1;
      desk.changed();
      return { requestToken };
    },
    change: (changed) => {
      Object.assign(switches, changed);
      desk.changed();
    },
    move: () => {
      const here = origins.indexOf(switches.home ?? origins[0] ?? '');
      const geolocation = origins[(here + 1) % origins.length];
      if (geolocation === undefined || origins.length < 2) throw new Error('the simulator listens at one origin only');
      switches.home = geolocation;
      counts.moves += 1;
      desk.changed();
      return { geolocation };
    },
    servedAt: (served) => {
      origins = served;
      if (switches.home !== undefined && !served.includes(switches.home)) delete switches.home;
    },
    report: () => ({ ...counts, ...switches, isConnected: state.tokens.refresh !== undefined }),
  };
}
