/** Start-up settings of the simulated NAV server. */
export interface NavSettings {
  /** Name of the server instance, the first part of every path. */
  instance: string;
  user: string;
  /** The key on the user's card, which he signs in with (section 3). */
  webServiceKey: string;
  /** The customer has installed the codeunit `ConcurConnector`. */
  codeunit: boolean;
  /** Without codeunit: how long a document rests before a person posts it. Absent means that nobody does. */
  personDelayMs?: number | undefined;
  paymentDelayMs: number;
  /** Share of payable entries paid in two parts, 0…1. */
  partShare: number;
  /** Share of payments, chosen by party and number, that are reversed once; default 0. */
  reverseShare?: number | undefined;
  /** From such a payment to its reversal; default 0. */
  reverseDelayMs?: number | undefined;
}

/** Settings of a run that says nothing of NAV. */
export const defaultNavSettings: NavSettings = {
  instance: 'DynamicsNAV110',
  user: 'CONCUR',
  webServiceKey: 'nav-web-service-key',
  codeunit: true,
  paymentDelayMs: 3_000,
  partShare: 0,
};
